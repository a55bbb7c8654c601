"""Resources of every type: read, written, acted on, listed. What a write means is the control plane's business."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from cloison.arm.clouds import REGIONS
from cloison.arm.ids import ResourceId
from cloison.controlplane.run import not_found
from cloison.emulator.operations import Operation, Status, Taken
from cloison.emulator.paging import page
from cloison.emulator.paths import Spot, spelled, spot
from cloison.emulator.protocol import shape_of
from cloison.emulator.providers import OTHERS, check_namespace, check_registered
from cloison.emulator.routing import route
from cloison.emulator.wire import Answer, Asked, link, refusal
from cloison.emulator.world import World
from cloison.kinds import behaviour_of, folders, kind_of
from cloison.model.behaviour import Json, Method, Refused, Request, Style
from cloison.model.network import Door

WAIT_S = 10
"""Seconds that a client is asked to wait where the provider does not say. Source: recorded polls of the network
provider; checked 2026-11-24."""
LOCKS = "microsoft.authorization/locks"
"""A list of locks tells those that a scope inherits. Source: lists recorded by graph-azure; checked 2026-11-24."""
WRITES = "PUT PATCH DELETE"


def _any(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    """A resource, a list or an action: whatever the path speaks of."""
    at = spot(asked.path)
    subscription = world.subscription(at.id.subscription) if at.id.subscription else None
    check_namespace(at.namespace)
    if asked.method in ("GET", "HEAD"):
        return _read(world, asked, at)
    if subscription is not None:
        check_registered(at.namespace, subscription)
    if asked.method == "POST":
        if not at.tail or (at.id == at.scope and not at.id.type):
            raise Refused(405, "MethodNotAllowed", f"POST is not allowed on '{asked.path[:200]}'.")
        return act(world, asked, at)
    if at.tail:
        text = f"The requested resource does not support http method '{asked.method}'."
        raise Refused(405, "MethodNotAllowed", text)
    return write(world, asked, at.id)


# --- reading ---------------------------------------------------------------------------------------------


def _read(world: World, asked: Asked, at: Spot) -> Answer:
    if at.tail:
        return lists(world, asked, at)
    if at.id.resource_group:
        world.group(at.id)
    body = world.operations.show(at.id, asked.version)
    if body is None:
        _check_parent(world, at.id)
        raise not_found(at.id)
    if asked.method == "HEAD":
        return Answer(status=204)
    return Answer(body=body, headers=_etag(at.id, body))


def _etag(id: ResourceId, body: Any) -> dict[str, str]:
    told = body.get("etag") if isinstance(body, dict) and shape_of(id.type).tagged else None
    return {"ETag": told} if isinstance(told, str) else {}


def _check_parent(world: World, id: ResourceId) -> None:
    """Raises Refused where what the resource would stand in is missing too."""
    parent = id.parent
    if parent.type.count("/") and "/providers/" in parent and not world.operations.exists(parent):
        text = f"Can not perform requested operation on nested resource. Parent resource '{parent.name}' not found."
        raise Refused(404, "ParentResourceNotFound", text)


def lists(world: World, asked: Asked, at: Spot) -> Answer:
    """A list of resources: of a scope, or below one resource."""
    if at.id != at.scope or "/providers/" in at.id:
        if at.id.resource_group:
            world.group(at.id)
        if not world.operations.exists(at.id):
            _check_parent(world, at.id)
            raise not_found(at.id)
    elif at.id.resource_group:
        world.group(at.id)
    if at.tail.lower() == "privatelinkresources":
        return Answer(body={"value": _doors(world, at.id)})
    if at.id != at.scope:
        _check_segment(at)
    return page(asked, members(world, at), lambda id: world.operations.show(id, asked.version))


def members(world: World, at: Spot) -> Iterator[ResourceId]:
    """The ids that a list has."""
    if at.id != at.scope:
        gathers = behaviour_of(at.id.type).gathers.get(at.tail.lower(), (at.tail,))
        for segment in gathers:
            yield from world.state.children(at.id, segment)
            start = f"{at.id}/{segment.lower()}/"
            yield from (id for id in world.operations.making() if id.startswith(start))
        return
    inherited = at.type == LOCKS
    for id in (*world.state.of(at.type), *(one for one in world.operations.making() if one.type == at.type)):
        if within(id, at.scope) or (inherited and at.scope.startswith(f"{id.parent}/")):
            yield id


def within(id: ResourceId, scope: ResourceId) -> bool:
    """The resource lies at or below the scope: a group or a subscription has all in it, a resource its extensions."""
    return not scope or id.startswith(f"{scope}/")


def _check_segment(at: Spot) -> None:
    """Raises Refused for a kind of child that a known type does not have."""
    kind = kind_of(at.id.type)
    if kind is None or at.type in folders():
        return
    behaviour = behaviour_of(at.id.type)
    tail = at.tail.lower()
    known = {*behaviour.below, *behaviour.embeds.values(), *kind.nested.values(), *behaviour.gathers}
    known |= {type.rpartition("/")[2] for types in OTHERS.values() for type in types}
    if tail not in {name.lower() for name in known}:
        text = f"The resource type '{at.tail}' could not be found in the namespace '{at.namespace}'."
        raise Refused(404, "InvalidResourceType", text)


def _doors(world: World, id: ResourceId) -> list[Json]:
    """What private endpoints can lead to at a service: its doors, as its kind tells them."""
    found: list[Json] = []
    for door in world.state.facets(id):
        if isinstance(door, Door):
            members = list(dict.fromkeys(host.member or door.subresource for host in door.hosts))
            found.append(
                {
                    "id": f"{id.text}/privateLinkResources/{door.subresource}",
                    "name": door.subresource,
                    "type": f"{_type(world, id)}/privateLinkResources",
                    "properties": {
                        "groupId": door.subresource,
                        "requiredMembers": members or [door.subresource],
                        "requiredZoneNames": list(
                            dict.fromkeys(host.zone for host in door.hosts if host.zone)
                        ),
                    },
                }
            )
    return found


def _type(world: World, id: ResourceId) -> str:
    told = (world.state.get(id) or {}).get("type")
    return told if isinstance(told, str) else id.type


# --- writing ---------------------------------------------------------------------------------------------


def write(world: World, asked: Asked, id: ResourceId) -> Answer:
    """Make, change or delete a resource."""
    body = asked.object() if asked.method in ("PUT", "PATCH") else None
    if body is not None:
        check_envelope(body)
        check_region(body, id)
    request = Request(
        method=cast(Method, asked.method),
        id=spelled(world, id),
        body=body,
        api_version=asked.version,
        if_match=asked.headers.get("if-match", ""),
        if_none_match=asked.headers.get("if-none-match", ""),
        query=asked.query,
    )
    return told(world, asked, request.id, world.operations.submit(request, world.chance()))


_ENVELOPE: Mapping[str, type | tuple[type, ...]] = {
    "properties": dict,
    "tags": dict,
    "location": str,
    "identity": dict,
    "sku": (dict, str),
    "kind": str,
    "plan": dict,
    "zones": list,
    "etag": str,
    "managedby": str,
}


def check_envelope(body: Json) -> None:
    """Raises Refused for members that every resource has, of another type than they have everywhere."""
    for name, value in body.items():
        wanted = _ENVELOPE.get(name.lower())
        if wanted is not None and value is not None and not isinstance(value, wanted):
            raise Refused(
                400,
                "InvalidRequestContent",
                "The request content was invalid and could not be deserialized: "
                f"'Error converting value of \"{name}\". Path '{name}'.'.",
            )
        if name.lower() == "tags" and isinstance(value, dict):
            _check_tags(value)


def _check_tags(tags: Json) -> None:
    for name, value in tags.items():
        if not isinstance(value, str) and value is not None:
            text = f"The tag '{name[:100]}' has a value that is no text."
            raise Refused(400, "InvalidTagValueType", text)
    if len(tags) > 50:
        text = f"The number of tags on a resource is {len(tags)}; it cannot exceed 50."
        raise Refused(400, "InvalidTags", text)


def check_region(body: Json, id: ResourceId) -> None:
    """Raises Refused for a location that is no region."""
    where = body.get("location")
    if not isinstance(where, str) or where.replace(" ", "").lower() in {*REGIONS, "global"}:
        return
    shown = ",".join(REGIONS)
    raise Refused(
        400,
        "LocationNotAvailableForResourceType",
        f"The provided location '{where[:100]}' is not available for resource type '{id.type}'. List of available "
        f"regions for the resource type is '{shown}'.",
    )


def act(world: World, asked: Asked, at: Spot) -> Answer:
    """Carry out an action on a resource."""
    body = asked.json()
    if body is not None and not isinstance(body, dict):
        raise Refused(400, "InvalidRequestContent", "The request content was invalid: it is no object.")
    if at.id.resource_group:
        world.group(at.id)
    request = Request(
        method="POST",
        id=spelled(world, at.id),
        body=body,
        action=at.tail.lower(),
        api_version=asked.version,
        if_match=asked.headers.get("if-match", ""),
        query=asked.query,
    )
    return told(world, asked, request.id, world.operations.submit(request, world.chance()))


def told(world: World, asked: Asked, id: ResourceId, taken: Taken) -> Answer:
    """The answer to a request that was taken."""
    operation = taken.operation
    answer = Answer(status=taken.status, body=taken.body)
    if taken.outcome is not None:
        pace = taken.outcome.pace
        answer.headers |= {name: value.format(id=id.text) for name, value in pace.headers.items()}
    if operation is None:
        answer.headers |= _etag(id, taken.body)
        return answer
    answer.operation = operation
    if taken.status == 202 and taken.body is None and asked.method in ("PUT", "PATCH"):
        # Who gives an Azure-AsyncOperation with 202 gives an empty object; storage gives nothing at all.
        answer.body = None if operation.pace.style is Style.LOCATION else {}
    answer.headers |= where_to_ask(asked, operation)
    if operation.is_running:
        answer.headers |= world.clock.wait(operation.pace.retry)
    return answer


def where_to_ask(asked: Asked, operation: Operation) -> dict[str, str]:
    """The headers that tell where an operation can be asked about."""
    version = operation.request.api_version or asked.version
    style, query = operation.pace.style, operation.shape.query
    found: dict[str, str] = {}
    if style in (Style.ASYNC, Style.BOTH):
        found["Azure-AsyncOperation"] = _address(asked.base, operation.operation_path, query, version)
    if style in (Style.LOCATION, Style.BOTH):
        found["Location"] = _address(asked.base, operation.result_path, query, version)
    return found


def _address(base: str, path: str, query: str, version: str) -> str:
    return link(base, path) + f"?{query}api-version={version}"


# --- operations ------------------------------------------------------------------------------------------


def poll(world: World, asked: Asked, operation: Operation) -> Answer:
    """How an operation stands, at either of its addresses."""
    # Providers that have one address for both speak of the operation there, unless that is the only one they give.
    apart = operation.result_path != operation.operation_path or operation.pace.style is Style.LOCATION
    by_location = (
        apart
        and asked.path.lower() == operation.result_path.lower()
        and operation.pace.style is not Style.ASYNC
    )
    if operation.is_running:
        world.clock.polled()
        headers = world.clock.wait(operation.pace.retry or WAIT_S)
        if not operation.shape.paced:
            headers.pop("Retry-After", None)
        if by_location:
            headers |= {"Location": where_to_ask(asked, operation)["Location"]}
            return Answer(status=202, headers=headers)
        if operation.shape.running != 200:
            headers |= where_to_ask(asked, operation)
        return Answer(status=operation.shape.running, body=operation.body(), headers=headers)
    if not by_location:
        return Answer(body=operation.body())
    if operation.refused is not None:
        return refusal(operation.refused)
    if operation.status is Status.CANCELED:
        return refusal(Refused(409, "OperationCanceled", "The operation was canceled."))
    if operation.result is None:
        return Answer(status=operation.shape.gone)
    return Answer(body=operation.result)


_WORDS = ("operations", "operationresults", "operationstatuses", "operationsstatus", "asyncoperations")


def polled(world: World, asked: Asked) -> Answer | None:
    """The answer where the path is an operation's address; None where it is something else."""
    head, _, key = asked.path.rpartition("/")
    word = head.rpartition("/")[2].lower()
    if not word.endswith(_WORDS) and not word.endswith("operationsresult"):
        return None
    for name in (key, key.removeprefix("privateendpointconnections-")):
        operation = world.operations.find(name)
        if operation is not None:
            return poll(world, asked, operation)
    if asked.path.lower().count("/providers/") and word != "operations":
        raise Refused(404, "OperationNotFound", f"The operation '{key[:100]}' was not found.")
    if "/locations/" in asked.path.lower() or word != "operations":
        raise Refused(404, "NotFound", f"The operation '{key[:100]}' was not found.")
    return None


ROUTES = (route(f"GET HEAD POST {WRITES}", "{path*}", _any),)
"""The last to be tried."""
