"""Peerings: whether packets pass between two networks that are peered directly.

Sources: Microsoft Learn, "Virtual network peering", "How to configure subnet peering"; checked 2026-01-05.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Fact, Known, Origin, Unknown
from cloison.model.network import Peering, Subnet
from cloison.model.verdict import HopKind, Outcome, Step, unknown_step
from cloison.reach.fabric import Fabric, known

NOT_PEERED: tuple[Step, ...] = ()


def status(
    fabric: Fabric, here: ResourceId, there: ResourceId, near: Subnet | None = None, far: Subnet | None = None
) -> tuple[Step, ...]:
    """Steps that say whether packets pass from one network to a peered one; empty when nothing peers them.

    near, far: the subnets at both ends, for peerings that name subnets only.
    One passing step, or every reason why not.
    """
    key = ("peering", here, there, near.id if near else None, far.id if far else None)
    found = fabric.memo.get(key)
    if found is None:
        found = fabric.memo[key] = _status(fabric, here, there, near, far)
    return found  # type: ignore[return-value]  # filed under this key only here


def usable(steps: tuple[Step, ...]) -> bool | None:
    """True when packets pass, False when they do not (or nothing peers the networks), None when not known."""
    if not steps or any(step.outcome is Outcome.STOP for step in steps):
        return False
    return None if any(step.outcome is Outcome.UNKNOWN for step in steps) else True


def neighbours(fabric: Fabric, network: ResourceId) -> list[ResourceId]:
    """Networks that this one holds a peering to, usable or not, or that say they are connected to it; once each."""
    own = (known(peering.remote) for peering in fabric.peerings_of.get(network, ()))
    others = (peering.local for peering in fabric.peerings_to.get(network, ()) if _connected(peering))
    return list(dict.fromkeys(remote for remote in (*own, *others) if remote is not None))


def _status(
    fabric: Fabric, here: ResourceId, there: ResourceId, near: Subnet | None, far: Subnet | None
) -> tuple[Step, ...]:
    out = fabric.peering.get((here, there))
    back = fabric.peering.get((there, here))
    if out is None and back is None:
        return _perhaps(fabric, here, there)
    reasons: list[Step] = []
    if out is None:
        reasons.append(_missing(fabric, here, there, back))
    if back is None:
        reasons.append(_missing(fabric, there, here, out))
    for side, this_end, other_end in ((out, near, far), (back, far, near)):
        if side is not None:
            reasons.extend(_side(side, this_end, other_end))
    if reasons:
        return tuple(reasons)
    cites = tuple(Cite(side.id, "/properties/peeringState") for side in (out, back) if side is not None)
    return (Step(HopKind.ROUTE, Outcome.PASS, f"{here.name} and {there.name} are peered both ways", cites),)


def _perhaps(fabric: Fabric, here: ResourceId, there: ResourceId) -> tuple[Step, ...]:
    """A doubt when one of the networks holds a peering to a network that is not known."""
    for side in (*fabric.peerings_of.get(here, ()), *fabric.peerings_of.get(there, ())):
        if isinstance(side.remote, Unknown):
            return (unknown_step(HopKind.ROUTE, side.remote),)
    return NOT_PEERED


def _connected(side: Peering) -> bool:
    """Whether a side that was read proves that the other one exists, or did a moment ago."""
    return isinstance(side.state, Known) and side.state.value == "connected"


def _missing(fabric: Fabric, here: ResourceId, there: ResourceId, other: Peering | None) -> Step:
    cites = (Cite(other.id, "/properties/remoteVirtualNetwork/id"),) if other else ()
    if here not in fabric.networks or (other is not None and _connected(other)):
        return Step(
            HopKind.ROUTE,
            Outcome.UNKNOWN,
            f"the peering from {here.name} to {there.name} is not in the input",
            cites,
            f"add {here.text} with its peerings",
        )
    return Step(
        HopKind.ROUTE,
        Outcome.STOP,
        f"{here.name} has no peering to {there.name}; only the other side has one",
        cites,
    )


def _side(side: Peering, this_end: Subnet | None, other_end: Subnet | None) -> list[Step]:
    reasons: list[Step] = []
    if side.maybe is not None:
        reasons.append(unknown_step(HopKind.ROUTE, side.maybe))
    reasons.extend(_state(side))
    reasons.extend(_wanted(side.access, "allows no virtual network access"))
    if isinstance(side.in_sync, Unknown):
        reasons.append(unknown_step(HopKind.ROUTE, side.in_sync))
    elif not side.in_sync.value and not _half(side):
        text = f"peering {side.id.name} is not in sync: an address space changed since"
        ask = f"sync it: az network vnet peering sync --ids {side.id.text}"
        reasons.append(Step(HopKind.ROUTE, Outcome.UNKNOWN, text, (side.in_sync.cite,), ask))
    reasons.extend(_subnets(side, this_end, other_end))
    return reasons


def _state(side: Peering) -> list[Step]:
    if isinstance(side.state, Unknown):
        return [unknown_step(HopKind.ROUTE, side.state)]
    if side.state.value in (None, "connected"):
        return []
    return [
        Step(
            HopKind.ROUTE,
            Outcome.STOP,
            f"peering {side.id.name} is {side.state.value}, not connected",
            (side.state.cite,),
        )
    ]


def _half(side: Peering) -> bool:
    """It waits for its other half, and says so also of what that would have to be in sync with."""
    return isinstance(side.state, Known) and side.state.value == "initiated"


def _wanted(fact: Fact[bool], otherwise: str) -> list[Step]:
    if isinstance(fact, Unknown):
        return [unknown_step(HopKind.ROUTE, fact)]
    if fact.value:
        return []
    return [Step(HopKind.ROUTE, Outcome.STOP, f"peering {fact.cite.resource.name} {otherwise}", (fact.cite,))]


def _subnets(side: Peering, this_end: Subnet | None, other_end: Subnet | None) -> list[Step]:
    if isinstance(side.complete, Unknown):
        return [unknown_step(HopKind.ROUTE, side.complete)]
    if side.complete.value:
        return []
    reasons: list[Step] = []
    for end, listed in ((this_end, side.local_subnets), (other_end, side.remote_subnets)):
        if isinstance(listed, Unknown):
            reasons.append(unknown_step(HopKind.ROUTE, listed))
        elif end is None:
            text = f"peering {side.id.name} takes in named subnets only, and in which the packets end is not known"
            reasons.append(Step(HopKind.ROUTE, Outcome.UNKNOWN, text, (listed.cite,), "add the subnet"))
        elif end.id.name.lower() not in {name.lower() for name in listed.value}:
            text = f"peering {side.id.name} takes in named subnets only, and {end.id.name} is none of them"
            cites = (listed.cite, Cite(side.id, "/properties/peerCompleteVnets", Origin.STATED))
            reasons.append(Step(HopKind.ROUTE, Outcome.STOP, text, cites))
    return reasons
