"""How a service behaves towards private endpoints: it lists their connections and approves, rejects or drops them.

Knows no resource type; each kind says how its provider names connections. An endpoint asks with the signal
`connect` and is answered with `connection`; when it goes it says `disconnect`.
Sources: Microsoft Learn, What is a private endpoint; exchanges recorded by azure-cli (2020-2023); checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Callable

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


def connection_of(state: State, service: ResourceId, endpoint: str) -> ResourceId | None:
    """The connection of an endpoint as the service holds it."""
    for id in state.children(service, SEGMENT):
        held = look(state.get(id), "properties/privateEndpoint/id")
        if isinstance(held, str) and held.lower() == endpoint.lower():
            return id
    return None


def hears(name: Name, type: str) -> dict[str, Hear]:
    """What a service hears of endpoints. name: how its provider names connections; type: of the connections."""

    def connect(state: State, signal: Signal, chance: Chance) -> Effects:
        endpoint = str(signal.data["endpoint"])
        held = connection_of(state, signal.to, endpoint)
        if held is not None:
            return Effects(then=(_answer(endpoint, state.get(held) or {}),))
        own = name(signal.to, str(signal.data["name"]), chance.guid("connection", endpoint))
        id = signal.to.child(SEGMENT, own)
        manual = bool(signal.data.get("manual"))
        body: Json = {
            "id": id.text,
            "name": own,
            "type": type,
            "properties": {
                "provisioningState": "Succeeded",
                "privateEndpoint": {"id": endpoint},
                "groupIds": list(signal.data["groups"]),
                "privateLinkServiceConnectionState": {
                    "status": "Pending" if manual else "Approved",
                    "description": (signal.data.get("message") or WAITING) if manual else AUTOMATIC,
                    "actionRequired": "None",
                },
            },
        }
        return Effects(writes=(Write(id, body),), then=(_answer(endpoint, body),))

    def disconnect(state: State, signal: Signal, chance: Chance) -> Effects:
        held = connection_of(state, signal.to, str(signal.data["endpoint"]))
        return Effects(writes=(Write(held, None),) if held is not None else ())

    return {"connect": connect, "disconnect": disconnect}


def _answer(endpoint: str, body: Json) -> Signal:
    held = look(body, STATE) or {}
    told = {"status": held.get("status"), "description": held.get("description")}
    return Signal(to=ResourceId(endpoint), name="connection", data={"service": body["id"], **told})


def _decide(state: State, request: Request, body: Json, chance: Chance) -> Effects:
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
        raise Refused(
            400,
            "InvalidValuesForRequestParameters",
            f"Values for request parameters are invalid: {STATE}/status.",
        )
    if before in ("Rejected", "Disconnected") and wanted == "Approved":
        raise Refused(
            400,
            "PrivateEndpointConnectionStatusNotPending",
            "Private Endpoint Connection Status is not Pending",
        )
    kept = {**held, "properties": {**held["properties"], **body["properties"]}}
    kept["properties"] |= {name: held["properties"][name] for name in _KEPT if name in held["properties"]}
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


def connections(*, put: Pace | None = None, delete: Pace | None = None) -> Behaviour:
    """How the connections of a service behave."""
    return Behaviour(
        schema=Schema(
            located="no", enums={f"{STATE}/status": ("Pending", "Approved", "Rejected", "Disconnected")}
        ),
        make=_decide,
        remove=_drop,
        put=put or Pace(),
        delete=delete or Pace(),
    )
