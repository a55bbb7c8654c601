"""Making the plan of the way back: what Azure takes, in an order in which no state is worse than both its ends.

The state before the run is not known as such. It is what everything taken back at once comes to, and the prints in the
plan that was carried out say whether that is so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from cloison import __version__
from cloison.apply.bounds import between
from cloison.apply.undo.back import Fresh, Stays, back
from cloison.apply.undo.done import Run
from cloison.apply.undo.way import NAMED_MAX, possible, settled
from cloison.arm.ids import ResourceId
from cloison.check import asked
from cloison.model.environment import Environment
from cloison.model.errors import CloisonError
from cloison.model.snapshot import Snapshot
from cloison.model.verdict import PathVerdict, Safety
from cloison.plan.change import Change
from cloison.plan.document import (
    BackReport,
    LeftReport,
    OptionsReport,
    PlanDocument,
    Proof,
    StepReport,
    WaveProof,
    sealed,
)
from cloison.plan.make import (
    environments_of,
    exposure,
    reached,
    seconds_of,
    steps_of,
    working,
)
from cloison.plan.measure import Judge, Measure
from cloison.plan.order import Ordered, Unsafe, Wave
from cloison.plan.smallest import Tried
from cloison.plan.world import World


def undo(
    run: Run,
    snapshot: Snapshot,
    now: Fresh,
    *,
    dns: Mapping[str, str] | None = None,
    accept_asks: bool = False,
) -> PlanDocument:
    """The plan that takes a run back. snapshot: of right now; now: bodies of the run's targets as a GET answers.

    Raises CloisonError E534 where the snapshot is of something else, and for one that cannot be changed.
    """
    azure = World(snapshot)
    judge, chosen = _judge(azure, run.plan, dns or {})
    if not chosen and not any(one.id in azure for one in run.did):
        raise _elsewhere()
    start = judge.measure(azure, rules=False)
    found = back(azure, run, now)
    way = possible(azure, found, judge)
    bound = between(start, _before(run.plan, start, way.then))
    safe, unsafe = settled(azure, way.changes, judge, bound)
    waves = list(_told(azure, safe.waves, judge, start))
    ordered = msgspec.structs.replace(safe, waves=tuple(waves))
    steps = tuple(map(_plain, steps_of(azure, waves, {one.key: () for one in ordered.changes})))
    gone = _gone(azure, ordered.changes)
    unsafe = [one for one in unsafe if one.change.id not in gone]
    stays = [one for one in (*found.stays, *way.stays, *_dropped(unsafe)) if one.id not in gone]
    end = waves[-1].after if waves else start
    return sealed(
        PlanDocument(
            tool=__version__,
            inputs=snapshot.inputs,
            options=OptionsReport(accept_asks=accept_asks),
            environments=tuple(environments_of(azure, judge, ordered.changes, chosen)),
            steps=steps,
            left=tuple(_left(stays)),
            proof=_proof(ordered, start, judge),
            seconds=seconds_of(steps),
            back=_back(run, ordered, start, end),
        )
    )


def _judge(azure: World, plan: PlanDocument, dns: Mapping[str, str]) -> tuple[Judge, list[Environment]]:
    sight = Judge(asked.rules(())).look(azure)
    judge = Judge(asked.rules(()), forwarders=asked.forwarders(dns, sight.fabric))
    wanted = {((one.workspace or "").lower(), one.cluster.lower()) for one in plan.environments}
    found = [case.environment for case in sight.cases]
    chosen = [one for one in found if (str(one.workspace or ""), str(one.cluster)) in wanted]
    judge.chosen = [(one.workspace, one.cluster) for one in chosen]
    return judge, chosen


def _elsewhere() -> CloisonError:
    return CloisonError(
        "E534",
        "nothing of the plan is here",
        because="the input holds no environment of the plan, and nothing that its run touched",
        help="read what the plan was made from: leave SOURCE out, or name it",
    )


def _gone(azure: World, changes: Iterable[Change]) -> frozenset[ResourceId]:
    """What is not there any more at the end, by itself or with something else: nothing of it stays."""
    start = frozenset(azure)
    with Tried(azure) as tried:
        for change in changes:
            tried.outcome(change)
        return start - frozenset(azure)


def _before(plan: PlanDocument, now: Measure, then: Measure) -> Measure:
    """The state before the run: which names pods reached, as the plan tells; who came in, as it will be then."""
    told = {
        (one.cluster.lower(), one.pool, host): PathVerdict(verdict)
        for one in plan.proof.reached
        for host, verdict in one.names.items()
    }
    flows = {flow: told.get((flow[0], flow[1], flow[3]), PathVerdict.BLOCKED) for flow in now.flows}
    return Measure(then.entrances, flows, ())


def _told(azure: World, waves: Iterable[Wave], judge: Judge, start: Measure) -> Iterator[Wave]:
    """The waves, each change with who may notice it: measured on the state that it is done in."""
    last = start
    with Tried(azure) as tried:
        for wave in waves:
            told = []
            for change in wave.changes:
                tried.outcome(change)
                after = judge.measure(azure, rules=False)
                told.append(_noticed(change, last, after))
                last = after
            yield Wave(tuple(told), wave.after)


def _noticed(change: Change, last: Measure, after: Measure) -> Change:
    opens = [id.name for id in after.wider(last)]
    lost = list(dict.fromkeys(flow[3] for flow in after.lost(last)))
    shut = [id.name for id in last.wider(after)] if change.closes else []
    why = [
        *(
            [f"{_named(opens)} can be reached by the public address again, as before the run"]
            if opens
            else []
        ),
        *([f"pods reach {_named(lost)} less privately, or no longer, as before the run"] if lost else []),
        *([f"{_named(shut)} keeps out who comes in by the public address now"] if shut else []),
    ]
    return msgspec.structs.replace(
        change,
        safety=Safety.ASKS if why else Safety.SAFE,
        why="; ".join(why) or "lets nobody in, and takes no name from pods",
    )


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED_MAX} more" if len(names) > NAMED_MAX else ""
    return ", ".join(names[:NAMED_MAX]) + more


# --- the document ----------------------------------------------------------------------------------------


def _plain(step: StepReport) -> StepReport:
    """The step without settings that its API version does not know, which it neither reads nor sends."""
    known = [
        one
        for one in step.settings
        if one.after is not None
        or any(f"/{name}/".startswith(f"{one.pointer.lower()}/") for name in step.base or ())
    ]
    return step if step.request.method != "PUT" else msgspec.structs.replace(step, settings=tuple(known))


def _dropped(unsafe: Iterable[Unsafe]) -> Iterator[Stays]:
    for one in unsafe:
        id, what = one.change.id, one.change.summary
        if one.refused:
            yield Stays(id=id, what=what, why=f"Azure would refuse it then: {one.refused}", kind="refused")
        else:
            why = str(one).removeprefix(f"{what}: ")
            yield Stays(id=id, what=what, why=why, kind="unsafe")


def _left(stays: Iterable[Stays]) -> Iterator[LeftReport]:
    for one in stays:
        yield LeftReport(
            finding="", requirement="", subject=one.id.text, message=one.what, kind=one.kind, why=one.why
        )


def _proof(ordered: Ordered, start: Measure, judge: Judge) -> Proof:
    measures = [start, *(wave.after for wave in ordered.waves)]
    return Proof(
        proven=not ordered.stuck,
        states=judge.measured,
        prefixes=1 + sum(2 ** len(wave.changes) - 1 for wave in ordered.waves),
        smallest=False,
        waves=tuple(
            WaveProof(wave=place, exposure=exposure(one), working=working(one))
            for place, one in enumerate(measures)
        ),
        reached=tuple(reached(start)),
    )


def _back(run: Run, ordered: Ordered, start: Measure, end: Measure) -> BackReport:
    touched = {one.id for one in ordered.changes}
    before = run.plan.proof.waves[0] if run.plan.proof.waves else None
    return BackReport(
        plan=run.plan.digest,
        run=run.name,
        steps=tuple(one.step.number for one in run.did if one.id in touched),
        opens=tuple(id.text for id in end.wider(start)),
        less=tuple(dict.fromkeys(flow[3] for flow in end.lost(start))),
        exact=before is not None and (before.exposure, before.working) == (exposure(end), working(end)),
    )
