"""Microsoft.Network/bastionHosts: lets people into a network through the browser or a tunnel."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.kinds._read import network_of
from cloison.model.body import Body
from cloison.model.facts import Fact
from cloison.model.kind import Kind
from cloison.model.network import WayIn
from cloison.model.snapshot import Resource, Snapshot


def network(body: Body) -> Fact[ResourceId | None]:
    """The network of its subnet; the developer tier has none and names its network instead.

    Source: REST reference 2025-09-01, BastionHost.virtualNetwork; checked 2026-11-24.
    """
    for config in body.at("properties/ipConfigurations").each():
        return network_of(config.at("properties/subnet/id").id())
    return body.at("properties/virtualNetwork/id").id()


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[WayIn]:
    """The way in."""
    yield WayIn(id=resource.id, maybe=resource.maybe, network=network(resource.body), kind="bastion")


KIND = Kind(type="Microsoft.Network/bastionHosts", facets=facets, title="Bastion host")
