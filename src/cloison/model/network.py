"""Network facets: what any resource contributes to the network, told in the network's own terms.

Kinds give facets, `cloison.reach` answers from them alone. No facet knows an Azure resource type.
Every field that a person can set is a `Fact`, so that what decides can always be cited.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.facts import Fact, Unknown


class Facet(msgspec.Struct, frozen=True, kw_only=True):
    """One contribution of one resource."""

    id: ResourceId
    """The resource that contributes it."""
    maybe: Unknown | None = None
    """Set when the resource exists only under a condition that is not known."""


# --- networks and what hangs on them -------------------------------------------------------------------


class Network(Facet, frozen=True, kw_only=True):
    """A virtual network."""

    prefixes: Fact[tuple[str, ...]]
    dns_servers: Fact[tuple[str, ...]]
    """Empty: the platform's resolver answers."""
    location: Fact[str]
    """Lower case without spaces."""


class Subnet(Facet, frozen=True, kw_only=True):
    """A subnet with what is associated with it."""

    network: ResourceId
    prefixes: Fact[tuple[str, ...]]
    filter: Fact[ResourceId | None]
    """Network security group."""
    routes: Fact[ResourceId | None]
    """Route table."""
    nat: Fact[ResourceId | None]
    service_endpoints: Fact[tuple[str, ...]]
    """Names in lower case, `microsoft.storage`; only those whose provisioning has not failed."""
    endpoint_policies: Fact[str]
    """`disabled`, `networksecuritygroupenabled`, `routetableenabled` or `enabled`: which of filters and
    routes apply to traffic towards private endpoints in this subnet."""
    delegations: Fact[tuple[str, ...]]
    """Service names in lower case."""
    default_outbound: Fact[bool]


class Peering(Facet, frozen=True, kw_only=True):
    """One direction of a peering, as its local network holds it."""

    local: ResourceId
    remote: Fact[ResourceId | None]
    state: Fact[str | None]
    """`initiated`, `connected`, `disconnected`; Known(None) while only planned."""
    access: Fact[bool]
    forwarded: Fact[bool]
    gateway_transit: Fact[bool]
    remote_gateways: Fact[bool]
    in_sync: Fact[bool]
    complete: Fact[bool]
    """False: only the listed subnets are peered."""
    local_subnets: Fact[tuple[str, ...]]
    remote_subnets: Fact[tuple[str, ...]]
    remote_prefixes: Fact[tuple[str, ...]]
    """Address space of the other side as this one holds it."""


class Direction(Enum):
    """Which way a filter rule looks."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Filter(Facet, frozen=True, kw_only=True):
    """A network security group. Its rules come as facets of their own."""

    rules_known: Fact[bool]
    """Unknown when the rule list cannot be read whole."""


class FilterRule(Facet, frozen=True, kw_only=True):
    """One rule of a filter. Prefixes are CIDR blocks, single addresses, `*` or service tags, as given."""

    filter: ResourceId
    name: str
    direction: Fact[str]
    """`inbound` or `outbound`."""
    allow: Fact[bool]
    priority: Fact[int]
    protocol: Fact[str]
    """`tcp`, `udp`, `icmp`, `esp`, `ah` or `*`."""
    sources: Fact[tuple[str, ...]]
    destinations: Fact[tuple[str, ...]]
    source_groups: Fact[tuple[str, ...]]
    """Application security groups, ids in lower case."""
    destination_groups: Fact[tuple[str, ...]]
    ports: Fact[tuple[str, ...]]
    """Destination ports: `443`, `8000-8010`, `*`."""
    source_ports: Fact[tuple[str, ...]]


class RouteTable(Facet, frozen=True, kw_only=True):
    """A route table. Its routes come as facets of their own."""

    drops_learnt_routes: Fact[bool]
    """True: routes learnt by gateways are not taken."""
    routes_known: Fact[bool]


class Route(Facet, frozen=True, kw_only=True):
    """One user-defined route."""

    table: ResourceId
    name: str
    prefix: Fact[str]
    """CIDR block or service tag, as given."""
    hop: Fact[str]
    """`virtualappliance`, `internet`, `none`, `vnetlocal` or `virtualnetworkgateway`."""
    hop_address: Fact[str | None]


class Gateway(Facet, frozen=True, kw_only=True):
    """A VPN or ExpressRoute gateway: routes are learnt there which ARM does not list. Also a way in for people."""

    network: Fact[ResourceId | None]
    kind: Fact[str]
    """`vpn` or `expressroute`."""


class WayIn(Facet, frozen=True, kw_only=True):
    """How people get into a network: a Bastion host, a VPN or ExpressRoute gateway."""

    network: Fact[ResourceId | None]
    kind: str
    """`bastion`, `vpn`, `expressroute`."""


class NetworkManager(Facet, frozen=True, kw_only=True):
    """Connects and filters networks from outside: by groups and rules that the networks themselves do not show."""

    subscriptions: Fact[tuple[str, ...]]
    """Ids of the subscriptions in its scope, lower case."""
    management_groups: Fact[tuple[str, ...]]
    accesses: Fact[tuple[str, ...]]
    """What it may deploy there: `connectivity`, `securityadmin`, `routing`."""


class Nat(Facet, frozen=True, kw_only=True):
    """A NAT gateway."""

    public_addresses: Fact[tuple[str, ...]]
    """Ids of its public addresses and prefixes."""


# --- private endpoints ---------------------------------------------------------------------------------


class EndpointAddress(msgspec.Struct, frozen=True):
    """One address of a private endpoint and the names it was given for."""

    address: Fact[str | None]
    """Known(None): it will lie in the endpoint's subnet, which one is decided at deployment."""
    member: str
    """Member of the target's sub-resource, lower case: `registry`, `registry_data_westeurope`; '' if not told."""
    fqdns: tuple[str, ...]
    """Public names, lower case; empty if not told."""


class ZoneConfig(msgspec.Struct, frozen=True):
    """One zone that an endpoint's zone group writes into."""

    group: ResourceId
    """The zone group."""
    zone: Fact[ResourceId | None]
    written: Fact[tuple[tuple[str, tuple[str, ...]], ...]]
    """(record name, addresses) as Azure says it wrote them; Unknown when not in the input, Known(()) when
    Azure wrote none. While only planned: Unknown with `planned` set."""
    planned: bool = False
    maybe: Unknown | None = None
    """Set when the zone group exists only under a condition that is not known."""


class Endpoint(Facet, frozen=True, kw_only=True):
    """A private endpoint: a door in a subnet to one sub-resource of a target."""

    subnet: Fact[ResourceId | None]
    target: Fact[ResourceId | None]
    groups: Fact[tuple[str, ...]]
    """Sub-resources in lower case, `blob`; empty for a private link service."""
    status: Fact[str]
    """`approved`, `pending`, `rejected`, `disconnected`. Planned automatic connections count as approved."""
    ready: Fact[bool]
    """False while or after provisioning failed."""
    addresses: tuple[EndpointAddress, ...]
    zones: tuple[ZoneConfig, ...]
    zones_known: Fact[bool]
    """Known(True) when all zone groups are in the input. Zone groups are children that lists leave out."""
    location: Fact[str]
    security_groups: Fact[tuple[str, ...]]
    """Application security groups, ids in lower case."""
    planned: bool = False
    """True while only planned: the service cannot list it yet."""


# --- names ---------------------------------------------------------------------------------------------


class Zone(Facet, frozen=True, kw_only=True):
    """A private DNS zone."""

    name: str
    """Lower case, no final dot."""
    records_known: Fact[bool]
    """Known(True) when all its address and alias records are in the input."""
    other_names: frozenset[str] = frozenset()
    """Relative names, lower case, of record sets that were read and hold neither addresses nor an alias."""


class ZoneLink(Facet, frozen=True, kw_only=True):
    """A link that makes a zone answer queries from a network."""

    zone: ResourceId
    network: Fact[ResourceId | None]
    registration: Fact[bool]
    state: Fact[str | None]
    """`completed`, `inprogress`; Known(None) while only planned."""
    ready: Fact[bool]
    """False when its provisioning failed."""
    fallback: Fact[bool]
    """True: names without a record are asked in public (`NxDomainRedirect`)."""


class Record(Facet, frozen=True, kw_only=True):
    """One record set of a private zone."""

    zone: ResourceId
    name: str
    """Relative, lower case: `mlstore`, `*.inference`, `@`."""
    type: str
    """`a`, `aaaa`, `cname`, …"""
    values: Fact[tuple[str, ...]]
    """Addresses, or the one target name without final dot."""
    ttl: Fact[int]
    written_by: Fact[str]
    """Text of the record's metadata that names its creator, '' without."""


class ResolverInbound(Facet, frozen=True, kw_only=True):
    """An inbound endpoint of a DNS resolver: answers with the eyes of its network."""

    network: Fact[ResourceId | None]
    addresses: Fact[tuple[str, ...]]


class ResolverOutbound(Facet, frozen=True, kw_only=True):
    """An outbound endpoint of a DNS resolver: forwarding rules ask their servers from here."""

    network: Fact[ResourceId | None]
    subnet: Fact[ResourceId | None]


class Ruleset(Facet, frozen=True, kw_only=True):
    """A DNS forwarding ruleset."""

    outbound: Fact[tuple[str, ...]]
    """Ids of outbound endpoints."""


class RulesetLink(Facet, frozen=True, kw_only=True):
    """A ruleset linked to a network: its rules apply to queries from there."""

    ruleset: ResourceId
    network: Fact[ResourceId | None]


class ForwardingRule(Facet, frozen=True, kw_only=True):
    """One rule of a ruleset."""

    ruleset: ResourceId
    domain: Fact[str]
    """Lower case without the final dot; '' for every name."""
    targets: Fact[tuple[str, ...]]
    enabled: Fact[bool]


# --- appliances ----------------------------------------------------------------------------------------


class FirewallRule(msgspec.Struct, frozen=True):
    """One rule of an appliance, in the order in which it is asked."""

    id: ResourceId
    pointer: str
    kind: str
    """`network`, `application` or `nat`."""
    allow: bool
    sources: Fact[tuple[str, ...]]
    """CIDR blocks, addresses, ranges, `*`; IP groups already replaced by their addresses."""
    destinations: Fact[tuple[str, ...]]
    """Network rules: as sources, or service tags."""
    names: Fact[tuple[str, ...]]
    """Application rules: host names and `*.` patterns; network rules: host names."""
    ports: Fact[tuple[str, ...]]
    protocols: Fact[tuple[str, ...]]
    """`tcp`, `udp`, `any`, `https`, `http`, `mssql` in lower case."""
    tags: Fact[tuple[str, ...]]
    """Application rules: FQDN tags in lower case."""


class Appliance(Facet, frozen=True, kw_only=True):
    """A firewall that packets can be routed to. Its rules are listed in evaluation order."""

    network: Fact[ResourceId | None]
    subnet: Fact[ResourceId | None]
    addresses: Fact[tuple[str, ...]]
    """Private addresses."""
    proxies_dns: Fact[bool]
    dns_servers: Fact[tuple[str, ...]]
    rules: tuple[FirewallRule, ...]
    rules_known: Fact[bool]
    keeps_source: Fact[tuple[str, ...]]
    """Destinations towards which network rules leave the source as it is; for others the firewall puts its own."""


# --- who asks, and who is asked ------------------------------------------------------------------------


class SourceMode(Enum):
    """Which address a packet from a pod carries when it leaves the node, by network plugin."""

    NODE = "node"
    """The node's: kubenet, overlay."""
    POD_IN_NODE_SUBNET = "pod in node subnet"
    POD_IN_POD_SUBNET = "pod in pod subnet"


class Pool(msgspec.Struct, frozen=True):
    """One agent pool: the pods we ask for."""

    name: str
    cluster: ResourceId
    node_subnet: Fact[ResourceId | None]
    """Known(None): a subnet that Azure makes when the cluster is deployed."""
    pod_subnet: Fact[ResourceId | None]
    source_mode: Fact[SourceMode]
    security_groups: Fact[tuple[str, ...]]
    """Application security groups of the nodes, ids in lower case."""


class Cluster(Facet, frozen=True, kw_only=True):
    """A Kubernetes cluster as a place where packets start."""

    location: Fact[str]
    pools: tuple[Pool, ...]
    pools_known: Fact[bool]
    node_resource_group: Fact[str | None]
    """Known(None): named at deployment."""
    is_private: Fact[bool]
    service_prefixes: Fact[tuple[str, ...]]
    pod_prefixes: Fact[tuple[str, ...]]
    """Empty when pods take addresses of a subnet."""
    outbound: Fact[str]
    """`loadbalancer`, `managednatgateway`, `userassignednatgateway`, `userdefinedrouting`, `none` or `block`."""


class Host(msgspec.Struct, frozen=True):
    """A name that pods ask for, and the alias where private zones can step in."""

    name: str
    """Lower case; parts known only after deployment stand in braces. `*` for a wildcard's first label."""
    alias: str
    """The `privatelink` name that the public name points to once a private endpoint is approved; '' if none."""
    zone: str
    """Name of the private zone that should hold the record."""
    member: str
    """Member of the sub-resource that carries it, lower case."""
    ports: tuple[int, ...]
    needed: bool = True
    """False: only some workloads ask for it."""


class Admission(msgspec.Struct, frozen=True):
    """A service's own firewall for callers that do not come through a private endpoint."""

    public: Fact[bool]
    """False: the public address refuses everybody but trusted services."""
    open_to_all: Fact[bool]
    """True: where no rule matches, the caller is let in."""
    addresses: Fact[tuple[str, ...]]
    """Public CIDR blocks or addresses let in."""
    subnets: Fact[tuple[str, ...]]
    """Ids (lower case) of subnets let in through a service endpoint."""
    endpoint_services: tuple[str, ...] = ()
    """Names of service endpoints that carry the subnet's identity to this service, lower case."""
    ignores_addresses_in_region: bool = False
    """True: address rules do not match callers in the same region (storage)."""


class Door(Facet, frozen=True, kw_only=True):
    """One sub-resource of a service, as callers meet it."""

    service: str
    """`storage`, `vault`, `registry`, `workspace`, `cluster`, `monitor`."""
    subresource: str
    """Group id in lower case, `blob`."""
    location: Fact[str]
    hosts: tuple[Host, ...]
    admission: Admission
    connections: Fact[tuple[tuple[str, str], ...]]
    """(endpoint id in lower case, state in lower case) as the service itself lists them; Unknown when not told."""
    tag: str
    """Service tag of the public address, lower case: `storage`, `azurekeyvault`, …"""
    needed: bool = True
    """False: only some workloads use it."""
