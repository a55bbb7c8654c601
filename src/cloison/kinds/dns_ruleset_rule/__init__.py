"""Microsoft.Network/dnsForwardingRulesets/forwardingRules: which servers are asked for a domain."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._read import gathered, mapped, one_of
from cloison.model.facts import Default
from cloison.model.kind import Kind
from cloison.model.network import ForwardingRule
from cloison.model.snapshot import Resource, Snapshot

ENABLED = Default(
    "Enabled", "REST reference of DNS resolvers 2025-05-01, forwardingRuleState; checked 2026-11-24"
)
STATES = {"enabled": True, "disabled": False}


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[ForwardingRule]:
    """The rule. Its servers' ports are not kept: Azure DNS and its like answer on 53 only."""
    body = resource.body
    yield ForwardingRule(
        id=resource.id,
        maybe=resource.maybe,
        ruleset=resource.id.parent,
        domain=mapped(body.at("properties/domainName").text(), lambda text: text.lower().strip(".")),
        targets=gathered(body.at("properties/targetDnsServers"), "ipAddress"),
        enabled=one_of(body.at("properties/forwardingRuleState"), STATES, ENABLED),
    )


KIND = Kind(
    type="Microsoft.Network/dnsForwardingRulesets/forwardingRules", facets=facets, title="DNS forwarding rule"
)
