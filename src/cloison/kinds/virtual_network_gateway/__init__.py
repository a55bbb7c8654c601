"""Microsoft.Network/virtualNetworkGateways: a VPN or ExpressRoute gateway of a network."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._read import network_of, one_of
from cloison.model.facts import Unknown
from cloison.model.kind import Kind
from cloison.model.network import Facet, Gateway, WayIn
from cloison.model.snapshot import Resource, Snapshot

KINDS = {"vpn": "vpn", "expressroute": "expressroute", "localgateway": "vpn"}
"""Source: REST reference 2025-09-01, VirtualNetworkGatewayType; checked 2026-11-24."""


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Facet]:
    """The gateway, where routes are learnt, and the way in that it is for people."""
    body = resource.body
    kind = one_of(body.at("properties/gatewayType"), KINDS)
    subnet = body.at("properties/ipConfigurations/subnet/id").id()
    for config in body.at("properties/ipConfigurations").each():
        subnet = config.at("properties/subnet/id").id()
        break
    network = network_of(subnet)
    yield Gateway(id=resource.id, maybe=resource.maybe, network=network, kind=kind)
    # A gateway whose type is open is a way in all the same; which one is the doubt.
    doubt = kind if isinstance(kind, Unknown) else None
    way = kind.value if not isinstance(kind, Unknown) else "vpn"
    yield WayIn(
        id=resource.id, maybe=doubt if resource.maybe is None else resource.maybe, network=network, kind=way
    )


KIND = Kind(type="Microsoft.Network/virtualNetworkGateways", facets=facets, title="virtual network gateway")
