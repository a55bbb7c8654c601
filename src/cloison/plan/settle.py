"""Settling: of everything that was gathered, what can be promised.

What makes something worse at the end is dropped, and so is what has no safe place in any order; what they would have
mended is left, with the reason. What stays is made as small as it can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from cloison.model.behaviour import Refused
from cloison.plan.beforehand import beforehand
from cloison.plan.change import Change, Key
from cloison.plan.gather import Gathered, Left, Reason
from cloison.plan.measure import Judge, Measure, Stand
from cloison.plan.order import Ordered, Unsafe, order
from cloison.plan.smallest import Goal, Tried, smallest, without
from cloison.plan.world import World

ATTEMPTS_MAX = 8
"""Times that something is dropped. A guess: once or twice is usual."""


class Settled(msgspec.Struct, frozen=True):
    """What is promised: changes in their order, and the state that they come to."""

    ordered: Ordered
    end: Measure
    left: tuple[Left, ...]
    exhausted: bool
    """No smaller set of these changes mends as much."""
    missing: Mapping[Key, frozenset[Stand]]
    """For each change, what would not be mended without it."""
    dropped: tuple[Unsafe, ...] = ()
    """Changes that have no safe place in any order."""


def settle(azure: World, gathered: Gathered, judge: Judge) -> Settled:
    """The state is as it was afterwards."""
    start = gathered.start
    changes, full, reasons = gathered.changes, gathered.measure, dict(gathered.why)
    dropped: list[Unsafe] = []
    for _ in range(ATTEMPTS_MAX):
        changes, full = harmless(azure, changes, full, judge, start, reasons)
        reached = gathered.after(full, judge, reasons)
        found = smallest(azure, changes, judge, Goal.of(start, reached, judge))
        ordered = _ordered(azure, found.changes, judge, start)
        if not ordered.stuck:
            end = _measured(azure, ordered.changes, judge)
            left = gathered.after(end, judge, reasons).left
            return Settled(ordered, end, left, found.exhausted, found.missing, tuple(dropped))
        culprits = [one for one in ordered.stuck if not one.refused] or list(ordered.stuck)
        dropped += culprits
        for one in culprits:
            reasons.update(dict.fromkeys(one.change.because, ("unsafe", f"no order is safe: {one}")))
        changes = _taken(azure, without(changes, [one.change for one in culprits]))
        full = _measured(azure, changes, judge)
    nothing = order(azure, (), judge, start)
    return Settled(nothing, start, gathered.after(start, judge, reasons).left, False, {}, tuple(dropped))


def _ordered(azure: World, changes: Sequence[Change], judge: Judge, start: Measure) -> Ordered:
    """An order; where endpoints are in the way, one in which their addresses are chosen beforehand."""
    ordered = order(azure, changes, judge, start, all_or_none=True)
    ids = [one.change.id for one in ordered.stuck if one.lost]
    if not ids:
        return ordered
    try:
        return order(azure, beforehand(azure, changes, ids), judge, start, all_or_none=True)
    except Refused:
        return ordered


def harmless(
    azure: World,
    changes: Sequence[Change],
    full: Measure,
    judge: Judge,
    start: Measure,
    reasons: dict[str, Reason],
) -> tuple[tuple[Change, ...], Measure]:
    """The changes without those that make something worse in the end, and the end.

    full: the state after all of them.
    """
    kept, harm = tuple(changes), _harm(full, start)
    while harm:
        for change in reversed(kept):
            rest = _taken(azure, without(kept, [change]))
            measure = _measured(azure, rest, judge)
            less = _harm(measure, start)
            if less < harm:
                told = "; ".join(sorted(harm - less))
                reasons.update(dict.fromkeys(change.because, ("unsafe", f"{change.summary}: {told}")))
                kept, harm, full = rest, less, measure
                break
        else:
            return (), start
    return kept, full


def _harm(measure: Measure, start: Measure) -> frozenset[str]:
    """What is worse than at the start, in words."""
    return frozenset(
        [
            *(
                f"{requirement} would be broken for {subject.name}"
                for requirement, subject in measure.worse(start)
            ),
            *(f"{id.name} would let in more than before" for id in measure.wider(start)),
            *(
                f"{host} would stop working for pods of {cluster.name}"
                for cluster, _, _, host in measure.lost(start)
            ),
        ]
    )


def _measured(azure: World, changes: Iterable[Change], judge: Judge) -> Measure:
    with Tried(azure) as tried:
        for change in changes:
            tried.carry_out(change)
        return judge.measure(azure)


def _taken(azure: World, changes: Sequence[Change]) -> tuple[Change, ...]:
    """Those that Azure takes when others are left out; of what is done together all or none."""
    while True:
        with Tried(azure) as tried:
            refused = [change for change in changes if not tried.carry_out(change)]
        if not refused:
            return tuple(changes)
        changes = without(changes, refused)
