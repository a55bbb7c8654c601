"""Networks, subnets and what hangs on them."""

from __future__ import annotations

import pytest

from cloison.model.behaviour import Json
from tests.behaviour.desk import Desk, ref, refused

NET = "virtualNetworks/net"
ENDS = f"{NET}/subnets/ends"


@pytest.fixture
def desk() -> Desk:
    """A network `net` with the subnets `aks` and `ends`, and an account `store`."""
    desk = Desk()
    desk.network("net", "10.0.0.0/16", aks="10.0.0.0/24", ends="10.0.1.0/27")
    desk.account("store")
    return desk


def test_new_subnets_say_what_azure_fills_in(desk: Desk) -> None:
    """A subnet that says its prefix only has no policies for endpoints, and no delegations."""
    assert "Disabled" == desk.at(ENDS, "privateEndpointNetworkPolicies")
    assert "Enabled" == desk.at(ENDS, "privateLinkServiceNetworkPolicies")
    assert [] == desk.at(ENDS, "delegations")


def test_older_versions_switched_policies_on(desk: Desk) -> None:
    """A subnet made with version 2020-05-01 has its policies on."""
    old = desk.put(f"{NET}/subnets/old", {"addressPrefix": "10.0.9.0/24"}, api_version="2020-05-01")
    assert "Enabled" == old.body["properties"]["privateEndpointNetworkPolicies"]


def test_networks_show_their_subnets_and_peerings(desk: Desk) -> None:
    """A GET of a network shows its subnets whole, and an empty list of peerings."""
    assert ["aks", "ends"] == [one["name"] for one in desk.at(NET, "subnets")]
    assert "10.0.1.0/27" == desk.at(NET, "subnets/1/properties/addressPrefix")
    assert [] == desk.at(NET, "virtualNetworkPeerings")


def test_a_put_with_subnets_replaces_them(desk: Desk) -> None:
    """A PUT of a network that lists one subnet removes the others."""
    kept = [{"name": "ends", "properties": {"addressPrefix": "10.0.1.0/27"}}]
    desk.put(NET, {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": kept})
    assert ["ends"] == [one["name"] for one in desk.at(NET, "subnets")]


def test_a_put_without_subnets_keeps_them(desk: Desk) -> None:
    """A PUT of a network that says nothing of subnets leaves them."""
    desk.put(NET, {"addressSpace": {"addressPrefixes": ["10.0.0.0/16", "10.1.0.0/16"]}})
    assert ["aks", "ends"] == [one["name"] for one in desk.at(NET, "subnets")]


def test_a_put_that_drops_a_used_subnet_changes_nothing(desk: Desk) -> None:
    """A PUT of a network that leaves out a subnet with an endpoint is refused, and the others stay as well."""
    desk.endpoint("pe", "storageAccounts/store", "blob")
    with refused("InUseSubnetCannotBeDeleted"):
        desk.put(NET, {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": []})
    assert ["aks", "ends"] == [one["name"] for one in desk.at(NET, "subnets")]


def test_subnets_lie_in_the_network(desk: Desk) -> None:
    """A subnet outside of the network's address space is refused."""
    with refused("NetcfgSubnetRangeOutsideVnet", "outside the IP address range of virtual network 'net'"):
        desk.put(f"{NET}/subnets/far", {"addressPrefix": "10.1.0.0/24"})


def test_subnets_do_not_overlap(desk: Desk) -> None:
    """A subnet that shares addresses with another is refused."""
    with refused("NetcfgSubnetRangesOverlap", "overlaps with that of an existing subnet"):
        desk.put(f"{NET}/subnets/twin", {"addressPrefix": "10.0.0.128/25"})


def test_subnets_that_change_places_do_not_overlap(desk: Desk) -> None:
    """A PUT of a network may swap the prefixes of two subnets: they are checked as they will be."""
    swapped = [
        {"name": "aks", "properties": {"addressPrefix": "10.0.1.0/27"}},
        {"name": "ends", "properties": {"addressPrefix": "10.0.0.0/24"}},
    ]
    desk.put(NET, {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": swapped})
    assert "10.0.0.0/24" == desk.at(ENDS, "addressPrefix")


def test_prefixes_are_notated_without_host_bits(desk: Desk) -> None:
    """A prefix with bits behind its length is refused with the prefix that was meant."""
    with refused("InvalidCIDRNotation", "should be 10.0.7.0/24"):
        desk.put(f"{NET}/subnets/odd", {"addressPrefix": "10.0.7.9/24"})


@pytest.mark.parametrize("prefix", ["10.0.7.0", "ten/24", "10.0.7.0/99", ""])
def test_what_is_no_prefix_is_refused(desk: Desk, prefix: str) -> None:
    """A subnet needs a prefix."""
    code = "InvalidAddressPrefixFormat" if prefix else "NetcfgInvalidSubnet"
    with refused(code):
        desk.put(f"{NET}/subnets/odd", {"addressPrefix": prefix})


def test_a_network_cannot_shrink_below_its_subnets(desk: Desk) -> None:
    """An address space that leaves a subnet outside is refused."""
    with refused("NetcfgSubnetRangeOutsideVnet"):
        desk.put(NET, {"addressSpace": {"addressPrefixes": ["10.0.0.0/24"]}})


def test_a_subnet_in_use_stays(desk: Desk) -> None:
    """A subnet with an endpoint cannot be deleted; the refusal names what stands in it."""
    desk.endpoint("pe", "storageAccounts/store", "blob")
    with refused("InUseSubnetCannotBeDeleted", "Subnet ends is in use by /subscriptions/") as info:
        desk.delete(ENDS)
    assert "/networkInterfaces/pe.nic." in info.value.message
    with refused("InUseSubnetCannotBeDeleted"):
        desk.delete(NET)
    desk.delete("privateEndpoints/pe")
    assert 202 == desk.delete(ENDS).status


def test_a_subnets_range_keeps_what_is_taken(desk: Desk) -> None:
    """A subnet cannot get a prefix that its endpoints' addresses do not lie in."""
    desk.endpoint("pe", "storageAccounts/store", "blob")
    with refused("InUsePrefixCannotBeDeleted", "IpPrefix 10.0.1.0/27 on Subnet ends has active allocations"):
        desk.put(ENDS, {"addressPrefix": "10.0.2.0/27"})
    desk.put(ENDS, {"addressPrefix": "10.0.1.0/28"})


def test_subnets_show_what_stands_in_them(desk: Desk) -> None:
    """A GET of a subnet shows its endpoints and the configurations of its interfaces."""
    desk.endpoint("pe", "storageAccounts/store", "blob")
    assert [ref("privateEndpoints/pe")] == desk.at(ENDS, "privateEndpoints")
    shown = desk.at(ENDS, "ipConfigurations/0/id")
    assert "/networkInterfaces/pe.nic." in shown
    assert "/ipConfigurations/privateEndpointIpConfig." in shown
    desk.delete("privateEndpoints/pe")
    assert desk.at(ENDS, "privateEndpoints") is None


FILTER = "networkSecurityGroups/filter"
ATTACHED = (
    (FILTER, "networkSecurityGroup", "InUseNetworkSecurityGroupCannotBeDeleted"),
    ("routeTables/table", "routeTable", "InUseRouteTableCannotBeDeleted"),
    ("natGateways/nat", "natGateway", "CannotDeleteNatGatewayAssociatedToSubnet"),
)


@pytest.mark.parametrize(("path", "property", "code"), ATTACHED)
def test_what_a_subnet_uses_shows_the_subnet_and_stays(
    desk: Desk, path: str, property: str, code: str
) -> None:
    """A filter, a route table and a NAT gateway show the subnets that use them, and cannot go while there are any."""
    desk.put(path, {})
    desk.put(ENDS, {"addressPrefix": "10.0.1.0/27", property: ref(path)})
    assert [ref(ENDS)] == desk.at(path, "subnets")
    with refused(code):
        desk.delete(path)


@pytest.mark.parametrize(("path", "property", "code"), ATTACHED)
def test_a_put_that_says_nothing_detaches(desk: Desk, path: str, property: str, code: str) -> None:
    """A PUT of a subnet that leaves out its filter, table or gateway detaches it; then it may go."""
    desk.put(path, {})
    desk.put(ENDS, {"addressPrefix": "10.0.1.0/27", property: ref(path)})
    desk.put(ENDS, {"addressPrefix": "10.0.1.0/27"})
    assert desk.at(ENDS, property) is None
    assert desk.at(path, "subnets") is None
    assert 202 == desk.delete(path).status


def test_service_endpoints_are_told_with_their_state(desk: Desk) -> None:
    """A service endpoint is answered with its state and regions."""
    desk.put(ENDS, {"addressPrefix": "10.0.1.0/27", "serviceEndpoints": [{"service": "Microsoft.Storage"}]})
    told = {"provisioningState": "Succeeded", "service": "Microsoft.Storage", "locations": ["*"]}
    assert [told] == desk.at(ENDS, "serviceEndpoints")


def test_references_must_exist(desk: Desk) -> None:
    """A subnet cannot name a filter that there is not."""
    with refused("InvalidResourceReference", "networkSecurityGroups/none referenced by resource"):
        desk.put(
            ENDS, {"addressPrefix": "10.0.1.0/27", "networkSecurityGroup": ref("networkSecurityGroups/none")}
        )


@pytest.mark.parametrize(
    ("told", "detail"),
    [
        ({}, "MissingJsonReferenceId"),
        ({"id": "filter"}, "InvalidJsonReferenceFormat"),
        (ref("routeTables/table"), "InvalidJsonReferenceFormat"),
    ],
)
def test_references_must_be_ids_of_the_right_type(desk: Desk, told: Json, detail: str) -> None:
    """A reference without an id, with a mere name or to another type is refused as the provider does."""
    desk.put("routeTables/table", {})
    with refused("InvalidRequestFormat", "Cannot parse the request.") as info:
        desk.put(ENDS, {"addressPrefix": "10.0.1.0/27", "networkSecurityGroup": told})
    assert detail == info.value.body["error"]["details"][0]["code"]


def test_filters_come_with_azures_own_rules(desk: Desk) -> None:
    """A new filter has Azure's six rules and none of its own."""
    desk.put(FILTER, {})
    priorities = [one["properties"]["priority"] for one in desk.at(FILTER, "defaultSecurityRules")]
    assert [65000, 65001, 65500, 65000, 65001, 65500] == priorities
    assert [] == desk.at(FILTER, "securityRules")


def rule(priority: int, **more: object) -> Json:
    return {
        "protocol": "tcp",
        "access": "Allow",
        "direction": "Inbound",
        "priority": priority,
        "sourceAddressPrefix": "*",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "VirtualNetwork",
        "destinationPortRange": "443",
        **more,
    }


def test_rules_are_spelt_and_shown_in_their_filter(desk: Desk) -> None:
    """A rule is answered in Azure's spelling, and stands in its filter too."""
    desk.put(FILTER, {})
    desk.put(f"{FILTER}/securityRules/https", rule(100))
    assert "Tcp" == desk.at(FILTER, "securityRules/0/properties/protocol")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"priority": 99}, "SecurityRuleInvalidPriority"),
        ({"priority": 4097}, "SecurityRuleInvalidPriority"),
        ({"destinationPortRange": "70000"}, "SecurityRuleInvalidPortRange"),
        ({"destinationPortRange": "80-79"}, "SecurityRuleInvalidPortRange"),
        ({"sourceAddressPrefix": "10.0.0.0/24 "}, "SecurityRuleInvalidAddressPrefix"),
        ({"sourceAddressPrefix": None}, "SecurityRuleParameterNotSpecified"),
        ({"access": "Perhaps"}, "InvalidRequestFormat"),
    ],
)
def test_rules_that_say_nonsense_are_refused(desk: Desk, change: Json, code: str) -> None:
    """A rule's priority, ports, prefixes and words are checked."""
    desk.put(FILTER, {})
    with refused(code):
        desk.put(f"{FILTER}/securityRules/odd", {**rule(100), **change})


def test_two_rules_of_one_direction_have_two_priorities(desk: Desk) -> None:
    """A second rule of the same direction and priority is refused; of the other direction it is taken."""
    desk.put(FILTER, {})
    desk.put(f"{FILTER}/securityRules/one", rule(100))
    with refused("SecurityRuleConflict", "conflicts with rule one"):
        desk.put(f"{FILTER}/securityRules/two", rule(100))
    desk.put(f"{FILTER}/securityRules/two", rule(100, direction="Outbound"))


def test_rules_may_swap_their_priorities(desk: Desk) -> None:
    """A PUT of a filter may swap the priorities of two rules: they are checked as they will be."""
    listed = [{"name": "one", "properties": rule(100)}, {"name": "two", "properties": rule(200)}]
    desk.put(FILTER, {"securityRules": listed})
    swapped = [{"name": "one", "properties": rule(200)}, {"name": "two", "properties": rule(100)}]
    desk.put(FILTER, {"securityRules": swapped})
    assert 200 == desk.at(f"{FILTER}/securityRules/one", "priority")


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"nextHopType": "VirtualAppliance"}, "RouteNextHopIpAddressInvalid"),
        ({"nextHopType": "VirtualAppliance", "nextHopIpAddress": "there"}, "RouteNextHopIpAddressInvalid"),
        ({"nextHopType": "Internet", "nextHopIpAddress": "10.0.0.4"}, "RouteNextHopIpAddressNotAllowed"),
        ({"nextHopType": "Somewhere"}, "InvalidRequestFormat"),
    ],
)
def test_only_appliances_have_an_address(desk: Desk, properties: Json, code: str) -> None:
    """A route to an appliance needs its address, other hops may have none."""
    desk.put("routeTables/table", {})
    with refused(code):
        desk.put("routeTables/table/routes/out", {"addressPrefix": "0.0.0.0/0", **properties})


def test_no_two_routes_have_one_prefix(desk: Desk) -> None:
    """A second route for the same prefix is refused; service tags are prefixes as well."""
    desk.put("routeTables/table", {})
    desk.put("routeTables/table/routes/one", {"addressPrefix": "Storage", "nextHopType": "Internet"})
    with refused("RouteConflict", "conflicts with route one"):
        desk.put("routeTables/table/routes/two", {"addressPrefix": "storage", "nextHopType": "None"})


def test_missing_children_are_told_as_their_provider_tells_them(desk: Desk) -> None:
    """A subnet that there is not, of a network that there is not, is the network's absence."""
    with refused(
        "ResourceNotFound", "The Resource 'Microsoft.Network/virtualNetworks/none' under resource group"
    ):
        desk.put("virtualNetworks/none/subnets/aks", {"addressPrefix": "10.0.0.0/24"})
    assert 204 == desk.delete(f"{NET}/subnets/none").status


def test_a_network_that_goes_takes_its_links_along(desk: Desk) -> None:
    """A network may be deleted while zones are linked to it; the links are gone then."""
    desk.zone("contoso.com", "net")
    desk.delete(NET)
    assert 0 == desk.at("privateDnsZones/contoso.com", "numberOfVirtualNetworkLinks")
