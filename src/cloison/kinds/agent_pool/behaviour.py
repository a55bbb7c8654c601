"""How an agent pool behaves: it is one entry of its cluster's list, and the cluster's list is what counts.

Sources: REST reference of Microsoft.ContainerService 2024-09-01, AgentPool; exchanges recorded by azure-cli (2020);
checked 2026-11-24.
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
    each,
    laid,
    look,
)

LIST = "properties/agentPoolProfiles"


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The pool, in the cluster's list too, where it takes the place of the one of its name."""
    writes = [Write(request.id, body)]
    if not request.by_azure:
        cluster = _running(state, request.id.parent)
        entry = {"name": request.id.name, **body["properties"]}
        others = [one for one in each(cluster, LIST) if not _is(one, request.id)]
        writes.append(Write(request.id.parent, laid(cluster, LIST, [*others, entry])))
    return Effects(writes=tuple(writes))


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """The pool gone, from the cluster's list too. One pool must be left for the system."""
    writes = [Write(request.id, None)]
    if not request.by_azure:
        cluster = _running(state, request.id.parent)
        others = [one for one in each(cluster, LIST) if not _is(one, request.id)]
        if not any(str(one.get("mode")).lower() == "system" for one in others):
            raise Refused(
                400,
                "CannotDeleteLastSystemPool",
                f"There has to be at least one system pool beside {request.id.name} in {request.id.parent.name}.",
            )
        writes.append(Write(request.id.parent, laid(cluster, LIST, others)))
    return Effects(writes=tuple(writes))


def _is(entry: Json, id: ResourceId) -> bool:
    return str(entry.get("name")).lower() == id.name.lower()


def _running(state: State, cluster: ResourceId) -> Json:
    body = state.get(cluster) or {}
    if str(look(body, "properties/powerState/code")).lower() == "stopped":
        raise Refused(
            409, "OperationNotAllowed", f"Operation is not allowed: cluster {cluster.name} is stopped."
        )
    return body


BEHAVIOUR = Behaviour(
    schema=Schema(
        defaults={
            "properties/count": 1,
            "properties/osType": "Linux",
            "properties/type": "VirtualMachineScaleSets",
            "properties/mode": "User",
            "properties/maxPods": 110,
            "properties/osDiskSizeGB": 128,
            "properties/powerState/code": "Running",
        },
        immutable=("properties/vnetSubnetID", "properties/vmSize", "properties/osType"),
        located="no",
    ),
    make=make,
    remove=remove,
    patchable=False,
    # Medians of recorded operations: create 183 to 301 s.
    put=Pace(style=Style.ASYNC, seconds=240, waiting="Creating"),
    delete=Pace(style=Style.BOTH, seconds=180, waiting="Deleting"),
)
