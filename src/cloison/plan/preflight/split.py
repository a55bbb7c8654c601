"""Splitting a plan: what its caller can apply now, what others are asked for, and what comes after that.

The plan is made twice: once as if everything were allowed, which says what is needed, and once as if Azure refused what
is in the way, which says what can be done without it. The second is a plan like any other, with its own proof. What
only the first has is held, or waits for what is held. Of what is held an order is sought that is safe once the second
plan is applied, so that others know what they may send at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from cloison.controlplane.run import guards
from cloison.model.snapshot import Snapshot
from cloison.model.verdict import Safety
from cloison.plan.change import Change
from cloison.plan.document import PlanDocument, StepReport, sha256
from cloison.plan.make import judge_of, make
from cloison.plan.measure import Judge, Measure
from cloison.plan.options import PlanOptions
from cloison.plan.order import order
from cloison.plan.preflight.check import Answers, Right, Way
from cloison.plan.preflight.checks import checks
from cloison.plan.preflight.document import CheckReport, Preflight, Section, Stopped
from cloison.plan.preflight.limited import Limited
from cloison.plan.preflight.look import Asking, carry_out, look_through, questions
from cloison.plan.puts import request_of
from cloison.plan.smallest import Tried
from cloison.plan.world import World

Key = tuple[str, str, str]
"""What tells a step of one plan from those of another: method, path in lower case, and of a PATCH its body."""
ROUNDS_MAX = 4
"""Times that the plan is made again because it chose what was not asked about yet. A guess: none or one is usual."""


def preflight(snapshot: Snapshot, options: PlanOptions, ask: Asking | None) -> Preflight:
    """The plan for a snapshot, split. ask: None where nothing is live, so that only what was read decides.

    Raises CloisonError as making a plan does.
    """
    start, answers = World(snapshot), Answers(live=ask is not None)
    free = _without_guards(snapshot)
    whole = make(free, options)
    _ask(answers, ask, start, whole)
    looked = look_through(whole.steps, World(free), start, snapshot, answers)
    if not any(one.held for one in looked):
        return _report(whole, whole, looked, (), (), answers)
    now = make(snapshot, options, lambda one: Limited(one, start, answers))
    for _ in range(ROUNDS_MAX):
        if not _ask(answers, ask, start, now):
            break
        now = make(snapshot, options, lambda one: Limited(one, start, answers))
    sections, waiting = _asked_for(free, options, now, [one for one in looked if _is_left(one.step, now)])
    again = look_through(now.steps, World(snapshot), start, snapshot, answers)
    return _report(whole, now, (*looked, *again), sections, waiting, answers)


def _without_guards(snapshot: Snapshot) -> Snapshot:
    """The snapshot without what forbids changes, so that what it forbids is planned, and told."""
    if not any(snapshot.types.get(type) for type in guards()):
        return snapshot
    kept = [one for one in snapshot.resources.values() if one.type not in guards()]
    return Snapshot(kept, snapshot.gaps, snapshot.inputs)


def _ask(answers: Answers, ask: Asking | None, start: World, plan: PlanDocument) -> bool:
    """Ask what has to be known of a plan; whether anything was asked."""
    if ask is None:
        return False
    wanted = [one for one in questions(start, map(request_of, plan.steps)) if one not in answers]
    if wanted:
        answers.add(ask(wanted))
    return bool(wanted)


def _key(step: StepReport) -> Key:
    """Of a change of a part also which part: there may be several of one resource, and a plan may need some only."""
    asked = step.request
    return asked.method, asked.path.lower(), sha256(asked.body) if asked.method == "PATCH" else ""


def _is_left(step: StepReport, now: PlanDocument) -> bool:
    return _key(step) not in {_key(one) for one in now.steps}


# --- what others are asked for ---------------------------------------------------------------------------


def _asked_for(
    free: Snapshot, options: PlanOptions, now: PlanDocument, left: Sequence[Stopped]
) -> tuple[tuple[Section, ...], tuple[Stopped, ...]]:
    """Sections in the order in which they are done, and what has to wait for a later request."""
    azure = World(free)
    judge, _ = judge_of(azure, options)
    for step in now.steps:
        carry_out(azure, request_of(step))
    held = {_key(one.step): one for one in left if one.held}
    # A right can be granted at any time; the caller then sends the request where it has its place.
    grants = {key: one for key, one in held.items() if _owner(one)[1] == "grant"}
    others = {key: one for key, one in held.items() if key not in grants}
    changes = {_key(one.step): _change(one.step) for one in left}
    waves = _in_order(azure, judge, changes, set(others))
    sections: list[Section] = []
    for one in grants.values():
        _place(sections, one, 1)
    for number, keys in enumerate(waves, start=1):
        for key in keys:
            _place(sections, others.pop(key), number)
    return tuple(_numbered(sections)), tuple(others.values())


def _in_order(azure: World, judge: Judge, changes: Mapping[Key, Change], wanted: set[Key]) -> list[list[Key]]:
    """Waves of what others can do once the plan is applied, so that all that is left still has a safe order then.

    A network that is linked to a zone too early, say, would lose each name between its endpoint and its record.
    """
    start = judge.measure(azure, rules=False)
    ordered = order(azure, [one for key, one in changes.items() if key in wanted], judge, start)
    key_of = {id(one): key for key, one in changes.items()}
    waves = [[key_of[id(one)] for one in wave.changes] for wave in ordered.waves]
    if order(azure, list(changes.values()), judge, start).stuck:
        # What is left has no order as it is: the next plan finds another.
        return waves
    kept: list[list[Key]] = []
    for wave in waves:
        good = [key for key in wave if _leaves_an_order(azure, judge, start, changes, [*_flat(kept), key])]
        if not good:
            break
        kept.append(good)
    return kept


def _leaves_an_order(
    azure: World, judge: Judge, start: Measure, changes: Mapping[Key, Change], first: Sequence[Key]
) -> bool:
    """Whether the changes that are not among the first still have a safe order after those."""
    with Tried(azure) as tried:
        done = all(tried.carry_out(changes[key]) for key in first)
        rest = [one for key, one in changes.items() if key not in first]
        return done and not order(azure, rest, judge, start).stuck


def _flat(waves: Iterable[Sequence[Key]]) -> list[Key]:
    return [key for wave in waves for key in wave]


def _change(step: StepReport) -> Change:
    """The change that a step tells."""
    request = request_of(step)
    return Change(
        method=request.method,
        id=request.id,
        action=request.action,
        api_version=request.api_version,
        body=request.body,
        summary=step.summary,
        safety=Safety.SAFE if step.safety == "safe" else Safety.ASKS,
        why=step.why,
        because=step.because,
        closes=step.closes,
        query=step.request.query,
    )


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
    whole: PlanDocument,
    now: PlanDocument,
    looked: Sequence[Stopped],
    sections: tuple[Section, ...],
    waiting: tuple[Stopped, ...],
    answers: Answers,
) -> Preflight:
    left = {_key(step) for step in whole.steps if _is_left(step, now)}
    held = tuple(one for one in looked if one.held and _key(one.step) in left)
    named = {_key(one.step) for one in held}
    unsure = {
        _key(one.step): one for one in looked if one.obstacles and not one.held and _key(one.step) not in left
    }
    return Preflight(
        live=answers.live,
        now=now,
        steps=len(whole.steps),
        checks=tuple(
            CheckReport(name=one.name, title=one.title, blind="" if answers.live else one.blind)
            for one in checks()
        ),
        held=held,
        unsure=tuple(unsure.values()),
        later=tuple(step for step in whole.steps if _key(step) in left - named),
        sections=sections,
        waiting=waiting,
        rights=tuple((one.action, one.scope.text) for one in _missing(held)),
    )


def _missing(held: Iterable[Stopped]) -> list[Right]:
    return sorted({right for one in held for obstacle in one.obstacles for right in obstacle.missing})
