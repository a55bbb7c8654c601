"""The oracle: one pool, one host name, every packet. It follows docs/reach.md and shares no code with Cloison.

**Sources.** A subnet of at most 64 addresses is walked address by address. In a larger one the first and the last
source, and the addresses at and beside both edges of every prefix, range or address written anywhere in the
environment, stand for all: whatever is asked of a source address is whether it lies in one of those, so between two
neighbouring edges all addresses fare alike, and each such stretch has its first address among those walked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Any

from .arm import Body, Tri, World, address, network_of, prefix, props, ref, region
from .doors import enter
from .hosts import Ask, asks
from .names import Answer, answers, connection, may_have_unseen, service_agrees, status
from .sieve import End, Packet, group_allows
from .wires import Goal, Log, arrivals, leave, travel, usable_addresses

WORST_FIRST = ("blocked", "public", "unknown", "service-endpoint", "private")
_ALL_BELOW = 64
_FILTERS_INBOUND = ("networksecuritygroupenabled", "enabled")
_WRITTEN = re.compile(r"\d+\.\d+\.\d+\.\d+(?:/\d+)?")

Judgement = tuple[str, list[str]]


def worst(found: list[Judgement]) -> Judgement:
    """The worst verdict, with the reasons of all."""
    verdict = min((one[0] for one in found), key=WORST_FIRST.index)
    return verdict, sorted({reason for one in found for reason in one[1]})


def _settle(log: Log, otherwise: str) -> Judgement:
    if log.stops:
        return "blocked", log.stops
    return ("unknown", log.unknowns) if log.unknowns else (otherwise, [])


# Sources


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def edges(world: World) -> set[IPv4Address]:
    """The addresses at and beside both edges of everything written in the environment."""
    found: set[int] = set()
    written = {
        one for body in world.by_id.values() for text in _texts(body) for one in _WRITTEN.findall(text)
    }
    for text in written:
        net = prefix(text)
        if net is not None:
            low, high = int(net.network_address), int(net.broadcast_address)
            found |= {low - 1, low, high, high + 1}
    return {IPv4Address(one) for one in found if 0 <= one < 2**32}


def source_addresses(world: World, subnet_id: str) -> list[IPv4Address]:
    """The addresses of a subnet that are walked."""
    everything = usable_addresses(world.get(subnet_id) or {})
    if len(everything) <= _ALL_BELOW:
        return everything
    ends = {everything[0], everything[-1]}
    return sorted(ends | (edges(world) & set(everything)))


def _pool(world: World, cluster: Body, pool_name: str) -> Body:
    for pool in world.children(str(cluster["id"]), "agentPools"):
        if str(pool["name"]).lower() == pool_name.lower():
            return props(pool)
    return {}


def _managed_subnet(world: World, cluster: Body) -> str:
    """The only subnet of the only network in the node resource group, or nothing."""
    parts = str(cluster["id"]).lower().split("/")
    start = f"/subscriptions/{parts[2]}/resourcegroups/{props(cluster).get('nodeResourceGroup')}/".lower()
    networks = [
        one
        for one in world.of_type("Microsoft.Network/virtualNetworks")
        if str(one["id"]).lower().startswith(start)
    ]
    subnets = [one for network in networks for one in world.children(str(network["id"]), "subnets")]
    return str(subnets[0]["id"]).lower() if len(networks) == len(subnets) == 1 else ""


def source_subnets(world: World, cluster: Body, pool: Body, subresource: str) -> list[str]:
    """The subnets whose addresses pods of the pool have towards that service; empty ones are not known."""
    node = str(pool.get("vnetSubnetID") or "").lower() or _managed_subnet(world, cluster)
    pods = str(pool.get("podSubnetID") or "").lower()
    if not pods:
        return [node]
    return [pods, node] if subresource == "registry" else [pods]


def _sources(world: World, cluster: Body, subnet_id: str, pool: Body) -> list[End]:
    groups = (pool.get("networkProfile") or {}).get("applicationSecurityGroups") or []
    ids = frozenset(str(one).lower() for one in groups)
    # Pods with addresses of their own may or may not be in the groups of their nodes.
    kubelet = pool.get("podSubnetID") and subnet_id != str(pool["podSubnetID"]).lower()
    sure = _hide_behind_nodes(cluster) or bool(kubelet) or not ids
    return [End(one, subnet_id, ids, groups_known=sure) for one in source_addresses(world, subnet_id)]


def _hide_behind_nodes(cluster: Body) -> bool:
    """Whether pods leave with the address of their node: kubenet and overlay."""
    profile = props(cluster).get("networkProfile") or {}
    return "kubenet" in str(profile.get("networkPlugin")).lower() or bool(profile.get("networkPluginMode"))


# The cluster's own prefixes


def _own_prefixes(cluster: Body, kind: str) -> list[str]:
    profile = props(cluster).get("networkProfile") or {}
    return [str(one) for one in [*(profile.get(f"{kind}s") or []), profile.get(kind)] if one]


def _hides(cluster: Body, where: IPv4Address) -> bool:
    """Whether pods take the address for one of the cluster's own."""
    texts = _own_prefixes(cluster, "serviceCidr") + _own_prefixes(cluster, "podCidr")
    return any((net := prefix(text)) is not None and where in net for text in texts)


def _hidden_servers(world: World, cluster: Body, network: str) -> list[str]:
    own = props(world.get(network)).get("dhcpOptions") or {}
    four = [str(one) for one in own.get("dnsServers") or [] if ":" not in str(one)]
    return [one for one in four if _hides(cluster, address(one))]


# Destinations


def _interfaces(world: World, endpoint: Body) -> list[Body]:
    listed = {ref(one) for one in props(endpoint).get("networkInterfaces") or []}
    mine = str(endpoint["id"]).lower()
    nics = world.of_type("Microsoft.Network/networkInterfaces")
    return [
        one
        for one in nics
        if str(one["id"]).lower() in listed or ref(props(one).get("privateEndpoint")) == mine
    ]


def _addresses(world: World, endpoint: Body) -> list[tuple[IPv4Address, str]] | None:
    """Address and member of everything an endpoint owns, or None when nobody says."""
    found = []
    for nic in _interfaces(world, endpoint):
        for entry in props(nic).get("ipConfigurations") or []:
            own = props(entry)
            member = (own.get("privateLinkConnectionProperties") or {}).get("requiredMemberName") or ""
            found.append((address(own["privateIPAddress"]), str(member).lower()))
    for entry in props(endpoint).get("customDnsConfigs") or [] if not found else []:
        found += [(address(one), "") for one in entry.get("ipAddresses") or []]
    return found or None


def _belongs_to_any(world: World, where: IPv4Address) -> bool:
    endpoints = world.of_type("Microsoft.Network/privateEndpoints")
    return any(one == where for endpoint in endpoints for one, _ in _addresses(world, endpoint) or [])


def _owner(world: World, ask: Ask, where: IPv4Address, log: Log) -> Body | None:
    """The endpoint of that address, if it is one for what was asked."""
    unread = False
    for endpoint in world.of_type("Microsoft.Network/privateEndpoints"):
        if connection(endpoint, ask.target, ask.subresource) is None:
            continue
        owned = _addresses(world, endpoint)
        unread = unread or owned is None
        members = [member for one, member in owned or [] if one == where]
        if any(not ask.member or member in ("", ask.member) for member in members):
            return endpoint
    if unread or (may_have_unseen(world, ask) and not _belongs_to_any(world, where)):
        log.unknowns.append(f"whose address {where} is")
    else:
        log.stops.append(f"{where} is no address of an endpoint for {ask.subresource}")
    return None


def _check_owner(world: World, endpoint: Body, ask: Ask, log: Log) -> None:
    agrees = service_agrees(world, ask, endpoint)
    if agrees is False:
        log.stops.append(f"the service does not hold {endpoint['name']} as approved")
    if agrees is None:
        log.unknowns.append(f"the service does not list {endpoint['name']}")
    state = status(connection(endpoint, ask.target, ask.subresource) or {})
    if state != "approved":
        log.stops.append(f"{endpoint['name']} is {state}")
    if str(props(endpoint).get("provisioningState")).lower() == "failed":
        log.stops.append(f"{endpoint['name']} failed")


def _note(allowed: Tri, log: Log, text: str) -> None:
    if allowed is False:
        log.stops.append(f"denied: {text}")
    if allowed is None:
        log.unknowns.append(f"perhaps denied: {text}")


def _walk_private(world: World, ask: Ask, sources: list[End], target: End, port: int, log: Log) -> None:
    """Carry a packet from every source to the endpoint."""
    assert target.address is not None
    goal = Goal(target.address, network_of(target.subnet), target.subnet, endpoint=True)
    arrived: set[End] = set()
    for source in sources:
        packet = Packet(source, target, "tcp", port, ask.host)
        _note(group_allows(world, source.subnet, "outbound", packet), log, f"{source.address} out to {port}")
        for one in travel(world, packet, source.subnet, goal, log):
            arrived |= set(arrivals(world, one))
    subnet = world.get(target.subnet)
    policy = str(props(subnet).get("privateEndpointNetworkPolicies", "Disabled")).lower()
    if subnet is None:
        log.unknowns.append(f"{target.subnet} was not read")
    if policy in _FILTERS_INBOUND:
        for one in arrived:
            packet = Packet(one, target, "tcp", port, ask.host)
            _note(group_allows(world, target.subnet, "inbound", packet), log, f"{one.address} in to {port}")


def _private(
    world: World, cluster: Body, ask: Ask, sources: list[End], answer: Answer, port: int
) -> Judgement:
    where = answer.address
    assert where is not None
    log = Log(list(answer.stops), list(answer.unknowns))
    if _hides(cluster, where):
        log.stops.append(f"{where} lies in the cluster's own prefixes")
    endpoint = _owner(world, ask, where, log)
    if endpoint is not None:
        _check_owner(world, endpoint, ask, log)
        groups = props(endpoint).get("applicationSecurityGroups") or []
        ids = frozenset(ref(one) for one in groups)
        target = End(where, ref(props(endpoint).get("subnet")), ids, endpoint=True)
        _walk_private(world, ask, sources, target, port, log)
    return _settle(log, "private")


def _public(
    world: World, cluster: Body, ask: Ask, sources: list[End], answer: Answer, port: int
) -> Judgement:
    log = Log(list(answer.stops), list(answer.unknowns))
    profile = props(cluster).get("networkProfile") or {}
    target = End(None, tag=ask.tag, region=ask.region)
    identity = False
    for source in sources:
        packet = Packet(source, target, "tcp", port, ask.host)
        identity = leave(world, packet, str(profile.get("outboundType") or "loadBalancer"), log)
        _note(group_allows(world, source.subnet, "outbound", packet), log, f"{source.address} out to {port}")
    body = world.get(ask.target) or {}
    subnet = sources[0].subnet
    here = region((world.get(network_of(subnet)) or {}).get("location"))
    verdict = enter(body, subnet, identity, here, log)
    return _settle(log, verdict)


def _from_subnet(world: World, cluster: Body, pool: Body, ask: Ask, subnet_id: str) -> Judgement:
    """Every answer and every port, from one subnet."""
    if world.get(subnet_id) is None or world.get(network_of(subnet_id)) is None:
        return "unknown", ["the subnet of the pool, or its network, is not known"]
    sources = _sources(world, cluster, subnet_id, pool)
    hidden = _hidden_servers(world, cluster, network_of(subnet_id))
    sides: dict[Tri, list[Judgement]] = {True: [], False: [], None: []}
    for answer in answers(world, ask, sources, hidden):
        found = sides[answer.alias]
        if answer.address is None and not answer.public:
            found.append(_settle(Log(list(answer.stops), list(answer.unknowns)), "unknown"))
            continue
        walk = _public if answer.public else _private
        found += [walk(world, cluster, ask, sources, answer, port) for port in ask.ports]
    return worst([*sides[True], *_either(sides[None], sides[False])])


def _either(with_alias: list[Judgement], without: list[Judgement]) -> list[Judgement]:
    """What follows when it is not known whether there is an alias."""
    if not with_alias or not without:
        return with_alias + without
    pair = worst(with_alias), worst(without)
    verdicts = {one[0] for one in pair}
    if len(verdicts) == 1 or verdicts == {"blocked", "public"}:
        return list(pair)
    return [("unknown", ["whether there is an alias", *pair[0][1], *pair[1][1]])]


def judge_in(world: World, cluster_id: str, pool_name: str, ask: Ask) -> Judgement:
    """The verdict for one pool and one name, in a world already indexed."""
    cluster = world.get(cluster_id) or {}
    pool = _pool(world, cluster, pool_name)
    subnets = source_subnets(world, cluster, pool, ask.subresource)
    return worst([_from_subnet(world, cluster, pool, ask, one) for one in subnets])


def judge(
    resources: list[Body], cluster_id: str, pool_name: str, target_id: str, subresource: str, host: str
) -> Judgement:
    """Whether pods of a pool reach one host of a service privately: the verdict, and what decided it."""
    world = World(resources)
    for ask in asks(world.get(target_id) or {}):
        if (ask.subresource, ask.host) == (subresource, host):
            return judge_in(world, cluster_id, pool_name, ask)
    raise LookupError(f"{target_id} has no host {host} for {subresource}")
