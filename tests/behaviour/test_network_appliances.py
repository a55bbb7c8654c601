"""Firewalls, gateways, hosts and balancers: where they stand, and what they take there."""

from __future__ import annotations

from typing import Any

import pytest

from cloison.model.behaviour import Json
from tests.behaviour.desk import Desk, id_of, ref, refused

NET = "virtualNetworks/hub"


@pytest.fixture
def desk() -> Desk:
    """A network `hub` with the subnets that appliances ask for, and a public address `ip`."""
    desk = Desk()
    desk.network(
        "hub",
        "10.0.0.0/16",
        AzureFirewallSubnet="10.0.0.0/26",
        AzureBastionSubnet="10.0.1.0/26",
        GatewaySubnet="10.0.2.0/27",
        nodes="10.0.3.0/24",
    )
    desk.put("publicIPAddresses/ip", {"publicIPAllocationMethod": "Static"}, sku={"name": "Standard"})
    return desk


def configured(subnet: str, **more: Any) -> Json:
    """Properties with one configuration in a subnet, at the public address."""
    properties = {"subnet": ref(f"{NET}/subnets/{subnet}"), "publicIPAddress": ref("publicIPAddresses/ip")}
    return {"ipConfigurations": [{"name": "one", "properties": properties}], **more}


APPLIANCES = [
    ("azureFirewalls/it", "AzureFirewallSubnet", {}),
    ("bastionHosts/it", "AzureBastionSubnet", {}),
    ("virtualNetworkGateways/it", "GatewaySubnet", {"gatewayType": "Vpn"}),
]


@pytest.mark.parametrize(("path", "subnet", "more"), APPLIANCES)
def test_appliances_stand_in_subnets_of_their_own_names(
    desk: Desk, path: str, subnet: str, more: Json
) -> None:
    """A firewall, a Bastion host and a gateway refuse a subnet of another name."""
    with refused(f"SubnetNameMustBe{subnet}", f"It can only be created in subnet with name '{subnet}'"):
        desk.put(path, configured("nodes", **more))
    desk.put(path, configured(subnet, **more))


@pytest.mark.parametrize(("path", "subnet", "more"), APPLIANCES)
def test_appliances_hold_their_subnet_and_their_address(
    desk: Desk, path: str, subnet: str, more: Json
) -> None:
    """Neither the subnet nor the public address of an appliance can go while it is there."""
    desk.put(path, configured(subnet, **more))
    with refused("InUseSubnetCannotBeDeleted", path.partition("/")[0]):
        desk.delete(f"{NET}/subnets/{subnet}")
    with refused("PublicIPAddressCannotBeDeleted", "is still allocated to resource"):
        desk.delete("publicIPAddresses/ip")
    assert "/it/" in desk.at("publicIPAddresses/ip", "ipConfiguration/id")
    desk.delete(path)
    desk.delete(f"{NET}/subnets/{subnet}")
    desk.delete("publicIPAddresses/ip")


def test_firewalls_have_the_first_address_of_their_subnet(desk: Desk) -> None:
    """A firewall gets a private address in its subnet, which routes can lead to, and keeps it."""
    desk.put("azureFirewalls/it", configured("AzureFirewallSubnet"))
    pointer = "ipConfigurations/0/properties/privateIPAddress"
    assert "10.0.0.4" == desk.at("azureFirewalls/it", pointer)
    desk.put("azureFirewalls/it", configured("AzureFirewallSubnet"), tags={"a": "b"})
    assert "10.0.0.4" == desk.at("azureFirewalls/it", pointer)


def test_small_subnets_are_refused(desk: Desk) -> None:
    """A firewall needs a /26."""
    desk.network("small", "10.9.0.0/16", AzureFirewallSubnet="10.9.0.0/27")
    properties = {"subnet": ref("virtualNetworks/small/subnets/AzureFirewallSubnet")}
    with refused("AzureFirewallSubnetTooSmall"):
        desk.put("azureFirewalls/it", {"ipConfigurations": [{"name": "one", "properties": properties}]})


def test_policies_show_who_follows_them_and_stay(desk: Desk) -> None:
    """A policy shows its groups, firewalls and children, and cannot go while there are firewalls or children."""
    desk.put("firewallPolicies/base", {})
    desk.put("firewallPolicies/team", {"basePolicy": ref("firewallPolicies/base")})
    desk.put("firewallPolicies/team/ruleCollectionGroups/out", {"priority": 200})
    desk.put(
        "azureFirewalls/it", configured("AzureFirewallSubnet", firewallPolicy=ref("firewallPolicies/team"))
    )
    assert [ref("firewallPolicies/team")] == desk.at("firewallPolicies/base", "childPolicies")
    assert [ref("azureFirewalls/it")] == desk.at("firewallPolicies/team", "firewalls")
    group = ref("firewallPolicies/team/ruleCollectionGroups/out")
    assert [group] == desk.at("firewallPolicies/team", "ruleCollectionGroups")
    for name in ("base", "team"):
        with refused("InUseFirewallPolicyCannotBeDeleted"):
            desk.delete(f"firewallPolicies/{name}")


def test_policies_do_not_rest_on_themselves(desk: Desk) -> None:
    """A policy cannot rest on one that rests on it."""
    desk.put("firewallPolicies/base", {})
    desk.put("firewallPolicies/team", {"basePolicy": ref("firewallPolicies/base")})
    with refused("FirewallPolicyBasePolicyCycle"):
        desk.put("firewallPolicies/base", {"basePolicy": ref("firewallPolicies/team")})


@pytest.mark.parametrize("priority", [99, 65001, None, "200"])
def test_groups_of_rules_have_priorities(desk: Desk, priority: object) -> None:
    """A group's priority lies between 100 and 65000."""
    desk.put("firewallPolicies/base", {})
    with refused("FirewallPolicyInvalidPriority"):
        desk.put("firewallPolicies/base/ruleCollectionGroups/out", {"priority": priority})


def test_addresses_are_told_when_the_operation_ends(desk: Desk) -> None:
    """The first answer to a new public address lacks the address, a GET afterwards has it."""
    made = desk.put(
        "publicIPAddresses/other", {"publicIPAllocationMethod": "Static"}, sku={"name": "Standard"}
    )
    assert "ipAddress" not in made.first["properties"]
    assert "Updating" == made.first["properties"]["provisioningState"]
    assert desk.at("publicIPAddresses/other", "ipAddress").startswith("20.")


def test_standard_addresses_are_static(desk: Desk) -> None:
    """A dynamic address of the Standard tier is refused."""
    with refused("StandardSkuPublicIPAddressesMustBeStatic"):
        desk.put("publicIPAddresses/odd", {}, sku={"name": "Standard"})


def test_no_two_public_addresses_are_the_same(desk: Desk) -> None:
    """Public addresses differ, also those of one request made again under another name."""
    for number in range(50):
        desk.put(f"publicIPAddresses/{number}", {"publicIPAllocationMethod": "Static"})
    found = {desk.at(f"publicIPAddresses/{number}", "ipAddress") for number in range(50)}
    assert 50 == len(found)


def test_balancers_show_what_leads_where(desk: Desk) -> None:
    """Frontends and pools show the rules that name them, pools the interfaces in them."""
    own = id_of("loadBalancers/it").text
    front, pool = {"id": f"{own}/frontendIPConfigurations/f"}, {"id": f"{own}/backendAddressPools/p"}
    rule = {
        "frontendIPConfiguration": front,
        "backendAddressPool": pool,
        "frontendPort": 443,
        "backendPort": 443,
    }
    desk.put(
        "loadBalancers/it",
        {
            "frontendIPConfigurations": [
                {"name": "f", "properties": {"subnet": ref(f"{NET}/subnets/nodes")}}
            ],
            "backendAddressPools": [{"name": "p"}],
            "loadBalancingRules": [{"name": "r", "properties": rule}],
        },
        sku={"name": "Standard"},
    )
    configuration = {"subnet": ref(f"{NET}/subnets/nodes"), "loadBalancerBackendAddressPools": [pool]}
    desk.put("networkInterfaces/card", {"ipConfigurations": [{"name": "c", "properties": configuration}]})
    rules = [{"id": f"{own}/loadBalancingRules/r"}]
    assert "10.0.3.4" == desk.at("loadBalancers/it", "frontendIPConfigurations/0/properties/privateIPAddress")
    assert rules == desk.at("loadBalancers/it", "frontendIPConfigurations/0/properties/loadBalancingRules")
    assert rules == desk.at("loadBalancers/it", "backendAddressPools/0/properties/loadBalancingRules")
    card = {"id": f"{id_of('networkInterfaces/card').text}/ipConfigurations/c"}
    assert [card] == desk.at("loadBalancers/it", "backendAddressPools/0/properties/backendIPConfigurations")


def test_parts_name_parts_that_there_are(desk: Desk) -> None:
    """A rule that names a frontend which the balancer has not is refused."""
    rule = {
        "frontendIPConfiguration": {"id": f"{id_of('loadBalancers/it').text}/frontendIPConfigurations/none"}
    }
    with refused("InvalidResourceReference", "/frontendIPConfigurations/none referenced by"):
        desk.put("loadBalancers/it", {"loadBalancingRules": [{"name": "r", "properties": rule}]})


def test_connections_hold_their_gateway_and_hide_their_key(desk: Desk) -> None:
    """A gateway with a connection stays; the connection's key is never answered."""
    desk.put("virtualNetworkGateways/it", configured("GatewaySubnet", gatewayType="Vpn"))
    told = desk.put(
        "connections/office",
        {
            "connectionType": "IPsec",
            "virtualNetworkGateway1": ref("virtualNetworkGateways/it"),
            "sharedKey": "hush",
        },
    )
    assert "hush" not in str(told.body)
    with refused("VirtualNetworkGatewayInUseCannotBeDeleted"):
        desk.delete("virtualNetworkGateways/it")
