"""Look-ups over a whole snapshot, made once for each: children by their parent.

Knows no resource type. The tables live as long as their snapshot.
"""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from cloison.arm.ids import ResourceId
from cloison.model.snapshot import Resource, Snapshot

_Children = dict[ResourceId, list[Resource]]

_tables: WeakKeyDictionary[Snapshot, dict[str, _Children]] = WeakKeyDictionary()


def children(snapshot: Snapshot, type: str) -> Mapping[ResourceId, list[Resource]]:
    """Resources of one full type by the id of their parent, in the order they were read."""
    tables = _tables.setdefault(snapshot, {})
    if type not in tables:
        found: _Children = {}
        for resource in snapshot.of(type):
            found.setdefault(resource.id.parent, []).append(resource)
        tables[type] = found
    return tables[type]
