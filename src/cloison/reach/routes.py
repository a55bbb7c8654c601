"""Routes: which way a packet goes to a private address. Knows no service.

Sources: Microsoft Learn, "Virtual network traffic routing", "Manage network policies for private endpoints",
"Virtual network peering", "Use FQDN filtering in network rules" (of firewalls); checked 2026-11-24.
"""

from __future__ import annotations

from enum import IntEnum

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Known, Origin, Unknown
from cloison.model.network import Appliance, Route
from cloison.model.verdict import HopKind, Outcome, Step, unknown_step
from cloison.reach import filters, firewalls, gateways, managers, names, peerings, spans, zones
from cloison.reach.fabric import Fabric, known
from cloison.reach.filters import PRIVATE_PREFIXES, PRIVATE_USE
from cloison.reach.packets import Flow, Source, Target

MOST_APPLIANCES = 8
DNS = Flow("udp", 53)
SYSTEM = "system routes: Microsoft Learn, Virtual network traffic routing, checked 2026-01-05"


class Trip(msgspec.Struct, frozen=True):
    """The way to the target."""

    steps: tuple[Step, ...]
    arrivals: tuple[Source, ...]
    """Packets that surely arrive, as they do: an appliance may have put its own address on them."""

    @property
    def stopped(self) -> bool:
        """Whether some packets do not arrive."""
        return any(step.outcome is Outcome.STOP for step in self.steps)

    def at_the_end(self, source: Source) -> tuple[Source, ...]:
        """Packets to judge what lies at the end by: those that arrive, else all, so that every obstacle is told."""
        return self.arrivals or ((source,) if self.stopped else ())


class Onward(msgspec.Struct, frozen=True):
    """What an appliance does with packets."""

    steps: list[Step]
    sources: tuple[Source, ...] = ()
    """Packets that surely leave it, with the addresses that they have then."""
    arrived: bool = False
    """True when the appliance itself is the target."""


class Rank(IntEnum):
    """Which of two routes of one prefix wins; lower first."""

    USER = 0
    SYSTEM = 1


class Candidate(msgspec.Struct, frozen=True):
    """A route that takes in the target, or some of its possible addresses."""

    length: int
    rank: Rank
    whole: bool
    """False: only some of the target's possible addresses."""
    text: str
    route: Route | None = None
    peer: ResourceId | None = None
    local: bool = False


def to_private(fabric: Fabric, source: Source, target: Target, flow: Flow) -> Trip:
    """The way to a private address, through as many appliances as routes name."""
    steps: dict[Step, None] = {}
    arrivals: list[Source] = []
    pending = [(source, 0)]
    while pending:
        here, passed = pending.pop()
        if passed == MOST_APPLIANCES:
            text = f"routes to {target.text} go round in a circle"
            steps[Step(HopKind.ROUTE, Outcome.STOP, text)] = None
            continue
        found, route = _private_hop(fabric, here, target)
        onward = Onward(found) if route is None else through(fabric, here, target, flow, route)
        steps.update(dict.fromkeys((*found, *onward.steps)))
        pending.extend((one, passed + 1) for one in onward.sources)
        if onward.arrived or (route is None and all(one.outcome is Outcome.PASS for one in found)):
            arrivals.append(here)
            steps.update(dict.fromkeys(_forwarding_allowed(fabric, here, target.network)))
    return Trip(tuple(steps), tuple(arrivals))


def to_server(fabric: Fabric, source: Source, address: str, network: ResourceId | None) -> list[Step]:
    """The way to a DNS server that stands in a network, filters included.

    Nothing is said of a server that is not IPv4, or stands in the Internet: what it answers is not known anyway.
    """
    number = spans.address(address)
    if number is None or (network is None and not spans.covers(PRIVATE_USE, ((number, number),))):
        return []
    subnet = fabric.subnet_at(network, number) if network is not None else None
    target = Target(f"DNS server {address}", ((number, number),), network, subnet)
    out = filters.outbound(fabric, source, target, DNS)
    trip = to_private(fabric, source, target, DNS)
    ends = trip.at_the_end(source)
    into = [step for one in ends for step in filters.at_server(fabric, one, target, DNS)]
    return [*out, *trip.steps, *into]


def between_servers(fabric: Fabric, relay: zones.Relay) -> tuple[Step, ...]:
    """What stands between a DNS server and the one that it asks; nothing where packets pass."""
    key = ("relay", relay)
    found = fabric.memo.get(key)
    if found is None:
        asker = fabric.subnets.get(relay.asker) if relay.asker is not None else None
        if asker is None or isinstance(asker.prefixes, Unknown):
            text = f"from which subnet DNS server {relay.server} is asked is not in the input"
            ask = f"add the network of {relay.asker.text}" if relay.asker is not None else "add its subnet"
            steps = [Step(HopKind.NAME, Outcome.UNKNOWN, text, (), ask)]
        else:
            source = Source(asker, spans.usable(asker.prefixes.value))
            steps = to_server(fabric, source, relay.server, relay.network)
        found = fabric.memo[key] = tuple(step for step in steps if step.outcome is not Outcome.PASS)
    return found  # type: ignore[return-value]  # filed under this key only here


def _private_hop(fabric: Fabric, source: Source, target: Target) -> tuple[list[Step], Route | None]:
    """Steps to where the packet arrives or ends, or the route that hands it to an appliance."""
    peer = _peer_steps(fabric, source, target)
    reachable = target.network is not None and (
        target.network == source.network or peerings.usable(peer) is not False
    )
    if target.endpoint is not None and reachable:
        overridden, doubt = _endpoint_route_overridden(fabric, source, target)
        if doubt is not None:
            return [doubt], None
        if not overridden:
            return [*_arrival(source, target, peer)], None
    return _longest_prefix(fabric, source, target, peer)


def _peer_steps(fabric: Fabric, source: Source, target: Target) -> tuple[Step, ...]:
    if target.network is None or target.network == source.network:
        return ()
    return peerings.status(fabric, source.network, target.network, source.subnet, target.subnet)


def _arrival(source: Source, target: Target, peer: tuple[Step, ...]) -> tuple[Step, ...]:
    if peer:
        return peer
    text = f"{target.text} lies in {source.network.name}, the packets' own network"
    cite = Cite(source.network, "/properties/addressSpace", Origin.DERIVED, SYSTEM)
    return (Step(HopKind.ROUTE, Outcome.PASS, text, (cite,)),)


def _endpoint_route_overridden(fabric: Fabric, source: Source, target: Target) -> tuple[bool, Step | None]:
    """Whether a user route invalidates the endpoint's own /32, which it may only where the policy says so."""
    policies = target.subnet.endpoint_policies if target.subnet is not None else None
    if isinstance(policies, Known) and policies.value not in ("routetableenabled", "enabled"):
        return False, None
    rivals, doubt = _rivals(fabric, source, target)
    if not rivals and doubt is None:
        return False, None
    if policies is None or isinstance(policies, Unknown):
        why = policies or Unknown(f"the subnet of {target.text} is not in the input", "add its network")
        return False, unknown_step(HopKind.ROUTE, why)
    if doubt is not None:
        return False, doubt
    if any(rival.whole for rival in rivals):
        return True, None
    text = f"user routes of {source.subnet.id.name} take in some addresses of {target.text} only"
    return False, Step(
        HopKind.ROUTE, Outcome.UNKNOWN, text, _cites(rivals), "give the endpoint a fixed address"
    )


def _rivals(fabric: Fabric, source: Source, target: Target) -> tuple[list[Candidate], Step | None]:
    """User routes at least as long as the address-space prefix that the endpoint lies in."""
    candidates, doubt = _user_candidates(fabric, source, target)
    space = fabric.prefix_texts(target.network) if target.network else ()
    holding = [text for text in space if (span := spans.prefix(text)) and spans.meets((span,), target.spans)]
    least = min((spans.length(text) for text in holding), default=0)
    return [candidate for candidate in candidates if candidate.length >= least], doubt


def _user_candidates(fabric: Fabric, source: Source, target: Target) -> tuple[list[Candidate], Step | None]:
    """User routes that take in a private target, and a doubt when some cannot be read."""
    table, doubt = table_of(fabric, source)
    if table is None:
        return [], doubt
    candidates = []
    for route in fabric.routes_of.get(table, ()):
        if isinstance(route.prefix, Unknown):
            doubt = doubt or unknown_step(HopKind.ROUTE, route.prefix)
            continue
        span = spans.prefix(route.prefix.value)
        if span is None or not spans.meets((span,), target.spans):
            continue
        if route.maybe is not None:
            doubt = doubt or unknown_step(HopKind.ROUTE, route.maybe)
        whole = spans.covers((span,), target.spans)
        candidates.append(Candidate(spans.length(route.prefix.value), Rank.USER, whole, route.name, route))
    return candidates, doubt


def table_of(fabric: Fabric, source: Source) -> tuple[ResourceId | None, Step | None]:
    routes = source.subnet.routes
    if isinstance(routes, Unknown):
        return None, unknown_step(HopKind.ROUTE, routes)
    if routes.value is None:
        return None, None
    table = fabric.tables.get(routes.value)
    if table is None:
        text = f"route table {routes.value.name} of {source.subnet.id.name} is not in the input"
        return None, Step(HopKind.ROUTE, Outcome.UNKNOWN, text, (routes.cite,), f"add {routes.value.text}")
    unread = table.maybe or (table.routes_known if isinstance(table.routes_known, Unknown) else None)
    return table.id, unknown_step(HopKind.ROUTE, unread) if unread is not None else None


def _longest_prefix(
    fabric: Fabric, source: Source, target: Target, peer: tuple[Step, ...]
) -> tuple[list[Step], Route | None]:
    candidates, doubt = _user_candidates(fabric, source, target)
    system = _system_candidates(fabric, source, target)
    candidates += system
    best = min(
        (one for one in candidates if one.whole), key=lambda one: (-one.length, one.rank), default=None
    )
    partial = [one for one in candidates if not one.whole and (best is None or one.length > best.length)]
    if doubt is not None:
        return [doubt], None
    if partial:
        text = f"routes of {source.subnet.id.name} take in some addresses of {target.text} only"
        ask = "give the endpoint a fixed address"
        return [Step(HopKind.ROUTE, Outcome.UNKNOWN, text, _cites(partial), ask)], None
    if best is None:
        return _nowhere(fabric, source, target, peer), None
    if best.route is not None and not system and _dropped(fabric, source, target, best):
        return _nowhere(fabric, source, target, peer), None
    if best.route is not None:
        learnt = None if system or best.length == 32 else learnt_routes(fabric, source)
        if learnt is not None:
            return [learnt], None
        return _user_hop(fabric, source, target, best.route)
    if best.local and target.network in (None, source.network):
        return [*_arrival(source, target, ())], None
    if best.peer is not None and target.network in (None, best.peer):
        return [*peerings.status(fabric, source.network, best.peer, source.subnet, target.subnet)], None
    nearer = best.peer or source.network
    text = f"{target.text} is also an address of {nearer.name}, so packets go there"
    return [Step(HopKind.ROUTE, Outcome.STOP, text, (Cite(nearer, "/properties/addressSpace"),))], None


def _system_candidates(fabric: Fabric, source: Source, target: Target) -> list[Candidate]:
    found = []
    homes: list[tuple[ResourceId, bool]] = [(source.network, True)]
    for neighbour in peerings.neighbours(fabric, source.network):
        far = target.subnet if target.network == neighbour else None
        if (
            peerings.usable(peerings.status(fabric, source.network, neighbour, source.subnet, far))
            is not False
        ):
            homes.append((neighbour, False))
    for network, local in homes:
        for text in fabric.prefix_texts(network):
            span = spans.prefix(text)
            if span is not None and spans.meets((span,), target.spans):
                whole = spans.covers((span,), target.spans)
                peer = None if local else network
                found.append(Candidate(spans.length(text), Rank.SYSTEM, whole, text, peer=peer, local=local))
    return found


def _dropped(fabric: Fabric, source: Source, target: Target, best: Candidate) -> bool:
    """Whether a system route to nowhere is longer than the user's. A user route for everything removes those.

    Source: Microsoft Learn, "Virtual network traffic routing", routing example, Subnet2; checked 2026-11-24.
    """
    table, _ = table_of(fabric, source)
    own = fabric.routes_of.get(table, ()) if table is not None else ()
    if any(isinstance(one.prefix, Known) and one.prefix.value == "0.0.0.0/0" for one in own):
        return False
    return any(
        spans.length(text) > best.length and spans.meets((span,), target.spans)
        for text in PRIVATE_PREFIXES
        if (span := spans.prefix(text))
    )


def _nowhere(fabric: Fabric, source: Source, target: Target, peer: tuple[Step, ...]) -> list[Step]:
    """No route but the system's own leads to the target: what then."""
    gateway = learnt_routes(fabric, source)
    if gateway is not None:
        return [gateway]
    managed = managers.connecting(fabric, source.network)
    if managed:
        return managed
    unread = _unread_space(fabric, source)
    if unread is not None and target.network in (None, source.network):
        return [unread]
    broken = [step for step in peer if step.outcome is not Outcome.PASS]
    if broken:
        return broken
    where = f" in {target.network.name}" if target.network is not None else ""
    way = "nowhere" if spans.covers(PRIVATE_USE, target.spans) else "to the Internet"
    text = (
        f"no route leads from {source.network.name} to {target.text}{where}: the system route sends it {way}"
    )
    cite = Cite(source.network, "/properties/virtualNetworkPeerings", Origin.DERIVED, SYSTEM)
    return [Step(HopKind.ROUTE, Outcome.STOP, text, (cite,))]


def _unread_space(fabric: Fabric, source: Source) -> Step | None:
    """A doubt when the address space of the own or of some peered network is not known."""
    own = fabric.networks.get(source.network)
    if own is None or isinstance(own.prefixes, Unknown):
        missing = Unknown(f"{source.network.name} is not in the input", f"add {source.network.text}")
        return unknown_step(
            HopKind.ROUTE, own.prefixes if own and isinstance(own.prefixes, Unknown) else missing
        )
    for neighbour in peerings.neighbours(fabric, source.network):
        steps = peerings.status(fabric, source.network, neighbour, source.subnet, None)
        if peerings.usable(steps) is not False and not fabric.prefixes(neighbour):
            text = f"the address space of {neighbour.name}, peered with {source.network.name}, is not in the input"
            return Step(HopKind.ROUTE, Outcome.UNKNOWN, text, (Cite(neighbour),), f"add {neighbour.text}")
    return None


def learnt_routes(fabric: Fabric, source: Source) -> Step | None:
    """A doubt when a gateway in reach may have told routes that ARM does not list."""
    table = source.subnet.routes.value if isinstance(source.subnet.routes, Known) else None
    drops = fabric.tables[table].drops_learnt_routes if table in fabric.tables else None
    if isinstance(drops, Known) and drops.value:
        return None
    found = gateways.in_reach(fabric, source.network)
    if found is None:
        return None
    gateway, cite = found
    text = f"routes that {gateway} learns are not in the input"
    ask = f"give the effective routes of {source.subnet.id.name}, or drop learnt routes in its route table"
    return Step(HopKind.ROUTE, Outcome.UNKNOWN, text, (cite,), ask)


def _user_hop(
    fabric: Fabric, source: Source, target: Target, route: Route
) -> tuple[list[Step], Route | None]:
    if isinstance(route.hop, Unknown):
        return [unknown_step(HopKind.ROUTE, route.hop)], None
    where = f"route {route.name} of {route.table.name}"
    cites = (Cite(route.id),)
    hop = route.hop.value
    if hop == "virtualappliance":
        return [], route
    if hop == "virtualnetworkgateway":
        text = f"{where} sends {target.text} through a gateway; what happens there is not in the input"
        return [Step(HopKind.ROUTE, Outcome.UNKNOWN, text, cites, "say what lies behind the gateway")], None
    if hop == "vnetlocal" and spans.covers(fabric.prefixes(source.network), target.spans):
        if target.network in (None, source.network):
            return [Step(HopKind.ROUTE, Outcome.PASS, f"{where} keeps {target.text} local", cites)], None
    way = {"internet": "to the Internet", "none": "nowhere"}.get(hop, "into a network that does not hold it")
    return [Step(HopKind.ROUTE, Outcome.STOP, f"{where} sends {target.text} {way}", cites)], None


def through(fabric: Fabric, source: Source, target: Target, flow: Flow, route: Route) -> Onward:
    """What the appliance that a route names does with packets."""
    hop = route.hop_address
    if isinstance(hop, Unknown):
        return Onward([unknown_step(HopKind.ROUTE, hop)])
    number = spans.address(hop.value or "")
    cite = Cite(route.id, "/properties/nextHopIpAddress")
    where = f"route {route.name} of {route.table.name} sends {target.text} to {hop.value}"
    if number is None:
        return Onward([Step(HopKind.ROUTE, Outcome.STOP, f"{where}, which is no address", (cite,))])
    network, reason = _home_of(fabric, source, number)
    if network is None:
        lost = Step(HopKind.ROUTE, Outcome.STOP, f"{where}, which no route reaches", (cite,))
        return Onward([*(reason or (lost,))])
    steps = [Step(HopKind.ROUTE, Outcome.PASS, where, (cite,)), *reason]
    steps.extend(_forwarding_allowed(fabric, source, network))
    if target.endpoint is None and target.spans == ((number, number),) and target.network in (None, network):
        return Onward(steps, arrived=True)
    appliances = fabric.appliances.get(number, ())
    appliance = next((one for one in appliances if known(one.network) == network), None)
    if appliance is None:
        text = f"what the appliance at {hop.value} does with packets to {target.text} is not known"
        ask = f"say what {hop.value} lets through"
        return Onward([*steps, Step(HopKind.FILTER, Outcome.UNKNOWN, text, (cite,), ask)])
    return _ruled(fabric, appliance, source, target, flow, steps)


def _ruled(
    fabric: Fabric, appliance: Appliance, source: Source, target: Target, flow: Flow, steps: list[Step]
) -> Onward:
    """What the rules of a firewall say, and the packets that leave it."""
    unread = firewalls.unread(appliance)
    if unread is not None:
        return Onward([*steps, unread])
    leaving: list[Source] = []
    for ruling in firewalls.decide(appliance, source, target, flow):
        steps.append(firewalls.say(appliance, ruling, target, flow))
        if not ruling.passes:
            continue
        if ruling.by_name is not False:
            steps.extend(_proxied(fabric, appliance, target, sure=ruling.by_name is True))
        if not target.public:
            more, onward = _beyond(fabric, appliance, source, target, ruling)
            steps.extend(more)
            leaving.extend(onward)
    return Onward(list(dict.fromkeys(steps)), tuple(dict.fromkeys(leaving)))


def _proxied(fabric: Fabric, appliance: Appliance, target: Target, *, sure: bool) -> list[Step]:
    """Why an application rule may not lead to the target: the firewall goes where its own DNS sends it.

    sure: False where a network rule may have decided before.
    """
    told = (_told(fabric, appliance, target, one) for one in names.told_to(fabric, appliance, target.host))
    found = list(dict.fromkeys(step for steps in told for step in steps))
    if sure or not found:
        return found
    text = (
        f"whether an application rule of firewall {appliance.id.name} decides is not known: {found[0].text}"
    )
    return [Step(HopKind.ROUTE, Outcome.UNKNOWN, text, found[0].cites, "compare its network rules")]


def _told(fabric: Fabric, appliance: Appliance, target: Target, answer: zones.Answer) -> list[Step]:
    """What is wrong with one answer that a firewall may get for the host; nothing where it is the pods' own."""
    ways = [step for relay in answer.relays for step in between_servers(fabric, relay)]
    open_ = [step for step in (*answer.steps, *ways) if step.outcome is Outcome.UNKNOWN]
    stops = [step for step in ways if step.outcome is Outcome.STOP]
    if stops:
        return stops
    planned = answer.planned[0] if answer.planned is not None else None
    if target.public:
        same = answer.public
    elif planned is not None:
        same = target.endpoint is not None and planned.id == target.endpoint.id
    else:
        same = target.text == answer.address
    if open_ or same:
        return open_
    said = f"firewall {appliance.id.name} asks DNS for {target.host} itself and is told"
    cites = tuple(dict.fromkeys(cite for step in answer.steps for cite in step.cites))[:3]
    where = f"the address of {planned.id.name}" if planned is not None else answer.address
    if where:
        ask = f"let firewall {appliance.id.name} resolve {target.host} as the pods do"
        return [Step(HopKind.ROUTE, Outcome.UNKNOWN, f"{said} {where}, and goes there", cites, ask)]
    text = f"{said} its public address, and goes there" if answer.public else f"{said} nothing"
    return [Step(HopKind.ROUTE, Outcome.STOP, text, cites)]


def _beyond(
    fabric: Fabric, appliance: Appliance, source: Source, target: Target, ruling: firewalls.Ruling
) -> tuple[list[Step], list[Source]]:
    """Packets as they leave the firewall, and what is not known of their way back."""
    subnet_id = known(appliance.subnet)
    subnet = fabric.subnets.get(subnet_id) if subnet_id is not None else None
    cite = (Cite(appliance.id),)
    if subnet is None:
        text = f"the subnet of firewall {appliance.id.name} is not in the input"
        ask = f"add the network of {appliance.id.text}"
        return [Step(HopKind.ROUTE, Outcome.UNKNOWN, text, cite, ask)], []
    translated = firewalls.translates(appliance, ruling, target)
    if translated is None:
        text = f"whether firewall {appliance.id.name} keeps the source address is not known"
        kept = appliance.keeps_source
        ask = kept.ask if isinstance(kept, Unknown) else f"let one rule cover {target.text}"
        return [Step(HopKind.ROUTE, Outcome.UNKNOWN, text, cite, ask)], []
    if not translated:
        text = (
            f"firewall {appliance.id.name} keeps the source address, so the answer may come back another way"
        )
        ask = f"let an application rule, or translation of private destinations, cover {target.text}"
        kept_source = Source(subnet, ruling.sources, source.groups, forwarded=True)
        return [Step(HopKind.ROUTE, Outcome.UNKNOWN, text, cite, ask)], [kept_source]
    own = subnet.prefixes.value if isinstance(subnet.prefixes, Known) else ()
    return [], [Source(subnet, spans.usable(own))]


def _home_of(fabric: Fabric, source: Source, number: int) -> tuple[ResourceId | None, tuple[Step, ...]]:
    """The network in which an appliance's address lies, and what is not known of the way there."""
    one = ((number, number),)
    if spans.covers(fabric.prefixes(source.network), one):
        return source.network, ()
    broken: tuple[Step, ...] = ()
    for neighbour in peerings.neighbours(fabric, source.network):
        if spans.covers(fabric.prefixes(neighbour), one):
            far = fabric.subnet_at(neighbour, number)
            steps = peerings.status(fabric, source.network, neighbour, source.subnet, far)
            if peerings.usable(steps) is not False:
                return neighbour, steps
            broken = steps
    unread = _unread_space(fabric, source)
    return None, broken or ((unread,) if unread is not None else ())


def _forwarding_allowed(fabric: Fabric, source: Source, network: ResourceId | None) -> list[Step]:
    """Packets that an appliance sent on with their own source need a peering that takes forwarded traffic."""
    if not source.forwarded or network is None or network == source.network:
        return []
    peering = fabric.peering.get((network, source.network))
    if peering is None:
        return []
    if isinstance(peering.forwarded, Unknown):
        return [unknown_step(HopKind.ROUTE, peering.forwarded)]
    if peering.forwarded.value:
        return []
    text = f"peering {peering.id.name} takes no traffic forwarded by {source.network.name}"
    return [Step(HopKind.ROUTE, Outcome.STOP, text, (peering.forwarded.cite,))]


def _cites(candidates: list[Candidate]) -> tuple[Cite, ...]:
    return tuple(Cite(one.route.id) for one in candidates if one.route is not None)
