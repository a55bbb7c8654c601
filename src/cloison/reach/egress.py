"""Egress: which way a packet goes to the public address of a service, which nobody knows to the digit.

Sources: Microsoft Learn, "Virtual network traffic routing", service tags in user routes; "Customize cluster egress
with outbound types"; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.model.facts import Cite, Origin, Unknown
from cloison.model.network import Route
from cloison.model.verdict import HopKind, Outcome, Step, unknown_step
from cloison.reach import routes
from cloison.reach.fabric import Fabric
from cloison.reach.filters import Match, public_destination
from cloison.reach.packets import Flow, Source, Target


def to_public(
    fabric: Fabric, source: Source, target: Target, flow: Flow, outbound: str | None
) -> tuple[Step, ...]:
    """The way to a service's public address, without a service endpoint.

    outbound: the cluster's `outboundType` in lower case, None where it is not known.
    """
    table, doubt = routes.table_of(fabric, source)
    own = fabric.routes_of.get(table, []) if table is not None else []
    unread = next(
        (unknown_step(HopKind.ROUTE, one.prefix) for one in own if isinstance(one.prefix, Unknown)), None
    )
    if doubt is not None or unread is not None:
        return tuple(step for step in (doubt, unread) if step is not None)
    best, perhaps = _taking(own, target)
    sure = (
        _by(fabric, source, target, flow, best) if best else (_by_system(fabric, source, target, outbound),)
    )
    return _worst(target, sure, [(one, _by(fabric, source, target, flow, one)) for one in perhaps])


def _worst(
    target: Target, sure: tuple[Step, ...], perhaps: list[tuple[Route, tuple[Step, ...]]]
) -> tuple[Step, ...]:
    """Steps of the route that surely takes the target in, unless another that may do so ends otherwise."""
    outcome = _outcome(sure)
    other = next((route for route, steps in perhaps if _outcome(steps) is not outcome), None)
    if other is None:
        return sure
    text = f"whether route {other.name} takes in {target.text} is not known"
    cites = (Cite(other.id, "/properties/addressPrefix"),)
    ask = f"compare its prefix with {target.text}"
    return (Step(HopKind.ROUTE, Outcome.UNKNOWN, text, cites, ask),)


def _outcome(steps: tuple[Step, ...]) -> Outcome:
    outcomes = {step.outcome for step in steps}
    return next((one for one in (Outcome.STOP, Outcome.UNKNOWN) if one in outcomes), Outcome.PASS)


def _taking(own: list[Route], target: Target) -> tuple[Route | None, list[Route]]:
    """The most specific user route that takes a public target in, and those that may do so."""
    ranked: list[tuple[int, Route]] = []
    perhaps: list[Route] = []
    for route in own:
        match = (
            Match.NO if isinstance(route.prefix, Unknown) else public_destination(route.prefix.value, target)
        )
        if match is Match.YES and route.maybe is None:
            ranked.append((_specific(str(route.prefix.value), target), route))
        elif match is not Match.NO:
            perhaps.append(route)
    return max(ranked, key=lambda pair: pair[0])[1] if ranked else None, perhaps


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


def _by(fabric: Fabric, source: Source, target: Target, flow: Flow, route: Route) -> tuple[Step, ...]:
    """What a user route does with packets to a public target."""
    hop = route.hop
    if isinstance(hop, Unknown):
        return (unknown_step(HopKind.ROUTE, hop),)
    cites = (Cite(route.id),)
    where = f"route {route.name} of {route.table.name}"
    if hop.value == "virtualappliance":
        return tuple(routes.through(fabric, source, target, flow, route).steps)
    if hop.value == "internet":
        return (Step(HopKind.ROUTE, Outcome.PASS, f"{where} sends {target.text} to the Internet", cites),)
    if hop.value == "virtualnetworkgateway":
        text = f"{where} sends {target.text} through a gateway; what happens there is not in the input"
        ask = "say what the network behind the gateway lets through"
        return (Step(HopKind.ROUTE, Outcome.UNKNOWN, text, cites, ask),)
    return (Step(HopKind.ROUTE, Outcome.STOP, f"{where} drops packets to {target.text}", cites),)


def _by_system(fabric: Fabric, source: Source, target: Target, outbound: str | None) -> Step:
    """No user route takes in the public target."""
    learnt = routes.learnt_routes(fabric, source)
    if learnt is not None:
        return learnt
    if outbound in ("none", "block"):
        text = f"the cluster's outboundType is {outbound} and no route leads to {target.text}"
        return Step(HopKind.ROUTE, Outcome.STOP, text, (Cite(source.subnet.id, "/properties/routeTable"),))
    cite = Cite(source.subnet.id, "", Origin.DERIVED, routes.SYSTEM)
    return Step(HopKind.ROUTE, Outcome.PASS, f"the system route sends {target.text} to the Internet", (cite,))
