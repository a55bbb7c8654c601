"""The activity log: what the emulator's clusters were told to do, as Azure Monitor lists it.

Source: Microsoft Learn, REST reference "Activity Logs - List" 2015-04-01: the four shapes of `$filter`; checked
2026-11-25.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cloison.arm.ids import NotAnId, ResourceId
from cloison.emulator.paging import page
from cloison.emulator.routing import route
from cloison.emulator.wire import Answer, Asked
from cloison.emulator.world import World
from cloison.model.behaviour import Refused

SEGMENT = "/events/"
_TIME = r"'(?P<{}>[0-9T:.Z-]+)'"
_FILTER = re.compile(
    rf"\s*eventTimestamp ge {_TIME.format('since')}(?: and eventTimestamp le {_TIME.format('until')})?"
    r"(?: and (?P<what>resourceUri|resourceGroupName|resourceProvider|correlationId) eq '(?P<which>[^']*)')?\s*",
    re.IGNORECASE,
)


def _values(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    subscription = world.subscription(parts["subscription"])
    found = _FILTER.fullmatch(asked.query.get("$filter", ""))
    if found is None:
        raise Refused(
            400, "BadRequest", "The $filter has to begin with eventTimestamp ge, and to go on as documented."
        )
    ids = (id for id in _entries(world) if id.subscription == subscription.id and _is_meant(world, id, found))
    return page(asked, ids, world.state.get)


def _entries(world: World) -> Iterator[ResourceId]:
    for type in world.state.types:
        if type.endswith("/events/ticks"):
            yield from world.state.of(type)


def _is_meant(world: World, id: ResourceId, found: re.Match[str]) -> bool:
    body = world.state.get(id) or {}
    at = str(body.get("eventTimestamp", ""))
    if at < found["since"] or (found["until"] and at > found["until"]):
        return False
    what, which = (found["what"] or "").lower(), (found["which"] or "").lower()
    if what == "resourceuri":
        try:
            return str(ResourceId(which)) == id.partition(SEGMENT)[0]
        except NotAnId:
            return False
    if what == "resourcegroupname":
        return which == id.resource_group
    if what == "resourceprovider":
        return f"/providers/{which}/" in id
    return not what


ROUTES = (
    route("GET", "/subscriptions/{subscription}/providers/{provider}/eventtypes/management/values", _values),
)
