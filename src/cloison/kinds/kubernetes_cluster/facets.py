"""A cluster as the place where packets start, and the private door of its API server.

Source: Microsoft Learn, Create a private AKS cluster: names, zones, sub-resource `management`; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.clouds import cloud_of_region
from cloison.kinds._index import children
from cloison.kinds._pools import AgentPool, agent_pool
from cloison.kinds._read import children_listed
from cloison.kinds._services import HTTPS, braced, connections, region_word, word
from cloison.kinds.kubernetes_cluster.facts import KubernetesCluster, derived, facts
from cloison.kinds.kubernetes_cluster.network import source_mode
from cloison.model.body import Open
from cloison.model.facts import Fact, Known, Unknown
from cloison.model.network import Admission, Cluster, Door, Facet, Host, Pool
from cloison.model.snapshot import Resource, Snapshot

POOLS = "microsoft.containerservice/managedclusters/agentpools"
LISTED = "REST reference 2024-09-01, agentPoolProfiles; checked 2026-11-24"


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Facet]:
    """The cluster with its pools; for a private one also the door `management`."""
    own = facts(resource)
    yield Cluster(
        id=resource.id,
        maybe=resource.maybe,
        location=own.location,
        pools=tuple(_pools(resource, snapshot)),
        pools_known=_pools_known(resource, snapshot),
        node_resource_group=own.node_resource_group,
        is_private=own.is_private,
        service_prefixes=own.network.service_prefixes,
        pod_prefixes=own.network.pod_prefixes,
        outbound=own.network.outbound,
    )
    yield from _door(resource, snapshot, own)


def _pools(resource: Resource, snapshot: Snapshot) -> Iterable[Pool]:
    """Pools of the cluster's own list in its order, then those that stand on their own."""
    found: dict[str, tuple[AgentPool, Unknown | None]] = {}
    for index, item in enumerate(resource.body.at("properties/agentPoolProfiles").each()):
        value = item.at("name").value
        name = braced(value.text) if isinstance(value, Open) else f"{{{index}}}"
        name = value if isinstance(value, str) else name
        found[name.lower()] = (agent_pool(name, item), None)
    for child in children(snapshot, POOLS).get(resource.id, []):
        if child.name.lower() not in found:
            found[child.name.lower()] = (agent_pool(child.name, child.body.at("properties")), child.maybe)
    for pool, doubt in found.values():
        yield Pool(
            name=pool.name,
            cluster=resource.id,
            node_subnet=pool.node_subnet,
            pod_subnet=pool.pod_subnet,
            # Of a pool that may not exist, nothing is certain: its paths must neither pass nor fail.
            source_mode=source_mode(resource.body, pool) if doubt is None else doubt,
            security_groups=pool.security_groups,
        )


def _pools_known(resource: Resource, snapshot: Snapshot) -> Fact[bool]:
    """Known(True) when no pool can be missing."""
    place = resource.body.at("properties/agentPoolProfiles")
    held = children(snapshot, POOLS).get(resource.id, [])
    if place.is_absent and held and resource.partial is None:
        return Known(True, held[0].body.cite())
    if place.is_absent:
        return place.flag()
    return children_listed(place, LISTED)


def _door(resource: Resource, snapshot: Snapshot, own: KubernetesCluster) -> Iterable[Door]:
    """The API server's private endpoint door; integrated servers stand in the network itself and have none."""
    for fact, without in ((own.is_private, False), (own.vnet_integration, True)):
        if isinstance(fact, Known) and fact.value is without:
            return
    doubts = (fact for fact in (own.is_private, own.vnet_integration) if isinstance(fact, Unknown))
    cite = derived(own.is_private)
    yield Door(
        id=resource.id,
        maybe=resource.maybe if resource.maybe is not None else next(doubts, None),
        service="cluster",
        subresource="management",
        location=own.location,
        hosts=(_host(resource, own),),
        admission=Admission(
            public=Known(False, cite),
            open_to_all=Known(False, cite),
            addresses=Known((), cite),
            subnets=Known((), cite),
        ),
        connections=connections(resource, snapshot),
        tag="azurecloud",
        # Nodes go by an endpoint that AKS makes and keeps; this door is for other networks.
        needed=False,
    )


def _host(resource: Resource, own: KubernetesCluster) -> Host:
    """The private name as told, else as AKS will make it. It is no alias of any public name."""
    region = region_word(resource.body)
    cloud = cloud_of_region(region)
    zone = own.private_dns_zone.value if isinstance(own.private_dns_zone, Known) else "system"
    told = own.private_fqdn.value if isinstance(own.private_fqdn, Known) else None
    if told is None and zone == "none":
        public = own.fqdn.value if isinstance(own.fqdn, Known) else None
        return _named(public or f"{_label(resource)}.hcp.{region}.{cloud.aks}", "")
    if told is not None:
        # Without a zone of its own the private name is the public one: answers recorded by azure-cli (2022).
        return _named(told, "" if zone == "none" else told.partition(".")[2])
    made = cloud.kubernetes_zone(region)
    named = zone.rpartition("/")[2] if zone.startswith("/") else f"{{guid}}.{made}"
    return _named(f"{_label(resource)}.{named}", named)


def _named(name: str, zone: str) -> Host:
    return Host(name=name, alias="", zone=zone, member="", ports=HTTPS)


def _label(resource: Resource) -> str:
    own = resource.body.at("properties")
    if not own.at("fqdnSubdomain").is_absent:
        return word(own.at("fqdnSubdomain"), "fqdnsubdomain")
    return f"{word(own.at('dnsPrefix'), 'dnsprefix')}-{{hash}}"
