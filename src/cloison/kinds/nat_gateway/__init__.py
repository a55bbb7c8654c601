"""Microsoft.Network/natGateways: translates what leaves its subnets to public addresses."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._read import ids, joined
from cloison.model.kind import Kind
from cloison.model.network import Nat
from cloison.model.snapshot import Resource, Snapshot

OPTIONAL = "REST reference 2025-09-01, NatGateway: addresses and prefixes are optional; checked 2026-11-24"
LISTS = ("publicIpAddresses", "publicIpPrefixes", "publicIpAddressesV6", "publicIpPrefixesV6")


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Nat]:
    """The gateway with the ids of its public addresses and prefixes."""
    properties = resource.body.at("properties")
    lists = (ids(properties.at(name), OPTIONAL) for name in LISTS)
    yield Nat(id=resource.id, maybe=resource.maybe, public_addresses=joined(*lists))


KIND = Kind(type="Microsoft.Network/natGateways", facets=facets, title="NAT gateway")
