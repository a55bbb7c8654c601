"""How a virtual network behaves: it holds subnets and peerings, and tells those who refer to it what becomes of it.

Sources: REST reference of Microsoft.Network 2025-09-01; exchanges recorded by azure-cli and azure-service-operator
(2020-2023): defaults, headers, 94 durations; Microsoft Learn, What is Azure Private DNS (a network may go while it is
linked, and its links go with it); checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.kinds import _network, _prefixes
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Pace,
    Request,
    Schema,
    Signal,
    State,
    Write,
    laid,
    look,
)

SPACE = "properties/addressSpace/addressPrefixes"
SERVERS_MAX = 20

SCHEMA = Schema(
    enums={
        "properties/privateEndpointVNetPolicies": ("Disabled", "Basic"),
        "properties/encryption/enforcement": ("DropUnencrypted", "AllowUnencrypted"),
    },
    defaults={
        "properties/enableDdosProtection": False,
        "properties/enableVmProtection": False,
        "properties/privateEndpointVNetPolicies": "Disabled",
    },
    read_only=("properties/provisioningState", _network.GUID, "properties/flowLogs"),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The network; its peerings hear where its address space is another one now."""
    prefixes = _network.texts(body, SPACE)
    if not prefixes and not look(body, "properties/addressSpace/ipamPoolPrefixAllocations"):
        raise _network.malformed(
            "MissingJsonProperty", "addressPrefixes is missing. Path properties.addressSpace.addressPrefixes."
        )
    space = _prefixes.checked(prefixes, request.id.text)
    twice = [one for at, one in enumerate(space) if _prefixes.overlap([one], space[:at])]
    if twice:
        raise _network.refused(
            "NetcfgInvalidVirtualNetwork",
            f"Address prefix {twice[0]} of virtual network {request.id.name} overlaps with another of its prefixes.",
        )
    body = _servers(body)
    _network.check_references(state, request, body)
    old = state.get(request.id)
    then: tuple[Signal, ...] = ()
    if old is not None and look(old, SPACE) != prefixes:
        _check_subnets(state, request, space)
        _check_peers(state, request, space)
        then = _tell(state, request.id, "addresses")
    body = _network.with_guid(state, request, body, chance)
    return Effects(writes=(Write(request.id, body),), then=then)


def _servers(body: Json) -> Json:
    if look(body, "properties/dhcpOptions") is None:
        return body
    servers = _network.texts(body, "properties/dhcpOptions/dnsServers")
    if len(servers) > SERVERS_MAX:
        raise _network.refused(
            "DnsServersLimitExceeded",
            f"A virtual network can have {SERVERS_MAX} DNS servers, not {len(servers)}.",
        )
    return laid(body, "properties/dhcpOptions/dnsServers", servers)


def _check_subnets(state: State, request: Request, space: list[_prefixes.Prefix]) -> None:
    """Subnets that stay must lie in the new address space; those that the request brings are checked by themselves."""
    if look(request.body, "properties/subnets") is not None:
        return
    for subnet in state.children(request.id, "subnets"):
        if not _prefixes.inside(_of_subnet(state, subnet), space):
            raise _network.refused(
                "NetcfgSubnetRangeOutsideVnet",
                f"Subnet '{subnet.name}' is not valid because its IP address range is outside the IP address range of "
                f"virtual network '{request.id.name}'.",
            )


def _of_subnet(state: State, subnet: ResourceId) -> list[_prefixes.Prefix]:
    body = state.get(subnet)
    listed = look(body, "properties/addressPrefixes") or [look(body, "properties/addressPrefix")]
    return _prefixes.read(one for one in listed if one)


def _check_peers(state: State, request: Request, space: list[_prefixes.Prefix]) -> None:
    for peering in state.children(request.id, "virtualNetworkPeerings"):
        told = look(state.get(peering), "properties/remoteVirtualNetwork/id")
        remote = _network.parsed(told)
        body = state.get(remote) if remote is not None else None
        if remote is None or body is None or remote == request.id:
            continue
        shared = _prefixes.overlap(space, _prefixes.read(look(body, SPACE) or ()))
        if shared:
            raise _network.refused(
                "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
                f"Cannot update address space of virtual network {request.id.text} because it overlaps with address "
                f"space of virtual network {remote.text} that it is peered with. Overlapping address prefixes: "
                f"{', '.join(map(str, shared))}.",
            )


def _tell(state: State, network: ResourceId, name: str) -> tuple[Signal, ...]:
    """Peerings, links and whoever else names the network hear of it."""
    peerings = state.children(network, "virtualNetworkPeerings")
    return tuple(
        Signal(to=one, name=name, data={"network": network.text})
        for one in (*peerings, *state.referrers(network))
    )


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """The network gone; links to it go as well."""
    return Effects(writes=(Write(request.id, None),), then=_tell(state, request.id, "network gone"))


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    remove=remove,
    embeds={"properties/subnets": "subnets", "properties/virtualNetworkPeerings": "virtualNetworkPeerings"},
    etags="body",
    patchable=False,
    since={"properties/privateEndpointVNetPolicies": "2024-01-01"},
    until={"properties/enableVmProtection": "2020-06-01"},
    put=_network.put(4, 3),
    patch=Pace(),
    delete=_network.delete(11),
)
