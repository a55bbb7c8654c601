"""Where the routes of a subnet carry one packet, appliance by appliance."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network
from itertools import product

from .arm import Body, World, address, network_of, prefix, props, space, subnet_at, subnet_prefixes
from .peers import allows_forwarded, gateway_in_reach, peers, usable
from .sieve import (
    End,
    Packet,
    Ruling,
    firewall_at,
    firewall_rules,
    firewall_subnet,
    in_prefix,
    managed,
    route_table,
    user_routes,
)

_NOWHERE = [IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")]
_EVERYWHERE = IPv4Network("0.0.0.0/0")
_ROUTE_POLICIES = ("routetableenabled", "enabled")
_MOST_APPLIANCES = 8

Hop = tuple[str, str]
"""What a route does (`arrive`, `into`, `none`, `internet`, …) and with what."""


@dataclass
class Log:
    """What stops a possibility, and what of it cannot be decided."""

    stops: list[str] = field(default_factory=list)
    unknowns: list[str] = field(default_factory=list)

    def add(self, other: Log) -> None:
        """Take over what another log says."""
        self.stops += other.stops
        self.unknowns += other.unknowns


@dataclass(frozen=True)
class Goal:
    """Where a packet to a private address should end."""

    address: IPv4Address
    network: str
    subnet: str
    endpoint: bool


def usable_addresses(subnet: Body) -> list[IPv4Address]:
    """All addresses of a subnet but the first four and the last of each prefix."""
    return [one for net in subnet_prefixes(subnet) for one in list(net)[4:-1]]


def is_private(where: IPv4Address) -> bool:
    """Whether an address is of those that Azure routes nowhere by itself."""
    return any(where in net for net in _NOWHERE)


def arrivals(world: World, source: End) -> list[End]:
    """A firewall answers for itself from any address of its subnet."""
    for firewall in world.of_type("Microsoft.Network/azureFirewalls"):
        if firewall_subnet(firewall) == source.subnet:
            return [End(one, source.subnet) for one in usable_addresses(world.get(source.subnet) or {})]
    return [source]


def _policy(world: World, subnet_id: str) -> str | None:
    subnet = world.get(subnet_id)
    return (
        None
        if subnet is None
        else str(props(subnet).get("privateEndpointNetworkPolicies", "Disabled")).lower()
    )


def _user_hop(route: Body) -> Hop:
    own = props(route)
    return str(own["nextHopType"]).lower(), str(own.get("nextHopIpAddress", ""))


def _user_choices(world: World, table: Body | None, where: IPv4Address) -> list[tuple[int, Hop]]:
    """The user routes that contain a private address: length of prefix, next hop."""
    found = []
    for route in user_routes(world, table):
        net = prefix(str(props(route)["addressPrefix"]))
        if net is not None and where in net:
            found.append((net.prefixlen, _user_hop(route)))
    return found


def _into_choices(
    world: World, network: str, open_peers: set[str], where: IPv4Address
) -> list[tuple[int, Hop]]:
    """The prefixes of the network itself and of the peers in use that contain the address."""
    known = [
        (network, space(world, network)),
        *(one for one in peers(world, network) if one[0] in open_peers),
    ]
    return [(net.prefixlen, ("into", name)) for name, nets in known for net in nets if where in net]


def _last_choices(world: World, table: Body | None, where: IPv4Address) -> list[tuple[int, Hop]]:
    """What Azure adds to every subnet; a user's route for everything takes the routes to nowhere away."""
    overall = [one for one in user_routes(world, table) if props(one)["addressPrefix"] == str(_EVERYWHERE)]
    nowhere = [] if overall else [net for net in _NOWHERE if where in net]
    return [(0, ("internet", ""))] + [(net.prefixlen, ("none", "")) for net in nowhere]


def _length_at_goal(world: World, here: str, goal: Goal) -> int:
    """The length of the prefix of the goal's network that contains the goal."""
    nets = space(world, goal.network)
    for name, stated in peers(world, here):
        nets += stated if name == goal.network else []
    return max((net.prefixlen for net in nets if goal.address in net), default=0)


def _learns_routes(world: World, here: str, table: Body | None) -> bool:
    return props(table).get("disableBgpRoutePropagation") is not True and gateway_in_reach(
        world, network_of(here)
    )


def _hops(world: World, here: str, goal: Goal, open_peers: set[str]) -> set[Hop]:
    """What the routes of a subnet may do with the goal, given which peerings carry packets."""
    network = network_of(here)
    table, read = route_table(world, here)
    user = _user_choices(world, table, goal.address)
    if goal.endpoint and (goal.network == network or goal.network in open_peers):
        policy = _policy(world, goal.subnet)
        may_lose = policy is None or policy in _ROUTE_POLICIES
        longest = max((length for length, _ in user), default=-1)
        if may_lose and not read:
            return {("unread", "")}
        if not may_lose or longest < _length_at_goal(world, network, goal):
            return {("arrive", "")}
        if policy is None:
            return {("arrive", ""), max(user)[1]}
    if not read:
        return {("unread", "")}
    into = _into_choices(world, network, open_peers, goal.address)
    # A learnt route may be longer than any of the user's but one for the address itself.
    if (
        not into
        and max((length for length, _ in user), default=-1) < 32
        and _learns_routes(world, here, table)
    ):
        return {("learnt", "")}
    ranked = [(length, 1, hop) for length, hop in user]
    ranked += [(length, 0, hop) for length, hop in [*into, *_last_choices(world, table, goal.address)]]
    best = max(ranked, key=lambda one: one[:2])
    lost = not best[1] and best[2][0] != "into"
    if lost and managed(world, network, "Connectivity"):
        return {("managed", "")}
    return {best[2]}


def _possible_hops(world: World, here: str, goal: Goal) -> set[Hop]:
    """The hops in every world: each peering of which the use is not known is tried both ways."""
    network = network_of(here)
    states = {peer: usable(world, network, peer, here, goal.subnet) for peer, _ in peers(world, network)}
    sure = {peer for peer, state in states.items() if state}
    open_questions = [peer for peer, state in states.items() if state is None]
    found: set[Hop] = set()
    for answers in product((True, False), repeat=len(open_questions)):
        extra = {peer for peer, answer in zip(open_questions, answers, strict=True) if answer}
        found |= _hops(world, here, goal, sure | extra)
    return found


def appliance_network(world: World, here: str, where: IPv4Address) -> tuple[str, Log]:
    """The network in which subnet `here` finds the address of an appliance."""
    network, log = network_of(here), Log()
    if any(where in net for net in space(world, network)):
        return network, log
    for peer, nets in peers(world, network):
        if not any(where in net for net in nets):
            continue
        answer = usable(world, network, peer, here, subnet_at(world, peer, where))
        if answer is None:
            log.unknowns.append(f"whether {here} reaches the appliance {where}")
        if answer is not False:
            return peer, log
    log.stops.append(f"the appliance {where} is not in reach of {here}")
    return "", log


def _across(world: World, packet: Packet, here: str, network: str, log: Log) -> None:
    """A packet that was passed on with its own source needs a peering that takes such packets."""
    if not packet.forwarded or network == network_of(here):
        return
    forwards = allows_forwarded(world, network, network_of(here))
    if forwards is False:
        log.stops.append(f"{network} takes no forwarded packets from {network_of(here)}")
    if forwards is None:
        log.unknowns.append(f"whether {network} takes forwarded packets from {network_of(here)}")


def _ask_itself(world: World, firewall: Body, packet: Packet, ruling: Ruling, log: Log) -> None:
    """A firewall that looks at names asks its own DNS for them, and goes where that says."""
    found = Log()
    if ruling.proxied is not False:
        _compare(world, firewall, packet, found)
    if ruling.proxied is None and (found.stops or found.unknowns):
        found = Log(unknowns=["whether the firewall asks for the name itself"])
    log.add(found)


def _compare(world: World, firewall: Body, packet: Packet, log: Log) -> None:
    # `names` needs this module for the ways between servers.
    from .names import own_answers

    for one in own_answers(world, firewall, packet.host):
        if one.lost:
            log.stops += one.lost
        elif one.unknowns:
            log.unknowns += one.unknowns
        elif one.public == (packet.target.address is None) and one.address == packet.target.address:
            continue
        elif one.address is not None:
            log.unknowns.append(f"the firewall is told {one.address} for {packet.host}")
        else:
            log.stops.append(f"the firewall is not told the address of {packet.host}")


def _through(world: World, packet: Packet, here: str, goal: Goal, log: Log, left: int, via: str) -> list[End]:
    """The packet goes to an appliance; what arrives at the goal afterwards."""
    where = address(via)
    if left == 0:
        log.stops.append(f"more than {_MOST_APPLIANCES} appliances")
        return []
    network, found = appliance_network(world, here, where)
    log.add(found)
    if not network:
        return []
    _across(world, packet, here, network, log)
    if where == goal.address and network == goal.network and not goal.endpoint:
        return [packet.source]
    firewall = firewall_at(world, where, network)
    ruling = firewall_rules(world, firewall, packet) if firewall else Ruling(None)
    if firewall is None or ruling.passes is None:
        log.unknowns.append(f"what the appliance {where} does")
        return []
    if not ruling.passes:
        log.stops.append(f"the firewall {where} denies it")
        return []
    _ask_itself(world, firewall, packet, ruling, log)
    subnet = firewall_subnet(firewall)
    if ruling.keeps_source is False:
        packet = replace(packet, source=End(where, subnet), forwarded=False)
        return travel(world, packet, subnet, goal, log, left - 1)
    log.unknowns.append("whether the source stays, or whether the answer comes back through the firewall")
    if ruling.keeps_source is None:
        return []
    return travel(world, replace(packet, forwarded=True), subnet, goal, log, left - 1)


def _take(world: World, packet: Packet, here: str, goal: Goal, log: Log, left: int, hop: Hop) -> list[End]:
    """Follow one hop."""
    kind, what = hop
    if kind == "arrive" or (kind == "into" and what == (goal.network or what)):
        _across(world, packet, here, goal.network or what, log)
        return [packet.source]
    if kind == "vnetlocal" and network_of(here) == (goal.network or network_of(here)):
        return [packet.source]
    if kind == "virtualappliance":
        return _through(world, packet, here, goal, log, left, what)
    if kind in ("unread", "learnt", "managed", "virtualnetworkgateway"):
        log.unknowns.append(f"routes of {here} to {goal.address}: {kind}")
    else:
        log.stops.append(f"routes of {here} send {goal.address} to {kind} {what}")
    return []


def travel(
    world: World, packet: Packet, here: str, goal: Goal, log: Log, left: int = _MOST_APPLIANCES
) -> list[End]:
    """Carry the packet from subnet `here`; the source it arrives with, or nothing when it does not surely arrive."""
    trials = []
    for hop in sorted(_possible_hops(world, here, goal)):
        trial = Log()
        trials.append((trial, _take(world, packet, here, goal, trial, left, hop)))
    if len(trials) == 1:
        log.add(trials[0][0])
        return trials[0][1]
    if all(trial.stops for trial, _ in trials):
        log.stops += [stop for trial, _ in trials for stop in trial.stops]
    else:
        log.unknowns.append(f"which way {here} sends {goal.address}")
    return []


# To the Internet


def _has_identity(world: World, packet: Packet) -> bool:
    """Whether the source subnet has a service endpoint of the service that the packet goes to."""
    wanted = {
        "storage": {"microsoft.storage", "microsoft.storage.global"},
        "azurekeyvault": {"microsoft.keyvault"},
        "azurecontainerregistry": {"microsoft.containerregistry"},
    }.get(packet.target.tag, set())
    listed = props(world.get(packet.source.subnet)).get("serviceEndpoints") or []
    return any(str(one.get("service")).lower() in wanted for one in listed)


def _rank(text: str) -> int:
    """How specific a route surely is for the public address of a service."""
    if prefix(text) is not None:
        return 0
    word = text.lower()
    return 1 + (2 if not word.startswith("azurecloud") else 0) + (1 if "." in word else 0)


def _public_hops(world: World, packet: Packet, table: Body | None) -> set[Hop]:
    """The next hops that a public address may have."""
    sure: list[tuple[int, Hop]] = [(-1, ("system", ""))]
    perhaps: set[Hop] = set()
    for route in user_routes(world, table):
        text = str(props(route)["addressPrefix"])
        contains = in_prefix(text, packet.target)
        if contains:
            sure.append((_rank(text), _user_hop(route)))
        if contains is None:
            perhaps.add(_user_hop(route))
    return perhaps | {max(sure)[1]}


def _leave_by(world: World, packet: Packet, hop: Hop, outbound_type: str) -> Log:
    """What one next hop does to a packet for a public address."""
    kind, via = hop
    if kind == "system":
        return _by_system(world, packet.source.subnet, outbound_type)
    if kind == "internet":
        return Log()
    if kind == "virtualnetworkgateway":
        return Log(unknowns=["a gateway takes it"])
    if kind != "virtualappliance":
        return Log(stops=[f"next hop {kind}"])
    network, log = appliance_network(world, packet.source.subnet, address(via))
    firewall = firewall_at(world, address(via), network)
    if not network:
        return log
    ruling = firewall_rules(world, firewall, packet) if firewall else Ruling(None)
    if ruling.passes is None:
        log.unknowns.append(f"what the appliance {via} does")
    elif not ruling.passes:
        log.stops.append(f"the firewall {via} denies it")
    if firewall and ruling.passes:
        _ask_itself(world, firewall, packet, ruling, log)
    return log


def _by_system(world: World, here: str, outbound_type: str) -> Log:
    """The way of a subnet whose user routes do not take the packet."""
    table, _ = route_table(world, here)
    if _learns_routes(world, here, table):
        return Log(unknowns=["a gateway may have learnt the way"])
    if outbound_type.lower() in ("none", "block"):
        return Log(stops=[f"outboundType {outbound_type} and no route of its own"])
    return Log()


def leave(world: World, packet: Packet, outbound_type: str, log: Log) -> bool:
    """Carry a packet to the public address of its service; whether it goes with the subnet's identity."""
    if _has_identity(world, packet):
        return True
    table, read = route_table(world, packet.source.subnet)
    if not read:
        log.unknowns.append(f"the routes of {packet.source.subnet} were not read")
        return False
    trials = [
        _leave_by(world, packet, hop, outbound_type) for hop in sorted(_public_hops(world, packet, table))
    ]
    if all(trial.stops for trial in trials):
        log.stops += [stop for trial in trials for stop in trial.stops]
    elif any(trial.stops or trial.unknowns for trial in trials):
        log.unknowns.append("which way it leaves, or what happens there")
    return False
