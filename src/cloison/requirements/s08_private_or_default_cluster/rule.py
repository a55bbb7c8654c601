"""S08: the cluster is a private one or a default one, each in a virtual network, and nothing in between.

Every cluster stands in a virtual network, if only in one that Azure makes. What can go wrong is the way to the API
server, by which Azure Machine Learning deploys.
"""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.kinds.kubernetes_cluster.facts import KubernetesCluster, facts
from cloison.model.facts import Known
from cloison.model.verdict import Finding, Severity
from cloison.requirements import Requirement, fixes, say, trusted
from cloison.requirements.case import Case

ID = "S08"
EVERYBODY = "0.0.0.0/0"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The cluster."""
    return [case.environment.cluster]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Met by either kind; what is broken is a private cluster without private link, or with rules for a public one."""
    own = facts(case.resource(subject))
    if own.is_private.value:
        yield _private(subject, own)
    else:
        yield _default(case, subject, own)


def _private(cluster: ResourceId, own: KubernetesCluster) -> Finding:
    if own.vnet_integration.value:
        message = f"{cluster.name} is private: its API server stands in a subnet of its network"
    elif own.network.load_balancer.value == "basic":
        return _without_private_link(cluster, own)
    else:
        message = f"{cluster.name} is private: its nodes reach the API server by a private endpoint"
    ranges = own.authorized_ranges.value
    if not ranges:
        return say.met(ID, cluster, message, *say.cites(own.is_private))
    message = f"{cluster.name} is private and states authorizedIPRanges, which filter a public address that it lacks"
    fix = fixes.by_hand(
        cluster,
        "Take authorizedIPRanges away, and filter in front of the private address instead",
        "nothing changes, but whoever trusts in the ranges should know",
    )
    cites = say.cites(own.authorized_ranges, own.is_private)
    return say.broken(ID, cluster, message, *cites, severity=Severity.NOTE, fixes=[fix])


def _without_private_link(cluster: ResourceId, own: KubernetesCluster) -> Finding:
    message = f"{cluster.name} wants to be private with a Basic load balancer, and private link needs a Standard one"
    fix = fixes.by_hand(
        cluster,
        "Create the cluster with loadBalancerSku standard",
        "the way to a private API server is laid when a cluster is created",
    )
    return say.broken(
        ID, cluster, message, *say.cites(own.network.load_balancer, own.is_private), fixes=[fix]
    )


def _default(case: Case, cluster: ResourceId, own: KubernetesCluster) -> Finding:
    ranges = own.authorized_ranges.value
    binding = trusted.binding(case)
    if ranges and EVERYBODY not in ranges and binding is None:
        message = (
            f"{cluster.name} lets only {_count(ranges)} in to its API server; "
            "whether Azure Machine Learning, which deploys through it, is among them is not in the input"
        )
        ask = (
            "compare them with the service tag AzureMachineLearning of the region and of its pair, or let the "
            f"workspace in by trusted access: cloison explain S08; the ranges: {', '.join(ranges)}"
        )
        return say.unknown(ID, cluster, message, ask=ask, cites=say.cites(own.authorized_ranges))
    message = f"{cluster.name} is a default cluster in {_where(case)}, its API server at a public address"
    if ranges and binding is not None:
        message += f", which {binding.name} opens to the workspace by trusted access"
    return say.met(ID, cluster, message, *say.cites(own.is_private))


def _where(case: Case) -> str:
    named = any(
        isinstance(pool.node_subnet, Known) and pool.node_subnet.value is not None
        for pool in case.cluster.pools
    )
    if named and case.networks:
        return f"your network {case.networks[0].name}"
    return "a virtual network that Azure makes" if not named else "a virtual network"


def _count(ranges: tuple[str, ...]) -> str:
    return "one range" if len(ranges) == 1 else f"{len(ranges)} ranges"


REQUIREMENT = Requirement(
    id=ID,
    title="The cluster is a private one, or a default one in a virtual network",
    subjects=subjects,
    decide=decide,
)
