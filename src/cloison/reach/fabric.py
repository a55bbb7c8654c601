"""The fabric: every facet of a snapshot, indexed once so that each question is a look-up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from cloison.arm.ids import ResourceId
from cloison.model.environment import Attachment, ExtraStorage, Workspace
from cloison.model.facts import Cite, Fact, Known
from cloison.model.network import (
    Appliance,
    Cluster,
    Door,
    Endpoint,
    EndpointAddress,
    Facet,
    Filter,
    FilterRule,
    ForwardingRule,
    Gateway,
    Nat,
    Network,
    Peering,
    Record,
    ResolverInbound,
    ResolverOutbound,
    Route,
    RouteTable,
    Ruleset,
    RulesetLink,
    Subnet,
    WayIn,
    Zone,
    ZoneConfig,
    ZoneLink,
)
from cloison.reach import spans

F = TypeVar("F", bound=Facet)
A = TypeVar("A", Appliance, ResolverInbound)
Written = tuple[Endpoint, Cite, tuple[str, ...]]
"""An endpoint whose zone group says that it wrote a name, where it says so, and the addresses."""


def known(fact: Fact[ResourceId | None]) -> ResourceId | None:
    """The id, or None where it is unknown or left out. For indexing only; deciding code asks the fact."""
    return fact.value if isinstance(fact, Known) else None


class Fabric:
    """Facets by what they hang on.

    forwarders: what the user told of DNS servers outside the snapshot: address -> network whose eyes it has.
    """

    def __init__(self, facets: Iterable[Facet], forwarders: Mapping[str, ResourceId] | None = None) -> None:
        self.forwarders = dict(forwarders or {})
        self.memo: dict[object, object] = {}
        kinds: dict[type[Facet], list[Facet]] = defaultdict(list)
        for facet in facets:
            kinds[type(facet)].append(facet)
        self._kinds = kinds
        self._index_networks()
        self._index_endpoints()
        self._index_names()
        self._index_services()

    def all(self, kind: type[F]) -> list[F]:
        """Every facet of one kind, in the order of the snapshot."""
        return self._kinds.get(kind, [])  # type: ignore[return-value]  # filed by their own type

    def _index_networks(self) -> None:
        self.networks = {facet.id: facet for facet in self.all(Network)}
        self.subnets = {facet.id: facet for facet in self.all(Subnet)}
        self.subnets_of = _group(self.all(Subnet), lambda subnet: subnet.network)
        self.filters = {facet.id: facet for facet in self.all(Filter)}
        self.rules_of = _group(self.all(FilterRule), lambda rule: rule.filter)
        self.tables = {facet.id: facet for facet in self.all(RouteTable)}
        self.routes_of = _group(self.all(Route), lambda route: route.table)
        self.gateways_of = _group(self.all(Gateway), lambda gateway: known(gateway.network))
        self.ways_in_of = _group(self.all(WayIn), lambda way: known(way.network))
        self.nats = {facet.id: facet for facet in self.all(Nat)}
        self.peerings_of = _group(self.all(Peering), lambda peering: peering.local)
        self.peerings_to = _group(self.all(Peering), lambda peering: known(peering.remote))
        self.peering = {(peering.local, known(peering.remote)): peering for peering in self.all(Peering)}
        self.appliances = _by_address(self.all(Appliance))

    def _index_endpoints(self) -> None:
        self.endpoints = {facet.id: facet for facet in self.all(Endpoint)}
        self.endpoints_to = _group(self.all(Endpoint), lambda endpoint: known(endpoint.target))
        self.endpoint_at: dict[int, list[tuple[Endpoint, EndpointAddress]]] = defaultdict(list)
        for endpoint in self.all(Endpoint):
            for one in endpoint.addresses:
                text = one.address.value if isinstance(one.address, Known) else None
                number = spans.address(text) if text else None
                if number is not None:
                    self.endpoint_at[number].append((endpoint, one))

    def _index_names(self) -> None:
        self.zones = {facet.id: facet for facet in self.all(Zone)}
        self.zones_named: dict[str, list[Zone]] = defaultdict(list)
        for zone in self.all(Zone):
            self.zones_named[zone.name].append(zone)
        self.links_of = _group(self.all(ZoneLink), lambda link: known(link.network))
        self.links_of_zone = _group(self.all(ZoneLink), lambda link: link.zone)
        self.records: dict[tuple[ResourceId, str], list[Record]] = defaultdict(list)
        self.wildcards: dict[ResourceId, list[str]] = defaultdict(list)
        self.names_of: dict[ResourceId, dict[str, None]] = defaultdict(dict)
        for record in self.all(Record):
            self.records[record.zone, record.name].append(record)
            self.names_of[record.zone][record.name] = None
            if record.name == "*" or record.name.startswith("*."):
                self.wildcards[record.zone].append(record.name)
        self.groups_into: dict[ResourceId | None, list[Endpoint]] = defaultdict(list)
        self.planned_into: dict[ResourceId | None, list[tuple[Endpoint, ZoneConfig]]] = defaultdict(list)
        self.written: dict[tuple[ResourceId | None, str], list[Written]] = defaultdict(list)
        for endpoint in self.all(Endpoint):
            for config in endpoint.zones:
                into = known(config.zone)
                self.groups_into[into].append(endpoint)
                if config.planned:
                    self.planned_into[into].append((endpoint, config))
                if isinstance(config.written, Known):
                    for name, addresses in config.written.value:
                        self.written[into, name].append((endpoint, config.written.cite, addresses))
        self.inbound = _by_address(self.all(ResolverInbound))
        self.outbound = {facet.id: facet for facet in self.all(ResolverOutbound)}
        self.rulesets = {facet.id: facet for facet in self.all(Ruleset)}
        self.rulesets_of = _group(self.all(RulesetLink), lambda link: known(link.network))
        self.forwarding_of = _group(self.all(ForwardingRule), lambda rule: rule.ruleset)

    def _index_services(self) -> None:
        self.doors = {(door.id, door.subresource): door for door in self.all(Door)}
        self.doors_of = _group(self.all(Door), lambda door: door.id)
        self.clusters = {facet.id: facet for facet in self.all(Cluster)}
        self.workspaces = {facet.id: facet for facet in self.all(Workspace)}
        self.attachments_of = _group(self.all(Attachment), lambda attachment: attachment.workspace)
        self.extra_storage_of = _group(self.all(ExtraStorage), lambda extra: extra.workspace)
        self.host_doors = {host.name: (door, host) for door in self.all(Door) for host in door.hosts}

    def network_of(self, subnet: Subnet) -> Network | None:
        """The network a subnet lies in, when it was read."""
        return self.networks.get(subnet.network)

    def prefixes(self, network: ResourceId) -> spans.Spans:
        """Address space of a network; empty when neither it nor a network peered with it tells."""
        found = (spans.prefix(text) for text in self.prefix_texts(network))
        return spans.union(*(span for span in found if span is not None))

    def prefix_texts(self, network: ResourceId) -> tuple[str, ...]:
        """Address space of a network as told; that of one that was not read is what peerings hold of it."""
        facet = self.networks.get(network)
        if facet is not None:
            return facet.prefixes.value if isinstance(facet.prefixes, Known) else ()
        for peering in self.peerings_to.get(network, ()):
            if isinstance(peering.remote_prefixes, Known):
                return peering.remote_prefixes.value
        return ()

    def subnet_at(self, network: ResourceId, number: int) -> Subnet | None:
        """The subnet of a network that an address lies in, when it was read."""
        one = ((number, number),)
        for subnet in self.subnets_of.get(network, ()):
            texts = subnet.prefixes.value if isinstance(subnet.prefixes, Known) else ()
            if any(spans.covers((span,), one) for text in texts if (span := spans.prefix(text))):
                return subnet
        return None


def _by_address(facets: list[A]) -> dict[int, list[A]]:
    grouped: dict[int, list[A]] = {}
    for facet in facets:
        for text in facet.addresses.value if isinstance(facet.addresses, Known) else ():
            number = spans.address(text)
            if number is not None:
                grouped.setdefault(number, []).append(facet)
    return grouped


def _group(facets: list[F], key: Callable[[F], ResourceId | None]) -> dict[ResourceId | None, list[F]]:
    grouped: dict[ResourceId | None, list[F]] = {}
    for facet in facets:
        grouped.setdefault(key(facet), []).append(facet)
    return grouped
