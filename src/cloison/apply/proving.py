"""Proving once more: what was proven when the plan was made is tried on what is there right before it is carried out.

Drift of a target is found by looking at it; this finds what happened beside the targets: a peering that is gone, a zone
that somebody linked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from cloison.apply.bounds import between
from cloison.apply.step import Planned, Step
from cloison.check import asked
from cloison.controlplane import Seeded, run
from cloison.model.behaviour import Refused, Write
from cloison.model.errors import CloisonError
from cloison.model.snapshot import Snapshot
from cloison.plan.document import BackReport
from cloison.plan.measure import Judge, Measure
from cloison.plan.world import World


def prove(planned: Planned, snapshot: Snapshot, back: BackReport | None = None) -> int:
    """How many states were judged: after every choice of steps within each wave. snapshot: of right now.

    back: of a plan that takes a run back, which may open the doors that it tells and come between now and its end.

    Raises CloisonError E514 where one of them is worse than now, or Azure would refuse a step.
    """
    azure, judge = World(snapshot), Judge(asked.rules(()))
    start = judge.measure(azure, rules=False)
    if back is not None:
        start = _bound(azure, planned, judge, start, back)
    for wave in planned.waves:
        for some in _choices(wave):
            done: list[Sequence[Write]] = []
            try:
                for step in some:
                    done.append(_carried_out(azure, step))
                _check(judge.measure(azure, rules=False), start, some[-1])
            finally:
                for undo in reversed(done):
                    azure.take_back(undo)
        for step in wave:
            _carried_out(azure, step)
    return judge.measured


def _bound(azure: World, planned: Planned, judge: Judge, now: Measure, back: BackReport) -> Measure:
    """What no state on the way back may be worse than. Raises CloisonError for a door that was not told of."""
    done = [_carried_out(azure, step) for step in planned.steps]
    then = judge.measure(azure, rules=False)
    for undo in reversed(done):
        azure.take_back(undo)
    told = {id.lower() for id in back.opens}
    if planned.steps and (untold := [id.name for id in then.wider(now) if id not in told]):
        raise _not_proven(planned.steps[-1], f"{', '.join(untold)} would let in more than now")
    return between(now, then)


def _choices(wave: Sequence[Step]) -> Iterator[tuple[Step, ...]]:
    for size in range(1, len(wave) + 1):
        yield from combinations(wave, size)


def _carried_out(azure: World, step: Step) -> Sequence[Write]:
    """What takes it back. Raises CloisonError."""
    sent = step.request
    try:
        return run(azure, step.asked, Seeded(f"{sent.method} {sent.id}/{sent.action}")).undo
    except Refused as refused:
        raise _not_proven(step, f"Azure would refuse it now: {refused}") from refused


def _check(measure: Measure, start: Measure, last: Step) -> None:
    if wider := measure.wider(start):
        raise _not_proven(last, f"{', '.join(id.name for id in wider)} would let in more than now")
    if lost := measure.lost(start):
        hosts = ", ".join(dict.fromkeys(flow[3] for flow in lost))
        raise _not_proven(last, f"{hosts} would stop working for pods")


def _not_proven(step: Step, why: str) -> CloisonError:
    return CloisonError(
        "E514",
        f"step {step.number} is not safe any more: {step.summary}",
        because=f"something changed since the plan was made: {why}",
        help="plan again; nothing was sent",
    )
