"""Which networks a network is peered with, and whether packets may use that."""

from __future__ import annotations

from ipaddress import IPv4Network

from .arm import Body, Tri, World, both, name_of, network_of, prefix, props, ref, space


def sides(world: World, network_id: str, peer_id: str) -> list[Body]:
    """The peerings that a network declares towards another."""
    declared = world.children(network_id, "virtualNetworkPeerings")
    return [one for one in declared if ref(props(one).get("remoteVirtualNetwork")) == peer_id.lower()]


def _remote_space(peering: Body) -> list[IPv4Network]:
    own = props(peering)
    stated = own.get("remoteVirtualNetworkAddressSpace") or own.get("remoteAddressSpace") or {}
    return [found for text in stated.get("addressPrefixes") or [] if (found := prefix(text))]


def peers(world: World, network_id: str) -> list[tuple[str, list[IPv4Network]]]:
    """Every network that this one declares a peering to, or that says it is connected to it, with its prefixes."""
    found = {}
    for peering in world.children(network_id, "virtualNetworkPeerings"):
        peer = ref(props(peering).get("remoteVirtualNetwork"))
        found[peer] = space(world, peer) if world.get(peer) else _remote_space(peering)
    for other in world.of_type("Microsoft.Network/virtualNetworks"):
        name = str(other["id"]).lower()
        if name not in found and any(_connected(one) for one in sides(world, name, network_id)):
            found[name] = space(world, name)
    return sorted(found.items())


def _connected(peering: Body) -> bool:
    return str(props(peering).get("peeringState")).lower() == "connected"


def _names(own: Body, key: str, subnet_id: str) -> Tri:
    """Whether a peering of subnets names this one; not known of an address that lies in no subnet."""
    return name_of(subnet_id) in {str(name).lower() for name in own.get(key) or []} if subnet_id else None


def _side_usable(peering: Body, near: str, far: str) -> Tri:
    """One direction, from subnet `near` of its own network to subnet `far` of the other."""
    own = props(peering)
    state = str(own.get("peeringState")).lower()
    answers: list[Tri] = [{"connected": True, "initiated": False, "disconnected": False}.get(state)]
    answers.append(bool(own.get("allowVirtualNetworkAccess", True)))
    if own.get("peerCompleteVnets") is False:
        answers += [_names(own, "localSubnetNames", near), _names(own, "remoteSubnetNames", far)]
    if str(own.get("peeringSyncLevel", "FullyInSync")).lower() != "fullyinsync":
        answers.append(None)
    return both(answers)


def usable(world: World, network_id: str, peer_id: str, near: str, far: str) -> Tri:
    """Whether packets go from subnet `near` of a network to subnet `far` of the peer, and back."""
    answers: list[Tri] = []
    near, far = (subnet if world.get(subnet) else "" for subnet in (near, far))
    for home, other, start, end in ((network_id, peer_id, near, far), (peer_id, network_id, far, near)):
        declared = sides(world, home, other)
        if not declared:
            # A side that is connected proves that there is another, though the list of that network lacks it.
            shown = any(_connected(one) for one in sides(world, other, home))
            answers.append(False if world.get(home) and not shown else None)
        answers += [_side_usable(one, start, end) for one in declared]
    return both(answers)


def allows_forwarded(world: World, network_id: str, peer_id: str) -> Tri:
    """Whether a network takes packets from its peer that the peer only forwards."""
    declared = sides(world, network_id, peer_id)
    if not declared:
        return None
    return both(props(one).get("allowForwardedTraffic") is True for one in declared)


def gateway_in_reach(world: World, network_id: str) -> bool:
    """Whether the network has a gateway, or uses that of a peer."""
    for gateway in world.of_type("Microsoft.Network/virtualNetworkGateways"):
        entries = props(gateway).get("ipConfigurations") or []
        if any(network_of(ref(props(entry).get("subnet"))) == network_id for entry in entries):
            return True
    return any(
        props(side).get("useRemoteGateways") is True
        and usable(world, network_id, ref(props(side).get("remoteVirtualNetwork")), "", "") is not False
        for side in world.children(network_id, "virtualNetworkPeerings")
    )
