"""Azure as it stands: bodies by id, with the indexes that behaviours ask. Every write can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cloison.arm.ids import ResourceId
from cloison.controlplane.shape import of_version
from cloison.kinds import behaviour_of, kind_of
from cloison.model.behaviour import Json, Request, Write, laid, look, texts
from cloison.model.network import Facet
from cloison.model.snapshot import Resource, Snapshot


class Azure:
    """A `State` that can be written. Children stand as resources of their own, never inside their parents."""

    def __init__(self, bodies: Iterable[tuple[ResourceId, Json]] = ()) -> None:
        self._bodies: dict[ResourceId, Json] = {}
        self._places: dict[ResourceId, int] = {}
        """By resource, its number in the order in which they were made; so an undone deletion leaves no trace."""
        self._last = 0
        self._types: dict[str, set[ResourceId]] = {}
        self._below: dict[ResourceId, set[ResourceId]] = {}
        self._named_by: dict[str, set[ResourceId]] = {}
        self._names: dict[ResourceId, frozenset[str]] = {}
        self._read: dict[ResourceId, Resource] = {}
        self._by_name: dict[str, dict[str, set[ResourceId]]] = {}
        """By type and name in lower case, for the types that were asked for by name."""
        self.writes = 0
        """So many so far: where it is the same as before, so is everything."""
        self.unread: set[tuple[ResourceId, str]] = set()
        """Lists of children, by resource and pointer, that may hold more than stands here."""
        for id, body in bodies:
            self.write(Write(id, body))

    def __len__(self) -> int:
        return len(self._bodies)

    def __iter__(self) -> Iterator[ResourceId]:
        return iter(self._in_order(self._bodies))

    def __contains__(self, id: object) -> bool:
        return id in self._bodies

    def permit(self, request: Request) -> None:
        """Raises Refused for what whoever asks may not do; here everybody may do everything."""

    def get(self, id: ResourceId) -> Json | None:
        """The stored body of a resource, or None."""
        return self._bodies.get(id)

    def of(self, type: str) -> Sequence[ResourceId]:
        """Ids of one full type, in any case, in the order in which they were made."""
        return self._in_order(self._types.get(type.lower(), ()))

    def named(self, type: str, name: str) -> Sequence[ResourceId]:
        """Ids of one full type that have a name, both in any case, in the order in which they were made."""
        type = type.lower()
        index = self._by_name.get(type)
        if index is None:
            index = self._by_name[type] = {}
            for id in self._types.get(type, ()):
                index.setdefault(_last(id), set()).add(id)
        return self._in_order(index.get(name.lower(), ()))

    @property
    def types(self) -> Sequence[str]:
        """The types there are, in lower case."""
        return [type for type, ids in self._types.items() if ids]

    def children(self, id: ResourceId, segment: str = "") -> Sequence[ResourceId]:
        """Ids right below one, of one kind of child or of all."""
        found = self._below.get(id, ())
        if not segment:
            return self._in_order(found)
        wanted = f"{id}/{segment.lower()}/"
        return self._in_order(child for child in found if child.startswith(wanted))

    def below(self, id: ResourceId) -> Sequence[ResourceId]:
        """Ids of everything below one, deepest last."""
        found: list[ResourceId] = []
        open_ids = self._in_order(self._below.get(id, ()))
        while open_ids:
            one = open_ids.pop(0)
            found.append(one)
            open_ids.extend(self._in_order(self._below.get(one, ())))
        return found

    def referrers(self, id: ResourceId) -> Sequence[ResourceId]:
        """Ids of the resources in whose bodies this id stands, itself and those below it left out."""
        own = f"{id}/"
        named = self._named_by.get(str(id), ())
        return self._in_order(one for one in named if one != id and not one.startswith(own))

    def _in_order(self, ids: Iterable[ResourceId]) -> list[ResourceId]:
        return sorted(ids, key=self._places.__getitem__)

    def facets(self, id: ResourceId) -> Sequence[Facet]:
        """What a resource contributes to the network, as its own kind reads it."""
        body = self._bodies.get(id)
        kind = kind_of(id.type)
        if body is None or kind is None:
            return ()
        near = Snapshot([self.resource(one) for one in (id, *self.below(id)) if one in self._bodies])
        own = near.get(id)
        return list(kind.facets(own, near)) if own is not None else ()

    def write(self, change: Write) -> Write:
        """Carry out one write; the write that takes it back."""
        id, body = change.id, change.body
        old = self._bodies.get(id)
        self.writes += 1
        parent = id.parent
        self._read.pop(id, None)
        self._read.pop(parent, None)
        place = self._places.get(id, 0)
        if body is None:
            if old is not None:
                self._forget(id)
            return Write(id, old, place)
        if old is not None:
            self._unname(id)
        else:
            self._last += 1
            self._places[id] = change.place or self._last
            type = id.type
            self._types.setdefault(type, set()).add(id)
            if (index := self._by_name.get(type)) is not None:
                index.setdefault(_last(id), set()).add(id)
            self._below.setdefault(parent, set()).add(id)
        self._bodies[id] = body
        named = self._names[id] = self._named_in(body)
        for one in named:
            self._named_by.setdefault(one, set()).add(id)
        return Write(id, old, place)

    def take_back(self, undo: Sequence[Write]) -> None:
        """Undo writes, given in the order in which they were made."""
        for one in reversed(undo):
            self.write(one)

    def show(self, id: ResourceId, version: str = "") -> Json | None:
        """The body as a GET of an API version answers it, with the children that its type shows inside.

        Without a version everything is told but members that begin with an underscore: only Azure knows those.
        """
        body = self._bodies.get(id)
        if body is None:
            return None
        if any(name.startswith("_") for name in body):
            body = {name: value for name, value in body.items() if not name.startswith("_")}
        behaviour = behaviour_of(id.type)
        for pointer, segment in behaviour.embeds.items():
            shown = [
                inner
                for child in self.children(id, segment)
                if (inner := self.show(child, version)) is not None
            ]
            body = laid(body, pointer, shown)
        body = behaviour.show(self, id, body)
        return of_version(body, behaviour, version) if version else body

    def snapshot(self, name: str = "") -> Snapshot:
        """Everything, as what `check` reads. What is not there is known not to be there."""
        return Snapshot([self.resource(id) for id in self], (), [name] if name else ())

    def resource(self, id: ResourceId) -> Resource:
        """A resource that there is, as what `check` reads; the same one until it or a child of it changes."""
        found = self._read.get(id)
        if found is None:
            found = self._read[id] = self._made(id)
        return found

    def _made(self, id: ResourceId) -> Resource:
        return Resource(id, id.type, lambda: self._told(id))

    def _told(self, id: ResourceId) -> Json:
        """The body, with an empty list in the place of children that there are none of."""
        return with_empty(self._bodies[id], self._empty(id))

    def _empty(self, id: ResourceId) -> tuple[str, ...]:
        """Pointers of lists of children that there are none of, where the body says nothing."""
        body = self._bodies[id]
        kind = kind_of(id.type)
        nested = dict(kind.nested) if kind is not None else {}
        return tuple(
            pointer
            for pointer, segment in (nested | dict(behaviour_of(id.type).embeds)).items()
            if look(body, pointer) is None
            and (id, pointer) not in self.unread
            and not self.children(id, segment)
        )

    def _named_in(self, body: Json) -> frozenset[str]:
        """Every id that stands in a body."""
        return frozenset(str(ResourceId(text)) for text in texts(body) if text.startswith("/"))

    def _forget(self, id: ResourceId) -> None:
        self._unname(id)
        del self._bodies[id]
        del self._places[id]
        self._types[id.type].discard(id)
        if (index := self._by_name.get(id.type)) is not None:
            index[_last(id)].discard(id)
        self._below[id.parent].discard(id)
        self._names.pop(id, None)

    def _unname(self, id: ResourceId) -> None:
        for one in self._names.get(id, ()):
            self._named_by[one].discard(id)


def with_empty(body: Json, pointers: Iterable[str]) -> Json:
    """The body with an empty list at each pointer."""
    for pointer in pointers:
        body = laid(body, pointer, [])
    return body


def _last(id: ResourceId) -> str:
    """The last segment in lower case."""
    return id.rpartition("/")[2]
