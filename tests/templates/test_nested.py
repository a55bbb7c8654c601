"""Deployments in deployments: whose parameters they see, where they deploy to, and files beside the template."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cloison.sources.arm_template import Expansion, Level, Scope, Symbol, TemplateError, expand
from tests.templates.language import GROUP, HERE, SUBSCRIPTION, expanded, resource, template


def nested(inner: Any, *, sees: str = "inner", given: Any = None, **more: Any) -> dict[str, Any]:
    """A nested deployment called n."""
    properties: dict[str, Any] = {"mode": "Incremental", "expressionEvaluationOptions": {"scope": sees}}
    if inner is not None:
        properties["template"] = inner
    if given is not None:
        properties["parameters"] = given
    properties |= more.pop("properties", {})
    return resource("Microsoft.Resources/deployments", "n", properties=properties, **more)


def last(made: Expansion) -> Any:
    """The resource that was found last."""
    return made.resources[-1]


def test_inner_scope_sees_its_own_and_outer_scope_its_parents() -> None:
    """Parameters, variables and the name of the deployment; outer is the default."""
    inner = template(
        resource(
            "A.B/c", "[parameters('p')]", properties={"v": "[variables('v')]", "d": "[deployment().name]"}
        ),
        parameters={"p": {"type": "string", "defaultValue": "inner"}},
        variables={"v": "inner"},
    )
    outside: dict[str, Any] = {
        "parameters": {"p": {"type": "string", "defaultValue": "outer"}}, "variables": {"v": "outer"}
    }  # fmt: skip
    for scope, name, deployment in (
        ("inner", "inner", "n"),
        ("outer", "outer", "main"),
        ("Outer", "outer", "main"),
    ):
        made = last(expanded(template(nested(inner, sees=scope), **outside)))
        assert (name, name, deployment) == (
            made.name,
            made.body["properties"]["v"],
            made.body["properties"]["d"],
        )


def test_an_outer_template_is_read_twice() -> None:
    """By its parent, and by itself what its parent was told to leave: `[[`."""
    inner = template(
        resource(
            "A.B/c",
            "n",
            properties={"once": "[variables('v')]", "twice": "[[variables('v')]", "never": "[[[x]"},
        ),
        variables={"v": "inner"},
    )
    made = last(expanded(template(nested(inner, sees="outer"), variables={"v": "outer"})))

    assert {"once": "outer", "twice": "inner", "never": "[x]"} == made.body["properties"]


def test_parameters_come_from_the_parent() -> None:
    """Values, loops, outcomes of conditions; a secret of a vault stays open; one that lacks is an error."""
    inner = template(
        resource("A.B/c", "x", properties={name: f"[parameters('{name}')]" for name in ("a", "b", "c", "d")}),
        parameters={
            "a": {"type": "string"}, "b": {"type": "array"}, "c": {"type": "securestring"}, "d": {"type": "string"}
        },
    )  # fmt: skip
    given = {
        "A": {"value": "[concat('x', 'y')]"},
        "b": {"copy": [{"name": "value", "count": 2, "input": "[copyIndex('value')]"}]},
        "c": {"reference": {"keyVault": {"id": "v"}, "secretName": "s"}},
        "d": "[if(true(), createObject('value', 'yes'), createObject('value', null()))]",
    }
    made = last(expanded(template(nested(inner, given=given)))).body["properties"]

    assert ("xy", [0, 1], "yes") == (made["a"], made["b"], made["d"])
    assert isinstance(made["c"], Symbol)
    given.pop("A")
    with pytest.raises(TemplateError, match="'a' is not provided"):
        expanded(template(nested(inner, given=given)))
    with pytest.raises(TemplateError, match="'z' in the parameters file are not valid"):
        expanded(template(nested(template(), given={"z": {"value": 1}})))


@pytest.mark.parametrize(
    ("where", "id"),
    [
        ({}, f"{GROUP}/providers/A.B/c/x"),
        ({"resourceGroup": "o"}, f"/subscriptions/{SUBSCRIPTION}/resourceGroups/o/providers/A.B/c/x"),
        ({"resourceGroup": "o", "subscriptionId": "s"}, "/subscriptions/s/resourceGroups/o/providers/A.B/c/x"),
        ({"subscriptionId": "s", "location": "l"}, "/subscriptions/s/providers/A.B/c/x"),
        ({"scope": "/", "location": "l"}, "/providers/A.B/c/x"),
        ({"scope": "Microsoft.Management/managementGroups/m", "location": "l"},
         "/providers/Microsoft.Management/managementGroups/m/providers/A.B/c/x"),
        ({"scope": "[concat('/subscriptions/', 's')]", "location": "l"}, "/subscriptions/s/providers/A.B/c/x"),
        ({"scope": "/subscriptions/s/resourceGroups/g"}, "/subscriptions/s/resourceGroups/g/providers/A.B/c/x"),
    ],
)  # fmt: skip
def test_a_deployment_goes_where_it_is_told(where: dict[str, Any], id: str) -> None:
    """Another group, subscription, management group, or the tenant."""
    assert id == last(expanded(template(nested(template(resource("A.B/c", "x")), **where)))).id


def test_functions_of_the_scope_speak_of_the_inner_scope() -> None:
    """resourceGroup() in an inner template is the group that it deploys to, its location told where it is made."""
    inner = template(resource("A.B/c", "[resourceGroup().name]", location="[resourceGroup().location]"))
    content = template(
        resource("Microsoft.Resources/resourceGroups", "o", location="northeurope"),
        nested(inner, resourceGroup="o"),
    )
    content["$schema"] = content["$schema"].replace("deploymentTemplate", "subscriptionDeploymentTemplate")

    made = last(expanded(content, scope=Scope(subscription=SUBSCRIPTION)))

    assert ("o", "northeurope") == (made.name, made.body["location"])
    assert f"/subscriptions/{SUBSCRIPTION}/resourceGroups/o/providers/A.B/c/o" == made.id


def test_outputs_go_from_one_deployment_to_the_next() -> None:
    """By name, by id, whole, through several levels; and what is not there is an error."""
    inner = template(outputs={"o": {"type": "object", "value": {"a": [1, 2]}}})
    for called in ("'n'", "resourceId('Microsoft.Resources/deployments', 'n')"):
        content = template(
            nested(inner),
            resource(
                "A.B/c", "x", properties={"v": f"[reference({called}, '2022-09-01').outputs.o.value.a[1]]"}
            ),
        )
        assert 2 == last(expanded(content)).body["properties"]["v"]
    content = template(
        nested(
            template(
                nested(inner),
                outputs={"up": {"type": "int", "value": "[reference('n').outputs.o.value.a[0]]"}},
            )
        ),
        outputs={"top": {"type": "int", "value": "[reference('n').outputs.up.value]"}},
    )
    assert 1 == expanded(content).outputs["top"].value
    with pytest.raises(TemplateError, match="'nobody' doesn't exist"):
        expanded(template(
            nested(inner), resource("A.B/c", "x", properties={"v": "[reference('n').outputs.nobody.value]"})
        ))  # fmt: skip


def test_a_deployment_that_may_be_makes_what_may_be() -> None:
    """Its condition holds for all that it deploys; both conditions together where each is open."""
    parameters = {"b": {"type": "bool"}, "c": {"type": "bool"}}
    inner = template(resource("A.B/c", "x", condition="[parameters('c')]"), parameters={"c": parameters["c"]})
    given = {"c": {"value": "[parameters('c')]"}}
    content = template(nested(inner, given=given, condition="[parameters('b')]"), parameters=parameters)

    made = last(expanded(content))

    assert "and(parameters('b'), parameters('c'))" == made.exists.text
    assert {"b", "c"} == made.exists.needs
    assert f"{GROUP}/providers/Microsoft.Resources/deployments/n" == made.within
    assert [] == expanded(content, parameters={"b": False}).resources


def test_a_template_may_be_made_by_an_expression() -> None:
    """From a variable, with its own parameters; one that is open is a gap."""
    inner = {
        "contentVersion": "1.0.0.0",
        "resources": [{"type": "A.B/c", "apiVersion": "1", "name": "[[parameters('p')]"}],
        "parameters": {"p": {"type": "string"}},
    }
    given = {"p": {"value": "told"}}
    made = expanded(template(nested("[variables('t')]", sees="outer", given=given), variables={"t": inner}))
    unknown = expanded(template(nested("[parameters('t')]"), parameters={"t": {"type": "object"}}))

    assert "told" == last(made).name
    assert ["--set t=…"] == [gap.ask for gap in unknown.gaps]


def test_a_group_deployed_to_by_an_open_name_keeps_its_resources() -> None:
    """The id shows the open part."""
    content = template(
        nested(template(resource("A.B/c", "x")), resourceGroup="[parameters('g')]"),
        parameters={"g": {"type": "string"}},
    )

    assert (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{{parameters('g')}}/providers/A.B/c/x"
        == last(expanded(content)).id
    )


# --- files ---------------------------------------------------------------------------------------------------------


def write(folder: Path, name: str, content: Any) -> Path:
    """A template file in a folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    return path


def linked(folder: Path, link: dict[str, Any], **options: Any) -> Expansion:
    """The expansion of a template with this link, in `folder/main.json`."""
    content = template(nested(None, properties={"templateLink": link}), **options)
    path = write(folder, "main.json", content)
    return expand(path.read_bytes(), scope=HERE, name=str(path), folder=folder)


PART = template(resource("A.B/c", "x"))


@pytest.mark.parametrize(
    "link",
    [
        {"relativePath": "parts/one.json"},
        {"relativePath": "./parts\\one.json"},
        {"relativePath": "parts/one.json?token"},
        {"uri": "[uri(deployment().properties.templateLink.uri, 'parts/one.json')]"},
    ],
)
def test_a_template_beside_this_one_is_read(link: dict[str, Any], tmp_path: Path) -> None:
    """By relative path, and by an address that is relative to the template's own; places name the other file."""
    other = write(tmp_path, "parts/one.json", PART)

    made = last(linked(tmp_path, link))

    assert f"{GROUP}/providers/A.B/c/x" == made.id
    assert str(other) == made.place("/name").file
    assert (str(other),) == linked(tmp_path, link).files


def test_links_are_relative_to_the_file_that_has_them(tmp_path: Path) -> None:
    """A part may name another part beside it; an error in it names its file."""
    write(tmp_path, "parts/two.json", template(resource("A.B/c", "[nonsense()]")))
    write(
        tmp_path,
        "parts/one.json",
        template(nested(None, properties={"templateLink": {"relativePath": "two.json"}})),
    )

    with pytest.raises(TemplateError, match="nonsense") as caught:
        linked(tmp_path, {"relativePath": "parts/one.json"})

    assert caught.value.file.endswith("two.json")


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ({"relativePath": "../secret.json"}, "lies outside of the given folder"),
        ({"relativePath": "/etc/passwd"}, "lies outside of the given folder"),
        ({"relativePath": "nobody.json"}, "is not there"),
        ({"relativePath": "link.json"}, "lies outside of the given folder"),
        ({"relativePath": "a\u0000b"}, "cannot be read"),
        ({"uri": "https://example.org/template.json"}, "nothing is fetched"),
        ({"uri": "[parameters('artifacts')]"}, "nothing is fetched"),
        (
            {
                "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Resources/templateSpecs/t/versions/1"
            },
            "template spec",
        ),
    ],
)
def test_what_is_not_read_is_a_gap(link: dict[str, Any], why: str, tmp_path: Path) -> None:
    """Nothing outside of the folder, nothing over the network: the gap says so, and where."""
    (tmp_path / "in").mkdir()
    write(tmp_path, "secret.json", PART)
    (tmp_path / "in" / "link.json").symlink_to(tmp_path / "secret.json")

    made = linked(tmp_path / "in", link, parameters={"artifacts": {"type": "string"}})
    (gap,) = made.gaps

    assert why in gap.why
    assert gap.outside
    assert gap.place.line > 1
    assert ["n"] == [one.name for one in made.resources]


def test_no_folder_reads_no_file(tmp_path: Path) -> None:
    """A library call without a folder touches no disk."""
    write(tmp_path, "one.json", PART)
    content = template(nested(None, properties={"templateLink": {"relativePath": "one.json"}}))
    made = expanded(content, name=str(tmp_path / "main.json"))

    assert "no folder to read it from is given" in made.gaps[0].why


def test_a_template_that_links_itself_ends(tmp_path: Path) -> None:
    """After as many deployments as the limit allows."""
    with pytest.raises(TemplateError) as caught:
        linked(tmp_path, {"relativePath": "main.json"})

    assert "LimitExceeded" == caught.value.code


def test_a_deployment_without_template_is_an_error() -> None:
    """Neither `template` nor `templateLink`."""
    with pytest.raises(TemplateError, match="neither 'template' nor 'templateLink'"):
        expanded(template(nested(None)))


def test_levels_are_those_of_the_schema_where_nobody_says() -> None:
    """The outermost deployment's level comes from its schema; a nested one stays where its parent is."""
    made = expanded(template(nested(template(resource("A.B/c", "x")))))

    assert Level.RESOURCE_GROUP is made.target.level
