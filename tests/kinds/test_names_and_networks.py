"""Zones, links, peerings and subnets: what is taken where the body is silent."""

from __future__ import annotations

from typing import Any

from cloison.model.facts import Known, Origin, Unknown
from cloison.model.network import FilterRule, Gateway, Peering, ResolverInbound, Subnet, WayIn, Zone, ZoneLink
from cloison.model.snapshot import Resource
from tests.kinds.world import facets, named, one

ZONE = "privateDnsZones/privatelink.blob.core.windows.net"


def zone(planned: bool = False, **told: Any) -> Resource:
    return one(ZONE, told, planned=planned)


def test_a_zone_knows_its_records_when_any_was_read() -> None:
    """Records come with the list of them or not at all; a count of one is the zone's own record."""
    soa = one(f"{ZONE}/SOA/@", {})

    def known(*resources: Resource) -> object:
        (found,) = facets(Zone, *resources)
        return found.records_known

    assert isinstance(known(zone(numberOfRecordSets=4), soa), Known)
    assert isinstance(known(zone(numberOfRecordSets=1)), Known)
    assert isinstance(known(zone(planned=True)), Known)
    assert isinstance(known(zone(numberOfRecordSets=4)), Unknown)
    assert isinstance(known(one(ZONE, {}, planned=True, partial=Unknown("named", "add it"))), Unknown)


def test_an_old_link_does_not_tell_whether_it_falls_back() -> None:
    """Only a zone for private endpoints can; a planned link falls back when it says so."""

    def fallback(zone: str, planned: bool = False, **told: Any) -> object:
        (found,) = facets(
            ZoneLink, one(f"privateDnsZones/{zone}/virtualNetworkLinks/hub", told, planned=planned)
        )
        return found.fallback.value if isinstance(found.fallback, Known) else None

    assert fallback("privatelink.blob.core.windows.net") is None
    assert fallback("privatelink.blob.core.windows.net", resolutionPolicy="Default") is False
    assert fallback("privatelink.blob.core.windows.net", planned=True) is False
    assert (
        fallback("privatelink.blob.core.windows.net", planned=True, resolutionPolicy="NxDomainRedirect")
        is True
    )
    assert fallback("inside.example") is False


def test_a_link_being_made_is_not_ready_for_sure() -> None:
    """Its state is kept in lower case; a planned one has none yet."""
    link = f"{ZONE}/virtualNetworkLinks/hub"
    (making,) = facets(
        ZoneLink, one(link, {"virtualNetworkLinkState": "InProgress", "provisioningState": "Creating"})
    )
    (planned,) = facets(ZoneLink, one(link, {}, planned=True))

    assert "inprogress" == making.state.value
    assert isinstance(making.ready, Unknown)
    assert planned.state.value is None
    assert planned.ready.value is True


def test_sync_is_compared_where_it_is_not_told() -> None:
    """Older API versions: the prefixes that a peering holds against those of the network it leads to."""
    hub = one("virtualNetworks/hub", {"addressSpace": {"addressPrefixes": ["10.1.0.0/16", "10.2.0.0/16"]}})

    def synced(held: list[str], *others: Resource, **told: Any) -> object:
        body = {
            "remoteVirtualNetwork": {"id": named("virtualNetworks/hub").text},
            "remoteAddressSpace": {"addressPrefixes": held},
        }
        peering = one("virtualNetworks/spoke/virtualNetworkPeerings/hub", {**body, **told})
        (found,) = facets(Peering, peering, *others)
        return found.in_sync.value if isinstance(found.in_sync, Known) else None

    assert synced(["10.2.0.0/16", "10.1.0.0/16"], hub) is True
    assert synced(["10.1.0.0/16"], hub) is False
    assert synced(["10.1.0.0/16"]) is None
    assert synced([], peeringSyncLevel="FullyInSync") is True
    assert synced([], peeringSyncLevel="RemoteNotInSync") is False


def test_a_planned_peering_lets_its_networks_meet() -> None:
    """Access is on where it is left out, forwarded traffic and gateways are off."""
    peering = one("virtualNetworks/spoke/virtualNetworkPeerings/hub", {}, planned=True)
    (found,) = facets(Peering, peering)

    assert found.access.value is True
    assert found.forwarded.value is False
    assert found.remote_gateways.value is False
    assert found.complete.value is True
    assert found.state.value is None


def subnet(planned: bool = False, version: str = "", **told: Any) -> Subnet:
    body = {"apiVersion": version} if version else {}
    (found,) = facets(Subnet, one("virtualNetworks/spoke/subnets/doors", told, planned=planned, body=body))
    return found


def test_endpoint_policies_are_off_unless_set() -> None:
    """Except in requests of API versions whose default was another."""
    silent = subnet(planned=True).endpoint_policies

    assert isinstance(silent, Known)
    assert ("disabled", Origin.DEFAULT) == (silent.value, silent.cite.origin)
    assert isinstance(subnet(planned=True, version="2020-05-01").endpoint_policies, Unknown)
    assert "disabled" == subnet(version="2020-05-01").endpoint_policies.value
    assert (
        "routetableenabled"
        == subnet(privateEndpointNetworkPolicies="RouteTableEnabled").endpoint_policies.value
    )


def test_the_version_decides_whether_a_new_subnet_is_private() -> None:
    """Existing subnets keep their way out."""
    assert subnet().default_outbound.value is True
    assert subnet(planned=True, version="2024-05-01").default_outbound.value is True
    assert subnet(planned=True, version="2025-07-01").default_outbound.value is False
    assert isinstance(subnet(planned=True).default_outbound, Unknown)


def test_a_nested_subnet_has_its_network_s_version() -> None:
    """The version stands on the request, which is the network's."""
    network = one(
        "virtualNetworks/spoke",
        {"subnets": [{"name": "doors", "properties": {}}]},
        body={"apiVersion": "2025-07-01"},
        planned=True,
    )
    (found,) = facets(Subnet, network)

    assert found.default_outbound.value is False


def test_failed_service_endpoints_carry_nothing() -> None:
    """Only those that work are listed, in lower case; both forms of the prefix count."""
    told = [
        {"service": "Microsoft.Storage"},
        {"service": "Microsoft.KeyVault", "provisioningState": "Failed"},
    ]
    found = subnet(
        serviceEndpoints=told, addressPrefix="10.0.1.0/24", addressPrefixes=["10.0.1.0/24", "fd00::/64"]
    )

    assert ("microsoft.storage",) == found.service_endpoints.value
    assert ("10.0.1.0/24", "fd00::/64") == found.prefixes.value
    assert isinstance(subnet().prefixes, Unknown)


def test_a_rule_may_name_groups_only() -> None:
    """Then its prefixes are an empty list that is known."""
    groups = [{"id": named("applicationSecurityGroups/Scorers").text}]
    tail = "networkSecurityGroups/nodes/securityRules/one"
    (found,) = facets(
        FilterRule, one(tail, {"sourceApplicationSecurityGroups": groups, "sourceAddressPrefix": ""})
    )

    assert () == found.sources.value
    assert (named("applicationSecurityGroups/scorers"),) == found.source_groups.value
    assert isinstance(found.direction, Unknown)


def test_a_resolver_endpoint_answers_for_its_network() -> None:
    """By its subnet, or by its resolver where the subnet is not told; a planned address may be open."""
    hub = named("virtualNetworks/hub")
    resolver = one("dnsResolvers/dns", {"virtualNetwork": {"id": hub.text}})
    tail = "dnsResolvers/dns/inboundEndpoints/in"
    config = {"subnet": {"id": hub.child("subnets", "in").text}, "privateIpAddress": "10.1.0.4"}

    (by_subnet,) = facets(ResolverInbound, one(tail, {"ipConfigurations": [config]}))
    (by_resolver,) = facets(ResolverInbound, one(tail, {}), resolver)
    (planned,) = facets(
        ResolverInbound, one(tail, {"ipConfigurations": [{"subnet": config["subnet"]}]}, planned=True)
    )

    assert hub == by_subnet.network.value
    assert ("10.1.0.4",) == by_subnet.addresses.value
    assert hub == by_resolver.network.value
    assert isinstance(planned.addresses, Unknown)


def test_a_gateway_is_a_way_in_whatever_it_is() -> None:
    """One whose type is not known is doubtful, not absent."""
    config = {"properties": {"subnet": {"id": named("virtualNetworks/hub/subnets/GatewaySubnet").text}}}
    open_type = one("virtualNetworkGateways/office", {"ipConfigurations": [config]})
    (gateway,) = facets(Gateway, open_type)
    (way,) = facets(WayIn, open_type)

    assert named("virtualNetworks/hub") == gateway.network.value
    assert isinstance(gateway.kind, Unknown)
    assert way.maybe is not None
