"""Azure as it stands: bodies by id, with the indexes that behaviours ask. Every write can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cloison.arm.ids import NotAnId, ResourceId
from cloison.controlplane.shape import of_version
from cloison.kinds import behaviour_of, kind_of
from cloison.model.behaviour import Json, Write, laid, look
from cloison.model.network import Facet
from cloison.model.snapshot import Resource, Snapshot


class Azure:
    """A `State` that can be written. Children stand as resources of their own, never inside their parents."""

    def __init__(self, bodies: Iterable[tuple[ResourceId, Json]] = ()) -> None:
        self._bodies: dict[ResourceId, Json] = {}
        self._types: dict[str, dict[ResourceId, None]] = {}
        self._below: dict[ResourceId, dict[ResourceId, None]] = {}
        self._named_by: dict[str, dict[ResourceId, None]] = {}
        self._names: dict[ResourceId, frozenset[str]] = {}
        for id, body in bodies:
            self.write(Write(id, body))

    def __len__(self) -> int:
        return len(self._bodies)

    def __iter__(self) -> Iterator[ResourceId]:
        return iter(list(self._bodies))

    def __contains__(self, id: object) -> bool:
        return id in self._bodies

    def get(self, id: ResourceId) -> Json | None:
        """The stored body of a resource, or None."""
        return self._bodies.get(id)

    def of(self, type: str) -> Sequence[ResourceId]:
        """Ids of one full type, in any case, in the order in which they were made."""
        return list(self._types.get(type.lower(), ()))

    @property
    def types(self) -> Sequence[str]:
        """The types there are, in lower case."""
        return [type for type, ids in self._types.items() if ids]

    def children(self, id: ResourceId, segment: str = "") -> Sequence[ResourceId]:
        """Ids right below one, of one kind of child or of all."""
        found = self._below.get(id, ())
        if not segment:
            return list(found)
        wanted = f"{id}/{segment.lower()}/"
        return [child for child in found if child.startswith(wanted)]

    def below(self, id: ResourceId) -> Sequence[ResourceId]:
        """Ids of everything below one, deepest last."""
        found: list[ResourceId] = []
        open_ids = list(self._below.get(id, ()))
        while open_ids:
            one = open_ids.pop(0)
            found.append(one)
            open_ids.extend(self._below.get(one, ()))
        return found

    def referrers(self, id: ResourceId) -> Sequence[ResourceId]:
        """Ids of the resources in whose bodies this id stands, itself and those below it left out."""
        own = f"{id}/"
        return [one for one in self._named_by.get(str(id), ()) if one != id and not one.startswith(own)]

    def facets(self, id: ResourceId) -> Sequence[Facet]:
        """What a resource contributes to the network, as its own kind reads it."""
        body = self._bodies.get(id)
        kind = kind_of(id.type)
        if body is None or kind is None:
            return ()
        near = Snapshot([self._resource(one) for one in (id, *self.below(id)) if one in self._bodies])
        own = near.get(id)
        return list(kind.facets(own, near)) if own is not None else ()

    def write(self, change: Write) -> Write:
        """Carry out one write; the write that takes it back."""
        id, body = change.id, change.body
        old = self._bodies.get(id)
        if body is None:
            if old is not None:
                self._forget(id)
            return Write(id, old)
        if old is not None:
            self._unname(id)
        else:
            self._types.setdefault(id.type, {})[id] = None
            self._below.setdefault(id.parent, {})[id] = None
        self._bodies[id] = body
        named = frozenset(_ids(body))
        self._names[id] = named
        for one in named:
            self._named_by.setdefault(one, {})[id] = None
        return Write(id, old)

    def take_back(self, undo: Sequence[Write]) -> None:
        """Undo writes, given in the order in which they were made."""
        for one in reversed(undo):
            self.write(one)

    def show(self, id: ResourceId, version: str = "") -> Json | None:
        """The body as a GET of an API version answers it, with the children that its type shows inside.

        Without a version everything is told.
        """
        body = self._bodies.get(id)
        if body is None:
            return None
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
        return Snapshot([self._resource(id) for id in self._bodies], (), [name] if name else ())

    def _resource(self, id: ResourceId) -> Resource:
        return Resource(id, id.type, lambda: self._told(id))

    def _told(self, id: ResourceId) -> Json:
        """The body, with an empty list in the place of children that there are none of."""
        body = self._bodies[id]
        kind = kind_of(id.type)
        nested = dict(kind.nested) if kind is not None else {}
        for pointer, segment in (nested | dict(behaviour_of(id.type).embeds)).items():
            if look(body, pointer) is None and not self.children(id, segment):
                body = laid(body, pointer, [])
        return body

    def _forget(self, id: ResourceId) -> None:
        self._unname(id)
        del self._bodies[id]
        self._types[id.type].pop(id, None)
        self._below[id.parent].pop(id, None)
        self._names.pop(id, None)

    def _unname(self, id: ResourceId) -> None:
        for one in self._names.get(id, ()):
            self._named_by[one].pop(id, None)


def _ids(body: object) -> Iterator[str]:
    """Every text of a body that is an id, in lower case."""
    open_values = [body]
    while open_values:
        value = open_values.pop()
        if isinstance(value, dict):
            open_values.extend(value.values())
        elif isinstance(value, list):
            open_values.extend(value)
        elif isinstance(value, str) and value.startswith("/"):
            try:
                yield str(ResourceId(value))
            except NotAnId:
                continue
