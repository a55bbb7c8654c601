"""How a virtual network gateway behaves: it stands in GatewaySubnet, slow to come, and tells its addresses at the end.

Sources: REST reference 2025-09-01, VirtualNetworkGateway; exchanges recorded by azure-cli and azure-service-operator
(2020-2023): bodies before and after, three durations; checked 2026-11-24.
"""

from __future__ import annotations

from typing import Any

from cloison.arm.ids import ResourceId
from cloison.kinds import _addresses, _network, _parts
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Request,
    Schema,
    State,
    Write,
    each,
    laid,
    look,
)

CONFIGURATIONS = "properties/ipConfigurations"
BGP = "properties/bgpSettings"
SUBNET = "GatewaySubnet"
SIZE = 29
ASN = 65515
LATER = "2020-11-01"
"""What answers of 2020-11-01 tell and those of 2020-05-01 do not."""
CLIENTS: dict[str, Any] = {
    "vpnClientProtocols": ["OpenVPN", "IkeV2"],
    "vpnAuthenticationTypes": [],
    "vpnClientRootCertificates": [],
    "vpnClientRevokedCertificates": [],
    "vngClientConnectionConfigurations": [],
    "radiusServers": [],
    "vpnClientIpsecPolicies": [],
}
BASIC_CLIENTS: dict[str, Any] = {
    "vpnClientProtocols": ["SSTP"],
    "vpnClientRootCertificates": [],
    "vpnClientRevokedCertificates": [],
    "radiusServers": [],
    "vpnClientIpsecPolicies": [],
}

SCHEMA = Schema(
    required=("properties/gatewayType",),
    enums={
        "properties/gatewayType": ("Vpn", "ExpressRoute", "LocalGateway"),
        "properties/vpnType": ("RouteBased", "PolicyBased"),
    },
    defaults={
        "properties/sku/capacity": 2,
        "properties/packetCaptureDiagnosticState": "None",
        "properties/enablePrivateIpAddress": False,
        "properties/isMigrateToCSES": False,
        "properties/natRules": [],
        "properties/virtualNetworkGatewayPolicyGroups": [],
        "properties/enableBgpRouteTranslationForNat": False,
        "properties/disableIPSecReplayProtection": False,
        "properties/vpnType": "RouteBased",
        "properties/enableBgp": False,
        "properties/activeActive": False,
        "properties/vpnGatewayGeneration": "Generation1",
    },
    read_only=("properties/provisioningState", _network.GUID),
    immutable=("properties/gatewayType", "properties/vpnType"),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The gateway."""
    body = _network.with_guid(state, request, body, chance)
    body = _parts.parts(body, CONFIGURATIONS, _configuration)
    if not list(each(body, CONFIGURATIONS)):
        raise _network.malformed(
            "MissingJsonProperty", "ipConfigurations is missing. Path properties.ipConfigurations."
        )
    _network.check_references(state, request, body)
    _network.own_subnet(state, body, CONFIGURATIONS, SUBNET, "", SIZE)
    return Effects(writes=(Write(request.id, _peering(state, body)),))


def _configuration(name: str, told: Json) -> Json:
    if "subnet" not in told:
        raise _network.malformed(
            "MissingJsonReferenceId", f"Value for reference id is missing. Path {name}.subnet."
        )
    return _parts.filled(told, privateIPAllocationMethod="Dynamic")


def _peering(state: State, body: Json) -> Json:
    """Its addresses towards BGP peers: the last that its subnet can give, and the public ones."""
    listed = list(each(body, CONFIGURATIONS))
    inside: list[str] = []
    addresses: list[Json] = []
    for number, one in enumerate(listed):
        subnet = ResourceId(str(look(one, "properties/subnet/id")))
        lying = _addresses.prefixes(state, subnet)
        own = str(lying[0].broadcast_address - 1 - number) if lying else ""
        public = _network.parsed(look(one, "properties/publicIPAddress/id"))
        outside = look(state.get(public), "properties/ipAddress") if public is not None else None
        inside.append(own)
        addresses.append(
            {
                "ipconfigurationId": one["id"],
                "defaultBgpIpAddresses": [own],
                "customBgpIpAddresses": [],
                "tunnelIpAddresses": [outside] if isinstance(outside, str) else [],
            }
        )
    told = look(body, BGP) if isinstance(look(body, BGP), dict) else {}
    settings = {
        "asn": ASN,
        "peerWeight": 0,
        **told,
        "bgpPeeringAddress": ",".join(inside),
        "bgpPeeringAddresses": addresses,
    }
    return laid(body, BGP, settings)


def begins(body: Json) -> Json:
    """While it is made, its addresses are not told, and empty settings for clients are."""
    addresses = [
        {name: [] if name == "defaultBgpIpAddresses" else value for name, value in one.items()}
        for one in each(body, f"{BGP}/bgpPeeringAddresses")
    ]
    for one in addresses:
        one.pop("tunnelIpAddresses", None)
    body = laid(body, BGP, {"asn": 0, "peerWeight": 0, "bgpPeeringAddresses": addresses})
    if look(body, "properties/vpnClientConfiguration") is not None:
        return body
    basic = look(body, "properties/sku/name") == "Basic"
    return laid(body, "properties/vpnClientConfiguration", BASIC_CLIENTS if basic else CLIENTS)


def held(state: State, request: Request) -> None:
    """Raises Refused while connections lead to it."""
    users = [
        one
        for name in ("virtualNetworkGateway1", "virtualNetworkGateway2")
        for one in _network.holders(state, request.id, name)
    ]
    if users:
        raise _network.refused(
            "VirtualNetworkGatewayInUseCannotBeDeleted",
            f"Virtual network gateway {request.id.text} is in use by {', '.join(one.text for one in users)} and cannot "
            f"be deleted.",
        )


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    held=held,
    begins=begins,
    etags="body",
    patchable=False,
    since={
        f"properties/{name}": LATER
        for name in (
            "isMigrateToCSES",
            "natRules",
            "virtualNetworkGatewayPolicyGroups",
            "enableBgpRouteTranslationForNat",
            "disableIPSecReplayProtection",
        )
    },
    # Median of three recorded operations, 917 to 2118 s.
    put=_network.put(1804, 10),
    delete=_network.delete(300),
)
