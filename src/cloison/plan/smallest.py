"""The smallest set: no change can be left out, and no smaller set of the same changes reaches the goal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.check.write import name_of
from cloison.controlplane import Outcome, Seeded, run
from cloison.model.behaviour import Refused, Write
from cloison.model.verdict import Finding, Safety
from cloison.plan.change import Change, Key
from cloison.plan.gather import Gathered
from cloison.plan.measure import Judge, Measure, Sight, Stand, stand_of
from cloison.plan.rehearse import rehearse, seed
from cloison.plan.world import World

SETS_MAX = 150
"""Sets judged in search of a smaller one: a second or so. Beyond, a set is only known to have nothing to spare."""

Units = frozenset[int]
"""Changes, by the places of their units: those that are done together or not at all."""


class Goal(msgspec.Struct, frozen=True):
    """What a set of changes must reach: everything that can be mended is, and nothing is worse than at the start."""

    start: Measure
    left: frozenset[Stand]
    """What may stay broken, as no change mends it."""
    gone: frozenset[str]
    """Names of findings that must be gone all the same: a first part, which lets the next plan do the rest."""
    likely: tuple[str, ...]
    """Ids of requirements in the order in which they are asked: those that are broken at the start first."""

    @staticmethod
    def of(start: Measure, gathered: Gathered, judge: Judge) -> Goal:
        """All that all changes together mend, or bring so far that the next plan can."""
        left = frozenset(stand_of(one.finding) for one in gathered.left)
        later = {stand_of(one.finding) for one in gathered.left if one.kind == "later"}
        named = {name_of(one) for one in judge.targets(start) if stand_of(one) in later}
        likely = dict.fromkeys(
            (*(one.requirement for one in judge.targets(start)), *(rule.id for rule in judge.rules))
        )
        return Goal(
            start, left, frozenset(named - {name_of(one) for one in gathered.measure.findings}), tuple(likely)
        )

    def is_reached(self, sight: Sight, judge: Judge, first: Sequence[str] = ()) -> bool:
        """first: ids of requirements that are the likeliest to be missed."""
        rules = {rule.id: rule for rule in judge.rules}
        findings: list[Finding] = []
        for id in dict.fromkeys((*first, *self.likely)):
            told = sight.findings([rules[id]])
            if any(self._is_missed(one, judge) for one in told):
                return False
            findings.extend(told)
        measure = sight.measure(findings)
        return not (measure.worse(self.start) or measure.wider(self.start) or measure.lost(self.start))

    def missing(self, sight: Sight, judge: Judge) -> frozenset[Stand]:
        """What was broken at the start, is to be mended, and is not."""
        wanted = {one.requirement for one in judge.targets(self.start)}
        told = sight.findings([rule for rule in judge.rules if rule.id in wanted])
        return frozenset(stand_of(one) for one in told if self._is_missed(one, judge))

    def _is_missed(self, one: Finding, judge: Judge) -> bool:
        if not judge.is_target(one, self.start):
            return False
        return stand_of(one) not in self.left or name_of(one) in self.gone


class Smallest(msgspec.Struct, frozen=True):
    """The set, in the given order; and whether no smaller one reaches the goal, or none with less blast radius."""

    changes: tuple[Change, ...]
    exhausted: bool
    missing: Mapping[Key, frozenset[Stand]]
    """For each change, what of the start would stay broken without it."""


def smallest(azure: World, changes: Sequence[Change], judge: Judge, goal: Goal) -> Smallest:
    """The smallest subset that reaches the goal, in the given order; among equal ones the least blast radius.

    Blast radius: whose changes ask fewer people, then touch fewer resources, then by name. The state is as it was
    afterwards.
    """
    search = _Sets(azure, changes, judge, goal)
    needed = search.needed()
    kept = search.thinned(needed)
    spare = sorted(search.all - needed)
    judged = judge.measured
    for size in range(len(kept) - len(needed) + 1):
        for some in sorted((frozenset(one) | needed for one in combinations(spare, size)), key=search.radius):
            if len(some) == len(kept) and search.radius(some) >= search.radius(kept):
                break
            if judge.measured - judged > SETS_MAX:
                return Smallest(search.changes_of(kept), False, search.missing)
            if search.good(some):
                return Smallest(search.changes_of(some), True, search.missing)
    return Smallest(search.changes_of(kept), True, search.missing)


class _Sets:
    """Sets of changes, each judged once."""

    def __init__(self, azure: World, changes: Sequence[Change], judge: Judge, goal: Goal) -> None:
        self.azure = azure
        self.changes = changes
        self.judge = judge
        self.goal = goal
        self.units = units_of(changes)
        self.unit_of = {at: unit for unit, places in enumerate(self.units) for at in places}
        self.all: Units = frozenset(range(len(self.units)))
        self._known: dict[Units, bool] = {}
        self.missing: dict[Key, frozenset[Stand]] = {}
        """For each change that is needed, what stays broken without it."""

    def changes_of(self, some: Units) -> tuple[Change, ...]:
        """The changes of a set, in order."""
        return tuple(change for at, change in enumerate(self.changes) if self.unit_of[at] in some)

    def good(self, some: Units, first: Sequence[str] = ()) -> bool:
        """Whether Azure takes these changes and they reach the goal. first: requirements likely to be missed."""
        if some not in self._known:
            with Tried(self.azure) as tried:
                taken = all(tried.carry_out(change) for change in self.changes_of(some))
                self._known[some] = taken and self._is_reached(first)
        return self._known[some]

    def needed(self) -> Units:
        """Units without which the others do not reach the goal, however they are chosen.

        From the last to the first, on the state that those before come to, which is so made once.
        """
        found: dict[int, bool | None] = {}
        with Tried(self.azure) as before:
            if not all(before.carry_out(change) for change in self.changes):
                return frozenset()
            for at in reversed(range(len(self.changes))):
                before.take_back_last()
                unit = self.unit_of[at]
                if at == self.units[unit][0]:
                    found[unit] = self._reached_without(unit, at)
        for unit, reached in found.items():
            if reached is None:
                found[unit] = self.good(self.taken(self.all - {unit}), self._asking(unit))
        return frozenset(unit for unit, reached in found.items() if not reached)

    def _reached_without(self, unit: int, at: int) -> bool | None:
        """Whether the goal is reached without a unit that begins at a place, and without what is refused then.

        On the state that the changes before it come to. None: a unit is refused of which a part was done already.
        """
        left = {unit}
        with Tried(self.azure) as after:
            for place in range(at + 1, len(self.changes)):
                own = self.unit_of[place]
                if own not in left and not after.carry_out(self.changes[place]):
                    if place != self.units[own][0]:
                        return None
                    left.add(own)
            missing = self.goal.missing(self.judge.look(self.azure), self.judge)
            self.missing.update(dict.fromkeys((self.changes[one].key for one in self.units[unit]), missing))
            rest = self.all - left
            if rest not in self._known:
                self._known[rest] = not missing and self._is_reached(self._asking(unit))
            return self._known[rest]

    def thinned(self, needed: Units) -> Units:
        """A set with nothing to spare: changes are left out one after the other, those that ask most first."""
        kept = self.all
        for unit in sorted(
            kept - needed, key=lambda one: (-self._asks(frozenset([one])), -self.units[one][0])
        ):
            if unit in kept:
                without = self.taken(kept - {unit})
                if self.good(without, self._asking(unit)):
                    kept = without
        return kept

    def radius(self, some: Units) -> tuple[int, int, list[str]]:
        """How many changes ask somebody, how many resources are touched, then names: for ties."""
        chosen = self.changes_of(some)
        return self._asks(some), len({outermost(one.id) for one in chosen}), [str(one.id) for one in chosen]

    def taken(self, some: Units) -> Units:
        """Those of a set that Azure takes when the others are left out."""
        while True:
            with Tried(self.azure) as tried:
                places = [at for at in range(len(self.changes)) if self.unit_of[at] in some]
                refused = {self.unit_of[at] for at in places if not tried.carry_out(self.changes[at])}
            if not refused:
                return some
            some -= refused

    def _asks(self, some: Units) -> int:
        return sum(one.safety is not Safety.SAFE for one in self.changes_of(some))

    def _asking(self, unit: int) -> list[str]:
        """Ids of the requirements that ask for a unit."""
        names = (name for at in self.units[unit] for name in self.changes[at].because)
        return [name.partition("-")[0] for name in names]

    def _is_reached(self, first: Sequence[str]) -> bool:
        return self.goal.is_reached(self.judge.look(self.azure), self.judge, first)


def units_of(changes: Sequence[Change]) -> list[tuple[int, ...]]:
    """Places of the changes that are done together: what is deleted to be made again, with what was below it."""
    together: dict[ResourceId | int, list[int]] = {}
    for at, change in enumerate(changes):
        root = next(
            (id for id in together if isinstance(id, ResourceId) and f"{change.id}/".startswith(f"{id}/")),
            None,
        )
        if root is None and change.method == "DELETE":
            root = change.id
        together.setdefault(at if root is None else root, []).append(at)
    return [tuple(places) for places in together.values()]


def without(changes: Sequence[Change], left_out: Sequence[Change]) -> list[Change]:
    """The changes but for some, and but for what is done together with those: nothing is deleted for good by half."""
    keys = {one.key for one in left_out}
    gone = {at for unit in units_of(changes) if any(changes[one].key in keys for one in unit) for at in unit}
    return [one for at, one in enumerate(changes) if at not in gone]


class Tried:
    """Changes carried out on a state, taken back at the end."""

    def __init__(self, azure: World) -> None:
        self.azure = azure
        self._undo: list[Sequence[Write]] = []

    def __enter__(self) -> Tried:
        return self

    def __exit__(self, *_: object) -> None:
        while self._undo:
            self.take_back_last()

    def carry_out(self, change: Change) -> bool:
        """Try a change; whether Azure takes it."""
        try:
            self._undo.append(rehearse(self.azure, change))
        except Refused:
            return False
        return True

    def outcome(self, change: Change) -> Outcome:
        """Carry out a change that Azure takes. Raises Refused."""
        outcome = run(self.azure, change.request, Seeded(seed(change)))
        self._undo.append(outcome.undo)
        return outcome

    def take_back_last(self) -> None:
        """Leave the state as it was before the last change that was taken."""
        self.azure.take_back(self._undo.pop())


def outermost(id: ResourceId) -> ResourceId:
    """The resource that an id lies in, by the last provider: a subnet's network."""
    head, separator, tail = id.text.rpartition("/providers/")
    return ResourceId(f"{head}{separator}{'/'.join(tail.split('/')[:3])}")
