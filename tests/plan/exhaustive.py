"""The smallest set of changes, found by trying every one: what a search that is clever is held against."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import msgspec

from cloison.model.snapshot import Snapshot
from cloison.plan.change import Change, Wishes
from cloison.plan.gather import Gathered, gather
from cloison.plan.measure import Judge
from cloison.plan.settle import harmless
from cloison.plan.smallest import Goal, Tried, smallest
from cloison.plan.world import World
from cloison.requirements import requirements

UNITS_MAX = 6
"""Parts that a case may have: 64 sets."""


def units(changes: tuple[Change, ...]) -> list[list[Change]]:
    """Changes that are done together: what is deleted and made again, with what stands below it."""
    found: list[list[Change]] = []
    roots: dict[int, str] = {}
    for change in changes:
        for at, root in roots.items():
            if f"{change.id}/".startswith(f"{root}/"):
                found[at].append(change)
                break
        else:
            if change.method == "DELETE":
                roots[len(found)] = str(change.id)
            found.append([change])
    return found


def gathered(read: Snapshot) -> tuple[World, Judge, Gathered]:
    """All changes that help an environment, and none that makes anything worse in the end."""
    azure, judge = World(read), Judge(requirements())
    all_ = gather(azure, judge, Wishes())
    reasons = dict(all_.why)
    changes, full = harmless(azure, all_.changes, all_.measure, judge, all_.start, reasons)
    return azure, judge, msgspec.structs.replace(all_.after(full, judge, reasons), changes=changes)


def optimum(read: Snapshot) -> int | None:
    """How many changes the smallest set has that mends as much as all; None for a case that is too large."""
    azure, judge, all_ = gathered(read)
    parts = units(all_.changes)
    if len(parts) > UNITS_MAX:
        return None
    goal = Goal.of(all_.start, all_, judge)
    sizes = [len(some) for some in _sets(parts) if _is_good(azure, judge, goal, all_, some)]
    return min(sizes)


def found(read: Snapshot) -> int:
    """How many the planner's search comes to."""
    azure, judge, all_ = gathered(read)
    return len(smallest(azure, all_.changes, judge, Goal.of(all_.start, all_, judge)).changes)


def _sets(parts: list[list[Change]]) -> Iterator[list[Change]]:
    for size in range(len(parts) + 1):
        for some in combinations(parts, size):
            yield [change for part in some for change in part]


def _is_good(azure: World, judge: Judge, goal: Goal, all_: Gathered, some: list[Change]) -> bool:
    keys = {change.key for change in some}
    with Tried(azure) as tried:
        # In the order in which they were found.
        if not all(tried.carry_out(change) for change in all_.changes if change.key in keys):
            return False
        return goal.is_reached(judge.look(azure), judge)
