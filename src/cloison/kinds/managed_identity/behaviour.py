"""How a user-assigned identity behaves: Azure gives it a principal and a client id, which stay.

Sources: REST reference of Microsoft.ManagedIdentity 2023-01-31; exchanges recorded by azure-cli (2020-2023) and
azure-service-operator (2023); checked 2026-11-24.
"""

from __future__ import annotations

from cloison.kinds import _identities
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Pace,
    Request,
    Schema,
    State,
    Write,
    look,
)

SCHEMA = Schema(
    required=("location",),
    defaults={"tags": {}},
    read_only=("properties/tenantId", "properties/principalId", "properties/clientId"),
    provisioned=False,
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The identity with its ids."""
    old = state.get(request.id)
    properties = {
        **(body.get("properties") or {}),
        "tenantId": _identities.tenant(state, request.id),
        "principalId": look(old, "properties/principalId") or chance.guid("principal", str(request.id)),
        "clientId": look(old, "properties/clientId") or chance.guid("client", str(request.id)),
    }
    return Effects(writes=(Write(request.id, {**body, "properties": properties}),))


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    signed=True,
    since={"systemData": "2024-11-30", "properties/isolationScope": "2024-11-30"},
    # Made at once, and yet told where.
    put=Pace(headers={"Location": "{id}"}),
    update=Pace(),
)
