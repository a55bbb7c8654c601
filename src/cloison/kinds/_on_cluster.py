"""What an online endpoint and its deployments need of the compute and cluster they stand on.

Source: Microsoft Learn, Troubleshoot Kubernetes compute and online endpoints; Secure an AKS inferencing environment
(note: until computes are attached again, creating, updating and deleting fails); checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Json, Refused, State, look


def check(state: State, workspace: ResourceId, told: object) -> None:
    """Raises Refused where nothing can be changed on the compute that is named. Managed endpoints name none."""
    if not isinstance(told, str) or not told:
        return
    compute = (
        ResourceId(told) if told.startswith("/") else workspace.child("computes", told.rpartition("/")[2])
    )
    body = state.get(compute)
    if body is None:
        raise _fails(
            404, "ComputeNotFound", f"The compute {compute.name} was not found in workspace {workspace.name}."
        )
    _check_cluster(state, compute, body)


def _check_cluster(state: State, compute: ResourceId, body: Json) -> None:
    cluster = look(body, "properties/resourceId")
    power = look(state.get(ResourceId(str(cluster))), "properties/powerState/code") if cluster else None
    if str(power).lower() == "stopped":
        raise _fails(400, "ClusterNotReachable", f"The cluster of compute {compute.name} is not reachable.")
    if body.get("_stale"):
        raise _fails(
            400,
            "GenericComputeError",
            f"Failed to communicate with compute {compute.name}. Attach its cluster again.",
        )


def _fails(status: int, code: str, message: str) -> Refused:
    return Refused(status, "UserError", message, details=[{"code": code, "message": message}])
