"""Rehearsing: one change on one state after another, computed again only where the state answers otherwise.

A plan is found by trying the same changes a thousand times on states that differ by a request or two. What a request
asked of the state is noted, and what it wrote in between. Requests decide by what they are answered alone, so one that
would be answered the same writes the same. Where an answer differs, it is carried out in full. Knows no resource type.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cloison.controlplane import Seeded, run
from cloison.model.behaviour import Request, Write
from cloison.plan.change import Change
from cloison.plan.notes import Notes
from cloison.plan.world import World

KEPT_MAX = 8
"""Notes kept of one change. A guess: endpoints have other addresses wherever one before them is left out."""


class Rehearsed(msgspec.Struct):
    """A change with what it came to before, the last first."""

    change: Change
    """Kept, so that no other takes its number."""
    request: Request
    chance: Seeded
    kept: list[Notes]


def rehearse(azure: World, change: Change) -> Sequence[Write]:
    """Carry out a change; what takes it back. Raises Refused, and leaves the state as it was then."""
    held = azure.rehearsed.get(id(change))
    if not isinstance(held, Rehearsed):
        held = azure.rehearsed[id(change)] = Rehearsed(change, change.request, Seeded(seed(change)), [])
    for at, notes in enumerate(held.kept):
        undo = notes.carried_out(azure)
        if undo is not None:
            held.kept.insert(0, held.kept.pop(at))
            return undo
    with azure.noting() as notes:
        undo = run(azure, held.request, held.chance).undo
    if notes.whole:
        held.kept.insert(0, notes)
        del held.kept[KEPT_MAX:]
    return undo


def seed(change: Change) -> str:
    """What decides the names that Azure chooses in a prediction: the request alone."""
    return f"{change.method} {change.id}/{change.action}"
