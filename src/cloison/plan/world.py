"""A snapshot as a state that requests can be tried on.

Only what was read stands in it; a request that needs what was not read is refused there as Azure would refuse it.
What no request has touched is judged as it was read, with the same doubts and the same places in files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import msgspec

from cloison.arm.ids import ResourceId
from cloison.controlplane import Azure
from cloison.controlplane.apart import ONLY_NAMES, apart
from cloison.controlplane.state import with_empty
from cloison.kinds import behaviour_of
from cloison.model.behaviour import Json, Write, keep
from cloison.model.errors import CloisonError
from cloison.model.network import Facet
from cloison.model.secrets import without_secrets
from cloison.model.snapshot import Resource, Snapshot
from cloison.plan.notes import Listing, Notes

Mark = tuple[tuple[tuple[ResourceId, int], ...], frozenset[ResourceId]]


class World(Azure):
    """The state that a snapshot tells. Raises CloisonError for one that cannot be changed as it was read.

    Bodies of one resource that are alike are one object, so that states can be compared by what stands in them.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self.rehearsed: dict[int, object] = {}
        """What changes came to before, kept for whoever carries them out."""
        self._gaps = snapshot.gaps
        self._notes: Notes | None = None
        self._alike: dict[ResourceId, dict[bytes, Json]] = {}
        self._named: dict[int, tuple[Json, frozenset[str]]] = {}
        self._made_of: dict[ResourceId, list[tuple[Json, tuple[str, ...], Resource]]] = {}
        self._origin: dict[ResourceId, Resource] = {}
        self._other: dict[ResourceId, Json | None] = {}
        """What is not as it was read, or not where it was."""
        self._first: dict[ResourceId, Json] = {}
        self._first_places: dict[ResourceId, int] = {}
        self._first_below: dict[ResourceId, frozenset[ResourceId]] = {}
        for resource in snapshot.resources.values():
            _check(resource)
        for resource in snapshot.resources.values():
            self._take_in(resource)
        self._drop_counts()
        self._first, self._first_places = dict(self._bodies), dict(self._places)
        self._other.clear()
        self._first_below = {id: frozenset(below) for id, below in self._below.items()}

    # --- what is asked, and noted --------------------------------------------------------------------------

    @contextmanager
    def noting(self) -> Iterator[Notes]:
        """Notes of everything that is asked and written meanwhile."""
        self._notes = notes = Notes()
        try:
            yield notes
        finally:
            self._notes = None

    def __contains__(self, id: object) -> bool:
        if not isinstance(id, ResourceId):
            return False
        there = self.is_there(id)
        if self._notes is not None:
            self._notes.asked(id, there)
        return there

    def __iter__(self) -> Iterator[ResourceId]:
        if self._notes is not None:
            self._notes.whole = False
        return super().__iter__()

    def get(self, id: ResourceId) -> Json | None:
        """The stored body of a resource, or None."""
        body = self._bodies.get(id)
        if self._notes is not None:
            self._notes.got(id, body)
        return body

    def of(self, type: str) -> Sequence[ResourceId]:
        """Ids of one full type, in any case, in the order in which they were made."""
        return self._noted("of", type, "", super().of(type))

    def named(self, type: str, name: str) -> Sequence[ResourceId]:
        """Ids of one full type that have a name, both in any case, in the order in which they were made."""
        return self._noted("named", type, name, super().named(type, name))

    def children(self, id: ResourceId, segment: str = "") -> Sequence[ResourceId]:
        """Ids right below one, of one kind of child or of all."""
        return self._noted("children", id, segment, super().children(id, segment))

    def below(self, id: ResourceId) -> Sequence[ResourceId]:
        """Ids of everything below one, deepest last."""
        return self._noted("below", id, "", super().below(id))

    def referrers(self, id: ResourceId) -> Sequence[ResourceId]:
        """Ids of the resources in whose bodies this id stands, itself and those below it left out."""
        return self._noted("referrers", id, "", super().referrers(id))

    def _noted(
        self, how: str, what: ResourceId | str, segment: str, ids: Sequence[ResourceId]
    ) -> Sequence[ResourceId]:
        if self._notes is not None:
            self._notes.listed((how, what, segment), ids)
        return ids

    def facets(self, id: ResourceId) -> Sequence[Facet]:
        """What a resource contributes to the network, as its own kind reads it."""
        if self._notes is not None:
            for one in (id, *self.below(id)):
                self.get(one)
        return super().facets(id)

    def show(self, id: ResourceId, version: str = "") -> Json | None:
        """The body as a GET of an API version answers it: nothing that is written depends on that."""
        notes, self._notes = self._notes, None
        try:
            return super().show(id, version)
        finally:
            self._notes = notes

    # --- what is written -----------------------------------------------------------------------------------

    def write(self, change: Write) -> Write:
        """Carry out one write; the write that takes it back."""
        if self._first and change.body is not None:
            change = Write(change.id, self._one_of(change.id, change.body), change.place)
        if self._notes is not None:
            self._notes.wrote(change)
        return self.put(change)

    def put(self, change: Write) -> Write:
        """Carry out a write that was noted; what takes it back."""
        id, undo = change.id, super().write(change)
        body = self._bodies.get(id)
        if body is self._first.get(id) and self._places.get(id) == self._first_places.get(id):
            self._other.pop(id, None)
        else:
            self._other[id] = body
        return undo

    def take_back(self, undo: Sequence[Write]) -> None:
        """Undo writes, given in the order in which they were made."""
        if self._notes is not None:
            self._notes.whole = False
        for one in reversed(undo):
            self.put(one)

    def _one_of(self, id: ResourceId, body: Json) -> Json:
        """The object that stands for all bodies of a resource that are alike to the letter."""
        held = self._alike.get(id)
        if held is None:
            held = self._alike[id] = {}
            first = self._first.get(id)
            if first is not None:
                held[msgspec.json.encode(first)] = first
        return held.setdefault(msgspec.json.encode(body), body)

    def _named_in(self, body: Json) -> frozenset[str]:
        held = self._named.get(id(body))
        if held is None:
            # The body is kept too: an object that is gone may lend its number to another.
            held = self._named[id(body)] = (body, super()._named_in(body))
        return held[1]

    # --- a state as notes see it ---------------------------------------------------------------------------

    def body(self, id: ResourceId) -> Json | None:
        """The stored body of a resource, or None."""
        return self._bodies.get(id)

    def is_there(self, id: ResourceId) -> bool:
        """Whether it is. Groups are seldom read, and no plan makes any: that one was not read says nothing."""
        return id in self._bodies or ("/providers/" not in id and bool(id.resource_group))

    def listed(self, listing: Listing) -> Sequence[ResourceId]:
        """Ids, as they were listed."""
        how, what, segment = listing
        if how == "of":
            return self.of(what)
        if how == "named":
            return self.named(what, segment)
        assert isinstance(what, ResourceId)
        if how == "children":
            return self.children(what, segment)
        return self.below(what) if how == "below" else self.referrers(what)

    # --- as it is read -------------------------------------------------------------------------------------

    def seen(self) -> Snapshot:
        """Everything, as what `check` reads."""
        return Snapshot([self.resource(id) for id in self], self._gaps)

    def mark(self) -> Mark:
        """What tells this state from all others that were come to: two with one mark are alike, to the order."""
        there = sorted((self._places[one], one) for one, body in self._other.items() if body is not None)
        gone = frozenset(one for one, body in self._other.items() if body is None)
        return tuple((one, id(self._bodies[one])) for _, one in there), gone

    def written(self) -> Iterator[ResourceId]:
        """Ids of resources that are not as they were read."""
        return (id for id in self if self._bodies[id] is not self._first.get(id))

    def _take_in(self, resource: Resource) -> None:
        body = resource.body.value
        # A resource that others only name is none that was read.
        if not isinstance(body, Mapping) or (resource.partial is not None and set(body) <= ONLY_NAMES):
            return
        self._origin[resource.id] = resource
        for id, told in apart(resource.id, without_secrets(dict(body)), self.unread):
            if id not in self or id == resource.id:
                self.write(Write(id, told))

    def _drop_counts(self) -> None:
        """Forget numbers of children that were all read: from now on they are counted.

        A number that is higher than what was read stays, and says that there is more.
        """
        for id, body in list(self._bodies.items()):
            show, told = behaviour_of(id.type).show, body.get("properties")
            if show is keep or not isinstance(told, dict):
                continue
            counted = show(self, id, {**body, "properties": {}}).get("properties") or {}
            same = {name for name, one in counted.items() if type(one) is int and told.get(name) == one}
            if same:
                kept = {name: one for name, one in told.items() if name not in same}
                self.write(Write(id, {**body, "properties": kept}))

    def _made(self, id: ResourceId) -> Resource:
        origin = self._origin.get(id)
        if origin is not None and self._untouched(id):
            return origin
        body, empty = self._bodies[id], self._empty(id)
        held = self._made_of.setdefault(id, [])
        for known, lists_, resource in held:
            if known is body and lists_ == empty:
                return resource
        # What was not read of it is as little known once a setting was changed.
        partial = origin.partial if origin is not None else None
        made = Resource(id, id.type, lambda: with_empty(body, empty), partial=partial)
        held.append((body, empty, made))
        return made

    def _untouched(self, id: ResourceId) -> bool:
        below = self._below.get(id, ())
        if self._bodies[id] is not self._first.get(id):
            return False
        if set(below) != self._first_below.get(id, frozenset()):
            return False
        return all(self._bodies[one] is self._first[one] for one in below)


def world(snapshot: Snapshot) -> World:
    """The state that a snapshot tells. Raises CloisonError for one that cannot be changed as it was read."""
    return World(snapshot)


def _check(resource: Resource) -> None:
    if resource.planned:
        raise CloisonError(
            "E201",
            f"{resource.name} is not deployed yet",
            because="a plan changes what is deployed; a template is changed by its author",
            help="give a live environment (azure:…) or an export of one; `cloison check` says what to change",
        )
    if resource.flat:
        raise CloisonError(
            "E202",
            f"{resource.name} was printed by az, which leaves out parts of what ARM answers",
            because="a plan's requests are made from ARM's own answers",
            help="give azure: and an id, or what `az rest --method get` or Resource Graph prints",
        )
