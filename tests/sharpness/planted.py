"""Faults to plant into Cloison. Each leaves out or turns round one rule of docs/reach.md, and has to be seen."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any

import msgspec

from cloison.model.network import Direction
from cloison.model.verdict import HopKind, Outcome, PathVerdict, Step
from cloison.reach import (
    doors,
    egress,
    filters,
    firewalls,
    gateways,
    names,
    peerings,
    routes,
    spans,
    walk,
    zones,
)
from cloison.reach.filters import Match
from tests.oracle.arm import Body
from tests.oracle.compare import Key, by_cloison, by_oracle
from tests.oracle.environments import environment

Function = Callable[..., Any]


@dataclass(frozen=True)
class Fault:
    """One function of Cloison that does something else.

    seed: an environment that shows it; `tools/prove_sharpness.py` looks for another when environments change. None: it
    takes a long search, which is that tool's business.
    """

    name: str
    where: ModuleType
    function: str
    make: Callable[[Function], Function]
    """The faulty function, made from the right one."""
    seed: int | None


def _gives(value: object) -> Callable[[Function], Function]:
    """Always the same."""

    def fault(*_args: object, **_more: object) -> object:
        return value

    return lambda _real: fault


def _changed(change: Callable[[Any], Any]) -> Callable[[Function], Function]:
    """What the right function gives, changed."""

    def make(real: Function) -> Function:
        return lambda *args, **more: change(real(*args, **more))

    return make


def _known(found: Any) -> Any:
    """Steps without those that nobody knows."""
    return type(found)([one for one in found if one.outcome is not Outcome.UNKNOWN])


def _passing(step: Any) -> Any:
    return msgspec.structs.replace(step, outcome=Outcome.PASS)


def _one_way(real: Function) -> Function:
    """A peering works as soon as one side has it."""

    def fault(fabric: Any, here: Any, there: Any, *ends: Any) -> Any:
        both = (fabric.peering.get((here, there)), fabric.peering.get((there, here)))
        side = next((one for one in both if one is not None), None)
        return real(fabric, here, there, *ends) if None not in both or side is None else (_open(side),)

    return fault


def _open(side: Any) -> Any:
    return Step(HopKind.ROUTE, Outcome.PASS, f"{side.id.name} is there")


def _whatever_policy(_real: Function) -> Function:
    """Filters hold for every endpoint."""

    def fault(fabric: Any, source: Any, target: Any, flow: Any) -> Any:
        subnet = target.subnet
        return filters._at(fabric, subnet, Direction.INBOUND, source, target, flow) if subnet else []

    return fault


def _where_read(real: Function) -> Function:
    """A subnet that was not read has no filter."""
    return lambda fabric, source, target, flow: (
        real(fabric, source, target, flow) if target.subnet is not None else []
    )


def _at_the_apex(real: Function) -> Function:
    """A wildcard answers for the zone's own name."""
    return lambda fabric, zone, relative: real(fabric, zone, "apex" if relative == "@" else relative)


def _from_linked(real: Function) -> Function:
    """Forwarding rules ask from the network that they are linked to."""

    def fault(fabric: Any, question: Any, rule: Any) -> Iterator[Any]:
        if not hasattr(rule, "targets"):
            yield from real(fabric, question, rule)
            return
        there = question.at(question.network, None)
        for target in rule.targets.value:
            yield from names._server(fabric, there, target, rule.targets.cite).answers

    return fault


def _all_addresses(_real: Function) -> Function:
    """Every address of a subnet is one that a machine can have."""
    return lambda prefixes: spans.union(*(one for text in prefixes if (one := spans.prefix(text))))


def _one_address(real: Function) -> Function:
    """Only the first address of a subnet sends packets."""

    def fault(prefixes: Any) -> Any:
        found = real(prefixes)
        return ((found[0][0], found[0][0]),) if found else ()

    return fault


def _nowhere_stays(_real: Function) -> Function:
    """A user route for everything does not remove the routes to nowhere."""
    return lambda _fabric, _source, _target, best: best.length < 8


def _falls_back(_real: Function) -> Function:
    """Every zone falls back."""
    return lambda _link, _name, _relative: zones.Answer((), public=True)


def _real_rules(found: Iterable[Any]) -> list[Any]:
    return [one for one in found if hasattr(one, "targets")]


FAULTS = [
    # names
    Fault("of two servers only the first counts", names, "_ask", _changed(lambda found: found[:1]), None),
    Fault("a DNS server is always reached", walk, "_asking", _gives(()), 10),
    Fault("servers always reach each other", routes, "between_servers", _gives(()), 123),
    Fault("no filter holds at a server's own subnet", filters, "at_server", _gives([]), 10),
    Fault("no rule holds for Azure DNS", filters, "to_azure_dns", _gives([]), None),
    Fault("forwarding rules ask from the linked network", names, "_forwarded", _from_linked, None),
    Fault("there are no forwarding rules", names, "_forwarding_rules", _gives(()), 171),
    Fault("a ruleset without rules has none", names, "_forwarding_rules", _changed(_real_rules), 171),
    Fault("every public name has its alias", names, "approved", _changed(lambda one: (Match.YES, one[1])), 1),
    Fault("every link is complete", zones, "_link_doubts", _gives([]), 154),
    Fault(
        "of two zones the first answers", zones, "links_for", _changed(lambda one: (one[0][:1], one[1])), 114
    ),
    Fault("a wildcard answers for the zone's own name", zones, "_records", _at_the_apex, None),
    Fault("nearer names do not stop a wildcard", zones, "_nearer", _gives([]), 198),
    Fault("records of other types do not make a name exist", zones, "_exists", _gives(False), None),
    Fault("the records of every zone were read", zones, "_read", _gives(True), 7),
    Fault("every zone falls back to public DNS", zones, "_missing", _falls_back, 53),
    Fault("the last that wrote is one that was read", doors, "unseen", _gives(None), 105),
    # endpoints and doors
    Fault("the service's own list is not asked", doors, "listed", _gives(None), 23),
    Fault("every endpoint is approved and ready", doors, "state", _gives([]), None),
    Fault("members are not told apart", doors, "_member_fits", _gives(True), 82),
    Fault("an endpoint serves everything", doors, "_serves", _gives(True), 114),
    Fault("an address of nobody is an endpoint's", doors, "_stale", _changed(_passing), 5),
    Fault("there are no service endpoints", doors, "endpoint_service", _gives((False, None)), 1),
    Fault("address rules hold in the own region", doors, "_same_region", _gives(False), None),
    Fault("every door is open", doors, "admit", _gives((PathVerdict.PUBLIC, ())), 1),
    # sources
    Fault("the cluster's own ranges hide nothing", walk, "_taken_by_cluster", _gives([]), 26),
    Fault(
        "the kubelet asks from the pods' subnet",
        walk,
        "sources_of",
        _changed(lambda one: (one[0][:1], one[1])),
        311,
    ),
    Fault(
        "pods are in the groups of nodes",
        walk,
        "_groups_of",
        lambda _real: lambda pool, _mode: pool.security_groups,
        None,
    ),
    Fault("pools of one subnet are alike", walk, "_member_of", _gives(None), None),
    Fault("only the first address sends packets", spans, "usable", _one_address, 11),
    Fault("reserved addresses send packets", spans, "usable", _all_addresses, 178),
    # peerings and routes
    Fault("a peering needs one side", peerings, "_status", _one_way, 196),
    Fault("the state of a peering does not matter", peerings, "_state", _gives([]), 3),
    Fault("the access of a peering does not matter", peerings, "_wanted", _gives([]), None),
    Fault("a peering of subnets is one of networks", peerings, "_subnets", _gives([]), 1),
    Fault("every peering is in sync", peerings, "_side", _changed(_known), 608),
    Fault(
        "user routes never beat an endpoint's", routes, "_endpoint_route_overridden", _gives((False, None)), 0
    ),
    Fault("all prefixes are equally long", spans, "length", _gives(32), 7),
    Fault(
        "a route table that was not read is none",
        routes,
        "table_of",
        _changed(lambda one: (one[0], None)),
        17,
    ),
    Fault("there are no routes to nowhere", routes, "_dropped", _gives(False), 27),
    Fault("routes to nowhere stay", routes, "_dropped", _nowhere_stays, 1),
    Fault("only user routes lead to a server", routes, "_system_candidates", _gives([]), 40),
    Fault("gateways learn nothing", gateways, "in_reach", _gives(None), 219),
    Fault("learnt routes lose against user routes", routes, "learnt_routes", _gives(None), 219),
    Fault("forwarded packets are always taken", routes, "_forwarding_allowed", _gives([]), 157),
    Fault("user routes take no service", egress, "_taking", _gives((None, [])), 3),
    Fault(
        "outboundType does not matter",
        egress,
        "_by_system",
        lambda real: lambda *args: real(*args[:3], None),
        275,
    ),
    # firewalls
    Fault("a firewall goes where the pods go", routes, "_proxied", _gives([]), 116),
    Fault("the way back is known", routes, "_beyond", _changed(lambda one: (_known(one[0]), one[1])), 26),
    Fault("a firewall has no rules", firewalls, "_in_order", _gives([]), 8),
    Fault(
        "rules of a firewall stand in reverse", firewalls, "_in_order", _changed(lambda one: one[::-1]), 47
    ),
    Fault("a firewall does not look at sources", firewalls, "_sources", _gives((spans.EVERYTHING, ())), 49),
    Fault("a firewall does not look at ports", firewalls, "ports", _gives(Match.YES), 6),
    Fault("a firewall does not look at names", firewalls, "names_host", _gives(Match.YES), None),
    Fault("a firewall always puts its own address", firewalls, "translates", _gives(True), 26),
    Fault("a firewall never puts its own address", firewalls, "translates", _gives(False), 27),
    # filters
    Fault("nodes have no filters", filters, "outbound", _gives([]), 13),
    Fault("endpoints have no filters", filters, "inbound", _gives([]), 11),
    Fault("endpoints have filters whatever their policy", filters, "inbound", _whatever_policy, 13),
    Fault("a subnet that was not read has no filter", filters, "inbound", _where_read, 13),
    Fault("the priority of rules does not matter", filters, "_in_order", _changed(lambda one: one[::-1]), 11),
    Fault("the direction of rules does not matter", filters, "_direction", _gives(Match.YES), 144),
    Fault("the protocol of rules does not matter", filters, "_protocol", _gives(Match.YES), 13),
    Fault("the ports of rules do not matter", filters, "ports", _gives(Match.YES), 29),
    Fault("the source ports of rules do not matter", filters, "_source_ports", _gives(Match.YES), 77),
    Fault("application security groups hold nothing", filters, "_groups", _gives(Match.NO), 354),
    Fault("user routes are not in VirtualNetwork", filters, "_routes", _gives([]), 225),
    Fault("tags hold every service", filters, "public_destination", _gives(Match.YES), 1),
]


@contextmanager
def planted(fault: Fault) -> Iterator[None]:
    """Cloison with the fault."""
    real = getattr(fault.where, fault.function)
    setattr(fault.where, fault.function, fault.make(real))
    try:
        yield
    finally:
        setattr(fault.where, fault.function, real)


@lru_cache(maxsize=65536)
def _judged(seed: int) -> tuple[list[Body], dict[Key, str]]:
    resources = environment(random.Random(seed))
    return resources, {key: verdict for key, (verdict, _) in by_oracle(resources).items()}


def shows(fault: Fault, seed: int) -> bool:
    """Whether the oracle tells Cloison with the fault from what is right, in one environment."""
    resources, expected = _judged(seed)
    with planted(fault):
        said = by_cloison(resources)
    return any(said.get(key) != verdict for key, verdict in expected.items())
