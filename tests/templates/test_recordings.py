"""What Azure Resource Manager made of a template, recorded by its own clients, is what we say it makes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from cloison.sources.arm_template import Expansion, Level, Scope, Symbol, TemplateError, expand
from cloison.sources.arm_template.text import lenient
from tests.behaviour.recordings import CORPORA, Exchange, index, needed, recording

pytestmark = needed

_BARE_KEY = re.compile(r"(?<=[{,\s])template\s*:")
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
DEPLOYMENTS = "microsoft.resources/deployments"


class Deployment(NamedTuple):
    """A template that somebody sent, and what came back."""

    file: str
    action: str
    path: str
    asked: dict[str, Any]
    template: str
    status: int
    answer: dict[str, Any]


def deployments() -> Iterator[Deployment]:
    """All recorded deployments with a template and an answer; a PUT together with its last GET."""
    if not (CORPORA / "INDEX.jsonl").is_file():
        return
    for row in index():
        if any("deployments" in operation.lower() for operation in row.get("operations") or {}):
            exchanges = recording(row["file"]).exchanges
            for at, exchange in enumerate(exchanges):
                found = _deployment(row["file"], exchange, exchanges[at + 1 :])
                if found is not None:
                    yield found


def _deployment(file: str, exchange: Exchange, later: tuple[Exchange, ...]) -> Deployment | None:
    if exchange.method not in {"PUT", "POST"} or "/deployments/" not in exchange.path or not exchange.asked:
        return None
    asked = exchange.asked
    text = asked if isinstance(asked, str) else json.dumps(asked)
    # The client pastes the template's own text into the request, its comments and line breaks included.
    whole = json.loads(lenient(_BARE_KEY.sub('"template":', text, count=1)))
    properties = whole.get("properties")
    if (
        not isinstance(properties, dict)
        or "template" not in properties
        or not isinstance(exchange.answer, dict)
    ):
        return None
    pasted = _BARE_KEY.search(text)
    template = text[pasted.end() : text.rindex("}}")] if pasted else json.dumps(properties["template"])
    answer = exchange.answer
    if exchange.method == "PUT":
        states = [one.answer for one in later if one.method == "GET" and one.path == exchange.path]
        answer = next((state for state in states if isinstance(state, dict)), answer)
    action = "PUT" if exchange.method == "PUT" else exchange.last
    return Deployment(
        file.rpartition("/")[2], action, exchange.path, whole, template, exchange.status, answer
    )


ALL = list(deployments())
NAMES = [f"{one.file} {one.action} {one.status}" for one in ALL]


def scope_of(found: Deployment) -> Scope:
    """Where the request deploys to."""
    parts = found.path.strip("/").split("/")
    lower = [part.lower() for part in parts]
    group = parts[3] if lower[:1] == ["subscriptions"] and lower[2:3] == ["resourcegroups"] else None
    level = (
        Level.RESOURCE_GROUP if group else Level.SUBSCRIPTION if lower[0] == "subscriptions" else Level.TENANT
    )
    subscription = parts[1] if lower[0] == "subscriptions" else None
    return Scope(
        level=level, subscription=subscription, resource_group=group, location=found.asked.get("location")
    )


def expansion(found: Deployment) -> Expansion:
    """What we make of it."""
    properties = found.asked["properties"]
    parameters = {name: one["value"] for name, one in (properties.get("parameters") or {}).items()}
    return expand(
        found.template, parameters=parameters, scope=scope_of(found), name="template", deploying=True
    )


def masked(id: str) -> str:
    """An id without its GUIDs: those of subscriptions are masked in the recordings, in requests not everywhere."""
    return _GUID.sub("…", id).lower()


@pytest.mark.parametrize(
    "found", [one for one in ALL if one.status < 300], ids=[n for n in NAMES if n[-3] != "4"]
)
def test_resources_are_those_that_azure_deploys(found: Deployment) -> None:
    """Ids, and by them names, types and numbers, are those of `validatedResources` or `outputResources`."""
    properties = found.answer["properties"]
    made = expansion(found).resources
    ids = {masked(one.id) for one in made}
    answered = {
        masked(one["id"])
        for one in properties.get("validatedResources", properties.get("outputResources", []))
    }
    if "validatedResources" not in properties and "outputResources" not in properties:
        pytest.skip("the answer was recorded before the deployment's end, and lists nothing")
    inner = {masked(one.id) for one in made if one.type.lower() == DEPLOYMENTS}

    # Nested deployments are listed by `validate` where they deploy to another scope, and after the end not at all.
    assert answered - ids == set()
    assert ids - answered - inner == set()


@pytest.mark.parametrize(
    "found", [one for one in ALL if one.status < 300], ids=[n for n in NAMES if n[-3] != "4"]
)
def test_dependencies_are_those_that_azure_sees(found: Deployment) -> None:
    """What waits for what is what `dependencies` says."""
    seen = {
        masked(one["id"]): {masked(other["id"]) for other in one["dependsOn"]}
        for one in found.answer["properties"].get("dependencies", [])
    }
    ours = {
        masked(one.id): {masked(other) for other in one.depends_on}
        for one in expansion(found).resources
        if one.depends_on and not one.within
    }

    assert seen == ours


@pytest.mark.parametrize(
    "found", [one for one in ALL if one.status < 300], ids=[n for n in NAMES if n[-3] != "4"]
)
def test_types_and_locations_are_those_that_azure_sees(found: Deployment) -> None:
    """`providers` lists the types of the template with the locations that they are deployed to."""
    seen = {
        (f"{provider['namespace']}/{kind['resourceType']}".lower(), str(location or "").lower())
        for provider in found.answer["properties"].get("providers", [])
        for kind in provider["resourceTypes"]
        for location in kind["locations"]
    }
    ours = {
        (one.type.lower(), str(one.body.get("location", "")).replace(" ", "").lower())
        for one in expansion(found).resources
        if not one.within
    }

    assert seen == ours


@pytest.mark.parametrize("found", [one for one in ALL if "outputs" in one.answer.get("properties", {})])
def test_outputs_are_those_that_azure_gives(found: Deployment) -> None:
    """Names and types agree, and each part of a value that we know is the one that Azure answered."""
    ours = {name.lower(): output for name, output in expansion(found).outputs.items()}
    seen = {name.lower(): output for name, output in found.answer["properties"]["outputs"].items()}

    assert seen.keys() == ours.keys()
    for name, output in seen.items():
        assert output["type"] == ours[name].type
        assert_agrees(output["value"], ours[name].value)


def assert_agrees(seen: Any, ours: Any) -> None:
    """What we know of a value is what there is."""
    if isinstance(ours, Symbol):
        if ours.member is None or not isinstance(seen, dict):
            return
        for key, value in seen.items():
            try:
                known = ours.member(key)
            except KeyError:
                continue
            assert_agrees(value, known)
    elif isinstance(ours, dict):
        for key, value in ours.items():
            assert_agrees(seen[key], value)
    elif isinstance(ours, list):
        assert len(seen) == len(ours)
        for one, other in zip(seen, ours, strict=True):
            assert_agrees(one, other)
    else:
        assert seen == ours or masked(str(seen)) == masked(str(ours))


@pytest.mark.parametrize(
    "found", [one for one in ALL if one.status == 400], ids=[n for n in NAMES if n[-3] == "4"]
)
def test_errors_are_those_of_azure(found: Deployment) -> None:
    """Code, parameter, line and column are those that Azure answered."""
    error = found.answer["error"]
    place = error["additionalInfo"][0]["info"]

    with pytest.raises(TemplateError) as caught:
        expansion(found)

    assert error["code"] == caught.value.code
    said = error["message"].replace(
        f" at line '{place['lineNumber']}' and column '{place['linePosition']}'", ""
    )
    assert caught.value.message.lower() in said.lower()
    assert (place["lineNumber"], place["linePosition"]) == (caught.value.line, caught.value.column)


def test_what_if_sees_the_body_that_we_expand() -> None:
    """`after` of a change is our body, with the api-version added and what Azure fills in."""
    exchanges = [
        exchange
        for row in index()
        if "what_if" in row["file"]
        for exchange in recording(row["file"]).exchanges
    ]
    asked = next(one for one in exchanges if one.path.endswith("/whatIf"))
    changes = next(one.answer["properties"]["changes"] for one in exchanges if "operationresults" in one.path)
    found = Deployment(
        "", "whatIf", asked.path, asked.asked, json.dumps(asked.asked["properties"]["template"]), 200, {}
    )

    made = {one.id.lower(): one for one in expansion(found).resources}

    assert {change["resourceId"].lower() for change in changes} == made.keys()
    for change in changes:
        ours = made[change["resourceId"].lower()]
        assert change["after"]["apiVersion"] == ours.api_version
        assert_agrees(change["after"], ours.body)


def test_an_exported_template_deploys_what_it_was_exported_from() -> None:
    """The ids that an export was asked for are those that its template expands to."""
    exports = [
        exchange
        for row in index()
        if any("exporttemplate" in operation.lower() for operation in row.get("operations") or {})
        for exchange in recording(row["file"]).exchanges
        if exchange.last.lower() == "exporttemplate"
        and exchange.asked
        and exchange.asked["resources"] != ["*"]
    ]

    assert exports
    for one in exports:
        subscription, group = one.path.split("/")[2], one.path.split("/")[4]
        made = expand(
            json.dumps(one.answer["template"]), scope=Scope(subscription=subscription, resource_group=group)
        )
        assert [id.lower() for id in one.asked["resources"]] == [found.id.lower() for found in made.resources]


def test_there_are_recordings_to_compare_with() -> None:
    """The folder holds deployments that went well and such that were refused, so that the tests above do not idle."""
    assert 20 <= len(ALL)
    assert {200, 201, 400} <= {one.status for one in ALL}
