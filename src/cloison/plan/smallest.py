"""The smallest set: no change can be left out, and no smaller set of the same changes reaches the goal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from cloison.controlplane import Seeded, run
from cloison.model.behaviour import Refused, Write
from cloison.plan.change import Change
from cloison.plan.gather import seed
from cloison.plan.measure import Judge, Measure, Stand
from cloison.plan.world import World

SETS_MAX = 4_096
"""Sets judged in search of a smaller one. Beyond that the set is only known to have nothing to spare."""

Goal = Callable[[Measure], bool]


def goal(start: Measure, full: Measure) -> Goal:
    """What a set must reach: everything that all changes together mend, and nothing worse than at the start."""
    mended = set(start.broken) - set(full.broken)
    allowed: set[Stand] = (set(start.broken) | set(full.broken)) - mended
    undecided = start.undecided | full.undecided

    def reached(measure: Measure) -> bool:
        if not set(measure.broken) <= allowed or not measure.undecided <= undecided:
            return False
        return not measure.wider(start) and not measure.lost(start)

    return reached


def smallest(azure: World, changes: Sequence[Change], judge: Judge, reached: Goal) -> tuple[Change, ...]:
    """The smallest subset that reaches the goal, in the given order; among equal ones the least blast radius.

    The state is as it was afterwards. Ties go to the set whose changes ask fewer people, then by name.
    """
    search = _Sets(azure, changes, judge, reached)
    kept = search.thinned()
    needed = {at for at in range(len(changes)) if not search.good(frozenset(range(len(changes))) - {at})}
    spare = [at for at in range(len(changes)) if at not in needed]
    tried = 0
    for size in range(len(kept) - len(needed)):
        for some in sorted(
            combinations(spare, size), key=lambda these: search.radius(frozenset(these) | needed)
        ):
            tried += 1
            if tried > SETS_MAX:
                return tuple(changes[at] for at in sorted(kept))
            if search.good(frozenset(some) | needed):
                return tuple(changes[at] for at in sorted(frozenset(some) | needed))
    return tuple(changes[at] for at in sorted(kept))


class _Sets:
    """Sets of changes, by their places in the list, each judged once."""

    def __init__(self, azure: World, changes: Sequence[Change], judge: Judge, reached: Goal) -> None:
        self.azure = azure
        self.changes = changes
        self.judge = judge
        self.reached = reached
        self._known: dict[frozenset[int], bool] = {}

    def good(self, some: frozenset[int]) -> bool:
        """These changes are all taken by Azure, and reach the goal."""
        if some not in self._known:
            self._known[some] = self._try(some)
        return self._known[some]

    def thinned(self) -> frozenset[int]:
        """A set with nothing to spare: changes are left out one after the other, those that ask most first."""
        kept = frozenset(range(len(self.changes)))
        for at in sorted(kept, key=lambda one: (-_weight(self.changes[one]), -one)):
            without = self._taken(kept - {at})
            if without is not None and self.good(without):
                kept = without
        return kept

    def radius(self, some: frozenset[int]) -> tuple[int, list[str]]:
        """How many people a set asks, then its names: for ties."""
        chosen = [self.changes[at] for at in sorted(some)]
        return sum(map(_weight, chosen)), [str(one.id) for one in chosen]

    def _taken(self, some: frozenset[int]) -> frozenset[int] | None:
        """Those of a set that Azure takes when the others are left out; None where it takes none."""
        undo: list[Sequence[Write]] = []
        taken = set()
        try:
            for at in sorted(some):
                try:
                    undo.append(
                        run(self.azure, self.changes[at].request, Seeded(seed(self.changes[at]))).undo
                    )
                except Refused:
                    continue
                taken.add(at)
        finally:
            for one in reversed(undo):
                self.azure.take_back(one)
        return frozenset(taken)

    def _try(self, some: frozenset[int]) -> bool:
        undo: list[Sequence[Write]] = []
        try:
            for at in sorted(some):
                undo.append(run(self.azure, self.changes[at].request, Seeded(seed(self.changes[at]))).undo)
            return self.reached(self.judge.measure(self.azure))
        except Refused:
            return False
        finally:
            for one in reversed(undo):
                self.azure.take_back(one)


def _weight(change: Change) -> int:
    return {"safe": 0, "asks": 1, "manual": 2}[change.safety.value]
