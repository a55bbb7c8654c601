"""How a role assignment behaves: one principal, one role, one scope, and never a second one of the same.

Sources: REST reference of Microsoft.Authorization/roleAssignments 2022-04-01; exchanges recorded by azure-cli (2019)
and azure-service-operator (2023); checked 2026-11-24.
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
    Write,
    look,
)

MARK = "/providers/microsoft.authorization/roleassignments/"
ROLES = "/providers/Microsoft.Authorization/roleDefinitions/"
SAME = ("roleDefinitionId", "principalId")

SCHEMA = Schema(
    required=("properties/roleDefinitionId", "properties/principalId"),
    defaults={
        "properties/principalType": "ServicePrincipal",
        "properties/condition": None,
        "properties/conditionVersion": None,
        "properties/description": None,
        "properties/delegatedManagedIdentityResourceId": None,
    },
    read_only=("properties/scope", "properties/createdOn", "properties/updatedOn", "properties/createdBy"),
    located="no",
    provisioned=False,
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The assignment. A second one of the same role to the same principal at the same scope is refused."""
    scope = request.id.text[: str(request.id).rindex(MARK)]
    told = {**body["properties"], "roleDefinitionId": _role(request.id, body)}
    if state.get(request.id) is not None:
        before = state.get(request.id) or {}
        if any(str(look(before, f"properties/{name}")).lower() != str(told[name]).lower() for name in SAME):
            raise Refused(
                400,
                "RoleAssignmentUpdateNotPermitted",
                "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
            )
    for other in state.children(request.id.parent, "providers/Microsoft.Authorization/roleAssignments"):
        own = state.get(other)
        if other != request.id and all(
            str(look(own, f"properties/{name}")).lower().rpartition("/")[2]
            == str(told[name]).lower().rpartition("/")[2]
            for name in SAME
        ):
            raise Refused(
                409,
                "RoleAssignmentExists",
                f"The role assignment already exists. The ID of the existing role assignment is {other.name}.",
            )
    old = state.get(request.id)
    properties = {
        **told,
        "scope": scope or "/",
        "createdOn": look(old, "properties/createdOn") or chance.now,
        "updatedOn": chance.now,
        "createdBy": look(old, "properties/createdBy") or (request.caller if old is not None else None),
        "updatedBy": request.caller,
    }
    return Effects(writes=(Write(request.id, {**body, "properties": properties}),))


def _role(id: ResourceId, body: Json) -> str:
    """The role by its full id: one that is built in may be asked for without a subscription."""
    told = str(look(body, "properties/roleDefinitionId"))
    return f"/subscriptions/{id.subscription}{told}" if told.startswith(ROLES) and id.subscription else told


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """The assignment gone; the answer tells what it was."""
    return Effects(writes=(Write(request.id, None),), answer=state.get(request.id))


def missing(id: ResourceId) -> Refused:
    """There is no such assignment, in the provider's own words."""
    return Refused(404, "RoleAssignmentNotFound", f"The role assignment '{id.name}' is not found.")


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    remove=remove,
    missing=missing,
    patchable=False,
    since={
        f"properties/{name}": "2020-04-01-preview"
        for name in ("condition", "conditionVersion", "description", "delegatedManagedIdentityResourceId")
    }
    | {"properties/principalType": "2018-09-01-preview"},
    # 201 in recordings, for one that is there too.
    put=Pace(status=201),
)
