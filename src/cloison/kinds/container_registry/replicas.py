"""How a registry's replicas behave: of the Premium SKU only, and the first brings one of the home region with it.

Sources: REST reference of Microsoft.ContainerRegistry 2023-07-01, Replications; an exchange recorded by azure-cli
(2020); checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Pace,
    Refused,
    Request,
    Schema,
    State,
    Style,
    Write,
    look,
)

SEGMENT = "replications"
TYPE = "Microsoft.ContainerRegistry/registries/replications"


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The replica, and with the first the home region's own. The code of the refusal is unconfirmed."""
    registry = state.get(request.id.parent) or {}
    sku = str(look(registry, "sku/name"))
    if sku.lower() != "premium":
        raise Refused(
            400,
            "ReplicationNotSupported",
            f"Replications are not supported by the SKU {sku} of registry {request.id.parent.name}.",
        )
    writes = [Write(request.id, _ready(body, chance))]
    home = str(registry.get("location"))
    own = request.id.parent.child(SEGMENT, home)
    if state.get(own) is None and own != request.id:
        head = {"id": own.text, "name": home, "type": TYPE, "location": home, "tags": {}}
        writes.append(Write(own, _ready({**head, "properties": {"provisioningState": "Succeeded"}}, chance)))
    return Effects(writes=tuple(writes))


def _ready(body: Json, chance: Chance) -> Json:
    status = {"displayStatus": "Ready", "timestamp": chance.now}
    return {**body, "properties": {**(body.get("properties") or {}), "status": status}}


def regions(state: State, registry: ResourceId) -> list[str]:
    """The regions that hold the registry, its home first."""
    home = str((state.get(registry) or {}).get("location"))
    others = [str((state.get(one) or {}).get("location")) for one in state.children(registry, SEGMENT)]
    return list(dict.fromkeys([home, *others]))


BEHAVIOUR = Behaviour(
    schema=Schema(
        required=("location",),
        located="region",
        defaults={
            "tags": {},
            "properties/regionEndpointEnabled": True,
            "properties/zoneRedundancy": "Disabled",
        },
    ),
    make=make,
    since={
        "properties/regionEndpointEnabled": "2020-11-01-preview",
        "properties/zoneRedundancy": "2020-11-01-preview",
    },
    put=Pace(
        style=Style.ASYNC,
        seconds=10,
        status=201,
        waiting="Creating",
        unset=("properties/status/displayStatus",),
    ),
    delete=Pace(style=Style.LOCATION, seconds=10),
)
