"""Placing: where private endpoints stand as the cluster sees it, by the article's letter."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Known, NotKnown, Unknown
from cloison.model.network import Door, Endpoint
from cloison.model.verdict import Finding, Fix, HopKind, Outcome, PathVerdict, Severity, Step
from cloison.reach import doors, peerings, spans
from cloison.reach.fabric import known
from cloison.requirements import fixes, say
from cloison.requirements.case import Case


class Place(Enum):
    """Where an endpoint's network lies, seen from the cluster."""

    SAME = "same"
    PEERED = "peered"
    BADLY_PEERED = "badly peered"
    """A peering exists and does not carry packets."""
    ELSEWHERE = "elsewhere"


class Placed(msgspec.Struct, frozen=True):
    """An endpoint with its place, the peering steps that say so, and why it may not serve."""

    endpoint: Endpoint
    network: ResourceId | None
    """Where it stands; None where that is not known."""
    place: Place
    steps: tuple[Step, ...]
    """What its place was read from."""
    faults: tuple[Step, ...]
    """Not approved, failed."""
    doubts: tuple[Unknown, ...]
    """What would have to be known of it first."""

    @property
    def serves(self) -> bool:
        """Approved, provisioned, and in the cluster's network or one well peered with it, all beyond doubt."""
        return not self.faults and not self.doubts and self.place in (Place.SAME, Place.PEERED)

    @property
    def may_serve(self) -> bool:
        """False when something known rules it out already."""
        return not self.faults and (bool(self.doubts) or self.serves)


class Standing(msgspec.Struct, frozen=True):
    """The endpoints that lead to a service, sorted by whether they serve the cluster."""

    serving: tuple[Placed, ...]
    others: tuple[Placed, ...]
    doubt: Unknown | None
    """Set when none serves for sure and one may."""

    def decided(self) -> Standing:
        """The same standing, of which no doubt is left. Raises NotKnown."""
        if self.doubt is not None:
            raise NotKnown(self.doubt)
        return self


def standing(case: Case, id: ResourceId, *subresources: str) -> Standing:
    """Endpoints to a service, or to some of its sub-resources. Raises NotKnown without the cluster's network."""
    wanted = set(subresources)
    found = [placed(case, one) for one in case.endpoints_to(id) if not wanted or wanted & _groups(one)]
    serving = tuple(one for one in found if one.serves)
    doubt = None
    if not serving:
        doubts = [one.doubts[0] for one in found if one.may_serve and one.doubts]
        unseen = _unseen(case, [door for door in case.doors(id) if not wanted or door.subresource in wanted])
        doubt = next(iter(doubts), unseen)
    return Standing(serving, tuple(one for one in found if not one.serves), doubt)


def serving(case: Case, id: ResourceId, *subresources: str) -> tuple[Placed, ...]:
    """Endpoints that serve the cluster by the article's letter. Raises NotKnown where none does and one may."""
    return standing(case, id, *subresources).decided().serving


def placed(case: Case, endpoint: Endpoint) -> Placed:
    """Where one endpoint stands. Raises NotKnown where the cluster's network is not known."""
    if not case.networks:
        raise NotKnown(Unknown("the network of the cluster is not known", _ask(case)))
    doubts = [endpoint.maybe] if endpoint.maybe is not None else []
    faults = []
    for step in _state(case, endpoint):
        if step.outcome is Outcome.STOP:
            faults.append(step)
        elif step.outcome is Outcome.UNKNOWN:
            doubts.append(_unknown(step))
    subnet = known(endpoint.subnet)
    if subnet is None:
        doubts.append(_no_network(endpoint))
        return Placed(endpoint, None, Place.ELSEWHERE, (), tuple(faults), tuple(doubts))
    network = subnet.parent
    place, steps = _worst_place(case, endpoint, network)
    doubts += [_unknown(step) for step in steps if step.outcome is Outcome.UNKNOWN]
    return Placed(endpoint, network, place, steps, tuple(faults), tuple(doubts))


def in_words(case: Case, one: Placed) -> str:
    """Where an endpoint that is in reach stands, as a sentence."""
    name, network = one.endpoint.id.name, one.network or one.endpoint.id
    if one.place is Place.SAME:
        return f"{name} stands in {network.name}, the cluster's own network"
    return f"{name} stands in {network.name}, which is peered with {case.networks[0].name}"


def not_serving(case: Case, requirement: str, subject: ResourceId, one: Placed) -> Finding:
    """Why an endpoint does not serve the cluster; a warning where the article's letter alone is against it."""
    reasons = [step.text for step in one.faults]
    mends = [_revive(one)] if one.faults else []
    out_of_reach = one.network is not None and one.place in (Place.BADLY_PEERED, Place.ELSEWHERE)
    if out_of_reach and one.network is not None:
        where = _out_of_reach(case, one, one.network)
        if not one.faults and _is_reached(case, subject, one):
            message = f"{where}: broken by the article's letter, reached in fact"
            return say.broken(requirement, subject, message, *cites(one), severity=Severity.WARNING)
        reasons.append(where)
        mends += fixes.peer_both(case.fabric, case.networks[0], one.network, *_ends(case, one))
    stands = Step(HopKind.ROUTE, Outcome.STOP, reasons[-1], cites(one))
    evidence = (*one.faults, *(one.steps or (stands,))) if out_of_reach else one.faults
    return say.broken(requirement, subject, "; ".join(reasons), evidence=evidence, fixes=mends)


def home(case: Case) -> ResourceId | None:
    """The network for a new endpoint: where most of those stand that serve the cluster, else the cluster's own.

    Beside the others it shares their zones, and a workspace its storage's network. None of its subnets is to lie
    where the cluster keeps addresses for itself, while another network has one that does not.
    """
    if not case.networks:
        return None
    counted: dict[ResourceId, int] = dict.fromkeys(case.networks, 0)
    for endpoint in case.endpoints:
        one = placed(case, endpoint)
        if one.serves and one.network is not None:
            counted[one.network] = counted.get(one.network, 0) + 1
    free = [network for network in counted if False in _in_ranges(case, network)]
    return max(free or counted, key=lambda network: counted[network])


def new_endpoints(case: Case, target: ResourceId, groups: Iterable[str]) -> list[Fix]:
    """Fixes that make endpoints to sub-resources of a service; none while the cluster's network is not known."""
    network = home(case)
    if network is None:
        return []
    outside = ", ".join(_ranges(case)) if True in _in_ranges(case, network) else ""
    return [fixes.create_endpoint(target, group, network, outside) for group in groups]


def _ranges(case: Case) -> tuple[str, ...]:
    """Prefixes that the cluster keeps for itself, as far as they are known."""
    facts = (case.cluster.service_prefixes, case.cluster.pod_prefixes)
    return tuple(text for fact in facts if isinstance(fact, Known) for text in fact.value)


def _in_ranges(case: Case, network: ResourceId) -> set[bool]:
    """Whether subnets of a network share addresses with the cluster's own prefixes: some do, some do not."""
    own = spans.union(*(span for text in _ranges(case) if (span := spans.prefix(text)) is not None))
    told = (subnet.prefixes for subnet in case.fabric.subnets_of.get(network, ()))
    found = set()
    for fact in told:
        texts = fact.value if isinstance(fact, Known) else ()
        found.add(spans.meets(own, spans.union(*(span for text in texts if (span := spans.prefix(text))))))
    return found


def _ends(case: Case, one: Placed) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the subnets that must reach each other: the pods' and the endpoint's."""
    near = tuple(subnet.id.name for subnet in case.pool_subnets if subnet.network == case.networks[0])
    far = known(one.endpoint.subnet)
    return near, (far.name,) if far is not None else ()


def cites(one: Placed) -> tuple[Cite, ...]:
    """The settings that say where an endpoint stands, and that it is approved."""
    return say.cites(one.endpoint.subnet, one.endpoint.status)


def by_service_endpoint(case: Case, id: ResourceId) -> bool:
    """True when every subnet of the cluster's pods is let in by the service through a service endpoint.

    Raises NotKnown.
    """
    asked = case.doors(id)
    if not asked or not case.pool_subnets:
        return False
    for subnet in case.pool_subnets:
        carried, doubt = doors.endpoint_service(subnet, asked[0])
        if doubt is not None and doubt.outcome is Outcome.UNKNOWN:
            raise NotKnown(_unknown(doubt))
        if not carried or str(subnet.id) not in asked[0].admission.subnets.value:
            return False
    return asked[0].admission.public.value


def _worst_place(case: Case, endpoint: Endpoint, network: ResourceId) -> tuple[Place, tuple[Step, ...]]:
    """Every pool must reach it, so of several networks the one that sees it worst counts."""
    seen = [_seen_from(case, home, endpoint, network) for home in case.networks]
    return max(seen, key=lambda one: list(Place).index(one[0]))


def _seen_from(
    case: Case, home: ResourceId, endpoint: Endpoint, network: ResourceId
) -> tuple[Place, tuple[Step, ...]]:
    if network == home:
        return Place.SAME, ()
    subnet = known(endpoint.subnet)
    far = case.fabric.subnets.get(subnet) if subnet is not None else None
    near = next((one for one in case.pool_subnets if one.network == home), None)
    steps = peerings.status(case.fabric, home, network, near, far)
    if any(step.outcome is Outcome.STOP for step in steps):
        return Place.BADLY_PEERED, steps
    return (Place.PEERED if steps else Place.ELSEWHERE), steps


def _state(case: Case, endpoint: Endpoint) -> list[Step]:
    """What both sides hold against the endpoint: it and the service that it leads to."""
    target = known(endpoint.target)
    here = [door for door in case.doors(target) if door.subresource in _groups(endpoint)] if target else []
    against = doors.listed(here[0], endpoint) if here else None
    own = [step for step in doors.state(endpoint) if step.outcome is not Outcome.PASS]
    # One of them is enough: the service lists a connection as pending because the endpoint waits.
    return own or ([against] if against is not None else [])


def _out_of_reach(case: Case, one: Placed, network: ResourceId) -> str:
    name, home = one.endpoint.id.name, case.networks[0].name
    if one.place is Place.ELSEWHERE:
        return f"{name} stands in {network.name}, which is neither {home} nor peered with it"
    stops = ", and ".join(step.text for step in one.steps if step.outcome is Outcome.STOP)
    return f"{name} stands in {network.name}, which the peering with {home} does not reach: {stops}"


def _is_reached(case: Case, subject: ResourceId, one: Placed) -> bool:
    paths = [path for path in case.paths_to(subject) if path.endpoint == one.endpoint.id]
    return bool(paths) and all(path.verdict is PathVerdict.PRIVATE for path in paths)


def _revive(one: Placed) -> Fix:
    endpoint, target = one.endpoint, known(one.endpoint.target)
    if say.told(endpoint.status) == "pending" and target is not None:
        return fixes.approve(endpoint.id, target)
    return fixes.recreate_endpoint(
        endpoint.id, "it carries nothing now, and its state cannot be changed back"
    )


def _unseen(case: Case, doors_: list[Door]) -> Unknown | None:
    """Why an endpoint that was not read may lead to one of these doors."""
    for endpoint in case.fabric.endpoints_to.get(None, ()):
        if isinstance(endpoint.target, Unknown):
            return endpoint.target
    for door in doors_:
        if isinstance(door.connections, Unknown):
            return door.connections
        step = doors.unseen(case.fabric, door)
        if step is not None:
            return _unknown(step)
    return None


def _no_network(endpoint: Endpoint) -> Unknown:
    if isinstance(endpoint.subnet, Unknown):
        return endpoint.subnet
    return Unknown(f"{endpoint.id.name} names no subnet", f"add the subnet of {endpoint.id.text}")


def _groups(endpoint: Endpoint) -> set[str]:
    return set(endpoint.groups.value) if isinstance(endpoint.groups, Known) else set()


def _unknown(step: Step) -> Unknown:
    return Unknown(step.text, step.ask, step.cites[0] if step.cites else None)


def _ask(case: Case) -> str:
    for pool in case.cluster.pools:
        if isinstance(pool.node_subnet, Unknown):
            return pool.node_subnet.ask
        if isinstance(pool.node_subnet, Known) and pool.node_subnet.value is None:
            group = say.told(case.cluster.node_resource_group) or "the cluster's nodes"
            return f"add the networks of resource group {group}"
    return f"add {case.cluster.id.text} with its agent pools"
