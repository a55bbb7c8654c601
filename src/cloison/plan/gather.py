"""Gathering: every change that the broken requirements ask for, found by mending, looking again, and mending on.

A first fix often uncovers a second: an endpoint without zone group, a zone without link. So fixes are tried on the
state, the state is judged again, until nothing is broken or nothing new is offered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from cloison.arm.ids import ResourceId
from cloison.check.write import name_of
from cloison.model.behaviour import Refused, Write, look, merged
from cloison.model.verdict import Finding, Fix, Safety
from cloison.plan.change import Change, Impossible, Wishes, changes_of
from cloison.plan.document import LeftWord
from cloison.plan.measure import Judge, Measure
from cloison.plan.rehearse import rehearse
from cloison.plan.ways import way_out
from cloison.plan.world import World

ROUNDS_MAX = 12
"""Looks. The longest chain we know takes six: start, zone, endpoint, zone group, link, closing."""

Mark = tuple[object, ...]


Reason = tuple[LeftWord, str]
"""Why a finding cannot be mended: its sort, and in words."""


class Left(msgspec.Struct, frozen=True):
    """What stays broken, and why no change mends it here."""

    finding: Finding
    kind: LeftWord
    why: str
    options: tuple[Fix, ...] = ()
    """What a person can do."""


class Gathered(msgspec.Struct, frozen=True):
    """All changes, in an order in which Azure takes them; and what they cannot mend."""

    changes: tuple[Change, ...]
    start: Measure
    measure: Measure
    """Of the state after all of them."""
    left: tuple[Left, ...]
    why: Mapping[str, Reason]
    """Why a finding could not be mended, by its name."""
    ways: Mapping[str, Fix] = {}
    """What a person can do about a finding whose change Azure refuses, by its name."""

    def after(self, measure: Measure, judge: Judge, why: Mapping[str, Reason]) -> Gathered:
        """The same, of another state that some of the changes come to."""
        left = tuple(_left(one, why, self.ways) for one in judge.targets(measure, self.start))
        return msgspec.structs.replace(self, measure=measure, left=left, why=why)


def gather(azure: World, judge: Judge, wishes: Wishes) -> Gathered:
    """Every change that helps, tried on the state, which is as it was afterwards."""
    search = _Search(azure, judge, wishes)
    try:
        measure = search.run()
        found = Gathered(tuple(search.trial.changes), search.start, measure, (), search.why, search.ways)
        return found.after(measure, judge, search.why)
    finally:
        search.trial.take_back()


def _left(finding: Finding, why: Mapping[str, Reason], ways: Mapping[str, Fix]) -> Left:
    """Why a finding stays."""
    name = name_of(finding)
    manual = tuple(fix for fix in finding.fixes if fix.safety is Safety.MANUAL)
    nothing: Reason = ("manual", manual[0].why if manual else "no change that Cloison knows mends it")
    kind, said = why.get(name, nothing)
    return Left(finding, kind, said, (*manual, ways[name]) if kind == "refused" and name in ways else manual)


class _Search:
    def __init__(self, azure: World, judge: Judge, wishes: Wishes) -> None:
        self.judge = judge
        self.wishes = wishes
        self.trial = Trial(azure)
        self.start = judge.measure(azure)
        self.why: dict[str, Reason] = {}
        self.ways: dict[str, Fix] = {}
        self.done: set[Mark] = set()
        self.waiting: dict[Mark, tuple[Change, str]] = {}
        """Changes that Azure refuses as things stand, with the finding that asks for them."""
        self.again: set[ResourceId] = set()
        """What is taken away to be made again."""
        self.barred: set[ResourceId] = set()
        """What could be taken away and not be made again."""

    def run(self) -> Measure:
        """Mend until nothing changes any more; the last measure."""
        while True:
            measure = self._mended()
            torn = {id for id in self.again for change, _ in self.waiting.values() if _within(change.id, id)}
            if not torn:
                return measure
            # Both halves of it or none: begin anew, and leave it alone.
            self.barred |= torn
            self.trial.start_over()
            self.done.clear()
            self.waiting.clear()
            self.again.clear()

    def _mended(self) -> Measure:
        measure = self.start
        for _ in range(ROUNDS_MAX):
            findings = self.judge.targets(measure, self.start)
            progress = [self._try(fix, one) for one in findings for fix in one.fixes]
            if not any([*progress, self._again()]):
                break
            measure = self.judge.measure(self.trial.azure)
        return measure

    def _try(self, fix: Fix, finding: Finding) -> bool:
        """Carry out a fix; whether anything changed."""
        if fix.safety is Safety.MANUAL or (fix.again and ResourceId(fix.target) in self.barred):
            return False
        name = name_of(finding)
        try:
            changes = list(changes_of(fix, name, self.trial.azure, self.wishes))
        except Impossible as problem:
            self.why[name] = ("manual", str(problem))
            return False
        if fix.again:
            self.again.add(changes[0].id)
        done = [self._carry_out(change, name) for change in changes]
        return any(done)

    def _carry_out(self, change: Change, name: str) -> bool:
        mark = (*change.key, msgspec.json.encode(change.body, order="deterministic"))
        if mark in self.done:
            return False
        later = chosen_later(change, self.trial.azure)
        if later is not None:
            self.why[name] = ("later", later)
            return False
        refusal = self.trial.carry_out(change)
        if refusal is None:
            self.done.add(mark)
            self.waiting.pop(mark, None)
            return True
        self.waiting[mark] = (change, name)
        said = f"{change.summary}: Azure would answer {refusal.code}: {refusal.message}"
        self.why[name] = ("refused", said)
        if (way := way_out(change, refusal)) is not None:
            self.ways[name] = way
        return False

    def _again(self) -> bool:
        """Try what Azure refused before something else was done; whether anything changed."""
        done = [self._carry_out(change, name) for change, name in list(self.waiting.values())]
        return any(done)


def chosen_later(change: Change, azure: World) -> str | None:
    """Why a request cannot be told in advance: it names an identity that Azure makes only when the plan is applied."""
    wanted = look(change.body, "properties/principalId")
    for id in azure.written() if isinstance(wanted, str) else ():
        if look(azure.get(id), "identity/principalId") == wanted:
            return (
                f"{change.summary}: Azure gives {id.name} its identity first: plan again once this is applied"
            )
    return None


class Trial:
    """Changes carried out on a state, to be taken back. Changes of one resource become one."""

    def __init__(self, azure: World) -> None:
        self.azure = azure
        self.changes: list[Change] = []
        self._undo: list[Sequence[Write]] = []

    def carry_out(self, change: Change) -> Refused | None:
        """Try a change; Azure's refusal, or None where it is done."""
        try:
            self._undo.append(rehearse(self.azure, change))
        except Refused as refused:
            return refused
        gone = [
            at for at, one in enumerate(self.changes) if one.method == "DELETE" and _within(change.id, one.id)
        ]
        since = gone[-1] + 1 if gone else 0
        same = next((at for at in range(since, len(self.changes)) if _joins(self.changes[at], change)), None)
        if same is not None:
            self.changes[same] = joined(self.changes[same], change)
            return None
        before = sum(one.key[:3] == change.key[:3] for one in self.changes)
        self.changes.append(msgspec.structs.replace(change, part=f"{before + 1}") if before else change)
        return None

    def start_over(self) -> None:
        """Forget all changes."""
        self.take_back()
        self.changes.clear()

    def take_back(self) -> None:
        """Leave the state as it was."""
        for undo in reversed(self._undo):
            self.azure.take_back(undo)
        self._undo.clear()


def _within(id: ResourceId, other: ResourceId) -> bool:
    return id == other or id.startswith(f"{other}/")


def _joins(one: Change, other: Change) -> bool:
    """Two changes of one resource that one request can carry."""
    same = one.id == other.id and one.method == other.method and one.closes == other.closes
    return same and one.method in ("PATCH", "PUT")


def joined(one: Change, other: Change) -> Change:
    """One request for both, the later one winning where they contradict each other."""
    worst = max((one.safety, other.safety), key=list(Safety).index)
    summaries = dict.fromkeys((*one.summary.split("; "), *other.summary.split("; ")))
    return msgspec.structs.replace(
        one,
        body=merged(one.body, other.body) if one.method == "PATCH" else other.body,
        summary="; ".join(summaries),
        safety=worst,
        why="; ".join(dict.fromkeys((one.why, other.why))),
        because=tuple(dict.fromkeys((*one.because, *other.because))),
    )
