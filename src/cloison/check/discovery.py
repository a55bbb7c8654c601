"""Discovery: which clusters belong to which workspaces, and which services the pair depends on."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.environment import Environment, Link, Workspace
from cloison.model.facts import Known, Unknown
from cloison.model.network import Cluster
from cloison.model.snapshot import Gap, Snapshot
from cloison.reach import walk
from cloison.reach.fabric import Fabric, known


class Discovery:
    """The environments of one snapshot, what hides others, and what a reader should know."""

    def __init__(self, snapshot: Snapshot, fabric: Fabric) -> None:
        self.snapshot = snapshot
        self.fabric = fabric
        self.gaps: list[Gap] = []
        self.notes: list[str] = []
        self.environments = self._find()

    def _find(self) -> list[Environment]:
        found: list[Environment] = []
        attached: set[ResourceId] = set()
        alone: list[Workspace] = []
        for workspace in self.fabric.workspaces.values():
            clusters = self._attached(workspace)
            if clusters is None:
                continue
            attached.update(clusters)
            found.extend(self._environment(workspace, cluster, Link.ATTACHED) for cluster in clusters)
            if not clusters:
                alone.append(workspace)
        free = [cluster for id, cluster in self.fabric.clusters.items() if id not in attached]
        for workspace in alone:
            found.extend(self._intended(workspace, free))
        if not self.fabric.workspaces and free:
            self.notes.append("clusters but no Azure Machine Learning workspace in the input")
        return found

    def _attached(self, workspace: Workspace) -> list[ResourceId] | None:
        """Clusters with a compute of this workspace; None when the computes name clusters that cannot be judged."""
        clusters: dict[ResourceId, None] = {}
        unread = False
        for attachment in self.fabric.attachments_of.get(workspace.id, ()):
            fact = attachment.cluster
            if isinstance(fact, Known) and fact.value in self.fabric.clusters:
                clusters[fact.value] = None
            elif isinstance(fact, Unknown) and len(self.fabric.clusters) == 1:
                clusters[next(iter(self.fabric.clusters))] = None
            elif isinstance(fact, Unknown):
                unread = True
                self.gaps.append(Gap(f"the cluster of compute {attachment.id.name}", fact.why, fact.ask))
            elif fact.value is not None:
                unread = True
                why = f"compute {attachment.id.name} of {workspace.id.name} stands on it, and it is not in the input"
                self.gaps.append(
                    Gap(f"cluster {fact.value.name}", why, f"add {fact.value.text}", scope=fact.value.text)
                )
        return None if unread and not clusters else list(clusters)

    def _intended(self, workspace: Workspace, free: Iterable[Cluster]) -> list[Environment]:
        """Pairs without a compute between them that share a template, a network or a resource group."""
        candidates = [cluster for cluster in free if self._belong_together(workspace, cluster)]
        if not candidates:
            self.notes.append(f"workspace {workspace.id.name} has no Kubernetes cluster in the input")
        return [self._environment(workspace, cluster.id, Link.INTENDED) for cluster in candidates]

    def _belong_together(self, workspace: Workspace, cluster: Cluster) -> bool:
        one, other = self.snapshot.get(workspace.id), self.snapshot.get(cluster.id)
        if one is not None and other is not None and one.planned and other.planned:
            return True
        if workspace.id.resource_group == cluster.id.resource_group:
            return workspace.id.subscription == cluster.id.subscription
        near: set[ResourceId] = set()
        for network in walk.cluster_networks(self.fabric, cluster):
            near.add(network)
            near.update(filter(None, (known(one.remote) for one in self.fabric.peerings_of.get(network, ()))))
        services = (
            workspace.id,
            *filter(None, map(known, (workspace.storage, workspace.vault, workspace.registry))),
        )
        subnets = (known(one.subnet) for id in services for one in self.fabric.endpoints_to.get(id, ()))
        return any(subnet is not None and subnet.parent in near for subnet in subnets)

    def _environment(self, workspace: Workspace, cluster: ResourceId, link: Link) -> Environment:
        owner = workspace
        hub = known(workspace.hub)
        if hub is not None and hub in self.fabric.workspaces:
            owner = self.fabric.workspaces[hub]
        default = known(owner.storage)
        return Environment(
            workspace=workspace.id,
            cluster=cluster,
            link=link,
            storage=default,
            vault=known(owner.vault),
            registry=known(owner.registry),
            insights=known(owner.insights),
            extra_storage=tuple(id for id in self._extra(workspace) if id != default),
        )

    def _extra(self, workspace: Workspace) -> list[ResourceId]:
        """Storage accounts of the workspace's datastores, those that were read."""
        found: dict[ResourceId, None] = {}
        for extra in self.fabric.extra_storage_of.get(workspace.id, ()):
            if isinstance(extra.account, Unknown):
                self.gaps.append(
                    Gap(f"the account of datastore {extra.id.name}", extra.account.why, extra.account.ask)
                )
                continue
            ids = self._accounts.get(extra.account.value)
            if ids:
                found.update(dict.fromkeys(ids))
            else:
                why = f"datastore {extra.id.name} of {workspace.id.name} keeps its data there"
                ask = f"add storage account {extra.account.value} with its private endpoints"
                self.gaps.append(Gap(f"storage account {extra.account.value}", why, ask))
        return list(found)

    @property
    def _accounts(self) -> dict[str, list[ResourceId]]:
        key = ("accounts by name",)
        found = self.fabric.memo.get(key)
        if found is None:
            by_name: dict[str, dict[ResourceId, None]] = {}
            for (id, _), door in self.fabric.doors.items():
                if door.service == "storage":
                    by_name.setdefault(id.name.lower(), {})[id] = None
            found = self.fabric.memo[key] = {name: list(ids) for name, ids in by_name.items()}
        return found  # type: ignore[return-value]  # filed under this key only here
