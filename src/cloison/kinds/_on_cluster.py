"""What an online endpoint and its deployments need of the compute and cluster they stand on.

What fails is found when the work begins, so the operation fails and not the request.
Source: Microsoft Learn, Troubleshoot Kubernetes compute and online endpoints; Secure an AKS inferencing environment
(note: until computes are attached again, creating, updating and deleting fails); checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Json, Refused, State, look

KUBERNETES = "kubernetes"


def compute_of(workspace: ResourceId, told: object) -> ResourceId | None:
    """The compute that a body names, by its id or by its name; None for an endpoint that Azure runs."""
    if not isinstance(told, str) or not told:
        return None
    return ResourceId(told) if told.startswith("/") else workspace.child("computes", told.rpartition("/")[2])


def check(state: State, workspace: ResourceId, told: object) -> None:
    """Raises Refused where nothing can be changed on the compute that is named. Managed endpoints name none."""
    compute = compute_of(workspace, told)
    if compute is None:
        return
    body = state.get(compute)
    if body is None:
        text = f"The compute {compute.name} was not found in workspace {workspace.name}."
        raise fails("ComputeNotFound", text, status=404, late=False)
    kind = str(look(body, "properties/computeType")).lower()
    if kind == "aks":
        text = "Creation of Online Endpoints or deployments on AKS compute type is no longer supported."
        raise fails("NotSupported", text, late=False)
    if kind == KUBERNETES:
        _check_cluster(state, workspace, compute, body)


def _check_cluster(state: State, workspace: ResourceId, compute: ResourceId, body: Json) -> None:
    told = look(body, "properties/resourceId")
    id = ResourceId(told) if isinstance(told, str) and told else None
    cluster = state.get(id) if id is not None else None
    if id is None or cluster is None:
        raise fails("ComputeNotFound", f"Cannot find Kubernetes compute {compute.name}.")
    if str(look(cluster, "properties/powerState/code")).lower() == "stopped":
        raise fails(
            "ClusterNotReachable", f"The cluster {id.name} of compute {compute.name} is not reachable."
        )
    if body.get("_stale"):
        text = f"Failed to get compute information. Attach the cluster of compute {compute.name} again."
        raise fails("GenericComputeError", text)
    shut = look(cluster, "properties/disableLocalAccounts") is True
    if shut and workspace not in _trusted(state, id):
        text = f"The cluster {id.name} does not let workspace {workspace.name} in: it has no local accounts."
        raise fails("ClusterUnauthorized", text)


def _trusted(state: State, cluster: ResourceId) -> Iterator[ResourceId]:
    """The workspaces that a cluster trusts."""
    for binding in state.children(cluster, "trustedAccessRoleBindings"):
        told = look(state.get(binding), "properties/sourceResourceId")
        if isinstance(told, str):
            yield ResourceId(told)


def space_of(state: State, compute: ResourceId | None) -> tuple[str, str] | None:
    """Cluster and namespace of a Kubernetes compute: where endpoints share names."""
    body = state.get(compute) if compute is not None else None
    if str(look(body, "properties/computeType")).lower() != KUBERNETES:
        return None
    space = look(body, "properties/properties/namespace") or "default"
    return str(look(body, "properties/resourceId")).lower(), str(space).lower()


def fails(code: str, message: str, *, status: int = 400, late: bool = True) -> Refused:
    """A refusal as the service words them: a user error around the code."""
    return Refused(status, "UserError", message, details=[{"code": code, "message": message}], late=late)
