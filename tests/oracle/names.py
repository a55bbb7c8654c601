"""What a pod is told when it asks for a name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address

from .arm import Body, Tri, World, address, name_of, network_of, props, ref, space, subnet_at
from .hosts import Ask
from .peers import peers
from .sieve import PLATFORM, End, Packet, firewall_at, firewall_policy, group_allows
from .wires import Goal, Log, travel

_MOST_ALIASES = 16


@dataclass(frozen=True)
class Answer:
    """One possible answer: an address, or the public one, or nothing, with what happened on the way."""

    address: IPv4Address | None = None
    public: bool = False
    stops: tuple[str, ...] = ()
    unknowns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A name asked in some network, with the way the question took."""

    ask: Ask
    name: str
    eyes: str
    aliases: int = 0
    trail: tuple[tuple[str, str], ...] = field(default=())


def _stop(text: str) -> list[Answer]:
    return [Answer(stops=(text,))]


def _unknown(text: str) -> list[Answer]:
    return [Answer(unknowns=(text,))]


def _alias(question: Question, target: str) -> Question:
    return replace(question, name=target.lower().rstrip("."), aliases=question.aliases + 1)


# Zones


def _under(name: str, suffix: str) -> bool:
    return name == suffix or name.endswith(f".{suffix}")


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
    for zone in world.of_type("Microsoft.Network/privateDnsZones"):
        if _under(name, name_of(str(zone["id"]))):
            found += [(zone, link) for link in _links(world, zone, eyes)]
    longest = max((len(name_of(str(zone["id"]))) for zone, _ in found), default=0)
    return [one for one in found if len(name_of(str(one[0]["id"]))) == longest]


@dataclass(frozen=True)
class _Record:
    """The addresses of one record, or the alias in it. `rivals`: each address was written by another endpoint."""

    addresses: tuple[IPv4Address, ...] = ()
    alias: str = ""


def _record_names(name: str, zone: str) -> list[str]:
    """The record that fits, and the wildcards that would, longest first."""
    relative = name.removesuffix(zone).rstrip(".")
    labels = relative.split(".") if relative else []
    return [relative or "@"] + [".".join(["*", *labels[cut:]]) for cut in range(1, len(labels) + 1)]


def _as_record(body: Body) -> _Record:
    own = props(body)
    if "cnameRecord" in own:
        return _Record(alias=str(own["cnameRecord"]["cname"]))
    return _Record(tuple(address(one["ipv4Address"]) for one in own.get("aRecords") or []))


def _read_records(world: World, zone: Body) -> dict[str, _Record] | None:
    """The record sets of a zone, or None when none was read (every zone has at least its SOA)."""
    start = f"{zone['id']}/".lower()
    sets = [key for key in world.by_id if key.startswith(start) and "/virtualnetworklinks/" not in key]
    if not sets:
        return None
    kinds = [key for key in sets if key[len(start) :].partition("/")[0] in ("a", "cname")]
    return {name_of(key): _as_record(world.by_id[key]) for key in kinds}


def _written_records(world: World, zone: Body) -> dict[str, _Record]:
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
    return {name: _Record(tuple(addresses)) for name, addresses in found.items()}


def _in_zone(world: World, question: Question, zone: Body, link: Body) -> list[Answer]:
    zone_name = name_of(str(zone["id"]))
    records = _read_records(world, zone)
    known = _written_records(world, zone) if records is None else records
    for name in _record_names(question.name, zone_name):
        if name not in known:
            continue
        record = known[name]
        if record.alias:
            return _azure_dns(world, _alias(question, record.alias))
        if not record.addresses:
            return _stop(f"the record of {question.name} is empty")
        return [Answer(address=one) for one in record.addresses]
    if records is None:
        return _unknown(f"the records of {zone_name} were not read")
    falls_back = str(link.get("resolutionPolicy")).lower() == "nxdomainredirect"
    if falls_back and "privatelink" in zone_name:
        return _public(world, question)
    return _stop(f"{question.name} does not exist in {zone_name}")


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


def may_have_unseen(world: World, ask: Ask) -> bool:
    """Whether the service lists approved connections of endpoints that were not read, or lists none at all."""
    listed = props(world.get(ask.target)).get("privateEndpointConnections")
    if listed is None:
        return True
    unseen = [one for one in map(props, listed) if world.get(ref(one.get("privateEndpoint"))) is None]
    return any(status(one) == "approved" for one in unseen)


def _has_alias(world: World, ask: Ask) -> Tri:
    """Whether public DNS leads the host to its `privatelink` alias."""
    for endpoint in world.of_type("Microsoft.Network/privateEndpoints"):
        found = connection(endpoint, ask.target, ask.subresource)
        if found and status(found) == "approved":
            return True
    return None if may_have_unseen(world, ask) else False


def _public(world: World, question: Question) -> list[Answer]:
    ask = question.ask
    if question.name == ask.alias:
        return [Answer(public=True)]
    if question.name != ask.host:
        return _unknown(f"what public DNS says of {question.name}")
    alias = _has_alias(world, ask)
    found = [] if alias is True else [Answer(public=True)]
    return found if alias is False else found + _azure_dns(world, _alias(question, ask.alias))


# Servers


def _rule_targets(world: World, name: str, eyes: str) -> list[str] | None:
    """The servers of the forwarding rule with the longest domain, or None without one."""
    best: tuple[int, list[str]] | None = None
    for ruleset in world.of_type("Microsoft.Network/dnsForwardingRulesets"):
        links = world.children(str(ruleset["id"]), "virtualNetworkLinks")
        if eyes not in {ref(props(link).get("virtualNetwork")) for link in links}:
            continue
        for rule in world.children(str(ruleset["id"]), "forwardingRules"):
            own = props(rule)
            domain = str(own["domainName"]).lower().rstrip(".")
            if str(own.get("forwardingRuleState", "Enabled")).lower() != "enabled":
                continue
            if (not domain or _under(name, domain)) and (best is None or len(domain) > best[0]):
                best = len(domain), [str(one["ipAddress"]) for one in own["targetDnsServers"]]
    return None if best is None else best[1]


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
    targets = _rule_targets(world, question.name, question.eyes)
    if targets is not None:
        return [answer for one in targets for answer in _ask_server(world, question, address(one))]
    return _public(world, question)


def inbound_endpoint(world: World, where: IPv4Address) -> tuple[str, str] | None:
    """The network of the resolver with that inbound address, and the subnet it stands in."""
    for endpoint in world.of_type("Microsoft.Network/dnsResolvers/inboundEndpoints"):
        for entry in props(endpoint).get("ipConfigurations") or []:
            if entry.get("privateIpAddress") == str(where):
                resolver = world.get(str(endpoint["id"]).lower().rpartition("/inboundendpoints/")[0])
                subnet = ref(entry.get("subnet"))
                return ref(props(resolver).get("virtualNetwork")) or network_of(subnet), subnet
    return None


def _firewall_network(world: World, where: IPv4Address) -> str:
    """The network of the firewall with that private address, or nothing."""
    for network in world.of_type("Microsoft.Network/virtualNetworks"):
        if firewall_at(world, where, str(network["id"]).lower()):
            return str(network["id"]).lower()
    return ""


def _ask_firewall(world: World, question: Question, where: IPv4Address, network: str) -> list[Answer]:
    firewall = firewall_at(world, where, network) or {}
    policy = firewall_policy(world, firewall)
    if policy is None:
        return _unknown(f"whether the firewall {where} answers names")
    settings = props(policy).get("dnsSettings") or {}
    if settings.get("enableProxy") is not True:
        return _stop(f"the firewall {where} answers no names")
    there = replace(question, eyes=network)
    servers = settings.get("servers") or []
    if not servers:
        return _azure_dns(world, there)
    return [answer for one in servers for answer in _ask_server(world, there, address(one))]


def _ask_server(world: World, question: Question, where: IPv4Address) -> list[Answer]:
    """What one server answers; a question that comes back to the same server is never answered."""
    step = (str(where), question.name)
    if step in question.trail:
        return _stop(f"{question.name} is asked in a circle")
    question = replace(question, trail=(*question.trail, step))
    if where == PLATFORM:
        return _azure_dns(world, question)
    inbound = inbound_endpoint(world, where)
    if inbound:
        return _azure_dns(world, replace(question, eyes=inbound[0]))
    network = _firewall_network(world, where)
    if network:
        return _ask_firewall(world, question, where, network)
    return _unknown(f"what the server {where} answers")


def _server_goal(world: World, network: str, where: IPv4Address) -> Goal:
    """Where the packets to a server end."""
    inbound = inbound_endpoint(world, where)
    if inbound:
        return Goal(where, inbound[0], inbound[1], endpoint=False)
    home = _firewall_network(world, where)
    near = [network, *(peer for peer, _ in peers(world, network))]
    for one in near:
        if not home and any(where in net for net in space(world, one)):
            home = one
    return Goal(where, home, subnet_at(world, home, where), endpoint=False)


def _reach_server(world: World, sources: list[End], where: IPv4Address) -> Log:
    """Whether every source reaches the server over UDP 53."""
    log = Log()
    goal = _server_goal(world, network_of(sources[0].subnet), where)
    for source in sources:
        packet = Packet(source, End(where, goal.subnet), "udp", 53)
        checks = [(source.subnet, "outbound", packet)]
        arrived = travel(world, packet, source.subnet, goal, log)
        if goal.subnet:
            checks += [(goal.subnet, "inbound", replace(packet, source=one)) for one in arrived]
        for subnet, direction, one in checks:
            allowed = group_allows(world, subnet, direction, one)
            if allowed is False:
                log.stops.append(f"{direction} rules of {subnet} deny UDP 53 to {where}")
            if allowed is None:
                log.unknowns.append(f"{direction} rules of {subnet} for UDP 53 to {where}")
    return log


def _first_server(world: World, question: Question, sources: list[End], where: IPv4Address) -> list[Answer]:
    found = _ask_server(world, question, where)
    if where == PLATFORM or where.is_global:
        return found
    log = _reach_server(world, sources, where)
    more = (tuple(log.stops), tuple(log.unknowns))
    return [replace(one, stops=one.stops + more[0], unknowns=one.unknowns + more[1]) for one in found]


def answers(world: World, ask: Ask, sources: list[End], clashes: list[str]) -> list[Answer]:
    """Every answer that pods at these sources may get. `clashes`: servers that the cluster hides by its prefixes."""
    network = network_of(sources[0].subnet)
    question = Question(ask, ask.host, network)
    own = props(world.get(network)).get("dhcpOptions") or {}
    servers = [str(one) for one in own.get("dnsServers") or []]
    if not servers:
        return _azure_dns(world, question)
    found = []
    for server in servers:
        for one in _first_server(world, question, sources, address(server)):
            hidden = (f"{server} lies in the cluster's own prefixes",) if server in clashes else ()
            found.append(replace(one, stops=one.stops + hidden))
    return found
