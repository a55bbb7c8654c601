"""Microsoft.Network/virtualNetworks: a virtual network with its address space and DNS servers."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._read import region
from cloison.model.facts import Default
from cloison.model.kind import Kind, Naming
from cloison.model.network import Network
from cloison.model.snapshot import Resource, Snapshot

NO_SERVERS: Default[tuple[str, ...]] = Default(
    (),
    "Microsoft Learn, Name resolution for resources in virtual networks: Azure DNS answers; checked 2026-11-24",
)


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Network]:
    """The network. Its prefixes are Unknown where a pool hands them out and nothing was read back."""
    body = resource.body
    yield Network(
        id=resource.id,
        maybe=resource.maybe,
        prefixes=body.at("properties/addressSpace/addressPrefixes").texts(),
        dns_servers=body.at("properties/dhcpOptions/dnsServers").texts(NO_SERVERS),
        location=region(body),
    )


KIND = Kind(
    type="Microsoft.Network/virtualNetworks",
    facets=facets,
    nested={"properties/subnets": "subnets", "properties/virtualNetworkPeerings": "virtualNetworkPeerings"},
    title="virtual network",
    naming=Naming(
        pattern=r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}[A-Za-z0-9_]",
        words="2 to 64 letters, digits, hyphens, points and underscores",
    ),
)
