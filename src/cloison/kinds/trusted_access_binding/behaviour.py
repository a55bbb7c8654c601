"""How a trusted access binding behaves: a workspace of the same subscription, and eight of them at most.

Sources: Microsoft Learn, Get secure resource access to AKS using Trusted Access; REST reference 2024-09-01;
exchanges recorded by azure-service-operator (2023); checked 2026-11-24.
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
)

MOST = 8
"""Bindings of one cluster. Source: as above."""


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The binding."""
    source = ResourceId(str(body["properties"]["sourceResourceId"]))
    if source.subscription != request.id.subscription:
        raise Refused(
            400,
            "InvalidParameter",
            f"The source resource {source.text} must be in the subscription of the managed cluster.",
            target="sourceResourceId",
        )
    others = [
        one for one in state.children(request.id.parent, "trustedAccessRoleBindings") if one != request.id
    ]
    if len(others) >= MOST:
        raise Refused(
            400, "QuotaExceeded", f"A managed cluster has at most {MOST} trusted access role bindings."
        )
    return Effects(writes=(Write(request.id, body),))


BEHAVIOUR = Behaviour(
    schema=Schema(required=("properties/sourceResourceId", "properties/roles"), located="no"),
    make=make,
    # As recorded of 2023-10-01: 201 for a change too. The preview before answered 200 at once.
    put=Pace(style=Style.ASYNC, seconds=10, status=201),
    delete=Pace(style=Style.BOTH, seconds=10),
)
