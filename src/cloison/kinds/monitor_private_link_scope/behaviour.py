"""How an Azure Monitor private link scope behaves.

Sources: REST reference of Microsoft.Insights/privateLinkScopes 2021-09-01; exchanges recorded by azure-cli (2020);
checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.kinds import _connections
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Pace,
    Request,
    Schema,
    State,
    Style,
    Write,
    laid,
    look,
)

CONNECTION = "microsoft.insights/privatelinkscopes/privateEndpointConnections"

SCHEMA = Schema(
    required=("location",),
    defaults={
        "tags": {},
        "kind": None,
        "properties/accessModeSettings/ingestionAccessMode": "Open",
        "properties/accessModeSettings/queryAccessMode": "Open",
        "properties/accessModeSettings/exclusions": [],
    },
    read_only=("properties/provisioningState", "properties/scopeId", "properties/privateEndpointConnections"),
    located="global",
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The scope with its id."""
    own = look(state.get(request.id), "properties/scopeId") or chance.guid("scope", str(request.id))
    body = {**body, "location": "global", "properties": {**body["properties"], "scopeId": own}}
    return Effects(writes=(Write(request.id, body),))


def by_connection(service: ResourceId, asked: str, guid: str) -> str:
    """`connection-0f1e…`."""
    return f"connection-{guid}"


def show(state: State, id: ResourceId, body: Json) -> Json:
    """The body, without a list of connections where there are none."""
    return body if look(body, LIST) else laid(body, LIST, None)


LIST = "properties/privateEndpointConnections"
FORM = _connections.Form(type=CONNECTION, name=by_connection, etag='"{}"', tagged=True)

BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    hears=_connections.hears(FORM),
    show=show,
    signed=True,
    etags="body",
    etag='"{}"',
    since={"properties/accessModeSettings": "2021-07-01-preview"},
    until={"kind": "2019-10-17-preview"},
    embeds={LIST: "privateEndpointConnections"},
    below={
        "privateEndpointConnections": _connections.connections(
            FORM,
            put=Pace(style=Style.BOTH, seconds=20, status=202),
            delete=Pace(style=Style.BOTH, seconds=20),
        )
    },
)
