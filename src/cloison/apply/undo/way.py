"""What of a way back can be done: what Azure takes, what nobody loses by, and in an order in which each state is safe.

What cannot be done stays, with the reason. Every change is tried on the predicted state before it is offered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from cloison.apply.undo.back import Back, Stays
from cloison.controlplane import Outcome
from cloison.model.behaviour import Json, Refused
from cloison.plan.base import HEAD
from cloison.plan.change import Change, Key, which
from cloison.plan.measure import Judge, Measure
from cloison.plan.order import Ordered, Unsafe, order
from cloison.plan.smallest import Tried
from cloison.plan.world import World

ATTEMPTS_MAX = 8
"""Times that something is dropped for want of a safe place. A guess, as in planning."""
NAMED_MAX = 3
"""Names told of one change."""


class Way(msgspec.Struct, frozen=True):
    """Changes that Azure takes in this order, and the state that they come to."""

    changes: tuple[Change, ...]
    then: Measure
    stays: tuple[Stays, ...]


# --- what Azure takes ------------------------------------------------------------------------------------


def possible(azure: World, found: Back, judge: Judge) -> Way:
    """As much as Azure takes; the rest stays, with Azure's reason, or that of whoever has something in there."""
    return _Possible(azure, found, judge).way()


class _Possible:
    def __init__(self, azure: World, found: Back, judge: Judge) -> None:
        self.azure = azure
        self.found = found
        self.judge = judge
        self.tried = _Trying(azure)
        self.waiting = list(found.changes)
        self.taken: list[Change] = []
        self.done: set[Key] = set()
        self.refusals: dict[Key, Stays] = {}

    def way(self) -> Way:
        """Try what waits until nothing more is taken. The state is as it was afterwards."""
        with self.tried:
            last = self.judge.measure(self.azure, rules=False)
            progress = True
            while self.waiting and progress:
                progress = False
                for change in list(self.waiting):
                    if not self._try(change):
                        continue
                    progress = True
                    if not self.tried.changed:
                        continue
                    after = self.judge.measure(self.azure, rules=False)
                    closes = bool(last.wider(after)) and not after.wider(last)
                    self.taken.append(msgspec.structs.replace(change, closes=closes))
                    last = after
            return Way(tuple(self.taken), last, tuple(self.refusals[one.key] for one in self.waiting))

    def _try(self, change: Change) -> bool:
        """Carry out a change; whether it waits no longer."""
        self.tried.changed = False
        known = {one.key for one in self.found.changes}
        if any(key in known and key not in self.done for key in change.after):
            self.refusals[change.key] = Stays(
                id=change.id, what=change.summary, why="what must come before it stays"
            )
            return False
        if not self._is_so_already(change):
            why = _foreign(self.azure, change, self.found) or self._refusal(change)
            if why is not None:
                self.refusals[change.key] = why
                return self._split(change)
            if not self.tried.changed:
                # What was not set before stands as Azure sets it by itself.
                self.tried.take_back_last()
        self.waiting.remove(change)
        self.done.add(change.key)
        return True

    def _is_so_already(self, change: Change) -> bool:
        """It went, or came, with what was taken back before: a record with its zone group, a zone's own with it."""
        if change.method == "DELETE":
            return self.azure.get(change.id) is None
        return bool(change.after) and self.azure.get(change.id) is not None

    def _refusal(self, change: Change) -> Stays | None:
        try:
            self.tried.outcome(change)
        except Refused as refused:
            why = f"Azure would refuse it: {refused}"
            return Stays(id=change.id, what=change.summary, why=why, kind="refused")
        return None

    def _split(self, change: Change) -> bool:
        """Where Azure does not take several settings together it may take some; whether there are several."""
        parts = list(_parts(change))
        if len(parts) < 2:
            return False
        at = self.waiting.index(change)
        self.waiting[at : at + 1] = parts
        return True


class _Trying(Tried):
    """Changes tried, the last of which may have changed nothing."""

    changed = False

    def outcome(self, change: Change) -> Outcome:
        """As of others; and whether anything but etags is another than before."""
        told = super().outcome(change)
        first = {one.id: one.body for one in reversed(told.undo)}
        self.changed = any(_bare(self.azure.get(id)) != _bare(body) for id, body in first.items())
        return told


def _bare(body: Json | None) -> Json | None:
    return body if body is None else {name: one for name, one in body.items() if name not in HEAD}


def _parts(change: Change) -> Iterator[Change]:
    """A PATCH in as many as it has blocks."""
    if change.method != "PATCH" or change.body is None or change.part:
        return
    for name, value in change.body.items():
        blocks = value if name == "properties" and isinstance(value, dict) else {"": value}
        for block, inner in blocks.items():
            body = {name: {block: inner}} if block else {name: value}
            summary = f"Set {block or name} of {which(change.id)} back"
            yield msgspec.structs.replace(change, body=body, summary=summary, part=block or name)


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


# --- what is safe ----------------------------------------------------------------------------------------


def settled(
    azure: World, changes: Sequence[Change], judge: Judge, bound: Measure
) -> tuple[Ordered, list[Unsafe]]:
    """An order of as many changes as have a safe place, and those that have none. bound: no state is worse."""
    left, unsafe = _harmless(azure, changes, judge, bound)
    for _ in range(ATTEMPTS_MAX):
        ordered = order(azure, left, judge, bound)
        if not ordered.stuck:
            return ordered, unsafe
        culprits = [one for one in ordered.stuck if not one.refused] or list(ordered.stuck)
        unsafe += culprits
        left = _without(left, {one.change.key for one in culprits})
    return order(azure, (), judge, bound), unsafe


def _harmless(
    azure: World, changes: Sequence[Change], judge: Judge, bound: Measure
) -> tuple[list[Change], list[Unsafe]]:
    """As many changes as lead, one by one, to an end that is no worse than it may be; why not the others."""
    kept, waiting = list[Change](), list(changes)
    doubts: dict[Key, Unsafe] = {}
    if _is_harmless(azure, changes, judge, bound):
        return waiting, []
    with Tried(azure) as tried:
        progress = True
        while waiting and progress:
            progress = False
            for change in list(waiting):
                doubt = _doubt(tried, change, waiting, judge, bound)
                if doubt is None:
                    kept.append(change)
                    waiting.remove(change)
                    progress = True
                else:
                    doubts[change.key] = doubt
    return kept, [doubts[one.key] for one in waiting]


def _is_harmless(azure: World, changes: Sequence[Change], judge: Judge, bound: Measure) -> bool:
    with Tried(azure) as tried:
        return all(tried.carry_out(change) for change in changes) and not any(judge.worse(azure, bound))


def _doubt(
    tried: Tried, change: Change, waiting: Sequence[Change], judge: Judge, bound: Measure
) -> Unsafe | None:
    """Carry out a change; why it must not be, or cannot, and it is not."""
    if any(one.key in change.after for one in waiting):
        return Unsafe(change)
    try:
        tried.outcome(change)
    except Refused as refused:
        return Unsafe(change, f"{refused.code}: {refused.message}")
    wider, lost = judge.worse(tried.azure, bound)
    if not wider and not lost:
        return None
    tried.take_back_last()
    return Unsafe(change, "", tuple(wider), tuple(lost))


def _without(changes: Sequence[Change], keys: set[Key]) -> list[Change]:
    """The changes without some, and without what must come after those."""
    return [one for one in changes if one.key not in keys and not keys.intersection(one.after)]
