"""Microsoft.Network/dnsForwardingRulesets/virtualNetworkLinks: puts a ruleset to use in a network."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._read import reference
from cloison.model.kind import Kind
from cloison.model.network import RulesetLink
from cloison.model.snapshot import Resource, Snapshot

NO_NETWORK = "REST reference of DNS resolvers 2025-05-01: nothing is linked without it; checked 2026-11-24"


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[RulesetLink]:
    """The link."""
    network = reference(resource.body, "properties/virtualNetwork", NO_NETWORK)
    yield RulesetLink(id=resource.id, maybe=resource.maybe, ruleset=resource.id.parent, network=network)


KIND = Kind(
    type="Microsoft.Network/dnsForwardingRulesets/virtualNetworkLinks",
    facets=facets,
    title="DNS forwarding ruleset link",
)
