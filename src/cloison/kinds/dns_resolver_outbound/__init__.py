"""Microsoft.Network/dnsResolvers/outboundEndpoints: where rulesets ask from."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._read import network_of, reference
from cloison.model.kind import Kind
from cloison.model.network import ResolverOutbound
from cloison.model.snapshot import Resource, Snapshot

NO_SUBNET = "REST reference of DNS resolvers 2025-05-01: asks from no subnet without it; checked 2026-11-24"


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[ResolverOutbound]:
    """The endpoint with the subnet that its questions come from."""
    subnet = reference(resource.body, "properties/subnet", NO_SUBNET)
    yield ResolverOutbound(id=resource.id, maybe=resource.maybe, network=network_of(subnet), subnet=subnet)


KIND = Kind(
    type="Microsoft.Network/dnsResolvers/outboundEndpoints",
    facets=facets,
    title="DNS resolver outbound endpoint",
)
