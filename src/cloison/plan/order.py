"""Order: one in which no state on the way is more exposed than the start, and nothing that worked stops.

Found by trying: whichever change leaves the state safe may come next. Changes that may run side by side are found the
same way: every subset of them must be safe, since any of them may be the first to be done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.controlplane import Seeded, run
from cloison.model.behaviour import Refused, Write
from cloison.plan.change import Change
from cloison.plan.gather import seed
from cloison.plan.measure import Flow, Judge, Measure
from cloison.plan.world import World

SIDE_BY_SIDE = 4
"""Changes of one wave: 16 states to judge. More would double the time for each."""


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
        hosts = ", ".join(dict.fromkeys(host for _, _, host in self.lost))
        return f"{self.change.summary}: {hosts} would stop working for pods"


class Ordered(msgspec.Struct, frozen=True):
    """Waves of changes, each safe; or how far it went and what was in the way."""

    waves: tuple[tuple[Change, ...], ...]
    stuck: tuple[Unsafe, ...] = ()
    """For each change that is left: why it cannot come next. Empty: all are ordered."""
    states: int = 0
    """States judged on the way."""


def order(azure: World, changes: Sequence[Change], judge: Judge, start: Measure) -> Ordered:
    """The waves. The state is as it was afterwards."""
    search = _Search(azure, judge, start)
    try:
        return search.run(list(changes))
    finally:
        search.take_back()


class _Search:
    def __init__(self, azure: World, judge: Judge, start: Measure) -> None:
        self.azure = azure
        self.judge = judge
        self.start = start
        self.undo: list[Sequence[Write]] = []
        self.before = judge.measured

    def run(self, left: list[Change]) -> Ordered:
        waves: list[tuple[Change, ...]] = []
        while left:
            wave, reasons = self._next(left)
            if not wave:
                return Ordered(tuple(waves), tuple(reasons), self.judge.measured - self.before)
            for change in wave:
                self._do(change)
            waves.append(wave)
            left = [one for one in left if one not in wave]
        return Ordered(tuple(waves), (), self.judge.measured - self.before)

    def take_back(self) -> None:
        for undo in reversed(self.undo):
            self.azure.take_back(undo)
        self.undo.clear()

    def _next(self, left: list[Change]) -> tuple[tuple[Change, ...], list[Unsafe]]:
        """The changes that may come next, side by side; else why none may."""
        wave: list[Change] = []
        reasons: list[Unsafe] = []
        for change in left:
            if len(wave) == SIDE_BY_SIDE:
                break
            if any(_serial(change, one) for one in wave):
                continue
            # Every subset with the new one in it: any of the others may be done before it, or not.
            doubts = [self._doubt((*some, change)) for some in _subsets(wave)]
            doubt = next((one for one in doubts if one is not None), None)
            if doubt is None:
                wave.append(change)
            elif not wave:
                reasons.append(doubt)
        return tuple(wave), reasons

    def _doubt(self, changes: Iterable[Change]) -> Unsafe | None:
        """Why the state after these changes is not safe; None: it is."""
        done: list[Sequence[Write]] = []
        last = None
        try:
            for change in changes:
                last = change
                done.append(run(self.azure, change.request, Seeded(seed(change))).undo)
            assert last is not None
            measure = self.judge.measure(self.azure, rules=False)
            wider, lost = measure.wider(self.start), measure.lost(self.start)
            return Unsafe(last, "", tuple(wider), tuple(lost)) if wider or lost else None
        except Refused as refused:
            assert last is not None
            return Unsafe(last, f"{refused.code}: {refused.message}")
        finally:
            for undo in reversed(done):
                self.azure.take_back(undo)

    def _do(self, change: Change) -> None:
        self.undo.append(run(self.azure, change.request, Seeded(seed(change))).undo)


def _subsets(changes: Sequence[Change]) -> Iterable[tuple[Change, ...]]:
    for size in range(len(changes) + 1):
        yield from combinations(changes, size)


def _serial(one: Change, other: Change) -> bool:
    """ARM does these one after the other: they touch one resource, or one network, zone or service of it.

    Source: terraform-provider-azurerm #21293, #28715; private DNS answers "already has 1 operations … queued" for a
    second change of one zone; checked 2026-11-24.
    """
    return bool(touched(one) & touched(other))


def touched(change: Change) -> set[ResourceId]:
    """The resources that a change holds while it is under way: what it names, up to their outermost parents."""
    found = {_outermost(change.id)}
    pending: list[object] = [change.body]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, str) and value.startswith("/subscriptions/") and "/providers/" in value:
            found.add(_outermost(ResourceId(value)))
    return found


def _outermost(id: ResourceId) -> ResourceId:
    head, separator, tail = str(id).rpartition("/providers/")
    return ResourceId(f"{head}{separator}{'/'.join(tail.split('/')[:3])}")
