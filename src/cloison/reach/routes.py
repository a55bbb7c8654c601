"""Routes: which way a packet goes. Knows no service, and asks `filters` nothing.

Sources: Microsoft Learn, "Virtual network traffic routing", "Manage network policies for private endpoints",
"Virtual network peering"; checked 2026-01-05.
"""

from __future__ import annotations

from enum import IntEnum

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Known, Origin, Unknown
from cloison.model.network import Appliance, Route
from cloison.model.verdict import HopKind, Outcome, Step, unknown_step
from cloison.reach import firewalls, peerings, spans
from cloison.reach.fabric import Fabric, known
from cloison.reach.filters import PRIVATE_USE, Match, public_destination
from cloison.reach.packets import Flow, Source, Target

MOST_APPLIANCES = 8
SYSTEM = "system routes: Microsoft Learn, Virtual network traffic routing, checked 2026-01-05"


class Trip(msgspec.Struct, frozen=True):
    """The way to the target."""

    steps: tuple[Step, ...]
    source: Source
    """The packets as they arrive: an appliance may have put its own address on them."""


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
    steps: list[Step] = []
    for _ in range(MOST_APPLIANCES):
        found, route = _private_hop(fabric, source, target)
        steps.extend(found)
        if route is None:
            steps.extend(_forwarding_allowed(fabric, source, target))
            return Trip(tuple(steps), source)
        through, onward = _through(fabric, source, target, flow, route)
        steps.extend(through)
        if onward is None:
            return Trip(tuple(steps), source)
        source = onward
    steps.append(Step(HopKind.ROUTE, Outcome.STOP, f"routes to {target.text} go round in a circle"))
    return Trip(tuple(steps), source)


def to_public(fabric: Fabric, source: Source, target: Target, flow: Flow, outbound: str | None) -> Trip:
    """The way to a service's public address, without a service endpoint.

    outbound: the cluster's `outboundType` in lower case, None where it is not known.
    """
    route, doubt = _public_route(fabric, source, target)
    if doubt is not None:
        return Trip((doubt,), source)
    if route is None:
        return Trip((_default_way(fabric, source, target, outbound),), source)
    hop = route.hop
    if isinstance(hop, Unknown):
        return Trip((unknown_step(HopKind.ROUTE, hop),), source)
    cites = (Cite(route.id),)
    where = f"route {route.name} of {route.table.name}"
    if hop.value == "virtualappliance":
        steps, onward = _through(fabric, source, target, flow, route)
        return Trip(tuple(steps), onward or source)
    if hop.value == "internet":
        return Trip(
            (Step(HopKind.ROUTE, Outcome.PASS, f"{where} sends {target.text} to the Internet", cites),),
            source,
        )
    if hop.value == "virtualnetworkgateway":
        text = f"{where} sends {target.text} through a gateway; what happens there is not in the input"
        ask = "say what the network behind the gateway lets through"
        return Trip((Step(HopKind.ROUTE, Outcome.UNKNOWN, text, cites, ask),), source)
    return Trip(
        (Step(HopKind.ROUTE, Outcome.STOP, f"{where} drops packets to {target.text}", cites),), source
    )


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
    network = fabric.networks.get(target.network) if target.network else None
    space = network.prefixes.value if network is not None and isinstance(network.prefixes, Known) else ()
    holding = [text for text in space if (span := spans.prefix(text)) and spans.meets((span,), target.spans)]
    least = min((spans.length(text) for text in holding), default=0)
    return [candidate for candidate in candidates if candidate.length >= least], doubt


def _user_candidates(fabric: Fabric, source: Source, target: Target) -> tuple[list[Candidate], Step | None]:
    """User routes that take in a private target, and a doubt when some cannot be read."""
    table, doubt = _table(fabric, source)
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


def _table(fabric: Fabric, source: Source) -> tuple[ResourceId | None, Step | None]:
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
    candidates += _system_candidates(fabric, source, target)
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
    if best.route is not None:
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
        facet = fabric.networks.get(network)
        texts = facet.prefixes.value if facet is not None and isinstance(facet.prefixes, Known) else ()
        for text in texts:
            span = spans.prefix(text)
            if span is not None and spans.meets((span,), target.spans):
                whole = spans.covers((span,), target.spans)
                peer = None if local else network
                found.append(Candidate(spans.length(text), Rank.SYSTEM, whole, text, peer=peer, local=local))
    return found


def _nowhere(fabric: Fabric, source: Source, target: Target, peer: tuple[Step, ...]) -> list[Step]:
    """No route but the system's own leads to the target: what then."""
    gateway = _learnt(fabric, source)
    if gateway is not None:
        return [gateway]
    unread = _unread_neighbour(fabric, source)
    if unread is not None and target.network is None:
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


def _unread_neighbour(fabric: Fabric, source: Source) -> Step | None:
    """A doubt when some peered network was not read, so that the address may lie there."""
    for neighbour in peerings.neighbours(fabric, source.network):
        steps = peerings.status(fabric, source.network, neighbour, source.subnet, None)
        if peerings.usable(steps) is not False and not fabric.prefixes(neighbour):
            text = f"the address space of {neighbour.name}, peered with {source.network.name}, is not in the input"
            return Step(HopKind.ROUTE, Outcome.UNKNOWN, text, (Cite(neighbour),), f"add {neighbour.text}")
    return None


def _learnt(fabric: Fabric, source: Source) -> Step | None:
    """A doubt when a gateway in reach may have told routes that ARM does not list."""
    table = source.subnet.routes.value if isinstance(source.subnet.routes, Known) else None
    drops = fabric.tables[table].drops_learnt_routes if table in fabric.tables else None
    if isinstance(drops, Known) and drops.value:
        return None
    networks = [source.network]
    for peering in fabric.peerings_of.get(source.network, ()):
        uses = peering.remote_gateways
        if isinstance(uses, Unknown) or uses.value:
            networks.extend(filter(None, [known(peering.remote)]))
    for network in networks:
        for gateway in fabric.gateways_of.get(network, ()):
            text = f"routes that gateway {gateway.id.name} learns are not in the input"
            ask = f"give the effective routes of {source.subnet.id.name}, or drop learnt routes in its route table"
            return Step(HopKind.ROUTE, Outcome.UNKNOWN, text, (Cite(gateway.id),), ask)
    return None


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


def _through(
    fabric: Fabric, source: Source, target: Target, flow: Flow, route: Route
) -> tuple[list[Step], Source | None]:
    """Steps through the appliance that a route names, and the packets as they leave it (None: they do not)."""
    hop = route.hop_address
    if isinstance(hop, Unknown):
        return [unknown_step(HopKind.ROUTE, hop)], None
    number = spans.address(hop.value or "")
    cite = Cite(route.id, "/properties/nextHopIpAddress")
    where = f"route {route.name} of {route.table.name} sends {target.text} to {hop.value}"
    if number is None:
        return [Step(HopKind.ROUTE, Outcome.STOP, f"{where}, which is no address", (cite,))], None
    network, reason = _home_of(fabric, source, number)
    if network is None:
        return [*reason] or [
            Step(HopKind.ROUTE, Outcome.STOP, f"{where}, which no route reaches", (cite,))
        ], None
    steps = [Step(HopKind.ROUTE, Outcome.PASS, where, (cite,)), *reason]
    appliance = next(
        (one for one in fabric.appliances.get(number, ()) if known(one.network) == network), None
    )
    if appliance is None:
        text = f"what the appliance at {hop.value} does with packets to {target.text} is not known"
        return [
            *steps,
            Step(HopKind.FILTER, Outcome.UNKNOWN, text, (cite,), f"say what {hop.value} lets through"),
        ], None
    passage = firewalls.decide(appliance, source, target, flow)
    steps.extend(passage.steps)
    return _beyond(fabric, appliance, source, target, passage, steps)


def _beyond(
    fabric: Fabric,
    appliance: Appliance,
    source: Source,
    target: Target,
    passage: firewalls.Passage,
    steps: list[Step],
) -> tuple[list[Step], Source | None]:
    subnet_id = known(appliance.subnet)
    subnet = fabric.subnets.get(subnet_id) if subnet_id is not None else None
    if target.public:
        return steps, source
    if subnet is None:
        text = f"the subnet of firewall {appliance.id.name} is not in the input"
        ask = f"add the network of {appliance.id.text}"
        return [*steps, Step(HopKind.ROUTE, Outcome.UNKNOWN, text, (Cite(appliance.id),), ask)], None
    if passage.translated is not True:
        text = (
            f"firewall {appliance.id.name} keeps the source address, so the answer may come back another way"
        )
        ask = f"let an application rule, or translation of private destinations, cover {target.text}"
        steps.append(Step(HopKind.ROUTE, Outcome.UNKNOWN, text, (Cite(appliance.id),), ask))
        return steps, Source(subnet, source.spans, source.groups, forwarded=True)
    own = subnet.prefixes.value if isinstance(subnet.prefixes, Known) else ()
    return steps, Source(subnet, spans.usable(own))


def _home_of(fabric: Fabric, source: Source, number: int) -> tuple[ResourceId | None, tuple[Step, ...]]:
    """The network in which an appliance's address lies, and what is not known of the way there."""
    one = ((number, number),)
    if spans.covers(fabric.prefixes(source.network), one):
        return source.network, ()
    broken: tuple[Step, ...] = ()
    for neighbour in peerings.neighbours(fabric, source.network):
        if spans.covers(fabric.prefixes(neighbour), one):
            steps = peerings.status(fabric, source.network, neighbour, source.subnet, None)
            if peerings.usable(steps) is not False:
                return neighbour, steps
            broken = steps
    unread = _unread_neighbour(fabric, source)
    return None, broken or ((unread,) if unread is not None else ())


def _forwarding_allowed(fabric: Fabric, source: Source, target: Target) -> list[Step]:
    """Packets that an appliance sent on with their own source need a peering that takes forwarded traffic."""
    if not source.forwarded or target.network is None or target.network == source.network:
        return []
    peering = fabric.peering.get((target.network, source.network))
    if peering is None:
        return []
    if isinstance(peering.forwarded, Unknown):
        return [unknown_step(HopKind.ROUTE, peering.forwarded)]
    if peering.forwarded.value:
        return []
    text = f"peering {peering.id.name} takes no traffic forwarded by {source.network.name}"
    return [Step(HopKind.ROUTE, Outcome.STOP, text, (peering.forwarded.cite,))]


def _public_route(fabric: Fabric, source: Source, target: Target) -> tuple[Route | None, Step | None]:
    """The user route that takes in a public target, or a doubt."""
    table, doubt = _table(fabric, source)
    ranked: list[tuple[int, Route]] = []
    perhaps: list[Route] = []
    for route in fabric.routes_of.get(table, ()) if table is not None else ():
        if isinstance(route.prefix, Unknown):
            doubt = doubt or unknown_step(HopKind.ROUTE, route.prefix)
            continue
        match = public_destination(route.prefix.value, target)
        if match is Match.YES and route.maybe is None:
            ranked.append((_specific(route.prefix.value, target), route))
        elif match is not Match.NO:
            perhaps.append(route)
    best = max(ranked, key=lambda pair: pair[0])[1] if ranked else None
    differing = [route for route in perhaps if best is None or not _same_hop(route, best)]
    if doubt is None and differing:
        text = f"whether route {differing[0].name} takes in {target.text} is not known"
        ask = f"compare its prefix with {target.text}"
        doubt = Step(
            HopKind.ROUTE, Outcome.UNKNOWN, text, (Cite(differing[0].id, "/properties/addressPrefix"),), ask
        )
    return best, doubt


def _specific(prefix: str, target: Target) -> int:
    """Rank of a prefix that takes in a public service: its regional tag, its tag, all of Azure, everything."""
    word = prefix.lower()
    if word.startswith(f"{target.tag}."):
        return 4
    if word == target.tag:
        return 3
    if word.startswith("azurecloud."):
        return 2
    return 1 if word == "azurecloud" else 0


def _same_hop(left: Route, right: Route) -> bool:
    facts = (left.hop, right.hop, left.hop_address, right.hop_address)
    if any(isinstance(fact, Unknown) for fact in facts):
        return False
    return left.hop.value == right.hop.value and left.hop_address.value == right.hop_address.value


def _default_way(fabric: Fabric, source: Source, target: Target, outbound: str | None) -> Step:
    """No user route takes in the public target."""
    learnt = _learnt(fabric, source)
    if learnt is not None:
        return learnt
    if outbound in ("none", "block"):
        text = f"the cluster's outboundType is {outbound} and no route leads to {target.text}"
        return Step(HopKind.ROUTE, Outcome.STOP, text, (Cite(source.subnet.id, "/properties/routeTable"),))
    cite = Cite(source.subnet.id, "", Origin.DERIVED, SYSTEM)
    return Step(HopKind.ROUTE, Outcome.PASS, f"the system route sends {target.text} to the Internet", (cite,))


def _cites(candidates: list[Candidate]) -> tuple[Cite, ...]:
    return tuple(Cite(one.route.id) for one in candidates if one.route is not None)
