"""S04: a private cluster has no public name.

The name would lead to a private address, so it exposes nothing by itself; it is the configuration in which Azure
Machine Learning is documented not to work.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from cloison.arm.ids import ResourceId
from cloison.kinds.kubernetes_cluster.facts import KubernetesCluster, facts
from cloison.model.facts import Known, NotKnown, Origin, Unknown
from cloison.model.verdict import Finding, Fix, Safety, Severity
from cloison.requirements import Requirement, fixes, say, trusted
from cloison.requirements.case import Case

ID = "S04"
PLACE = "/properties/apiServerAccessProfile"
NO_ZONE = "none"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The cluster."""
    return [case.environment.cluster]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken where the name is wanted, which it is unless somebody says no."""
    resource = case.resource(subject)
    own = facts(resource)
    if not own.is_private.value:
        message = (
            f"{subject.name} is no private cluster, and the API server of others always has a public name"
        )
        yield say.not_applicable(ID, subject, message, *say.cites(own.is_private))
    elif own.public_fqdn.value:
        if not resource.planned:
            _doubt_default(subject, own)
        yield _named(case, subject, own)
    elif own.private_dns_zone.value == NO_ZONE:
        yield _refused(subject, own)
    else:
        if not resource.planned:
            _doubt_setting(subject, own)
        message = f"{subject.name} is private and has no public name"
        yield say.met(ID, subject, message, *say.cites(own.public_fqdn))


def _doubt_default(cluster: ResourceId, own: KubernetesCluster) -> None:
    """Raise NotKnown where the setting is left out, which means a public name, and Azure shows a private one alone.

    Old API versions answer without the setting, and exports may be cut short.
    """
    public, private = own.fqdn.value, own.private_fqdn.value
    if not _stated(own) and private is not None and public is None:
        why = f"{cluster.name} leaves enablePrivateClusterPublicFQDN out, yet shows a private name alone"
        ask = f"add what a current az prints: az aks show -g {cluster.resource_group} -n {cluster.name}"
        raise NotKnown(Unknown(why, ask, *say.cites(own.public_fqdn)))


def _doubt_setting(cluster: ResourceId, own: KubernetesCluster) -> None:
    """Raise NotKnown where the name is not wanted, and Azure shows one all the same."""
    name = own.fqdn.value
    if name is not None:
        why = f"{cluster.name} wants no public name, yet shows {name}"
        ask = f"wait for its last update to end, and see that public DNS has forgotten the name: nslookup {name}"
        raise NotKnown(Unknown(why, ask, *say.cites(own.fqdn)))


def _stated(own: KubernetesCluster) -> bool:
    return isinstance(own.public_fqdn, Known) and own.public_fqdn.cite.origin is Origin.STATED


def _named(case: Case, cluster: ResourceId, own: KubernetesCluster) -> Finding:
    if _stated(own):
        message = f"{cluster.name} is private and has a public name as well"
    else:
        message = f"{cluster.name} is private and says nothing of a public name, so Azure gives it one"
    binding = trusted.binding(case)
    if binding is None:
        message += ", which Azure Machine Learning does not support"
    else:
        message += f", which the article rules out and AML's notes on trusted access ({binding.name}) allow"
    mends = [_take_away(cluster, own)]
    if own.private_dns_zone.value == NO_ZONE:
        message += "; it cannot be taken away, as the nodes of a cluster without a private zone need it"
        mends = [_anew(cluster), *([trusted.bind(case)] if trusted.is_offered(case) else [])]
    severity = Severity.ERROR if binding is None else Severity.WARNING
    cites = say.cites(own.public_fqdn, own.private_dns_zone)
    return say.broken(ID, cluster, message, *cites, severity=severity, fixes=mends)


def _refused(cluster: ResourceId, own: KubernetesCluster) -> Finding:
    message = f"{cluster.name} wants neither a private zone nor a public name, which AKS refuses"
    cites = say.cites(own.public_fqdn, own.private_dns_zone)
    fix = fixes.set_property(
        cluster,
        f"{PLACE}/privateDNSZone",
        "system",
        f"Let AKS make a private zone for {cluster.name}",
        Safety.MANUAL,
        "possible only before the cluster is created: a zone cannot be given to one that has none",
    )
    return say.broken(ID, cluster, message, *cites, fixes=[fix])


def _take_away(cluster: ResourceId, own: KubernetesCluster) -> Fix:
    """AKS takes its settings as a whole, so the block is sent with what stands there."""
    fix = fixes.set_property(
        cluster,
        f"{PLACE}/enablePrivateClusterPublicFQDN",
        False,
        f"Take the public name from {cluster.name}",
        Safety.ASKS,
        "people and pipelines whose kubeconfig holds the public name, and networks that the private zone is not "
        "linked to, lose the API server; nodes and pods do not notice",
    )
    block = {
        "enablePrivateCluster": True,
        "enablePrivateClusterPublicFQDN": False,
        "privateDNSZone": own.private_dns_zone.value,
    }
    return replace(fix, body={"properties": {"apiServerAccessProfile": block}})


def _anew(cluster: ResourceId) -> Fix:
    return fixes.by_hand(
        cluster,
        f"Create {cluster.name} anew with a private zone: az aks create --enable-private-cluster "
        "--private-dns-zone system --disable-public-fqdn",
        "a private zone cannot be given to a cluster that has none",
    )


REQUIREMENT = Requirement(
    id=ID, title="A private cluster has no public name", subjects=subjects, decide=decide
)
