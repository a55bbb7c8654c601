"""S22: private endpoints to the cluster lead to it as it runs now, not to what stood there before a restart.

The article has one sentence for two objects. The endpoint that the nodes use belongs to AKS, which makes it again
at each start; endpoints of one's own are dead after a restart, and nobody makes them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite
from cloison.model.network import Endpoint, Zone
from cloison.model.verdict import Finding, Fix, Outcome, Severity, Verdict
from cloison.reach.fabric import known
from cloison.requirements import Requirement, fixes, restart, say
from cloison.requirements.case import Case
from cloison.requirements.resolving import addresses, linked

ID = "S22"
DEAD = "it carries nothing now, and its connection cannot be approved again"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Private endpoints to the cluster; the cluster itself where the input has none."""
    cluster = case.environment.cluster
    return [endpoint.id for endpoint in case.endpoints_to(cluster)] or [cluster]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """The endpoint of AKS and endpoints of one's own, each by its own rule."""
    endpoint = case.fabric.endpoints.get(subject)
    if endpoint is None:
        yield _without(case, subject)
    elif restart.is_planned(case, subject):
        yield say.met(ID, subject, f"{subject.name} is made when this is deployed", Cite(subject))
    elif restart.is_kept_by_aks(case, endpoint):
        yield from _kept_by_aks(case, endpoint)
    else:
        yield from _of_ones_own(case, endpoint)


def _without(case: Case, cluster: ResourceId) -> Finding:
    own = restart.cluster(case)
    if restart.is_planned(case, cluster):
        return say.not_applicable(ID, cluster, f"{cluster.name} is not deployed yet, so nobody restarted it")
    if own.vnet_integration.value:
        message = f"the API server of {cluster.name} stands in a subnet, and no private endpoint leads to it"
        return say.not_applicable(ID, cluster, message, *say.cites(own.vnet_integration))
    if not own.is_private.value:
        message = f"{cluster.name} is no private cluster, so no private endpoint leads to its API server"
        return say.not_applicable(ID, cluster, message, *say.cites(own.is_private))
    message = (
        f"no private endpoint in the input leads to {cluster.name}; AKS makes its own again at each start"
    )
    return say.not_applicable(ID, cluster, message)


# --- the endpoint of AKS -------------------------------------------------------------------------------


def _kept_by_aks(case: Case, endpoint: Endpoint) -> Iterator[Finding]:
    found = _of_aks(case, endpoint)
    yield found
    if found.verdict is Verdict.MET:
        yield from _named_elsewhere(case, endpoint)


def _named_elsewhere(case: Case, endpoint: Endpoint) -> Iterator[Finding]:
    """Records that people wrote by hand where no endpoint of their own stands: they lead to the one of AKS."""
    mine, entrance = addresses(endpoint), restart.door(case)
    others = [one for one in case.endpoints_to(case.environment.cluster) if one.id != endpoint.id]
    own = {case.network_of(one) for one in others}
    for zone in restart.zones_by_hand(case) if mine and entrance is not None else ():
        label = restart.label_of(case)
        if own & {known(link.network) for link in case.links(zone.id)}:
            continue
        for record in case.fabric.records.get((zone.id, label), ()):
            wrong = sorted(set(record.values.value) - mine) if record.type == "a" else ()
            if wrong:
                now, name = sorted(mine), endpoint.id.name
                message = f"{label} in {zone.name} says {', '.join(wrong)}, while {name} has {', '.join(now)}"
                mends = [fixes.write_record(zone.id, label, now, ttl=None)]
                yield say.broken(ID, zone.id, message, *say.cites(record.values), fixes=mends)


def _of_aks(case: Case, endpoint: Endpoint) -> Finding:
    cluster, id = restart.cluster(case), endpoint.id
    stopped = cluster.power.value == restart.STOPPED
    if not stopped and not (endpoint.status.value == "approved" and endpoint.ready.value):
        state = endpoint.status.value if endpoint.ready.value else "failed"
        message = (
            f"{id.name}, which AKS keeps for the nodes, is {state}: let AKS mend it, never delete it by hand"
        )
        cites = say.cites(endpoint.status, endpoint.ready)
        return say.broken(ID, id, message, *cites, fixes=[_reconcile(case.environment.cluster)])
    pools = case.cluster.pools
    first, now = (pools[0].node_subnet.value if pools else None), endpoint.subnet.value
    if first is not None and now is not None and first != now:
        message = (
            f"{id.name} stands in subnet {now.name}, the cluster's first pool in subnet {first.name}: "
            f"{'the' if stopped else 'the next'} start puts it there, with another address"
        )
        return say.broken(
            ID,
            id,
            message,
            *say.cites(pools[0].node_subnet, endpoint.subnet),
            severity=Severity.WARNING if stopped else Severity.NOTE,
            fixes=[_after_the_move(case, endpoint)],
        )
    message = f"{id.name} belongs to AKS, which makes it again at each start: leave it alone"
    return say.met(ID, id, message, *say.cites(cluster.node_resource_group))


def _reconcile(cluster: ResourceId) -> Fix:
    summary = f"Let AKS mend its endpoint: az aks update -g {cluster.resource_group} -n {cluster.name}"
    return fixes.by_hand(
        cluster, summary, "nodes may lose the API server until AKS has made the endpoint again"
    )


def _after_the_move(case: Case, endpoint: Endpoint) -> Fix:
    told = [say.told(part.address) for part in endpoint.addresses]
    what = next((address for address in told if address is not None), "the address of the API server")
    summary = f"After the start, correct firewall rules, routes and records that name {what}"
    return fixes.by_hand(case.environment.cluster, summary, "which address it gets is decided at the start")


# --- endpoints of one's own ----------------------------------------------------------------------------


def _of_ones_own(case: Case, endpoint: Endpoint) -> Iterator[Finding]:
    id, cluster = endpoint.id, case.environment.cluster
    if endpoint.status.value == "pending":
        message = f"{id.name} waits for approval on {cluster.name}"
        mends = [fixes.approve(id, cluster)]
        yield say.broken(ID, id, message, *say.cites(endpoint.status), severity=Severity.WARNING, fixes=mends)
        return
    step = restart.break_of(case, endpoint)
    if step is None:
        stale = list(_stale(case, endpoint))
        yield from stale
        if not stale:
            message = f"{cluster.name} lists {id.name} as approved, so it leads to the cluster as it runs now"
            entrance = restart.door(case)
            yield say.met(ID, id, message, *(say.cites(entrance.connections) if entrance else ()))
    elif step.outcome is Outcome.UNKNOWN:
        yield say.unknown(ID, id, step.text, ask=step.ask, cites=step.cites)
    else:
        yield say.broken(ID, id, step.text, evidence=[step], fixes=_again(case, endpoint))


def _again(case: Case, endpoint: Endpoint) -> Iterator[Fix]:
    """Delete it and make it again under the same name in the same subnet; where its address may change, the records."""
    same = _same_address(endpoint)
    yield fixes.recreate_endpoint(endpoint.id, DEAD, same)
    for zone, label in _hand_made(case, endpoint) if not same else ():
        yield fixes.write_record(zone.id, label, [f"{{address of {endpoint.id.name}}}"])


def _same_address(endpoint: Endpoint) -> dict[str, object]:
    """The endpoint asks for the address that it had, so that records and firewall rules that name it stay right."""
    told = [say.told(part.address) for part in endpoint.addresses]
    if len(told) != 1 or told[0] is None:
        return {}
    asked = {"groupId": restart.GROUP, "memberName": restart.GROUP, "privateIPAddress": told[0]}
    return {"properties": {"ipConfigurations": [{"name": restart.GROUP, "properties": asked}]}}


def _stale(case: Case, endpoint: Endpoint) -> Iterator[Finding]:
    """Records of the API server that people wrote by hand and that do not say the endpoint's address."""
    mine = addresses(endpoint)
    for zone, label in _hand_made(case, endpoint) if mine else ():
        mends = [fixes.write_record(zone.id, label, sorted(mine))]
        records = [one for one in case.fabric.records.get((zone.id, label), ()) if one.type == "a"]
        for record in records:
            others = sorted(set(record.values.value) - mine)
            if others:
                message = (
                    f"{label} in {zone.name} says {', '.join(others)}, "
                    f"while {endpoint.id.name} has {', '.join(sorted(mine))}"
                )
                yield say.broken(ID, endpoint.id, message, *say.cites(record.values), fixes=mends)
        if not records and zone.records_known.value:
            message = f"{zone.name}, linked where {endpoint.id.name} stands, has no record of {label}"
            yield say.broken(ID, endpoint.id, message, *say.cites(zone.records_known), fixes=mends)


def _hand_made(case: Case, endpoint: Endpoint) -> Iterator[tuple[Zone, str]]:
    """Zones of one's own that answer for the API server where the endpoint stands, with the record's name."""
    network = case.network_of(endpoint)
    for zone in restart.zones_by_hand(case) if network is not None else ():
        if network is not None and linked(case, zone.id, network) is not None:
            yield zone, restart.label_of(case)


REQUIREMENT = Requirement(
    id=ID,
    title="Private endpoints to the cluster lead to it as it runs now",
    subjects=subjects,
    decide=decide,
)
