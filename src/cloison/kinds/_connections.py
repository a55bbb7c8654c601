"""How a service behaves towards private endpoints: it lists their connections and approves, rejects or drops them.

Knows no resource type; each kind says in a `Form` how its provider tells of connections. An endpoint asks with the
signal `connect` and is answered with `connection`; when it goes it says `disconnect`.
Sources: Microsoft Learn, What is a private endpoint; exchanges recorded by azure-cli (2020-2023); checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Hear,
    Json,
    Pace,
    Refused,
    Request,
    Schema,
    Signal,
    State,
    Write,
    look,
)

SEGMENT = "privateEndpointConnections"
AUTOMATIC = "Auto-Approved"
WAITING = "Awaiting Approval"
STATE = "properties/privateLinkServiceConnectionState"

NOT_PENDING = (
    "PrivateEndpointConnectionStatusNotPending",
    "Private Endpoint Connection Status is not Pending",
)
NOT_VALID = (
    "InvalidValuesForRequestParameters",
    "Values for request parameters are invalid: privateLinkServiceConnectionState.status.",
)

_KEPT = ("privateEndpoint", "groupIds")
"""What no decision changes."""

Name = Callable[[ResourceId, str, str], str]
"""(service, the connection's name at the endpoint, a GUID): the connection's name at the service."""


def by_guid(service: ResourceId, asked: str, guid: str) -> str:
    """`account.0f1e…`: storage."""
    return f"{service.name}.{guid}"


def by_digits(service: ResourceId, asked: str, guid: str) -> str:
    """`registry.0f1e…`, the GUID without hyphens: container registry."""
    return f"{service.name}.{guid.replace('-', '')}"


def as_asked(service: ResourceId, asked: str, guid: str) -> str:
    """The endpoint's own name for it: key vault."""
    return asked


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """How one provider tells of its connections."""

    type: str
    """Full type of the connections."""
    name: Name = by_guid
    automatic: str = AUTOMATIC
    """Description of a connection that was approved by itself; '' for none."""
    waiting: str = WAITING
    """Description of a connection that waits and came without a message; '' for none."""
    actions: str = "actionsRequired"
    """The member that says `None`; '' where there is none. Providers spell it in two ways."""
    groups: bool = False
    """The connection tells its group ids."""
    located: bool = False
    """The connection has the service's location."""
    silence: Literal["keeps", "empties"] = "keeps"
    """What becomes of the description where a decision gives none."""
    again: bool = False
    """True: what was rejected can be approved."""
    late: tuple[str, str] = NOT_PENDING
    """Code and message of the answer to an approval that comes too late."""
    etag: str = ""
    """Form of the etag that a decision gives a connection, braces for a GUID; '' for none."""
    tagged: bool = False
    """It has an etag from the beginning."""


def connection_of(state: State, service: ResourceId, endpoint: str) -> ResourceId | None:
    """The connection of an endpoint as the service holds it."""
    for id in state.children(service, SEGMENT):
        held = look(state.get(id), "properties/privateEndpoint/id")
        if isinstance(held, str) and held.lower() == endpoint.lower():
            return id
    return None


def hears(form: Form) -> dict[str, Hear]:
    """What a service hears of endpoints."""

    def connect(state: State, signal: Signal, chance: Chance) -> Effects:
        endpoint = str(signal.data["endpoint"])
        held = connection_of(state, signal.to, endpoint)
        if held is not None:
            return Effects(then=(_answer(endpoint, state.get(held) or {}),))
        guid = chance.guid("connection", endpoint)
        id = signal.to.child(SEGMENT, form.name(signal.to, str(signal.data["name"]), guid))
        body = _made(form, state, signal, id, guid)
        return Effects(writes=(Write(id, body),), then=(_answer(endpoint, body, signal),))

    def disconnect(state: State, signal: Signal, chance: Chance) -> Effects:
        held = connection_of(state, signal.to, str(signal.data["endpoint"]))
        return Effects(writes=(Write(held, None),) if held is not None else ())

    return {"connect": connect, "disconnect": disconnect}


def _made(form: Form, state: State, signal: Signal, id: ResourceId, guid: str) -> Json:
    manual = bool(signal.data.get("manual"))
    status: Json = {"status": "Pending" if manual else "Approved"}
    description = (signal.data.get("message") or form.waiting) if manual else form.automatic
    if description:
        status["description"] = description
    if form.actions:
        status[form.actions] = "None"
    properties: Json = {
        "provisioningState": "Succeeded",
        "privateEndpoint": {"id": signal.data["endpoint"]},
        "privateLinkServiceConnectionState": status,
    }
    if form.groups:
        properties["groupIds"] = list(signal.data["groups"])
    body: Json = {"id": id.text, "name": id.name, "type": form.type, "properties": properties}
    if form.located:
        body["location"] = (state.get(signal.to) or {}).get("location")
    if form.tagged:
        body["etag"] = form.etag.format(guid)
    return body


def _answer(endpoint: str, body: Json, asked: Signal | None = None) -> Signal:
    """What the endpoint is told. The network provider has words where the service has none."""
    held = look(body, STATE) or {}
    status = held.get("status")
    words = {"Approved": AUTOMATIC, "Pending": (asked.data.get("message") if asked else "") or WAITING}
    description = held.get("description") or (words.get(str(status)) if asked is not None else None)
    told = {"status": status, "description": description}
    return Signal(to=ResourceId(endpoint), name="connection", data={"service": body["id"], **told})


def _decide(form: Form, state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """Approval or rejection by the service's owner. A connection is never made this way."""
    held = state.get(request.id)
    if held is None:
        raise Refused(
            404,
            "PrivateEndpointConnectionNotFound",
            f"Private endpoint connection {request.id.name} was not found.",
        )
    before, wanted = look(held, f"{STATE}/status"), look(body, f"{STATE}/status")
    if wanted not in ("Approved", "Rejected"):
        raise Refused(400, *NOT_VALID)
    if wanted == "Approved" and (before == "Disconnected" or (before == "Rejected" and not form.again)):
        raise Refused(400, *form.late)
    status = {**(look(held, STATE) or {}), **(look(body, STATE) or {})}
    if form.silence == "empties" and before != wanted and not look(body, f"{STATE}/description"):
        status["description"] = ""
    kept: Json = {**held, "properties": {**held["properties"], **body["properties"]}}
    if "etag" in body:
        kept["etag"] = body["etag"]
    kept["properties"] |= {name: held["properties"][name] for name in _KEPT if name in held["properties"]}
    kept["properties"]["privateLinkServiceConnectionState"] = status
    endpoint = str(look(held, "properties/privateEndpoint/id"))
    return Effects(writes=(Write(request.id, kept),), then=(_answer(endpoint, kept),))


def _drop(state: State, request: Request, chance: Chance) -> Effects:
    """The service lets go: the endpoint stays, disconnected, and cannot come back."""
    held = state.get(request.id)
    endpoint = look(held, "properties/privateEndpoint/id")
    then: tuple[Signal, ...] = ()
    if isinstance(endpoint, str):
        told = {"service": request.id.text, "status": "Disconnected", "description": "Deleted state"}
        then = (Signal(to=ResourceId(endpoint), name="connection", data=told),)
    return Effects(writes=(Write(request.id, None),), then=then)


def connections(form: Form, *, put: Pace | None = None, delete: Pace | None = None) -> Behaviour:
    """How the connections of a service behave."""
    pointer = f"{STATE}/status"
    return Behaviour(
        schema=Schema(located="no", enums={pointer: ("Pending", "Approved", "Rejected", "Disconnected")}),
        make=lambda state, request, body, chance: _decide(form, state, request, body, chance),
        remove=_drop,
        etags="body" if form.etag else "no",
        etag=form.etag,
        put=put or Pace(),
        delete=delete or Pace(),
    )
