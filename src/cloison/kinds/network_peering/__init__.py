"""Microsoft.Network/virtualNetworks/virtualNetworkPeerings: one direction of a peering, held by its local network."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._read import mapped, reference
from cloison.kinds.network_peering import facts
from cloison.model.kind import Kind
from cloison.model.network import Peering
from cloison.model.snapshot import Resource, Snapshot


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Peering]:
    """This direction of the peering; the other one is another resource."""
    body = resource.body
    yield Peering(
        id=resource.id,
        maybe=resource.maybe,
        local=resource.id.parent,
        remote=reference(body, "properties/remoteVirtualNetwork", facts.REMOTE),
        state=mapped(
            body.at("properties/peeringState").settled(), lambda text: text.lower() if text else None
        ),
        access=body.at("properties/allowVirtualNetworkAccess").flag(facts.ACCESS),
        forwarded=body.at("properties/allowForwardedTraffic").flag(facts.OFF),
        gateway_transit=body.at("properties/allowGatewayTransit").flag(facts.OFF),
        remote_gateways=body.at("properties/useRemoteGateways").flag(facts.OFF),
        in_sync=facts.in_sync(body, snapshot),
        complete=body.at("properties/peerCompleteVnets").flag(facts.COMPLETE),
        local_subnets=body.at("properties/localSubnetNames").texts(facts.NO_NAMES),
        remote_subnets=body.at("properties/remoteSubnetNames").texts(facts.NO_NAMES),
        remote_prefixes=facts.remote_prefixes(body),
    )


KIND = Kind(
    type="Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
    facets=facets,
    title="virtual network peering",
)
