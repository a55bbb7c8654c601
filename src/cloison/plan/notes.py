"""Notes of one request: what it asked of a state, and what it wrote in between.

What a request does is decided by what it is answered. So where a state gives the same answers, in the same turns, its
writes are the ones that were noted. What the request wrote itself and asks for later decides nothing new.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Json, Write

Listing = tuple[str, ResourceId | str, str]
"""What was listed: `of`, `named`, `children`, `below` or `referrers`; of what; and the segment or the name."""


class Answering(Protocol):
    """A state that requests are carried out on."""

    def body(self, id: ResourceId) -> Json | None:
        """What stands there."""
        ...

    def is_there(self, id: ResourceId) -> bool:
        """Whether anything does."""
        ...

    def listed(self, listing: Listing) -> Sequence[ResourceId]:
        """Ids, in order."""
        ...

    def put(self, change: Write) -> Write:
        """Carry out a write that was noted; what takes it back."""
        ...

    def take_back(self, undo: Sequence[Write]) -> None:
        """Undo writes."""
        ...


class Turn:
    """What was asked between two writes."""

    __slots__ = ("bodies", "lists", "there")

    def __init__(self) -> None:
        self.bodies: dict[ResourceId, Json | None] = {}
        self.there: dict[ResourceId, bool] = {}
        self.lists: dict[Listing, tuple[ResourceId, ...]] = {}

    def holds(self, state: Answering) -> bool:
        """The state answers the same. Bodies are the same when they are one object."""
        return (
            all(state.body(id) is body for id, body in self.bodies.items())
            and all(state.is_there(id) is there for id, there in self.there.items())
            and all(tuple(state.listed(listing)) == ids for listing, ids in self.lists.items())
        )


class Notes:
    """Of one request, from its first question to its last write."""

    def __init__(self) -> None:
        self.whole = True
        """False: it did what notes do not show, so they are good for nothing."""
        self._turns = [Turn()]
        self._writes: list[Write] = []
        self._told: set[ResourceId] = set()
        """Whose bodies stand in the notes already: told before, or written."""

    def got(self, id: ResourceId, body: Json | None) -> None:
        """The request was told a body."""
        if id not in self._told:
            self._told.add(id)
            self._turns[-1].bodies[id] = body

    def asked(self, id: ResourceId, there: bool) -> None:
        """It was told whether something is there."""
        if id not in self._told:
            self._turns[-1].there[id] = there

    def listed(self, listing: Listing, ids: Sequence[ResourceId]) -> None:
        """It was told a list."""
        self._turns[-1].lists[listing] = tuple(ids)

    def wrote(self, change: Write) -> None:
        """It wrote something."""
        self._told.add(change.id)
        self._writes.append(change)
        self._turns.append(Turn())

    def carried_out(self, state: Answering) -> Sequence[Write] | None:
        """Write what was noted; what takes it back. None, and the state as it was, where it answers otherwise."""
        undo: list[Write] = []
        for turn, change in zip(self._turns, self._writes, strict=False):
            if not turn.holds(state):
                state.take_back(undo)
                return None
            undo.append(state.put(change))
        if not self._turns[-1].holds(state):
            state.take_back(undo)
            return None
        return undo
