"""Opening: rules that let the pods through a filter or a firewall to the endpoints, and nobody else anywhere else.

Knows which packets are stopped, by whom, and which priorities are free; whether the rule should stand there is for
whoever owns the filter.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.facts import Known, Unknown
from cloison.model.network import Appliance, Direction, FilterRule
from cloison.model.verdict import Fix, HopKind, Outcome, Path, Safety, Step
from cloison.reach import doors, filters, names, spans, walk
from cloison.reach.packets import Flow, Source, Target
from cloison.reach.routes import DNS
from cloison.requirements import fixes
from cloison.requirements.case import Case

FIRST, LAST = 100, 4096
"""Priorities of security rules. Source: REST reference 2025-09-01, SecurityRule; checked 2026-11-24."""
COLLECTIONS = 300
"""Priority of the group of firewall rules that is made; groups that other people made keep theirs."""


class Stopped(msgspec.Struct, frozen=True):
    """Packets that a filter stops: from these prefixes to these addresses, to one port."""

    flow: Flow
    sources: tuple[str, ...]
    addresses: tuple[str, ...]


def through_filters(case: Case, path: Path) -> list[Fix]:
    """What opens the filters that stop a path, for all paths of the environment that they stop."""
    found: list[Fix] = []
    for step in path.obstacles:
        for cite in step.cites if step.hop is HopKind.FILTER else ():
            filter_ = next(
                (id for id in (cite.resource, cite.resource.parent) if id in case.fabric.filters), None
            )
            if filter_ is not None:
                found += [fix for side in Direction for fix in _open(case, filter_, side)]
    return list({fix.target: fix for fix in found}.values())


# --- security groups -----------------------------------------------------------------------------------


def _open(case: Case, filter_: ResourceId, side: Direction) -> list[Fix]:
    key = ("opening", case.environment.cluster, case.environment.workspace, filter_, side)
    found = case.fabric.memo.get(key)
    if found is None:
        found = case.fabric.memo[key] = _rules(case, filter_, side)
    return found  # type: ignore[return-value]  # filed under this key only here


def _rules(case: Case, filter_: ResourceId, side: Direction) -> list[Fix]:
    """One rule for each port, before the first rule that denies; rules in the way move behind, in their order."""
    stopped, by = _stopped(case, filter_, side)
    if not stopped:
        return []
    there = case.fabric.filters[filter_]
    rules = [rule for rule in case.fabric.rules_of.get(filter_, ()) if _looks(rule, side)]
    open_ = [rule for rule in rules if isinstance(rule.priority, Unknown)]
    if isinstance(there.rules_known, Unknown) or open_:
        return [
            fixes.by_hand(filter_, f"Let these pods through {filter_.name}", "not all of its rules were read")
        ]
    taken = {rule.priority.value: rule for rule in rules}
    before = min(by)
    free = [number for number in range(before - 1, FIRST - 1, -1) if number not in taken][: len(stopped)]
    missing = len(stopped) - len(free)
    moved = _moved(taken, before, missing)
    if moved is None:
        return [
            fixes.by_hand(filter_, f"Renumber the rules of {filter_.name}", "it has no priority to spare")
        ]
    free += list(range(before, before + missing))
    taken_names = {rule.name.lower() for rule in case.fabric.rules_of.get(filter_, ())}
    made = [
        _rule(filter_, side, one, number, taken_names)
        for one, number in zip(stopped, sorted(free), strict=True)
    ]
    return [*moved, *made]


def _looks(rule: FilterRule, side: Direction) -> bool:
    return isinstance(rule.direction, Unknown) or rule.direction.value == side.value


def _moved(taken: dict[int, FilterRule], before: int, missing: int) -> list[Fix] | None:
    """Rules that make room, the last one first; None where there is none."""
    found: list[Fix] = []
    least = before + missing
    for number in sorted(one for one in taken if one >= before) if missing else ():
        if number >= least:
            break
        if least > LAST:
            return None
        rule = taken[number]
        summary = f"Move rule {rule.name} of {rule.filter.name} from priority {number} to {least}"
        why = "all rules keep their order, so none decides about other packets than before"
        found.append(fixes.set_property(rule.id, "/properties/priority", least, summary, Safety.SAFE, why))
        least += 1
    return found[::-1]


def _rule(filter_: ResourceId, side: Direction, one: Stopped, priority: int, taken: set[str]) -> Fix:
    way = "in" if side is Direction.INBOUND else "out"
    what, port = "dns" if one.flow.protocol == "udp" else "endpoints", one.flow.port
    name = next(
        text
        for number in range(1, LAST)
        if (text := f"allow-{what}-{way}-{port}{f'-{number}' if number > 1 else ''}") not in taken
    )
    body: dict[str, object] = {
        "priority": priority,
        "direction": side.value.capitalize(),
        "access": "Allow",
        "protocol": one.flow.protocol.capitalize(),
        "sourcePortRange": "*",
        "sourceAddressPrefixes": list(one.sources),
        "destinationAddressPrefixes": list(one.addresses),
        "destinationPortRange": str(port),
    }
    return Fix(
        action="create",
        target=f"{filter_.text}/securityRules/{name}",
        summary=f"Let {', '.join(one.sources)} through {filter_.name} to {_short(one.addresses)}, port {port}",
        safety=Safety.SAFE,
        why="it lets these pods reach these addresses and stops nobody; whoever denied it should know",
        body={"properties": body},
    )


def _short(addresses: tuple[str, ...]) -> str:
    return ", ".join(addresses) if len(addresses) <= 3 else f"the {len(addresses)} endpoints' addresses"


def _stopped(case: Case, filter_: ResourceId, side: Direction) -> tuple[list[Stopped], set[int]]:
    """Packets of the environment that a filter stops, by port; and the priorities of the rules that stop them."""
    found: dict[Flow, tuple[dict[str, None], dict[str, None]]] = {}
    by: set[int] = set()
    for source, address, target, flow in (*_questions(case), *_packets(case)):
        ask = filters.outbound if side is Direction.OUTBOUND else filters.inbound
        if flow.protocol == "udp" and side is Direction.INBOUND:
            ask = filters.at_server
        steps = ask(case.fabric, source, target, flow)
        priorities = [number for step in steps if (number := _denied(case, step, filter_)) is not None]
        if priorities:
            by.update(priorities)
            prefixes, addresses = found.setdefault(flow, ({}, {}))
            told = source.subnet.prefixes
            prefixes.update(dict.fromkeys(told.value if isinstance(told, Known) else ()))
            addresses[address] = None
    order = sorted(found, key=lambda flow: (flow.port, flow.protocol))
    return [Stopped(flow, tuple(found[flow][0]), tuple(found[flow][1])) for flow in order], by


Packet = tuple[Source, str, Target, Flow]


def _packets(case: Case) -> Iterator[Packet]:
    """From where to where pods go to reach what they need; none where a name leads to no endpoint."""
    pools = {pool.name: pool for pool in case.cluster.pools}
    for path in case.paths:
        door = case.fabric.doors.get((path.resource, path.subresource))
        if not path.needed or path.endpoint is None or door is None or spans.address(path.address) is None:
            continue
        host = next(one for one in door.hosts if one.name == path.host)
        target, _ = doors.at_address(case.fabric, door, host, path.address)
        for source in walk.sources_of(case.fabric, case.cluster, pools[path.pool], door)[0]:
            yield from ((source, path.address, target, Flow("tcp", port)) for port in path.ports)


def _questions(case: Case) -> Iterator[Packet]:
    """From where to where names are asked, where the network names servers of its own."""
    door = next((door for id in case.services for door in case.doors(id) if door.hosts), None)
    if door is None:
        return
    for pool in case.cluster.pools:
        for source in walk.sources_of(case.fabric, case.cluster, pool, door)[0]:
            for server in names.ask(case.fabric, source, door, door.hosts[0]):
                number = spans.address(server.address)
                if number is not None and server.network is not None:
                    subnet = case.fabric.subnet_at(server.network, number)
                    target = Target(server.address, ((number, number),), server.network, subnet)
                    yield source, server.address, target, DNS


def _denied(case: Case, step: Step, filter_: ResourceId) -> int | None:
    """The priority of the rule that stops the packet; None where this filter lets it pass, or may."""
    if step.outcome is not Outcome.STOP:
        return None
    for cite in step.cites:
        if cite.resource == filter_:
            # Azure's own rules come after all others.
            return LAST + 1
        if cite.resource.parent == filter_:
            rules = case.fabric.rules_of.get(filter_, ())
            rule = next((one for one in rules if one.id == cite.resource), None)
            return rule.priority.value if rule is not None and isinstance(rule.priority, Known) else None
    return None


# --- firewalls -----------------------------------------------------------------------------------------


def through_firewalls(case: Case, path: Path) -> list[Fix]:
    """A rule by name in the policy of each firewall that stops a path, for all paths of the environment it stops."""
    found: dict[str, Fix] = {}
    for step in path.obstacles:
        appliance = _stopping(case, step)
        if appliance is not None:
            fix = _by_name(case, appliance)
            found[fix.target] = fix
    return list(found.values())


def _stopping(case: Case, step: Step) -> Appliance | None:
    if step.hop is not HopKind.FILTER:
        return None
    for appliance in case.fabric.all(Appliance):
        own = {appliance.id, *(rule.id for rule in appliance.rules)}
        if any(cite.resource in own for cite in step.cites):
            return appliance
    return None


def _by_name(case: Case, appliance: Appliance) -> Fix:
    """Names, not addresses: the firewall then puts its own address in, so that answers come back the same way.

    Source: Microsoft Learn, Scenarios to inspect traffic destined to a private endpoint with Azure Firewall.
    """
    stopped = [
        path for path in case.paths if any(_stopping(case, step) == appliance for step in path.obstacles)
    ]
    hosts = list(dict.fromkeys(path.host for path in stopped if path.needed and 443 in path.ports))
    told = appliance.proxies_dns
    policy = told.cite.resource if isinstance(told, Known) else appliance.id
    if policy == appliance.id:
        why = "its rules are kept in the firewall itself"
        return fixes.by_hand(
            appliance.id, f"Let the pods through {appliance.id.name} to {', '.join(hosts)}", why
        )
    prefixes = [
        text
        for subnet in case.pool_subnets
        for text in (subnet.prefixes.value if isinstance(subnet.prefixes, Known) else ())
    ]
    rule = {
        "ruleType": "ApplicationRule",
        "name": "services",
        "sourceAddresses": prefixes,
        "protocols": [{"protocolType": "Https", "port": 443}],
        "targetFqdns": hosts,
    }
    collection = {
        "ruleCollectionType": "FirewallPolicyFilterRuleCollection",
        "name": "machine-learning",
        "priority": COLLECTIONS,
        "action": {"type": "Allow"},
        "rules": [rule],
    }
    return Fix(
        action="create",
        target=f"{policy.text}/ruleCollectionGroups/machine-learning-endpoints",
        summary=f"Let the pods through firewall {appliance.id.name} to {len(hosts)} names of the services",
        safety=Safety.SAFE,
        why="it lets these pods reach these names and stops nobody; whoever keeps the firewall should know",
        body={"properties": {"priority": COLLECTIONS, "ruleCollections": [collection]}},
    )
