"""How a compute of a workspace behaves: attaching needs a cluster that runs and carries the extension.

After a restart of its cluster a compute says Succeeded as before, while everything on it fails until it is attached
again; only Azure knows, so what it knows begins with an underscore and is never shown.
Sources: REST reference of Microsoft.MachineLearningServices 2024-10-01, KubernetesCompute; Microsoft Learn, Attach a
Kubernetes cluster, Secure an AKS inferencing environment (note on restarts); checked 2026-11-24.
"""

from __future__ import annotations

import re

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
    Signal,
    State,
    Style,
    Write,
    look,
)

STALE = "_stale"
"""The cluster was restarted since it was attached."""

NAME = re.compile(r"[a-zA-Z](?![a-zA-Z0-9-]*-\d+$)[a-zA-Z0-9-]{2,23}")
"""Source: REST reference, Compute - Create Or Update, and the command line's own check."""

SCHEMA = Schema(
    required=("properties/computeType",),
    defaults={
        "tags": None,
        "properties/description": None,
        "properties/resourceId": None,
        "properties/disableLocalAuth": False,
        "properties/provisioningErrors": None,
        "properties/provisioningWarnings": None,
        "properties/isAttachedCompute": False,
    },
    read_only=(
        "properties/provisioningState",
        "properties/createdOn",
        "properties/modifiedOn",
        "properties/provisioningErrors",
        "properties/isAttachedCompute",
    ),
    immutable=("properties/computeType", "properties/resourceId", "properties/properties/namespace"),
    located="no",
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The compute; one that stands on a cluster when the cluster can take it."""
    old = state.get(request.id)
    if old is None and not NAME.fullmatch(request.id.name):
        raise _user(f"The compute name {request.id.name} is not valid.", "InvalidComputeName")
    properties = dict(body["properties"])
    kind = str(properties["computeType"]).lower()
    if kind == "kubernetes":
        _check_cluster(state, request.id, properties)
    properties["properties"] = _inner(kind, properties.get("properties") or {}, chance)
    workspace = state.get(request.id.parent) or {}
    properties.setdefault("computeLocation", body.get("location") or workspace.get("location"))
    properties["isAttachedCompute"] = bool(properties.get("resourceId"))
    properties["createdOn"] = look(old, "properties/createdOn") or chance.now
    properties["modifiedOn"] = chance.now
    body = {**body, "location": body.get("location") or workspace.get("location"), "properties": properties}
    body.pop("sku", None)
    if old is not None and old.get(STALE):
        body[STALE] = True
    return Effects(writes=(Write(request.id, _identities.identified(state, request.id, body, old, chance)),))


DEFAULT_TYPE: Json = {
    "nodeSelector": None,
    "resources": {
        "requests": {"cpu": "1", "memory": "4Gi", "nvidia.com/gpu": None},
        "limits": {"cpu": "1", "memory": "4Gi", "nvidia.com/gpu": None},
    },
}
"""What a pod gets where nobody says. Source: Microsoft Learn, Create and manage instance types."""


def _inner(kind: str, told: Json, chance: Chance) -> Json:
    """The settings of one kind of compute, with what Azure adds."""
    if kind == "kubernetes":
        standard = {"namespace": "default", "defaultInstanceType": "defaultInstanceType"}
        return {**standard, "instanceTypes": {"defaultInstanceType": DEFAULT_TYPE}, **told}
    if kind == "amlcompute":
        none = dict.fromkeys((f"{one}NodeCount" for one in NODES), 0)
        return {
            "vmPriority": "Dedicated",
            "subnet": None,
            "osType": "Linux",
            "virtualMachineImage": None,
            "isolatedNetwork": False,
            "remoteLoginPortPublicAccess": "NotSpecified",
            "enableNodePublicIp": True,
            **told,
            "currentNodeCount": 0,
            "targetNodeCount": 0,
            "nodeStateCounts": none,
            "allocationState": "Steady",
            "allocationStateTransitionTime": chance.now,
            "errors": None,
        }
    if kind == "virtualmachine":
        names = ("notebookServerPort", "imageVersion", "applicationUris", "createdBy", "address", "ipAddress")
        return {"virtualMachineSize": None, **dict.fromkeys(names), **told, "administratorAccount": None}
    return told


NODES = ("preparing", "running", "idle", "unusable", "leaving", "preempted")


def _check_cluster(state: State, id: ResourceId, properties: Json) -> None:
    told = properties.get("resourceId")
    cluster = ResourceId(told) if isinstance(told, str) else None
    body = state.get(cluster) if cluster is not None else None
    if cluster is None or body is None:
        raise _user(f"The Kubernetes cluster {told} of compute {id.name} was not found.", "ClusterNotFound")
    if str(look(body, "properties/powerState/code")).lower() == "stopped":
        raise _user(
            f"The Kubernetes cluster {cluster.name} is not reachable: it is stopped.", "ClusterNotReachable"
        )
    if cluster.subscription != id.subscription:
        raise _user(
            f"The cluster {cluster.name} is in another subscription than the workspace.", "ClusterNotFound"
        )
    extensions = state.children(cluster, "providers/Microsoft.KubernetesConfiguration/extensions")
    kinds = {str(look(state.get(one), "properties/extensionType")).lower() for one in extensions}
    if "microsoft.azureml.kubernetes" not in kinds:
        raise _user(
            f"The extension Microsoft.AzureML.Kubernetes is not installed on cluster {cluster.name}.",
            "ExtensionNotInstalled",
        )


def _user(message: str, code: str) -> Refused:
    """A refusal as the service words them: a user error around the code."""
    return Refused(400, "UserError", message, details=[{"code": code, "message": message}])


def _restarted(state: State, signal: Signal, chance: Chance) -> Effects:
    """Its cluster was stopped and started."""
    body = state.get(signal.to)
    told = str(look(body, "properties/resourceId")).lower()
    if body is None or told != str(signal.data["cluster"]).lower():
        return Effects()
    return Effects(writes=(Write(signal.to, {**body, STALE: True}),))


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """The compute gone; what it stands on stays, for Azure did not make it."""
    told = request.query.get("underlyingresourceaction")
    if told is not None and told.lower() not in ("delete", "detach"):
        raise _user(
            f"The value '{told}' of underlyingResourceAction is not one of: Delete, Detach.", "BadArgument"
        )
    return Effects(writes=(Write(request.id, None),))


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    remove=remove,
    until={"properties/provisioningWarnings": "2021-07-01"},
    hears={"restarted": _restarted},
    # With `Delete` the cluster below may go too; see S23.
    queries={"underlyingResourceAction": ("Detach",)},
    put=Pace(style=Style.ASYNC, seconds=60, waiting="Creating"),
    patch=Pace(style=Style.ASYNC, seconds=30, status=200),
    delete=Pace(style=Style.BOTH, seconds=30, waiting="Deleting"),
)
