"""Named parts of a network resource's body: configurations, pools, rules that have ids and etags but are no resources.

Knows no resource type.
Source: exchanges recorded by azure-cli and azure-service-operator (2018-2023); checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cloison.arm.ids import ResourceId
from cloison.kinds import _addresses, _network
from cloison.model.behaviour import Json, Request, State, each, laid, look


def parts(
    body: Json,
    pointer: str,
    fill: Callable[[str, Json], Json] | None = None,
    *,
    segment: str = "",
    state: str | None = "Succeeded",
) -> Json:
    """The body with the items of a list as Azure shows them: each with its id, etag, type and state.

    fill: (name, given properties) -> properties. segment: as it stands in ids, where it is not the list's name.
    state: `provisioningState` of the parts; None: they have none. Raises Refused for items without a name.
    """
    told = look(body, pointer)
    if told is None:
        return body
    name = segment or pointer.rpartition("/")[2]
    made = [_part(body, name, item, fill, state) for item in _network.items(told, pointer)]
    names = [one["name"].lower() for one in made]
    twice = next((one for one in names if names.count(one) > 1), None)
    if twice is not None:
        raise _network.malformed(
            "DuplicateResourceName",
            f"Resource {body['id']} has two child resources with the same name ({twice}).",
        )
    return laid(body, pointer, made)


def _part(
    body: Json, segment: str, item: Json, fill: Callable[[str, Json], Json] | None, state: str | None
) -> Json:
    name = item.get("name")
    if not isinstance(name, str) or not name:
        raise _network.malformed(
            "MissingJsonPropertyName", f"A name is missing in {segment} of {body['id']}."
        )
    told = item.get("properties")
    given = {key: value for key, value in told.items() if key.lower() != "provisioningstate"} if told else {}
    properties = fill(name, given) if fill is not None else given
    head = {"provisioningState": state} if state is not None else {}
    return {
        "name": name,
        "id": f"{body['id']}/{segment}/{name}",
        **({"etag": body["etag"]} if "etag" in body else {}),
        "type": f"{body['type']}/{segment}",
        **{
            key: value
            for key, value in item.items()
            if key.lower() not in ("name", "id", "etag", "type", "properties")
        },
        "properties": {**head, **properties},
    }


def filled(properties: Json, **defaults: Any) -> Json:
    """Properties with what Azure fills in where they are left out."""
    there = {name.lower() for name in properties}
    return {**properties, **{name: value for name, value in defaults.items() if name.lower() not in there}}


def addressed(state: State, request: Request, body: Json, pointer: str) -> Json:
    """The body with a private address in each part that stands in a subnet."""
    listed = list(each(body, pointer))
    before = {str(look(one, "name")).lower(): one for one in each(state.get(request.id), pointer)}
    by_subnet: dict[ResourceId, list[int]] = {}
    for number, one in enumerate(listed):
        subnet = look(one, "properties/subnet/id")
        if isinstance(subnet, str):
            by_subnet.setdefault(ResourceId(subnet), []).append(number)
    for subnet, numbers in by_subnet.items():
        _network.check_region(state, request, body, subnet.parent)
        wishes = [_wish(listed[number]) for number in numbers]
        kept = [_before(listed[number], before) for number in numbers]
        drawn = _addresses.drawn(state, subnet, wishes, request.id, before=kept)
        for number, address in zip(numbers, drawn, strict=True):
            listed[number] = laid(listed[number], "properties/privateIPAddress", address)
    return laid(body, pointer, listed)


def _wish(part: Json) -> str:
    """The address that a part insists on: a static one."""
    told = look(part, "properties/privateIPAddress")
    static = look(part, "properties/privateIPAllocationMethod") == "Static"
    return told if static and isinstance(told, str) else ""


def _before(part: Json, before: Mapping[str, Json]) -> str:
    """The address that a part would rather have: what it says, else what it had in the same subnet."""
    told = look(part, "properties/privateIPAddress")
    if isinstance(told, str):
        return told
    old = before.get(str(part.get("name")).lower())
    same = str(look(old, "properties/subnet/id")).lower() == str(look(part, "properties/subnet/id")).lower()
    had = look(old, "properties/privateIPAddress")
    return had if same and isinstance(had, str) else ""
