"""Filters: which rule of a network security group lets a packet pass, for every source address at once.

Source: Microsoft Learn, "How network security groups filter network traffic", "Virtual network service tags";
checked 2026-01-05.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Fact, Known, Origin, Unknown
from cloison.model.network import Direction, FilterRule, Route, Subnet
from cloison.model.verdict import HopKind, Outcome, Step, unknown_step
from cloison.reach import gateways, managers, peerings, spans
from cloison.reach.fabric import Fabric
from cloison.reach.packets import Flow, Source, Target

PRIVATE_PREFIXES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
PRIVATE_USE = spans.union(*(span for text in PRIVATE_PREFIXES if (span := spans.prefix(text))))
AZURE_DNS = Target("Azure DNS", tag="azureplatformdns")
DEFAULTS = (
    "Microsoft Learn, Azure network security groups overview, default security rules, checked 2026-01-05"
)


class Match(Enum):
    """Whether one side of a rule takes a packet in."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


_OPPOSITE = {Match.YES: Match.NO, Match.NO: Match.YES, Match.MAYBE: Match.MAYBE}


class Tagged(msgspec.Struct, frozen=True):
    """What the tag `VirtualNetwork` holds, seen from one subnet."""

    sure: spans.Spans
    maybe: spans.Spans
    """Prefixes of networks whose peering is not known to be usable; everything when routes are not known."""


def outbound(fabric: Fabric, source: Source, target: Target, flow: Flow) -> list[Step]:
    """Steps of the filter on the source's subnet; empty where it has none."""
    return _at(fabric, source.subnet, Direction.OUTBOUND, source, target, flow)


def inbound(fabric: Fabric, source: Source, target: Target, flow: Flow) -> list[Step]:
    """Steps of the filter on the endpoint's subnet, where that subnet's policy applies filters to endpoints."""
    subnet = target.subnet
    if subnet is None:
        text = f"the subnet of {target.text} is not in the input, so its filter is not known"
        return [Step(HopKind.FILTER, Outcome.UNKNOWN, text, (), "add its network")]
    policies = subnet.endpoint_policies
    if isinstance(policies, Unknown):
        if isinstance(subnet.filter, Known) and subnet.filter.value is None:
            return []
        return [unknown_step(HopKind.FILTER, policies)]
    if policies.value not in ("networksecuritygroupenabled", "enabled"):
        return []
    return _at(fabric, subnet, Direction.INBOUND, source, target, flow)


def to_azure_dns(fabric: Fabric, source: Source) -> list[Step]:
    """Steps of the filter on the source's subnet towards 168.63.129.16: only rules that name its tag count.

    Source: Microsoft Learn, "Azure platform considerations" of network security groups; checked 2026-11-24.
    """
    return _at(fabric, source.subnet, Direction.OUTBOUND, source, AZURE_DNS, Flow("udp", 53))


def at_server(fabric: Fabric, source: Source, target: Target, flow: Flow) -> list[Step]:
    """Steps of the filter on the subnet of a machine that is no private endpoint."""
    return _at(fabric, target.subnet, Direction.INBOUND, source, target, flow) if target.subnet else []


def _at(
    fabric: Fabric, subnet: Subnet, direction: Direction, source: Source, target: Target, flow: Flow
) -> list[Step]:
    managed = managers.filtering(fabric, subnet.network)
    if managed:
        # They may deny what the group lets pass, and let pass what it denies.
        return managed
    if isinstance(subnet.filter, Unknown):
        return [unknown_step(HopKind.FILTER, subnet.filter)]
    group = subnet.filter.value
    if group is None:
        return []
    filter_ = fabric.filters.get(group)
    if filter_ is None:
        ask = f"add {group.text}"
        text = f"{group.name}, which filters {subnet.id.name}, is not in the input"
        return [Step(HopKind.FILTER, Outcome.UNKNOWN, text, (subnet.filter.cite,), ask)]
    steps = [unknown_step(HopKind.FILTER, filter_.maybe)] if filter_.maybe else []
    if isinstance(filter_.rules_known, Unknown):
        steps.append(unknown_step(HopKind.FILTER, filter_.rules_known))
    question = _Question(fabric, subnet, direction, source, target, flow)
    return steps + question.answer(group)


class _Question:
    """One packet flow put to one filter."""

    def __init__(
        self, fabric: Fabric, subnet: Subnet, direction: Direction, source: Source, target: Target, flow: Flow
    ) -> None:
        self.fabric = fabric
        self.direction = direction
        self.subnet = subnet
        self.source = source
        self.target = target
        self.flow = flow
        other = target.subnet if direction is Direction.OUTBOUND else source.subnet
        self.tag = virtual_network(fabric, subnet, other)
        self.remaining = source.spans
        self.denied: list[tuple[spans.Spans, FilterRule | None]] = []
        self.allowed: list[tuple[spans.Spans, FilterRule | None]] = []
        self.doubts: list[tuple[spans.Spans, FilterRule, str]] = []

    def answer(self, group: ResourceId) -> list[Step]:
        """One passing step, or why not, or what is not known."""
        for rule in _in_order(self.fabric, group):
            if not self.remaining:
                break
            self._ask(rule)
        if self.remaining:
            self._defaults()
        return self._steps(group)

    def _ask(self, rule: FilterRule) -> None:
        match, why = _all(
            (_direction(rule, self.direction), ""),
            (_protocol(rule.protocol, self.flow.protocol), ""),
            (ports(rule.ports, self.flow.port), ""),
            self._destination(rule),
        )
        if match is Match.NO:
            return
        sure, maybe = self._sources(rule)
        taken = spans.intersect(self.remaining, sure)
        possible = spans.intersect(self.remaining, maybe)
        certain = match is Match.YES and rule.maybe is None
        decided = isinstance(rule.allow, Known) and isinstance(rule.priority, Known)
        if taken and certain and decided:
            (self.allowed if rule.allow.value else self.denied).append((taken, rule))
            self.remaining = spans.subtract(self.remaining, taken)
        elif taken:
            self.doubts.append((taken, rule, why))
        if possible:
            self.doubts.append((possible, rule, why))

    def _defaults(self) -> None:
        """Azure's own rules at the end: the network may talk to itself, and outbound to the Internet."""
        if self.direction is Direction.OUTBOUND:
            # Every address is in VirtualNetwork or in Internet, and both are let out.
            self.allowed.append((self.remaining, None))
            return
        inside = spans.intersect(self.remaining, self.tag.sure)
        perhaps = spans.intersect(spans.subtract(self.remaining, inside), self.tag.maybe)
        outside = spans.subtract(spans.subtract(self.remaining, inside), perhaps)
        self.allowed.append((inside, None))
        self.denied.append((outside, None))
        self.unsure = perhaps

    unsure: spans.Spans = ()

    def _steps(self, group: ResourceId) -> list[Step]:
        side = self.direction.value
        towards = f"{self.target.text} {self.flow.protocol}/{self.flow.port}"
        steps = []
        for taken, rule in self.denied:
            stays = spans.subtract(taken, _doubted(self.doubts, allow=True))
            if stays:
                text = f"{_name(rule)} of {group.name} denies {side} {spans.show(stays)} to {towards}"
                steps.append(Step(HopKind.FILTER, Outcome.STOP, text, (_cite(rule, group),)))
            elif taken:
                steps.append(self._doubtful(group, rule))
        for taken, _rule in self.allowed:
            if spans.meets(taken, _doubted(self.doubts, allow=False)):
                steps.append(self._doubtful(group, None))
                break
        if self.unsure:
            text = f"whether {spans.show(self.unsure)} belongs to the virtual network of {group.name} is not known"
            steps.append(
                Step(HopKind.FILTER, Outcome.UNKNOWN, text, (Cite(group),), "add the peered networks")
            )
        if not steps:
            rules = tuple(dict.fromkeys(_cite(rule, group) for taken, rule in self.allowed if taken))
            names = ", ".join(dict.fromkeys(_name(rule) for taken, rule in self.allowed if taken))
            steps.append(
                Step(
                    HopKind.FILTER, Outcome.PASS, f"{names} of {group.name} lets {side} {towards} pass", rules
                )
            )
        return steps

    def _doubtful(self, group: ResourceId, decided: FilterRule | None) -> Step:
        _, rule, why = self.doubts[0]
        unknown = _first_unknown(rule)
        text = f"whether rule {rule.name} of {group.name} takes in {self.target.text} is not known"
        if unknown is not None:
            return Step(
                HopKind.FILTER, Outcome.UNKNOWN, f"{text}: {unknown.why}", (_cite(rule, group),), unknown.ask
            )
        ask = why or f"say which of the rules {rule.name} and {_name(decided)} applies"
        return Step(HopKind.FILTER, Outcome.UNKNOWN, text, (_cite(rule, group),), ask)

    def _destination(self, rule: FilterRule) -> tuple[Match, str]:
        endpoint = self.target.endpoint
        by_group = _groups(rule.destination_groups, endpoint.security_groups if endpoint else None)
        if isinstance(rule.destinations, Unknown):
            return Match.MAYBE, rule.destinations.ask
        best, why = by_group, ""
        for text in rule.destinations.value:
            match = self._towards(text)
            if match is Match.YES:
                return Match.YES, ""
            if match is Match.MAYBE:
                best, why = Match.MAYBE, f"compare {text} with {self.target.text}"
        return best, why

    def _towards(self, text: str) -> Match:
        if self.target is AZURE_DNS:
            return Match.YES if text.lower() == AZURE_DNS.tag else Match.NO
        if self.target.public:
            return self._public(text)
        sure, maybe = self._meaning(text)
        if spans.covers(sure, self.target.spans):
            return Match.YES
        if spans.meets(sure, self.target.spans) or spans.meets(maybe, self.target.spans):
            return Match.MAYBE
        return Match.NO

    def _public(self, text: str) -> Match:
        """Whether a prefix or tag takes in a public address; user routes put it into `VirtualNetwork`."""
        word = text.lower()
        if word not in ("virtualnetwork", "internet"):
            return public_destination(text, self.target)
        inside = _routed(self.fabric, self.subnet, self.target)
        return inside if word == "virtualnetwork" else _OPPOSITE[inside]

    def _sources(self, rule: FilterRule) -> tuple[spans.Spans, spans.Spans]:
        """Addresses that the rule takes in for sure, and those that it may."""
        sure, maybe = self._addresses(rule)
        # Private endpoints ignore source ports. Source: Microsoft Learn, What is a private endpoint, limitations
        # of network security groups; checked 2026-11-24.
        ignored = self.direction is Direction.INBOUND and self.target.endpoint is not None
        if ignored or _source_ports(rule) is Match.YES:
            return sure, maybe
        return (), spans.union(*sure, *maybe)

    def _addresses(self, rule: FilterRule) -> tuple[spans.Spans, spans.Spans]:
        by_group = _groups(rule.source_groups, self.source.groups)
        if by_group is Match.YES:
            return spans.EVERYTHING, ()
        if isinstance(rule.sources, Unknown):
            return (), spans.EVERYTHING
        sure: list[spans.Span] = []
        maybe: list[spans.Span] = list(spans.EVERYTHING) if by_group is Match.MAYBE else []
        for text in rule.sources.value:
            yes, perhaps = self._meaning(text)
            sure.extend(yes)
            maybe.extend(perhaps)
        taken = spans.union(*sure)
        return taken, spans.subtract(spans.union(*maybe), taken)

    def _meaning(self, text: str) -> tuple[spans.Spans, spans.Spans]:
        """Private addresses behind a prefix or tag: those surely in it, those perhaps."""
        word = text.lower()
        if word in ("*", "any", "0.0.0.0/0"):
            return spans.EVERYTHING, ()
        if word == "virtualnetwork":
            return self.tag.sure, self.tag.maybe
        if word == "internet":
            inside = spans.union(*self.tag.sure, *self.tag.maybe)
            return spans.subtract(spans.EVERYTHING, inside), self.tag.maybe
        if word == "azureloadbalancer":
            return ((spans.PLATFORM, spans.PLATFORM),), ()
        span = spans.prefix(text)
        return ((span,) if span else ()), ()


def virtual_network(fabric: Fabric, subnet: Subnet, other: Subnet | None) -> Tagged:
    """What `VirtualNetwork` holds at a subnet: its network, usably peered ones, and prefixes of its user routes."""
    key = ("tag", subnet.id, other.id if other else None)
    found = fabric.memo.get(key)
    if found is None:
        found = fabric.memo[key] = _virtual_network(fabric, subnet, other)
    return found  # type: ignore[return-value]  # filed under this key only here


def _virtual_network(fabric: Fabric, subnet: Subnet, other: Subnet | None) -> Tagged:
    sure: list[spans.Span] = [(spans.PLATFORM, spans.PLATFORM), *fabric.prefixes(subnet.network)]
    maybe: list[spans.Span] = []
    for neighbour in peerings.neighbours(fabric, subnet.network):
        far = other if other is not None and other.network == neighbour else None
        usable = peerings.usable(peerings.status(fabric, subnet.network, neighbour, subnet, far))
        if usable is not False:
            (sure if usable else maybe).extend(fabric.prefixes(neighbour))
    for route in _routes(fabric, subnet):
        if isinstance(route.prefix, Known) and (span := spans.prefix(route.prefix.value)):
            (maybe if route.maybe else sure).append(span)
    # Learnt prefixes belong to it as well, and a table that was not read may hold any prefix.
    if gateways.in_reach(fabric, subnet.network) or not _routes_known(fabric, subnet):
        maybe.extend(spans.EVERYTHING)
    taken = spans.union(*sure)
    return Tagged(taken, spans.subtract(spans.union(*maybe), taken))


def _routes(fabric: Fabric, subnet: Subnet) -> list[Route]:
    table = subnet.routes.value if isinstance(subnet.routes, Known) else None
    return fabric.routes_of.get(table, []) if table is not None else []


def _routes_known(fabric: Fabric, subnet: Subnet) -> bool:
    if isinstance(subnet.routes, Unknown):
        return False
    if subnet.routes.value is None:
        return True
    table = fabric.tables.get(subnet.routes.value)
    if table is None or table.maybe is not None or isinstance(table.routes_known, Unknown):
        return False
    return not any(isinstance(route.prefix, Unknown) for route in _routes(fabric, subnet))


def _routed(fabric: Fabric, subnet: Subnet, target: Target) -> Match:
    """Whether user routes of a subnet take in a public target, so that `VirtualNetwork` does."""
    best = Match.NO if _routes_known(fabric, subnet) else Match.MAYBE
    for route in _routes(fabric, subnet):
        if isinstance(route.prefix, Known):
            match = public_destination(route.prefix.value, target)
            if match is Match.YES and route.maybe is None:
                return Match.YES
            best = best if match is Match.NO else Match.MAYBE
    return best


def public_destination(text: str, target: Target) -> Match:
    """Whether a prefix or tag takes in the public address of a service, which is not known to the digit."""
    word = text.lower()
    if word in ("*", "any", "0.0.0.0/0", "internet", "azurecloud"):
        return Match.YES
    region = target.location.lower().replace(" ", "")
    if word == target.tag or word in (f"{target.tag}.{region}", f"azurecloud.{region}"):
        return Match.YES
    span = spans.prefix(text)
    if span is None:
        return (
            Match.MAYBE if "{" in region and word.startswith((f"{target.tag}.", "azurecloud.")) else Match.NO
        )
    return Match.NO if spans.covers(PRIVATE_USE, (span,)) else Match.MAYBE


def ports(fact: Fact[tuple[str, ...]], port: int) -> Match:
    """Whether a rule's port list holds a port."""
    if isinstance(fact, Unknown):
        return Match.MAYBE
    for text in fact.value:
        low, dash, high = text.partition("-")
        if text == "*" or (
            low.isdigit() and int(low) <= port <= int(high if dash and high.isdigit() else low)
        ):
            return Match.YES
    return Match.NO


def _in_order(fabric: Fabric, group: ResourceId) -> list[FilterRule]:
    """Rules by priority; those whose priority is not known come first, where they leave a doubt on all."""
    key = ("rules", group)
    found = fabric.memo.get(key)
    if found is None:
        rules = fabric.rules_of.get(group, [])
        found = fabric.memo[key] = sorted(
            rules, key=lambda rule: rule.priority.value if isinstance(rule.priority, Known) else -1
        )
    return found  # type: ignore[return-value]  # filed under this key only here


def _all(*sides: tuple[Match, str]) -> tuple[Match, str]:
    if any(match is Match.NO for match, _ in sides):
        return Match.NO, ""
    for match, why in sides:
        if match is Match.MAYBE:
            return Match.MAYBE, why
    return Match.YES, ""


def _direction(rule: FilterRule, wanted: Direction) -> Match:
    if isinstance(rule.direction, Unknown):
        return Match.MAYBE
    return Match.YES if rule.direction.value == wanted.value else Match.NO


def _protocol(fact: Fact[str], wanted: str) -> Match:
    if isinstance(fact, Unknown):
        return Match.MAYBE
    return Match.YES if fact.value in ("*", wanted) else Match.NO


def _source_ports(rule: FilterRule) -> Match:
    if isinstance(rule.source_ports, Unknown):
        return Match.MAYBE
    # Clients choose their port freely: a rule for some source ports takes in some packets only.
    whole = any(text in ("*", "0-65535") for text in rule.source_ports.value)
    return Match.YES if whole or not rule.source_ports.value else Match.MAYBE


def _groups(wanted: Fact[tuple[str, ...]], member_of: Fact[tuple[str, ...]] | None) -> Match:
    if isinstance(wanted, Unknown):
        return Match.MAYBE
    if not wanted.value or member_of is None:
        return Match.NO
    if isinstance(member_of, Unknown):
        return Match.MAYBE
    return Match.YES if set(wanted.value) & set(member_of.value) else Match.NO


def _doubted(doubts: list[tuple[spans.Spans, FilterRule, str]], *, allow: bool) -> spans.Spans:
    parts = (
        span
        for taken, rule, _ in doubts
        if isinstance(rule.allow, Unknown) or rule.allow.value is allow
        for span in taken
    )
    return spans.union(*parts)


def _first_unknown(rule: FilterRule) -> Unknown | None:
    if rule.maybe is not None:
        return rule.maybe
    fields = (
        rule.allow,
        rule.priority,
        rule.direction,
        rule.protocol,
        rule.sources,
        rule.destinations,
        rule.ports,
    )
    groups = (rule.source_groups, rule.destination_groups, rule.source_ports)
    return next((fact for fact in (*fields, *groups) if isinstance(fact, Unknown)), None)


def _name(rule: FilterRule | None) -> str:
    return f"rule {rule.name}" if rule is not None else "the default rules"


def _cite(rule: FilterRule | None, group: ResourceId) -> Cite:
    if rule is None:
        return Cite(group, "/properties/defaultSecurityRules", Origin.DEFAULT, DEFAULTS)
    return Cite(rule.id)
