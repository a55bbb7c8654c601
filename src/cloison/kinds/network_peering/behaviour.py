"""How a peering behaves: two halves, one in each network, connected once both are there.

A half whose other half is gone is `Disconnected` and stays so until it is deleted. Each half remembers the other
network's address space as it was when they were synchronised.
Sources: Microsoft Learn, Create, change, or delete a virtual network peering; REST reference 2025-09-01,
VirtualNetworkPeering; exchanges recorded by azure-cli and azure-service-operator (2019-2023); refusals quoted in
reports to terraform-provider-azurerm and bicep-registry-modules; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator

from cloison.arm.ids import ResourceId
from cloison.kinds import _network, _prefixes
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Request,
    Schema,
    Signal,
    State,
    Write,
    laid,
    look,
)
from cloison.model.network import Gateway

REMOTE = "properties/remoteVirtualNetwork/id"
KNOWN = "properties/remoteAddressSpace/addressPrefixes"
PRESENT = "properties/remoteVirtualNetworkAddressSpace/addressPrefixes"
SPACE = "properties/addressSpace/addressPrefixes"
STATE = "properties/peeringState"
LEVEL = "properties/peeringSyncLevel"
SEGMENT = "virtualNetworkPeerings"

SCHEMA = Schema(
    required=(REMOTE,),
    defaults={
        "properties/allowVirtualNetworkAccess": True,
        "properties/allowForwardedTraffic": False,
        "properties/allowGatewayTransit": False,
        "properties/useRemoteGateways": False,
        "properties/doNotVerifyRemoteGateways": False,
        "properties/peerCompleteVnets": True,
        "properties/routeServiceVips": {},
    },
    read_only=(
        "properties/provisioningState",
        _network.GUID,
        STATE,
        LEVEL,
        "properties/remoteAddressSpace",
        "properties/remoteVirtualNetworkAddressSpace",
        "properties/remoteGateways",
        "properties/remoteVirtualNetworkEncryption",
    ),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """This half; the other hears of it."""
    _network.check_references(state, request, body)
    local, remote = request.id.parent, ResourceId(look(body, REMOTE))
    _check_remote(state, request, local, remote)
    _check_space(state, request, local, remote)
    other = reverse(state, request.id, remote)
    body = _gateways(state, request, body, remote)
    old = state.get(request.id)
    guid = look(old, _network.GUID) or look(state.get(other) if other else None, _network.GUID)
    body = laid(body, _network.GUID, guid or chance.guid("peering", str(request.id)))
    present = look(state.get(remote), SPACE)
    synchronised = old is None or request.query.get("syncremoteaddressspace", "").lower() == "true"
    body = laid(body, KNOWN, present if synchronised else look(old, KNOWN))
    body = laid(body, STATE, _state(state, request, old, other))
    body = aware(state, request.id, body)
    then = (Signal(to=other, name="peered"),) if other is not None else ()
    return Effects(writes=(Write(request.id, body),), then=then)


def _state(state: State, request: Request, old: Json | None, other: ResourceId | None) -> str:
    before = look(old, STATE)
    if before == "Disconnected":
        return "Disconnected"
    if other is None:
        return "Initiated"
    if look(state.get(other), STATE) == "Disconnected":
        raise _network.refused(
            "RemotePeeringIsDisconnected",
            f"Cannot create or update peering {request.id.text} because remote peering {other.text} referencing "
            f"parent virtual network {request.id.parent.text} is in Disconnected state. Update or re-create the "
            f"remote peering to get it back to Initiated state. Peering gets Disconnected when remote vnet or remote "
            f"peering is deleted and re-created.",
        )
    return "Connected"


def _check_remote(state: State, request: Request, local: ResourceId, remote: ResourceId) -> None:
    if remote == local:
        raise _network.refused(
            "InvalidRemoteVnet",
            f"Peering {request.id.text} cannot reference its own virtual network {local.text}.",
        )
    before = look(state.get(request.id), REMOTE)
    if isinstance(before, str) and before.lower() != str(remote):
        raise _network.refused(
            "ChangingRemoteVirtualNetworkNotAllowed",
            f"Remote virtual network of peering {request.id.text} cannot be changed from {before} to {remote.text}.",
        )
    for name, body in _network.beside(state, request, SEGMENT):
        told = look(body, REMOTE)
        if isinstance(told, str) and told.lower() == str(remote):
            raise _network.refused(
                "AnotherPeeringAlreadyReferencesRemoteVnet",
                f"Peering {local.text}/{SEGMENT}/{name} already references remote virtual network {remote.text}. "
                f"Cannot add another peering referencing the same remote virtual network.",
            )


def _check_space(state: State, request: Request, local: ResourceId, remote: ResourceId) -> None:
    """No two networks that meet here may share addresses."""
    mine = _prefixes.read(look(state.get(local), SPACE) or ())
    theirs = _prefixes.read(look(state.get(remote), SPACE) or ())
    shared = _prefixes.overlap(mine, theirs)
    start = (
        f"Cannot create or update peering {request.id.text}. Virtual networks {local.text} and {remote.text} cannot "
        f"be peered because "
    )
    if shared:
        raise _network.refused(
            "VnetAddressSpacesOverlap",
            f"{start}their address spaces overlap. Overlapping address prefixes: {', '.join(map(str, shared))}.",
        )
    for first, second, space in ((local, remote, mine), (remote, local, theirs)):
        for third in peers(state, second):
            if third == first:
                continue
            shared = _prefixes.overlap(space, _prefixes.read(look(state.get(third), SPACE) or ()))
            if shared:
                which = ("first", "second") if first == local else ("second", "first")
                raise _network.refused(
                    "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
                    f"{start}address space of the {which[0]} virtual network overlaps with address space of virtual "
                    f"network {third.text} already peered with the {which[1]} virtual network. Overlapping address "
                    f"prefixes: {', '.join(map(str, shared))}. For more information please refer to "
                    f"https://aka.ms/VnetPeeringInfo",
                )


def _gateways(state: State, request: Request, body: Json, remote: ResourceId) -> Json:
    """The remote network's gateways, where this network uses them."""
    if look(body, "properties/useRemoteGateways") is not True:
        return laid(body, "properties/remoteGateways", None)
    subnet = remote.child("subnets", "GatewaySubnet")
    found = [
        one
        for one in state.referrers(subnet)
        if any(isinstance(facet, Gateway) for facet in state.facets(one))
    ]
    if not found and look(body, "properties/doNotVerifyRemoteGateways") is not True:
        raise _network.refused(
            "RemoteVnetHasNoGateways",
            f"Peering {request.id.text} cannot have UseRemoteGateway flag set to true because remote virtual network "
            f"{remote.text} referenced by the peering does not have any gateways.",
        )
    return laid(body, "properties/remoteGateways", [{"id": one.text} for one in found])


def peers(state: State, network: ResourceId) -> Iterator[ResourceId]:
    """Networks that a network is peered with by its own halves."""
    for peering in state.children(network, SEGMENT):
        told = _network.parsed(look(state.get(peering), REMOTE))
        if told is not None:
            yield told


def reverse(state: State, peering: ResourceId, remote: ResourceId) -> ResourceId | None:
    """The other half, or None."""
    local = str(peering.parent)
    for one in state.children(remote, SEGMENT):
        told = look(state.get(one), REMOTE)
        if isinstance(told, str) and told.lower() == local:
            return one
    return None


def aware(state: State, id: ResourceId, body: Json) -> Json:
    """The half with the other network's present address space, and how far both know each other's."""
    remote = ResourceId(look(body, REMOTE))
    present = look(state.get(remote), SPACE)
    if present is not None:
        body = laid(body, PRESENT, present)
    other = reverse(state, id, remote)
    theirs = look(state.get(other) if other is not None else None, KNOWN)
    mine = look(body, KNOWN)
    # Older versions do not tell what a half remembers; then nothing says that it is out of date.
    remote_new = mine is None or set(mine) == set(look(body, PRESENT) or ())
    local_new = theirs is None or set(theirs) == set(look(state.get(id.parent), SPACE) or ())
    level = {
        (True, True): "FullyInSync",
        (False, True): "RemoteNotInSync",
        (True, False): "LocalNotInSync",
        (False, False): "LocalAndRemoteNotInSync",
    }[remote_new, local_new]
    # Until the other half is there nobody has synchronised with this network.
    return laid(body, LEVEL, "RemoteNotInSync" if other is None and remote_new else level)


def _hear_peered(state: State, signal: Signal, chance: Chance) -> Effects:
    """The other half was made or synchronised."""
    body = state.get(signal.to)
    assert body is not None
    if look(body, STATE) == "Initiated":
        body = laid(body, STATE, "Connected")
    return Effects(writes=(Write(signal.to, aware(state, signal.to, body)),))


def _hear_gone(state: State, signal: Signal, chance: Chance) -> Effects:
    """The other half, or the other network, is gone."""
    body = state.get(signal.to)
    assert body is not None
    return Effects(writes=(Write(signal.to, laid(body, STATE, "Disconnected")),))


def _hear_addresses(state: State, signal: Signal, chance: Chance) -> Effects:
    """One of the networks has another address space now."""
    body = state.get(signal.to)
    assert body is not None
    return Effects(writes=(Write(signal.to, aware(state, signal.to, body)),))


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """This half gone; the other is disconnected."""
    remote = _network.parsed(look(state.get(request.id), REMOTE))
    other = reverse(state, request.id, remote) if remote is not None else None
    then = (Signal(to=other, name="unpeered"),) if other is not None else ()
    return Effects(writes=(Write(request.id, None),), then=then)


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    remove=remove,
    hears={
        "peered": _hear_peered,
        "unpeered": _hear_gone,
        "network gone": _hear_gone,
        "addresses": _hear_addresses,
    },
    etags="body",
    # Both networks are `Updating` while one side of a peering is written.
    holds=("properties/remoteVirtualNetwork/id",),
    proxied=True,
    patchable=False,
    since={
        _network.GUID: "2020-01-01",
        "properties/doNotVerifyRemoteGateways": "2020-01-01",
        LEVEL: "2021-02-01",
        "properties/remoteVirtualNetworkAddressSpace": "2021-02-01",
        "properties/peerCompleteVnets": "2023-11-01",
    },
    put=_network.put(16, 10),
    delete=_network.delete(11),
)
