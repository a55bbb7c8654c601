"""The smallest set: no change can be left out, and no smaller set of the same changes reaches the goal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.check.write import name_of
from cloison.controlplane import Seeded, run
from cloison.model.behaviour import Refused, Write
from cloison.model.verdict import Finding, Safety, Verdict
from cloison.plan.change import Change
from cloison.plan.gather import Gathered, seed
from cloison.plan.measure import Judge, Measure, Sight, stand_of
from cloison.plan.world import World

SETS_MAX = 400
"""Sets judged in search of a smaller one: a second or two. Beyond, a set is only known to have nothing to spare."""

Units = frozenset[int]
"""Changes, by the places of their units: those that are done together or not at all."""


class Goal(msgspec.Struct, frozen=True):
    """What a set of changes must reach: everything that can be mended is, and nothing is worse than at the start."""

    start: Measure
    mended: frozenset[str]
    """Names of findings of the start that must be gone."""

    @staticmethod
    def of(start: Measure, gathered: Gathered, judge: Judge) -> Goal:
        """All that all changes together mend, or bring so far that the next plan can."""
        left = {stand_of(one.finding) for one in gathered.left if not one.later}
        gone = {name_of(one) for one in judge.targets(start) if stand_of(one) not in left}
        return Goal(start, frozenset(gone - {name_of(one) for one in gathered.measure.findings}))

    def is_reached(self, sight: Sight, judge: Judge, first: Sequence[str] = ()) -> bool:
        """first: ids of requirements that are the likeliest to be missed."""
        ids = dict.fromkeys((*first, *sorted(name.partition("-")[0] for name in self.mended)))
        rules = {rule.id: rule for rule in judge.rules}
        findings: list[Finding] = []
        for id in ids:
            told = sight.findings([rules[id]]) if id in rules else ()
            if any(one.verdict is Verdict.BROKEN and name_of(one) in self.mended for one in told):
                return False
            findings.extend(told)
        others = sight.findings([rule for rule in judge.rules if rule.id not in ids])
        measure = sight.measure([*findings, *others])
        return not (measure.worse(self.start) or measure.wider(self.start) or measure.lost(self.start))


class Smallest(msgspec.Struct, frozen=True):
    """The set, in the given order; and whether no smaller one reaches the goal, or none with less blast radius."""

    changes: tuple[Change, ...]
    exhausted: bool


def smallest(azure: World, changes: Sequence[Change], judge: Judge, goal: Goal) -> Smallest:
    """The smallest subset that reaches the goal, in the given order; among equal ones the least blast radius.

    Blast radius: whose changes ask fewer people, then touch fewer resources, then by name. The state is as it was
    afterwards.
    """
    search = _Sets(azure, changes, judge, goal)
    kept = search.thinned()
    all_ = frozenset(range(len(search.units)))
    needed = frozenset(unit for unit in all_ if not search.good(search.taken(all_ - {unit}), unit))
    spare = sorted(all_ - needed)
    judged = judge.measured
    for size in range(len(kept) - len(needed) + 1):
        for some in sorted((frozenset(one) | needed for one in combinations(spare, size)), key=search.radius):
            if len(some) == len(kept) and search.radius(some) >= search.radius(kept):
                break
            if judge.measured - judged > SETS_MAX:
                return Smallest(search.changes_of(kept), exhausted=False)
            if search.good(some):
                return Smallest(search.changes_of(some), exhausted=True)
    return Smallest(search.changes_of(kept), exhausted=True)


class _Sets:
    """Sets of changes, each judged once."""

    def __init__(self, azure: World, changes: Sequence[Change], judge: Judge, goal: Goal) -> None:
        self.azure = azure
        self.changes = changes
        self.judge = judge
        self.goal = goal
        self.units = _units(changes)
        self._known: dict[Units, bool] = {}

    def changes_of(self, some: Units) -> tuple[Change, ...]:
        """The changes of a set, in order."""
        return tuple(self.changes[at] for at, _ in self._places(some))

    def good(self, some: Units, without: int | None = None) -> bool:
        """Whether Azure takes these changes and they reach the goal. without: the unit that was left out last."""
        if some not in self._known:
            self._known[some] = self._try(some, without)
        return self._known[some]

    def thinned(self) -> Units:
        """A set with nothing to spare: changes are left out one after the other, those that ask most first."""
        kept = frozenset(range(len(self.units)))
        for unit in sorted(kept, key=lambda one: (-self._asks(frozenset([one])), -one)):
            if unit in kept:
                without = self.taken(kept - {unit})
                if self.good(without, unit):
                    kept = without
        return kept

    def radius(self, some: Units) -> tuple[int, int, list[str]]:
        """How many changes ask somebody, how many resources are touched, then names: for ties."""
        chosen = self.changes_of(some)
        return self._asks(some), len({outermost(one.id) for one in chosen}), [str(one.id) for one in chosen]

    def taken(self, some: Units) -> Units:
        """Those of a set that Azure takes when the others are left out."""
        while True:
            with _tried(self.azure) as carry_out:
                refused = {unit for at, unit in self._places(some) if not carry_out(self.changes[at])}
            if not refused:
                return some
            some -= refused

    def _places(self, some: Units) -> list[tuple[int, int]]:
        return sorted((at, unit) for unit in some for at in self.units[unit])

    def _asks(self, some: Units) -> int:
        return sum(one.safety is not Safety.SAFE for one in self.changes_of(some))

    def _try(self, some: Units, without: int | None) -> bool:
        first = (
            []
            if without is None
            else [name.partition("-")[0] for at in self.units[without] for name in self.changes[at].because]
        )
        with _tried(self.azure) as carry_out:
            if not all(carry_out(change) for change in self.changes_of(some)):
                return False
            return self.goal.is_reached(self.judge.look(self.azure), self.judge, first)


def _units(changes: Sequence[Change]) -> list[tuple[int, ...]]:
    """Places of the changes that are done together: what is deleted to be made again, with what was below it."""
    gone = [one.id for one in changes if one.method == "DELETE"]
    together: dict[ResourceId | int, list[int]] = {}
    for at, change in enumerate(changes):
        root = next((id for id in gone if change.id == id or change.id.startswith(f"{id}/")), None)
        together.setdefault(at if root is None else root, []).append(at)
    return [tuple(places) for places in together.values()]


@contextmanager
def _tried(azure: World) -> Iterator[Callable[[Change], bool]]:
    """Carries changes out, tells whether Azure takes each, and takes all back at the end."""
    undo: list[Sequence[Write]] = []

    def carry_out(change: Change) -> bool:
        try:
            undo.append(run(azure, change.request, Seeded(seed(change))).undo)
        except Refused:
            return False
        return True

    try:
        yield carry_out
    finally:
        for one in reversed(undo):
            azure.take_back(one)


def outermost(id: ResourceId) -> ResourceId:
    """The resource that an id lies in, by the last provider: a subnet's network."""
    head, separator, tail = id.text.rpartition("/providers/")
    return ResourceId(f"{head}{separator}{'/'.join(tail.split('/')[:3])}")
