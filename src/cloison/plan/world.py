"""A snapshot as a state that requests can be tried on.

Only what was read stands in it; a request that needs what was not read is refused there as Azure would refuse it.
What no request has touched is judged as it was read, with the same doubts and the same places in files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cloison.arm.ids import ResourceId
from cloison.controlplane import Azure
from cloison.controlplane.apart import ONLY_NAMES, apart
from cloison.kinds import behaviour_of
from cloison.model.behaviour import Json, Write, keep
from cloison.model.errors import CloisonError
from cloison.model.snapshot import Resource, Snapshot


class World(Azure):
    """The state that a snapshot tells. Raises CloisonError for one that cannot be changed as it was read."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self._gaps = snapshot.gaps
        self._origin: dict[ResourceId, Resource] = {}
        self._first: dict[ResourceId, Json] = {}
        self._first_below: dict[ResourceId, frozenset[ResourceId]] = {}
        for resource in snapshot.resources.values():
            _check(resource)
        for resource in snapshot.resources.values():
            self._take_in(resource)
        self._drop_counts()
        self._first = dict(self._bodies)
        self._first_below = {id: frozenset(below) for id, below in self._below.items()}

    def __contains__(self, id: object) -> bool:
        # Resource groups are seldom read, and no plan makes any: that one was not read says nothing.
        is_group = isinstance(id, ResourceId) and "/providers/" not in id and bool(id.resource_group)
        return is_group or super().__contains__(id)

    def seen(self) -> Snapshot:
        """Everything, as what `check` reads."""
        return Snapshot([self.resource(id) for id in self], self._gaps)

    def written(self) -> Iterator[ResourceId]:
        """Ids of resources that are not as they were read."""
        return (id for id in self if self._bodies[id] is not self._first.get(id))

    def _take_in(self, resource: Resource) -> None:
        body = resource.body.value
        # A resource that others only name is none that was read.
        if not isinstance(body, Mapping) or (resource.partial is not None and set(body) <= ONLY_NAMES):
            return
        self._origin[resource.id] = resource
        for id, told in apart(resource.id, dict(body), self.unread):
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
        if origin is None:
            return super()._made(id)
        if self._untouched(id):
            return origin
        # What was not read of it is as little known once a setting was changed.
        return Resource(id, id.type, lambda: self._told(id), partial=origin.partial)

    def _untouched(self, id: ResourceId) -> bool:
        below = self._below.get(id, ())
        if self._bodies[id] is not self._first[id] or set(below) != self._first_below.get(id, frozenset()):
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
