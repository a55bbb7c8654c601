"""What holds of the network whatever requests are sent, in whatever order."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloison.arm.ids import ResourceId
from cloison.controlplane import Azure, Seeded, run
from cloison.kinds import _addresses, all_facets
from cloison.model.behaviour import Json, Refused, Request, each, look
from tests.behaviour.desk import GROUP, REGION, id_of, ref

HOMES = ("10.0.0.0/17", "10.1.0.0/16", "10.2.0.0/16")
"""Address spaces of the networks that there are from the beginning."""
PREFIXES = (*HOMES, "10.0.0.0/16", "10.0.128.0/17")
SUBNETS = ("10.0.0.0/24", "10.0.1.0/29", "10.0.2.0/28", "10.1.0.0/24", "10.1.1.0/29", "10.2.0.0/24")
ZONES = ("privatelink.blob.core.windows.net", "privatelink.file.core.windows.net", "contoso.com")
ENDPOINTS = "privateendpoints"

few = st.integers(0, 2)
Sent = tuple[str, str, Json]
"""Method, short name, body."""


def put(path: str, properties: Json, **envelope: Any) -> Sent:
    located = {"location": "global"} if "privateDnsZones" in path else {"location": REGION}
    body = {**({} if path.count("/") > 1 and "privateDnsZones" not in path else located), **envelope}
    return "PUT", path, {**body, "properties": properties}


@st.composite
def networks(draw: st.DrawFn) -> Sent:
    listed = draw(st.lists(st.sampled_from(SUBNETS), max_size=2, unique=True))
    subnets = [{"name": f"s{at}", "properties": {"addressPrefix": one}} for at, one in enumerate(listed)]
    told: Json = {"addressSpace": {"addressPrefixes": [draw(st.sampled_from(PREFIXES))]}}
    return put(
        f"virtualNetworks/n{draw(few)}", {**told, **({"subnets": subnets} if draw(st.booleans()) else {})}
    )


@st.composite
def subnets(draw: st.DrawFn) -> Sent:
    used = draw(st.sampled_from([{}, {"networkSecurityGroup": ref("networkSecurityGroups/f0")}]))
    path = f"virtualNetworks/n{draw(few)}/subnets/s{draw(few)}"
    return put(path, {"addressPrefix": draw(st.sampled_from(SUBNETS)), **used})


@st.composite
def endpoints(draw: st.DrawFn) -> Sent:
    group = draw(st.sampled_from(["blob", "file"]))
    target = id_of(f"storageAccounts/acc{draw(few)}").text
    connection = {"name": "c", "properties": {"privateLinkServiceId": target, "groupIds": [group]}}
    listed = draw(st.sampled_from(["privateLinkServiceConnections", "manualPrivateLinkServiceConnections"]))
    wish = draw(st.sampled_from(["", "", "10.0.0.9", "10.0.1.5"]))
    static = {"groupId": group, "memberName": group, "privateIPAddress": wish}
    more = {"ipConfigurations": [{"name": "f", "properties": static}]} if wish else {}
    subnet = ref(f"virtualNetworks/n{draw(few)}/subnets/s{draw(few)}")
    return put(f"privateEndpoints/e{draw(few)}", {"subnet": subnet, listed: [connection], **more})


@st.composite
def zone_groups(draw: st.DrawFn) -> Sent:
    zone = id_of(f"privateDnsZones/{draw(st.sampled_from(ZONES))}").text
    configs = [{"name": "z", "properties": {"privateDnsZoneId": zone}}]
    path = f"privateEndpoints/e{draw(few)}/privateDnsZoneGroups/g{draw(st.integers(0, 1))}"
    return put(path, {"privateDnsZoneConfigs": configs})


@st.composite
def peerings(draw: st.DrawFn) -> Sent:
    here, there = draw(st.permutations([0, 1, 2]))[:2]
    path = f"virtualNetworks/n{here}/virtualNetworkPeerings/p{there}"
    return put(path, {"remoteVirtualNetwork": ref(f"virtualNetworks/n{there}")})


@st.composite
def others(draw: st.DrawFn) -> Sent:
    zone = draw(st.sampled_from(ZONES))
    network = ref(f"virtualNetworks/n{draw(few)}")
    here = draw(few)
    rule = {
        "protocol": "*",
        "access": "Deny",
        "direction": "Inbound",
        "priority": 100 + draw(few),
        "sourceAddressPrefix": "*",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "*",
        "destinationPortRange": "*",
    }
    return draw(
        st.sampled_from(
            [
                put(f"storageAccounts/acc{here}", {}, kind="StorageV2", sku={"name": "Standard_LRS"}),
                put(f"privateDnsZones/{zone}", {}),
                put(f"privateDnsZones/{zone}/virtualNetworkLinks/l{here}", {"virtualNetwork": network}),
                put(f"privateDnsZones/{zone}/A/a{here}", {"aRecords": [{"ipv4Address": "10.9.9.9"}]}),
                put("networkSecurityGroups/f0", {}),
                put(f"networkSecurityGroups/f0/securityRules/r{here}", rule),
            ]
        )
    )


def chosen(method: str) -> st.SearchStrategy[Sent]:
    """A request to whatever there is by then, chosen by a number."""
    return st.integers(0, 10**6).map(lambda number: (method, str(number), {}))


sessions = st.lists(
    st.one_of(
        networks(),
        subnets(),
        endpoints(),
        endpoints(),
        zone_groups(),
        peerings(),
        others(),
        chosen("DELETE"),
        chosen("PUT"),
        chosen("APPROVE"),
        chosen("REJECT"),
    ),
    min_size=12,
    max_size=40,
)


def begun() -> Azure:
    """Three networks with two subnets each, three accounts, the zones, and two endpoints that write into one."""
    azure = Azure()
    run(azure, Request(method="PUT", id=ResourceId(GROUP), body={"location": REGION}), Seeded("group"))
    first: list[Sent] = []
    for number, prefix in enumerate(HOMES):
        inside = [one for one in SUBNETS if one.startswith(f"10.{number}.")][:2]
        subnets = [{"name": f"s{at}", "properties": {"addressPrefix": one}} for at, one in enumerate(inside)]
        space = {"addressPrefixes": [prefix]}
        first += [
            put(f"virtualNetworks/n{number}", {"addressSpace": space, "subnets": subnets}),
            put(f"storageAccounts/acc{number}", {}, kind="StorageV2", sku={"name": "Standard_LRS"}),
            put(f"privateDnsZones/{ZONES[number]}", {}),
        ]
    zone = {"name": "z", "properties": {"privateDnsZoneId": id_of(f"privateDnsZones/{ZONES[0]}").text}}
    for number in (0, 1):
        connection = {
            "name": "c",
            "properties": {"privateLinkServiceId": id_of("storageAccounts/acc0").text, "groupIds": ["blob"]},
        }
        subnet = ref(f"virtualNetworks/n{number}/subnets/s0")
        first += [
            put(
                f"privateEndpoints/e{number}",
                {"subnet": subnet, "privateLinkServiceConnections": [connection]},
            ),
            put(f"privateEndpoints/e{number}/privateDnsZoneGroups/g0", {"privateDnsZoneConfigs": [zone]}),
        ]
    for _, path, body in first:
        run(azure, Request(method="PUT", id=id_of(path), body=body), Seeded(path))
    return azure


def meant(azure: Azure, sent: Sent) -> Request | None:
    """The request that a drawn one means by now."""
    method, path, body = sent
    if not path.isdigit():
        return Request(method=method, id=id_of(path), body=body)  # type: ignore[arg-type]
    there = [id for id in azure if "/providers/" in id]
    if method in ("APPROVE", "REJECT"):
        there = [id for id in there if id.type.endswith("privateendpointconnections")]
    if not there:
        return None
    id = there[int(path) % len(there)]
    if method == "DELETE":
        return Request(method="DELETE", id=id)
    if method == "PUT":
        return Request(method="PUT", id=id, body=azure.show(id))
    state = {"status": {"APPROVE": "Approved", "REJECT": "Rejected"}[method]}
    return Request(method="PUT", id=id, body={"properties": {"privateLinkServiceConnectionState": state}})


def played(session: list[Sent]) -> Iterator[tuple[Azure, Request, int]]:
    """The state before each request of a session, with the request and its number; who iterates runs it."""
    azure = begun()
    for number, sent in enumerate(session):
        request = meant(azure, sent)
        if request is not None:
            yield azure, request, number


def sent(azure: Azure, request: Request, number: int) -> Any:
    try:
        return run(azure, request, Seeded(str(number)))
    except Refused:
        return None


def dumped(azure: Azure) -> Any:
    """Everything that can be asked of a state."""
    return [
        (id.text, copy.deepcopy(azure.get(id)), [*azure.children(id)], [*azure.referrers(id)]) for id in azure
    ]


# --- invariants ----------------------------------------------------------------------------------------


def addresses(azure: Azure) -> Iterator[tuple[ResourceId, IPv4Address, ResourceId]]:
    for subnet in azure.of("Microsoft.Network/virtualNetworks/subnets"):
        for card in azure.of("Microsoft.Network/networkInterfaces"):
            for one in each(azure.get(card), "properties/ipConfigurations"):
                if str(look(one, "properties/subnet/id")).lower() == subnet:
                    yield subnet, IPv4Address(look(one, "properties/privateIPAddress")), card


def check(azure: Azure) -> None:
    for test in (
        check_addresses,
        check_peerings,
        check_links,
        check_connections,
        check_families,
        check_records,
    ):
        test(azure)


def check_addresses(azure: Azure) -> None:
    """No two interfaces share an address, and each has one that its subnet can give."""
    seen: dict[tuple[ResourceId, IPv4Address], ResourceId] = {}
    for subnet, address, card in addresses(azure):
        assert (subnet, address) not in seen
        seen[subnet, address] = card
        (prefix,) = _addresses.prefixes(azure, subnet)
        number = int(address) - int(prefix.network_address)
        assert address in prefix
        assert 4 <= number < prefix.num_addresses - 1


def check_peerings(azure: Azure) -> None:
    """A half is connected exactly when the other is; only halves that stand alone are initiated."""
    halves = {}
    for id in azure.of("Microsoft.Network/virtualNetworks/virtualNetworkPeerings"):
        body = azure.get(id)
        halves[id.parent, look(body, "properties/remoteVirtualNetwork/id").lower()] = look(
            body, "properties/peeringState"
        )
    for (here, there), state in halves.items():
        other = halves.get((ResourceId(there), str(here)))
        assert (state == "Connected") == (other == "Connected")
        assert state != "Initiated" or other is None


def check_links(azure: Azure) -> None:
    """No network is linked to two zones of one name, and each link has its network."""
    seen = set()
    for id in azure.of("Microsoft.Network/privateDnsZones/virtualNetworkLinks"):
        network = look(azure.get(id), "properties/virtualNetwork/id").lower()
        assert azure.get(ResourceId(network)) is not None
        assert (id.parent.name.lower(), network) not in seen
        seen.add((id.parent.name.lower(), network))


def check_connections(azure: Azure) -> None:
    """Both ends of a connection say the same, and no interface outlives its endpoint."""
    for card in azure.of("Microsoft.Network/networkInterfaces"):
        endpoint = look(azure.get(card), "properties/privateEndpoint/id")
        body = azure.get(ResourceId(endpoint))
        assert card in [ResourceId(one["id"]) for one in each(body, "properties/networkInterfaces")]
    for id in azure.of("Microsoft.Storage/storageAccounts/privateEndpointConnections"):
        endpoint = look(azure.get(id), "properties/privateEndpoint/id")
        theirs = look(azure.get(id), "properties/privateLinkServiceConnectionState/status")
        body = azure.get(ResourceId(endpoint))
        listed = [
            *each(body, "properties/privateLinkServiceConnections"),
            *each(body, "properties/manualPrivateLinkServiceConnections"),
        ]
        assert [theirs] == [
            look(one, "properties/privateLinkServiceConnectionState/status") for one in listed
        ]


def check_families(azure: Azure) -> None:
    """Nothing is there whose parent is not."""
    for id in azure:
        assert "/providers/" not in id.parent or id.parent in azure


def check_records(azure: Azure) -> None:
    """A record that says which endpoint wrote it stands for one that is there."""
    names = {id.name for id in azure.of("Microsoft.Network/privateEndpoints")}
    for id in azure.of("Microsoft.Network/privateDnsZones/A"):
        creator = look(azure.get(id), "properties/metadata/creator")
        assert creator is None or creator.split()[4] in names


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(sessions)
def test_the_network_stays_whole(session: list[Sent]) -> None:
    """Whatever is sent: addresses are unique and lie in their subnets, peerings and connections agree at both ends,
    links do not overlap, nothing is left behind.
    """
    for azure, request, number in played(session):
        sent(azure, request, number)
        check(azure)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(sessions)
def test_every_request_can_be_taken_back_and_made_again(session: list[Sent]) -> None:
    """Taking a request back restores everything, order included; the same seed then gives the same outcome."""
    for azure, request, number in played(session):
        before = dumped(azure)
        first = sent(azure, request, number)
        if first is None:
            assert before == dumped(azure)
            continue
        after = dumped(azure)
        azure.take_back(first.undo)
        assert before == dumped(azure)
        second = sent(azure, request, number)
        assert (first.status, first.body) == (second.status, second.body)
        assert after == dumped(azure)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(sessions)
def test_a_state_is_its_bodies(session: list[Sent]) -> None:
    """A state made from the bodies of another one answers the same."""
    azure = begun()
    for azure, request, number in played(session):
        sent(azure, request, number)
    again = Azure((id, azure.get(id) or {}) for id in azure)
    assert dumped(azure) == dumped(again)


def refusal(azure: Azure, request: Request) -> Refused | None:
    """Why a request is not carried out; None where it is."""
    try:
        run(azure, request, Seeded(f"again {request.id}"))
    except Refused as refused:
        return refused
    return None


def settled(value: Any) -> Any:
    """A body without its etags."""
    if isinstance(value, dict):
        return {name: settled(inner) for name, inner in value.items() if name not in ("etag", "systemData")}
    return [settled(inner) for inner in value] if isinstance(value, list) else value


def outwritten(azure: Azure, id: ResourceId) -> bool:
    """Whether a zone group's records are another's by now: a PUT of it writes them again, as it should."""
    for config in each(azure.get(id), "properties/privateDnsZoneConfigs"):
        zone = ResourceId(look(config, "properties/privateDnsZoneId"))
        for one in each(config, "properties/recordSets"):
            held = each(azure.get(zone.child("A", one["recordSetName"])), "properties/aRecords")
            if one["ipAddresses"] != [record["ipv4Address"] for record in held]:
                return True
    return False


def half_peered(azure: Azure, id: ResourceId) -> bool:
    """A peering whose other side is not as it was when it was made, or a network that says so of its own: Azure takes
    another look at it, and may refuse.
    """
    if id.type.endswith("/virtualnetworks"):
        return any(half_peered(azure, one) for one in azure.below(id))
    if not id.type.endswith("/virtualnetworkpeerings"):
        return False
    return str(look(azure.show(id), "properties/peeringState")).lower() != "connected"


NOT_TO_PUT = ("networkinterfaces", "privateendpointconnections")
"""An endpoint's interface cannot be put, and a connection's PUT is a decision."""


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(sessions)
def test_putting_back_what_was_got_changes_nothing(session: list[Sent]) -> None:
    """A PUT of what a GET answers changes etags and nothing else, there or elsewhere."""
    azure = begun()
    for azure, request, number in played(session):
        sent(azure, request, number)
    before = {id: settled(azure.show(id)) for id in azure}
    for id in azure:
        if (
            not id.type.startswith("microsoft.network/")
            or id.type.endswith(NOT_TO_PUT)
            or outwritten(azure, id)
            or half_peered(azure, id)
        ):
            continue
        refused = refusal(azure, Request(method="PUT", id=id, body=azure.show(id)))
        # What it names may have been deleted since; nobody else keeps it.
        assert refused is None or refused.code in ("InvalidResourceReference", "BadRequest")
    assert before == {id: settled(azure.show(id)) for id in azure}


# --- bad requests --------------------------------------------------------------------------------------

GOOD: dict[str, Json] = {
    "virtualNetworks/n1": {
        "location": REGION,
        "tags": {"a": "b"},
        "properties": {
            "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]},
            "dhcpOptions": {"dnsServers": ["10.1.0.4"]},
            "subnets": [{"name": "s0", "properties": {"addressPrefix": "10.1.0.0/24"}}],
            "virtualNetworkPeerings": [],
        },
    },
    "virtualNetworks/n0/subnets/s1": {
        "properties": {
            "addressPrefix": "10.0.1.0/24",
            "addressPrefixes": ["10.0.1.0/24"],
            "serviceEndpoints": [{"service": "Microsoft.Storage", "locations": ["*"]}],
            "delegations": [{"name": "d", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}],
            "privateEndpointNetworkPolicies": "Enabled",
        }
    },
    "virtualNetworks/n0/virtualNetworkPeerings/p": {
        "properties": {"remoteVirtualNetwork": ref("virtualNetworks/n9"), "useRemoteGateways": False}
    },
    "networkSecurityGroups/f": {
        "location": REGION,
        "properties": {
            "securityRules": [
                {
                    "name": "r",
                    "properties": {
                        "protocol": "Tcp",
                        "access": "Allow",
                        "direction": "Inbound",
                        "priority": 100,
                        "sourceAddressPrefixes": ["*"],
                        "sourcePortRange": "*",
                        "destinationAddressPrefix": "*",
                        "destinationPortRanges": ["80-81"],
                    },
                }
            ]
        },
    },
    "routeTables/t": {
        "location": REGION,
        "properties": {
            "routes": [
                {
                    "name": "r",
                    "properties": {
                        "addressPrefix": "0.0.0.0/0",
                        "nextHopType": "VirtualAppliance",
                        "nextHopIpAddress": "10.0.0.4",
                    },
                }
            ]
        },
    },
    "natGateways/g": {
        "location": REGION,
        "sku": {"name": "Standard"},
        "properties": {"publicIpAddresses": []},
    },
    "applicationSecurityGroups/g": {"location": REGION, "properties": {}},
    "publicIPAddresses/i": {
        "location": REGION,
        "sku": {"name": "Standard", "tier": "Regional"},
        "properties": {
            "publicIPAllocationMethod": "Static",
            "dnsSettings": {"domainNameLabel": "label"},
            "publicIPAddressVersion": "IPv4",
        },
    },
    "networkInterfaces/c": {
        "location": REGION,
        "properties": {
            "ipConfigurations": [
                {
                    "name": "c",
                    "properties": {
                        "subnet": ref("virtualNetworks/n0/subnets/s0"),
                        "privateIPAllocationMethod": "Static",
                        "privateIPAddress": "10.0.0.99",
                        "primary": True,
                    },
                }
            ],
            "dnsSettings": {"internalDnsNameLabel": "label", "dnsServers": []},
            "privateEndpoint": {"id": "/x"},
        },
    },
    "loadBalancers/b": {
        "location": REGION,
        "sku": {"name": "Standard"},
        "properties": {
            "frontendIPConfigurations": [
                {"name": "f", "properties": {"subnet": ref("virtualNetworks/n0/subnets/s0")}}
            ],
            "backendAddressPools": [{"name": "p", "properties": {}}],
            "probes": [{"name": "p", "properties": {"port": 80}}],
            "loadBalancingRules": [
                {"name": "r", "properties": {"frontendPort": 1, "backendPort": 1, "protocol": "Tcp"}}
            ],
            "inboundNatRules": [{"name": "n", "properties": {"frontendPort": 1}}],
            "outboundRules": [],
        },
    },
    "privateEndpoints/e": {
        "location": REGION,
        "properties": {
            "subnet": ref("virtualNetworks/n0/subnets/s0"),
            "privateLinkServiceConnections": [
                {
                    "name": "c",
                    "properties": {
                        "privateLinkServiceId": id_of("storageAccounts/acc0").text,
                        "groupIds": ["blob"],
                        "requestMessage": "please",
                    },
                }
            ],
            "ipConfigurations": [
                {
                    "name": "i",
                    "properties": {"groupId": "blob", "memberName": "blob", "privateIPAddress": "10.0.0.8"},
                }
            ],
            "customNetworkInterfaceName": "card",
        },
    },
    "privateEndpoints/e0/privateDnsZoneGroups/g0": {
        "properties": {
            "privateDnsZoneConfigs": [
                {
                    "name": "z",
                    "properties": {
                        "privateDnsZoneId": id_of(f"privateDnsZones/{ZONES[0]}").text,
                        "recordSets": [],
                    },
                }
            ]
        }
    },
    "privateLinkServices/s": {
        "location": REGION,
        "properties": {
            "ipConfigurations": [
                {"name": "c", "properties": {"subnet": ref("virtualNetworks/n0/subnets/s0")}}
            ],
            "loadBalancerFrontendIpConfigurations": [{"id": "/x"}],
            "autoApproval": {"subscriptions": ["*"]},
        },
    },
    "privateDnsZones/contoso.com": {"location": "global", "tags": {}, "properties": {}},
    f"privateDnsZones/{ZONES[0]}/virtualNetworkLinks/l": {
        "location": "global",
        "properties": {"virtualNetwork": ref("virtualNetworks/n0"), "registrationEnabled": False},
    },
    f"privateDnsZones/{ZONES[0]}/A/r": {
        "properties": {"ttl": 10, "aRecords": [{"ipv4Address": "10.0.0.4"}], "metadata": {"a": "b"}}
    },
    f"privateDnsZones/{ZONES[0]}/AAAA/r": {"properties": {"aaaaRecords": [{"ipv6Address": "::1"}]}},
    f"privateDnsZones/{ZONES[0]}/CNAME/c": {"properties": {"cnameRecord": {"cname": "x.com"}}},
    f"privateDnsZones/{ZONES[0]}/SOA/@": {"properties": {"soaRecord": {"email": "a"}}},
    f"privateDnsZones/{ZONES[0]}/TXT/t": {"properties": {"txtRecords": [{"value": ["a"]}]}},
    "dnsResolvers/r": {"location": REGION, "properties": {"virtualNetwork": ref("virtualNetworks/n9")}},
    "dnsResolvers/r0/inboundEndpoints/i": {
        "location": REGION,
        "properties": {
            "ipConfigurations": [
                {"subnet": ref("virtualNetworks/n0/subnets/in"), "privateIpAllocationMethod": "Dynamic"}
            ]
        },
    },
    "dnsForwardingRulesets/f": {
        "location": REGION,
        "properties": {"dnsResolverOutboundEndpoints": [ref("dnsResolvers/r0/outboundEndpoints/o")]},
    },
    "dnsForwardingRulesets/f0/forwardingRules/r": {
        "properties": {
            "domainName": "a.com.",
            "targetDnsServers": [{"ipAddress": "10.0.0.4", "port": 53}],
            "forwardingRuleState": "Enabled",
        }
    },
    "dnsForwardingRulesets/f0/virtualNetworkLinks/l": {
        "properties": {"virtualNetwork": ref("virtualNetworks/n0")}
    },
    "ipGroups/g": {"location": REGION, "properties": {"ipAddresses": ["10.0.0.0/24"]}},
    "azureFirewalls/f": {
        "location": REGION,
        "properties": {
            "ipConfigurations": [
                {"name": "c", "properties": {"subnet": ref("virtualNetworks/n0/subnets/AzureFirewallSubnet")}}
            ],
            "managementIpConfiguration": {
                "name": "m",
                "properties": {"subnet": ref("virtualNetworks/n0/subnets/AzureFirewallManagementSubnet")},
            },
            "networkRuleCollections": [{"name": "r", "properties": {"priority": 100}}],
            "firewallPolicy": ref("firewallPolicies/p0"),
        },
    },
    "firewallPolicies/p": {
        "location": REGION,
        "properties": {"dnsSettings": {"enableProxy": True}, "basePolicy": ref("firewallPolicies/p0")},
    },
    "firewallPolicies/p0/ruleCollectionGroups/g": {
        "properties": {
            "priority": 100,
            "ruleCollections": [
                {
                    "name": "c",
                    "priority": 100,
                    "ruleCollectionType": "FirewallPolicyFilterRuleCollection",
                    "action": {"type": "Allow"},
                    "rules": [{"name": "r", "ruleType": "NetworkRule"}],
                }
            ],
        }
    },
    "virtualNetworkGateways/g": {
        "location": REGION,
        "properties": {
            "gatewayType": "Vpn",
            "sku": {"name": "Basic"},
            "ipConfigurations": [
                {"name": "c", "properties": {"subnet": ref("virtualNetworks/n0/subnets/GatewaySubnet")}}
            ],
            "bgpSettings": {"asn": 1},
        },
    },
    "connections/c": {
        "location": REGION,
        "properties": {"connectionType": "IPsec", "virtualNetworkGateway1": ref("virtualNetworkGateways/g0")},
    },
    "bastionHosts/b": {
        "location": REGION,
        "sku": {"name": "Basic"},
        "properties": {
            "ipConfigurations": [
                {"name": "c", "properties": {"subnet": ref("virtualNetworks/n0/subnets/AzureBastionSubnet")}}
            ]
        },
    },
    "networkManagers/m": {
        "location": REGION,
        "properties": {"networkManagerScopes": {"subscriptions": []}, "description": "d"},
    },
}

JUNK = (
    None,
    "",
    "x",
    "/x",
    "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/n0",
    "10.0.0.0/99",
    "::/0",
    0,
    -1,
    10**12,
    1.5,
    True,
    [],
    [None],
    ["x"],
    [[]],
    [{}],
    [{"name": "a"}, {"name": "A"}],
    {},
    {"id": None},
    {"id": 7},
    {"id": "/x"},
    {"name": 3},
    {"properties": []},
)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*at, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from places(inner, (*at, number))


def spoilt(body: Json, at: tuple[Any, ...], junk: Any) -> Any:
    if not at:
        return junk
    made = copy.deepcopy(body)
    inner: Any = made
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = copy.deepcopy(junk)
    return made


RESERVED = {
    "GatewaySubnet": "10.0.250.0/27",
    "AzureBastionSubnet": "10.0.251.0/26",
    "AzureFirewallSubnet": "10.0.252.0/26",
    "AzureFirewallManagementSubnet": "10.0.253.0/26",
    "s0": "10.0.0.0/24",
    "in": "10.0.2.0/28",
    "out": "10.0.2.16/28",
    "offer": "10.0.3.0/24",
}


def furnished() -> Azure:
    """A state in which the good bodies find what they name."""
    azure = begun()
    listed = [
        {
            "name": name,
            "properties": {"addressPrefix": prefix, "privateLinkServiceNetworkPolicies": "Disabled"},
        }
        for name, prefix in RESERVED.items()
    ]
    network = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": listed}
    front = {"name": "f", "properties": {"subnet": ref("virtualNetworks/n0/subnets/offer")}}
    connection = {
        "name": "c",
        "properties": {"privateLinkServiceId": id_of("storageAccounts/acc0").text, "groupIds": ["blob"]},
    }
    gateway = {"subnet": ref("virtualNetworks/n0/subnets/GatewaySubnet")}
    for _, path, body in (
        put("virtualNetworks/n0", network),
        put("virtualNetworks/n9", {"addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}}),
        put("dnsResolvers/r0", {"virtualNetwork": ref("virtualNetworks/n0")}),
        put(
            "dnsResolvers/r0/outboundEndpoints/o",
            {"subnet": ref("virtualNetworks/n0/subnets/out")},
            location=REGION,
        ),
        put(
            "dnsForwardingRulesets/f0",
            {"dnsResolverOutboundEndpoints": [ref("dnsResolvers/r0/outboundEndpoints/o")]},
        ),
        put("firewallPolicies/p0", {}),
        put("loadBalancers/b0", {"frontendIPConfigurations": [front]}, sku={"name": "Standard"}),
        put(
            "virtualNetworkGateways/g0",
            {"gatewayType": "Vpn", "ipConfigurations": [{"name": "c", "properties": gateway}]},
        ),
        put(
            "privateEndpoints/e0",
            {"subnet": ref("virtualNetworks/n0/subnets/s0"), "privateLinkServiceConnections": [connection]},
        ),
    ):
        run(azure, Request(method="PUT", id=id_of(path), body=body), Seeded(path))
    return azure


FURNISHED = furnished()
UNTOUCHED = dumped(FURNISHED)


def copied(azure: Azure) -> Azure:
    return Azure((id, azure.get(id) or {}) for id in azure)


def attempted(azure: Azure, path: str, body: Any, method: str = "PUT") -> bool:
    """Whether a request is taken. Nothing worse than a refusal may come of it, and a refusal changes nothing."""
    before = [(id, azure.get(id)) for id in azure]
    told = body if isinstance(body, dict) else {}
    request = Request(method=method, id=id_of(path), body=told, api_version="2024-05-01")  # type: ignore[arg-type]
    refused = refusal(azure, request)
    if refused is not None:
        assert before == [(id, azure.get(id)) for id in azure]
        assert 400 <= refused.status < 500
        assert refused.body
        return False
    all_facets(azure.snapshot())
    return True


@pytest.mark.parametrize("path", GOOD)
def test_bad_bodies_end_in_a_refusal(path: str) -> None:
    """A body with nonsense anywhere is refused or taken; it breaks nothing, and a refusal changes nothing."""
    for number, at in enumerate(places(GOOD[path])):
        for junk in JUNK[number % 3 :: 3]:
            attempted(copied(FURNISHED), path, spoilt(GOOD[path], at, junk))
    assert UNTOUCHED == dumped(FURNISHED)


@pytest.mark.parametrize("path", GOOD)
def test_bad_patches_end_in_a_refusal(path: str) -> None:
    """The same holds of a PATCH of what is there."""
    azure = copied(FURNISHED)
    assert attempted(azure, path, GOOD[path])
    for number, at in enumerate(places(GOOD[path])):
        for junk in JUNK[number % 4 :: 4]:
            attempted(copied(azure), path, spoilt(GOOD[path], at, junk), "PATCH")
