"""What a cluster's body says, and what Azure takes where it says nothing. Its network is in network.py."""

from __future__ import annotations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds._read import lower, lower_all, mapped, region
from cloison.kinds._services import identity_types, principal, user_identities
from cloison.kinds.kubernetes_cluster.network import ClusterNetwork, cluster_network
from cloison.model.body import Body
from cloison.model.facts import Cite, Default, Fact, Known, Origin, Unknown
from cloison.model.snapshot import Resource

NOT_PRIVATE = Default(
    False, "Microsoft Learn, Create a private AKS cluster: public unless asked; checked 2026-11-24"
)
PUBLIC_NAME = Default(
    True,
    "answers to requests that leave enablePrivateClusterPublicFQDN out, recorded by azure-cli-extensions "
    "(2021): true; checked 2026-11-24",
)
SYSTEM_ZONE = Default(
    "system", "REST reference 2021-05-01, privateDNSZone: the default is system; checked 2026-11-24"
)
NOT_INTEGRATED = Default(
    False, "REST reference 2025-05-01, enableVnetIntegration: false unless set; checked 2026-11-24"
)
NO_SUBNET: Default[ResourceId | None] = Default(
    None, "REST reference 2025-05-01, apiServerAccessProfile.subnetId: optional; checked 2026-11-24"
)
ANYBODY: Default[tuple[str, ...]] = Default(
    (), "REST reference 2024-09-01, authorizedIPRanges: every address if left out; checked 2026-11-24"
)
LOCAL_ACCOUNTS = Default(
    False, "REST reference 2024-09-01, disableLocalAccounts: false if left out; checked 2026-11-24"
)
UNRESTRICTED = Default(
    "Unrestricted", "REST reference 2024-09-01, nodeResourceGroupProfile.restrictionLevel; checked 2026-11-24"
)
NO_NAME = Default(
    "", "answers leave out names that the cluster lacks, recorded by azure-cli-extensions (2021)"
)
NO_VERSION = Default("", "REST reference 2024-09-01, kubernetesVersion: Azure's choice; checked 2026-11-24")


class KubernetesCluster(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a cluster."""

    location: Fact[str]
    """Lower case without spaces."""
    is_private: Fact[bool]
    """True: the API server has no public address."""
    public_fqdn: Fact[bool]
    """Of private clusters: True where a public name for the private address exists."""
    private_dns_zone: Fact[str]
    """Of private clusters: `system`, `none`, or the zone's id in lower case."""
    fqdn: Fact[str | None]
    """Public name of the API server, lower case; Known(None): none, or only planned."""
    private_fqdn: Fact[str | None]
    """Private name of the API server, lower case; Known(None): none, or only planned."""
    vnet_integration: Fact[bool]
    """True: the API server stands in a subnet of the cluster's network, without a private endpoint."""
    api_subnet: Fact[ResourceId | None]
    """With integration: the API server's subnet; Known(None) where Azure makes it."""
    authorized_ranges: Fact[tuple[str, ...]]
    """Public CIDR blocks let in to the API server; () for everybody."""
    local_accounts_off: Fact[bool]
    """True: only Entra identities may use the API server."""
    identity: Fact[tuple[str, ...]]
    """`systemassigned`, `userassigned` or both; () for none."""
    principal: Fact[str | None]
    """Object id of the system-assigned identity, lower case; Known(None) while planned or without one."""
    user_identities: Fact[tuple[str, ...]]
    """Ids (lower case) of user-assigned identities."""
    managed_identity: Fact[bool]
    """False: it uses a service principal."""
    kubelet_principal: Fact[str | None]
    """Object id of the identity that pulls images, lower case; Known(None) while only planned."""
    power: Fact[str | None]
    """`running` or `stopped`; Known(None) while only planned."""
    state: Fact[str | None]
    """Provisioning state in lower case; Known(None) while only planned."""
    version: Fact[str]
    """Kubernetes version as stated, `1.33`; '' where Azure chooses."""
    node_resource_group: Fact[str | None]
    """Group of the nodes and of a network that Azure made; Known(None): named at deployment."""
    node_group_locked: Fact[bool]
    """True: a deny assignment keeps everybody from changing the node resource group."""
    network: ClusterNetwork


def facts(resource: Resource) -> KubernetesCluster:
    """The settings of one cluster, read once."""
    return resource.once(_read)


def _read(resource: Resource) -> KubernetesCluster:
    body = resource.body
    own = body.at("properties")
    api = own.at("apiServerAccessProfile")
    locked = lower(own.at("nodeResourceGroupProfile/restrictionLevel").text(UNRESTRICTED))
    return KubernetesCluster(
        location=region(body),
        is_private=api.at("enablePrivateCluster").flag(NOT_PRIVATE),
        public_fqdn=api.at("enablePrivateClusterPublicFQDN").flag(PUBLIC_NAME),
        private_dns_zone=lower(api.at("privateDNSZone").text(SYSTEM_ZONE)),
        fqdn=_lower_or_none(own.at("fqdn").settled(NO_NAME)),
        private_fqdn=_lower_or_none(own.at("privateFQDN").settled(NO_NAME)),
        vnet_integration=api.at("enableVnetIntegration").flag(NOT_INTEGRATED),
        api_subnet=api.at("subnetId").id(NO_SUBNET),
        authorized_ranges=lower_all(api.at("authorizedIPRanges").texts(ANYBODY)),
        local_accounts_off=own.at("disableLocalAccounts").flag(LOCAL_ACCOUNTS),
        identity=identity_types(body),
        principal=principal(body),
        user_identities=user_identities(body),
        managed_identity=managed_identity(body),
        kubelet_principal=_lower_or_none(own.at("identityProfile/kubeletidentity/objectId").settled()),
        power=_lower_or_none(own.at("powerState/code").settled()),
        state=_lower_or_none(own.at("provisioningState").settled()),
        version=own.at("kubernetesVersion").text(NO_VERSION),
        node_resource_group=own.at("nodeResourceGroup").settled(),
        node_group_locked=mapped(locked, lambda level: level == "readonly"),
        network=cluster_network(body),
    )


def managed_identity(body: Body) -> Fact[bool]:
    """False when the cluster uses a service principal; a profile that says `msi` is none.

    Source: Microsoft Learn, Use a managed identity in AKS: clientId reads msi; checked 2026-11-24.
    """
    types = identity_types(body)
    if isinstance(types, Unknown) or types.value:
        return mapped(types, bool)
    client = body.at("properties/servicePrincipalProfile/clientId")
    return mapped(lower(client.text()), lambda id: id == "msi")


def derived(fact: Fact[bool]) -> Cite:
    """The setting that a fact rests on, as the reason of something computed from it."""
    if isinstance(fact, Known):
        return Cite(fact.cite.resource, fact.cite.pointer, Origin.DERIVED, fact.cite.source)
    assert fact.cite is not None, "facts of a body cite their place"
    return fact.cite


def _lower_or_none(fact: Fact[str | None]) -> Fact[str | None]:
    return mapped(fact, lambda text: text.lower() if text else None)
