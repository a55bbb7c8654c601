"""A case: one environment put before the requirements, with everything they may ask."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.environment import Attachment, Environment, Workspace
from cloison.model.facts import Known, NotKnown, Unknown
from cloison.model.network import Cluster, Door, Endpoint, Host, Network, Subnet, Zone, ZoneLink
from cloison.model.snapshot import Resource, Snapshot
from cloison.model.verdict import Path, Step
from cloison.reach import names, walk
from cloison.reach.fabric import Fabric, known
from cloison.reach.packets import Source


class Asked(msgspec.Struct, frozen=True):
    """What one DNS server of the pods may say of a name that no private zone takes in."""

    zone: str
    """Name of the zone that holds names of this kind: forwarding rules may treat each kind in its own way."""
    server: str
    """Empty for Azure DNS."""
    steps: tuple[Step, ...]

    @property
    def eyes(self) -> ResourceId | None:
        """The network whose linked zones it answers from; None where it does not answer, or nobody knows."""
        cites = (cite for step in self.steps for cite in step.cites)
        return next((cite.resource for cite in cites if cite.source == names.PUBLIC_DNS), None)


class Case:
    """One environment with its snapshot, its fabric and, computed once, its paths."""

    def __init__(self, environment: Environment, snapshot: Snapshot, fabric: Fabric) -> None:
        self.environment = environment
        self.snapshot = snapshot
        self.fabric = fabric

    @property
    def cluster(self) -> Cluster:
        """The cluster as a place where packets start."""
        return self.fabric.clusters[self.environment.cluster]

    @property
    def workspace(self) -> Workspace | None:
        """The workspace, when it was read."""
        id = self.environment.workspace
        return self.fabric.workspaces.get(id) if id is not None else None

    @cached_property
    def paths(self) -> list[Path]:
        """The answer for every pool and every host name of the environment's services."""
        return walk.paths(self.fabric, self.cluster, self.environment.services)

    @cached_property
    def pool_subnets(self) -> list[Subnet]:
        """Subnets that the cluster's pods and nodes stand in, those that were read."""
        return walk.pool_subnets(self.fabric, self.cluster)

    @cached_property
    def networks(self) -> list[ResourceId]:
        """The networks of the cluster's pools."""
        return walk.cluster_networks(self.fabric, self.cluster)

    @cached_property
    def services(self) -> list[ResourceId]:
        """Workspace, storage, vault, registry and extra storage that were read."""
        return [id for id in self.environment.services if id in self.snapshot.resources]

    @cached_property
    def attachments(self) -> list[Attachment]:
        """Computes of the workspace that stand on this cluster."""
        found = self.fabric.attachments_of.get(self.environment.workspace, [])
        return [one for one in found if known(one.cluster) == self.environment.cluster]

    @cached_property
    def endpoints(self) -> list[Endpoint]:
        """Private endpoints to any of the environment's services."""
        return [one for id in self.environment.services for one in self.fabric.endpoints_to.get(id, ())]

    def resource(self, id: ResourceId | None) -> Resource:
        """A resource that was read. Raises NotKnown, asking for it, when it was not."""
        found = self.snapshot.get(id) if id is not None else None
        if found is None:
            what = id.name if id is not None else "the resource"
            raise NotKnown(
                Unknown(f"{what} is not in the input", f"add {id.text if id is not None else 'it'}")
            )
        return found

    def paths_to(self, id: ResourceId, subresource: str = "") -> list[Path]:
        """Paths to one service, or to one of its sub-resources."""
        return [one for one in self.paths if one.resource == id and subresource in ("", one.subresource)]

    def worst_paths_to(self, id: ResourceId, subresource: str = "") -> list[Path]:
        """For each host name of a service, the path of the pool that fares worst."""
        worst: dict[str, Path] = {}
        for path in self.paths_to(id, subresource):
            held = worst.setdefault(path.host, path)
            if walk.WORST_FIRST.index(path.verdict) < walk.WORST_FIRST.index(held.verdict):
                worst[path.host] = path
        return list(worst.values())

    def doors(self, id: ResourceId) -> list[Door]:
        """The sub-resources of a service."""
        return self.fabric.doors_of.get(id, [])

    def endpoints_to(self, id: ResourceId, subresource: str = "") -> list[Endpoint]:
        """Private endpoints to one service, or to one of its sub-resources."""
        found = self.fabric.endpoints_to.get(id, [])
        if not subresource:
            return list(found)
        return [one for one in found if isinstance(one.groups, Known) and subresource in one.groups.value]

    def network_of(self, endpoint: Endpoint) -> ResourceId | None:
        """The network that a private endpoint stands in, or None where its subnet is not known."""
        subnet = known(endpoint.subnet)
        return subnet.parent if subnet is not None else None

    def network(self, id: ResourceId) -> Network:
        """A network that was read. Raises NotKnown."""
        found = self.fabric.networks.get(id)
        if found is None:
            raise NotKnown(Unknown(f"network {id.name} is not in the input", f"add {id.text}"))
        return found

    @cached_property
    def asked(self) -> list[Asked]:
        """For each zone that holds the services' names: what the pods' DNS servers say where no zone steps in."""
        hosts = {
            host.zone: (door, host) for id in self.services for door in self.doors(id) for host in door.hosts
        }
        found: dict[Asked, None] = {}
        for subnet in self.pool_subnets:
            for zone, (door, host) in hosts.items():
                # No zone takes this name in, so whoever answers from public DNS shows whose eyes it has.
                stranger = Host(name=f"-.{host.name}", alias="", zone=zone, member="", ports=())
                for server in names.ask(self.fabric, Source(subnet, ()), door, stranger):
                    for answer in server.answers:
                        found[Asked(zone, server.address, answer.steps)] = None
        return list(found)

    @cached_property
    def eyes(self) -> list[ResourceId]:
        """Networks whose linked zones answer the cluster's pods, as far as their DNS servers are known."""
        return list(dict.fromkeys(one.eyes for one in self.asked if one.eyes is not None))

    def zones_named(self, name: str) -> list[Zone]:
        """Every private zone of a name that was read."""
        return [zone for zone in self.fabric.zones.values() if zone.name == name.lower()]

    def links(self, zone: ResourceId) -> list[ZoneLink]:
        """The links of a zone."""
        return self.fabric.links_of_zone.get(zone, [])

    def of(self, type: str) -> Iterable[Resource]:
        """All resources of one type in the snapshot."""
        return self.snapshot.of(type)
