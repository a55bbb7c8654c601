"""Parameters: what is given, what a declaration accepts, what stays open."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cloison.sources.arm_template import Symbol, TemplateError
from tests.templates.language import expanded, template, value

VAULT = {
    "keyVault": {"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v"},
    "secretName": "n",
}


def declared(**declaration: Any) -> dict[str, Any]:
    """The parameters of a template with one, called p."""
    return {"p": declaration}


def given(declaration: dict[str, Any], told: Any, **parts: Any) -> Any:
    """What the parameter p is, when told so."""
    return value("[parameters('p')]", parameters=declared(**declaration), given={"p": told}, **parts)


def test_a_parameter_without_value_is_open_and_says_which_it_is() -> None:
    """Its symbol is of the declared type and needs itself."""
    made = value("[parameters('P')]", parameters=declared(type="int"))

    assert isinstance(made, Symbol)
    assert ("parameters('p')", "int", {"p"}) == (made.text, made.kind, made.needs)


def test_a_deployment_needs_its_parameters() -> None:
    """When a client deploys, a parameter without value is the error that Azure gives, at its declaration."""
    content = json.dumps(template(parameters=declared(type="string")), indent=1)
    with pytest.raises(TemplateError, match="'p' is not provided") as caught:
        expanded(content, deploying=True)

    assert content.splitlines()[caught.value.line - 1].strip() == '"p": {'


def test_defaults_may_use_other_parameters_and_the_scope() -> None:
    """A default is an expression; null stands for no default."""
    parameters = {
        "a": {"type": "string", "defaultValue": "x"},
        "b": {"type": "string", "defaultValue": "[concat(parameters('a'), resourceGroup().location)]"},
        "c": {"type": "string", "defaultValue": None},
    }

    assert "xwesteurope" == value("[parameters('b')]", parameters=parameters)
    assert isinstance(value("[parameters('c')]", parameters=parameters), Symbol)


@pytest.mark.parametrize(
    ("declaration", "told", "expected"),
    [
        ({"type": "string", "defaultValue": "d"}, None, "d"),
        ({"type": "string", "nullable": True}, None, None),
        ({"type": "int"}, "12", 12),
        ({"type": "bool"}, "True", True),
        ({"type": "string", "allowedValues": ["Enabled"]}, "enabled", "enabled"),
        ({"type": "array", "allowedValues": ["a", "b"]}, ["a"], ["a"]),
        ({"type": "array", "allowedValues": [["a"], ["b"]]}, ["b"], ["b"]),
        ({"type": "int", "minValue": 1, "maxValue": 3}, 3, 3),
        ({"type": "string", "minLength": 1, "maxLength": 3}, "abc", "abc"),
    ],
)
def test_a_value_that_is_accepted(declaration: dict[str, Any], told: Any, expected: Any) -> None:
    """Types, sizes and allowed values as Azure compares them; null is "not given" where there is a default."""
    assert expected == given(declaration, told)


@pytest.mark.parametrize(
    ("declaration", "told", "why"),
    [
        ({"type": "string"}, 3, "expected a value of type 'string', but received 'Integer'"),
        ({"type": "int"}, "x", "type 'int'"),
        ({"type": "int"}, True, "received 'Boolean'"),
        ({"type": "object"}, [], "received 'Array'"),
        ({"type": "string"}, None, "received 'Null'"),
        ({"type": "string", "allowedValues": ["a", "b"]}, "c", "not part of the allowed value(s): 'a,b'"),
        ({"type": "int", "minValue": 1}, 0, "its value is 0, and 'minValue' is 1"),
        ({"type": "array", "maxLength": 1}, [1, 2], "its length is 2, and 'maxLength' is 1"),
        ({"type": "object", "properties": {"a": {"type": "int"}}}, {"a": "x"}, "at 'a': expected"),
        ({"type": "object", "properties": {"a": {"type": "int"}}}, {}, "the property 'a' is missing"),
        ({"type": "object", "properties": {}, "additionalProperties": {"type": "int"}}, {"b": "x"}, "at 'b': expected"),
        ({"type": "object", "properties": {"a": {"type": "int"}}, "additionalProperties": False}, {"a": 1, "b": 1},
         "'b' is not permitted"),
        ({"type": "array", "items": {"type": "string", "minLength": 2}}, ["ab", "c"], "at '[1]': its length"),
        ({"type": "array", "prefixItems": [{"type": "int"}], "items": {"type": "string"}}, [1, 2], "at '[1]'"),
    ],
)  # fmt: skip
def test_a_value_that_is_refused(declaration: dict[str, Any], told: Any, why: str) -> None:
    """The error is InvalidTemplate, names the parameter and the place inside it, and says why."""
    with pytest.raises(TemplateError) as caught:
        given(declaration, told, languageVersion="2.0")

    assert "InvalidTemplate" == caught.value.code
    assert "'p' is not valid" in caught.value.message
    assert why in caught.value.message


def test_defaults_are_held_to_the_declaration_too() -> None:
    """Azure refuses a default that is not an allowed value."""
    with pytest.raises(TemplateError, match="allowed value"):
        expanded(template(parameters=declared(type="string", defaultValue="x", allowedValues=["a"])))


def test_types_are_followed_through_definitions() -> None:
    """`$ref` names a definition; what stands beside it adds to it; a discriminator picks the variant."""
    definitions = {
        "name": {"type": "string", "minLength": 2},
        "shape": {
            "type": "object",
            "discriminator": {
                "propertyName": "kind",
                "mapping": {
                    "round": {"$ref": "#/definitions/round"},
                    "square": {
                        "type": "object",
                        "properties": {"kind": {"type": "string"}, "side": {"type": "int"}},
                    },
                },
            },
        },
        "round": {
            "type": "object",
            "properties": {"kind": {"type": "string"}, "radius": {"$ref": "#/definitions/name"}},
        },
    }
    parts: dict[str, Any] = {"definitions": definitions, "languageVersion": "2.0"}
    shape = {"$ref": "#/definitions/shape"}

    assert {"kind": "round", "radius": "ab"} == given(shape, {"kind": "round", "radius": "ab"}, **parts)
    assert None is given({"$ref": "#/definitions/name", "nullable": True}, None, **parts)
    for wrong, why in (
        ({"kind": "round", "radius": "a"}, "at 'radius': its length"),
        ({"kind": "square", "side": "a"}, "at 'side'"),
        ({"kind": "other"}, "'kind' must be one of 'round,square'"),
    ):
        with pytest.raises(TemplateError, match=why.replace("[", r"\[")):
            given(shape, wrong, **parts)
    with pytest.raises(TemplateError, match="is not defined"):
        given({"$ref": "#/definitions/nobody"}, 1, **parts)


def test_a_value_that_no_parameter_takes_is_refused() -> None:
    """The message lists the parameters that there are."""
    with pytest.raises(TemplateError, match="only supported parameters for this template are 'p'"):
        value("[parameters('p')]", parameters=declared(type="int"), given={"q": 1, "p": 1})


@pytest.mark.parametrize("kind", ["secureString", "securestring", "SecureObject"])
def test_secrets_stay_out_of_what_is_read(kind: str) -> None:
    """The value of a secure parameter is checked for nothing and shown nowhere, unless a client deploys it."""
    told: Any = {"a": "geheim"} if "bject" in kind else "geheim"
    made = given({"type": kind}, told)

    assert isinstance(made, Symbol)
    assert set() == made.needs
    assert told == given({"type": kind}, told, deploying=True)


def test_a_parameter_file_is_read() -> None:
    """Its values count; a secret of a vault and a placeholder of a test tool are open."""
    parameters = {name: {"type": "string"} for name in ("a", "b", "c")}
    file = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {"A": {"value": "x"}, "b": {"reference": VAULT}, "c": {"value": "GEN-UNIQUE-8"}},
    }
    content = template(parameters=parameters, outputs={
        name: {"type": "string", "value": f"[parameters('{name}')]"} for name in parameters
    })  # fmt: skip
    outputs = expanded(content, parameters=file).outputs

    assert "x" == outputs["a"].value
    assert {"b"} == outputs["b"].value.needs
    assert {"c"} == outputs["c"].value.needs


def test_an_open_value_for_a_default_keeps_both() -> None:
    """What may be null and has a default is one or the other; the default where the outcome is null."""
    inner = template(
        parameters={"q": {"type": "string", "defaultValue": "d"}},
        outputs={"o": {"type": "string", "value": "[parameters('q')]"}},
    )
    outer = {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": "n",
        "properties": {
            "expressionEvaluationOptions": {"scope": "inner"},
            "parameters": {"q": {"value": "[if(parameters('c'), 'x', null())]"}},
            "template": inner,
        },
    }
    content = template(
        outer,
        parameters={"c": {"type": "bool"}},
        outputs={"o": {"type": "string", "value": "[reference('n').outputs.o.value]"}},
    )
    made = expanded(content).outputs["o"].value

    assert "if(parameters('c'), 'x', 'd')" == made.text
