"""Resource groups, and the lists of resources that Resource Manager itself keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cloison.arm.clouds import REGIONS
from cloison.arm.ids import ResourceId
from cloison.emulator import resources
from cloison.emulator.clock import written
from cloison.emulator.odata import filtered
from cloison.emulator.paging import page
from cloison.emulator.routing import route
from cloison.emulator.wire import Answer, Asked
from cloison.emulator.world import World
from cloison.model.behaviour import Json, Refused, look

_NAME = re.compile(r"[\w().-]{0,89}[\w()-]")
"""Source: Microsoft Learn, "Naming rules and restrictions for Azure resources"; checked 2026-11-24."""
GROUPS = "microsoft.resources/resourcegroups"
_UNLISTED = frozenset({GROUPS, "microsoft.resources/deployments", "microsoft.resources/subscriptions"})
_ROW = ("managedBy", "extendedLocation", "kind", "location", "identity", "tags", "sku", "plan", "zones")
"""What a list of resources tells of each, beside its id, name and type."""


def _groups(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    scope = world.subscription(parts["subscription"]).arm_id
    test = filtered(asked.query.get("$filter", ""))

    def show(id: ResourceId) -> Any:
        body = world.operations.show(id)
        return body if body is not None and any(test(row) for row in tag_rows(body)) else None

    known = (*world.state.of(GROUPS), *world.operations.making())
    return page(asked, (id for id in known if id.type == GROUPS and resources.within(id, scope)), show)


def tag_rows(body: Json) -> Iterator[dict[str, str]]:
    """What a filter may ask of a resource: a row for each of its tags, as filters name one tag at a time."""
    id = ResourceId(str(body.get("id", "")))
    row = {
        "name": str(body.get("name", "")),
        "id": str(id),
        "resourcetype": str(body.get("type", "")),
        "type": str(body.get("type", "")),
        "location": str(body.get("location") or ""),
        "resourcegroup": id.resource_group,
        "kind": str(body.get("kind") or ""),
        "identity/principalid": str(look(body, "identity/principalId") or ""),
    }
    yield row
    tags = body.get("tags")
    for name, value in tags.items() if isinstance(tags, dict) else ():
        yield {**row, "tagname": str(name), "tagvalue": str(value)}


def _group(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    """One group: read, asked for, made, changed, deleted."""
    scope = world.subscription(parts["subscription"]).arm_id
    id = scope.child("resourceGroups", parts["group"])
    if asked.method == "HEAD":
        return Answer(status=204 if world.operations.exists(id) else 404)
    if asked.method == "GET":
        return Answer(body=world.group(id))
    if asked.method == "DELETE":
        world.group(id)
        return resources.write(world, asked, id)
    body = asked.object()
    if not _NAME.fullmatch(parts["group"]):
        text = (
            f"The provided resource group name '{parts['group'][:100]}' is not valid: up to 90 letters, digits, '-', "
            "'_', '.', '(' and ')' are, and it can't end with '.'."
        )
        raise Refused(400, "InvalidResourceGroup", text)
    where = body.get("location")
    if asked.method == "PUT" and isinstance(where, str) and where.replace(" ", "").lower() not in REGIONS:
        text = (
            f"The provided location '{where[:100]}' is not available for resource group. List of available regions is "
            f"'{','.join(REGIONS)}'."
        )
        raise Refused(400, "LocationNotAvailableForResourceGroup", text)
    if asked.method == "PATCH":
        world.group(id)
    return resources.write(world, asked, id)


# --- resources of a subscription or a group ----------------------------------------------------------------


def _of_subscription(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    return _listed(world, asked, world.subscription(parts["subscription"]).arm_id)


def _of_group(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    scope = world.subscription(parts["subscription"]).arm_id.child("resourceGroups", parts["group"])
    world.group(scope)
    return _listed(world, asked, scope)


def _listed(world: World, asked: Asked, scope: ResourceId) -> Answer:
    test = filtered(asked.query.get("$filter", ""))
    expand = {word.strip().lower() for word in asked.query.get("$expand", "").split(",")}

    def show(id: ResourceId) -> Any:
        body = world.operations.show(id)
        if body is None or not any(test(row) for row in tag_rows(body)):
            return None
        return _row(world, id, body, expand)

    return page(asked, listable(world, scope), show)


def listable(world: World, scope: ResourceId) -> Iterator[ResourceId]:
    """Ids of the resources that Resource Manager itself lists: those with a location."""
    for type in world.state.types:
        if type in _UNLISTED or "/" not in type:
            continue
        for id in world.state.of(type):
            if resources.within(id, scope) and (world.state.get(id) or {}).get("location"):
                yield id
    for id in world.operations.making():
        if id.type not in _UNLISTED and resources.within(id, scope):
            yield id


def _row(world: World, id: ResourceId, body: Json, expand: set[str]) -> Json:
    row: Json = {"id": body.get("id", id.text), "name": _name(body, id), "type": body.get("type", id.type)}
    row |= {name: body[name] for name in _ROW if body.get(name) is not None}
    made, changed = world.operations.times.get(id, (0.0, 0.0))
    if "createdtime" in expand:
        row["createdTime"] = written(made)
    if "changedtime" in expand:
        row["changedTime"] = written(changed)
    if "provisioningstate" in expand:
        row["provisioningState"] = look(body, "properties/provisioningState") or "Succeeded"
    return row


def _name(body: Json, id: ResourceId) -> str:
    """A child is listed with its parents' names in front of its own."""
    tail = id.text.rpartition("/providers/")[2].split("/")
    return "/".join(tail[2::2]) if len(tail) > 3 else str(body.get("name", id.name))


SUBSCRIPTION = "/subscriptions/{subscription}"
ROUTES = (
    route("GET", SUBSCRIPTION + "/resourcegroups", _groups),
    route("GET HEAD PUT PATCH DELETE", SUBSCRIPTION + "/resourcegroups/{group}", _group),
    route("GET", SUBSCRIPTION + "/resources", _of_subscription),
    route("GET", SUBSCRIPTION + "/resourcegroups/{group}/resources", _of_group),
)
