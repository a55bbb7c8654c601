"""Zones, records, links and DNS servers that are not as they should be."""

from __future__ import annotations

from tests.oracle import shapes
from tests.oracle.arm import Body
from tests.oracle.environments import Draft, add_firewall, address_of, group_of, pod_subnets, where_is


def _zone(draft: Draft) -> Body:
    return draft.rng.choice(draft.of("privateDnsZones"))


def _record(draft: Draft) -> Body | None:
    return draft.some("privateDnsZones/A")


def wrong_address(draft: Draft) -> str:
    """An address that a record may wrongly have."""
    nic = draft.some("networkInterfaces")
    owned = (
        nic["properties"]["ipConfigurations"][-1]["properties"]["privateIPAddress"] if nic else "10.21.1.4"
    )
    return draft.rng.choice((owned, "10.20.1.20", "10.21.1.9", "172.20.0.9", "10.99.0.4", "20.60.0.1"))


def stale_record(draft: Draft) -> None:
    found = _record(draft)
    if found:
        found["properties"]["aRecords"] = [{"ipv4Address": wrong_address(draft)}]


def second_address(draft: Draft) -> None:
    found = _record(draft)
    if found:
        found["properties"]["aRecords"].append({"ipv4Address": wrong_address(draft)})


def no_record(draft: Draft) -> None:
    found = _record(draft)
    if found:
        draft.drop(found)


def wildcard(draft: Draft) -> None:
    """A wildcard instead of, or beside, a record."""
    found = _record(draft)
    if not found:
        return
    parent = _parent(draft, found)
    labels = found["name"].split(".")
    name = ".".join(["*", *labels[draft.rng.randint(1, len(labels)) :]])
    addresses = [one["ipv4Address"] for one in found["properties"]["aRecords"]]
    if draft.chance(0.3):
        addresses = [wrong_address(draft)]
    if draft.chance(0.7):
        draft.drop(found)
    made = shapes.record(parent, name, addresses)
    if made["id"] not in {one["id"] for one in draft.bodies}:
        draft.add(made)


def nearer_record(draft: Draft) -> None:
    """A record stands between a wildcard and the names it covers, or below one of them."""
    found = _record(draft)
    if not found:
        return
    parent = _parent(draft, found)
    addresses = [one["ipv4Address"] for one in found["properties"]["aRecords"]]
    labels = found["name"].split(".")
    below = draft.chance(0.5) or len(labels) == 1
    name = (
        f"x.{found['name']}" if below else ".".join(["x", *labels[draft.rng.randint(1, len(labels) - 1) :]])
    )
    _put(draft, shapes.record(parent, name, ["10.20.1.9"]), shapes.record(parent, "*", addresses))
    draft.drop(found)


def _parent(draft: Draft, record: Body) -> Body:
    return next(one for one in draft.of("privateDnsZones") if record["id"].startswith(f"{one['id']}/"))


def _put(draft: Draft, *made: Body) -> None:
    """Add resources that are not there yet."""
    draft.bodies += [one for one in made if one["id"] not in {body["id"] for body in draft.bodies}]


def other_record(draft: Draft) -> None:
    """A record of another type, or an IPv6 address, beside or instead of the address; perhaps below a wildcard."""
    found = _record(draft)
    if not found:
        return
    parent, name = _parent(draft, found), found["name"]
    values: dict[str, Body] = {
        "TXT": {"txtRecords": [{"value": ["owner=ml"]}]},
        "AAAA": {"aaaaRecords": [{"ipv6Address": "fd00::4"}]},
        "MX": {"mxRecords": [{"exchange": "mail.example", "preference": 1}]},
    }
    kind = draft.rng.choice(("TXT", "AAAA", "AAAA", "MX"))
    _put(draft, shapes.record_of(parent, kind, name, values[kind]))
    if draft.chance(0.5):
        addresses = [one["ipv4Address"] for one in found["properties"]["aRecords"]]
        draft.drop(found)
        if draft.chance(0.6):
            _put(draft, shapes.record(parent, "*", addresses))
    if draft.chance(0.2):
        falls_back(draft)


def alias_record(draft: Draft) -> None:
    """An alias instead of a record: to another zone, to itself, to another service, to nowhere."""
    found = _record(draft)
    if not found:
        return
    parent = _parent(draft, found)
    other = draft.add(shapes.zone("net", f"{draft.fresh('corp')}.example"))
    ask = draft.rng.choice(draft.asks())
    target = draft.rng.choice(
        (
            f"x.{other['name']}",
            f"{found['name']}.{parent['name']}.",
            f"gone.{parent['name']}",
            "elsewhere.test",
            ask.host,
            ask.alias,
            "",
        )
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
    label = ask.host.partition(".")[0] if name == suffix else draft.rng.choice(("@", "@", "*"))
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


def zone_unread(draft: Draft) -> None:
    """Links and records of a zone were read, the zone itself was not."""
    draft.unread.append(_zone(draft)["id"])


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
            one["ipAddresses"] = [wrong_address(draft)]


# DNS servers


def _add_resolver(draft: Draft) -> str:
    """The inbound address of a resolver, which is made when there is none."""
    if draft.of("dnsResolvers"):
        entry = draft.of("dnsResolvers/inboundEndpoints")[0]
        return str(entry["properties"]["ipConfigurations"][0]["privateIpAddress"])
    net = min(1, len(draft.nets) - 1) if draft.chance(0.6) else draft.rng.randrange(len(draft.nets))
    subnet = draft.subnet(net, "resolver")
    where = draft.next_address(subnet)
    resolver, inbound = shapes.resolver("net", "resolver", draft.nets[net], subnet["id"], where)
    outbound = shapes.outbound_endpoint(resolver, draft.subnet(net, "resolver-out")["id"])
    draft.add(resolver, inbound, outbound)
    return where


def _server(draft: Draft) -> str:
    kinds = ("resolver", "resolver", "firewall", "firewall", "azure", "azure", "vm", "far", "hidden")
    kind = draft.rng.choice((*kinds, "public", "six"))
    if kind == "resolver":
        return _add_resolver(draft)
    if kind == "firewall":
        return address_of(add_firewall(draft, min(1, len(draft.nets) - 1)))
    if kind == "vm":
        return draft.next_address(draft.subnet(draft.rng.randrange(len(draft.nets)), "servers"))
    fixed = {"azure": "168.63.129.16", "far": "192.168.1.4", "hidden": "172.20.0.53"}
    return {**fixed, "public": "8.8.8.8", "six": "fd00::35"}[kind]


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
    _add_resolver(draft)
    outbound = [{"id": one["id"]} for one in draft.of("dnsResolvers/outboundEndpoints")]
    own = {"dnsResolverOutboundEndpoints": outbound if draft.chance(0.95) else []}
    made = draft.add(shapes.make("net", "Microsoft.Network/dnsForwardingRulesets", "rules", own))
    draft.add(shapes.link(made, draft.nets[0] if draft.chance(0.7) else draft.rng.choice(draft.nets)))
    if draft.chance(0.1):
        draft.drop(draft.rng.choice(draft.of("dnsResolvers/outboundEndpoints")))
    if draft.chance(0.1):
        return
    ask = draft.rng.choice(draft.asks())
    suffix = ask.host.partition(".")[2]
    for index in range(draft.rng.choice((1, 2))):
        domain = draft.rng.choice(
            (f"{suffix}.", f"{ask.zone}.", ".", f"{ask.host}.", "windows.net.", "ob.core.windows.net.")
        )
        state = "Disabled" if draft.chance(0.2) else "Enabled"
        target = draft.rng.choice((_add_resolver(draft), _server(draft)))
        if ":" not in target:
            draft.add(shapes.forwarding_rule(made, f"rule{index}", domain, [target], state))


def guarded_server(draft: Draft) -> None:
    """The pods' server is a resolver whose own subnet has rules."""
    from .filters import put_rule

    draft.nets[0]["properties"]["dhcpOptions"] = {"dnsServers": [_add_resolver(draft)]}
    for subnet in draft.all_subnets():
        if subnet["name"] == "resolver":
            put_rule(
                group_of(draft, subnet),
                draft.rng.randint(100, 4000),
                "Inbound",
                draft.rng.choice(("Deny", "Deny", "Allow")),
                sourceAddressPrefix=draft.rng.choice(
                    (
                        "*",
                        "VirtualNetwork",
                        draft.rng.choice(pod_subnets(draft))["properties"]["addressPrefix"],
                    )
                ),
                destinationPortRange=draft.rng.choice(("*", "53", "443")),
                protocol=draft.rng.choice(("*", "Udp", "Tcp")),
            )


def azure_dns_rules(draft: Draft) -> None:
    """A rule that names the tag of Azure DNS at the nodes."""
    from .filters import put_rule

    subnet = draft.rng.choice(pod_subnets(draft))
    put_rule(
        group_of(draft, subnet),
        draft.rng.randint(100, 4000),
        "Outbound",
        draft.rng.choice(("Deny", "Deny", "Allow")),
        destinationAddressPrefix="AzurePlatformDNS",
        destinationPortRange=draft.rng.choice(("53", "*", "443")),
        protocol=draft.rng.choice(("*", "Udp", "Tcp")),
        sourceAddressPrefix=draft.rng.choice(("*", subnet["properties"]["addressPrefix"], "10.0.0.0/8")),
    )
