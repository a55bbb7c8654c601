"""From the resources of a template to what it deploys: ids, copies, children, conditions, order, places."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cloison.sources.arm_template import Level, Scope, Symbol, TemplateError
from tests.templates.language import GROUP, HERE, SUBSCRIPTION, expanded, resource, template

STORE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts"
NET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks"


def ids(*resources: dict[str, Any], **options: Any) -> list[str]:
    """The ids that these resources get."""
    parts = {key: options.pop(key) for key in list(options) if key not in {"scope", "strict", "existing"}}
    return [one.id for one in expanded(template(*resources, **parts), **options).resources]


@pytest.mark.parametrize(
    ("made", "id"),
    [
        (resource("Microsoft.Storage/storageAccounts", "s"), f"{STORE}/s"),
        (resource("Microsoft.Network/virtualNetworks/subnets", "v/s"), f"{NET}/v/subnets/s"),
        (resource("Microsoft.Network/virtualNetworks/", "v"), f"{NET}/v"),
        (
            resource("Microsoft.Network/virtualNetworks/providers/locks", "v/Microsoft.Authorization/l"),
            f"{NET}/v/providers/Microsoft.Authorization/locks/l",
        ),
        (
            resource("Microsoft.Authorization/locks", "l", scope="Microsoft.Network/virtualNetworks/v"),
            f"{NET}/v/providers/Microsoft.Authorization/locks/l",
        ),
        (
            resource("Microsoft.Authorization/locks", "l", scope=f"{NET}/v/subnets/s"),
            f"{NET}/v/subnets/s/providers/Microsoft.Authorization/locks/l",
        ),
        (resource("Microsoft.Authorization/policyAssignments", "p", scope="/"),
         "/providers/Microsoft.Authorization/policyAssignments/p"),
        (
            resource("Microsoft.Authorization/roleAssignments", "r", scope=f"/subscriptions/{SUBSCRIPTION}"),
            f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/r",
        ),
        (
            resource(
                "Microsoft.Resources/deployments", "d", resourceGroup="other", properties={"template": template()}
            ),
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/other/providers/Microsoft.Resources/deployments/d",
        ),
    ],
)  # fmt: skip
def test_ids_follow_type_name_and_scope(made: dict[str, Any], id: str) -> None:
    """Children, extensions old and new, and deployments to another group."""
    assert [id] == ids(made)


@pytest.mark.parametrize(
    ("level", "made", "id"),
    [
        (Level.SUBSCRIPTION, resource("Microsoft.Resources/resourceGroups", "g"),
         f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g"),
        (Level.SUBSCRIPTION, resource("Microsoft.Authorization/policyDefinitions", "p"),
         f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/policyDefinitions/p"),
        (Level.MANAGEMENT_GROUP, resource("Microsoft.Authorization/policyDefinitions", "p"),
         "/providers/Microsoft.Management/managementGroups/mg/providers/Microsoft.Authorization/policyDefinitions/p"),
        (Level.MANAGEMENT_GROUP, resource("Microsoft.Management/managementGroups", "m", scope="/"),
         "/providers/Microsoft.Management/managementGroups/m"),
        (Level.TENANT, resource("Microsoft.Management/managementGroups", "m"),
         "/providers/Microsoft.Management/managementGroups/m"),
    ],
)  # fmt: skip
def test_ids_at_every_level(level: Level, made: dict[str, Any], id: str) -> None:
    """A subscription, a management group and the tenant are scopes as well."""
    scope = Scope(level=level, subscription=SUBSCRIPTION, management_group="mg")

    assert [id] == ids(made, scope=scope)


def test_the_level_is_that_of_the_schema() -> None:
    """Without one from the caller."""
    content = template(resource("Microsoft.Resources/resourceGroups", "g"))
    schema = "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#"

    made = expanded({**content, "$schema": schema}, scope=Scope(subscription=SUBSCRIPTION))

    assert Level.SUBSCRIPTION is made.target.level
    assert f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g" == made.resources[0].id


def test_an_open_scope_and_an_open_name_stand_in_braces() -> None:
    """Two resources of the same open name have the same id, so that references meet."""
    made = resource("Microsoft.Storage/storageAccounts", "[concat('st', parameters('p'))]")
    found = ids(made, scope=Scope(), parameters={"p": {"type": "string"}})

    base = "/subscriptions/{subscription}/resourceGroups/{resourceGroup}/providers"
    assert [f"{base}/Microsoft.Storage/storageAccounts/st{{parameters('p')}}"] == found


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (resource("Microsoft.Storage/storageAccounts", "a/b"), "incorrect segment lengths"),
        (resource("Microsoft.Network/virtualNetworks/subnets", "s"), "incorrect segment lengths"),
        (resource("Microsoft.Storage/storageAccounts", ""), "is empty"),
        ({"type": "A.B/c", "apiVersion": "1"}, "has no 'name'"),
        ({"name": "n", "apiVersion": "1"}, "has no 'type'"),
        (resource("A.B/c", "n", condition="maybe"), "must be a boolean"),
        (resource("A.B/c", "[createArray()]"), "must be a string"),
        (resource("A.B/c", "n", copy={"count": 2}), "needs a 'name'"),
        (resource("A.B/c", "n", copy={"name": "c", "count": "x"}), "must be an integer"),
        (resource("A.B/c", "n", copy={"name": "c"}), "has no 'count'"),
        (resource("A.B/c", "n", copy={"name": "c", "count": 801}), "outside of the range of 0 to 800"),
        (resource("A.B/c", "[copyIndex()]"), "'copyIndex' is not expected at this location"),
        (resource("A.B/c", "[reference('x').y]"), "'reference' is not expected at this location"),
        (resource("A.B/c", "n", properties="[newGuid()]"), "'newGuid' is not expected at this location"),
        (resource("A.B/c", "n", properties="[nobody()]"), "the template function 'nobody' is not valid"),
        (resource("A.B/c", "n", properties="[toLower(1)]"), "expects a string; the provided value is"),
        (resource("A.B/c", "n", properties="[toLower()]"), "it takes 1 argument(s), 0 were given"),
        (resource("A.B/c", "n", properties="[resourceId('A.B/c/d', 'x')]"), "requires '2' resource name argument(s)"),
        (resource("A.B/c", "n", properties="[fail('stop here')]"), "stop here"),
        (resource("A.B/c", "n", dependsOn=["nobody"]), "the resource 'nobody' is not defined in the template"),
        (resource("A.B/c", "n", properties="[createObject('a', 1).b]"), "property 'b' doesn't exist"),
        (resource("A.B/c", "n", properties="[createArray(1)[3]]"), "array index '3' is out of bounds"),
        (resource("A.B/c", "n", properties="[variables('v')]"), "the template variable 'v' is not found"),
        ("text", "a resource must be an object"),
    ],
)  # fmt: skip
def test_what_azure_refuses_is_an_error_with_its_place(made: Any, why: str) -> None:
    """A code of Azure's, the sentence, and line and column of the value at fault."""
    content = json.dumps(template(made), indent=1)

    with pytest.raises(TemplateError) as caught:
        expanded(content)

    assert caught.value.code in {"InvalidTemplate", "DeploymentFailed"}
    assert why in caught.value.message
    line = content.splitlines()[caught.value.line - 1]
    assert line[caught.value.column - 1 :].startswith(('"', "{", "8", "["))
    assert caught.value.line > 3


def test_a_near_miss_is_offered() -> None:
    """A name that is nearly one gets the one as help."""
    for expression, near in (("[toLowr('x')]", "toLower"), ("[createObject('alpha', 1).alpah]", "alpha")):
        with pytest.raises(TemplateError) as caught:
            expanded(template(resource("A.B/c", "n", properties=expression)))
        assert near in caught.value.hint


def test_a_copy_makes_one_resource_for_each_turn() -> None:
    """With its index in names and bodies, an offset, and how the loop runs."""
    made = expanded(template(resource(
        "A.B/c", "[concat('n', copyIndex(1))]", location="[variables('l')[copyIndex('each')]]",
        copy={"name": "each", "count": "[length(variables('l'))]", "mode": "serial", "batchSize": 2},
    ), variables={"l": ["x", "y"]})).resources  # fmt: skip

    assert [("n1", "x"), ("n2", "y")] == [(one.name, one.body["location"]) for one in made]
    assert ("each", "Serial", 2) == made[0].loop


def test_a_copy_without_turns_makes_nothing() -> None:
    """And what depends on it waits for nothing."""
    loop = resource("A.B/c", "[concat('n', copyIndex())]", copy={"name": "each", "count": 0})
    made = expanded(template(loop, resource("A.B/c", "last", dependsOn=["each"]))).resources

    assert [("last", ())] == [(one.name, one.depends_on) for one in made]


def test_an_open_count_is_one_resource_that_may_be_there_and_a_gap() -> None:
    """The gap says which parameter decides the number."""
    loop = resource(
        "A.B/c", "[concat('n', copyIndex())]", copy={"name": "each", "count": "[parameters('p')]"}
    )
    made = expanded(template(loop, parameters={"p": {"type": "int"}}))
    (found,) = made.resources

    assert isinstance(found.exists, Symbol)
    assert "greater(parameters('p'), 0)" == found.exists.text
    assert "n{copyIndex('each')}" == found.name
    assert ["--set p=…"] == [gap.ask for gap in made.gaps]


def test_loops_of_one_open_count_turn_together() -> None:
    """A resource of one loop finds its partner of the same turn."""
    count = "[length(parameters('p'))]"
    one = resource(
        "A.B/c", "[concat('n', copyIndex())]", copy={"name": "a", "count": count}, properties={"x": 1}
    )
    other = resource(
        "A.B/d", "[concat('m', copyIndex())]", copy={"name": "b", "count": count},
        properties={"y": "[reference(resourceId('A.B/c', concat('n', copyIndex()))).x]"},
    )  # fmt: skip
    made = expanded(template(one, other, parameters={"p": {"type": "array"}})).resources

    assert 1 == made[1].body["properties"]["y"]


def test_children_are_resources_of_their_own() -> None:
    """Nested below their parent they get its type and name in front, unless their type is full."""
    parent = resource(
        "Microsoft.Network/virtualNetworks", "v",
        resources=[
            resource("subnets", "s", resources=[resource("providers/locks", "Microsoft.Authorization/l")]),
            resource("Microsoft.Network/virtualNetworks/subnets", "v/t"),
            resource("Microsoft.OperationsManagement/solutions", "own"),
        ],
    )  # fmt: skip

    assert [
        f"{NET}/v",
        f"{NET}/v/subnets/s",
        f"{NET}/v/subnets/s/providers/Microsoft.Authorization/locks/l",
        f"{NET}/v/subnets/t",
        f"{GROUP}/providers/Microsoft.OperationsManagement/solutions/own",
    ] == ids(parent)
    assert "Microsoft.Authorization/locks" == expanded(template(parent)).resources[2].type


@pytest.mark.parametrize(
    ("condition", "expected"),
    [(True, [True]), ("[false()]", []), ("[equals(1, 1)]", [True]), ("[parameters('b')]", ["parameters('b')"]),
     ("[and(parameters('b'), false())]", []), ("[not(not(parameters('b')))]", ["parameters('b')"])],
)  # fmt: skip
def test_a_condition_decides_or_stays_open(condition: Any, expected: list[Any]) -> None:
    """A resource is there, is not there, or may be."""
    made = expanded(template(resource("A.B/c", "n", condition=condition), parameters={"b": {"type": "bool"}}))

    assert expected == [one.exists if one.exists is True else one.exists.text for one in made.resources]


def test_a_resource_that_is_not_there_may_be_wrong() -> None:
    """Its name and its body are not looked at where its condition is false, and are a gap where that is open."""
    wrong = {"properties": {"x": "[createObject().y]"}}
    never = resource("A.B/c", "[createArray()[0]]", condition=False, **wrong)
    maybe = resource("A.B/c", "n", condition="[parameters('b')]", **wrong)
    made = expanded(template(never, maybe, parameters={"b": {"type": "bool"}}))

    assert [] == made.resources
    assert "its deployment fails if parameters('b')" in made.gaps[0].why


def test_dependencies_are_found_by_each_way_to_name_them() -> None:
    """Id, type and name, name alone, copy loop, and what is read by name."""
    made = expanded(template(
        resource("A.B/c", "one"), resource("A.B/c", "two", copy={"name": "loop", "count": 1}),
        resource("A.B/c/d", "one/child"), resource("A.B/e", "four", properties={"x": 1}),
        resource("A.B/f", "last", dependsOn=["[resourceId('A.B/c', 'one')]", "A.B/c/one/d/child", "loop", "one/child"],
                 properties={"x": "[reference('four').x]"}),
    )).resources  # fmt: skip
    waits = made[-1].depends_on

    assert ["one", "child", "two", "four"] == [id.rpartition("/")[2] for id in waits]


def test_a_circle_is_an_error() -> None:
    """Also through what is read; the error names the resources on the way."""
    one = resource("A.B/c", "one", dependsOn=["two"])
    two = resource("A.B/c", "two", properties={"x": "[reference('one').y]"})

    with pytest.raises(TemplateError, match="circular dependency detected on resource") as caught:
        expanded(template(one, two))

    assert "waits for" in caught.value.hint


def test_what_nothing_depends_on_is_refused_or_a_gap() -> None:
    """Twins, a variable that fails and a dependency on nobody: refused as by Azure, or gaps where drafts are read."""
    content = template(
        resource("A.B/c", "n"), resource("A.B/C", "N"), resource("A.B/d", "d", dependsOn=["nobody"]),
        variables={"v": "[createArray()[0]]"},
    )  # fmt: skip

    with pytest.raises(TemplateError):
        expanded(content)
    made = expanded(content, strict=False)
    assert 3 == len(made.resources)
    assert ["InvalidTemplate"] * 3 == [gap.code for gap in made.gaps]


def test_symbolic_names_and_resources_that_exist() -> None:
    """In the second language, resources have names of their own, and may only be referred to."""
    content = {
        **template(languageVersion="2.0"),
        "resources": {
            "there": {"existing": True, "type": "A.B/c", "apiVersion": "1", "name": "x", "resourceGroup": "other"},
            "kid": {"existing": True, "type": "A.B/c/d", "apiVersion": "1", "name": "x/y", "subscriptionId": "s",
                    "resourceGroup": "o"},
            "each": resource("A.B/e", "[concat('e', copyIndex())]", copy={"name": "each", "count": 2},
                             dependsOn=["there"]),
            "last": resource("A.B/f", "f", dependsOn=["each"], properties={
                "info": "[resourceInfo('there').id]", "state": "[reference('each[1]', '1', 'full').location]",
                "all": "[length(references('each'))]"}),
        },
    }  # fmt: skip
    content["resources"]["each"]["location"] = "[string(copyIndex())]"
    made = {one.symbol + one.name: one for one in expanded(content).resources}

    other = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/other"
    assert f"{other}/providers/A.B/c/x" == made["therex"].id
    assert "/subscriptions/s/resourceGroups/o/providers/A.B/c/x/d/y" == made["kidy"].id
    assert made["therex"].existing
    properties = made["lastf"].body["properties"]
    assert {"info": f"{other}/providers/A.B/c/x", "state": "1", "all": 2} == properties
    assert 2 == len(made["lastf"].depends_on)


def test_an_object_of_resources_needs_the_second_language() -> None:
    """In the first one, resources are an array."""
    with pytest.raises(TemplateError, match="an array of resources is expected"):
        expanded({**template(), "resources": {"a": resource("A.B/c", "n")}})


def test_resources_of_extensions_are_gaps() -> None:
    """Kubernetes and its like are deployed by somebody else."""
    content = {
        **template(languageVersion="2.2-experimental"),
        "resources": {"pod": {"import": "kubernetes", "type": "core/Pod@v1", "properties": {}}},
    }
    (gap,) = expanded(content).gaps

    assert gap.outside
    assert "core/Pod@v1" in gap.what


def test_the_body_is_what_azure_would_hold() -> None:
    """Id, last name and type in front; what only the template needs is left out."""
    made = expanded(template(resource(
        "Microsoft.Network/virtualNetworks/subnets", "v/s", comments="c", dependsOn=[], condition=True,
        tags={"a": "[concat('b', 'c')]"}, properties={"x": 1},
    ))).resources[0]  # fmt: skip

    assert {
        "id": f"{NET}/v/subnets/s",
        "name": "s",
        "type": "Microsoft.Network/virtualNetworks/subnets",
        "tags": {"a": "bc"},
        "properties": {"x": 1},
    } == made.body
    assert "2024-01-01" == made.api_version


def test_a_place_is_where_a_value_is_written() -> None:
    """Through property loops to their input, to the expression where a value is computed."""
    content = json.dumps(template(resource("A.B/c", "n", properties={
        "plain": {"deep": [1, {"x": "[concat('a', 'b')]"}]},
        "copy": [{"name": "made", "count": 2, "input": {"y": "[copyIndex('made')]"}}],
        "whole": "[createObject('z', createArray(1))]",
    })), indent=1)  # fmt: skip
    (made,) = expanded(content, name="main.json").resources
    lines = content.splitlines()

    for pointer, written in (
        ("/properties/plain/deep/1/x", '"[concat'),
        ("/properties/made/1/y", '"[copyIndex'),
        ("/properties/whole/z/0", '"[createObject'),
        ("/name", '"n"'),
        ("/nobody", "{"),
    ):
        place = made.place(pointer)
        assert "main.json" == place.file
        assert lines[place.line - 1][place.column - 1 :].startswith(written)


def test_outputs_have_types_conditions_loops_and_faults_of_their_own() -> None:
    """An output that fails is a gap with Azure's code: the resources are made by then."""
    made = expanded(template(outputs={
        "a": {"type": "string", "value": "x"},
        "b": {"type": "securestring", "value": "x", "condition": False},
        "c": {"type": "array", "copy": {"count": 2, "input": "[copyIndex()]"}},
        "d": {"type": "int", "value": 1, "condition": "[parameters('b')]"},
        "e": {"type": "string", "value": "[createObject().x]"},
    }, parameters={"b": {"type": "bool"}}))  # fmt: skip

    assert {"a": ("String", "x"), "c": ("Array", [0, 1]), "d": ("Int", 1)} == {
        name: (output.type, output.value) for name, output in made.outputs.items()
    }
    assert isinstance(made.outputs["d"].exists, Symbol)
    assert ["DeploymentOutputEvaluationFailed"] == [gap.code for gap in made.gaps]


@pytest.mark.parametrize("count", [2, "[parameters('n')]"])
def test_a_loop_that_makes_nothing_is_an_error(count: Any) -> None:
    """Each turn needs something to make, also where nobody knows how many there are."""
    content = template(
        parameters={"n": {"type": "int"}}, variables={"copy": [{"name": "made", "count": count}]}
    )

    with pytest.raises(TemplateError, match="the copy loop 'made' has no 'input'"):
        expanded(content)


def test_the_scope_is_what_the_caller_says() -> None:
    """Scope functions give it, at each level what that level has."""
    content = template(outputs={
        "g": {"type": "object", "value": "[resourceGroup()]"}, "s": {"type": "object", "value": "[subscription()]"},
        "d": {"type": "string", "value": "[deployment().name]"}, "t": {"type": "object", "value": "[tenant()]"},
    })  # fmt: skip
    outputs = expanded(content).outputs

    assert GROUP == outputs["g"].value["id"]
    assert ("rg", "westeurope") == (outputs["g"].value["name"], outputs["g"].value["location"])
    assert SUBSCRIPTION == outputs["s"].value["subscriptionId"]
    assert (HERE.deployment, HERE.tenant) == (outputs["d"].value, outputs["t"].value["tenantId"])
    for cloud, suffix in (("AzureCloud", "core.windows.net"), ("AzureChinaCloud", "core.chinacloudapi.cn"),
                          ("AzureUSGovernment", "core.usgovcloudapi.net")):  # fmt: skip
        made = template(outputs={"e": {"type": "string", "value": "[environment().suffixes.storage]"}})
        assert suffix == expanded(made, scope=Scope(cloud=cloud)).outputs["e"].value
