"""What reference() and list…() give: what the template states is known, what Azure fills in stays open."""

from __future__ import annotations

from typing import Any

import pytest

from cloison.sources.arm_template import Symbol, TemplateError
from tests.templates.language import GROUP, SUBSCRIPTION, expanded, resource, template

STORE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/s"
MADE = resource(
    "Microsoft.Storage/storageAccounts", "s", location="westus", sku={"name": "Standard_LRS"}, tags={"a": "b"},
    properties={"flat": 1, "null": None, "deep": {"list": [{"x": "y"}]}, "open": "[parameters('p')]"},
)  # fmt: skip
PARAMETERS = {"p": {"type": "string"}}


def read(expression: str, *more: dict[str, Any], **options: Any) -> Any:
    """What a resource beside the account sees."""
    reader = resource("A.B/c", "reader", properties={"v": expression})
    made = expanded(template(MADE, *more, reader, parameters=PARAMETERS), **options).resources
    return next(one for one in made if one.name == "reader").body["properties"]["v"]


@pytest.mark.parametrize(
    "called",
    ["'s'", f"'{STORE}'", "resourceId('Microsoft.Storage/storageAccounts', 's')",
     "concat('Microsoft.Storage/storageAccounts/', 's')", "toUpper('s')"],
)  # fmt: skip
def test_a_resource_is_found_by_each_way_to_call_it(called: str) -> None:
    """By name, id, type and name, without regard to case."""
    assert 1 == read(f"[reference({called}, '2023-05-01').flat]")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (".flat", 1),
        (".deep.list[0].x", "y"),
        (".null", f"reference('{STORE}').null"),
        (".open", "parameters('p')"),
        (".primaryEndpoints.blob", f"reference('{STORE}').primaryEndpoints.blob"),
        (".deep.more", f"reference('{STORE}').deep.more"),
        (".deep.list[1]", f"reference('{STORE}').deep.list[1]"),
        (".deep.list[0].z", f"reference('{STORE}').deep.list[0].z"),
    ],
)
def test_the_state_is_what_is_stated_and_open_beyond(path: str, expected: Any) -> None:
    """Members that Azure may add are open; they never are an error."""
    found = read(f"[reference('s'){path}]")

    assert expected == (found.text if isinstance(found, Symbol) else found)


def test_the_full_state_has_what_stands_beside_the_properties() -> None:
    """Location, sku, tags; id parts of its scope; and properties."""
    for path, expected in (
        (".location", "westus"),
        (".sku.name", "Standard_LRS"),
        (".tags.a", "b"),
        (".apiVersion", "2024-01-01"),
        (".resourceId", STORE),
        (".subscriptionId", SUBSCRIPTION),
        (".resourceGroupName", "rg"),
        (".properties.flat", 1),
    ):
        assert expected == read(f"[reference('s', '2023-05-01', 'Full'){path}]")
    assert isinstance(read("[reference('s', '2023-05-01', 'full').identity.principalId]"), Symbol)


def test_what_exists_may_be_told() -> None:
    """Bodies of resources that the template does not deploy answer references to them."""
    other = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/v"
    existing = {
        other.upper(): {"location": "l", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/8"]}}}
    }

    assert "10.0.0.0/8" == read(
        f"[reference('{other}', '1').addressSpace.addressPrefixes[0]]", existing=existing
    )
    assert "l" == read(f"[reference('{other}', '1', 'full').location]", existing=existing)
    assert f"reference('{other}').x" == read(f"[reference('{other}', '1').x]", existing=existing).text
    assert f"reference('{other}').x" == read(f"[reference('{other}', '1').x]").text


def test_a_resource_of_another_deployment_is_found_by_its_id() -> None:
    """Where one template deploys it and another one reads it."""
    inner = template(resource("A.B/d", "far", properties={"x": 7}))
    nested = resource(
        "Microsoft.Resources/deployments", "n",
        properties={"expressionEvaluationOptions": {"scope": "inner"}, "template": inner},
    )  # fmt: skip

    assert 7 == read("[reference(resourceId('A.B/d', 'far')).x]", nested)


def test_a_name_that_nobody_has_is_an_error() -> None:
    """Azure looks for it in the template and says so."""
    with pytest.raises(
        TemplateError, match="could not find template resource or resource copy with this name"
    ):
        read("[reference('nobody').x]")


def test_a_resource_that_may_not_be_there_states_what_it_would_be() -> None:
    """One with an open condition states its properties; one that is not there states nothing."""
    parameters = {"b": {"type": "bool"}}
    for condition, known in (("[parameters('b')]", True), (False, False)):
        content = template(
            resource("A.B/c", "x", condition=condition, properties={"v": 1}),
            resource("A.B/c", "y", properties={"v": "[reference('x').v]"}),
            parameters=parameters,
        )
        assert known is (1 == expanded(content).resources[-1].body["properties"]["v"])


def test_states_that_need_each_other_stay_open() -> None:
    """Reading by id makes no dependency; a value that is needed to make itself is open."""
    one = resource("A.B/c", "x", properties={"v": "[reference(resourceId('A.B/c', 'y')).v]"})
    two = resource("A.B/c", "y", properties={"v": "[reference(resourceId('A.B/c', 'x')).v]"})
    made = expanded(template(one, two)).resources

    assert isinstance(made[0].body["properties"]["v"], Symbol)


def test_what_a_list_function_gives_only_azure_knows() -> None:
    """Called by the id of the resource, however the template calls it."""
    by_id = "listKeys(resourceId('Microsoft.Storage/storageAccounts', 's'), '2023-05-01').keys[0].value"
    by_name = "listKeys('s', '2023-05-01').keys[0].value"

    assert (
        f"listKeys('{STORE}', '2023-05-01').keys[0].value"
        == read(f"[{by_id}]").text
        == read(f"[{by_name}]").text
    )
    assert "concat('a', " in read(f"[concat('a', {by_id})]").text


def test_secure_outputs_are_listed() -> None:
    """The newest language reads outputs of nested deployments by a list function."""
    nested = resource(
        "Microsoft.Resources/deployments", "n",
        properties={
            "expressionEvaluationOptions": {"scope": "inner"},
            "template": template(outputs={"o": {"type": "securestring", "value": "x"}}),
        },
    )  # fmt: skip

    assert "x" == read("[listOutputsWithSecureValues('n', '2025-04-01').o]", nested)


def test_a_value_that_is_read_is_not_needed_from_a_parameter() -> None:
    """What only Azure knows asks for no parameter."""
    assert frozenset() == read("[reference('s').primaryEndpoints]").needs


def test_running_states_are_asked_for_where_something_runs() -> None:
    """Not in variables, nor in names."""
    for part in ({"variables": {"v": "[reference('s').x]"}}, {"variables": {"v": "[listKeys('s', '1')]"}}):
        with pytest.raises(TemplateError, match="is not expected at this location"):
            expanded(template(MADE, parameters=PARAMETERS, **part))
