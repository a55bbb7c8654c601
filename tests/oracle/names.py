"""What a pod is told when it asks for a name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address

from .arm import Body, Tri, World, address, either, name_of, network_of, props, ref, space, subnet_at
from .hosts import Ask, asks
from .peers import peers, sides
from .sieve import (
    PLATFORM,
    End,
    Packet,
    firewall_policy,
    firewall_subnet,
    group_allows,
    platform_dns_allowed,
)
from .wires import Goal, Log, arrivals, is_private, travel, usable_addresses

_MOST_ALIASES = 16


@dataclass(frozen=True)
class Answer:
    """One possible answer: an address, or the public one, or nothing, with what happened on the way."""

    address: IPv4Address | None = None
    public: bool = False
    stops: tuple[str, ...] = ()
    unknowns: tuple[str, ...] = ()
    alias: Tri = True
    """False: the answer if public DNS has no alias, None: the answer if it has one, where that is not known."""
    lost: tuple[str, ...] = ()
    """Why the question did not come through to the server that answers."""


@dataclass(frozen=True)
class Question:
    """A name asked in some network, with the way the question took."""

    ask: Ask
    name: str
    eyes: str
    aliases: int = 0
    trail: tuple[tuple[str, str, str], ...] = field(default=())


def _stop(text: str) -> list[Answer]:
    return [Answer(stops=(text,))]


def _unknown(text: str) -> list[Answer]:
    return [Answer(unknowns=(text,))]


def _alias(question: Question, target: str) -> Question:
    return replace(question, name=target.lower().rstrip("."), aliases=question.aliases + 1)


# Zones


def _under(name: str, suffix: str) -> bool:
    return name == suffix or name.endswith(f".{suffix}")


def _zones(world: World) -> list[Body]:
    """Every zone, those included of which only links were read."""
    links = world.of_type("Microsoft.Network/privateDnsZones/virtualNetworkLinks")
    ids = [str(link["id"]).lower().rpartition("/virtualnetworklinks/")[0] for link in links]
    shells = [{"id": one} for one in sorted(set(ids)) if world.get(one) is None]
    return [*world.of_type("Microsoft.Network/privateDnsZones"), *shells]


def _links(world: World, zone: Body, eyes: str) -> list[Body]:
    found = []
    for link in world.children(str(zone["id"]), "virtualNetworkLinks"):
        own = props(link)
        if ref(own.get("virtualNetwork")) == eyes and str(own.get("provisioningState")).lower() != "failed":
            found.append(own)
    return found


def _linked_zones(world: World, name: str, eyes: str) -> list[tuple[Body, Body]]:
    """The zones of the longest name that cover this one, each with its link."""
    found = []
    for zone in _zones(world):
        if _under(name, name_of(str(zone["id"]))):
            found += [(zone, link) for link in _links(world, zone, eyes)]
    longest = max((len(name_of(str(zone["id"]))) for zone, _ in found), default=0)
    return [one for one in found if len(name_of(str(one[0]["id"]))) == longest]


Sets = dict[str, dict[str, Body]]
"""Record sets of a zone: by name, then by type."""

_LEADING = ("a", "aaaa", "cname")
"""Types that lead somewhere. Other types only make their name exist."""


def _read_records(world: World, zone: Body) -> Sets | None:
    """The record sets of a zone, or None when none was read (every zone has at least its SOA)."""
    start = f"{zone['id']}/".lower()
    keys = [key for key in world.by_id if key.startswith(start) and "/virtualnetworklinks/" not in key]
    found: Sets = {}
    for key in keys:
        found.setdefault(name_of(key), {})[key[len(start) :].partition("/")[0]] = props(world.by_id[key])
    return found or None


def _written_records(world: World, zone: Body) -> dict[str, list[IPv4Address]]:
    """What the zone groups of the endpoints say they wrote into a zone."""
    found: dict[str, list[IPv4Address]] = {}
    for endpoint in world.of_type("Microsoft.Network/privateEndpoints"):
        for group in world.children(str(endpoint["id"]), "privateDnsZoneGroups"):
            for config in props(group).get("privateDnsZoneConfigs") or []:
                if str(props(config).get("privateDnsZoneId")).lower() != str(zone["id"]).lower():
                    continue
                for written in props(config).get("recordSets") or []:
                    texts = written.get("ipAddresses") or []
                    found.setdefault(written["recordSetName"].lower(), []).extend(
                        address(one) for one in texts
                    )
    return found


def _wildcard(sets: Sets, labels: list[str]) -> str | None:
    """The longest wildcard of the zone that covers a name."""
    for cut in range(1, len(labels) + 1):
        name = ".".join(["*", *labels[cut:]])
        if any(kind in _LEADING for kind in sets.get(name, {})):
            return name
    return None


def _synthesised_from(sets: Sets, labels: list[str]) -> str:
    """The wildcard that RFC 4592 takes for a name: below the closest name that exists, alone or as part of another."""
    nodes = {""}
    for name in sets:
        parts = name.split(".")
        nodes |= {".".join(parts[cut:]) for cut in range(len(parts)) if parts[cut] not in ("*", "@")}
    for cut in range(len(labels) + 1):
        node = ".".join(labels[cut:])
        if node in nodes:
            return f"*.{node}" if node else "*"
    return ""


def _of_sets(world: World, question: Question, found: dict[str, Body]) -> list[Answer]:
    """What the record sets of one name lead to."""
    target = str((found.get("cname", {}).get("cnameRecord") or {}).get("cname") or "")
    if target:
        return _azure_dns(world, _alias(question, target))
    four = found.get("a", {}).get("aRecords") or []
    six = found.get("aaaa", {}).get("aaaaRecords") or []
    answers = [Answer(address=address(one["ipv4Address"])) for one in four]
    answers += _unknown(f"{question.name} has an IPv6 address") if six else []
    return answers or _stop(f"the record of {question.name} is empty")


def _in_zone(world: World, question: Question, zone: Body, link: Body) -> list[Answer]:
    zone_name = name_of(str(zone["id"]))
    relative = question.name.removesuffix(zone_name).rstrip(".")
    labels = relative.split(".") if relative else []
    sets = _read_records(world, zone)
    if sets is None:
        return _as_written(world, question, zone, relative or "@")
    exact = sets.get(relative or "@", {})
    if any(kind in _LEADING for kind in exact):
        return _of_sets(world, question, exact)
    if world.get(str(zone["id"])) is None:
        return _as_written(world, question, zone, relative or "@")
    if set(exact) - {"soa"}:
        return _stop(f"{question.name} has no address in {zone_name}")
    wildcard = _wildcard(sets, labels)
    if wildcard:
        answers = _of_sets(world, question, sets[wildcard])
        if wildcard == _synthesised_from(sets, labels):
            return answers
        note = f"whether {wildcard} covers {question.name}"
        return [replace(one, unknowns=(*one.unknowns, note)) for one in answers]
    falls_back = str(link.get("resolutionPolicy")).lower() == "nxdomainredirect"
    if falls_back and "privatelink" in zone_name:
        return _public(world, question)
    return _stop(f"{question.name} does not exist in {zone_name}")


def _as_written(world: World, question: Question, zone: Body, relative: str) -> list[Answer]:
    """A zone whose records were not read: what zone groups wrote, unless some other endpoint may have since."""
    written = _written_records(world, zone).get(relative)
    if not written:
        return _unknown(f"the records of {name_of(str(zone['id']))} were not read")
    notes = ("who wrote last",) if lists_unseen(world, question.ask) else ()
    return [Answer(address=one, unknowns=notes) for one in written]


# Public names


def _connections(body: Body) -> list[Body]:
    own = props(body)
    listed = own.get("privateLinkServiceConnections") or []
    return [props(one) for one in [*listed, *(own.get("manualPrivateLinkServiceConnections") or [])]]


def connection(body: Body, target: str, subresource: str) -> Body | None:
    """The connection of an endpoint to that resource and sub-resource, if it is one of those."""
    for own in _connections(body):
        groups = {str(one).lower() for one in own.get("groupIds") or []}
        if str(own.get("privateLinkServiceId")).lower() == target and subresource in groups:
            return own
    return None


def status(connection_body: Body) -> str:
    """`approved`, `pending`, …"""
    return str((connection_body.get("privateLinkServiceConnectionState") or {}).get("status")).lower()


def lists_unseen(world: World, ask: Ask) -> bool:
    """Whether the service lists approved connections of endpoints that were not read."""
    listed = [props(one) for one in props(world.get(ask.target)).get("privateEndpointConnections") or []]
    return any(
        status(one) == "approved" and world.get(ref(one.get("privateEndpoint"))) is None for one in listed
    )


def may_have_unseen(world: World, ask: Ask) -> bool:
    """Whether the service may have approved connections of endpoints that were not read, or does not list any."""
    return props(world.get(ask.target)).get("privateEndpointConnections") is None or lists_unseen(world, ask)


def service_agrees(world: World, ask: Ask, endpoint: Body) -> Tri:
    """Whether the service holds the endpoint's connection as approved too; a service that lists nothing does."""
    listed = props(world.get(ask.target)).get("privateEndpointConnections")
    if listed is None:
        return True
    mine = str(endpoint["id"]).lower()
    states = [status(one) for one in map(props, listed) if ref(one.get("privateEndpoint")) == mine]
    return "approved" in states if states else None


def _has_alias(world: World, ask: Ask) -> Tri:
    """Whether public DNS leads the host to its `privatelink` alias."""
    answers: list[Tri] = [None if may_have_unseen(world, ask) else False]
    for endpoint in world.of_type("Microsoft.Network/privateEndpoints"):
        found = connection(endpoint, ask.target, ask.subresource)
        if found and status(found) == "approved":
            answers.append(service_agrees(world, ask, endpoint))
    return either(answers)


def _public(world: World, question: Question) -> list[Answer]:
    ask = question.ask
    if question.name == ask.alias:
        return [Answer(public=True)]
    if question.name != ask.host:
        return _unknown(f"what public DNS says of {question.name}")
    alias = _has_alias(world, ask)
    if alias is False:
        return [Answer(public=True)]
    behind = _azure_dns(world, _alias(question, ask.alias))
    if alias:
        return behind
    return [*(replace(one, alias=None) for one in behind), Answer(public=True, alias=False)]


# Servers


def _linked_rulesets(world: World, eyes: str) -> list[Body]:
    found = []
    for ruleset in world.of_type("Microsoft.Network/dnsForwardingRulesets"):
        links = world.children(str(ruleset["id"]), "virtualNetworkLinks")
        if eyes in {ref(props(link).get("virtualNetwork")) for link in links}:
            found.append(ruleset)
    return found


def _forwarding_rules(world: World, name: str, eyes: str) -> list[tuple[Body, list[str]]] | None:
    """Ruleset and servers of the forwarding rules with the longest domain; None when rules were not read."""
    fitting: list[tuple[int, Body, list[str]]] = []
    for ruleset in _linked_rulesets(world, eyes):
        rules = world.children(str(ruleset["id"]), "forwardingRules")
        if not rules:
            return None
        for own in map(props, rules):
            domain = str(own["domainName"]).lower().rstrip(".")
            enabled = str(own.get("forwardingRuleState", "Enabled")).lower() == "enabled"
            if enabled and (not domain or _under(name, domain)):
                fitting.append(
                    (len(domain), ruleset, [str(one["ipAddress"]) for one in own["targetDnsServers"]])
                )
    longest = max((length for length, _, _ in fitting), default=0)
    return [(ruleset, servers) for length, ruleset, servers in fitting if length == longest]


def _forwarded(world: World, question: Question, ruleset: Body, servers: list[str]) -> list[Answer]:
    """The servers of a rule, asked from every outbound endpoint of its ruleset."""
    found = []
    for named in props(ruleset).get("dnsResolverOutboundEndpoints") or []:
        endpoint = world.get(ref(named))
        subnet = ref(props(endpoint).get("subnet"))
        if not subnet:
            found += _unknown(f"where {ref(named)} asks from")
            continue
        there = replace(question, eyes=network_of(subnet))
        found += [answer for one in servers for answer in _relay(world, there, one, subnet)]
    return found or _unknown("where the ruleset asks from")


def _azure_dns(world: World, question: Question) -> list[Answer]:
    """Azure DNS with the eyes of one network."""
    if question.aliases > _MOST_ALIASES:
        return _stop(f"more than {_MOST_ALIASES} aliases")
    zones = _linked_zones(world, question.name, question.eyes)
    if len({str(zone["id"]).lower() for zone, _ in zones}) > 1:
        return _unknown(f"two zones for {question.name} are linked to {question.eyes}")
    if zones:
        zone, link = zones[0]
        found = _in_zone(world, question, zone, link)
        if str(link.get("virtualNetworkLinkState")).lower() == "completed":
            return found
        note = f"whether {name_of(str(zone['id']))} is linked to {question.eyes} yet"
        return [replace(one, unknowns=(*one.unknowns, note)) for one in found]
    rules = _forwarding_rules(world, question.name, question.eyes)
    if rules is None:
        return _unknown(f"the forwarding rules of {question.eyes}")
    forwarded = [answer for one in rules for answer in _forwarded(world, question, *one)]
    return forwarded or _public(world, question)


@dataclass(frozen=True)
class _Holder:
    """Who answers at an address: a resolver's inbound endpoint, or a firewall."""

    network: str
    subnet: str
    firewall: Body | None = None


def _holders(world: World, where: IPv4Address) -> list[_Holder]:
    found = []
    for endpoint in world.of_type("Microsoft.Network/dnsResolvers/inboundEndpoints"):
        for entry in props(endpoint).get("ipConfigurations") or []:
            if entry.get("privateIpAddress") == str(where):
                subnet = ref(entry.get("subnet"))
                found.append(_Holder(network_of(subnet), subnet))
    for firewall in world.of_type("Microsoft.Network/azureFirewalls"):
        for entry in props(firewall).get("ipConfigurations") or []:
            if props(entry).get("privateIPAddress") == str(where):
                subnet = ref(props(entry).get("subnet"))
                found.append(_Holder(network_of(subnet), subnet, firewall))
    return found


def _holder(world: World, network: str, where: IPv4Address) -> _Holder | None:
    """Who answers at an address, seen from a network: its own, else a peer's, else the only one there is."""
    everybody = _holders(world, where)
    near = {peer for peer, _ in peers(world, network)}
    for reach in (
        {network},
        {*near, *(one.network for one in everybody if sides(world, one.network, network))},
    ):
        found = [one for one in everybody if one.network in reach]
        if found:
            return found[0] if len({one.network for one in found}) == 1 else None
    return everybody[0] if len({one.network for one in everybody}) == 1 else None


def _ask_firewall(world: World, question: Question, firewall: Body) -> list[Answer]:
    where = props(props(firewall)["ipConfigurations"][0])["privateIPAddress"]
    policy = firewall_policy(world, firewall)
    if policy is None:
        return _unknown(f"whether the firewall {where} answers names")
    if (props(policy).get("dnsSettings") or {}).get("enableProxy") is not True:
        return _stop(f"the firewall {where} answers no names")
    return _behind(world, question, firewall, policy)


def _behind(world: World, question: Question, firewall: Body, policy: Body) -> list[Answer]:
    """What a firewall is told by the servers that it asks."""
    subnet = firewall_subnet(firewall)
    there = replace(question, eyes=network_of(subnet))
    servers = (props(policy).get("dnsSettings") or {}).get("servers") or [str(PLATFORM)]
    return [answer for one in servers for answer in _relay(world, there, str(one), subnet)]


def own_answers(world: World, firewall: Body, host: str) -> list[Answer]:
    """What a firewall is told when it asks for a host itself."""
    policy = firewall_policy(world, firewall)
    found = [ask for body in world.by_id.values() for ask in asks(body) if ask.host == host]
    if policy is None or not found:
        return []
    return _behind(world, Question(found[0], host, network_of(firewall_subnet(firewall))), firewall, policy)


def _relay(world: World, question: Question, server: str, subnet: str) -> list[Answer]:
    """A server asked by another one, whose questions come from that subnet."""
    where = _ipv4(server)
    if where is None:
        return _unknown(f"what the server {server} answers")
    found = _ask_server(world, question, where)
    if where == PLATFORM:
        return found
    body = world.get(subnet)
    if body is None:
        return [replace(one, unknowns=(*one.unknowns, f"{subnet} was not read")) for one in found]
    log = _reach_server(world, [End(one, subnet) for one in usable_addresses(body)], where)
    return [
        replace(one, lost=one.lost + tuple(log.stops), unknowns=one.unknowns + tuple(log.unknowns))
        for one in found
    ]


def _ipv4(text: str) -> IPv4Address | None:
    return None if ":" in text else address(text)


def _ask_server(world: World, question: Question, where: IPv4Address) -> list[Answer]:
    """What one server answers; a question that comes back to the same server is never answered."""
    step = (str(where), question.name, question.eyes)
    if step in question.trail:
        return _stop(f"{question.name} is asked in a circle")
    question = replace(question, trail=(*question.trail, step))
    if where == PLATFORM:
        return _azure_dns(world, question)
    holder = _holder(world, question.eyes, where)
    if holder is None:
        return _unknown(f"what the server {where} answers")
    if holder.firewall is not None:
        return _ask_firewall(world, replace(question, eyes=holder.network), holder.firewall)
    return _azure_dns(world, replace(question, eyes=holder.network))


def _server_goal(world: World, network: str, where: IPv4Address) -> Goal:
    """Where the packets to a server end; no network when none holds the address."""
    holder = _holder(world, network, where)
    if holder:
        return Goal(where, holder.network, subnet_at(world, holder.network, where), endpoint=False)
    for one in [network, *(peer for peer, _ in peers(world, network))]:
        if any(where in net for net in space(world, one) or dict(peers(world, network)).get(one, [])):
            return Goal(where, one, subnet_at(world, one, where), endpoint=False)
    return Goal(where, "", "", endpoint=False)


def _reach_server(world: World, sources: list[End], where: IPv4Address) -> Log:
    """Whether every source reaches the server over UDP 53."""
    log = Log()
    goal = _server_goal(world, network_of(sources[0].subnet), where)
    if not goal.network and not is_private(where):
        return log
    for source in sources:
        packet = Packet(source, End(where, goal.subnet), "udp", 53)
        checks = [(source.subnet, "outbound", packet)]
        for end in travel(world, packet, source.subnet, goal, log):
            for one in arrivals(world, end) if goal.subnet else []:
                checks.append((goal.subnet, "inbound", replace(packet, source=one)))
        for subnet, direction, checked in checks:
            allowed = group_allows(world, subnet, direction, checked)
            if allowed is False:
                log.stops.append(f"{direction} rules of {subnet} deny UDP 53 to {where}")
            if allowed is None:
                log.unknowns.append(f"{direction} rules of {subnet} for UDP 53 to {where}")
    return log


def _first_server(world: World, question: Question, sources: list[End], server: str) -> list[Answer]:
    where = _ipv4(server)
    if where is None:
        return _unknown(f"what the server {server} answers")
    found = _ask_server(world, question, where)
    log = _ask_platform(world, sources) if where == PLATFORM else _reach_server(world, sources, where)
    return [
        replace(one, lost=one.lost + tuple(log.stops), unknowns=one.unknowns + tuple(log.unknowns))
        for one in found
    ]


def _ask_platform(world: World, sources: list[End]) -> Log:
    """Whether rules that name Azure DNS let every source ask it."""
    log = Log()
    for source in sources:
        allowed = platform_dns_allowed(world, source.subnet, source)
        if allowed is False:
            log.stops.append(f"{source.address} may not ask Azure DNS")
        if allowed is None:
            log.unknowns.append(f"whether {source.address} may ask Azure DNS")
    return log


def answers(world: World, ask: Ask, sources: list[End], clashes: list[str]) -> list[Answer]:
    """Every answer that pods at these sources may get. `clashes`: servers that the cluster hides by its prefixes."""
    network = network_of(sources[0].subnet)
    question = Question(ask, ask.host, network)
    own = props(world.get(network)).get("dhcpOptions") or {}
    found = []
    for server in [str(one) for one in own.get("dnsServers") or []] or [str(PLATFORM)]:
        for one in _first_server(world, question, sources, server):
            hidden = (f"{server} lies in the cluster's own prefixes",) if server in clashes else ()
            found.append(replace(one, stops=one.stops + one.lost + hidden))
    return found
