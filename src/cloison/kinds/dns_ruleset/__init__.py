"""Microsoft.Network/dnsForwardingRulesets: forwarding rules for the networks linked to it."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._read import ids
from cloison.model.kind import Kind
from cloison.model.network import Ruleset
from cloison.model.snapshot import Resource, Snapshot

NO_OUTBOUND = "REST reference of DNS resolvers 2025-05-01: asks through what it names; checked 2026-11-24"


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Ruleset]:
    """The ruleset without its rules and links."""
    outbound = ids(resource.body.at("properties/dnsResolverOutboundEndpoints"), NO_OUTBOUND)
    yield Ruleset(id=resource.id, maybe=resource.maybe, outbound=outbound)


KIND = Kind(type="Microsoft.Network/dnsForwardingRulesets", facets=facets, title="DNS forwarding ruleset")
