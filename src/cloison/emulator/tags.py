"""Tags as a resource of their own: read, replaced, merged and deleted at any scope.

Source: Microsoft Learn, REST reference "Tags"; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Mapping

from cloison.arm.ids import NotAnId, ResourceId
from cloison.controlplane.run import not_found
from cloison.emulator.paths import spelled
from cloison.emulator.resources import check_envelope
from cloison.emulator.routing import route
from cloison.emulator.wire import Answer, Asked
from cloison.emulator.world import Subscription, World
from cloison.model.behaviour import Json, Refused, Request, look

_OPERATIONS = ("merge", "replace", "delete")


def _tags(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    """The tags of whatever the path stands at."""
    try:
        id = ResourceId(parts["scope"])
    except NotAnId as problem:
        raise Refused(400, "InvalidResourceId", str(problem)) from problem
    subscription = world.subscription(id.subscription)
    if id.type != "microsoft.resources/subscriptions" and not world.operations.exists(id):
        raise not_found(id)
    held = _held(world, id, subscription)
    if asked.method == "GET":
        return Answer(body=_body(id, held))
    if asked.method == "DELETE":
        _set(world, id, subscription, {})
        return Answer(status=200)
    body = asked.object()
    told = look(body, "properties/tags")
    if not isinstance(told, dict):
        raise Refused(
            400, "InvalidRequestContent", "The request content was invalid: 'properties.tags' is missing."
        )
    check_envelope({"tags": told})
    wanted = told if asked.method == "PUT" else _changed(held, told, str(body.get("operation", "")))
    check_envelope({"tags": wanted})
    _set(world, id, subscription, wanted)
    return Answer(body=_body(id, wanted))


def _held(world: World, id: ResourceId, subscription: Subscription) -> Json:
    if id.type == "microsoft.resources/subscriptions":
        return subscription.tags
    tags = (world.operations.show(id) or {}).get("tags")
    return tags if isinstance(tags, dict) else {}


def _changed(held: Json, told: Json, operation: str) -> Json:
    if operation.lower() not in _OPERATIONS:
        text = f"The operation '{operation[:50]}' is not one of Merge, Replace and Delete."
        raise Refused(400, "InvalidTagPatchOperation", text)
    if operation.lower() == "replace":
        return told
    names = {name.lower() for name in told}
    if operation.lower() == "delete":
        return {name: value for name, value in held.items() if name.lower() not in names}
    return {name: value for name, value in held.items() if name.lower() not in names} | told


def _set(world: World, id: ResourceId, subscription: Subscription, tags: Json) -> None:
    if id.type == "microsoft.resources/subscriptions":
        subscription.tags = tags
        return
    request = Request(method="PATCH", id=spelled(world, id), body={"tags": tags}, by_azure=False)
    world.operations.submit(request, world.chance())


def _body(id: ResourceId, tags: Json) -> Json:
    return {
        "id": f"{id.text}/providers/Microsoft.Resources/tags/default",
        "name": "default",
        "type": "Microsoft.Resources/tags",
        "properties": {"tags": tags},
    }


def _names(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    """Every tag name of a subscription with its values and how often each is used."""
    scope = world.subscription(parts["subscription"]).arm_id
    counts: dict[str, dict[str, int]] = {}
    for id in world.state:
        body = world.state.get(id) or {}
        tags = body.get("tags")
        if id.startswith(f"{scope}/") and isinstance(tags, dict):
            for name, value in tags.items():
                values = counts.setdefault(str(name), {})
                values[str(value)] = values.get(str(value), 0) + 1
    return Answer(body={"value": [_name(scope, name, counts[name]) for name in sorted(counts)]})


def _name(scope: ResourceId, name: str, values: Mapping[str, int]) -> Json:
    id = f"{scope.text}/tagNames/{name}"
    return {
        "id": id,
        "tagName": name,
        "count": {"type": "Total", "value": sum(values.values())},
        "values": [
            {"id": f"{id}/tagValues/{value}", "tagValue": value, "count": {"type": "Total", "value": count}}
            for value, count in sorted(values.items())
        ],
    }


ROUTES = (
    route("GET PUT PATCH DELETE", "/{scope*}/providers/Microsoft.Resources/tags/default", _tags),
    route("GET", "/subscriptions/{subscription}/tagNames", _names),
)
