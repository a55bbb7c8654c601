"""How names fare in one state after another, walked again only where something on the way has changed.

A walk looks things up in the fabric's tables and decides by what it finds alone. What it looked up is noted; where the
next state's tables say the same, so would the walk. Knows no table by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.network import Door
from cloison.model.verdict import PathVerdict
from cloison.reach import walk
from cloison.reach.fabric import Fabric

Flow = tuple[ResourceId, str, ResourceId, str]
"""(cluster, pool, service, host)."""
Name = tuple[ResourceId, ResourceId, str]
"""(cluster, service, host): pools of a cluster are walked together, as they share most of the way."""
Found = dict[tuple[str, object], object]
"""What was found, by table and key."""

KEPT_MAX = 4
"""Walks kept of one name: a search goes to and fro between a few states."""
EVERYTHING, NOTHING = object(), object()


class Walked(msgspec.Struct, frozen=True):
    """The verdict for each pool, and what it was decided by."""

    found: Found
    verdicts: Mapping[str, PathVerdict]

    def holds(self, fabric: Fabric) -> bool:
        """The tables of this fabric say the same."""
        for (name, key), found in self.found.items():
            now = _look(getattr(fabric, name), key)
            if found is not now and found != now:
                return False
        return True


class Flows:
    """Verdicts of flows in fabrics that share facets which did not change."""

    def __init__(self) -> None:
        self._kept: dict[Name, list[Walked]] = {}

    def verdict(self, fabric: Fabric, flow: Flow) -> PathVerdict:
        """How one name fares; blocked where cluster, pool or service are gone."""
        cluster, pool, service, host = flow
        return self._walked(fabric, (cluster, service, host)).get(pool, PathVerdict.BLOCKED)

    def all(self, fabric: Fabric) -> dict[Flow, PathVerdict]:
        """Every flow of every cluster to the names of every service that is no cluster."""
        hosts = [(door.id, host.name) for door in _by_service(fabric) for host in door.hosts]
        return {
            (cluster.id, pool.name, service, host): self.verdict(
                fabric, (cluster.id, pool.name, service, host)
            )
            for cluster in fabric.clusters.values()
            for pool in cluster.pools
            for service, host in hosts
        }

    def _walked(self, fabric: Fabric, name: Name) -> Mapping[str, PathVerdict]:
        kept = self._kept.setdefault(name, [])
        for one in kept:
            if one.holds(fabric):
                return one.verdicts
        watched = Watched(fabric)
        made = Walked(watched.found, dict(_walk(watched, name)))
        kept.insert(0, made)
        del kept[KEPT_MAX:]
        return made.verdicts


def _by_service(fabric: Fabric) -> Iterable[Door]:
    services = dict.fromkeys(door.id for door in fabric.all(Door) if door.service != "cluster")
    return (door for id in services for door in fabric.doors_of.get(id, ()))


def _walk(fabric: Fabric, name: Name) -> Iterator[tuple[str, PathVerdict]]:
    cluster_id, service, host_name = name
    cluster = fabric.clusters.get(cluster_id)
    for pool in cluster.pools if cluster is not None else ():
        for door in fabric.doors_of.get(service, ()):
            for host in door.hosts:
                if host.name == host_name and cluster is not None:
                    yield pool.name, walk.walk(fabric, cluster, pool, door, host).verdict


class Watched(Fabric):
    """A fabric that notes what is found in its tables. One for each walk: what is kept by fabric would hide it."""

    def __init__(self, whole: Fabric) -> None:
        self.found: Found = {}
        self.forwarders = whole.forwarders
        self.memo = {}
        self._whole = whole

    def __getattr__(self, name: str) -> Table:
        # A table becomes a watched one when it is first asked for.
        made = Table(name, getattr(self._whole, name), self.found)
        setattr(self, name, made)
        return made


class Table(Mapping[Any, Any]):
    """One table of a fabric, that notes what is found in it."""

    def __init__(self, name: str, whole: Mapping[Any, Any], found: Found) -> None:
        self._name = name
        self._whole = whole
        self._found = found

    def get(self, key: object, default: Any = None) -> Any:
        """What stands under a key, or the default."""
        found = self._found[self._name, key] = self._whole.get(key, NOTHING)
        return default if found is NOTHING else found

    def __contains__(self, key: object) -> bool:
        return self.get(key, NOTHING) is not NOTHING

    def __getitem__(self, key: Any) -> Any:
        self.get(key)
        # A table that makes up what is not there does so here too.
        return self._whole[key]

    def __iter__(self) -> Iterator[Any]:
        self._found[self._name, EVERYTHING] = _look(self._whole, EVERYTHING)
        return iter(self._whole)

    def __len__(self) -> int:
        self._found[self._name, EVERYTHING] = _look(self._whole, EVERYTHING)
        return len(self._whole)


def _look(table: Mapping[Any, Any], key: object) -> object:
    return list(table.items()) if key is EVERYTHING else table.get(key, NOTHING)
