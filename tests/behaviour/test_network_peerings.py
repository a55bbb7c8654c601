"""Peerings: two halves that know of each other."""

from __future__ import annotations

import pytest

from tests.behaviour.desk import Desk, ref, refused

HERE = "virtualNetworks/here/virtualNetworkPeerings/to-there"
THERE = "virtualNetworks/there/virtualNetworkPeerings/to-here"


@pytest.fixture
def desk() -> Desk:
    """Networks `here` and `there`."""
    desk = Desk()
    desk.network("here", "10.0.0.0/16", GatewaySubnet="10.0.255.0/27")
    desk.network("there", "10.1.0.0/16")
    return desk


def states(desk: Desk) -> tuple[str | None, str | None]:
    return desk.at(HERE, "peeringState"), desk.at(THERE, "peeringState")


def levels(desk: Desk) -> tuple[str, str]:
    return desk.at(HERE, "peeringSyncLevel"), desk.at(THERE, "peeringSyncLevel")


def test_one_half_is_initiated_both_are_connected(desk: Desk) -> None:
    """The first half is initiated; with the second both are connected and in sync."""
    desk.peer("here", "there")
    assert ("Initiated", None) == states(desk)
    desk.peer("there", "here")
    assert ("Connected", "Connected") == states(desk)
    assert ("FullyInSync", "FullyInSync") == levels(desk)


def test_halves_share_one_guid(desk: Desk) -> None:
    """Both halves show the same resource GUID."""
    desk.peer("here", "there")
    desk.peer("there", "here")
    assert desk.at(HERE, "resourceGuid") == desk.at(THERE, "resourceGuid")


def test_a_half_that_lost_the_other_must_be_made_again(desk: Desk) -> None:
    """When one half goes the other is disconnected, stays so, and must go before there can be a new pair."""
    desk.peer("here", "there")
    desk.peer("there", "here")
    desk.delete(THERE)
    assert ("Disconnected", None) == states(desk)
    with refused("RemotePeeringIsDisconnected", "is in Disconnected state"):
        desk.peer("there", "here")
    desk.peer("here", "there")
    assert ("Disconnected", None) == states(desk)
    desk.delete(HERE)
    desk.peer("here", "there")
    desk.peer("there", "here")
    assert ("Connected", "Connected") == states(desk)


def test_a_network_that_goes_disconnects(desk: Desk) -> None:
    """When a network is deleted its half goes along, and the other is disconnected."""
    desk.peer("here", "there")
    desk.peer("there", "here")
    desk.delete("virtualNetworks/there")
    assert ("Disconnected", None) == states(desk)


def test_networks_that_share_addresses_cannot_be_peered(desk: Desk) -> None:
    """Networks whose address spaces overlap are refused, with what overlaps."""
    desk.network("twin", "10.0.128.0/17")
    with refused("VnetAddressSpacesOverlap", "Overlapping address prefixes: 10.0.0.0/16"):
        desk.peer("here", "twin")


def test_two_peers_of_a_network_share_no_addresses(desk: Desk) -> None:
    """A network cannot be peered with two networks whose address spaces overlap."""
    desk.network("twin", "10.1.128.0/17")
    desk.peer("here", "there")
    with refused("VnetAddressSpaceOverlapsWithAlreadyPeeredVnet", "already peered with the"):
        desk.peer("here", "twin")


def test_a_network_has_one_half_for_another(desk: Desk) -> None:
    """A second half to the same network is refused, and a half to the network itself."""
    desk.peer("here", "there")
    with refused("AnotherPeeringAlreadyReferencesRemoteVnet"):
        desk.put(
            "virtualNetworks/here/virtualNetworkPeerings/again",
            {"remoteVirtualNetwork": ref("virtualNetworks/there")},
        )
    with refused("InvalidRemoteVnet"):
        desk.peer("here", "here")


def test_address_spaces_are_synchronised_on_request(desk: Desk) -> None:
    """A network that grows is out of sync with its peer until the peer's half is put with the sync parameter."""
    desk.peer("here", "there")
    desk.peer("there", "here")
    desk.put("virtualNetworks/here", {"addressSpace": {"addressPrefixes": ["10.0.0.0/16", "10.2.0.0/16"]}})
    assert ("LocalNotInSync", "RemoteNotInSync") == levels(desk)
    assert ["10.0.0.0/16"] == desk.at(THERE, "remoteAddressSpace/addressPrefixes")
    present = desk.at(THERE, "remoteVirtualNetworkAddressSpace/addressPrefixes")
    assert ["10.0.0.0/16", "10.2.0.0/16"] == present
    desk.put(
        THERE, {"remoteVirtualNetwork": ref("virtualNetworks/here")}, query={"syncremoteaddressspace": "true"}
    )
    assert ("FullyInSync", "FullyInSync") == levels(desk)


def test_a_peered_network_cannot_grow_over_its_peer(desk: Desk) -> None:
    """An address space that overlaps that of a peer is refused."""
    desk.peer("here", "there")
    with refused("VnetAddressSpaceOverlapsWithAlreadyPeeredVnet"):
        desk.put(
            "virtualNetworks/here", {"addressSpace": {"addressPrefixes": ["10.0.0.0/16", "10.1.0.0/24"]}}
        )


def test_remote_gateways_must_be_there(desk: Desk) -> None:
    """Remote gateways can be used where the other network has one; then the half names it."""
    with refused("RemoteVnetHasNoGateways"):
        desk.peer("there", "here", useRemoteGateways=True)
    desk.put("publicIPAddresses/ip", {"publicIPAllocationMethod": "Static"}, sku={"name": "Standard"})
    configuration = {
        "name": "c",
        "properties": {
            "subnet": ref("virtualNetworks/here/subnets/GatewaySubnet"),
            "publicIPAddress": ref("publicIPAddresses/ip"),
        },
    }
    desk.put("virtualNetworkGateways/gateway", {"gatewayType": "Vpn", "ipConfigurations": [configuration]})
    desk.peer("there", "here", useRemoteGateways=True)
    assert [ref("virtualNetworkGateways/gateway")] == desk.at(THERE, "remoteGateways")
