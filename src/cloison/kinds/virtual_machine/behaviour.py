"""How a virtual machine behaves: it needs an interface that is there, and keeps the name and the keys it is made with.

Sources: REST reference of Microsoft.Compute 2024-07-01, VirtualMachine: osProfile cannot be changed, its secrets are
never answered; checked 2026-11-25. How long it takes is a guess: about a minute in Microsoft's quickstarts.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.kinds import _identities
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
    each,
    laid,
    look,
)

INTERFACES = "properties/networkProfile/networkInterfaces"
NUMBER = "properties/vmId"

SCHEMA = Schema(
    required=("location",),
    defaults={"properties/osProfile/allowExtensionOperations": True},
    read_only=("properties/provisioningState", NUMBER, "properties/timeCreated", "properties/instanceView"),
    immutable=("properties/osProfile/computerName", "properties/osProfile/adminUsername"),
    secret=("properties/osProfile/adminPassword", "properties/osProfile/customData", "properties/userData"),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The machine with its number."""
    old = state.get(request.id)
    for one in each(body, INTERFACES):
        told = look(one, "id")
        if isinstance(told, str) and state.get(ResourceId(told)) is None:
            name = f"{request.id.text} was not found"
            raise Refused(400, "InvalidResourceReference", f"Resource {told} referenced by resource {name}.")
    body = laid(body, NUMBER, look(old, NUMBER) or chance.guid("machine", str(request.id)))
    body = laid(body, "properties/timeCreated", look(old, "properties/timeCreated") or chance.now)
    body = _identities.identified(state, request.id, body, old, chance)
    return Effects(writes=(Write(request.id, body),))


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    put=Pace(style=Style.ASYNC, seconds=60, waiting="Creating"),
    update=Pace(style=Style.ASYNC, seconds=30, waiting="Updating"),
    patch=Pace(style=Style.ASYNC, seconds=30, waiting="Updating"),
    delete=Pace(style=Style.BOTH, seconds=60, waiting="Deleting"),
)
