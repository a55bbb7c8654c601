"""S09: every agent pool stands in one network, and it is known which."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Known, NotKnown, Unknown
from cloison.model.verdict import Finding, Fix
from cloison.reach.fabric import known
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case

ID = "S09"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The cluster."""
    return [case.environment.cluster]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken when pools stand in different networks; unknown when a pool's network was not read."""
    networks = _networks(case, subject)
    cites = say.cites(*(pool.node_subnet for pool in case.cluster.pools))
    if len(networks) > 1:
        stands = "; ".join(f"{', '.join(pools)} in {network.name}" for network, pools in networks.items())
        message = f"the pools of {subject.name} stand in different networks: {stands}"
        yield say.broken(ID, subject, message, *cites, fixes=[_move(subject)])
        return
    (network,) = networks
    case.network(network)
    yield say.met(ID, subject, f"every pool stands in {network.name}", *cites)


def _networks(case: Case, cluster: ResourceId) -> dict[ResourceId, list[str]]:
    """Networks with the pools that stand in them, nodes and pods. Raises NotKnown where one is not known."""
    if isinstance(case.cluster.pools_known, Unknown):
        raise NotKnown(case.cluster.pools_known)
    if not case.cluster.pools:
        raise NotKnown(
            Unknown(f"{cluster.name} shows no agent pool", f"add {cluster.text} with its agent pools")
        )
    found: dict[ResourceId, list[str]] = {}
    for pool in case.cluster.pools:
        own = pool.node_subnet.value
        network = own.parent if own is not None else _made_by_azure(case)
        pods = known(pool.pod_subnet)
        for one in dict.fromkeys([network, pods.parent if pods is not None else network]):
            found.setdefault(one, []).append(pool.name)
    return found


def _made_by_azure(case: Case) -> ResourceId:
    """The network that Azure makes for a cluster, in the resource group of its nodes. Raises NotKnown."""
    group = case.cluster.node_resource_group
    name = group.value if isinstance(group, Known) else None
    if name is None:
        why = "the cluster stands in a network that Azure makes for it when it is deployed"
        raise NotKnown(
            Unknown(why, "check the cluster again when it is there, or give its pools a subnet of yours")
        )
    home = case.environment.cluster.subscription
    there = [
        network
        for network in case.fabric.networks
        if network.resource_group == name.lower() and network.subscription == home
    ]
    if len(there) != 1:
        many = f"one of {len(there)} networks" if there else "a network"
        why = f"the cluster stands in {many} of {name}, made by Azure, and which one is not in the input"
        raise NotKnown(Unknown(why, f"add the virtual network of {name}"))
    return there[0]


def _move(cluster: ResourceId) -> Fix:
    why = "the subnet of an agent pool cannot be changed"
    return fixes.by_hand(cluster, "Make the pool again in a subnet of the first pool's network", why)


REQUIREMENT = Requirement(
    id=ID,
    title="Every agent pool stands in one network, and it is known which",
    subjects=subjects,
    decide=decide,
)
