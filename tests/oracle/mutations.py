"""What goes wrong in real environments, one function each: it changes a draft in a random place."""

from __future__ import annotations

import copy
from collections.abc import Callable
from ipaddress import IPv4Network

from . import shapes
from .arm import Body
from .environments import (
    Draft,
    add_firewall,
    address_of,
    by_subresource,
    connect,
    group_of,
    pod_subnets,
    table_of,
    where_is,
    write_records,
)
from .hosts import Ask

Mutation = Callable[[Draft], None]


# Names


def _zone(draft: Draft) -> Body:
    return draft.rng.choice(draft.of("privateDnsZones"))


def _record(draft: Draft) -> Body | None:
    return draft.some("privateDnsZones/A")


def _address(draft: Draft) -> str:
    """An address that a record may wrongly have."""
    nic = draft.some("networkInterfaces")
    owned = (
        nic["properties"]["ipConfigurations"][-1]["properties"]["privateIPAddress"] if nic else "10.21.1.4"
    )
    return draft.rng.choice((owned, "10.20.1.20", "10.21.1.9", "172.20.0.9", "10.99.0.4", "20.60.0.1"))


def stale_record(draft: Draft) -> None:
    found = _record(draft)
    if found:
        found["properties"]["aRecords"] = [{"ipv4Address": _address(draft)}]


def second_address(draft: Draft) -> None:
    found = _record(draft)
    if found:
        found["properties"]["aRecords"].append({"ipv4Address": _address(draft)})


def no_record(draft: Draft) -> None:
    found = _record(draft)
    if found:
        draft.drop(found)


def wildcard(draft: Draft) -> None:
    """A wildcard instead of, or beside, a record."""
    found = _record(draft)
    if not found:
        return
    parent = next(one for one in draft.of("privateDnsZones") if found["id"].startswith(f"{one['id']}/"))
    labels = found["name"].split(".")
    name = ".".join(["*", *labels[draft.rng.randint(1, len(labels)) :]])
    addresses = [one["ipv4Address"] for one in found["properties"]["aRecords"]]
    if draft.chance(0.3):
        addresses = [_address(draft)]
    if draft.chance(0.7):
        draft.drop(found)
    made = shapes.record(parent, name, addresses)
    if made["id"] not in {one["id"] for one in draft.bodies}:
        draft.add(made)


def alias_record(draft: Draft) -> None:
    """An alias instead of a record: to another zone, to itself, to nowhere."""
    found = _record(draft)
    if not found:
        return
    parent = next(one for one in draft.of("privateDnsZones") if found["id"].startswith(f"{one['id']}/"))
    other = draft.add(shapes.zone("net", f"corp{len(draft.of('privateDnsZones'))}.example"))
    target = draft.rng.choice(
        (f"x.{other['name']}", f"{found['name']}.{parent['name']}.", "elsewhere.test", "")
    )
    draft.add(shapes.soa(other), shapes.link(other, draft.rng.choice(draft.nets)))
    if draft.chance(0.8):
        addresses = [one["ipv4Address"] for one in found["properties"]["aRecords"]]
        draft.add(shapes.record(other, "x", addresses))
    draft.drop(found)
    draft.add(shapes.alias(parent, found["name"], target or f"x.{other['name']}."))


def link_changes(draft: Draft) -> None:
    found = draft.some("privateDnsZones/virtualNetworkLinks")
    if not found:
        return
    change: Body = draft.rng.choice(
        (
            {"virtualNetworkLinkState": "InProgress"},
            {"provisioningState": "Failed"},
            {"resolutionPolicy": "NxDomainRedirect"},
            {"resolutionPolicy": "NxDomainRedirect"},
            {"virtualNetwork": {"id": f"{draft.nets[0]['id']}-gone"}},
        )
    )
    found["properties"].update(change)


def no_link(draft: Draft) -> None:
    found = draft.some("privateDnsZones/virtualNetworkLinks")
    if found:
        draft.drop(found)


def falls_back(draft: Draft) -> None:
    """All links of a zone fall back, and a record is gone."""
    zone = _zone(draft)
    for one in draft.of("privateDnsZones/virtualNetworkLinks"):
        if one["id"].startswith(f"{zone['id']}/"):
            one["properties"]["resolutionPolicy"] = "NxDomainRedirect"
    no_record(draft)


def twin_zone(draft: Draft) -> None:
    """A second zone of the same name in another group."""
    zone = _zone(draft)
    twin = shapes.zone("elsewhere", zone["name"])
    if twin["id"] in {one["id"] for one in draft.bodies}:
        return
    draft.add(twin, shapes.soa(twin), shapes.link(twin, draft.rng.choice(draft.nets)))
    if draft.chance(0.5):
        for one in draft.of("privateDnsZones/virtualNetworkLinks"):
            if one["id"].startswith(f"{zone['id']}/") and draft.chance(0.6):
                draft.drop(one)
    if draft.chance(0.5):
        records = [one for one in draft.of("privateDnsZones/A") if one["id"].startswith(f"{zone['id']}/")]
        for one in records:
            addresses = [entry["ipv4Address"] for entry in one["properties"]["aRecords"]]
            draft.add(shapes.record(twin, one["name"], addresses))


def narrow_zone(draft: Draft) -> None:
    """A zone for the public name, its suffix, or the alias itself."""
    ask = draft.rng.choice(draft.asks())
    suffix = ask.host.partition(".")[2]
    name = draft.rng.choice((ask.host, ask.alias, suffix))
    made = shapes.zone("narrow", name)
    if made["id"] in {one["id"] for one in draft.bodies}:
        return
    draft.add(made, shapes.soa(made), shapes.link(made, draft.rng.choice(draft.nets)))
    label = ask.host.partition(".")[0] if name == suffix else "@"
    if draft.chance(0.3):
        draft.add(shapes.alias(made, label, ask.alias if name != ask.alias else ask.host))
    elif draft.chance(0.8):
        owner = draft.some("privateEndpoints")
        where = where_is(draft, owner, ask) if owner else "10.20.1.4"
        draft.add(shapes.record(made, label, [where]))


def records_unread(draft: Draft) -> None:
    zone = _zone(draft)
    links = f"{zone['id']}/virtualNetworkLinks/"
    for one in list(draft.bodies):
        if one["id"].startswith(f"{zone['id']}/") and not one["id"].startswith(links):
            draft.drop(one)
    if draft.chance(0.4):
        zone_group_changes(draft)


def zone_group_changes(draft: Draft) -> None:
    """A zone group is gone, wrote nothing, or wrote something stale."""
    found = draft.some("privateEndpoints/privateDnsZoneGroups")
    if not found:
        return
    config = draft.rng.choice(found["properties"]["privateDnsZoneConfigs"])["properties"]
    what = draft.rng.choice(("gone", "empty", "stale"))
    if what == "gone":
        draft.drop(found)
    elif what == "empty":
        config["recordSets"] = []
    else:
        for one in config["recordSets"]:
            one["ipAddresses"] = [_address(draft)]


# DNS servers


def _add_resolver(draft: Draft) -> str:
    net = draft.rng.randrange(len(draft.nets))
    if draft.of("dnsResolvers"):
        entry = draft.of("dnsResolvers/inboundEndpoints")[0]
        return str(entry["properties"]["ipConfigurations"][0]["privateIpAddress"])
    subnet = draft.subnet(net, "resolver")
    where = draft.next_address(subnet)
    draft.add(*shapes.resolver("net", "resolver", draft.nets[net], subnet["id"], where))
    return where


def _server(draft: Draft) -> str:
    kind = draft.rng.choice(("resolver", "resolver", "firewall", "firewall", "azure", "vm", "far", "hidden"))
    if kind == "resolver":
        return _add_resolver(draft)
    if kind == "firewall":
        return address_of(add_firewall(draft, min(1, len(draft.nets) - 1)))
    if kind == "vm":
        return draft.next_address(draft.subnet(draft.rng.randrange(len(draft.nets)), "servers"))
    return {"azure": "168.63.129.16", "far": "192.168.1.4", "hidden": "172.20.0.53"}[kind]


def dns_servers(draft: Draft) -> None:
    servers = [_server(draft) for _ in range(draft.rng.choice((1, 1, 1, 2)))]
    draft.nets[0]["properties"]["dhcpOptions"] = {"dnsServers": servers}


def firewall_proxy(draft: Draft) -> None:
    """A firewall answers names, by itself or by other servers."""
    add_firewall(draft, min(1, len(draft.nets) - 1))
    rules = draft.of("firewallPolicies")
    if not rules:
        return
    servers = [_server(draft)] if draft.chance(0.4) else []
    rules[0]["properties"]["dnsSettings"] = {"enableProxy": draft.chance(0.8), "servers": servers}
    if draft.chance(0.6):
        draft.nets[0]["properties"]["dhcpOptions"] = {
            "dnsServers": [address_of(draft.of("azureFirewalls")[0])]
        }


def forwarding(draft: Draft) -> None:
    """A forwarding ruleset."""
    if draft.of("dnsForwardingRulesets"):
        return
    made = draft.add(shapes.make("net", "Microsoft.Network/dnsForwardingRulesets", "rules", {}))
    draft.add(shapes.link(made, draft.rng.choice(draft.nets)))
    ask = draft.rng.choice(draft.asks())
    suffix = ask.host.partition(".")[2]
    for index in range(draft.rng.choice((1, 2))):
        domain = draft.rng.choice(
            (f"{suffix}.", f"{ask.zone}.", ".", f"{ask.host}.", "windows.net.", "ob.core.windows.net.")
        )
        state = "Disabled" if draft.chance(0.2) else "Enabled"
        target = draft.rng.choice((_add_resolver(draft), _server(draft)))
        draft.add(shapes.forwarding_rule(made, f"rule{index}", domain, [target], state))


# Endpoints


def _set_status(draft: Draft, owner: Body, status: str) -> None:
    own = (
        owner["properties"]["privateLinkServiceConnections"]
        + owner["properties"]["manualPrivateLinkServiceConnections"]
    )
    own[0]["properties"]["privateLinkServiceConnectionState"]["status"] = status
    for service in draft.services:
        for one in service["properties"].get("privateEndpointConnections") or []:
            if one["properties"]["privateEndpoint"]["id"] == owner["id"]:
                one["properties"]["privateLinkServiceConnectionState"]["status"] = status


def endpoint_state(draft: Draft) -> None:
    owner = draft.some("privateEndpoints")
    if not owner:
        return
    own = owner["properties"]
    what = draft.rng.choice(("Pending", "Rejected", "Disconnected", "failed", "manual"))
    if what == "failed":
        own["provisioningState"] = "Failed"
        return
    if what == "manual" and own["privateLinkServiceConnections"]:
        own["manualPrivateLinkServiceConnections"] = own["privateLinkServiceConnections"]
        own["privateLinkServiceConnections"] = []
        return
    _set_status(draft, owner, what if what != "manual" else "Pending")


def no_endpoint(draft: Draft) -> None:
    """An endpoint and its interface are gone, its records stay; the service may still list it."""
    owner = draft.some("privateEndpoints")
    if not owner:
        return
    _forget(draft, owner)
    if draft.chance(0.6):
        _unlist(draft, owner)


def _forget(draft: Draft, owner: Body) -> None:
    for nic in draft.of("networkInterfaces"):
        if nic["properties"]["privateEndpoint"]["id"] == owner["id"]:
            draft.drop(nic)
    draft.drop(owner)


def _unlist(draft: Draft, owner: Body) -> None:
    for service in draft.services:
        listed = service["properties"].get("privateEndpointConnections") or []
        kept = [one for one in listed if one["properties"]["privateEndpoint"]["id"] != owner["id"]]
        if listed:
            service["properties"]["privateEndpointConnections"] = kept


def never_connected(draft: Draft) -> None:
    """A service has no endpoints at all, and nothing remembers any."""
    service = draft.rng.choice(draft.services)
    for owner in draft.of("privateEndpoints"):
        links = (
            owner["properties"]["privateLinkServiceConnections"]
            + owner["properties"]["manualPrivateLinkServiceConnections"]
        )
        if links[0]["properties"]["privateLinkServiceId"] != service["id"]:
            continue
        for group in draft.of("privateEndpoints/privateDnsZoneGroups"):
            if group["id"].startswith(f"{owner['id']}/"):
                _drop_written(draft, group)
        _unlist(draft, owner)
        _forget(draft, owner)


def _drop_written(draft: Draft, group: Body) -> None:
    for config in group["properties"]["privateDnsZoneConfigs"]:
        start = f"{config['properties']['privateDnsZoneId']}/A/"
        names = {one["recordSetName"] for one in config["properties"]["recordSets"]}
        for one in draft.of("privateDnsZones/A"):
            if one["id"].startswith(start) and one["name"] in names:
                draft.drop(one)


def list_unread(draft: Draft) -> None:
    """A service does not list its connections, or lists one of an endpoint nobody read."""
    own = draft.rng.choice(draft.services)["properties"]
    if draft.chance(0.5):
        own.pop("privateEndpointConnections", None)
        return
    ghost = copy.deepcopy(own.get("privateEndpointConnections") or [])[:1]
    for one in ghost:
        one["name"] = "ghost"
        one["properties"]["privateEndpoint"]["id"] += "-ghost"
        status = draft.rng.choice(("Approved", "Approved", "Pending"))
        one["properties"]["privateLinkServiceConnectionState"]["status"] = status
    own["privateEndpointConnections"] = (own.get("privateEndpointConnections") or []) + ghost


def interface_changes(draft: Draft) -> None:
    nic = draft.some("networkInterfaces")
    if not nic:
        return
    entries = [one["properties"] for one in nic["properties"]["ipConfigurations"]]
    what = draft.rng.choice(("unread", "dns", "silent", "swapped", "moved"))
    if what in ("unread", "dns"):
        draft.drop(nic)
    if what == "dns":
        for owner in draft.of("privateEndpoints"):
            if owner["id"] == nic["properties"]["privateEndpoint"]["id"]:
                owner["properties"]["customDnsConfigs"] = [
                    {"fqdn": fqdn, "ipAddresses": [one["privateIPAddress"]]}
                    for one in entries
                    for fqdn in one["privateLinkConnectionProperties"]["fqdns"]
                ]
    if what == "silent":
        for one in entries:
            one["privateLinkConnectionProperties"].pop("requiredMemberName")
    if what == "swapped":
        first, last = entries[0], entries[-1]
        first["privateIPAddress"], last["privateIPAddress"] = (
            last["privateIPAddress"],
            first["privateIPAddress"],
        )
    if what == "moved":
        entries[0]["privateIPAddress"] = _address(draft)


def second_endpoint(draft: Draft) -> None:
    """Another endpoint for the same thing, perhaps somewhere else, perhaps written into the zone."""
    found: list[Ask] = draft.rng.choice(by_subresource(draft))
    subnet = draft.subnet(draft.rng.randrange(len(draft.nets)), "other-endpoints")
    owner = connect(draft, subnet, found, f"pe-more-{len(draft.of('privateEndpoints'))}")
    if draft.chance(0.3):
        _set_status(draft, owner, draft.rng.choice(("Pending", "Rejected")))
    known = {one["id"] for one in draft.bodies}
    zones = {one["name"] for one in draft.of("privateDnsZones")}
    if draft.chance(0.6) and {ask.zone for ask in found} <= zones:
        before = len(draft.bodies)
        write_records(draft, owner, found)
        added = draft.bodies[before:]
        draft.bodies = draft.bodies[:before] + [one for one in added if one["id"] not in known]


# Networks


def _peering(draft: Draft) -> Body | None:
    found = [one for net in draft.nets for one in net["properties"]["virtualNetworkPeerings"]]
    return draft.rng.choice(found) if found else None


def peering_changes(draft: Draft) -> None:
    found = _peering(draft)
    if not found:
        return
    names = [one["name"] for one in draft.all_subnets()]
    partial = {
        "peerCompleteVnets": False,
        "localSubnetNames": draft.rng.sample(names, max(1, len(names) * 2 // 3)),
        "remoteSubnetNames": draft.rng.sample(names, max(1, len(names) * 2 // 3)),
    }
    change: Body = draft.rng.choice(
        (
            {"peeringState": "Initiated"},
            {"peeringState": "Disconnected"},
            {"allowVirtualNetworkAccess": False},
            {"peeringSyncLevel": "RemoteNotInSync"},
            {"peeringSyncLevel": "LocalNotInSync"},
            {"allowForwardedTraffic": False},
            {"allowForwardedTraffic": False},
            partial,
            partial,
        )
    )
    found["properties"].update(change)


def one_sided(draft: Draft) -> None:
    """One side of a peering is gone; the other shows it."""
    found = _peering(draft)
    if not found:
        return
    for net in draft.nets:
        declared = net["properties"]["virtualNetworkPeerings"]
        if found in declared:
            declared.remove(found)
            remote = found["properties"]["remoteVirtualNetwork"]["id"]
            for other in draft.nets:
                for one in other["properties"]["virtualNetworkPeerings"]:
                    if other["id"] == remote and one["properties"]["remoteVirtualNetwork"]["id"] == net["id"]:
                        one["properties"]["peeringState"] = draft.rng.choice(("Initiated", "Disconnected"))


def network_unread(draft: Draft) -> None:
    """A network other than the cluster's was not read; it may still be peered."""
    if len(draft.nets) > 1 and draft.chance(0.6):
        draft.drop(draft.rng.choice(draft.nets[1:]))


def overlap(draft: Draft) -> None:
    """The cluster's network has the address space of the endpoints, which are elsewhere."""
    if len(draft.nets) < 2:
        return
    other = draft.rng.choice(draft.nets[1:])
    space = other["properties"]["addressSpace"]["addressPrefixes"]
    draft.nets[0]["properties"]["addressSpace"]["addressPrefixes"] += space
    for net in draft.nets:
        for one in net["properties"]["virtualNetworkPeerings"]:
            if {net["id"], one["properties"]["remoteVirtualNetwork"]["id"]} == {
                draft.nets[0]["id"],
                other["id"],
            }:
                one["properties"]["peeringState"] = "Disconnected"


def gateway(draft: Draft) -> None:
    """A gateway in some network, perhaps used by a neighbour."""
    index = draft.rng.randrange(len(draft.nets))
    home, subnet = draft.nets[index], draft.subnet(index, "GatewaySubnet")
    entry = {"name": "ip", "properties": {"subnet": {"id": subnet["id"]}}}
    own = {"gatewayType": "Vpn", "vpnType": "RouteBased", "ipConfigurations": [entry]}
    if draft.of("virtualNetworkGateways"):
        return
    draft.add(shapes.make("net", "Microsoft.Network/virtualNetworkGateways", "gw", own))
    for one in home["properties"]["virtualNetworkPeerings"]:
        one["properties"]["allowGatewayTransit"] = draft.chance(0.8)
    for net in draft.nets:
        for one in net["properties"]["virtualNetworkPeerings"]:
            if one["properties"]["remoteVirtualNetwork"]["id"] == home["id"]:
                one["properties"]["useRemoteGateways"] = draft.chance(0.7)
    if draft.chance(0.3):
        table_of(draft, draft.rng.choice(pod_subnets(draft)))["properties"]["disableBgpRoutePropagation"] = (
            True
        )


# Routes


def _hop(draft: Draft) -> tuple[str, str]:
    kind = draft.rng.choice(
        (
            "VirtualAppliance",
            "VirtualAppliance",
            "VirtualAppliance",
            "None",
            "Internet",
            "VnetLocal",
            "VirtualNetworkGateway",
        )
    )
    if kind != "VirtualAppliance":
        return kind, ""
    if draft.chance(0.7):
        return kind, address_of(add_firewall(draft, min(1, len(draft.nets) - 1)))
    return kind, draft.rng.choice(("10.20.3.100", "10.21.3.100", "10.22.3.100", "10.99.0.4"))


def _destination(draft: Draft) -> str:
    net = draft.rng.choice(draft.nets)
    nic = draft.some("networkInterfaces")
    single = (
        nic["properties"]["ipConfigurations"][0]["properties"]["privateIPAddress"] if nic else "10.20.1.4"
    )
    tags = (
        "Storage",
        "Storage.WestEurope",
        "AzureCloud",
        "AzureKeyVault",
        "AzureContainerRegistry.WestEurope",
    )
    return draft.rng.choice(
        (
            "0.0.0.0/0",
            "0.0.0.0/0",
            net["properties"]["addressSpace"]["addressPrefixes"][0],
            net["properties"]["addressSpace"]["addressPrefixes"][0],
            f"{single}/32",
            f"{single}/32",
            str(IPv4Network(f"{single}/27", strict=False)),
            "10.0.0.0/8",
            "0.0.0.0/1",
            "20.0.0.0/8",
            draft.rng.choice(tags),
        )
    )


def _route_into(draft: Draft, subnet: Body) -> None:
    table = table_of(draft, subnet)
    where, (kind, via) = _destination(draft), _hop(draft)
    taken = {one["properties"]["addressPrefix"] for one in table["properties"]["routes"]}
    if where not in taken:
        shapes.route(table, where, kind, via)


def some_route(draft: Draft) -> None:
    """A route of a subnet with pods; the endpoints' subnet may let routes count."""
    _route_into(draft, draft.rng.choice(pod_subnets(draft)))
    if draft.chance(0.6):
        endpoint_policy(draft)


def firewall_route(draft: Draft) -> None:
    """A route of the firewall's own subnet."""
    firewall = add_firewall(draft, min(1, len(draft.nets) - 1))
    wanted = firewall["properties"]["ipConfigurations"][0]["properties"]["subnet"]["id"]
    for one in draft.all_subnets():
        if one["id"] == wanted:
            _route_into(draft, one)


def table_unread(draft: Draft) -> None:
    found = draft.some("routeTables")
    if found and draft.chance(0.5):
        draft.drop(found)


def inspected(draft: Draft) -> None:
    """What the documentation calls inspection: the endpoints' prefix goes through the firewall."""
    firewall = add_firewall(draft, min(1, len(draft.nets) - 1))
    for name in ("endpoints", "other-endpoints"):
        for index, net in enumerate(draft.nets):
            for one in net["properties"]["subnets"]:
                if one["name"] == name:
                    one["properties"]["privateEndpointNetworkPolicies"] = draft.rng.choice(
                        ("RouteTableEnabled", "Enabled")
                    )
                    for subnet in pod_subnets(draft):
                        prefix = draft.nets[index]["properties"]["addressSpace"]["addressPrefixes"][0]
                        table = table_of(draft, subnet)
                        if prefix not in {
                            old["properties"]["addressPrefix"] for old in table["properties"]["routes"]
                        }:
                            shapes.route(table, prefix, "VirtualAppliance", address_of(firewall))


# Filters


def _some_prefix(draft: Draft) -> str:
    """A prefix that cuts through, covers or misses what matters."""
    subnet = draft.rng.choice(draft.all_subnets())
    whole = IPv4Network(subnet["properties"]["addressPrefix"])
    parts = list(whole.subnets(prefixlen_diff=draft.rng.choice((1, 2))))
    nic = draft.some("networkInterfaces")
    single = (
        nic["properties"]["ipConfigurations"][0]["properties"]["privateIPAddress"] if nic else "10.20.1.4"
    )
    tags = (
        "VirtualNetwork",
        "Internet",
        "AzureLoadBalancer",
        "Storage",
        "Storage.WestEurope",
        "Storage.NorthEurope",
    )
    more = (
        "AzureCloud",
        "AzureKeyVault",
        "AzureMachineLearning",
        "AzureContainerRegistry",
        "Sql",
        "20.0.0.0/8",
    )
    return draft.rng.choice(
        (str(whole), str(draft.rng.choice(parts)), single, "*", "0.0.0.0/0", "10.0.0.0/8", *tags, *more)
    )


def _several_prefixes(draft: Draft, side: str) -> Body:
    if draft.chance(0.75):
        return {f"{side}AddressPrefix": _some_prefix(draft)}
    return {
        f"{side}AddressPrefixes": [_some_prefix(draft), _some_prefix(draft)],
        f"{side}AddressPrefix": None,
    }


def _rule(draft: Draft, group: Body) -> None:
    priority = draft.rng.randint(100, 4000)
    direction = draft.rng.choice(("Outbound", "Inbound"))
    used = {
        (one["properties"]["priority"], one["properties"]["direction"])
        for one in group["properties"]["securityRules"]
    }
    if (priority, direction) in used:
        return
    ports = draft.rng.choice(
        (
            {"destinationPortRange": "443"},
            {"destinationPortRange": "400-450"},
            {},
            {},
            {"destinationPortRange": None, "destinationPortRanges": ["53", "445", "1-100"]},
        )
    )
    own: Body = {"protocol": draft.rng.choice(("*", "Tcp", "Udp", "*")), **ports}
    own |= {**_several_prefixes(draft, "source"), **_several_prefixes(draft, "destination")}
    groups = draft.of("applicationSecurityGroups")
    if groups and draft.chance(0.5):
        side = draft.rng.choice(("source", "destination"))
        own[f"{side}AddressPrefix"] = None
        own[f"{side}AddressPrefixes"] = []
        own[f"{side}ApplicationSecurityGroups"] = [{"id": draft.rng.choice(groups)["id"]}]
    made = shapes.rule(group, priority, direction, draft.rng.choice(("Allow", "Deny", "Deny")), **own)
    made["properties"] = {key: value for key, value in made["properties"].items() if value is not None}


def source_rules(draft: Draft) -> None:
    group = group_of(draft, draft.rng.choice(pod_subnets(draft)))
    for _ in range(draft.rng.randint(1, 3)):
        _rule(draft, group)


def endpoint_rules(draft: Draft) -> None:
    own = [one for one in draft.all_subnets() if one["name"] in ("endpoints", "other-endpoints", "resolver")]
    subnet = draft.rng.choice(own)
    subnet["properties"]["privateEndpointNetworkPolicies"] = draft.rng.choice(
        ("NetworkSecurityGroupEnabled", "Enabled")
    )
    for _ in range(draft.rng.randint(1, 3)):
        _rule(draft, group_of(draft, subnet))


def endpoint_policy(draft: Draft) -> None:
    own = [one for one in draft.all_subnets() if one["name"] in ("endpoints", "other-endpoints")]
    values = ("Disabled", "NetworkSecurityGroupEnabled", "RouteTableEnabled", "Enabled")
    draft.rng.choice(own)["properties"]["privateEndpointNetworkPolicies"] = draft.rng.choice(values)


def group_unread(draft: Draft) -> None:
    found = draft.some("networkSecurityGroups")
    if found and draft.chance(0.5):
        draft.drop(found)


def application_groups(draft: Draft) -> None:
    """Application security groups of nodes and endpoints, with rules that name them."""
    if not draft.of("applicationSecurityGroups"):
        for name in ("asg-a", "asg-b"):
            draft.add(shapes.make("net", "Microsoft.Network/applicationSecurityGroups", name, {}))
    first, second = draft.of("applicationSecurityGroups")
    for pool in draft.cluster["properties"]["agentPoolProfiles"]:
        if draft.chance(0.7):
            pool["networkProfile"] = {"applicationSecurityGroups": [first["id"]]}
    for owner in draft.of("privateEndpoints"):
        if draft.chance(0.6):
            owner["properties"]["applicationSecurityGroups"] = [
                {"id": draft.rng.choice((first, second))["id"]}
            ]
    source_rules(draft)
    if draft.chance(0.5):
        endpoint_rules(draft)


# Firewalls


def firewall_rules(draft: Draft) -> None:
    """Random rules in the policy of the firewall."""
    add_firewall(draft, min(1, len(draft.nets) - 1))
    rules = draft.some("firewallPolicies")
    if not rules:
        return
    ask = draft.rng.choice(draft.asks())
    fqdns = draft.rng.choice(
        ([ask.host], [f"*.{ask.host.partition('.')[2]}"], ["*"], ["example.com"], ["*azurecr.io"])
    )
    application = shapes.application_rule([_plain(draft)], fqdns, draft.rng.choice((443, 443, 445)))
    passing = shapes.network_rule(
        [_plain(draft)], [_plain(draft)], draft.rng.choice((["443"], ["*"], ["53", "445"])), ["TCP"]
    )
    if draft.chance(0.2):
        passing["ipProtocols"] = ["Any"]
    if draft.chance(0.2):
        passing["destinationFqdns"], passing["destinationAddresses"] = [ask.host], []
    if draft.chance(0.3):
        own = draft.add(
            shapes.make(
                "net",
                "Microsoft.Network/ipGroups",
                f"ips-{len(draft.bodies)}",
                {"ipAddresses": [_plain(draft)]},
            )
        )
        passing["sourceIpGroups"], passing["sourceAddresses"] = [own["id"]], []
        if draft.chance(0.3):
            draft.drop(own)
    name = f"more-{len(draft.bodies)}"
    action = draft.rng.choice(("Allow", "Deny"))
    chosen = draft.rng.choice(([application], [passing]))
    made = shapes.collections(
        rules, name, draft.rng.randint(101, 900), [shapes.collection(150, action, chosen)]
    )
    draft.add(made)


def _plain(draft: Draft) -> str:
    """A prefix as firewalls know them: no tags of networks."""
    found = _some_prefix(draft)
    return found if found not in ("VirtualNetwork", "Internet", "AzureLoadBalancer") else "*"


def firewall_unread(draft: Draft) -> None:
    found = draft.some(draft.rng.choice(("firewallPolicies/ruleCollectionGroups", "firewallPolicies")))
    if found and draft.chance(0.5):
        draft.drop(found)


def firewall_snat(draft: Draft) -> None:
    rules = draft.some("firewallPolicies")
    if rules:
        ranges = draft.rng.choice(
            (["255.255.255.255/32"], ["0.0.0.0/0"], ["10.21.0.0/16", "IANAPrivateRanges"])
        )
        rules["properties"]["snat"] = {"privateRanges": ranges}


# Doors and the cluster


def _rules_of(service: Body) -> Body:
    own = service["properties"]
    key = "networkRuleSet" if service["type"].startswith("Microsoft.ContainerRegistry") else "networkAcls"
    found: Body = own.setdefault(key, {"defaultAction": "Deny", "ipRules": []})
    return found


def door(draft: Draft) -> None:
    service = draft.rng.choice(draft.services)
    switch = draft.rng.choice(("Disabled", "Enabled", "Enabled", None, "SecuredByPerimeter"))
    service["properties"]["publicNetworkAccess"] = switch
    if switch is None:
        del service["properties"]["publicNetworkAccess"]
    if not service["type"].startswith("Microsoft.MachineLearningServices"):
        rules = _rules_of(service)
        rules["defaultAction"] = draft.rng.choice(("Allow", "Deny"))
        if draft.chance(0.3):
            rules["ipRules"] = [{"value": "20.1.2.3", "action": "Allow"}]


def by_identity(draft: Draft) -> None:
    """Storage and vault have no endpoints and know the subnets of the pods."""
    for service in draft.services[:2]:
        _without_endpoints(draft, service)
        service["properties"]["publicNetworkAccess"] = "Enabled"
        listed = [{"id": subnet["id"], "action": "Allow"} for subnet in pod_subnets(draft)]
        _rules_of(service).update({"defaultAction": "Deny", "virtualNetworkRules": listed})
    for subnet in pod_subnets(draft):
        known = [
            {"service": name, "locations": ["*"]} for name in ("Microsoft.KeyVault", "Microsoft.Storage")
        ]
        subnet["properties"]["serviceEndpoints"] = known


def _without_endpoints(draft: Draft, service: Body) -> None:
    for owner in draft.of("privateEndpoints"):
        links = owner["properties"]["privateLinkServiceConnections"]
        if links and links[0]["properties"]["privateLinkServiceId"] == service["id"]:
            _forget(draft, owner)
    service["properties"]["privateEndpointConnections"] = []


def service_endpoint(draft: Draft) -> None:
    """A service is reached from the subnet's identity rather than by endpoints; not every half is always there."""
    service = draft.rng.choice(draft.services[:2])
    if draft.chance(0.7):
        _without_endpoints(draft, service)
    service["properties"]["publicNetworkAccess"] = "Enabled" if draft.chance(0.9) else "Disabled"
    rules = _rules_of(service)
    rules["defaultAction"] = "Deny" if draft.chance(0.8) else "Allow"
    names = ["Microsoft.KeyVault", "Microsoft.Storage" if draft.chance(0.8) else "Microsoft.Storage.Global"]
    for subnet in pod_subnets(draft):
        if draft.chance(0.9):
            subnet["properties"]["serviceEndpoints"] = [
                {"service": name, "locations": ["*"]} for name in names
            ]
        if draft.chance(0.9):
            rules.setdefault("virtualNetworkRules", []).append({"id": subnet["id"], "action": "Allow"})


def outbound(draft: Draft) -> None:
    draft.cluster["properties"]["networkProfile"]["outboundType"] = draft.rng.choice(
        ("none", "block", "userDefinedRouting")
    )


def clash(draft: Draft) -> None:
    """The cluster's own prefixes hide something."""
    profile = draft.cluster["properties"]["networkProfile"]
    where = draft.rng.choice(("10.20.1.0/24", "10.21.1.0/28", "10.21.0.0/16", "10.22.0.0/16"))
    key = "podCidr" if "podCidr" in profile and draft.chance(0.5) else "serviceCidr"
    profile[key] = where
    if draft.chance(0.3):
        profile[f"{key}s"] = [where]


def managed_network(draft: Draft) -> None:
    """The pools have no subnet of their own: they are in the network that the cluster made, if it was read."""
    for pool in draft.cluster["properties"]["agentPoolProfiles"]:
        pool.pop("vnetSubnetID", None)
        pool.pop("podSubnetID", None)
    if draft.chance(0.8) and not any(
        one["id"].startswith(f"{shapes.SUBSCRIPTION}/resourceGroups/MC_") for one in draft.nets
    ):
        made = shapes.network("MC_ml_aks_westeurope", "aks-vnet", ["10.224.0.0/16"])
        shapes.subnet(made, "aks-subnet", "10.224.0.0/28")
        draft.add(made)
        for zone in draft.of("privateDnsZones"):
            if draft.chance(0.8):
                draft.add(shapes.link(zone, made))
        draft.nets.append(made)
        for other in draft.nets[:-1]:
            if draft.chance(0.6):
                shapes.peering(made, other)
                shapes.peering(other, made)
    if draft.chance(0.15):
        second = shapes.network("MC_ml_aks_westeurope", "aks-second", ["10.225.0.0/16"])
        shapes.subnet(second, "aks-subnet", "10.225.0.0/28")
        draft.add(second)


def far_service(draft: Draft) -> None:
    draft.rng.choice(draft.services[:2])["location"] = "northeurope"


MUTATIONS: list[Mutation] = [
    stale_record,
    second_address,
    no_record,
    wildcard,
    alias_record,
    link_changes,
    link_changes,
    no_link,
    falls_back,
    twin_zone,
    narrow_zone,
    records_unread,
    records_unread,
    zone_group_changes,
    dns_servers,
    dns_servers,
    firewall_proxy,
    forwarding,
    endpoint_state,
    no_endpoint,
    never_connected,
    list_unread,
    interface_changes,
    interface_changes,
    second_endpoint,
    peering_changes,
    peering_changes,
    one_sided,
    network_unread,
    overlap,
    gateway,
    some_route,
    some_route,
    firewall_route,
    table_unread,
    inspected,
    source_rules,
    source_rules,
    endpoint_rules,
    endpoint_policy,
    group_unread,
    application_groups,
    firewall_rules,
    firewall_unread,
    firewall_snat,
    door,
    service_endpoint,
    service_endpoint,
    service_endpoint,
    outbound,
    clash,
    managed_network,
    far_service,
]
