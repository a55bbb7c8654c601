"""What is near an environment: which resources deserve a call of their own for what Resource Graph lacks.

Told from facets, so it knows no resource type: from workspaces to their services and clusters, from there to private
endpoints, networks and peers, from networks to the zones that answer in them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from cloison.arm.ids import ResourceId
from cloison.kinds import all_facets
from cloison.model.environment import Attachment, ExtraStorage, Workspace
from cloison.model.facts import Fact, Known
from cloison.model.network import (
    Cluster,
    Door,
    Endpoint,
    Facet,
    Network,
    Peering,
    Zone,
    ZoneLink,
)
from cloison.model.snapshot import Snapshot
from cloison.sources.arm_live.scope import Scope

F = TypeVar("F", bound=Facet)

WEIGHED = (Workspace, Cluster, Endpoint, Zone)
"""Facets of which an estate may hold thousands; what else has children is read whole."""


class Near:
    """The near resources of one snapshot."""

    def __init__(self, snapshot: Snapshot, scope: Scope) -> None:
        self.facets = all_facets(snapshot)
        self.workspaces: set[ResourceId] = set()
        self.clusters: set[ResourceId] = set()
        self._wanted = scope.wanted
        self._choose(scope)
        self.services = self._services()
        self._served = self.services | self.clusters
        self.endpoints = {
            one.id
            for one in self._of(Endpoint)
            # What stands in a group that somebody named may serve what is no workspace's yet.
            if _id(one.target) in self._served or _within(one.id, self._wanted)
        }
        self.networks = self._networks()
        self.zones = self._zones()
        self.beginnings = {one.id for one in self.facets if isinstance(one, (Workspace, Cluster))}
        """Workspaces and clusters, near or not."""
        near = self.workspaces | self.clusters | self.endpoints | self.zones | self._may_be_attached
        self._far = {one.id for one in self.facets if isinstance(one, WEIGHED)} - near

    def listed(self, id: ResourceId) -> bool:
        """Its children are worth a call."""
        return id not in self._far

    def silent(self) -> list[ResourceId]:
        """Services that do not say which private endpoints they know; some leave out an empty list."""
        doors = (one for one in self._of(Door) if one.id in self._served)
        return list(dict.fromkeys(one.id for one in doors if not isinstance(one.connections, Known)))

    def named(self) -> set[ResourceId]:
        """Resources that the near ones depend on, whether or not they were read."""
        found = self.services | self.clusters | self.networks | self.zones
        found |= {
            id.parent for one in self._of(Endpoint) if one.id in self.endpoints and (id := _id(one.subnet))
        }
        return {id for id in found if "/providers/" in id}

    def _of(self, kind: type[F]) -> list[F]:
        return [one for one in self.facets if isinstance(one, kind)]

    def _choose(self, scope: Scope) -> None:
        workspaces, clusters = self._of(Workspace), self._of(Cluster)
        wanted = scope.wanted
        self._may_be_attached: set[ResourceId] = set()
        if wanted and any(_within(one.id, wanted) for one in clusters):
            # Only a workspace's computes say whether it stands on a cluster.
            self._may_be_attached = {one.id for one in workspaces}
        if not wanted:
            self.workspaces = {one.id for one in workspaces}
            self.clusters = {one.id for one in clusters}
            return
        self.workspaces = {one.id for one in workspaces if _within(one.id, wanted)}
        self.clusters = {one.id for one in clusters if _within(one.id, wanted)}
        attached = [(one.workspace, _id(one.cluster)) for one in self._of(Attachment)]
        chosen = set(self.workspaces)
        self.workspaces |= {workspace for workspace, cluster in attached if cluster in self.clusters}
        self.clusters |= {cluster for workspace, cluster in attached if cluster and workspace in chosen}
        # A project's services are its hub's.
        self.workspaces |= {
            hub for one in workspaces if one.id in self.workspaces and (hub := _id(one.hub)) is not None
        }

    def _services(self) -> set[ResourceId]:
        found = set(self.workspaces)
        for one in self._of(Workspace):
            if one.id in self.workspaces:
                named = (one.storage, one.vault, one.registry, one.insights)
                found |= {id for fact in named if (id := _id(fact)) is not None}
        accounts = {
            one.account.value
            for one in self._of(ExtraStorage)
            if one.workspace in self.workspaces and isinstance(one.account, Known)
        }
        return found | {one.id for one in self._of(Door) if one.id.name.lower() in accounts}

    def _networks(self) -> set[ResourceId]:
        found: set[ResourceId] = set()
        groups: set[str] = set()
        for cluster in self._of(Cluster):
            if cluster.id not in self.clusters:
                continue
            for pool in cluster.pools:
                found |= {id.parent for fact in (pool.node_subnet, pool.pod_subnet) if (id := _id(fact))}
            if isinstance(cluster.node_resource_group, Known) and cluster.node_resource_group.value:
                groups.add(cluster.node_resource_group.value.lower())
        found |= {
            one.id
            for one in self._of(Network)
            if one.id.resource_group in groups or _within(one.id, self._wanted)
        }
        found |= {
            id.parent for one in self._of(Endpoint) if one.id in self.endpoints and (id := _id(one.subnet))
        }
        peers = {
            id for one in self._of(Peering) if one.local in found and (id := _id(one.remote)) is not None
        }
        return found | peers

    def _zones(self) -> set[ResourceId]:
        found = {one.zone for one in self._of(ZoneLink) if _id(one.network) in self.networks}
        found |= {one.id for one in self._of(Zone) if _within(one.id, self._wanted)}
        for endpoint in self._of(Endpoint):
            if endpoint.id in self.endpoints:
                found |= {zone for config in endpoint.zones if (zone := _id(config.zone)) is not None}
        return found


def _id(fact: Fact[ResourceId | None]) -> ResourceId | None:
    return fact.value if isinstance(fact, Known) else None


def _within(id: ResourceId, wanted: Iterable[ResourceId]) -> bool:
    return any(id == one or id.startswith(f"{one}/") for one in wanted)


def subscriptions(ids: Iterable[ResourceId]) -> set[str]:
    """The subscriptions that ids lie in."""
    return {id.subscription for id in ids if id.subscription}
