"""The oracle itself, on cases small enough to judge by hand. Cloison has to say the same of each."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

import pytest

from . import shapes
from .arm import Body, World
from .compare import by_oracle
from .environments import environments
from .packets import WORST_FIRST, edges, source_addresses
from .small import ENDPOINT, HOST, ZONE, Small

# Names


def test_a_linked_zone_with_the_endpoint_s_address_is_private() -> None:
    """Record, endpoint, route and filters all agree."""
    assert Small().says() == "private"


def test_an_unlinked_zone_leads_to_the_public_door() -> None:
    """Without a link the alias is resolved in public, and the door is closed there."""
    small = Small()
    assert small.without(small.link).says() == "blocked"


def test_an_unlinked_zone_with_an_open_door_is_public() -> None:
    """The same with a door that is open to all."""
    small = Small()
    small.account["properties"].update(publicNetworkAccess="Enabled", networkAcls={"defaultAction": "Allow"})
    assert small.without(small.link).says() == "public"


def test_a_linked_zone_without_the_record_stops_the_name() -> None:
    """A private zone answers for everything under it, even if the door is open."""
    small = Small()
    small.account["properties"].update(publicNetworkAccess="Enabled", networkAcls={"defaultAction": "Allow"})
    assert small.without(small.record).says() == "blocked"


def test_a_link_that_falls_back_asks_public_dns() -> None:
    """With NxDomainRedirect the missing record leads to the public door."""
    small = Small()
    small.account["properties"].update(publicNetworkAccess="Enabled", networkAcls={"defaultAction": "Allow"})
    small.link["properties"]["resolutionPolicy"] = "NxDomainRedirect"
    assert small.without(small.record).says() == "public"


def test_a_stale_address_stops() -> None:
    """An address that no endpoint for blob has leads nowhere."""
    small = Small()
    small.record["properties"]["aRecords"] = [{"ipv4Address": "10.1.1.9"}]
    assert small.says() == "blocked"


def test_one_stale_address_of_two_is_enough() -> None:
    """Pods may be given either address, and the worst counts."""
    small = Small()
    small.record["properties"]["aRecords"].append({"ipv4Address": "10.1.1.9"})
    assert small.says() == "blocked"


def test_a_wildcard_stands_in_for_a_record() -> None:
    """`*` in the zone matches the account's alias."""
    small = Small()
    small.without(small.record).add(shapes.record(small.zone, "*", [ENDPOINT]))
    assert small.says() == "private"


def test_an_alias_record_is_followed_into_another_linked_zone() -> None:
    """The alias leads to a name whose address is the endpoint's."""
    small = Small()
    corp = small.add(shapes.zone("g", "corp.example"))
    small.add(shapes.soa(corp), shapes.record(corp, "blob", [ENDPOINT]), shapes.link(corp, small.net))
    small.without(small.record).add(shapes.alias(small.zone, "acct", "blob.corp.example."))
    assert small.says() == "private"


def test_an_alias_to_itself_ends_after_sixteen() -> None:
    """A circle of aliases is no answer."""
    small = Small()
    small.without(small.record).add(shapes.alias(small.zone, "acct", f"acct.{ZONE}"))
    assert small.says() == "blocked"


def test_the_longer_zone_wins() -> None:
    """A zone for the alias itself hides the record in the shorter zone."""
    small = Small()
    narrow = small.add(shapes.zone("g", f"acct.{ZONE}"))
    small.add(shapes.soa(narrow), shapes.link(narrow, small.net))
    assert small.says() == "blocked"


def test_two_linked_zones_of_one_name_cannot_be_decided() -> None:
    """Azure forbids it, so nobody knows which one answers."""
    small = Small()
    twin = small.add(shapes.zone("h", ZONE))
    small.add(shapes.soa(twin), shapes.link(twin, small.net))
    assert small.says() == "unknown"


def test_a_link_in_progress_cannot_be_decided() -> None:
    """The zone may or may not answer yet."""
    small = Small()
    small.link["properties"]["virtualNetworkLinkState"] = "InProgress"
    assert small.says() == "unknown"


def test_a_failed_link_is_no_link() -> None:
    """The name is then public, and the door closed."""
    small = Small()
    small.link["properties"]["provisioningState"] = "Failed"
    assert small.says() == "blocked"


def test_unread_records_are_taken_from_the_zone_group() -> None:
    """The zone group says what it wrote."""
    small = Small()
    assert small.without(small.record, small.soa).says() == "private"


def test_unread_records_that_nobody_tells_are_unknown() -> None:
    """Neither records nor zone group."""
    small = Small()
    assert small.without(small.record, small.soa, small.group).says() == "unknown"


def test_no_approved_connection_means_no_alias() -> None:
    """Without an approved connection public DNS has no privatelink alias, so the zone is never asked."""
    small = Small()
    small.doors(publicNetworkAccess="Enabled", networkAcls={"defaultAction": "Allow"})
    assert small.says() == "public"


def test_a_connection_nobody_read_leaves_both_possibilities() -> None:
    """With the alias the zone has no record (stop), without it the door is open: the worst counts."""
    small = Small()
    small.doors(publicNetworkAccess="Enabled", networkAcls={"defaultAction": "Allow"})
    del small.account["properties"]["privateEndpointConnections"]
    assert small.says() == "blocked"


# Servers


def test_an_unknown_server_is_unknown() -> None:
    """A machine in the network answers what its owner wants."""
    small = Small()
    small.net["properties"]["dhcpOptions"] = {"dnsServers": ["10.1.9.4"]}
    assert small.says() == "unknown"


def test_a_server_out_of_reach_is_blocked() -> None:
    """A private address without a route is dropped, whoever would answer there."""
    small = Small()
    small.net["properties"]["dhcpOptions"] = {"dnsServers": ["192.168.1.4"]}
    assert small.says() == "blocked"


def test_a_resolver_sees_with_the_eyes_of_its_own_network() -> None:
    """The zone is linked to the pods' network, but the resolver stands in another: public, and closed."""
    small = Small(apart=True)
    inside = shapes.subnet(small.home, "dns", "10.1.3.0/28")
    small.more += shapes.resolver("g", "dns", small.home, inside["id"], "10.1.3.4")
    small.net["properties"]["dhcpOptions"] = {"dnsServers": ["10.1.3.4"]}
    assert small.says() == "blocked"
    small.add(shapes.link(small.zone, small.home))
    assert small.says() == "private"


def test_a_denied_question_is_blocked() -> None:
    """UDP 53 to the server is denied at the nodes; TCP 443 would pass."""
    small = Small()
    inside = shapes.subnet(small.net, "dns", "10.1.3.0/28")
    small.more += shapes.resolver("g", "dns", small.net, inside["id"], "10.1.3.4")
    small.net["properties"]["dhcpOptions"] = {"dnsServers": ["10.1.3.4"]}
    shapes.rule(small.rules(small.nodes), 100, "Outbound", "Deny", protocol="Udp", destinationPortRange="53")
    assert small.says() == "blocked"


@pytest.mark.parametrize(("on", "verdict"), [(True, "private"), (False, "blocked")])
def test_a_firewall_answers_names_only_as_a_proxy(on: bool, verdict: str) -> None:
    """With the proxy on it is Azure DNS; off, there is no answer."""
    small = Small()
    where = small.firewall(dnsSettings={"enableProxy": on})
    small.net["properties"]["dhcpOptions"] = {"dnsServers": [where]}
    assert small.says() == verdict


def test_a_server_inside_the_service_prefix_is_hidden_from_pods() -> None:
    """Pods take the address for a service of the cluster."""
    small = Small()
    where = small.firewall(dnsSettings={"enableProxy": True})
    small.net["properties"]["dhcpOptions"] = {"dnsServers": [where]}
    small.profile["serviceCidr"] = "10.1.2.0/24"
    assert small.says() == "blocked"


def test_a_forwarding_rule_is_asked_when_no_zone_matches() -> None:
    """The rule for the public suffix leads to a server that nobody knows."""
    small = Small()
    ruleset = small.add(shapes.make("g", "Microsoft.Network/dnsForwardingRulesets", "rs", {}))
    rule = shapes.forwarding_rule(ruleset, "r", "blob.core.windows.net.", ["192.168.1.4"])
    small.add(shapes.link(ruleset, small.net), rule)
    assert small.says() == "unknown"
    rule["properties"]["forwardingRuleState"] = "Disabled"
    assert small.says() == "private"


# Destinations


@pytest.mark.parametrize("status", ["Pending", "Rejected", "Disconnected"])
def test_an_endpoint_that_is_not_approved_is_blocked(status: str) -> None:
    """Its record is found through another, approved endpoint's alias; the address carries nothing."""
    small = Small()
    other = small.add(shapes.endpoint("g", "pe2", small.subnet["id"], small.account["id"], "blob"))
    small.add(shapes.interface("g", other, [("10.1.1.5", "blob", [HOST])]))
    link = small.endpoint["properties"]["privateLinkServiceConnections"][0]["properties"]
    link["privateLinkServiceConnectionState"]["status"] = status
    assert small.says() == "blocked"


def test_an_endpoint_for_another_sub_resource_is_foreign() -> None:
    """A blob name that leads to the file endpoint's address stops."""
    small = Small()
    other = small.add(shapes.endpoint("g", "pe2", small.subnet["id"], small.account["id"], "file"))
    small.add(shapes.interface("g", other, [("10.1.1.5", "file", ["acct.file.core.windows.net"])]))
    small.record["properties"]["aRecords"] = [{"ipv4Address": "10.1.1.5"}]
    assert small.says() == "blocked"


def test_an_unread_interface_is_unknown() -> None:
    """Nobody says which addresses the endpoint has."""
    small = Small()
    assert small.without(small.nic).says() == "unknown"


def test_an_address_inside_the_service_prefix_is_blocked() -> None:
    """Pods take the endpoint's address for a service of the cluster."""
    small = Small()
    small.profile["serviceCidr"] = "10.1.1.0/24"
    assert small.says() == "blocked"


def test_the_registry_s_data_name_needs_the_data_member() -> None:
    """The data name leads to the address of the login member: layers never arrive."""
    small = Small()
    registry = small.add(
        shapes.make("g", "Microsoft.ContainerRegistry/registries", "reg", {"privateEndpointConnections": []})
    )
    owner = small.add(shapes.endpoint("g", "pe-reg", small.subnet["id"], registry["id"], "registry"))
    registry["properties"]["privateEndpointConnections"] = [shapes.connection(owner, "Approved")]
    small.add(
        shapes.interface(
            "g", owner, [("10.1.1.6", "registry", []), ("10.1.1.7", "registry_data_westeurope", [])]
        )
    )
    zone = small.add(shapes.zone("g", "privatelink.azurecr.io"))
    small.add(shapes.soa(zone), shapes.link(zone, small.net), shapes.record(zone, "reg", ["10.1.1.6"]))
    small.add(shapes.record(zone, "reg.westeurope.data", ["10.1.1.6"]))

    assert small.says("reg.azurecr.io", registry, "registry") == "private"
    assert small.says("reg.westeurope.data.azurecr.io", registry, "registry") == "blocked"


# Routes


def test_peered_networks_reach_the_endpoint() -> None:
    """Both directions are connected."""
    assert Small(apart=True).says() == "private"


@pytest.mark.parametrize(
    ("side", "change", "verdict"),
    [
        ("out", {"peeringState": "Initiated"}, "blocked"),
        ("back", {"peeringState": "Disconnected"}, "blocked"),
        ("back", {"allowVirtualNetworkAccess": False}, "blocked"),
        ("out", {"peeringSyncLevel": "RemoteNotInSync"}, "unknown"),
        (
            "out",
            {"peerCompleteVnets": False, "localSubnetNames": ["nodes"], "remoteSubnetNames": ["x"]},
            "blocked",
        ),
        (
            "out",
            {"peerCompleteVnets": False, "localSubnetNames": ["nodes"], "remoteSubnetNames": ["endpoints"]},
            "private",
        ),
        ("back", {"allowForwardedTraffic": False}, "private"),
    ],
)
def test_a_peering_carries_packets_only_when_both_sides_do(side: str, change: Body, verdict: str) -> None:
    """State, access, sync and named subnets of either side decide; forwarding does not matter without appliances."""
    small = Small(apart=True)
    getattr(small, side)["properties"].update(change)
    assert small.says() == verdict


def test_an_unread_neighbour_is_unknown() -> None:
    """The peering is connected, but whether the other side allows access was not read."""
    small = Small(apart=True)
    assert small.without(small.home).says() == "unknown"


def test_the_same_addresses_at_home_hide_the_endpoint() -> None:
    """The pods' network has the endpoint's prefix as well, and is not peered: packets stay at home."""
    small = Small(apart=True)
    small.net["properties"]["addressSpace"]["addressPrefixes"].append("10.1.0.0/16")
    for one in (small.out, small.back):
        one["properties"]["peeringState"] = "Disconnected"
    assert small.says() == "blocked"


def test_the_endpoint_s_own_route_beats_a_user_route() -> None:
    """With policy Disabled even a /32 of the user changes nothing."""
    small = Small()
    shapes.route(small.routes(small.nodes), f"{ENDPOINT}/32", "None")
    assert small.says() == "private"


@pytest.mark.parametrize(
    ("cidr", "verdict"), [("10.1.0.0/16", "blocked"), ("10.0.0.0/8", "private"), ("0.0.0.0/0", "private")]
)
def test_a_user_route_counts_when_it_is_as_long_as_the_network_s_prefix(cidr: str, verdict: str) -> None:
    """Policy RouteTableEnabled: /16 for a /16 network counts, anything shorter does not."""
    small = Small()
    small.subnet["properties"]["privateEndpointNetworkPolicies"] = "RouteTableEnabled"
    shapes.route(small.routes(small.nodes), cidr, "None")
    assert small.says() == verdict


def _inspected(*rules: Body, **more: Any) -> Small:
    small = Small(apart=True)
    small.subnet["properties"]["privateEndpointNetworkPolicies"] = "Enabled"
    where = small.firewall(*rules, **more)
    shapes.route(small.routes(small.nodes), "10.1.0.0/16", "VirtualAppliance", where)
    small.add(shapes.link(small.zone, small.home))
    return small


def test_an_application_rule_carries_packets_on() -> None:
    """The firewall answers for itself, so the way back is known."""
    assert (
        _inspected(shapes.application_rule(["10.2.0.0/28"], ["*.blob.core.windows.net"])).says() == "private"
    )


def test_an_application_rule_for_another_name_denies() -> None:
    """No rule matches the host."""
    assert _inspected(shapes.application_rule(["*"], ["*.vault.azure.net"])).says() == "blocked"


def test_a_network_rule_keeps_the_source_and_leaves_the_way_back_unknown() -> None:
    """Private destinations are not translated by default."""
    passing = shapes.network_rule(["*"], ["10.1.0.0/16"], ["443"], ["TCP"])
    assert _inspected(passing).says() == "unknown"


def test_a_network_rule_that_translates_is_private() -> None:
    """The policy says that every destination is translated."""
    passing = shapes.network_rule(["*"], ["10.1.0.0/16"], ["443"], ["TCP"])
    assert _inspected(passing, snat={"privateRanges": ["255.255.255.255/32"]}).says() == "private"


def test_a_network_rule_for_half_of_the_nodes_denies_the_rest() -> None:
    """Every source address must pass."""
    passing = shapes.network_rule(["10.2.0.0/29"], ["*"], ["443"], ["TCP"])
    assert _inspected(passing, snat={"privateRanges": ["255.255.255.255/32"]}).says() == "blocked"


def test_an_unknown_appliance_is_unknown() -> None:
    """It stands in the network, but is no firewall that was read."""
    small = Small()
    small.subnet["properties"]["privateEndpointNetworkPolicies"] = "Enabled"
    shapes.route(small.routes(small.nodes), "10.1.0.0/16", "VirtualAppliance", "10.1.9.4")
    assert small.says() == "unknown"


def test_appliances_in_a_circle_stop() -> None:
    """The firewall's own subnet sends the packet back to the firewall."""
    small = _inspected(shapes.application_rule(["*"], ["*"]))
    inside = small.home["properties"]["subnets"][-1]
    shapes.route(small.routes(inside), "10.1.0.0/16", "VirtualAppliance", "10.1.2.4")
    assert small.says() == "blocked"


def test_a_gateway_may_know_the_way() -> None:
    """No route but the system's contains the endpoint of an unpeered network; a gateway may have learnt one."""
    small = Small(apart=True)
    small.net["properties"]["virtualNetworkPeerings"] = []
    small.home["properties"]["virtualNetworkPeerings"] = []
    assert small.says() == "blocked"
    inside = shapes.subnet(small.net, "GatewaySubnet", "10.2.9.0/27")
    entry = {"name": "ip", "properties": {"subnet": {"id": inside["id"]}}}
    small.add(
        shapes.make("g", "Microsoft.Network/virtualNetworkGateways", "gw", {"ipConfigurations": [entry]})
    )
    assert small.says() == "unknown"
    small.routes(small.nodes)["properties"]["disableBgpRoutePropagation"] = True
    assert small.says() == "blocked"


# Filters


def test_a_rule_for_part_of_the_nodes_blocks_the_pool() -> None:
    """Two of the eleven node addresses are denied."""
    small = Small()
    shapes.rule(small.rules(small.nodes), 100, "Outbound", "Deny", sourceAddressPrefix="10.1.0.12/31")
    assert small.says() == "blocked"


def test_azure_s_own_addresses_are_no_sources() -> None:
    """Only the first four addresses and the last are denied."""
    small = Small()
    group = small.rules(small.nodes)
    shapes.rule(group, 100, "Outbound", "Deny", sourceAddressPrefix="10.1.0.0/30")
    shapes.rule(group, 101, "Outbound", "Deny", sourceAddressPrefix="10.1.0.15/32")
    assert small.says() == "private"


def test_the_first_matching_rule_decides() -> None:
    """A later denial changes nothing, an earlier one does."""
    small = Small()
    group = small.rules(small.nodes)
    shapes.rule(group, 200, "Outbound", "Allow", destinationAddressPrefix="VirtualNetwork")
    shapes.rule(group, 300, "Outbound", "Deny")
    assert small.says() == "private"
    shapes.rule(group, 100, "Outbound", "Deny", destinationPortRange="400-500")
    assert small.says() == "blocked"


def test_a_service_s_tag_contains_no_private_address() -> None:
    """Allowing Storage does not let packets to the endpoint through a denial of everything else."""
    small = Small()
    group = small.rules(small.nodes)
    shapes.rule(group, 100, "Outbound", "Allow", destinationAddressPrefix="Storage")
    shapes.rule(group, 200, "Outbound", "Deny")
    assert small.says() == "blocked"


@pytest.mark.parametrize(
    ("policy", "verdict"), [("Disabled", "private"), ("NetworkSecurityGroupEnabled", "blocked")]
)
def test_the_endpoint_s_group_counts_only_by_policy(policy: str, verdict: str) -> None:
    """The group of the endpoint's subnet denies everything."""
    small = Small()
    small.subnet["properties"]["privateEndpointNetworkPolicies"] = policy
    shapes.rule(small.rules(small.subnet), 100, "Inbound", "Deny")
    assert small.says() == verdict


def test_an_application_group_matches_by_membership() -> None:
    """The rule denies members of a group; the nodes are none until they join."""
    small = Small()
    made = small.add(shapes.make("g", "Microsoft.Network/applicationSecurityGroups", "asg", {}))
    rule = shapes.rule(small.rules(small.nodes), 100, "Outbound", "Deny")
    del rule["properties"]["sourceAddressPrefix"]
    rule["properties"]["sourceApplicationSecurityGroups"] = [{"id": made["id"]}]
    assert small.says() == "private"
    small.pool["networkProfile"] = {"applicationSecurityGroups": [made["id"]]}
    assert small.says() == "blocked"


def test_an_unread_group_is_unknown() -> None:
    """The subnet names a group that was not read."""
    small = Small()
    assert small.without(small.rules(small.nodes)).says() == "unknown"


# Public doors


def test_the_subnet_s_identity_on_the_list_is_a_service_endpoint() -> None:
    """The subnet has the service endpoint, and the account lists it."""
    small = Small()
    rules = {"defaultAction": "Deny", "virtualNetworkRules": [{"id": small.nodes["id"].upper()}]}
    small.doors(publicNetworkAccess="Enabled", networkAcls=rules)
    assert small.says() == "blocked"
    small.nodes["properties"]["serviceEndpoints"] = [{"service": "Microsoft.Storage"}]
    assert small.says() == "service-endpoint"


def test_address_rules_of_storage_do_not_count_in_its_region() -> None:
    """In the same region they never match; from another nobody knows the address that is seen."""
    small = Small()
    rules = {"defaultAction": "Deny", "ipRules": [{"value": "20.1.2.3"}]}
    small.doors(publicNetworkAccess="Enabled", networkAcls=rules)
    assert small.says() == "blocked"
    small.account["location"] = "North Europe"
    assert small.says() == "unknown"


def test_outbound_none_reaches_no_public_door() -> None:
    """Without a route of its own a cluster with outboundType none gets nowhere; with one it does."""
    small = Small()
    small.doors(publicNetworkAccess="Enabled", networkAcls={"defaultAction": "Allow"})
    small.profile["outboundType"] = "none"
    assert small.says() == "blocked"
    shapes.route(small.routes(small.nodes), "0.0.0.0/0", "Internet")
    assert small.says() == "public"


@pytest.mark.parametrize(
    ("prefix", "verdict"),
    [
        ("Storage", "blocked"),
        ("Storage.WestEurope", "blocked"),
        ("Storage.NorthEurope", "public"),
        ("AzureKeyVault", "public"),
        ("AzureCloud", "blocked"),
        ("Internet", "blocked"),
        ("VirtualNetwork", "public"),
        ("20.0.0.0/8", "unknown"),
        ("10.0.0.0/8", "public"),
    ],
)
def test_a_denied_destination_stops_the_public_way_when_it_contains_the_service(
    prefix: str, verdict: str
) -> None:
    """Own tags, AzureCloud and Internet contain it; other tags do not; a public block may."""
    small = Small()
    small.doors(publicNetworkAccess="Enabled", networkAcls={"defaultAction": "Allow"})
    shapes.rule(small.rules(small.nodes), 100, "Outbound", "Deny", destinationAddressPrefix=prefix)
    assert small.says() == verdict


# Sources


def test_the_pod_subnet_is_the_source_and_the_node_subnet_only_for_the_registry() -> None:
    """Denying the node subnet does not matter for storage when pods have a subnet of their own."""
    small = Small()
    pods = shapes.subnet(small.net, "pods", "10.1.4.0/28")
    small.pool["podSubnetID"] = pods["id"]
    shapes.rule(small.rules(small.nodes), 100, "Outbound", "Deny")
    assert small.says() == "private"
    shapes.rule(small.rules(pods), 100, "Outbound", "Deny")
    assert small.says() == "blocked"


def test_a_pool_without_subnet_is_in_the_only_network_of_the_node_group() -> None:
    """Unknown until that network was read."""
    small = Small()
    del small.pool["vnetSubnetID"]
    assert small.says() == "unknown"
    made = small.add(shapes.network("MC_g", "aks-vnet", ["10.224.0.0/16"]))
    shapes.subnet(made, "aks-subnet", "10.224.0.0/28")
    small.add(shapes.link(small.zone, made))
    assert small.says() == "blocked"
    shapes.peering(made, small.net)
    shapes.peering(small.net, made)
    assert small.says() == "private"


def test_a_large_subnet_is_walked_at_its_edges() -> None:
    """In a /20 the two addresses of a rule are among those walked, and so are their neighbours."""
    small = Small()
    small.nodes["properties"]["addressPrefix"] = "10.1.0.0/20"
    small.subnet["properties"]["addressPrefix"] = "10.1.16.0/28"
    shapes.rule(small.rules(small.nodes), 100, "Outbound", "Deny", sourceAddressPrefix="10.1.7.32/31")
    world = World(small.resources())
    walked = source_addresses(world, small.nodes["id"])
    assert {IPv4Address(f"10.1.7.{last}") for last in (31, 32, 33, 34)} <= set(walked) & edges(world)
    assert len(walked) < 64
    assert small.says() == "blocked"


def test_every_random_environment_has_a_verdict_for_every_path() -> None:
    """The generator makes nothing that the oracle cannot judge."""
    from hypothesis import HealthCheck, given, settings

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(environments())
    def check(resources: list[Body]) -> None:
        found = by_oracle(resources)
        assert found
        assert {verdict for verdict, _ in found.values()} <= set(WORST_FIRST)

    check()
