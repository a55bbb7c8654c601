"""Bounds: how exposed a way from one state to another may be, and which names it must keep.

A way back opens doors that stood open before. What holds on it is not "never worse than now", but "never worse than
both of its ends".
"""

from __future__ import annotations

from cloison.model.verdict import PathVerdict
from cloison.plan.measure import Entrance, Measure

RISING = (
    PathVerdict.BLOCKED,
    PathVerdict.UNKNOWN,
    PathVerdict.PUBLIC,
    PathVerdict.SERVICE_ENDPOINT,
    PathVerdict.PRIVATE,
)
"""Verdicts of paths, the least wanted first."""


def between(now: Measure, then: Measure) -> Measure:
    """A measure that holds for a state on the way when the state is no worse than it.

    Of each service the wider of both entrances, and together where neither holds the other: nobody comes in who is kept
    out at both ends. Of each name the lesser of both verdicts: what pods reach at both ends they never lose.
    """
    entrances = {
        id: _wider(now.entrances[id], then.entrances[id]) if id in now.entrances else one
        for id, one in then.entrances.items()
    }
    flows = {
        flow: min(verdict, then.flows[flow], key=RISING.index)
        for flow, verdict in now.flows.items()
        if flow in then.flows
    }
    return Measure({**now.entrances, **entrances}, flows, ())


def _wider(one: Entrance, other: Entrance) -> Entrance:
    if one.within(other):
        return other
    told = (one.addresses, other.addresses, one.subnets, other.subnets)
    if other.within(one) or None in told or None in (one.anybody, other.anybody, one.public, other.public):
        # What is not known widens nothing.
        return one
    return Entrance(
        public=True,
        anybody=bool(one.anybody or other.anybody),
        addresses=(one.addresses or frozenset()) | (other.addresses or frozenset()),
        subnets=(one.subnets or frozenset()) | (other.subnets or frozenset()),
    )
