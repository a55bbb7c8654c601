"""Networks: which ones an environment has, which subnets they need, and where these lie.

A network that the file describes is made; one that is somebody's gets subnets where it has room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds import all_facets
from cloison.model.facts import Known
from cloison.model.network import Cluster, Network, Subnet
from cloison.plan.create import ranges
from cloison.plan.create.file import Given
from cloison.plan.create.told import check_name, id_told, region_of
from cloison.plan.world import World
from cloison.reach import walk
from cloison.reach.fabric import Fabric

NETWORKS = "microsoft.network/virtualnetworks"
CLUSTERS = "microsoft.containerservice/managedclusters"
BASTION, GATEWAY, FIREWALL = "AzureBastionSubnet", "GatewaySubnet", "AzureFirewallSubnet"
NODES, BUILD, ENDPOINTS, JUMP = "snet-nodes", "snet-build", "snet-endpoints", "snet-jump"
SIZES = {NODES: 24, BUILD: 26, ENDPOINTS: 27, JUMP: 28, BASTION: 26, GATEWAY: 27, FIREWALL: 26}
"""Prefix lengths. Source: Microsoft Learn, About Azure Bastion configuration settings (/26), About VPN Gateway
configuration settings (/27), Azure Firewall FAQ (/26); of the others, see `_Nets._size`; checked 2026-11-25."""
KEPT = 5
"""Addresses of each subnet that Azure keeps. Source: Microsoft Learn, Virtual network FAQ; checked 2026-11-25."""
ADDRESSES, ADDRESSES_EACH = 11, 4
"""Addresses of the endpoints of a workspace and its services; of each further account."""
EXISTING, ASK = "cluster.existing", "add azure: or an export that holds it, behind the environment file"


class Net(msgspec.Struct, frozen=True, kw_only=True):
    """A network of the environment."""

    id: ResourceId
    region: str
    """What stands in it has to be there too."""
    space: tuple[IPv4Network, ...]
    subnets: Mapping[str, IPv4Network]
    """Those that it needs, by name."""
    made: bool
    """The file describes the network itself; else it is somebody's."""

    def subnet(self, name: str) -> ResourceId:
        """The id of a subnet."""
        return self.id.child("subnets", name)


class Nets(msgspec.Struct, frozen=True, kw_only=True):
    """All of them."""

    home: Net
    """The cluster's."""
    services: Net
    """Of the private endpoints."""
    hub: Net | None
    node_subnets: tuple[ResourceId, ...]
    build: ResourceId | None
    """The subnet in which images are built."""
    asked_from: ResourceId
    """The network with whose eyes names of the cluster's pods are answered."""
    servers: tuple[str, ...]
    """Its DNS servers; empty: Azure's own."""
    is_private: bool
    """The cluster's API server has a private address only."""

    @property
    def way_in(self) -> Net:
        """Where people come in."""
        return self.hub or self.services


def nets(given: Given, azure: World, group: ResourceId) -> Nets:
    """The networks. Raises CloisonError E552, E554 or E556."""
    return _Nets(given, azure, group).settled()


class _Nets:
    def __init__(self, given: Given, azure: World, group: ResourceId) -> None:
        self.given, self.azure, self.file = given, azure, given.file
        self.base = ResourceId(f"{group.text}/providers/Microsoft.Network/virtualNetworks")
        self.kept: set[ResourceId] = set()
        """Networks that are somebody's."""
        self.cluster: Cluster | None = None
        self.node_subnets: tuple[ResourceId, ...] = ()
        self.is_managed = False
        """The cluster's network is one that Azure made with it: nothing is put into that."""

    def settled(self) -> Nets:
        """All networks, held against each other."""
        file, net, names = self.file, self.file.network, self.file.names
        home = self._existing() if file.cluster.existing else self._named(names.network, "")
        peered = net.layout == "peered"
        services = self._named(names.services_network, "-services") if peered else home
        hub = None
        if net.layout == "hub":
            hub = self._there("network.hub", net.hub) if net.hub else self._named(names.hub_network, "-hub")
        self._check(home, services, hub)
        for text in self.file.dns.servers:
            ranges.parsed(self.given, "dns.servers", text)
        places = [
            (home, "network.range", net.range),
            (services, "network.services-range", net.services_range),
        ]
        if hub is not None:
            places.append((hub, "network.hub-range", net.hub_range))
        made: dict[ResourceId, Net] = {}
        for id, key, range in places:
            if id not in made:
                made[id] = self._net(id, key, range, self._needed(id, home, services, hub or services))
        of_hub = made[hub] if hub is not None else None
        servers, asked_from = self._names(made[home], of_hub)
        private = self.cluster.is_private if self.cluster is not None else None
        return Nets(
            home=made[home],
            services=made[services],
            hub=of_hub,
            node_subnets=self.node_subnets or (home.child("subnets", NODES),),
            build=next((one.subnet(BUILD) for one in made.values() if BUILD in one.subnets), None),
            asked_from=asked_from,
            servers=servers,
            is_private=file.cluster.private
            if private is None
            else isinstance(private, Known) and private.value,
        )

    def _named(self, told: str, end: str) -> ResourceId:
        id = ResourceId(f"{self.base.text}/{told or f'vnet-{self.file.name}{end}'}")
        check_name(
            self.given, f"names.{'services-' * (end == '-services')}{'hub-' * (end == '-hub')}network", id
        )
        return id

    # --- what is there -----------------------------------------------------------------------------------

    def _existing(self) -> ResourceId:
        """The network of the cluster that is there."""
        id = id_told(self.given, EXISTING, self.file.cluster.existing, CLUSTERS)
        fabric = Fabric(all_facets(self.azure.seen()))
        cluster = fabric.clusters.get(id)
        if cluster is None:
            because = "what is added to it depends on its network and its region"
            raise self.given.error(
                "E556", EXISTING, f"cluster {id.name} is not in the input", because=because, help=ASK
            )
        region = cluster.location.value if isinstance(cluster.location, Known) else "an unknown region"
        if id.subscription != self.file.subscription.lower():
            because = "a workspace attaches clusters of its own subscription only"
            help = f'set subscription = "{id.subscription}"'
            raise self.given.error(
                "E556", EXISTING, f"cluster {id.name} is in another subscription", because=because, help=help
            )
        if region != region_of(self.given):
            because = "a workspace with a private endpoint needs its cluster in its own region (S03)"
            raise self.given.error(
                "E556",
                EXISTING,
                f"cluster {id.name} is in {region}",
                because=because,
                help=f'set region = "{region}"',
            )
        self.cluster = cluster
        self.node_subnets = tuple(dict.fromkeys(one.id for one in walk.pool_subnets(fabric, cluster)))
        home = next((one for one in walk.cluster_networks(fabric, cluster) if one in self.azure), None)
        if home is None or not self.node_subnets:
            because = "private endpoints have to stand in its reach"
            raise self.given.error(
                "E556",
                EXISTING,
                f"the network of cluster {id.name} is not in the input",
                because=because,
                help=ASK,
            )
        self.kept.add(home)
        group = cluster.node_resource_group
        self.is_managed = isinstance(group, Known) and home.resource_group == str(group.value).lower()
        if self.is_managed:
            self._check_managed(home)
        return home

    def _check_managed(self, home: ResourceId) -> None:
        """Raises CloisonError E556 where something would be put into a network that Azure made with the cluster.

        Source: Microsoft Learn, Support policies for AKS: what Azure made in the node resource group is not to be
        modified; checked 2026-11-25.
        """
        if self.file.network.layout != "peered":
            because = "nothing may be put into it, so endpoints need a network of their own"
            raise self.given.error(
                "E556",
                "network.layout",
                f"network {home.name} is one that Azure made with the cluster",
                because=because,
                help='set layout = "peered"',
            )
        if self.file.services.access == "service-endpoints":
            because = "its subnet may not be changed, so services cannot know it"
            raise self.given.error(
                "E556",
                "services.access",
                f"network {home.name} is one that Azure made with the cluster",
                because=because,
                help='set access = "private-endpoints"',
            )

    def _there(self, key: str, told: str) -> ResourceId:
        """A network that is somebody's."""
        id = id_told(self.given, key, told, NETWORKS)
        if id not in self.azure:
            because = "what is added to it depends on what it holds"
            raise self.given.error(
                "E556", key, f"network {id.name} is not in the input", because=because, help=ASK
            )
        self.kept.add(id)
        return id

    # --- ranges ------------------------------------------------------------------------------------------

    def _check(self, home: ResourceId, services: ResourceId, hub: ResourceId | None) -> None:
        """All ranges apart from each other. Raises CloisonError E554."""
        net, cluster = self.file.network, self.file.cluster
        told: list[tuple[str, str]] = []
        if self.cluster is None:
            told += [("network.range", net.range)]
            told += [
                ("cluster.pod-range", cluster.pod_range),
                ("cluster.service-range", cluster.service_range),
            ]
        if services != home:
            told.append(("network.services-range", net.services_range))
        if hub is not None and not net.hub:
            told.append(("network.hub-range", net.hub_range))
        if self.file.way_in.kind == "vpn":
            told.append(("way-in.clients", self.file.way_in.clients))
        all_ = dict(self._there_already(home, hub))
        all_ |= {key: ranges.parsed(self.given, key, text) for key, text in told}
        ranges.apart(self.given, all_)

    def _there_already(self, home: ResourceId, hub: ResourceId | None) -> Iterator[tuple[str, IPv4Network]]:
        """Ranges of what is there, by what they are called."""
        for id in dict.fromkeys(one for one in (home, hub) if one in self.kept and one is not None):
            for at, one in enumerate(self._space(id), 1):
                yield f"range {at} of {id.name}", one
        if self.cluster is not None:
            for what, fact in (
                ("services", self.cluster.service_prefixes),
                ("pods", self.cluster.pod_prefixes),
            ):
                for one in _blocks(fact.value if isinstance(fact, Known) else ()):
                    yield f"the range of {self.cluster.id.name}'s {what}", one

    def _space(self, id: ResourceId) -> list[IPv4Network]:
        for one in self.azure.facets(id):
            if isinstance(one, Network) and isinstance(one.prefixes, Known):
                return _blocks(one.prefixes.value)
        return []

    def _needed(
        self, id: ResourceId, home: ResourceId, services: ResourceId, way_in: ResourceId
    ) -> list[str]:
        """Names of the subnets that a network needs."""
        file = self.file
        wanted = {
            NODES: id == home and self.cluster is None,
            ENDPOINTS: id == services,
            BUILD: id == (services if self.is_managed else home) and file.workspace.build_cluster,
            BASTION: id == way_in and file.way_in.kind == "bastion",
            JUMP: id == way_in and bool(file.way_in.jump_box_key),
            GATEWAY: id == way_in and file.way_in.kind == "vpn",
            FIREWALL: id == way_in and file.network.firewall,
        }
        return [name for name, is_needed in wanted.items() if is_needed]

    def _net(self, id: ResourceId, key: str, range: str, needed: list[str]) -> Net:
        """A place for each subnet: where it is already, else the lowest that is free. Raises CloisonError E554."""
        made = id not in self.kept
        space = [ranges.parsed(self.given, key, range)] if made else self._space(id)
        held = {child.name: self._prefixes(child) for child in self.azure.children(id, "subnets")}
        taken = [one for blocks in held.values() for one in blocks]
        taken += [IPv4Network(one) for one in self.file.dns.servers]
        missing = {name: self._size(name, space) for name in needed if name not in held}
        cut = ranges.cut(space, taken, missing)
        if cut is None:
            shown = ", ".join(f"{name} /{length}" for name, length in missing.items())
            room = ", ".join(map(str, space)) if made else id.name
            raise self.given.error(
                "E554",
                key if made else EXISTING,
                f"{room} has no room for {shown}",
                because=f"{len(held)} other subnets are there" if held else "they have to lie side by side",
                help="choose a wider range" if made else 'extend its address space, or set layout = "peered"',
            )
        placed = {name: held[name][0] if held.get(name) else cut[name] for name in needed}
        region = region_of(self.given) if made else self._region(id)
        return Net(id=id, region=region, space=tuple(space), made=made, subnets=placed)

    def _region(self, id: ResourceId) -> str:
        for one in self.azure.facets(id):
            if isinstance(one, Network) and isinstance(one.location, Known):
                return one.location.value
        return region_of(self.given)

    def _prefixes(self, id: ResourceId) -> list[IPv4Network]:
        for one in self.azure.facets(id):
            if isinstance(one, Subnet) and isinstance(one.prefixes, Known):
                return _blocks(one.prefixes.value)
        return []

    def _size(self, name: str, space: list[IPv4Network]) -> int:
        """Prefix length: nodes take half of a small network at most, endpoints as many as they need."""
        length = SIZES[name]
        if name == NODES and space:
            return max(length, space[0].prefixlen + 1)
        if name == ENDPOINTS:
            wanted = ADDRESSES + ADDRESSES_EACH * len(self.file.services.extra_storage)
            while (1 << (32 - length)) - KEPT < wanted:
                length -= 1
        return length

    def _names(self, home: Net, hub: Net | None) -> tuple[tuple[str, ...], ResourceId]:
        """Who answers the cluster's queries, and with whose eyes."""
        dns = self.file.dns
        if self.file.network.firewall and hub is not None:
            # Azure gives a firewall the first address of its subnet that it does not keep for itself.
            return (str(hub.subnets[FIREWALL].network_address + 4),), hub.id
        if dns.servers and dns.servers_ask_from:
            return tuple(dns.servers), self._there("dns.servers-ask-from", dns.servers_ask_from)
        asks = hub if dns.servers and hub is not None else home
        for text in dns.servers:
            if not any(IPv4Network(text).subnet_of(one) for one in asks.space):
                raise self.given.error(
                    "E554",
                    "dns.servers",
                    f"DNS server {text} is no address of {asks.id.name}",
                    because=f"it is {', '.join(map(str, asks.space))}, and servers are taken to stand there",
                    help="name the network that they ask from in servers-ask-from, or correct the address",
                )
        return tuple(dns.servers), asks.id


def _blocks(texts: tuple[str, ...]) -> list[IPv4Network]:
    """IPv4 prefixes; endpoints have no others."""
    return [IPv4Network(text, strict=False) for text in texts if ":" not in text]
