"""Firewalls: what an appliance does with packets that routes send to it.

Sources: Microsoft Learn, "Azure Firewall rule processing logic", "Azure Firewall SNAT private IP address
ranges", "Use FQDN filtering in network rules"; checked 2026-11-24.
"""

from __future__ import annotations

import msgspec

from cloison.model.facts import Cite, Fact, Known, Unknown
from cloison.model.network import Appliance, FirewallRule
from cloison.model.verdict import HopKind, Outcome, Step, unknown_step
from cloison.reach import spans
from cloison.reach.filters import Match, ports, public_destination
from cloison.reach.packets import Flow, Source, Target

HARMLESS_TAGS = frozenset({"azurekubernetesservice", "windowsupdate", "windowsdiagnostics"})
"""FQDN tags that hold none of an environment's own names. Source: "FQDN tags overview", checked 2026-01-05."""


class Passage(msgspec.Struct, frozen=True):
    """What the firewall decided, and whether packets leave with its own address."""

    steps: tuple[Step, ...]
    translated: bool | None
    """None: not known."""
    proxied: bool | None = False
    """True when an application rule passed some of it: the firewall goes where its own DNS sends it. None: perhaps."""

    @property
    def sure(self) -> bool:
        """Whether it is known what the firewall does, good or bad."""
        return any(step.outcome is Outcome.STOP for step in self.steps) or not any(
            step.outcome is Outcome.UNKNOWN for step in self.steps
        )


def decide(appliance: Appliance, source: Source, target: Target, flow: Flow) -> Passage:
    """The rules put to one flow: network rules first, then application rules, else denied."""
    steps: list[Step] = [unknown_step(HopKind.FILTER, appliance.maybe)] if appliance.maybe else []
    if isinstance(appliance.rules_known, Unknown):
        steps.append(unknown_step(HopKind.FILTER, appliance.rules_known))
    remaining = source.spans
    used: list[FirewallRule] = []
    doubts: list[FirewallRule] = []
    by_network: list[spans.Span] = []
    by_name: list[spans.Span] = []
    name = appliance.id.name
    for rule in _in_order(appliance):
        match = _wants(rule, target, flow)
        if match is Match.NO or not remaining:
            continue
        sure, maybe = _sources(rule.sources)
        taken = spans.intersect(remaining, sure)
        if taken and match is Match.YES:
            remaining = spans.subtract(remaining, taken)
            if rule.allow:
                used.append(rule)
                by_name.extend(taken if rule.kind == "application" else ())
            else:
                steps.append(_denied(name, rule, taken, target, flow, doubts))
        elif taken or spans.meets(remaining, maybe):
            doubts.append(rule)
            perhaps = spans.intersect(remaining, spans.union(*sure, *maybe))
            by_network.extend(perhaps if rule.kind == "network" and rule.allow else ())
    if remaining:
        steps.append(_nothing_matched(appliance, remaining, target, flow, doubts))
    elif doubts and any(not rule.allow for rule in doubts):
        steps.append(_doubtful(name, doubts[0], target))
    if not any(step.outcome is not Outcome.PASS for step in steps):
        cites = tuple(Cite(rule.id, rule.pointer) for rule in used)
        steps.append(Step(HopKind.FILTER, Outcome.PASS, f"firewall {name} lets {target.text} pass", cites))
    allowing = [rule for rule in doubts if rule.allow]
    proxied: bool | None = any(rule.kind == "application" for rule in (*used, *allowing))
    if proxied and not spans.subtract(spans.union(*by_name), spans.union(*by_network)):
        proxied = None
    return Passage(tuple(steps), _translates(appliance, used, allowing, target), proxied)


def names_host(patterns: Fact[tuple[str, ...]], host: str) -> Match:
    """Whether host name patterns (`*.suffix`, exact, `*`) take in a name, parts of which may stand in braces."""
    if isinstance(patterns, Unknown):
        return Match.MAYBE
    best = Match.NO
    known_end = host.rpartition("}")[2]
    for raw in patterns.value:
        pattern = raw.lower()
        if pattern in ("*", host) or (pattern.startswith("*.") and host.endswith(pattern[1:])):
            return Match.YES
        if known_end != host and pattern.lstrip("*").endswith(known_end):
            best = Match.MAYBE
    return best


def _in_order(appliance: Appliance) -> list[FirewallRule]:
    network = [rule for rule in appliance.rules if rule.kind == "network"]
    return network + [rule for rule in appliance.rules if rule.kind == "application"]


def _wants(rule: FirewallRule, target: Target, flow: Flow) -> Match:
    if isinstance(rule.protocols, Unknown):
        return Match.MAYBE
    port = ports(rule.ports, flow.port)
    if rule.kind == "application":
        # Pods speak TLS to every service but to file shares (445), whose protocol names no host.
        if (
            flow.protocol != "tcp"
            or not target.host
            or "https" not in rule.protocols.value
            or flow.port == 445
        ):
            return Match.NO
        return _both(port, _application(rule, target))
    if not {"any", "*", flow.protocol} & set(rule.protocols.value):
        return Match.NO
    return _both(port, _destination(rule, target))


def _application(rule: FirewallRule, target: Target) -> Match:
    named = names_host(rule.names, target.host)
    if named is not Match.NO:
        return named
    tags = rule.tags.value if isinstance(rule.tags, Known) else ("?",)
    return Match.MAYBE if set(tags) - HARMLESS_TAGS else Match.NO


def _destination(rule: FirewallRule, target: Target) -> Match:
    if isinstance(rule.destinations, Unknown) or isinstance(rule.names, Unknown):
        return Match.MAYBE
    # Names stand for the addresses that the firewall last resolved them to, and two names may share one.
    best = Match.MAYBE if rule.names.value else Match.NO
    for text in rule.destinations.value:
        match = _towards(text, target)
        if match is Match.YES:
            return match
        best = match if match is Match.MAYBE else best
    return best


def _towards(text: str, target: Target) -> Match:
    if target.public:
        return public_destination(text, target)
    span = spans.EVERYTHING if text == "*" else tuple(filter(None, (spans.prefix(text),)))
    if spans.covers(span, target.spans):
        return Match.YES
    return Match.MAYBE if spans.meets(span, target.spans) else Match.NO


def _sources(fact: Fact[tuple[str, ...]]) -> tuple[spans.Spans, spans.Spans]:
    if isinstance(fact, Unknown):
        return (), spans.EVERYTHING
    if "*" in fact.value:
        return spans.EVERYTHING, ()
    return spans.union(*(span for text in fact.value if (span := spans.prefix(text)))), ()


def _both(left: Match, right: Match) -> Match:
    if Match.NO in (left, right):
        return Match.NO
    return Match.MAYBE if Match.MAYBE in (left, right) else Match.YES


def _denied(
    name: str, rule: FirewallRule, taken: spans.Spans, target: Target, flow: Flow, doubts: list[FirewallRule]
) -> Step:
    if any(doubt.allow for doubt in doubts):
        return _doubtful(name, next(doubt for doubt in doubts if doubt.allow), target)
    text = f"firewall {name} denies {spans.show(taken)} to {target.text} {flow.protocol}/{flow.port}"
    return Step(HopKind.FILTER, Outcome.STOP, text, (Cite(rule.id, rule.pointer),))


def _nothing_matched(
    appliance: Appliance, remaining: spans.Spans, target: Target, flow: Flow, doubts: list[FirewallRule]
) -> Step:
    name = appliance.id.name
    allowing = [doubt for doubt in doubts if doubt.allow]
    if allowing:
        return _doubtful(name, allowing[0], target)
    where = f"{target.host} ({target.text})" if target.host else target.text
    text = (
        f"no rule of firewall {name} lets {spans.show(remaining)} reach {where} {flow.protocol}/{flow.port}"
    )
    if isinstance(appliance.rules_known, Unknown):
        return Step(HopKind.FILTER, Outcome.UNKNOWN, text, (Cite(appliance.id),), appliance.rules_known.ask)
    return Step(HopKind.FILTER, Outcome.STOP, text, (Cite(appliance.id),))


def _doubtful(name: str, rule: FirewallRule, target: Target) -> Step:
    text = f"whether a rule of firewall {name} takes in {target.text} is not known"
    for fact in (rule.sources, rule.destinations, rule.names, rule.ports, rule.protocols, rule.tags):
        if isinstance(fact, Unknown):
            return Step(
                HopKind.FILTER,
                Outcome.UNKNOWN,
                f"{text}: {fact.why}",
                (Cite(rule.id, rule.pointer),),
                fact.ask,
            )
    ask = f"compare the rule with {target.text}"
    return Step(HopKind.FILTER, Outcome.UNKNOWN, text, (Cite(rule.id, rule.pointer),), ask)


def _translates(
    appliance: Appliance, used: list[FirewallRule], perhaps: list[FirewallRule], target: Target
) -> bool | None:
    """Whether the firewall puts its own address on the packets. perhaps: rules that may have let some pass."""
    if target.public or not any(rule.kind == "network" for rule in (*used, *perhaps)):
        return True
    if isinstance(appliance.keeps_source, Unknown):
        return None
    kept = spans.union(*(span for text in appliance.keeps_source.value if (span := spans.prefix(text))))
    if not spans.meets(kept, target.spans):
        return True
    sure = any(rule.kind == "network" for rule in used) and spans.covers(kept, target.spans)
    return False if sure else None
