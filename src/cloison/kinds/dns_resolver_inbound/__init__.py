"""Microsoft.Network/dnsResolvers/inboundEndpoints: answers with the eyes of the network it stands in."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.kinds._read import gathered, network_of
from cloison.model.body import Body
from cloison.model.facts import Fact, Known, Unknown
from cloison.model.kind import Kind
from cloison.model.network import ResolverInbound
from cloison.model.snapshot import Resource, Snapshot


def network(body: Body, snapshot: Snapshot) -> Fact[ResourceId | None]:
    """The network of its subnet, or of its resolver where the subnet is not told."""
    found: Fact[ResourceId | None] | None = None
    for config in body.at("properties/ipConfigurations").each():
        found = network_of(config.at("subnet/id").id())
        if isinstance(found, Known):
            return found
    resolver = snapshot.get(body.resource.parent)
    if resolver is not None:
        return resolver.body.at("properties/virtualNetwork/id").id()
    return found if found is not None else body.at("properties/ipConfigurations/0/subnet/id").id()


def addresses(body: Body) -> Fact[tuple[str, ...]]:
    """Its private addresses; Unknown for a planned one that takes whichever is free."""
    place = body.at("properties/ipConfigurations")
    found = gathered(place, "privateIpAddress")
    open = [item for item in place.each() if item.at("privateIpAddress").is_absent]
    if isinstance(found, Unknown) and body.planned and open:
        text = f"the address of {body.resource.name} is decided at deployment"
        ask = f"state {open[0].pointer}/privateIpAddress with privateIpAllocationMethod Static"
        return Unknown(text, ask, open[0].cite())
    return found


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[ResolverInbound]:
    """The endpoint."""
    body = resource.body
    yield ResolverInbound(
        id=resource.id, maybe=resource.maybe, network=network(body, snapshot), addresses=addresses(body)
    )


KIND = Kind(
    type="Microsoft.Network/dnsResolvers/inboundEndpoints",
    facets=facets,
    title="DNS resolver inbound endpoint",
)
