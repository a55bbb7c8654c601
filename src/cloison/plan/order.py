"""Order: one in which no state on the way is more exposed than the start, and nothing that worked stops.

Found by trying: whichever change leaves the state safe may come next, and where none does, another is taken before.
Changes that may run side by side are found the same way: every subset of them must be safe, since any of them may be
the first to be done. What closes a door comes last, and alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Refused, Write, ids_in
from cloison.plan.change import Change
from cloison.plan.flows import Flow
from cloison.plan.measure import Judge, Measure
from cloison.plan.rehearse import rehearse
from cloison.plan.smallest import outermost
from cloison.plan.world import World

SIDE_BY_SIDE = 4
"""Changes of one wave: 16 states to judge. More would double the time for each."""
STATES_MAX = 300
"""States judged in search of an order: a second or two. A guess: orders that we know take less than a hundred."""


class Unsafe(msgspec.Struct, frozen=True):
    """Why a change cannot come next."""

    change: Change
    refused: str = ""
    """Azure's answer."""
    wider: tuple[ResourceId, ...] = ()
    lost: tuple[Flow, ...] = ()

    def __str__(self) -> str:
        if self.refused:
            return f"{self.change.summary}: Azure would refuse it: {self.refused}"
        if self.wider:
            return f"{self.change.summary}: {', '.join(id.name for id in self.wider)} would let in more than before"
        if not self.lost:
            return f"{self.change.summary}: what must come before it has no safe place"
        hosts = ", ".join(dict.fromkeys(host for *_, host in self.lost))
        return f"{self.change.summary}: {hosts} would stop working for pods"


class Wave(msgspec.Struct, frozen=True):
    """Changes that may run side by side, and the state after all of them."""

    changes: tuple[Change, ...]
    after: Measure


class Ordered(msgspec.Struct, frozen=True):
    """Waves of changes, each safe; or how far it went and what was in the way."""

    waves: tuple[Wave, ...]
    stuck: tuple[Unsafe, ...] = ()
    """For each change that is left: why it cannot come next. Empty: all are ordered."""
    states: int = 0
    """States judged on the way."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """All that are ordered."""
        return tuple(change for wave in self.waves for change in wave.changes)


def order(
    azure: World, changes: Sequence[Change], judge: Judge, start: Measure, *, all_or_none: bool = False
) -> Ordered:
    """The waves. The state is as it was afterwards. all_or_none: no waves where something is stuck."""
    search = _Search(azure, judge, start)
    try:
        line = search.line(list(changes))
        search.take_back()
        if len(line) < len(changes):
            # What found no place at last may have one at first.
            late = [one for one in changes if one not in line]
            other = search.line([*late, *line])
            search.take_back()
            line = max(line, other, key=len)
        left = [one for one in changes if one not in line]
        waves: list[Wave] = []
        if left and all_or_none:
            search.do(line)
        else:
            waves = search.waves(line)
        stuck = tuple(search.doubt([one]) or Unsafe(one) for one in left)
        return Ordered(tuple(waves), stuck, judge.measured - search.before)
    finally:
        search.take_back()


class _Search:
    def __init__(self, azure: World, judge: Judge, start: Measure) -> None:
        self.azure = azure
        self.judge = judge
        self.start = start
        self.undo: list[Sequence[Write]] = []
        self.before = judge.measured
        self.last = start

    # --- one after the other -----------------------------------------------------------------------------

    def line(self, changes: list[Change]) -> list[Change]:
        """An order in which each state is safe: of all changes, else of as many as one comes to at first."""
        judged = self.judge.measured
        longest: list[Change] = []
        done: list[Change] = []
        dead: set[frozenset[int]] = set()
        number = {change.key: at for at, change in enumerate(changes)}

        def extend(left: list[Change]) -> bool:
            nonlocal longest
            longest = max(longest, list(done), key=len)
            places = frozenset(number[one.key] for one in left)
            if not left or places in dead or self.judge.measured - judged > STATES_MAX:
                return not left
            waiting = {one.key for one in left}
            for change in left:
                if waiting.intersection(change.after) or self.doubt([change]) is not None:
                    continue
                self.do([change])
                done.append(change)
                if extend([one for one in left if one is not change]):
                    return True
                done.pop()
                self.azure.take_back(self.undo.pop())
            dead.add(places)
            return False

        extend([*(one for one in changes if not one.closes), *(one for one in changes if one.closes)])
        return longest

    # --- side by side ------------------------------------------------------------------------------------

    def waves(self, line: list[Change]) -> list[Wave]:
        """The changes of a safe order, those side by side that may be."""
        return self._waves(line, ahead=True) or self._waves(line, ahead=False) or []

    def _waves(self, line: list[Change], *, ahead: bool) -> list[Wave] | None:
        """ahead: a change may overtake others of the line; None where that leads to a state that is not safe."""
        found: list[Wave] = []
        left = list(line)
        while left:
            if ahead and self.doubt([left[0]]) is not None:
                self.take_back()
                return None
            wave = self._wave(left, ahead=ahead)
            self.do(wave)
            found.append(Wave(tuple(wave), self.judge.measure(self.azure, rules=False)))
            left = [one for one in left if one not in wave]
        return found

    def _wave(self, left: list[Change], *, ahead: bool) -> list[Change]:
        wave = [left[0]]
        waiting = {one.key for one in left}
        for change in left[1:]:
            if len(wave) == SIDE_BY_SIDE or wave[0].closes or change.closes:
                break
            # Every subset with the new one in it: any of the others may be done before it, or not.
            serial = any(_serial(change, one) for one in wave) or waiting.intersection(change.after)
            if not serial and all(self.doubt([*some, change]) is None for some in _subsets(wave)):
                wave.append(change)
            elif not ahead:
                break
        return wave

    # --- trying ------------------------------------------------------------------------------------------

    def doubt(self, changes: Iterable[Change]) -> Unsafe | None:
        """Why the state after these changes is not safe; None: it is."""
        done: list[Sequence[Write]] = []
        last = None
        try:
            for change in changes:
                last = change
                done.append(rehearse(self.azure, change))
            assert last is not None
            wider, lost = self.judge.worse(self.azure, self.start)
            return Unsafe(last, "", tuple(wider), tuple(lost)) if wider or lost else None
        except Refused as refused:
            assert last is not None
            return Unsafe(last, f"{refused.code}: {refused.message}")
        finally:
            for undo in reversed(done):
                self.azure.take_back(undo)

    def take_back(self) -> None:
        """Leave the state as it was."""
        for undo in reversed(self.undo):
            self.azure.take_back(undo)
        self.undo.clear()

    def do(self, changes: Iterable[Change]) -> None:
        """Carry out changes that are safe."""
        for change in changes:
            self.undo.append(rehearse(self.azure, change))


def _subsets(changes: Sequence[Change]) -> Iterable[tuple[Change, ...]]:
    for size in range(len(changes) + 1):
        yield from combinations(changes, size)


def _serial(one: Change, other: Change) -> bool:
    """ARM does these one after the other: they touch one resource, or one network, zone or service of it.

    Source: terraform-provider-azurerm #21293, #28715; private DNS answers "already has 1 operations … queued" for a
    second change of one zone; checked 2026-11-24.
    """
    return bool(touched(one) & touched(other))


LINKS = "microsoft.network/privatednszones/virtualnetworklinks"
"""They name a network and change nothing there. Source: as `_serial`; ten at a time are common practice."""


def touched(change: Change) -> set[ResourceId]:
    """The resources that a change holds while it is under way: what it names, up to their outermost parents."""
    named = ids_in(change.body) if change.id.type != LINKS else ()
    return {outermost(change.id), *(outermost(id) for id in named if "/providers/" in id.text)}
