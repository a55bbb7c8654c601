"""What a security group and a firewall say to one packet: rule by rule, in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from .arm import Body, Tri, World, both, either, network_of, prefix, props, ref, space
from .peers import gateway_in_reach, peers, usable

PLATFORM = IPv4Address("168.63.129.16")
_NEVER_A_SERVICE = [
    IPv4Network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
    )
] + [IPv4Network("168.63.129.16/32")]


@dataclass(frozen=True)
class End:
    """One end of a packet. Without an address it is the public address of a service, which nobody knows."""

    address: IPv4Address | None
    subnet: str = ""
    groups: frozenset[str] = field(default_factory=frozenset)
    tag: str = ""
    region: str = ""
    endpoint: bool = False
    groups_known: bool = True
    """False: it may also be in every group that somebody names."""


@dataclass(frozen=True)
class Packet:
    """One concrete packet."""

    source: End
    target: End
    protocol: str
    port: int
    host: str = ""
    forwarded: bool = False
    """Whether an appliance passed it on with its source as it was."""


def route_table(world: World, subnet_id: str) -> tuple[Body | None, bool]:
    """The route table of a subnet, and whether it was read (no table counts as read)."""
    subnet = world.get(subnet_id)
    if subnet is None:
        return None, False
    table = ref(props(subnet).get("routeTable"))
    if not table:
        return None, True
    found = world.get(table)
    return found, found is not None


def user_routes(world: World, table: Body | None) -> list[Body]:
    """The routes that somebody wrote into a table."""
    return world.children(str(table["id"]), "routes") if table else []


def in_prefix(text: str, end: End) -> Tri:
    """Whether a prefix, an address, a range, `*` or a service's tag contains that end."""
    if text.lower() in ("*", "any"):
        return True
    low, dash, high = text.partition("-")
    if dash and prefix(low) and prefix(high):
        return None if end.address is None else IPv4Address(low) <= end.address <= IPv4Address(high)
    found = prefix(text)
    if found is None:
        return _in_tag(text, end)
    if end.address is not None:
        return end.address in found
    if found.prefixlen == 0:
        return True
    return False if any(found.subnet_of(one) for one in _NEVER_A_SERVICE) else None


def _in_tag(text: str, end: End) -> bool:
    base, _, where = text.lower().partition(".")
    if end.address is not None:
        return False
    return base in (end.tag, "azurecloud") and where in ("", end.region)


def in_virtual_network(world: World, here: str, end: End, there: str) -> Tri:
    """Whether the `VirtualNetwork` tag, seen from subnet `here`, contains that end.

    `there` is the subnet at the other end of the packet: a peering of subnets only counts for those it names.
    """
    answers: list[Tri] = []
    table, read = route_table(world, here)
    if not read:
        answers.append(None)
    answers += [in_prefix(str(props(route).get("addressPrefix")), end) for route in user_routes(world, table)]
    if end.address is not None:
        home, where = network_of(here), end.address
        if gateway_in_reach(world, home):
            answers.append(None)
        answers.append(where == PLATFORM or any(where in one for one in space(world, home)))
        answers += [
            usable(world, home, peer, here, there)
            for peer, prefixes in peers(world, home)
            if any(where in one for one in prefixes)
        ]
    return either(answers)


def _in_group_prefix(world: World, text: str, here: str, end: End, there: str) -> Tri:
    word = text.lower()
    if word == "virtualnetwork":
        return in_virtual_network(world, here, end, there)
    if word == "internet":
        inside = in_virtual_network(world, here, end, there)
        return None if inside is None else not inside
    if word == "azureloadbalancer":
        return end.address == PLATFORM
    return in_prefix(text, end)


def _several(own: Body, singular: str) -> list[str]:
    one, more = own.get(singular), own.get(f"{singular}s") or own.get(f"{singular}es") or []
    return [*([one] if one not in (None, "") else []), *more]


def in_ports(texts: list[str], port: int) -> bool:
    """Whether one of `*`, `443`, `440-450` contains the port."""
    for text in texts:
        low, _, high = str(text).partition("-")
        if text == "*" or int(low) <= port <= int(high or low):
            return True
    return False


def _end_matches(world: World, own: Body, side: str, here: str, end: End, there: str) -> Tri:
    groups = own.get(f"{side}ApplicationSecurityGroups") or []
    answers: list[Tri] = [ref(group) in end.groups if end.groups_known else None for group in groups]
    texts = _several(own, f"{side}AddressPrefix")
    answers += [_in_group_prefix(world, text, here, end, there) for text in texts]
    return either(answers)


def _source_ports_match(own: Body, direction: str, packet: Packet) -> Tri:
    """Clients choose their own port; endpoints do not look at it."""
    texts = _several(own, "sourcePortRange")
    if not texts or {"*", "0-65535"} & set(texts):
        return True
    return True if direction == "inbound" and packet.target.endpoint else None


def _rule_matches(world: World, own: Body, direction: str, here: str, packet: Packet) -> Tri:
    if str(own.get("protocol")).lower() not in ("*", packet.protocol):
        return False
    ports = in_ports(_several(own, "destinationPortRange"), packet.port)
    seen_from = packet.target.subnet if direction == "outbound" else packet.source.subnet
    ends = [
        _end_matches(world, own, "source", here, packet.source, seen_from),
        _end_matches(world, own, "destination", here, packet.target, seen_from),
    ]
    return both([ports, _source_ports_match(own, direction, packet), *ends])


def _default(access: str, source: str, target: str) -> Body:
    return {
        "access": access,
        "protocol": "*",
        "sourceAddressPrefix": source,
        "destinationAddressPrefix": target,
        "sourcePortRange": "*",
        "destinationPortRange": "*",
    }


_DEFAULTS = {
    "inbound": [
        _default("Allow", "VirtualNetwork", "VirtualNetwork"),
        _default("Allow", "AzureLoadBalancer", "*"),
        _default("Deny", "*", "*"),
    ],
    # `VirtualNetwork` and `Internet` are all there is, and both are let out.
    "outbound": [_default("Allow", "*", "*")],
}


def _first_match(rules: list[Body], matches: Callable[[Body], Tri]) -> Tri:
    """Allowed by the first rule that matches; None when a rule that may match would decide otherwise."""
    possible: set[bool] = set()
    for rule in rules:
        answer = matches(rule)
        if answer is False:
            continue
        possible.add(str(rule["access"]).lower() == "allow")
        if answer:
            break
    return possible.pop() if len(possible) == 1 else None


def managed(world: World, network_id: str, access: str) -> bool:
    """Whether a network manager with that access has a network in its scope, or may have."""
    for manager in world.of_type("Microsoft.Network/networkManagers"):
        scopes = props(manager).get("networkManagerScopes") or {}
        ids = {str(one).lower().rpartition("/")[2] for one in scopes.get("subscriptions") or []}
        if access in (props(manager).get("networkManagerScopeAccesses") or []):
            if scopes.get("managementGroups") or network_id.split("/")[2] in ids:
                return True
    return False


def group_allows(world: World, here: str, direction: str, packet: Packet) -> Tri:
    """Whether the security group of subnet `here` lets the packet through; not known where a manager has a say."""
    subnet = world.get(here)
    if subnet is None or managed(world, network_of(here), "SecurityAdmin"):
        return None
    group = ref(props(subnet).get("networkSecurityGroup"))
    if not group:
        return True
    if world.get(group) is None:
        return None
    own = [props(rule) for rule in world.children(group, "securityRules")]
    ours = [rule for rule in own if str(rule["direction"]).lower() == direction]
    ours.sort(key=lambda rule: int(rule["priority"]))
    return _first_match(
        ours + _DEFAULTS[direction], lambda rule: _rule_matches(world, rule, direction, here, packet)
    )


def platform_dns_allowed(world: World, here: str, source: End) -> Tri:
    """Whether the security group of subnet `here` lets its packets ask Azure DNS: only its own tag counts."""
    subnet = world.get(here)
    group = ref(props(subnet).get("networkSecurityGroup"))
    if managed(world, network_of(here), "SecurityAdmin"):
        return None
    if not group:
        return True
    if world.get(group) is None:
        return None
    packet = Packet(source, End(PLATFORM), "udp", 53)
    own = [props(rule) for rule in world.children(group, "securityRules")]
    named = [
        {**rule, "destinationAddressPrefix": "*", "destinationAddressPrefixes": []}
        for rule in own
        if "azureplatformdns" in [text.lower() for text in _several(rule, "destinationAddressPrefix")]
        and str(rule["direction"]).lower() == "outbound"
    ]
    named.sort(key=lambda rule: int(rule["priority"]))
    everything = [_default("Allow", "*", "*")]
    return _first_match(named + everything, lambda rule: _rule_matches(world, rule, "outbound", here, packet))


# Firewalls


@dataclass(frozen=True)
class Ruling:
    """What a firewall does: let through or not (None: not known), and whether the source address stays."""

    passes: Tri
    keeps_source: Tri = None
    proxied: Tri = False
    """Whether an application rule lets it through: then the firewall asks for the name itself."""


def firewall_at(world: World, where: IPv4Address, network_id: str) -> Body | None:
    """The Azure Firewall with that private address in that network."""
    for firewall in world.of_type("Microsoft.Network/azureFirewalls"):
        for entry in props(firewall).get("ipConfigurations") or []:
            own = props(entry)
            if own.get("privateIPAddress") == str(where) and network_of(ref(own.get("subnet"))) == network_id:
                return firewall
    return None


def firewall_subnet(firewall: Body) -> str:
    """The subnet that a firewall stands in."""
    return ref(props(props(firewall)["ipConfigurations"][0]).get("subnet"))


def firewall_policy(world: World, firewall: Body) -> Body | None:
    """The policy of a firewall, when it was read."""
    return world.get(ref(props(firewall).get("firewallPolicy")))


def _collections(world: World, policy: Body) -> list[Body] | None:
    """The filter collections in order of priority, or None when a group was not read."""
    groups = []
    for listed in props(policy).get("ruleCollectionGroups") or []:
        group = world.get(ref(listed))
        if group is None:
            return None
        groups.append(group)
    ordered: list[Body] = []
    for group in sorted(groups, key=lambda one: int(props(one)["priority"])):
        inner = props(group).get("ruleCollections") or []
        ordered += sorted(inner, key=lambda one: int(one["priority"]))
    return ordered


def _in_ip_groups(world: World, groups: list[str], end: End) -> list[Tri]:
    answers: list[Tri] = []
    for group in groups:
        found = world.get(group)
        texts = props(found).get("ipAddresses") or []
        answers.append(None if found is None else either(in_prefix(text, end) for text in texts))
    return answers


def _listed(world: World, rule: Body, side: str, end: End) -> Tri:
    answers = [in_prefix(text, end) for text in rule.get(f"{side}Addresses") or []]
    return either(answers + _in_ip_groups(world, rule.get(f"{side}IpGroups") or [], end))


def _network_rule_matches(world: World, rule: Body, packet: Packet) -> Tri:
    protocols = {str(one).lower() for one in rule.get("ipProtocols") or []}
    if not protocols & {"any", packet.protocol}:
        return False
    target = _listed(world, rule, "destination", packet.target)
    if rule.get("destinationFqdns"):  # an address may have several names
        target = either([target, None])
    return both(
        [
            in_ports(rule["destinationPorts"], packet.port),
            _listed(world, rule, "source", packet.source),
            target,
        ]
    )


def _in_fqdn(pattern: str, host: str) -> bool:
    low = pattern.lower()
    return low in ("*", host) or (low.startswith("*.") and host.endswith(low[1:]))


_TAGGED = {
    "azurekubernetesservice": (
        *("*.azmk8s.io", "mcr.microsoft.com", "*.data.mcr.microsoft.com", "management.azure.com"),
        *("login.microsoftonline.com", "packages.microsoft.com", "acs-mirror.azureedge.net"),
        "packages.aks.azure.com",
    ),
    "windowsupdate": ("*.windowsupdate.com", "*.update.microsoft.com", "*.delivery.mp.microsoft.com"),
}
"""What a tag stands for, where that is told. Sources: Microsoft Learn, Outbound network and FQDN rules for AKS;
FQDN tags overview; checked 2026-11-25."""


def _in_fqdn_tag(tag: str, host: str) -> Tri:
    told = _TAGGED.get(tag.lower())
    return None if told is None else any(_in_fqdn(one, host) for one in told)


def _application_rule_matches(world: World, rule: Body, packet: Packet) -> Tri:
    if packet.protocol != "tcp" or packet.port == 445:  # file shares show no name
        return False
    spoken = [one for one in rule.get("protocols") or [] if str(one["protocolType"]).lower() == "https"]
    ports = {one.get("port") or 443 for one in spoken}
    named: Tri = any(_in_fqdn(one, packet.host) for one in rule.get("targetFqdns") or [])
    named = either([named, *(_in_fqdn_tag(tag, packet.host) for tag in rule.get("fqdnTags") or [])])
    return both([packet.port in ports, named, _listed(world, rule, "source", packet.source)])


def _keeps_source(policy: Body, packet: Packet) -> bool:
    """Whether a network rule leaves the source address as it is, for that destination."""
    ranges = (props(policy).get("snat") or {}).get("privateRanges")
    if not ranges or "IANAPrivateRanges" in ranges:
        ranges = [*(ranges or []), "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]
    return either(in_prefix(one, packet.target) for one in ranges if one != "IANAPrivateRanges") is True


def _possible_rulings(
    world: World, policy: Body, collections: list[Body], packet: Packet
) -> set[tuple[bool, bool, str]]:
    """What may happen: (passes, keeps the source, by which kind of rule); several when a rule may or may not match."""
    possible: set[tuple[bool, bool, str]] = set()
    for kind, matches in (
        ("networkrule", _network_rule_matches),
        ("applicationrule", _application_rule_matches),
    ):
        keeps = kind == "networkrule" and _keeps_source(policy, packet)
        for collection in collections:
            allow = str(collection["action"]["type"]).lower() == "allow"
            for rule in collection.get("rules") or []:
                answer = str(rule["ruleType"]).lower() == kind and matches(world, rule, packet)
                if answer is False:
                    continue
                possible.add((allow, allow and keeps, kind))
                if answer:
                    return possible
    return possible | {(False, False, "")}


def firewall_rules(world: World, firewall: Body, packet: Packet) -> Ruling:
    """What the firewall does to the packet; not known when its rules were not read."""
    policy = firewall_policy(world, firewall)
    collections = _collections(world, policy) if policy else None
    if policy is None or collections is None:
        return Ruling(None)
    possible = _possible_rulings(world, policy, collections, packet)
    passes = {one[0] for one in possible}
    keeps = {one[1] for one in possible}
    by_name = {kind == "applicationrule" for passed, _, kind in possible if passed}
    return Ruling(*(found.pop() if len(found) == 1 else None for found in (passes, keeps, by_name)))
