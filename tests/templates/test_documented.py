"""Each function gives what its documentation, or Microsoft's own engine in public tests, shows for it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cloison.sources.arm_template import Scope
from cloison.sources.arm_template.functions.specials import SPECIAL
from cloison.sources.arm_template.functions.tables import FUNCTIONS
from tests.templates.language import value


def vectors() -> list[tuple[str, Any]]:
    """Expressions and their results, from the page beside this file."""
    text = Path(__file__).with_name("vectors.md").read_text(encoding="utf-8")
    return [
        (found[1], json.loads(found[2]))
        for found in re.finditer(r"^    (.+)\n    = (.+)$", text, re.MULTILINE)
    ]


@pytest.mark.parametrize(("expression", "expected"), vectors(), ids=[vector[0][:60] for vector in vectors()])
def test_a_function_gives_what_its_source_shows(expression: str, expected: Any) -> None:
    """The result is the one that documentation or Microsoft's engine shows, type for type."""
    found = value(f"[{expression}]")

    assert expected == found
    assert type(expected) is type(found)


@pytest.mark.parametrize(
    ("style", "expected"),
    [("", "20190305T175318Z"), ("'d'", "03/05/2019"), ("'M d'", "3 5"), ("'u'", "2019-03-05 17:53:18Z")],
)
def test_the_time_comes_in_from_outside(style: str, expected: str) -> None:
    """utcNow gives the moment of the scope in each format. Source: Learn, "utcNow", outputs of its example."""
    scope = Scope(utc_now="2019-03-05T17:53:18Z")
    parameters = {"now": {"type": "string", "defaultValue": f"[utcNow({style})]"}}

    assert expected == value("[parameters('now')]", parameters=parameters, scope=scope)


DOCUMENTED = (
    "array", "concat", "contains", "createArray", "empty", "first", "indexFromEnd", "indexOf", "intersection",
    "last", "lastIndexOf", "length", "max", "min", "range", "skip", "take", "tryGet", "tryIndexFromEnd",
    "union", "flatten", "parseCidr", "cidrSubnet", "cidrHost", "coalesce", "equals", "greater",
    "greaterOrEquals", "less", "lessOrEquals", "dateTimeAdd", "dateTimeFromEpoch", "dateTimeToEpoch", "utcNow",
    "deployment", "environment", "parameters", "variables", "deployer", "filter", "groupBy", "map", "mapValues",
    "reduce", "sort", "toObject", "lambda", "lambdaVariables", "and", "bool", "false", "if", "not", "or",
    "true", "add", "copyIndex", "div", "float", "int", "mod", "mul", "sub", "createObject", "items", "json",
    "null", "objectKeys", "shallowMerge", "extensionResourceId", "listAccountSas", "listKeys", "listSecrets",
    "list", "pickZones", "providers", "reference", "references", "resourceId", "subscriptionResourceId",
    "managementGroupResourceId", "tenantResourceId", "resourceInfo", "roleDefinitions", "toLogicalZone",
    "toLogicalZones", "toPhysicalZone", "toPhysicalZones", "managementGroup", "resourceGroup", "subscription",
    "tenant", "base64", "base64ToJson", "base64ToString", "dataUri", "dataUriToString", "endsWith", "format",
    "guid", "join", "newGuid", "padLeft", "replace", "split", "startsWith", "string", "substring", "toLower",
    "toUpper", "trim", "uniqueString", "uri", "uriComponent", "uriComponentToString", "fail", "externalInputs",
    "extensions", "distinct", "like", "buildUri", "parseUri",
)  # fmt: skip
"""All functions of the pages "ARM template functions" and "Bicep functions", and those that Bicep compiles to."""


@pytest.mark.parametrize("name", DOCUMENTED)
def test_every_documented_function_is_there(name: str) -> None:
    """No documented function is unknown; those that start with `list` are asked of the resource's provider."""
    known = {*FUNCTIONS, *SPECIAL}

    assert name.lower() in known or name.startswith("list")
