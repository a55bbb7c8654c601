"""Splitting a plan: what its caller can apply now, what others are asked for, and what comes after that.

The plan is made as if everything were allowed, which says what is needed. What is in the way of a step holds it; what
Azure would not take without the held steps waits, and so does what has no safe place without them, what would be made
without what belongs below it, and every door that is closed after one of those. The rest is put in an order anew and
proven: that is the part to apply now. Of what is held an order is sought that is safe once that part is applied, so
that others know what they may send at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from cloison.arm.ids import ResourceId
from cloison.check.write import name_of
from cloison.controlplane.run import guards
from cloison.model.environment import Environment
from cloison.model.snapshot import Snapshot
from cloison.plan.change import Change
from cloison.plan.document import PlanDocument, sealed
from cloison.plan.gather import Gathered, Reason, gather
from cloison.plan.make import document, in_turn, judge_of
from cloison.plan.measure import Judge, Measure, stand_of
from cloison.plan.options import PlanOptions, wishes
from cloison.plan.order import Ordered, Wave, order
from cloison.plan.preflight.check import Answers, Way
from cloison.plan.preflight.checks import checks
from cloison.plan.preflight.document import CheckReport, Preflight, Section, Stopped
from cloison.plan.preflight.limited import Limited
from cloison.plan.preflight.look import Asking, look_through, questions
from cloison.plan.puts import request_of
from cloison.plan.settle import Settled, settle
from cloison.plan.smallest import Tried
from cloison.plan.world import World

LATER: Reason = ("later", "others have to help first: plan again once they have")


class Whole(msgspec.Struct, frozen=True):
    """The plan as if everything were allowed, with what it was made of."""

    plan: PlanDocument
    gathered: Gathered
    settled: Settled
    chosen: Sequence[Environment]
    options: PlanOptions

    @property
    def changes(self) -> tuple[Change, ...]:
        """The change of each step."""
        return self.settled.ordered.changes


def preflight(snapshot: Snapshot, options: PlanOptions, ask: Asking | None) -> Preflight:
    """The plan for a snapshot, split. ask: None where nothing is live, so that only what was read decides.

    Raises CloisonError as making a plan does.
    """
    start, answers = World(snapshot), Answers(live=ask is not None)
    free = _without_guards(snapshot)
    whole = _whole(free, options)
    if ask is not None:
        answers.add(ask(questions(start, map(request_of, whole.plan.steps))))
    looked = look_through(whole.plan.steps, World(free), start, snapshot, answers)
    held = {at for at, one in enumerate(looked) if one.held}
    if not held:
        return _report(whole.plan, looked, set(), set(), (), (), answers)
    plan, mine = _part(whole, World(free), Limited(snapshot, start, answers), looked)
    later = set(range(len(looked))) - mine - held
    sections, waiting = _asked_for(World(free), whole, looked, mine)
    return _report(plan, looked, held, later, sections, waiting, answers)


def _without_guards(snapshot: Snapshot) -> Snapshot:
    """The snapshot without what forbids changes, so that what it forbids is planned, and told."""
    if not any(snapshot.types.get(type) for type in guards()):
        return snapshot
    kept = [one for one in snapshot.resources.values() if one.type not in guards()]
    return Snapshot(kept, snapshot.gaps, snapshot.inputs)


def _whole(snapshot: Snapshot, options: PlanOptions) -> Whole:
    """As `make` makes it."""
    azure = World(snapshot)
    judge, chosen = judge_of(azure, options)
    gathered = gather(azure, judge, wishes(options, azure))
    settled = settle(azure, in_turn(gathered, azure, chosen), judge)
    start = gathered.start
    plan = document(azure, judge, settled, start, chosen, inputs=snapshot.inputs, options=options)
    return Whole(plan, gathered, settled, chosen, options)


# --- the part to apply now -------------------------------------------------------------------------------


def _part(
    whole: Whole, free: World, azure: Limited, looked: Sequence[Stopped]
) -> tuple[PlanDocument, set[int]]:
    """The plan of what can be done without what is held, and the places of its steps in the whole plan.

    free: the state on which everything is allowed.
    """
    judge, chosen = judge_of(azure, whole.options)
    start = judge.measure(azure)
    mine = _possible(whole, azure, looked)
    while True:
        mine = _leaving_an_order(whole, free, looked, mine)
        ordered = order(azure, [whole.changes[at] for at in sorted(mine)], judge, start)
        place = {id(change): at for at, change in enumerate(whole.changes)}
        done = {place[id(change)] for change in ordered.changes}
        if done == mine:
            break
        mine = _together(whole, looked, done)
    end = _end(azure, judge, ordered.waves)
    reasons = {name_of(one): LATER for one in judge.targets(end, start) if stand_of(one) not in _stuck(whole)}
    left = whole.gathered.after(end, judge, {**whole.gathered.why, **reasons}).left
    settled = Settled(
        Ordered(ordered.waves, (), ordered.states),
        end,
        left,
        False,
        whole.settled.missing,
        whole.settled.dropped,
    )
    told = document(azure, judge, settled, start, chosen, inputs=whole.plan.inputs, options=whole.options)
    # Every state was tried; that more may be broken in words at the end is what `part` says.
    proof = msgspec.structs.replace(told.proof, proven=True, part=True)
    return sealed(msgspec.structs.replace(told, proof=proof)), mine


def _possible(whole: Whole, azure: Limited, looked: Sequence[Stopped]) -> set[int]:
    """The places of steps that are not held, and that Azure takes without those that are."""
    with Tried(azure) as tried:
        taken = {
            at for at, change in enumerate(whole.changes) if not looked[at].held and tried.carry_out(change)
        }
    return _together(whole, looked, taken)


def _together(whole: Whole, looked: Sequence[Stopped], some: set[int]) -> set[int]:
    """Those of some steps that may be done although the others are not.

    What is made waits with what belongs below it: an endpoint without its zone group would take a name from whoever
    asks the zone. What Azure Policy makes below it comes by itself. A door is closed when all before it is done.
    """
    kept = set(some)
    while True:
        out = set(range(len(looked))) - kept
        waits = {at for at in out if not _comes_by_itself(looked[at])}
        gone = {
            at
            for at in kept
            if any(
                (whole.changes[at].closes and other < at)
                or (looked[at].step.makes and whole.changes[other].id.startswith(f"{whole.changes[at].id}/"))
                or whole.changes[other].key in whole.changes[at].after
                for other in waits
            )
        }
        if not gone:
            return kept
        kept -= gone


def _leaving_an_order(whole: Whole, free: World, looked: Sequence[Stopped], some: set[int]) -> set[int]:
    """Those of some steps after which all others can still be done, in the order of the whole plan, and as safely."""
    judge, _ = judge_of(free, whole.options)
    start = judge.measure(free, rules=False)

    def good(first: set[int]) -> bool:
        rest = [change for at, change in enumerate(whole.changes) if at not in first]
        return _is_safe(free, judge, start, [*(whole.changes[at] for at in sorted(first)), *rest])

    while not good(some):
        kept: set[int] = set()
        for at in sorted(some):
            # With all before it done, it stands where it stands in the whole plan.
            if len(kept) == at or good({*kept, at}):
                kept.add(at)
        some = _together(whole, looked, kept)
    return some


def _comes_by_itself(stopped: Stopped) -> bool:
    return stopped.held and _owner(stopped)[1] == "wait"


def _end(azure: World, judge: Judge, waves: Iterable[Wave]) -> Measure:
    with Tried(azure) as tried:
        for wave in waves:
            for change in wave.changes:
                tried.carry_out(change)
        return judge.measure(azure)


def _stuck(whole: Whole) -> set[tuple[str, ResourceId]]:
    """What the whole plan does not mend either."""
    return {stand_of(one.finding) for one in whole.settled.left}


# --- what others are asked for ---------------------------------------------------------------------------


def _asked_for(
    azure: World, whole: Whole, looked: Sequence[Stopped], mine: set[int]
) -> tuple[tuple[Section, ...], tuple[Stopped, ...]]:
    """Sections in the order in which they are done, and what no order has a place for yet."""
    judge, _ = judge_of(azure, whole.options)
    with Tried(azure) as tried:
        for at in sorted(mine):
            tried.carry_out(whole.changes[at])
        held = [at for at, one in enumerate(looked) if one.held]
        # A right can be granted at any time; the caller then sends the request where it has its place.
        grants = [at for at in held if _owner(looked[at])[1] == "grant"]
        others = {at: whole.changes[at] for at in held if at not in grants}
        left = {at: one for at, one in enumerate(whole.changes) if at not in mine}
        waves = _in_order(azure, judge, left, others, sure=bool(mine or grants))
    sections: list[Section] = []
    for at in grants:
        _place(sections, looked[at], 1)
    for number, wave in enumerate(waves, start=1):
        for at in wave:
            _place(sections, looked[at], number)
            del others[at]
    return tuple(_numbered(sections)), tuple(looked[at] for at in others)


def _in_order(
    azure: World, judge: Judge, left: Mapping[int, Change], wanted: Mapping[int, Change], *, sure: bool
) -> list[list[int]]:
    """Waves of what others can do once the plan is applied, so that all that is left is as safe after them.

    A network that is linked to a zone too early, say, would lose each name between its endpoint and its record.
    sure: something else goes on, so that what is not surely good can wait.
    """
    start = judge.measure(azure, rules=False)
    ordered = order(azure, list(wanted.values()), judge, start)
    place = {id(change): at for at, change in left.items()}
    waves = [[place[id(change)] for change in wave.changes] for wave in ordered.waves]
    whole = order(azure, list(left.values()), judge, start)
    if whole.stuck:
        # What is left has no order as it is: the next plan finds another.
        return waves
    line = [place[id(change)] for change in whole.changes]

    def good(first: Sequence[int]) -> bool:
        rest = [at for at in line if at not in first]
        return _is_safe(azure, judge, start, [left[at] for at in (*first, *rest)])

    kept: list[list[int]] = []
    for wave in waves:
        done = [at for one in kept for at in one]
        some = list(wave) if good([*done, *wave]) else []
        if not some:
            for at in wave:
                some += [at] if good([*done, *some, at]) else []
        if not some:
            break
        kept.append(some)
    return kept if kept or sure else waves


def _is_safe(azure: World, judge: Judge, start: Measure, changes: Iterable[Change]) -> bool:
    """Whether changes can be done one after the other, and no state on the way is worse than the start."""
    with Tried(azure) as tried:
        for change in changes:
            if not tried.carry_out(change) or any(judge.worse(azure, start)):
                return False
    return True


def _place(sections: list[Section], stopped: Stopped, wave: int) -> None:
    """Put a step to the last section of its owner, unless others have to be done in between."""
    place, way = _owner(stopped)
    for at in range(len(sections) - 1, -1, -1):
        one = sections[at]
        if (one.place, one.way) == (place, way):
            steps, waves = (*one.steps, stopped), (*one.waves, wave)
            sections[at] = msgspec.structs.replace(one, steps=steps, waves=waves)
            return
        if one.waves[0] < wave:
            break
    sections.append(Section(number=0, place=place, way=way, steps=(stopped,), waves=(wave,)))


def _owner(stopped: Stopped) -> tuple[str, Way]:
    """Whom to ask first, and for what: who can do most about it."""
    held = [one for one in stopped.obstacles if one.held]
    ways: tuple[Way, ...] = ("wait", "unlock", "room", "send", "grant")
    first = min(held, key=lambda one: ways.index(one.way))
    return first.place.text, first.way


def _numbered(sections: Sequence[Section]) -> Iterable[Section]:
    for number, one in enumerate(sections, start=1):
        before = tuple(
            at for at, other in enumerate(sections[: number - 1], start=1) if min(other.waves) < one.waves[0]
        )
        yield msgspec.structs.replace(one, number=number, after=before)


# --- the report ------------------------------------------------------------------------------------------


def _report(
    plan: PlanDocument,
    looked: Sequence[Stopped],
    held: set[int],
    later: set[int],
    sections: tuple[Section, ...],
    waiting: tuple[Stopped, ...],
    answers: Answers,
) -> Preflight:
    unsure = [one for at, one in enumerate(looked) if one.obstacles and at not in held and at not in later]
    return Preflight(
        live=answers.live,
        now=plan,
        steps=len(looked),
        checks=tuple(
            CheckReport(name=one.name, title=one.title, blind="" if answers.live else one.blind)
            for one in checks()
        ),
        held=tuple(looked[at] for at in sorted(held)),
        unsure=tuple(unsure),
        later=tuple(looked[at].step for at in sorted(later)),
        sections=sections,
        waiting=waiting,
    )
