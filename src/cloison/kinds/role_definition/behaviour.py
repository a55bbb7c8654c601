"""How a role that people define behaves.

Sources: REST reference of Microsoft.Authorization/roleDefinitions 2022-04-01; exchanges recorded by
azure-service-operator (2023); checked 2026-11-24.
"""

from __future__ import annotations

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
    Write,
    each,
    look,
)

TYPE = "Microsoft.Authorization/roleDefinitions"
LISTS = ("actions", "notActions", "dataActions", "notDataActions")


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The definition, when no other has its name."""
    name = look(body, "properties/roleName")
    for other in state.of(TYPE):
        if other != request.id and look(state.get(other), "properties/roleName") == name:
            text = f"A custom role with the same name already exists in this directory. Use a different name: {name}."
            raise Refused(409, "RoleDefinitionWithSameNameExists", text)
    old = state.get(request.id)
    properties = {
        **body["properties"],
        "type": "CustomRole",
        "permissions": [
            {key: one.get(key) or [] for key in LISTS} for one in each(body, "properties/permissions")
        ],
        "createdOn": look(old, "properties/createdOn") or chance.now,
        "updatedOn": chance.now,
        "createdBy": look(old, "properties/createdBy") or (request.caller if old is not None else None),
        "updatedBy": request.caller,
    }
    return Effects(writes=(Write(request.id, {**body, "properties": properties}),))


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """The definition gone; the answer tells what it was."""
    return Effects(writes=(Write(request.id, None),), answer=state.get(request.id))


BEHAVIOUR = Behaviour(
    schema=Schema(
        required=("properties/roleName", "properties/assignableScopes"),
        defaults={"properties/description": None},
        located="no",
        provisioned=False,
    ),
    make=make,
    remove=remove,
    patchable=False,
    put=Pace(status=201),
)
