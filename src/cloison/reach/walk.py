"""The walk: one pool, one host name, every possibility, and the worst of them as the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Fact, Known, Unknown
from cloison.model.network import Cluster, Door, Host, Pool, SourceMode, Subnet
from cloison.model.verdict import HopKind, Outcome, Path, PathVerdict, Step, unknown_step
from cloison.reach import doors, egress, filters, names, routes, spans
from cloison.reach.fabric import Fabric, known
from cloison.reach.packets import Flow, Source, Target
from cloison.reach.zones import Answer

WORST_FIRST = (
    PathVerdict.BLOCKED,
    PathVerdict.PUBLIC,
    PathVerdict.UNKNOWN,
    PathVerdict.SERVICE_ENDPOINT,
    PathVerdict.PRIVATE,
)


class Possibility(msgspec.Struct, frozen=True):
    """One way a host may be reached, judged."""

    verdict: PathVerdict
    steps: tuple[Step, ...]
    address: str = ""
    endpoint: ResourceId | None = None


_NOTHING = Possibility(PathVerdict.UNKNOWN, ())


def paths(fabric: Fabric, cluster: Cluster, services: Iterable[ResourceId]) -> list[Path]:
    """The answer for every pool of a cluster and every host name of the services, in their order."""
    asked = [door for id in services for door in fabric.doors_of.get(id, ())]
    return [
        walk(fabric, cluster, pool, door, host)
        for pool in cluster.pools
        for door in asked
        for host in door.hosts
    ]


def walk(fabric: Fabric, cluster: Cluster, pool: Pool, door: Door, host: Host) -> Path:
    """The answer for one pool and one host name, with every step cited."""
    sources, doubts = sources_of(fabric, cluster, pool, door)
    judged = [Possibility(PathVerdict.UNKNOWN, (step,)) for step in doubts]
    for source in sources:
        judged.extend(_judged(fabric, cluster, source, door, host))
    worst = min(judged, key=_badness)
    steps = tuple(dict.fromkeys(step for one in judged for step in one.steps))
    return Path(
        pool=pool.name,
        cluster=cluster.id,
        resource=door.id,
        service=door.service,
        subresource=door.subresource,
        host=host.name,
        ports=host.ports,
        needed=door.needed and host.needed,
        verdict=worst.verdict,
        steps=tuple(sorted(steps, key=_order)),
        address=worst.address,
        endpoint=worst.endpoint,
    )


def sources_of(fabric: Fabric, cluster: Cluster, pool: Pool, door: Door) -> tuple[list[Source], list[Step]]:
    """Subnets that packets of the pool start in when they ask for a door, and why that is not known."""
    mode = pool.source_mode
    if isinstance(mode, Unknown):
        return [], [unknown_step(HopKind.SOURCE, mode)]
    of_pods = _groups_of(pool, mode.value)
    subnets = [(pool.node_subnet, of_pods)]
    if mode.value is SourceMode.POD_IN_POD_SUBNET:
        subnets = [(pool.pod_subnet, of_pods)]
        if door.service == "registry":
            # The kubelet, not the pod, pulls images: the registry is asked from the node as well.
            subnets.append((pool.node_subnet, pool.security_groups))
    sources: list[Source] = []
    doubts: list[Step] = []
    for fact, groups in subnets:
        subnet, doubt = _subnet(fabric, cluster, pool, fact)
        if subnet is None or isinstance(subnet.prefixes, Unknown):
            unread = subnet.prefixes if subnet is not None and isinstance(subnet.prefixes, Unknown) else None
            doubts.append(unknown_step(HopKind.SOURCE, unread) if unread is not None else doubt)
        else:
            sources.append(Source(subnet, spans.usable(subnet.prefixes.value), groups))
    return sources, doubts


def _groups_of(pool: Pool, mode: SourceMode) -> Fact[tuple[str, ...]]:
    """Application security groups that packets of pods belong to: the nodes', where pods use the nodes' addresses.

    Source: Microsoft Learn, "Use node public IPs", application security groups of node pools, which says nothing
    of the further addresses that pods have on a node's interface; checked 2026-11-24.
    """
    groups = pool.security_groups
    if mode is SourceMode.NODE or isinstance(groups, Unknown) or not groups.value:
        return groups
    text = (
        f"whether the addresses of pods belong to the security groups of pool {pool.name} is not documented"
    )
    return Unknown(text, "let rules name prefixes instead of application security groups", groups.cite)


def _subnet(
    fabric: Fabric, cluster: Cluster, pool: Pool, fact: Fact[ResourceId | None]
) -> tuple[Subnet | None, Step]:
    if isinstance(fact, Unknown):
        return None, unknown_step(HopKind.SOURCE, fact)
    if fact.value is not None:
        text = f"subnet {fact.value.name} of pool {pool.name} is not in the input"
        missing = Step(HopKind.SOURCE, Outcome.UNKNOWN, text, (fact.cite,), f"add {fact.value.parent.text}")
        return fabric.subnets.get(fact.value), missing
    text = f"pool {pool.name} stands in a network that Azure makes at deployment"
    ask = f"give the live cluster with its node resource group, or a subnet of your own to pool {pool.name}"
    group = cluster.node_resource_group
    if isinstance(group, Known) and group.value is not None:
        ask = f"add the networks of resource group {group.value}"
        managed = [one for one in fabric.subnets.values() if _in_group(one, cluster, group.value)]
        if len(managed) == 1:
            return managed[0], Step(HopKind.SOURCE, Outcome.PASS, text)
    return None, Step(HopKind.SOURCE, Outcome.UNKNOWN, text, (fact.cite,), ask)


def _in_group(subnet: Subnet, cluster: Cluster, group: str) -> bool:
    id = subnet.network
    return id.resource_group == group.lower() and id.subscription == cluster.id.subscription


def _judged(
    fabric: Fabric, cluster: Cluster, source: Source, door: Door, host: Host
) -> tuple[Possibility, ...]:
    """Every possibility from one subnet; pools that share it and their groups share these too."""
    key = ("judged", cluster.id, source.subnet.id, _member_of(source), door.id, door.subresource, host.name)
    found = fabric.memo.get(key)
    if found is None:
        found = fabric.memo[key] = tuple(_from(fabric, cluster, source, door, host))
    return found  # type: ignore[return-value]  # filed under this key only here


def _from(fabric: Fabric, cluster: Cluster, source: Source, door: Door, host: Host) -> Iterator[Possibility]:
    cite = Cite(source.subnet.id, "/properties/addressPrefix")
    start = Step(
        HopKind.SOURCE,
        Outcome.PASS,
        f"pods leave from {source.subnet.id.name}, {spans.show(source.spans)}",
        (cite,),
    )
    if not source.spans:
        text = f"{source.subnet.id.name} has no address that a pod could have"
        yield Possibility(
            PathVerdict.UNKNOWN, (Step(HopKind.SOURCE, Outcome.UNKNOWN, text, (cite,), "correct its prefix"),)
        )
        return
    perhaps: dict[bool, list[Possibility]] = {True: [], False: []}
    doubt: Step | None = None
    for server in names.ask(fabric, source, door, host):
        asked = _asking(fabric, cluster, source, server)
        for answer in server.answers:
            relayed = (step for relay in answer.relays for step in routes.between_servers(fabric, relay))
            steps = (start, *asked, *relayed, *answer.steps)
            found = _answered(fabric, cluster, source, door, host, answer, steps)
            if answer.doubt is None:
                yield from found
            else:
                doubt = answer.doubt
                perhaps[answer.without].extend(found)
    if doubt is not None:
        yield from _either(perhaps[False], perhaps[True], doubt)


def _either(one: list[Possibility], other: list[Possibility], doubt: Step) -> list[Possibility]:
    """Both sides of something that is not known: as they are where that makes no difference, else unknown."""
    worst = {min(side, key=_badness, default=_NOTHING).verdict for side in (one, other)}
    if len(worst) == 1 or worst == {PathVerdict.BLOCKED, PathVerdict.PUBLIC}:
        return [*one, *other]
    return [
        msgspec.structs.replace(each, verdict=PathVerdict.UNKNOWN, steps=(*each.steps, doubt))
        for each in (*one, *other)
    ]


def _badness(one: Possibility) -> int:
    return WORST_FIRST.index(one.verdict)


def _asking(fabric: Fabric, cluster: Cluster, source: Source, server: names.Server) -> tuple[Step, ...]:
    """What stands between the pods and the DNS server that they ask."""
    key = ("dns", cluster.id, source.subnet.id, _member_of(source), server.address)
    found = fabric.memo.get(key)
    if found is None:
        if server.address:
            clash = _server_clash(cluster, server)
            steps = [*clash, *routes.to_server(fabric, source, server.address, server.network)]
        else:
            steps = filters.to_azure_dns(fabric, source)
        found = fabric.memo[key] = tuple(step for step in steps if step.outcome is not Outcome.PASS)
    return found  # type: ignore[return-value]  # filed under this key only here


def _server_clash(cluster: Cluster, server: names.Server) -> list[Step]:
    number = spans.address(server.address)
    if number is None:
        return []
    return _taken_by_cluster(cluster, Target(f"DNS server {server.address}", ((number, number),)))


def _member_of(source: Source) -> tuple[str, ...] | None:
    """The source's groups as part of a key: pools may share a subnet and not their groups."""
    return source.groups.value if isinstance(source.groups, Known) else None


def _answered(
    fabric: Fabric,
    cluster: Cluster,
    source: Source,
    door: Door,
    host: Host,
    answer: Answer,
    steps: tuple[Step, ...],
) -> Iterator[Possibility]:
    if answer.public:
        yield from _to_public(fabric, cluster, source, door, host, steps)
        return
    if answer.planned is not None:
        target, at_door = doors.at_planned(fabric, door, host, *answer.planned)
    elif answer.address:
        target, at_door = doors.at_address(fabric, door, host, answer.address)
    else:
        yield Possibility(_judge(steps, PathVerdict.UNKNOWN), steps)
        return
    if target.public:
        all_steps = (*steps, *at_door)
        yield Possibility(_judge(all_steps, PathVerdict.BLOCKED), all_steps, target.text)
        return
    endpoint = target.endpoint.id if target.endpoint is not None else None
    for port in host.ports:
        # Of an address that is no endpoint's it is not known where it lies, so there is no way to judge.
        way = _private_way(fabric, source, target, Flow("tcp", port)) if endpoint is not None else ()
        all_steps = (*steps, *_taken_by_cluster(cluster, target), *way, *at_door)
        yield Possibility(_judge(all_steps, PathVerdict.PRIVATE), all_steps, target.text, endpoint)


def _private_way(fabric: Fabric, source: Source, target: Target, flow: Flow) -> tuple[Step, ...]:
    endpoint = target.endpoint.id if target.endpoint is not None else None
    # The host matters to firewalls only, so paths to one address without a firewall share this.
    host = target.host if fabric.appliances else ""
    key = ("way", source.subnet.id, _member_of(source), target.spans, endpoint, flow, host)
    found = fabric.memo.get(key)
    if found is None:
        trip = routes.to_private(fabric, source, target, flow)
        out = filters.outbound(fabric, source, target, flow)
        ends = trip.at_the_end(source)
        into = [step for one in ends for step in filters.inbound(fabric, one, target, flow)]
        found = fabric.memo[key] = (*out, *trip.steps, *into)
    return found  # type: ignore[return-value]  # filed under this key only here


def _to_public(
    fabric: Fabric, cluster: Cluster, source: Source, door: Door, host: Host, steps: tuple[Step, ...]
) -> Iterator[Possibility]:
    target = doors.public_target(door, host)
    identified, carried = doors.endpoint_service(source.subnet, door)
    outbound = cluster.outbound.value if isinstance(cluster.outbound, Known) else None
    network = fabric.networks.get(source.network)
    region = network.location if network is not None else None
    verdict, at_door = doors.admit(door, source, identified=identified, region=region)
    for port in host.ports:
        flow = Flow("tcp", port)
        out = filters.outbound(fabric, source, target, flow)
        way = () if identified else egress.to_public(fabric, source, target, flow, outbound)
        all_steps = (*steps, *((carried,) if carried is not None else ()), *way, *out, *at_door)
        yield Possibility(_judge(all_steps, verdict), all_steps, target.text)


def _taken_by_cluster(cluster: Cluster, target: Target) -> list[Step]:
    """Addresses that the cluster itself uses never leave the node."""
    found = []
    for fact, what in ((cluster.service_prefixes, "service"), (cluster.pod_prefixes, "pod")):
        if isinstance(fact, Unknown):
            found.append(unknown_step(HopKind.ROUTE, fact))
            continue
        own = spans.union(*(span for text in fact.value if (span := spans.prefix(text))))
        if not spans.meets(own, target.spans):
            continue
        whole = spans.covers(own, target.spans)
        text = f"{target.text} lies in the cluster's {what} range {', '.join(fact.value)}, so it never leaves the node"
        outcome = Outcome.STOP if whole else Outcome.UNKNOWN
        ask = "" if whole else "give the endpoint a fixed address outside that range"
        found.append(Step(HopKind.ROUTE, outcome, text, (fact.cite,), ask))
    return found


def _judge(steps: tuple[Step, ...], arrived: PathVerdict) -> PathVerdict:
    outcomes = {step.outcome for step in steps}
    if Outcome.STOP in outcomes:
        return PathVerdict.BLOCKED
    return PathVerdict.UNKNOWN if Outcome.UNKNOWN in outcomes else arrived


_HOPS = {kind: place for place, kind in enumerate(HopKind)}


def _order(step: Step) -> int:
    return _HOPS[step.hop]


def pool_subnets(fabric: Fabric, cluster: Cluster) -> list[Subnet]:
    """Every subnet that pods or nodes of a cluster are known to stand in, once each."""
    found: dict[ResourceId, Subnet] = {}
    for pool in cluster.pools:
        for fact in _stands_in(pool):
            subnet, _ = _subnet(fabric, cluster, pool, fact)
            if subnet is not None:
                found[subnet.id] = subnet
    return list(found.values())


def cluster_networks(fabric: Fabric, cluster: Cluster) -> list[ResourceId]:
    """The networks of a cluster's pools, once each; those named but not read included."""
    found = [subnet.network for subnet in pool_subnets(fabric, cluster)]
    named = [known(fact) for pool in cluster.pools for fact in _stands_in(pool)]
    return list(dict.fromkeys([*found, *(id.parent for id in named if id is not None)]))


def _stands_in(pool: Pool) -> list[Fact[ResourceId | None]]:
    mode = pool.source_mode
    own_subnet = isinstance(mode, Known) and mode.value is SourceMode.POD_IN_POD_SUBNET
    return [pool.node_subnet, pool.pod_subnet] if own_subnet else [pool.node_subnet]
