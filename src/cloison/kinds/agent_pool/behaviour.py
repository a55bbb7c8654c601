"""How an agent pool behaves: it is one entry of its cluster's list, and the cluster's list is what counts.

Sources: REST reference of Microsoft.ContainerService 2024-09-01, AgentPool; exchanges recorded by azure-cli (2020) and
azure-service-operator (2023-2024); checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.kinds import _agent_pools
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

LIST = "properties/agentPoolProfiles"
VERSION_OF_SURGE = "2023-06-01"
"""Before it a pool told settings for upgrades that it had none of. Source: recorded answers."""
OWN = "scaleDownMode"
"""What a pool tells and its cluster's list does not."""


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The pool, in the cluster's list too, where it takes the place of the one of its name."""
    if request.by_azure:
        # The cluster has filled it in.
        return Effects(writes=(Write(request.id, laid(body, f"properties/{OWN}", "Delete")),))
    cluster = _running(state, request.id.parent)
    network = look(cluster, "properties/networkProfile") or {}
    version = str(look(cluster, "properties/kubernetesVersion") or "")
    told = body["properties"]
    pool = _agent_pools.filled(told, network, version, "User")
    pool["eTag"] = chance.guid("etag", str(request.id))
    entry = {"name": request.id.name, **pool}
    listed = list(each(cluster, LIST))
    at = next((number for number, one in enumerate(listed) if _is(one, request.id)), len(listed))
    cluster = laid(cluster, LIST, [*listed[:at], entry, *listed[at + 1 :]])
    upgrade = told.get("upgradeSettings")
    if upgrade is None and request.api_version < VERSION_OF_SURGE:
        upgrade = {}
    own = {**body, "properties": {OWN: "Delete", **pool}}
    own = laid(own, "properties/upgradeSettings", upgrade)
    return Effects(writes=(Write(request.id, own), Write(request.id.parent, cluster)))


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """The pool gone, from the cluster's list too. One pool must be left for the system."""
    writes = [Write(request.id, None)]
    if not request.by_azure:
        cluster = _running(state, request.id.parent)
        others = [one for one in each(cluster, LIST) if not _is(one, request.id)]
        needed = any(_is(one, request.id) and _is_system(one) for one in each(cluster, LIST))
        if needed and not any(_is_system(one) for one in others):
            raise Refused(
                400,
                "CannotDeleteLastSystemPool",
                f"There has to be at least one system pool beside {request.id.name} in {request.id.parent.name}.",
            )
        writes.append(Write(request.id.parent, laid(cluster, LIST, others)))
    return Effects(writes=tuple(writes))


def missing(id: ResourceId) -> Refused:
    """There is no such pool, in the provider's own words."""
    where = f"subscription: {id.subscription}, resourceGroup: {id.text.split('/')[4]}"
    text = f"Could not find the agentpool: {id.name} in {where}, resourceName: {id.parent.name}."
    inner = {"code": "Unspecified", "message": "rpc error: code = NotFound desc = Agent Pool not found"}
    return Refused(404, "NotFound", text, details=[inner], subcode="GetAgentPool_NotFound", enveloped=False)


def _is(entry: Json, id: ResourceId) -> bool:
    return str(entry.get("name")).lower() == id.name.lower()


def _is_system(entry: Json) -> bool:
    return str(entry.get("mode")).lower() == "system"


def _running(state: State, cluster: ResourceId) -> Json:
    body = state.get(cluster) or {}
    if str(look(body, "properties/powerState/code")).lower() == "stopped":
        raise Refused(
            409, "OperationNotAllowed", f"Operation is not allowed: cluster {cluster.name} is stopped."
        )
    return body


BEHAVIOUR = Behaviour(
    schema=Schema(
        enums=_agent_pools.enums("properties"),
        read_only=(
            "properties/provisioningState",
            "properties/powerState",
            "properties/currentOrchestratorVersion",
            "properties/nodeImageVersion",
        ),
        immutable=("properties/vnetSubnetID", "properties/vmSize", "properties/osType"),
        located="no",
    ),
    make=make,
    remove=remove,
    missing=missing,
    patchable=False,
    since=_agent_pools.below("properties"),
    stable=_agent_pools.stable("properties"),
    # Medians of recorded operations: create 183 to 301 s.
    put=Pace(style=Style.ASYNC, seconds=240, waiting="Creating"),
    delete=Pace(style=Style.BOTH, seconds=180, waiting="Deleting"),
)
