"""How many roles a subscription may give, at itself and at everything below.

Source: Microsoft Learn, Azure subscription and service limits, "Azure RBAC limits"; Troubleshoot Azure RBAC limits;
REST reference of Authorization 2019-08-01-preview, Role Assignment Metrics; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Json, State
from cloison.model.limits import Limit, Usage

MOST = 4_000


def _subscription(state: State, id: ResourceId, body: Json) -> ResourceId | None:
    return ResourceId(f"/subscriptions/{id.subscription}") if id.subscription else None


LIMITS = (
    Limit(
        what="role assignments in subscription {name}",
        per=_subscription,
        most=MOST,
        usage=Usage(
            path="/subscriptions/{subscription}/providers/Microsoft.Authorization/roleAssignmentsUsageMetrics",
            api="2019-08-01-preview",
            count="roleAssignmentsCurrentCount",
            limit="roleAssignmentsLimit",
            right="Microsoft.Authorization/roleAssignments/read",
        ),
        remedy="take role assignments away that are not needed, or give roles to groups",
    ),
)
