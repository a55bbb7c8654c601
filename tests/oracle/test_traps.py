"""Traps: paths that look private and are not, or of which nobody can know. Oracle and Cloison fall into none."""

from __future__ import annotations

import pytest

from . import shapes
from .arm import Body
from .small import ENDPOINT, ZONE, Small

SMB = "acct.file.core.windows.net"


# Names


def test_a_wildcard_is_no_record_of_the_zone_itself() -> None:
    """A zone for the host alone needs a record at its own name."""
    small = Small()
    narrow = small.add(shapes.zone("g", f"acct.{ZONE}"))
    small.add(shapes.soa(narrow), shapes.link(narrow, small.net), shapes.record(narrow, "*", [ENDPOINT]))
    assert small.says() == "blocked"
    small.add(shapes.record(narrow, "@", [ENDPOINT]))
    assert small.says() == "private"


@pytest.mark.parametrize("other", ["x.acct", "x.y.acct"])
def test_a_wildcard_beside_a_nearer_name_is_not_sure(other: str) -> None:
    """By RFC 4592 the longer name makes `acct` exist, so the wildcard does not answer for it."""
    small = Small().without()
    small.without(small.record, small.group)
    small.add(shapes.record(small.zone, "*", [ENDPOINT]))
    assert small.says() == "private"
    small.add(shapes.record(small.zone, other, ["10.1.1.9"]))
    assert small.says() == "unknown"


def test_a_name_with_another_record_has_no_address() -> None:
    """Neither a wildcard nor a fallback answers for a name that exists."""
    small = Small()
    small.without(small.record, small.group)
    small.add(shapes.record(small.zone, "*", [ENDPOINT]))
    small.add(shapes.record_of(small.zone, "TXT", "acct", {"txtRecords": [{"value": ["owner"]}]}))
    small.link["properties"]["resolutionPolicy"] = "NxDomainRedirect"
    assert small.says() == "blocked"


def test_an_ipv6_address_is_not_judged() -> None:
    """Which of two addresses a pod takes is its own choice."""
    small = Small()
    small.add(shapes.record_of(small.zone, "AAAA", "acct", {"aaaaRecords": [{"ipv6Address": "fd00::4"}]}))
    assert small.says() == "unknown"


def test_a_written_wildcard_says_nothing_of_a_name() -> None:
    """A record of the name's own would go before it, and the records were not read."""
    small = Small()
    small.without(small.record, small.soa)
    records = small.group["properties"]["privateDnsZoneConfigs"][0]["properties"]["recordSets"]
    assert small.says() == "private"
    records[0]["recordSetName"] = "*"
    assert small.says() == "unknown"


def test_the_last_that_wrote_an_unread_zone_may_not_have_been_read() -> None:
    """The service lists another approved endpoint, which may have written its own address since."""
    small = Small()
    small.without(small.record, small.soa)
    listed = small.account["properties"]["privateEndpointConnections"]
    other = shapes.endpoint("elsewhere", "pe-other", small.subnet["id"], small.account["id"], "blob")
    listed.append(shapes.connection(other, "Approved"))
    assert small.says() == "unknown"


def test_an_alias_of_another_service_leads_there() -> None:
    """What public DNS says of a name that is not the host's is not known."""
    small = Small()
    small.without(small.record, small.group)
    small.add(shapes.alias(small.zone, "acct", "other.blob.core.windows.net"))
    assert small.says() == "unknown"


# Servers


def _resolver(small: Small) -> tuple[str, Body]:
    """The inbound address of a resolver beside the endpoints, and the resolver."""
    subnet = shapes.subnet(small.home, "resolver", "10.1.3.0/28")
    out = shapes.subnet(small.home, "resolver-out", "10.1.3.16/28")
    made, inbound = shapes.resolver("g", "resolver", small.home, subnet["id"], "10.1.3.4")
    small.add(made, inbound, shapes.outbound_endpoint(made, out["id"]))
    return "10.1.3.4", made


def _ruleset(small: Small, domain: str, server: str) -> Body:
    made = small.add(
        shapes.make(
            "g",
            "Microsoft.Network/dnsForwardingRulesets",
            "rules",
            {"dnsResolverOutboundEndpoints": [{"id": _resolver(small)[1]["id"] + "/outboundEndpoints/out"}]},
        )
    )
    small.add(shapes.link(made, small.net))
    small.add(shapes.forwarding_rule(made, "rule", domain, [server]))
    return made


def test_the_servers_own_subnet_may_deny_questions() -> None:
    """A filter there holds for everybody who asks."""
    small = Small()
    where, _ = _resolver(small)
    small.net["properties"]["dhcpOptions"] = {"dnsServers": [where]}
    assert small.says() == "private"
    subnet = next(one for one in small.net["properties"]["subnets"] if one["name"] == "resolver")
    shapes.rule(small.rules(subnet), 100, "Inbound", "Deny", destinationPortRange="53")
    assert small.says() == "blocked"


@pytest.mark.parametrize(("tag", "says"), [("AzurePlatformDNS", "blocked"), ("Internet", "private")])
def test_only_its_own_tag_shuts_azure_dns(tag: str, says: str) -> None:
    """168.63.129.16 passes every other rule."""
    small = Small()
    rules = small.rules(small.nodes)
    shapes.rule(rules, 100, "Outbound", "Deny", destinationAddressPrefix=tag, destinationPortRange="53")
    assert small.says() == says


def test_a_rule_that_forwards_to_azure_dns_asks_with_the_eyes_of_the_resolver() -> None:
    """The zone is linked to the pods' network only, and the question comes from another."""
    small = Small(apart=True)
    _ruleset(small, "blob.core.windows.net.", "168.63.129.16")
    assert small.says() == "blocked"
    small.add(shapes.link(small.zone, small.home))
    assert small.says() == "private"


def test_a_rule_that_leads_back_to_its_own_network_is_a_circle() -> None:
    """The inbound endpoint asks Azure DNS, whose rule asks the inbound endpoint."""
    small = Small()
    _ruleset(small, ".", "10.1.3.4")
    assert small.says() == "blocked"


def test_a_ruleset_without_rules_in_the_input_is_not_known() -> None:
    """Its rules may take any name to any server."""
    small = Small()
    made = _ruleset(small, "example.com.", "10.1.3.4")
    assert small.says() == "private"
    small.without(*(one for one in small.more if one["id"].startswith(f"{made['id']}/forwardingRules/")))
    assert small.says() == "unknown"


# Endpoints and services


@pytest.mark.parametrize("status", ["Pending", "Rejected", "Disconnected"])
def test_the_service_has_to_agree(status: str) -> None:
    """The endpoint says approved; the service does not."""
    small = Small()
    listed = small.account["properties"]["privateEndpointConnections"]
    listed[0]["properties"]["privateLinkServiceConnectionState"]["status"] = status
    assert small.says() == "blocked"


def test_a_service_that_does_not_list_the_endpoint_leaves_it_open() -> None:
    """One of the two was read too early."""
    small = Small()
    del small.account["properties"]["privateEndpointConnections"][0]
    small.account["properties"]["publicNetworkAccess"] = "Enabled"
    assert small.says() == "unknown"


# Firewalls


def _behind(*rules: Body) -> Small:
    """The endpoint's prefix goes through a firewall beside the endpoint."""
    small = Small(apart=True)
    small.subnet["properties"]["privateEndpointNetworkPolicies"] = "Enabled"
    where = small.firewall(*rules)
    shapes.route(small.routes(small.nodes), "10.1.0.0/16", "VirtualAppliance", where)
    return small


def test_a_firewall_that_looks_at_names_resolves_them_itself() -> None:
    """The zone is not linked to the firewall's network: it goes to the public address, whatever the pods were told."""
    small = _behind(shapes.application_rule(["*"], ["*"]))
    assert small.says() == "blocked"
    small.add(shapes.link(small.zone, small.home))
    assert small.says() == "private"


def test_a_file_share_shows_a_firewall_no_name() -> None:
    """SMB is no TLS: an application rule for port 445 passes nothing."""
    small = _behind(shapes.application_rule(["*"], ["*"], 443), shapes.application_rule(["*"], ["*"], 445))
    zone = small.add(shapes.zone("g", "privatelink.file.core.windows.net"))
    owner = small.add(shapes.endpoint("g", "pe-file", small.subnet["id"], small.account["id"], "file"))
    small.add(shapes.interface("g", owner, [("10.1.1.5", "file", [SMB])]))
    small.account["properties"]["privateEndpointConnections"].append(shapes.connection(owner, "Approved"))
    small.add(shapes.soa(zone), shapes.link(zone, small.net), shapes.link(zone, small.home))
    small.add(shapes.record(zone, "acct", ["10.1.1.5"]))
    assert small.says(SMB, subresource="file") == "blocked"


def test_a_network_rule_for_a_name_may_hold_for_another() -> None:
    """It stands for addresses, and two names may have one."""
    passing = shapes.network_rule(["*"], [], ["443"], ["TCP"])
    passing["destinationFqdns"] = ["other.example.com"]
    assert _behind(passing).says() == "unknown"


# Routes


@pytest.mark.parametrize(
    ("prefix", "says"), [("0.0.0.0/0", "private"), ("0.0.0.0/1", "blocked"), ("10.0.0.0/8", "private")]
)
def test_only_a_route_for_everything_removes_the_routes_to_nowhere(prefix: str, says: str) -> None:
    """10.0.0.0/8 leads nowhere by itself, and is longer than half of everything."""
    small = Small(apart=True)
    hub = small.add(shapes.network("g", "between", ["10.3.0.0/16"]))
    for net in (small.net, small.home):
        net["properties"]["virtualNetworkPeerings"].clear()
        shapes.peering(net, hub)
        shapes.peering(hub, net)
    subnet = shapes.subnet(hub, "AzureFirewallSubnet", "10.3.0.0/26")
    rules = small.add(shapes.policy("g", "rules"))
    passing = shapes.collection(200, "Allow", [shapes.application_rule(["*"], ["*"])])
    small.add(shapes.collections(rules, "all", 200, [passing]))
    small.add(shapes.firewall("g", "fw", subnet["id"], "10.3.0.4", rules), shapes.link(small.zone, hub))
    shapes.route(small.routes(small.nodes), prefix, "VirtualAppliance", "10.3.0.4")
    assert small.says() == says


def test_a_used_gateway_is_there_whether_or_not_it_was_read() -> None:
    """No route of the input leads to the endpoint; one that a gateway learnt may."""
    small = Small(apart=True)
    hub = shapes.network("g", "between", ["10.3.0.0/16"])
    for net in (small.net, small.home):
        net["properties"]["virtualNetworkPeerings"].clear()
    assert small.says() == "blocked"
    shapes.peering(small.net, hub, useRemoteGateways=True)
    assert small.says() == "unknown"


def test_a_learnt_route_may_be_longer_than_a_users() -> None:
    """Only a route for the address itself is as long as one can be."""
    small = Small(apart=True)
    for net in (small.net, small.home):
        net["properties"]["virtualNetworkPeerings"].clear()
    gateway = shapes.subnet(small.net, "GatewaySubnet", "10.2.3.0/27")
    entry = {"name": "ip", "properties": {"subnet": {"id": gateway["id"]}}}
    own = {"gatewayType": "Vpn", "ipConfigurations": [entry]}
    small.add(shapes.make("g", "Microsoft.Network/virtualNetworkGateways", "gw", own))
    table = small.routes(small.nodes)
    shapes.route(table, "10.1.0.0/16", "None")
    assert small.says() == "unknown"
    shapes.route(table, f"{ENDPOINT}/32", "None")
    assert small.says() == "blocked"


# Filters and pools


def test_endpoints_do_not_look_at_source_ports() -> None:
    """The same rule may match or not at the nodes."""
    small = Small()
    small.subnet["properties"]["privateEndpointNetworkPolicies"] = "Enabled"
    shapes.rule(small.rules(small.subnet), 100, "Inbound", "Deny", sourcePortRange="1024-2048")
    assert small.says() == "blocked"
    small = Small()
    shapes.rule(small.rules(small.nodes), 100, "Outbound", "Deny", sourcePortRange="1024-2048")
    assert small.says() == "unknown"


def test_the_filter_of_a_subnet_that_was_not_read_is_not_known() -> None:
    """The network was read without the endpoint's subnet."""
    small = Small()
    small.net["properties"]["subnets"].remove(small.subnet)
    assert small.says() == "unknown"


@pytest.mark.parametrize(("mode", "says"), [("overlay", "blocked"), (None, "unknown")])
def test_pods_may_not_be_in_the_groups_of_their_node(mode: str | None, says: str) -> None:
    """With addresses of their own it is not documented whether they are."""
    small = Small()
    small.profile["networkPluginMode"] = mode
    group = small.add(shapes.make("g", "Microsoft.Network/applicationSecurityGroups", "asg", {}))
    small.pool["networkProfile"] = {"applicationSecurityGroups": [group["id"]]}
    made = shapes.rule(
        small.rules(small.nodes),
        100,
        "Outbound",
        "Deny",
        sourceApplicationSecurityGroups=[{"id": group["id"]}],
    )
    del made["properties"]["sourceAddressPrefix"]
    assert small.says() == says


def test_pools_that_share_a_subnet_do_not_share_their_groups() -> None:
    """The pool that is asked first must not answer for the other."""
    small = Small()
    group = small.add(shapes.make("g", "Microsoft.Network/applicationSecurityGroups", "asg", {}))
    grouped = {"applicationSecurityGroups": [group["id"]]}
    small.cluster["properties"]["agentPoolProfiles"].insert(
        0, {"name": "before", "vnetSubnetID": small.nodes["id"]}
    )
    small.pool["networkProfile"] = grouped
    denied = [{"id": group["id"]}]
    made = shapes.rule(
        small.rules(small.nodes), 100, "Outbound", "Deny", sourceApplicationSecurityGroups=denied
    )
    del made["properties"]["sourceAddressPrefix"]
    assert small.says() == "blocked"


def test_clusters_that_share_a_network_do_not_share_their_ranges() -> None:
    """The other cluster keeps the DNS server's address for itself; this one does not."""
    small = Small()
    where, _ = _resolver(small)
    small.net["properties"]["dhcpOptions"] = {"dnsServers": [where]}
    pools = [{"name": "other", "vnetSubnetID": small.nodes["id"]}]
    own = {**small.cluster["properties"], "agentPoolProfiles": pools}
    own["networkProfile"] = {**small.profile, "serviceCidr": "10.1.3.0/24"}
    small.add(shapes.make("g", "Microsoft.ContainerService/managedClusters", "a-before", own))
    assert small.says() == "private"
    small.profile["serviceCidr"] = "10.1.3.0/24"
    assert small.says() == "blocked"


# What stands outside


@pytest.mark.parametrize(
    ("access", "apart", "says"),
    [
        ("SecurityAdmin", False, "unknown"),
        ("Connectivity", False, "private"),
        ("Connectivity", True, "unknown"),
    ],
)
def test_a_network_manager_has_a_say_that_networks_do_not_show(access: str, apart: bool, says: str) -> None:
    """Its rules come before those of groups; networks that it connects have no peerings."""
    small = Small(apart=apart)
    small.net["properties"]["virtualNetworkPeerings"].clear()
    small.home["properties"]["virtualNetworkPeerings"].clear()
    assert small.says() == ("blocked" if apart else "private")
    scopes = {"subscriptions": [shapes.SUBSCRIPTION]}
    own = {"networkManagerScopes": scopes, "networkManagerScopeAccesses": [access]}
    small.add(shapes.make("g", "Microsoft.Network/networkManagers", "company", own))
    assert small.says() == says
