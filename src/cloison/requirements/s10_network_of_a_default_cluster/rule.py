"""S10: a cluster without a network of its owner's stands in one that AKS made, in the resource group of its nodes.

The article sends you to that network and has you put endpoints there. AKS's support policy covers no changes to it.
"""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.kinds.kubernetes_cluster.facts import KubernetesCluster, facts
from cloison.model.facts import NotKnown, Unknown
from cloison.model.verdict import Finding, Fix, Severity
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case

ID = "S10"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The cluster."""
    return [case.environment.cluster]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Met where the network was found; broken where nothing can be added to it; a note where something was."""
    own = facts(case.resource(subject))
    if not _stands_in_one_made_by_aks(case, subject):
        cites = say.cites(*(pool.node_subnet for pool in case.cluster.pools))
        yield say.not_applicable(ID, subject, f"{subject.name} stands in subnets of your own", *cites)
        return
    network = _network(case, subject, own)
    cites = say.cites(own.node_resource_group)
    group = own.node_resource_group.value
    message = f"{subject.name} stands in {network.name}, which AKS made in {group}"
    yield say.met(ID, subject, message, *cites)
    guests = _guests(case, network)
    if own.node_group_locked.value:
        yield _locked(subject, network, own, guests)
    elif guests:
        message = (
            f"{network.name} holds {guests}, as the article asks; AKS deletes that network together with "
            f"{subject.name}, and its support policy covers no changes there"
        )
        yield say.broken(ID, subject, message, *cites, severity=Severity.NOTE, fixes=[_own_network(subject)])


def _stands_in_one_made_by_aks(case: Case, cluster: ResourceId) -> bool:
    """Raises NotKnown where pools, or their subnets, are not known."""
    if isinstance(case.cluster.pools_known, Unknown):
        raise NotKnown(case.cluster.pools_known)
    if not case.cluster.pools:
        why = f"{cluster.name} shows no agent pool"
        raise NotKnown(Unknown(why, f"add {cluster.text} with its agent pools"))
    return any(pool.node_subnet.value is None for pool in case.cluster.pools)


def _network(case: Case, cluster: ResourceId, own: KubernetesCluster) -> ResourceId:
    """The only network in the resource group that the cluster names. Raises NotKnown.

    The group's name is never made up from other names: `MC_a_b_c_d` can be read in several ways, and may be chosen.
    """
    group = own.node_resource_group.value
    cite = say.cites(own.node_resource_group)
    if group is None:
        why = f"the network of {cluster.name} comes to be with it, and Azure names its resource group then"
        ask = "check again once it is deployed, or give its pools a subnet of your own"
        raise NotKnown(Unknown(why, ask, *cite))
    found = [
        id
        for id in case.fabric.networks
        if id.resource_group == group.lower() and id.subscription == cluster.subscription
    ]
    ask = f"add what this prints: az network vnet list -g {group}"
    if not found:
        why = f"the network of {cluster.name} is in resource group {group}, which is not in the input"
        raise NotKnown(Unknown(why, ask, *cite))
    if len(found) > 1:
        names = " and ".join(id.name for id in found)
        why = f"resource group {group} holds {names}, and which of them {cluster.name} stands in is not in the input"
        scale_sets = f"az vmss list -g {group} --query [].virtualMachineProfile.networkProfile"
        raise NotKnown(Unknown(why, f"see where its machines stand: {scale_sets}", *cite))
    return found[0]


def _guests(case: Case, network: ResourceId) -> str:
    """Names of endpoints and peerings that somebody other than AKS put into a network; '' for none."""
    endpoints = [one.id.name for one in case.endpoints if case.network_of(one) == network]
    return ", ".join([*endpoints, *(one.id.name for one in case.fabric.peerings_of.get(network, ()))])


def _locked(cluster: ResourceId, network: ResourceId, own: KubernetesCluster, guests: str) -> Finding:
    message = f"AKS locks {network.name} (restrictionLevel ReadOnly), so no endpoint and no peering can be made there"
    if guests:
        message += f"; what was put there before stays: {guests}"
    severity = Severity.NOTE if guests else Severity.ERROR
    cites = say.cites(own.node_group_locked)
    return say.broken(ID, cluster, message, *cites, severity=severity, fixes=[_own_network(cluster)])


def _own_network(cluster: ResourceId) -> Fix:
    return fixes.by_hand(
        cluster,
        f"Create {cluster.name} anew in a subnet of a network of your own, and put the endpoints there",
        "the network of a cluster cannot be changed",
    )


REQUIREMENT = Requirement(
    id=ID,
    title="The network that AKS made for a default cluster is known, and endpoints can be put there",
    subjects=subjects,
    decide=decide,
)
