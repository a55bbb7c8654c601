"""A firewall's rules in the order in which they are asked, from policies or from its own body.

Groups of a base policy come before those of the policies built on it, then groups and collections go by priority.
Source: Microsoft Learn, Azure Firewall rule processing logic; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator

from cloison.kinds._index import children
from cloison.kinds._read import children_listed, gathered, joined, lower_all, mapped, one_of, resource_id
from cloison.kinds.firewall.policy import Policies
from cloison.model.body import Body
from cloison.model.facts import Default, Fact, Known, Unknown
from cloison.model.network import FirewallRule
from cloison.model.snapshot import Resource, Snapshot

GROUPS = "microsoft.network/firewallpolicies/rulecollectiongroups"
NO_COLLECTIONS = "REST reference 2025-09-01, rule collections are optional; checked 2026-11-24"
NONE: Default[tuple[str, ...]] = Default(
    (), "REST reference 2025-09-01, AzureFirewall and FirewallPolicy rules: optional list; checked 2026-11-24"
)
CLASSIC = (
    ("properties/natRuleCollections", "nat"),
    ("properties/networkRuleCollections", "network"),
    ("properties/applicationRuleCollections", "application"),
)
RULE_TYPES = {"natrule": "nat", "networkrule": "network", "applicationrule": "application"}
ACTIONS = {"allow": True, "deny": False, "dnat": True, "snat": True}
PORTS = {"http": 80, "https": 443, "mssql": 1433}
"""Port of an application protocol that states none. Source: Azure Firewall FAQ and REST reference, checked
2026-11-24."""


def rules(
    firewall: Resource, snapshot: Snapshot, policies: Policies
) -> tuple[tuple[FirewallRule, ...], Fact[bool]]:
    """The rules, and Known(True) when all of them and their order are known."""
    reader = _Reader(snapshot)
    if policies.doubt is not None:
        reader.doubts.append(policies.doubt)
    if policies.named:
        found = [rule for policy in policies.chain for rule in reader.of_policy(policy)]
    else:
        found = [
            rule for path, kind in CLASSIC for rule in reader.of_collections(firewall.body.at(path), kind)
        ]
    known: Fact[bool] = reader.doubts[0] if reader.doubts else Known(True, firewall.body.cite())
    return tuple(found), known


class _Reader:
    """Reads rules and keeps what is not known of their list as a whole."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.doubts: list[Unknown] = []

    def of_policy(self, policy: Resource) -> Iterator[FirewallRule]:
        """Rules of one policy's groups. A group that the policy only refers to stands as a partial child."""
        listed = policy.body.at("properties/ruleCollectionGroups")
        self._note(children_listed(listed, NO_COLLECTIONS))
        groups = children(self.snapshot, GROUPS).get(policy.id, [])
        for group in self._by_priority([group.body for group in groups], "properties/priority"):
            yield from self.of_collections(group.at("properties/ruleCollections"), "")
        self.doubts.extend(group.maybe for group in groups if group.maybe is not None)

    def of_collections(self, place: Body, kind: str) -> Iterator[FirewallRule]:
        """Rules of a list of collections. kind: of all of them for classic collections, else ''."""
        self._note(children_listed(place, NO_COLLECTIONS))
        within = "properties/" if kind else ""
        for collection in self._by_priority(list(place.each()), f"{within}priority"):
            allow = one_of(collection.at(f"{within}action/type"), ACTIONS)
            listed = collection.at(f"{within}rules")
            self._note(children_listed(listed, NO_COLLECTIONS))
            if isinstance(allow, Unknown):
                self.doubts.append(allow)
                continue
            for rule in listed.each():
                own = Known(kind, rule.cite()) if kind else one_of(rule.at("ruleType"), RULE_TYPES)
                if isinstance(own, Unknown):
                    self.doubts.append(own)
                else:
                    yield self._rule(rule, own.value, allow.value)

    def _by_priority(self, places: list[Body], path: str) -> list[Body]:
        """Lower numbers first; where one is not known the order is not either, which is noted."""
        ranked = [(place.at(path).number(), place) for place in places]
        for priority, _ in ranked:
            self._note(priority)
        ranked.sort(key=lambda pair: pair[0].value if isinstance(pair[0], Known) else 0)
        return [place for _, place in ranked]

    def _note(self, fact: Fact[bool] | Fact[int]) -> None:
        if isinstance(fact, Unknown):
            self.doubts.append(fact)

    def _rule(self, rule: Body, kind: str, allow: bool) -> FirewallRule:
        application = kind == "application"
        return FirewallRule(
            id=rule.resource,
            pointer=rule.pointer,
            kind=kind,
            allow=allow,
            sources=self._addresses(rule, "sourceAddresses", "sourceIpGroups"),
            destinations=self._addresses(rule, "destinationAddresses", "destinationIpGroups"),
            names=_application_names(rule) if application else rule.at("destinationFqdns").texts(NONE),
            ports=_application_ports(rule) if application else rule.at("destinationPorts").texts(NONE),
            protocols=_application_protocols(rule) if application else _network_protocols(rule),
            tags=lower_all(rule.at("fqdnTags").texts(NONE)),
        )

    def _addresses(self, rule: Body, listed: str, grouped: str) -> Fact[tuple[str, ...]]:
        """Addresses, with those of IP groups, which stand in resources of their own."""
        groups = rule.at(grouped).texts(NONE)
        if isinstance(groups, Unknown):
            return groups
        parts = [rule.at(listed).texts(NONE)]
        for text in groups.value:
            group = self.snapshot.get(resource_id(text))
            if group is None:
                why = f"IP group {text.rpartition('/')[2]} is not in the input"
                return Unknown(why, f"add {text}", rule.at(grouped).cite())
            if group.maybe is not None:
                return group.maybe
            parts.append(group.body.at("properties/ipAddresses").texts(NONE))
        return joined(*parts)


def _network_protocols(rule: Body) -> Fact[tuple[str, ...]]:
    """Policies say `ipProtocols`, classic rules `protocols`."""
    place = rule.at("ipProtocols")
    return lower_all((rule.at("protocols") if place.is_absent else place).texts(NONE))


def _application_protocols(rule: Body) -> Fact[tuple[str, ...]]:
    return lower_all(gathered(rule.at("protocols"), "protocolType", NONE))


def _application_ports(rule: Body) -> Fact[tuple[str, ...]]:
    ports: list[str] = []
    place = rule.at("protocols")
    for item in place.each():
        protocol = item.at("protocolType").text()
        usual = PORTS.get(protocol.value.lower()) if isinstance(protocol, Known) else None
        port = item.at("port").number(Default(usual, "see PORTS") if usual else None)
        if isinstance(port, Unknown):
            return port
        ports.append(str(port.value))
    return mapped(gathered(place, "protocolType", NONE), lambda _: tuple(ports))


def _application_names(rule: Body) -> Fact[tuple[str, ...]]:
    """Host name patterns in lower case; Unknown where paths or categories decide instead."""
    for other in ("targetUrls", "webCategories"):
        place = rule.at(other)
        told = place.texts(NONE)
        if isinstance(told, Unknown):
            return told
        if told.value:
            text = f"which hosts {place.pointer} of {rule.resource.name} takes in is not in the input"
            return Unknown(text, "name the hosts in targetFqdns", place.cite())
    return lower_all(rule.at("targetFqdns").texts(NONE))
