"""How a gateway's connection behaves: it names its two ends, and is not connected before somebody answers.

Source: REST reference 2025-09-01, VirtualNetworkGatewayConnection; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.kinds import _network
from cloison.model.behaviour import Behaviour, Chance, Effects, Json, Request, Schema, State, Write, laid

SCHEMA = Schema(
    required=("properties/connectionType", "properties/virtualNetworkGateway1/id"),
    enums={
        "properties/connectionType": ("IPsec", "Vnet2Vnet", "ExpressRoute", "VPNClient"),
        "properties/connectionMode": ("Default", "ResponderOnly", "InitiatorOnly"),
    },
    defaults={
        "properties/connectionMode": "Default",
        "properties/routingWeight": 0,
        "properties/enableBgp": False,
        "properties/usePolicyBasedTrafficSelectors": False,
        "properties/useLocalAzureIpAddress": False,
        "properties/ipsecPolicies": [],
        "properties/trafficSelectorPolicies": [],
        "properties/expressRouteGatewayBypass": False,
        "properties/dpdTimeoutSeconds": 0,
    },
    read_only=(
        "properties/provisioningState",
        _network.GUID,
        "properties/connectionStatus",
        "properties/ingressBytesTransferred",
        "properties/egressBytesTransferred",
    ),
    immutable=("properties/connectionType",),
    secret=("properties/sharedKey", "properties/authorizationKey"),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The connection."""
    _network.check_references(state, request, body)
    body = _network.with_guid(state, request, body, chance)
    for name, value in (
        ("connectionStatus", "NotConnected"),
        ("ingressBytesTransferred", 0),
        ("egressBytesTransferred", 0),
    ):
        body = laid(body, f"properties/{name}", value)
    return Effects(writes=(Write(request.id, body),))


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    etags="body",
    patchable=False,
    put=_network.put(30, 10),
    delete=_network.delete(30),
)
