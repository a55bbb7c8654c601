"""Restart: what a stop and start of the cluster leaves behind, as far as Azure shows it.

A cluster does not say when it was last started; its activity log does, for 90 days, to whoever may read it. What is
always shown is the power state, and private endpoints that no longer lead anywhere, because each stop removes the
cluster's private link service.
Sources: Microsoft Learn, Stop and start an AKS cluster; Connect to a private AKS cluster (warning on restarts);
Azure/AKS discussions 2745 and 5866 on the endpoint that AKS keeps; checked 2026-11-24.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds.cluster_event.facts import FAILED, START, STOP, moment
from cloison.kinds.cluster_event.facts import facts as event_facts
from cloison.kinds.kubernetes_cluster.facts import KubernetesCluster, facts
from cloison.model.facts import Cite, Fact, Known, Unknown
from cloison.model.network import Door, Endpoint, Zone
from cloison.model.snapshot import Resource
from cloison.model.verdict import Fix, HopKind, Outcome, Safety, Step, unknown_step
from cloison.requirements import say
from cloison.requirements.case import Case

GROUP = "management"
"""The sub-resource of a cluster that private endpoints lead to: its API server."""
KEPT_BY_AKS = "kube-apiserver"
"""Name of the endpoint that AKS makes in the node resource group, and makes again at each start.
Source: as above; the name in exports of several clusters, checked 2026-11-24."""
STOPPED = "stopped"
EVENTS = "Microsoft.ContainerService/managedClusters/events/ticks"


def cluster(case: Case) -> KubernetesCluster:
    """The settings of the environment's cluster."""
    return facts(case.resource(case.environment.cluster))


def is_planned(case: Case, id: ResourceId) -> bool:
    """True of what is not deployed yet: nothing can have happened to it."""
    return case.resource(id).planned


def computes(case: Case) -> list[ResourceId]:
    """Computes of the workspace that stand on the cluster, or that may where that is not known."""
    found = case.fabric.attachments_of.get(case.environment.workspace, [])
    here = case.environment.cluster
    return [one.id for one in found if isinstance(one.cluster, Unknown) or one.cluster.value == here]


def door(case: Case) -> Door | None:
    """The cluster's door for private endpoints; None where its API server has no private link."""
    return case.fabric.doors.get((case.environment.cluster, GROUP))


def zones_by_hand(case: Case) -> Iterator[Zone]:
    """Zones that answer for the API server and are not those that AKS writes into."""
    entrance, own = door(case), cluster(case)
    group = (say.told(own.node_resource_group) or "").lower()
    for zone in case.zones_named(entrance.hosts[0].zone) if entrance is not None else ():
        if zone.id.resource_group != group and say.told(own.private_dns_zone) != str(zone.id):
            yield zone


def label_of(case: Case) -> str:
    """Name of the API server's record in such a zone; '' where it has no door."""
    entrance = door(case)
    host = entrance.hosts[0] if entrance is not None else None
    return host.name.removesuffix(f".{host.zone}") if host is not None else ""


def is_kept_by_aks(case: Case, endpoint: Endpoint) -> bool:
    """True of the endpoint that the cluster's own nodes use. Raises NotKnown.

    Its name alone says nothing: people call theirs so too, in other resource groups.
    """
    if endpoint.id.name.lower() != KEPT_BY_AKS:
        return False
    group = cluster(case).node_resource_group.value
    return group is not None and endpoint.id.resource_group == group.lower()


def break_of(case: Case, endpoint: Endpoint) -> Step | None:
    """Why an endpoint of one's own does not lead to the cluster as it runs now, or whether it does; None: it does.

    Its own state is not enough: it may say approved while the private link service that approved it is gone.
    """
    if is_planned(case, case.environment.cluster):
        return None
    own, status = cluster(case), endpoint.status
    name, target = endpoint.id.name, case.environment.cluster.name
    for fact in (status, endpoint.ready, own.power):
        if isinstance(fact, Unknown):
            return unknown_step(HopKind.DOOR, fact)
    if status.value != "approved":
        return _stop(f"{name} is {status.value}, so it does not lead to {target}", status)
    if not endpoint.ready.value:
        return _stop(f"{name} failed to provision", endpoint.ready)
    if own.power.value == STOPPED:
        text = f"{name} says approved, but {target} is stopped, which removed the private link service it leads to"
        return _stop(text, own.power, status)
    return _as_listed(case, endpoint)


def _as_listed(case: Case, endpoint: Endpoint) -> Step | None:
    id, status, target = endpoint.id, endpoint.status, case.environment.cluster
    entrance = door(case)
    if entrance is None:
        own = cluster(case)
        text = f"{id.name} says approved, but the API server of {target.name} has no private link"
        return _stop(text, status, own.is_private, own.vnet_integration)
    listed = entrance.connections
    states = dict(listed.value) if isinstance(listed, Known) else {}
    state = states.get(str(id))
    if state == "approved":
        return None
    if state is not None:
        return _stop(f"{id.name} says approved, but {target.name} lists it as {state}", listed, status)
    # A nameless connection is one whose endpoint the caller may not see: it may be this one.
    if states and "" not in states:
        text = f"{id.name} says approved, but {target.name} knows no such connection, as after a restart"
        return _stop(text, listed, status)
    text = f"{id.name} says approved, as it may after a restart too; whether {target.name} knows it is not in the input"
    ask = f"add what `az rest -u {target.text}/privateEndpointConnections?api-version=2024-09-01` prints"
    return Step(HopKind.DOOR, Outcome.UNKNOWN, text, say.cites(status), ask)


def sign(case: Case) -> Step | None:
    """What shows that the cluster was restarted at some time: an endpoint of one's own that once led there.

    None proves nothing: most restarts leave no trace in ARM.
    """
    for endpoint in case.endpoints_to(case.environment.cluster):
        if is_planned(case, endpoint.id) or is_kept_by_aks(case, endpoint) or _never_led(endpoint):
            continue
        step = break_of(case, endpoint)
        if step is not None and step.outcome is Outcome.STOP:
            return step
    return None


class Restart(msgspec.Struct, frozen=True):
    """The last time that the cluster was started, or stopped of one that runs again."""

    at: datetime
    did: str
    """`started 2026-02-03 10:15 UTC`."""
    cites: tuple[Cite, ...]


def last(case: Case) -> Restart | None:
    """The last restart that the activity log tells of; None: it tells of none, or was not read.

    A stop counts too: a cluster that runs was started after it. Operations that failed do not.
    """
    found: Restart | None = None
    for resource in case.of(EVENTS):
        event = event_facts(resource)
        operation, at = say.told(event.operation), say.told(event.at)
        if event.cluster != case.environment.cluster or operation not in (START, STOP) or at is None:
            continue
        if (say.told(event.status) or "") in FAILED or (found is not None and at <= found.at):
            continue
        did = f"started {when(at)}" if operation == START else f"stopped {when(at)} and started again"
        found = Restart(at, did, say.cites(event.at, event.operation))
    return found


def entry(cluster: ResourceId, at: datetime) -> Resource:
    """An entry of the activity log for a start that somebody knows of."""
    guid = uuid.uuid5(uuid.NAMESPACE_URL, f"{cluster}|{at.isoformat()}")
    id = cluster.child("events", str(guid), "ticks", str(int(at.timestamp())))
    body = {
        "id": id.text,
        "eventTimestamp": at.astimezone(UTC).isoformat(),
        "operationName": {"value": "Microsoft.ContainerService/managedClusters/start/action"},
        "status": {"value": "Succeeded"},
    }
    return Resource(id, id.type, lambda: body)


def time(text: str) -> datetime | None:
    """A time as Azure and people write it, in UTC where no zone is named; None for a text that is none."""
    return moment(text)


def when(at: datetime) -> str:
    """A time for people, to the minute: `2026-02-03 10:15 UTC`."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def attach_again(subject: ResourceId) -> Fix:
    """Detach a compute and attach it as it was: same name, namespace, instance types and type of identity."""
    which = f"{subject.name} of {subject.parent.name}"
    return Fix(
        action="delete",
        target=subject.text,
        summary=f"Detach {subject.name} (underlyingResourceAction=Detach, never Delete) and attach it again, "
        "with the same namespace and type of identity",
        safety=Safety.ASKS,
        why="until it is attached again, nobody can change endpoints and deployments on it; "
        "a system-assigned identity comes back as another principal, so its roles must be given again",
        again=True,
        halves=(f"Detach {which}", f"Attach {which} again, as it was"),
        # With `Delete` the cluster may go too. Source: REST reference 2024-10-01, Compute - Delete; checked 2026-11-24.
        query={"underlyingResourceAction": "Detach"},
    )


def _never_led(endpoint: Endpoint) -> bool:
    return (say.told(endpoint.status) or "") in ("pending", "rejected") or say.told(endpoint.ready) is False


def _stop(text: str, *facts: Fact[Any]) -> Step:
    return Step(HopKind.DOOR, Outcome.STOP, text, say.cites(*facts))
