"""Facets of one state after another, computed again only where something changed.

A plan judges some hundred states that differ by a request or two. What a kind asks of a snapshot while it reads a
resource is noted; as long as the same questions have the same answers, so has the reading. Knows no resource type.
"""

from __future__ import annotations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds import kind_of
from cloison.model.kind import Kind
from cloison.model.network import Facet
from cloison.model.snapshot import Resource, Snapshot

KEPT_MAX = 3
"""Readings kept of one resource: a search goes to and fro between a few states."""


class Facets:
    """Facets of snapshots that share resources which did not change."""

    def __init__(self) -> None:
        self._kept: dict[ResourceId, list[_Reading]] = {}

    def of(self, snapshot: Snapshot) -> list[Facet]:
        """Every facet of a snapshot, as `kinds.all_facets` gives them; equal ones are the same objects."""
        found: list[Facet] = []
        for type, resources in snapshot.types.items():
            kind = kind_of(type)
            if kind is not None:
                for resource in resources:
                    found.extend(self._reading(kind, resource, snapshot).facets)
        return found

    def _reading(self, kind: Kind, resource: Resource, snapshot: Snapshot) -> _Reading:
        kept = self._kept.setdefault(resource.id, [])
        for one in kept:
            if one.resource is resource and one.holds(snapshot):
                return one
        made = _read(kind, resource, snapshot)
        same = next((one.facets for one in kept if one.facets == made.facets), made.facets)
        reading = msgspec.structs.replace(made, facets=same)
        kept.insert(0, reading)
        del kept[KEPT_MAX:]
        return reading


class _Reading(msgspec.Struct, frozen=True):
    """What a kind made of a resource, and what it asked of the snapshot meanwhile."""

    resource: Resource
    facets: tuple[Facet, ...]
    asked: dict[ResourceId, Resource | None]
    listed: dict[str, list[Resource]]

    def holds(self, snapshot: Snapshot) -> bool:
        """Every question would be answered by the very same resources."""
        for id, one in self.asked.items():
            if snapshot.get(id) is not one:
                return False
        return all(snapshot.of(type) == ones for type, ones in self.listed.items())


class _Noting(Snapshot):
    """A snapshot that notes what it is asked. One for each reading: tables are kept by snapshot, and would hide it."""

    def __init__(self, whole: Snapshot) -> None:
        super().__init__((), whole.gaps, whole.inputs)
        self._whole = whole
        self.resources = whole.resources
        self.asked: dict[ResourceId, Resource | None] = {}
        self.listed: dict[str, list[Resource]] = {}

    def get(self, id: ResourceId) -> Resource | None:
        found = self.asked[id] = self._whole.get(id)
        return found

    def of(self, type: str) -> list[Resource]:
        found = self.listed[type] = self._whole.of(type)
        return found


def _read(kind: Kind, resource: Resource, snapshot: Snapshot) -> _Reading:
    noting = _Noting(snapshot)
    facets = tuple(kind.facets(resource, noting))
    return _Reading(resource, facets, noting.asked, noting.listed)
