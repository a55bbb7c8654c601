"""Making the plan of the way back: what Azure takes, in an order in which no state is worse than both its ends.

The state before the run is not known as such. It is what everything taken back at once comes to, and the prints in the
plan that was carried out say whether that is so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from cloison import __version__
from cloison.apply.bounds import between
from cloison.apply.undo.back import Back, Fresh, Stays, back
from cloison.apply.undo.done import Run
from cloison.check import asked
from cloison.controlplane import Outcome
from cloison.model.behaviour import Json, Refused
from cloison.model.environment import Environment
from cloison.model.errors import CloisonError
from cloison.model.snapshot import Snapshot
from cloison.model.verdict import PathVerdict, Safety
from cloison.plan.base import HEAD
from cloison.plan.change import Change, Key, which
from cloison.plan.document import (
    BackReport,
    LeftReport,
    OffenceReport,
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
    request_report,
    seconds_of,
    steps_of,
    working,
)
from cloison.plan.measure import Judge, Measure
from cloison.plan.order import Ordered, Unsafe, Wave, order
from cloison.plan.smallest import Tried
from cloison.plan.world import World

ATTEMPTS_MAX = 8
"""Times that something is dropped for want of a safe place. A guess, as in planning."""
NAMED_MAX = 3
"""Names told of one step."""


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
    way = _possible(azure, found, judge)
    bound = between(start, _before(run.plan, start, way.then))
    settled, unsafe = _settled(azure, way.changes, judge, bound)
    waves = list(_told(azure, settled.waves, judge, start))
    ordered = msgspec.structs.replace(settled, waves=tuple(waves))
    steps = tuple(map(_plain, steps_of(azure, waves, {one.key: () for one in ordered.changes})))
    stays = (*found.stays, *way.stays, *_dropped(unsafe))
    end = waves[-1].after if waves else start
    return sealed(
        PlanDocument(
            tool=__version__,
            inputs=snapshot.inputs,
            options=OptionsReport(accept_asks=accept_asks),
            environments=tuple(environments_of(azure, judge, ordered.changes, chosen)),
            steps=steps,
            left=tuple(_left(stays)),
            proof=_proof(ordered, unsafe, start, judge),
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


# --- what can be done ------------------------------------------------------------------------------------


class _Way(msgspec.Struct, frozen=True):
    """Changes that Azure takes in this order, and what they come to."""

    changes: tuple[Change, ...]
    then: Measure
    stays: tuple[Stays, ...]


def _possible(azure: World, found: Back, judge: Judge) -> _Way:
    """As many as Azure takes; the rest stays, with Azure's reason, or that of whoever has something in there."""
    taken: list[Change] = []
    waiting, refusals = list(found.changes), dict[Key, Stays]()
    with _Trying(azure) as tried:
        last = judge.measure(azure, rules=False)
        progress = True
        while waiting and progress:
            progress = False
            for change in list(waiting):
                if _is_so_already(azure, change, taken):
                    waiting.remove(change)
                    continue
                why = _foreign(azure, change, found) or _refusal(tried, change)
                if why is not None:
                    refusals[change.key] = why
                    continue
                waiting.remove(change)
                progress = True
                if tried.same:
                    # What was not set before stands as Azure sets it by itself.
                    tried.take_back_last()
                    continue
                after = judge.measure(azure, rules=False)
                closes = bool(last.wider(after)) and not after.wider(last)
                taken.append(msgspec.structs.replace(change, closes=closes))
                last = after
        return _Way(tuple(taken), last, tuple(refusals[one.key] for one in waiting))


def _is_so_already(azure: World, change: Change, taken: Sequence[Change]) -> bool:
    """It went, or came, with what was taken back before: a record with its zone group, a zone's own record with it."""
    if change.method == "DELETE":
        return azure.get(change.id) is None
    return (
        bool(change.after)
        and azure.get(change.id) is not None
        and change.after[-1] in [one.key for one in taken]
    )


class _Trying(Tried):
    """Changes tried, the last of which may have changed nothing."""

    same = False

    def outcome(self, change: Change) -> Outcome:
        """As of others; and whether everything but etags is as it was."""
        told = super().outcome(change)
        first = {one.id: one.body for one in reversed(told.undo)}
        self.same = all(_bare(self.azure.get(id)) == _bare(body) for id, body in first.items())
        return told


def _bare(body: Json | None) -> Json | None:
    return body if body is None else {name: one for name, one in body.items() if name not in HEAD}


def _refusal(tried: Tried, change: Change) -> Stays | None:
    try:
        tried.outcome(change)
    except Refused as refused:
        why = f"Azure would refuse it: {refused}"
        return Stays(id=change.id, what=change.summary, why=why, kind="refused")
    return None


def _foreign(azure: World, change: Change, found: Back) -> Stays | None:
    """What stands below a resource that is deleted and did not come with it: others would lose it."""
    if change.method != "DELETE":
        return None
    below = set(azure.below(change.id)) - found.mine
    if not below:
        return None
    with Tried(azure) as tried:
        made = msgspec.structs.replace(change, method="PUT", body=found.bodies.get(change.id, {}), query={})
        if tried.carry_out(change) and tried.carry_out(made):
            below -= set(azure.below(change.id))
    if not below:
        return None
    names = ", ".join(sorted(one.name for one in below)[:NAMED_MAX])
    what = f"{which(change.id)} holds what the run did not make: {names}"
    return Stays(id=change.id, what=what, why="whoever made that would lose it")


# --- the order -------------------------------------------------------------------------------------------


def _before(plan: PlanDocument, now: Measure, then: Measure) -> Measure:
    """The state before the run: which names pods reached, as the plan tells; who came in, as it will be then."""
    told = {
        (one.cluster.lower(), one.pool, host): PathVerdict(verdict)
        for one in plan.proof.reached
        for host, verdict in one.names.items()
    }
    flows = {flow: told.get((flow[0], flow[1], flow[3]), PathVerdict.BLOCKED) for flow in now.flows}
    return Measure(then.entrances, flows, ())


def _settled(
    azure: World, changes: Sequence[Change], judge: Judge, bound: Measure
) -> tuple[Ordered, list[Unsafe]]:
    """An order of as many changes as have a safe place, and those that have none."""
    unsafe: list[Unsafe] = []
    left = list(changes)
    for _ in range(ATTEMPTS_MAX):
        ordered = order(azure, left, judge, bound)
        if not ordered.stuck:
            return ordered, unsafe
        culprits = [one for one in ordered.stuck if not one.refused] or list(ordered.stuck)
        unsafe += culprits
        keys = {one.change.key for one in culprits}
        left = [one for one in left if one.key not in keys and not keys.intersection(one.after)]
    return order(azure, (), judge, bound), unsafe


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
        yield Stays(id=one.change.id, what=one.change.summary, why=f"no order is safe: {one}", kind="unsafe")


def _left(stays: Iterable[Stays]) -> Iterator[LeftReport]:
    for one in stays:
        yield LeftReport(
            finding="", requirement="", subject=one.id.text, message=one.what, kind=one.kind, why=one.why
        )


def _proof(ordered: Ordered, unsafe: Iterable[Unsafe], start: Measure, judge: Judge) -> Proof:
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
        offending=tuple(
            OffenceReport(summary=one.change.summary, request=request_report(one.change), why=str(one))
            for one in unsafe
        ),
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
