"""Placing: where a private endpoint stands as the cluster sees it, by the article's letter."""

from __future__ import annotations

from enum import Enum

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.facts import Known, NotKnown, Unknown
from cloison.model.network import Endpoint
from cloison.model.verdict import Outcome, Step
from cloison.reach import doors, peerings
from cloison.reach.fabric import known
from cloison.requirements.case import Case


class Place(Enum):
    """Where an endpoint's network lies, seen from the cluster."""

    SAME = "same"
    PEERED = "peered"
    BADLY_PEERED = "badly peered"
    """A peering exists and does not carry packets."""
    ELSEWHERE = "elsewhere"


class Placed(msgspec.Struct, frozen=True):
    """An endpoint with its place, the peering steps that say so, and why it does not serve at all."""

    endpoint: Endpoint
    place: Place
    steps: tuple[Step, ...]
    faults: tuple[Step, ...]
    """Not approved, failed."""

    @property
    def serves(self) -> bool:
        """Approved, provisioned, and in the cluster's network or one well peered with it."""
        return not self.faults and self.place in (Place.SAME, Place.PEERED)


def placed(case: Case, endpoint: Endpoint) -> Placed:
    """Where one endpoint stands. Raises NotKnown where its subnet, its state or the cluster's network is not known."""
    network = _network(endpoint)
    if not case.networks:
        raise NotKnown(Unknown("the network of the cluster is not known", _ask(case)))
    faults = _faults(endpoint)
    found: Placed | None = None
    for home in case.networks:
        one = _seen_from(case, home, network, endpoint, faults)
        if found is None or list(Place).index(one.place) > list(Place).index(found.place):
            # Every pool must reach it, so the worst place counts.
            found = one
    assert found is not None
    return found


def serving(case: Case, id: ResourceId, subresource: str = "") -> list[Placed]:
    """Endpoints to a service, or one sub-resource, that serve the cluster by the article's letter."""
    return [one for endpoint in case.endpoints_to(id, subresource) if (one := placed(case, endpoint)).serves]


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
            raise NotKnown(Unknown(doubt.text, doubt.ask))
        if not carried or str(subnet.id) not in asked[0].admission.subnets.value:
            return False
    return asked[0].admission.public.value


def _seen_from(
    case: Case, home: ResourceId, network: ResourceId, endpoint: Endpoint, faults: tuple[Step, ...]
) -> Placed:
    if network == home:
        return Placed(endpoint, Place.SAME, (), faults)
    subnet = known(endpoint.subnet)
    far = case.fabric.subnets.get(subnet) if subnet is not None else None
    near = next((one for one in case.pool_subnets if one.network == home), None)
    steps = peerings.status(case.fabric, home, network, near, far)
    usable = peerings.usable(steps)
    if usable is None:
        doubt = next(step for step in steps if step.outcome is Outcome.UNKNOWN)
        raise NotKnown(Unknown(doubt.text, doubt.ask, doubt.cites[0] if doubt.cites else None))
    if usable:
        return Placed(endpoint, Place.PEERED, steps, faults)
    return Placed(endpoint, Place.BADLY_PEERED if steps else Place.ELSEWHERE, steps, faults)


def _network(endpoint: Endpoint) -> ResourceId:
    if endpoint.maybe is not None:
        raise NotKnown(endpoint.maybe)
    subnet = endpoint.subnet.value
    if subnet is None:
        raise NotKnown(
            Unknown(f"{endpoint.id.name} names no subnet", f"add the subnet of {endpoint.id.text}")
        )
    return subnet.parent


def _faults(endpoint: Endpoint) -> tuple[Step, ...]:
    steps = doors.state(endpoint)
    doubt = next((step for step in steps if step.outcome is Outcome.UNKNOWN), None)
    if doubt is not None:
        raise NotKnown(Unknown(doubt.text, doubt.ask, doubt.cites[0] if doubt.cites else None))
    return tuple(step for step in steps if step.outcome is Outcome.STOP)


def _ask(case: Case) -> str:
    for pool in case.cluster.pools:
        if isinstance(pool.node_subnet, Unknown):
            return pool.node_subnet.ask
        if isinstance(pool.node_subnet, Known) and pool.node_subnet.value is None:
            return "add the networks of the cluster's node resource group"
    return f"add {case.cluster.id.text} with its agent pools"
