"""The site: where everything of an environment stands and what it is called, settled before any request is made."""

from __future__ import annotations

import hashlib

import msgspec

from cloison.arm.ids import ResourceId
from cloison.plan.create.file import Given
from cloison.plan.create.nets import CLUSTERS, Net, Nets, nets
from cloison.plan.create.told import check_head, check_key, check_name, check_together, id_told, region_of
from cloison.plan.world import World

GROUPS = "microsoft.resources/resourcegroups"
ACCOUNTS = "Microsoft.Storage/storageAccounts"


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """Where everything stands."""

    given: Given
    region: str
    group: ResourceId
    zones_group: ResourceId
    nets: Nets
    workspace: ResourceId
    cluster: ResourceId
    storage: ResourceId
    extra_storage: tuple[ResourceId, ...]
    vault: ResourceId
    registry: ResourceId

    @property
    def is_existing(self) -> bool:
        """The cluster is there already."""
        return bool(self.given.file.cluster.existing)

    @property
    def networks(self) -> tuple[Net, ...]:
        """Each once, the cluster's last."""
        own = self.nets
        found = {one.id: one for one in (own.hub, own.services, own.home) if one is not None}
        return tuple(found.values())

    @property
    def forwarders(self) -> dict[str, ResourceId]:
        """The network from which each DNS server asks; a firewall's own settings tell that."""
        if self.given.file.network.firewall:
            return {}
        return dict.fromkeys(self.nets.servers, self.nets.asked_from)

    @property
    def has_own_zone(self) -> bool:
        """The name of the API server stands in a zone of the environment: nodes ask from another network than theirs.

        Source: Microsoft Learn, Create a private AKS cluster, hub and spoke with custom DNS; checked 2026-11-25.
        """
        return self.nets.is_private and not self.is_existing and self.nets.asked_from != self.nets.home.id

    def named(self, type: str, name: str) -> ResourceId:
        """A resource of the environment's group."""
        return ResourceId(f"{self.group.text}/providers/{type}/{name}")


def site(given: Given, azure: World) -> Site:
    """Where everything stands. Raises CloisonError E552 to E556."""
    check_head(given)
    check_together(given)
    check_key(given)
    file, names = given.file, given.file.names
    home = f"/subscriptions/{file.subscription}/resourceGroups"
    group = ResourceId(f"{home}/{file.resource_group or f'rg-{file.name}'}")
    check_name(given, "resource-group", group)
    # Names of services are the whole world's: what tells this environment from others makes them unlike.
    mark = hashlib.sha256(str(group).encode()).hexdigest()[:5]
    plain = file.name.replace("-", "")

    def own(type: str, key: str, told: str, name: str) -> ResourceId:
        id = ResourceId(f"{group.text}/providers/{type}/{told or name}")
        check_name(given, key, id)
        return id

    cluster = own(
        "Microsoft.ContainerService/managedClusters", "names.cluster", names.cluster, f"aks-{file.name}"
    )
    if file.cluster.existing:
        cluster = id_told(given, "cluster.existing", file.cluster.existing, CLUSTERS)
    return Site(
        given=given,
        region=region_of(given),
        group=group,
        zones_group=_zones_group(given, group),
        nets=nets(given, azure, group),
        workspace=own(
            "Microsoft.MachineLearningServices/workspaces",
            "names.workspace",
            names.workspace,
            f"mlw-{file.name}",
        ),
        cluster=cluster,
        storage=own(ACCOUNTS, "names.storage", names.storage, f"st{plain}{mark}"),
        extra_storage=tuple(
            own(ACCOUNTS, "services.extra-storage", one, one)
            for one in dict.fromkeys(file.services.extra_storage)
        ),
        vault=own("Microsoft.KeyVault/vaults", "names.vault", names.vault, f"kv-{file.name}-{mark}"),
        registry=own(
            "Microsoft.ContainerRegistry/registries", "names.registry", names.registry, f"cr{plain}{mark}"
        ),
    )


def _zones_group(given: Given, group: ResourceId) -> ResourceId:
    """Where zones stand."""
    told = given.file.dns.zones_group
    if told.startswith("/"):
        return id_told(given, "dns.zones-group", told, GROUPS)
    if not told:
        return group
    id = ResourceId(f"{group.text.rpartition('/')[0]}/{told}")
    check_name(given, "dns.zones-group", id)
    return id
