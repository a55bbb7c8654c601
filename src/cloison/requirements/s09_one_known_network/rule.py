"""S09: every agent pool stands in one network, and it is known which."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Known, NotKnown, Unknown
from cloison.model.verdict import Finding, Fix
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case

ID = "S09"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The cluster."""
    return [case.environment.cluster]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken when pools stand in different networks; unknown when a pool's network was not read."""
    cluster = case.cluster
    if isinstance(cluster.pools_known, Unknown):
        raise NotKnown(cluster.pools_known)
    if not cluster.pools:
        ask = f"add {subject.text} with its agent pools"
        raise NotKnown(Unknown(f"{subject.name} shows no agent pool", ask))
    for pool in cluster.pools:
        if isinstance(pool.node_subnet, Unknown):
            raise NotKnown(pool.node_subnet)
    networks = case.networks
    if not networks:
        group = cluster.node_resource_group
        named = (
            group.value if isinstance(group, Known) and group.value else "the cluster's node resource group"
        )
        why = "the cluster stands in a network that Azure makes for it, which is not in the input"
        raise NotKnown(Unknown(why, f"add the virtual network of {named}"))
    cites = say.cites(*(pool.node_subnet for pool in cluster.pools))
    if len(networks) > 1:
        names = " and ".join(network.name for network in networks)
        message = f"the pools of {subject.name} stand in different networks: {names}"
        yield say.broken(ID, subject, message, *cites, fixes=[_move(subject)])
        return
    case.network(networks[0])
    yield say.met(ID, subject, f"every pool stands in {networks[0].name}", *cites)


def _move(cluster: ResourceId) -> Fix:
    why = "the subnet of an agent pool cannot be changed"
    return fixes.by_hand(cluster, "Make the pool again in a subnet of the first pool's network", why)


REQUIREMENT = Requirement(
    id=ID,
    title="Every agent pool stands in one network, and it is known which",
    subjects=subjects,
    decide=decide,
)
