"""Effective routes and rules, and single packets: what the network would say, asked of Resource Manager."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.speaking import ENDPOINT, NET, SUBNET, Client, code, endpoint, furnished, of

CARD, WATCHER = of("Network/networkInterfaces/worker"), of("Network/networkWatchers/westeurope")
HUB = of("Network/virtualNetworks/hub")


def rule(name: str, priority: int, direction: str, access: str, port: str, **more: str) -> Any:
    properties = {
        "priority": priority,
        "direction": direction,
        "access": access,
        "protocol": "Tcp",
        "sourceAddressPrefix": "*",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "*",
        "destinationPortRange": port,
    }
    return {"name": name, "properties": properties | more}


@pytest.fixture(scope="module")
def client() -> Client:
    """A machine's interface in a subnet with routes and rules, an endpoint beside it, and a peered hub."""
    client = furnished(Client())
    hub = {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}}}
    rules = [
        rule("no-smb", 100, "Outbound", "Deny", "445"),
        rule("web", 110, "Inbound", "Allow", "443", sourceAddressPrefix="Internet"),
        rule("tagged", 120, "Outbound", "Deny", "1433", destinationAddressPrefix="Sql"),
    ]
    group = {"location": "westeurope", "properties": {"securityRules": rules}}
    hop = {"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.1.0.4"}
    table = {"location": "westeurope", "properties": {"routes": [{"name": "out", "properties": hop}]}}
    workers = {
        "addressPrefix": "10.0.2.0/24",
        "networkSecurityGroup": {"id": of("Network/networkSecurityGroups/nsg")},
        "routeTable": {"id": of("Network/routeTables/table")},
    }
    address = {
        "name": "one",
        "properties": {"subnet": {"id": f"{NET}/subnets/workers"}, "privateIPAllocationMethod": "Dynamic"},
    }
    peering = {"properties": {"remoteVirtualNetwork": {"id": HUB}, "allowVirtualNetworkAccess": True}}
    back = {"properties": {"remoteVirtualNetwork": {"id": NET}, "allowVirtualNetworkAccess": True}}
    for path, body in (
        (HUB, hub),
        (of("Network/networkSecurityGroups/nsg"), group),
        (of("Network/routeTables/table"), table),
        (f"{NET}/subnets/workers", {"properties": workers}),
        (CARD, {"location": "westeurope", "properties": {"ipConfigurations": [address]}}),
        (ENDPOINT, endpoint()),
        (f"{NET}/virtualNetworkPeerings/to-hub", peering),
        (f"{HUB}/virtualNetworkPeerings/to-net", back),
        (WATCHER, {"location": "westeurope"}),
    ):
        assert client.put(path, body).status < 300, path
    return client


def routes(client: Client) -> dict[tuple[str, str], tuple[str, str]]:
    told = client.ended(client.post(f"{CARD}/effectiveRouteTable")).body["value"]
    return {(one["source"], one["addressPrefix"][0]): (one["nextHopType"], one["state"]) for one in told}


def flow(client: Client, **told: str) -> Any:
    body = {
        "direction": "Outbound",
        "protocol": "TCP",
        "localIPAddress": "10.0.2.4",
        "localPort": "50000",
    } | told
    answer = client.post(f"{WATCHER}/ipFlowVerify", body)
    return client.ended(answer).body if answer.status == 202 else code(answer)


def test_routes_of_all_kinds_are_listed(client: Client) -> None:
    """The own network, the peered one, each endpoint, Azure's own, those of the table; what these hide is invalid."""
    found = routes(client)
    assert ("VnetLocal", "Active") == found["Default", "10.0.0.0/16"]
    assert ("VNetPeering", "Active") == found["Default", "10.1.0.0/16"]
    assert ("InterfaceEndpoint", "Active") == found["Default", "10.0.1.4/32"]
    assert ("Internet", "Invalid") == found["Default", "0.0.0.0/0"]
    assert ("VirtualAppliance", "Active") == found["User", "0.0.0.0/0"]
    assert ("None", "Active") == found["Default", "172.16.0.0/12"]


def test_rules_are_listed_with_where_they_apply(client: Client) -> None:
    """The rules of the subnet's group, Azure's own among them, in order of priority."""
    (one,) = client.ended(client.post(f"{CARD}/effectiveNetworkSecurityGroups")).body["value"]
    assert {"subnet": {"id": f"{NET}/subnets/workers"}} == one["association"]
    names = [told["name"] for told in one["effectiveSecurityRules"]]
    assert "securityRules/no-smb" == names[0]
    assert names[-1].startswith("defaultSecurityRules/DenyAll")


@pytest.mark.parametrize(
    ("told", "access", "name"),
    [
        (
            {"remoteIPAddress": "10.0.1.4", "remotePort": "443"},
            "Allow",
            "defaultSecurityRules/AllowVnetOutBound",
        ),
        (
            {"remoteIPAddress": "10.1.0.4", "remotePort": "443"},
            "Allow",
            "defaultSecurityRules/AllowVnetOutBound",
        ),
        ({"remoteIPAddress": "10.0.1.4", "remotePort": "445"}, "Deny", "securityRules/no-smb"),
        (
            {"direction": "Inbound", "localPort": "443", "remoteIPAddress": "10.0.1.9", "remotePort": "1"},
            "Allow",
            "defaultSecurityRules/AllowVnetInBound",
        ),
    ],
)
def test_a_packet_passes_or_not(client: Client, told: dict[str, str], access: str, name: str) -> None:
    """The answer names the rule that decided."""
    found = flow(client, **told)
    assert (access, name) == (found["access"], found["ruleName"])


def test_what_cannot_be_decided_is_refused(client: Client) -> None:
    """Which public addresses a service tag holds is nowhere in Resource Manager, so that nothing is guessed."""
    assert "IpFlowCannotBeDecided" == flow(client, remoteIPAddress="20.50.1.1", remotePort="1433")


@pytest.mark.parametrize(
    "told",
    [
        {"direction": "Sideways"},
        {"protocol": "ICMP"},
        {"remoteIPAddress": "::1"},
        {"remoteIPAddress": ""},
        {"remotePort": "0"},
        {"remotePort": "70000"},
    ],
)
def test_a_packet_has_to_be_one(client: Client, told: dict[str, str]) -> None:
    """A question about no packet is refused."""
    assert "InvalidRequestFormat" == flow(
        client, **({"remoteIPAddress": "10.0.1.4", "remotePort": "443"} | told)
    )


def test_an_interface_has_to_be_there(client: Client) -> None:
    """An unknown interface, watcher or address is not found."""
    assert 404 == client.post(f"{CARD}x/effectiveRouteTable").status
    assert 404 == client.post(f"{WATCHER}x/ipFlowVerify", {}).status
    assert "NetworkInterfaceNotFound" == flow(
        client, localIPAddress="10.0.9.9", remoteIPAddress="10.0.1.4", remotePort="443"
    )


def test_the_endpoint_gives_its_route_back(client: Client) -> None:
    """An endpoint's own route goes with the endpoint."""
    other = furnished(Client())
    other.put(CARD, {"location": "westeurope", "properties": {"ipConfigurations": [_in(SUBNET)]}})
    other.put(ENDPOINT, endpoint())
    assert ("Default", "10.0.1.5/32") in routes(other)
    other.delete(ENDPOINT)
    assert ("Default", "10.0.1.5/32") not in routes(other)


def _in(subnet: str) -> Any:
    return {"name": "one", "properties": {"subnet": {"id": subnet}}}
