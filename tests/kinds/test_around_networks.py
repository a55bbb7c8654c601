"""What stands around networks: managers, where resolvers ask from, what peerings hold of the other side."""

from __future__ import annotations

from cloison.model.facts import Unknown
from cloison.model.network import Appliance, Endpoint, NetworkManager, Peering, ResolverOutbound, Zone
from tests.kinds.world import facets, named, one

ZONE = "privateDnsZones/privatelink.blob.core.windows.net"


def test_a_network_manager_says_what_it_may_do_and_where() -> None:
    """Its scopes and accesses, in lower case; nothing where they are left out."""
    told = {
        "networkManagerScopes": {"subscriptions": ["/subscriptions/ABC"]},
        "networkManagerScopeAccesses": ["SecurityAdmin", "Connectivity"],
    }
    (found,) = facets(NetworkManager, one("networkManagers/company", told))
    (bare,) = facets(NetworkManager, one("networkManagers/company", {}))

    assert ("/subscriptions/abc",) == found.subscriptions.value
    assert ("securityadmin", "connectivity") == found.accesses.value
    assert () == found.management_groups.value
    assert () == bare.accesses.value


def test_an_outbound_endpoint_asks_from_its_subnet() -> None:
    """The network is the one of that subnet."""
    subnet = named("virtualNetworks/hub/subnets/out")
    (found,) = facets(
        ResolverOutbound, one("dnsResolvers/hub/outboundEndpoints/out", {"subnet": {"id": subnet.text}})
    )

    assert subnet == found.subnet.value
    assert named("virtualNetworks/hub") == found.network.value


def test_a_peering_holds_the_other_sides_prefixes() -> None:
    """Those of now go before those of the last sync; of neither nothing is known."""
    remote = {"remoteVirtualNetwork": {"id": named("virtualNetworks/hub").text}}
    then = {"remoteAddressSpace": {"addressPrefixes": ["10.1.0.0/16"]}}
    now = {"remoteVirtualNetworkAddressSpace": {"addressPrefixes": ["10.1.0.0/16", "10.9.0.0/16"]}}

    def prefixes(**told: object) -> object:
        (found,) = facets(Peering, one("virtualNetworks/aks/virtualNetworkPeerings/hub", {**remote, **told}))
        return found.remote_prefixes

    assert ("10.1.0.0/16", "10.9.0.0/16") == getattr(prefixes(**then, **now), "value", None)
    assert ("10.1.0.0/16",) == getattr(prefixes(**then), "value", None)
    assert isinstance(prefixes(), Unknown)


def test_records_of_other_types_make_a_name_exist() -> None:
    """A text record gives no address, and no wildcard answers for its name."""
    zone, text = one(ZONE, {}), one(f"{ZONE}/TXT/MLStore", {})
    (found,) = facets(Zone, zone, text, one(f"{ZONE}/A/other", {}))

    assert {"mlstore"} == set(found.other_names)


def test_a_planned_endpoint_says_so() -> None:
    """A service cannot list it before it is there."""
    (planned,) = facets(Endpoint, one("privateEndpoints/pe", {}, planned=True))
    (live,) = facets(Endpoint, one("privateEndpoints/pe", {}))

    assert planned.planned
    assert not live.planned


def test_a_firewall_that_learns_its_private_ranges_may_keep_any_source() -> None:
    """What it learns only adds: with all private ranges told, nothing is open."""

    def kept(**snat: object) -> object:
        wall = {"firewallPolicy": {"id": named("firewallPolicies/team").text}}
        team = one("firewallPolicies/team", {"snat": snat})
        (found,) = facets(Appliance, one("azureFirewalls/wall", wall), team)
        return found.keeps_source

    some = kept(privateRanges=["10.20.0.0/16"], autoLearnPrivateRanges="Enabled")
    every = kept(privateRanges=["IANAPrivateRanges"], autoLearnPrivateRanges="Enabled")

    assert isinstance(some, Unknown)
    assert ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10") == getattr(every, "value", None)
