"""How a lock behaves: it forbids deleting, or changing, whatever lies at or below its scope.

What a locked resource lies in cannot be deleted either: nothing is deleted in part. Changing it is another matter, even
where that changes the locked resource, for a lock is compared with the address of a request.

Sources: Microsoft Learn, Lock your resources; REST reference of Microsoft.Authorization/locks 2020-05-01;
exchanges recorded by azure-cli (2019); checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Behaviour, Refused, Request, Schema, State, look

MARK = "/providers/microsoft.authorization/locks/"


def guard(state: State, id: ResourceId, request: Request) -> None:
    """Raises Refused for what this lock forbids. Locks do not forbid to change locks."""
    scope, _, _ = id.rpartition(MARK)
    if MARK in request.id:
        return
    around = request.method == "DELETE" and scope.startswith(f"{request.id}/")
    if not (around or request.id == scope or request.id.startswith(f"{scope}/")):
        return
    level = str(look(state.get(id), "properties/level")).lower()
    if request.method == "DELETE":
        what = "delete"
    elif level == "readonly":
        what = "write"
    else:
        return
    raise Refused(
        409,
        "ScopeLocked",
        f"The scope '{request.id.text}' cannot perform {what} operation because following scope(s) are locked: "
        f"'{scope}'. Please remove the lock and try again.",
    )


BEHAVIOUR = Behaviour(
    schema=Schema(
        required=("properties/level",),
        enums={"properties/level": ("CanNotDelete", "ReadOnly", "NotSpecified")},
        located="no",
        provisioned=False,
    ),
    guard=guard,
)
