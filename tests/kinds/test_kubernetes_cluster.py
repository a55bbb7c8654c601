"""Clusters: pools, the addresses that packets carry, and the names of private API servers."""

from __future__ import annotations

from typing import Any

import pytest

from cloison.kinds.kubernetes_cluster.facts import KubernetesCluster
from cloison.kinds.kubernetes_cluster.facts import facts as read
from cloison.model.facts import Known, Origin, Unknown
from cloison.model.network import Cluster, Door, Pool, SourceMode
from cloison.model.snapshot import Resource
from tests.kinds.azure import ASKED, NAMED_ONLY, NODES, PODS, facets, made, origin, printed

AKS = "Microsoft.ContainerService/managedClusters/scorers"
SYSTEM = {"name": "system", "vnetSubnetID": NODES}


def cluster(
    planned: bool = False, net: Any = None, api: Any = None, pools: Any = (SYSTEM,), **properties: Any
) -> Resource:
    parts = {"networkProfile": net, "apiServerAccessProfile": api, "agentPoolProfiles": pools and list(pools)}
    told = {name: value for name, value in parts.items() if value is not None}
    return made(AKS, {"dnsPrefix": "Scorers", **told, **properties}, planned=planned)


def said(**how: Any) -> KubernetesCluster:
    return read(cluster(**how))


def facet(*resources: Resource) -> Cluster:
    (found,) = facets(Cluster, *resources)
    return found


def pool(**how: Any) -> Pool:
    (found,) = facet(cluster(**how)).pools
    return found


def door(**api: Any) -> Door:
    (found,) = facets(Door, cluster(planned=True, api={"enablePrivateCluster": True, **api}))
    return found


def test_a_cluster_that_says_nothing() -> None:
    """It is public, goes out by its load balancer, and uses the prefixes of old."""
    found = said()

    assert False is found.is_private.value
    assert "loadbalancer" == found.network.outbound.value
    assert "standard" == found.network.load_balancer.value
    assert ("10.0.0.0/16",) == found.network.service_prefixes.value
    assert ("10.244.0.0/16",) == found.network.pod_prefixes.value
    assert "10.0.0.10" == found.network.dns_service.value
    assert {Origin.DEFAULT} == {origin(fact) for fact in (found.is_private, found.network.outbound)}


def test_the_public_name_of_a_private_cluster_is_on_unless_turned_off() -> None:
    """Left out and null mean true, which Azure takes."""
    assert True is said(api={"enablePrivateCluster": True}).public_fqdn.value
    assert True is said(api={"enablePrivateClusterPublicFQDN": None}).public_fqdn.value
    assert False is said(api={"enablePrivateClusterPublicFQDN": False}).public_fqdn.value
    assert isinstance(said(api={"enablePrivateClusterPublicFQDN": ASKED}).public_fqdn, Unknown)
    assert "system" == said(api={"enablePrivateCluster": True}).private_dns_zone.value


@pytest.mark.parametrize(
    ("net", "expected"),
    [
        (None, SourceMode.NODE),
        ({}, SourceMode.NODE),
        ({"networkPlugin": "kubenet"}, SourceMode.NODE),
        ({"networkPlugin": "azure", "networkPluginMode": "overlay"}, SourceMode.NODE),
        ({"networkPlugin": "azure"}, SourceMode.POD_IN_NODE_SUBNET),
        ({"networkPlugin": "Azure", "networkPluginMode": None}, SourceMode.POD_IN_NODE_SUBNET),
    ],
)
def test_the_plugin_says_whose_address_packets_carry(net: Any, expected: SourceMode) -> None:
    """Left out, both possible defaults leave with the node's."""
    assert expected is pool(net=net).source_mode.value


@pytest.mark.parametrize(
    "net",
    [
        {"networkPlugin": "none"},
        {"networkPlugin": ASKED},
        {"networkPlugin": "azure", "networkPluginMode": ASKED},
    ],
)
def test_a_plugin_that_is_not_known_hides_the_address(net: Any) -> None:
    """One's own plugin, and what a parameter decides."""
    assert isinstance(pool(net=net).source_mode, Unknown)


def test_pods_may_have_a_subnet_of_their_own() -> None:
    """Then no pod prefix is outside the network."""
    own = {**SYSTEM, "podSubnetID": PODS}
    found = facet(cluster(net={"networkPlugin": "azure"}, pools=[own]))

    assert SourceMode.POD_IN_POD_SUBNET is found.pools[0].source_mode.value
    assert PODS.lower() == found.pools[0].pod_subnet.value
    assert () == found.pod_prefixes.value


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.29.4", ("kubenet", "")), ("1.30", ("azure", "overlay")), (None, ("azure", "overlay"))],
)
def test_the_default_plugin_depends_on_the_version(version: Any, expected: tuple[str, str]) -> None:
    """A planned cluster gets overlay from Kubernetes 1.30 on; of a deployed one that cannot be told."""
    planned = said(planned=True, kubernetesVersion=version).network

    assert expected == (planned.plugin.value, planned.mode.value)
    assert isinstance(said(kubernetesVersion=version).network.plugin, Unknown)


def test_two_families_have_two_prefixes() -> None:
    """The plural lists win over Azure's default, and add to the singular."""
    net = {"networkPlugin": "azure", "networkPluginMode": "overlay", "podCidrs": ["10.1.0.0/16", "fd00::/64"]}
    found = said(net={**net, "serviceCidr": "172.20.0.0/16", "serviceCidrs": ["172.20.0.0/16"]}).network

    assert ("10.1.0.0/16", "fd00::/64") == found.pod_prefixes.value
    assert ("172.20.0.0/16",) == found.service_prefixes.value


def test_pools_stand_in_the_body_or_on_their_own() -> None:
    """The body's come first and are not taken twice."""
    work = made(f"{AKS}/agentPools/work", {"vnetSubnetID": NODES})
    again = made(f"{AKS}/agentPools/SYSTEM", {"vnetSubnetID": PODS})
    found = facet(cluster(), work, again)

    assert ["system", "work"] == [one.name for one in found.pools]
    assert {NODES.lower()} == {one.node_subnet.value for one in found.pools}
    assert True is found.pools_known.value


def test_a_pool_that_may_not_exist_says_nothing_certain() -> None:
    """Its packets' addresses are not known."""
    doubt = Unknown("a condition is not known", "--set wanted=…")
    found = facet(cluster(), made(f"{AKS}/agentPools/work", {"vnetSubnetID": NODES}, maybe=doubt))

    assert doubt == found.pools[1].source_mode


def test_a_pool_without_a_subnet_stands_in_one_that_azure_makes() -> None:
    """Null and left out alike."""
    assert None is pool(pools=[{"name": "system", "vnetSubnetID": None}]).node_subnet.value
    assert None is pool(pools=[{"name": "system"}]).node_subnet.value
    assert isinstance(pool(pools=[{"name": "system", "vnetSubnetID": ASKED}]).node_subnet, Unknown)


def test_pools_that_cannot_be_read_are_not_none() -> None:
    """A missing list, an open one and one with an open item."""
    assert isinstance(facet(cluster(pools=None)).pools_known, Unknown)
    assert isinstance(facet(made(AKS, {"agentPoolProfiles": ASKED})).pools_known, Unknown)
    assert isinstance(facet(cluster(pools=[SYSTEM, ASKED])).pools_known, Unknown)


def test_the_command_line_spells_some_names_otherwise() -> None:
    """`vnetSubnetId`, `privateFqdn`, `privateDnsZone` mean the same, at the top."""
    body = {
        "agentPoolProfiles": [{"name": "system", "vnetSubnetId": NODES}],
        "privateFqdn": "scorers-1.GUID.privatelink.westeurope.azmk8s.io",
        "apiServerAccessProfile": {"enablePrivateCluster": True, "privateDnsZone": "System"},
    }
    flat = printed(AKS, body)

    assert NODES.lower() == facet(flat).pools[0].node_subnet.value
    assert "scorers-1.guid.privatelink.westeurope.azmk8s.io" == read(flat).private_fqdn.value
    assert "system" == read(flat).private_dns_zone.value


def test_an_absent_name_of_a_deployed_cluster_does_not_exist() -> None:
    """Of a planned one neither; of one that is only named it is not known."""
    assert None is said().fqdn.value
    assert None is said(planned=True).fqdn.value
    assert isinstance(read(made(AKS, {}, partial=NAMED_ONLY)).fqdn, Unknown)


def test_a_private_cluster_has_a_door() -> None:
    """A public one, and one integrated into its network, has none; an undecided one may have one."""
    undecided = facets(Door, cluster(api={"enablePrivateCluster": ASKED}))

    assert "management" == door().subresource
    assert not door().needed
    assert [] == facets(Door, cluster())
    assert [] == facets(Door, cluster(api={"enablePrivateCluster": True, "enableVnetIntegration": True}))
    assert [True] == [one.maybe is not None for one in undecided]


def test_names_of_a_private_api_server() -> None:
    """As Azure will make it: in its own zone, in one's own, or in none."""
    zone = made("Microsoft.Network/privateDnsZones/team.privatelink.westeurope.azmk8s.io", {}).id.text
    (system,), (own,), (none,) = (
        door().hosts,
        door(privateDNSZone=zone).hosts,
        door(privateDNSZone="none").hosts,
    )

    assert "scorers-{hash}.{guid}.privatelink.westeurope.azmk8s.io" == system.name
    assert "{guid}.privatelink.westeurope.azmk8s.io" == system.zone
    assert "scorers-{hash}.team.privatelink.westeurope.azmk8s.io" == own.name
    assert "team.privatelink.westeurope.azmk8s.io" == own.zone
    assert ("scorers-{hash}.hcp.westeurope.azmk8s.io", "") == (none.name, none.zone)


def test_azure_tells_the_name_of_a_deployed_one() -> None:
    """Its zone is the rest of the name."""
    name = "s-1.guid.privatelink.westeurope.azmk8s.io"
    (found,) = facets(Door, cluster(api={"enablePrivateCluster": True}, privateFQDN=name))

    assert (name, "guid.privatelink.westeurope.azmk8s.io") == (found.hosts[0].name, found.hosts[0].zone)


def test_without_a_private_zone_the_private_name_is_the_public_one() -> None:
    """A cluster with the zone `none` tells its public name as its private one, and no zone holds it."""
    name = "aks-7e015f2c.hcp.westeurope.azmk8s.io"
    api = {"enablePrivateCluster": True, "privateDNSZone": "none"}
    (found,) = facets(Door, cluster(api=api, privateFQDN=name, fqdn=name))
    (host,) = found.hosts
    assert (name, "") == (host.name, host.zone)


@pytest.mark.parametrize(
    ("identity", "client", "expected"),
    [
        ("SystemAssigned", None, True),
        ("None", "msi", True),
        ("None", "33333333-0000-0000-0000-000000000001", False),
        ("None", None, None),
    ],
)
def test_a_service_principal_is_no_managed_identity(
    identity: str, client: str | None, expected: bool | None
) -> None:
    """`msi` in the profile of a service principal means that there is none."""
    profile = {"servicePrincipalProfile": {"clientId": client}} if client else {}
    found = read(made(AKS, profile, body={"identity": {"type": identity}})).managed_identity

    assert expected == (found.value if isinstance(found, Known) else None)


def test_the_node_resource_group_may_be_locked() -> None:
    """Its name is Azure's until deployment."""
    found = said(nodeResourceGroupProfile={"restrictionLevel": "ReadOnly"}, nodeResourceGroup="MC_x")

    assert True is found.node_group_locked.value
    assert False is said().node_group_locked.value
    assert "MC_x" == found.node_resource_group.value
    assert None is said(planned=True).node_resource_group.value
