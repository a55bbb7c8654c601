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


class Ruling(msgspec.Struct, frozen=True):
    """What a firewall does with packets of some sources."""

    sources: spans.Spans
    rules: tuple[FirewallRule | None, ...]
    """Every rule that may decide, in order; None at the end: nothing matched, so it denies."""

    @property
    def passes(self) -> bool | None:
        """None: rules that may decide say the opposite of each other."""
        says = {rule is not None and rule.allow for rule in self.rules}
        return says.pop() if len(says) == 1 else None

    @property
    def by_name(self) -> bool | None:
        """Whether an application rule lets them pass, so that the firewall asks DNS itself; None: perhaps."""
        kinds = {rule.kind == "application" for rule in self.rules if rule is not None}
        return kinds.pop() if len(kinds) == 1 else None


def decide(appliance: Appliance, source: Source, target: Target, flow: Flow) -> list[Ruling]:
    """The rules put to one flow: network rules first, then application rules, else denied. One ruling for each
    part of the sources that rules treat alike.
    """
    open_ = [Ruling(source.spans, ())]
    done: list[Ruling] = []
    for rule in _in_order(appliance):
        match = _wants(rule, target, flow)
        if match is Match.NO:
            continue
        sure, maybe = _sources(rule.sources)
        still: list[Ruling] = []
        for one in open_:
            rules = (*one.rules, rule)
            taken = spans.intersect(one.sources, sure)
            rest = spans.subtract(one.sources, taken)
            perhaps = spans.intersect(rest, maybe)
            (done if match is Match.YES else still).append(Ruling(taken, rules))
            still.append(Ruling(perhaps, rules))
            still.append(Ruling(spans.subtract(rest, perhaps), one.rules))
        open_ = [one for one in still if one.sources]
    done.extend(Ruling(one.sources, (*one.rules, None)) for one in open_)
    return [one for one in done if one.sources]


def unread(appliance: Appliance) -> Step | None:
    """A doubt when the firewall or some of its rules are not known."""
    doubt = appliance.maybe or (appliance.rules_known if isinstance(appliance.rules_known, Unknown) else None)
    return unknown_step(HopKind.FILTER, doubt) if doubt is not None else None


def say(appliance: Appliance, ruling: Ruling, target: Target, flow: Flow) -> Step:
    """A ruling as a step."""
    name = appliance.id.name
    if ruling.passes is None:
        return _doubtful(name, next(rule for rule in ruling.rules if rule is not None), target)
    decided = ruling.rules[-1]
    cites = tuple(Cite(rule.id, rule.pointer) for rule in ruling.rules if rule is not None)
    if ruling.passes:
        return Step(HopKind.FILTER, Outcome.PASS, f"firewall {name} lets {target.text} pass", cites)
    who, where = spans.show(ruling.sources), f"{flow.protocol}/{flow.port}"
    if decided is not None:
        text = f"firewall {name} denies {who} to {target.text} {where}"
        return Step(HopKind.FILTER, Outcome.STOP, text, cites)
    asked = f"{target.host} ({target.text})" if target.host else target.text
    text = f"no rule of firewall {name} lets {who} reach {asked} {where}"
    return Step(HopKind.FILTER, Outcome.STOP, text, (Cite(appliance.id),))


def translates(appliance: Appliance, ruling: Ruling, target: Target) -> bool | None:
    """Whether the firewall puts its own address on packets that it lets pass; None: not known."""
    by_network = {rule.kind == "network" for rule in ruling.rules if rule is not None}
    if True not in by_network:
        return True
    if isinstance(appliance.keeps_source, Unknown):
        return None
    kept = spans.union(*(span for text in appliance.keeps_source.value if (span := spans.prefix(text))))
    if not spans.meets(kept, target.spans):
        return True
    return False if by_network == {True} and spans.covers(kept, target.spans) else None


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
