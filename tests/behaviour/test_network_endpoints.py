"""Private endpoints: addresses, connections at both ends, and records that their zone groups write."""

from __future__ import annotations

import pytest

from cloison.model.behaviour import Json
from tests.behaviour.desk import SUBSCRIPTION, Desk, id_of, ref, refused

NET = "virtualNetworks/net"
BLOB = "privatelink.blob.core.windows.net"
STATE = "properties/privateLinkServiceConnectionState/status"


@pytest.fixture
def desk() -> Desk:
    """A network `net` with the subnet `ends`, and an account `store`."""
    desk = Desk()
    desk.network("net", "10.0.0.0/16", aks="10.0.0.0/24", ends="10.0.1.0/27")
    desk.account("store")
    return desk


def status(desk: Desk, endpoint: str, *, manual: bool = False) -> str:
    """How the endpoint says that its connection stands."""
    name = "manualPrivateLinkServiceConnections" if manual else "privateLinkServiceConnections"
    return str(desk.at(f"privateEndpoints/{endpoint}", f"{name}/0/{STATE}"))


def connections(desk: Desk, target: str) -> list[Json]:
    """What the target lists."""
    return list(desk.at(target, "privateEndpointConnections"))


def test_azure_keeps_four_addresses_at_the_start(desk: Desk) -> None:
    """The first endpoint of a subnet gets the fifth address, the next one the sixth."""
    desk.endpoint("one", "storageAccounts/store", "blob")
    desk.endpoint("two", "storageAccounts/store", "file")
    assert ["10.0.1.4", "10.0.1.5"] == [desk.address("one"), desk.address("two")]


def test_addresses_that_are_let_go_are_given_again(desk: Desk) -> None:
    """The address of a deleted endpoint goes to the next one."""
    desk.endpoint("one", "storageAccounts/store", "blob")
    desk.endpoint("two", "storageAccounts/store", "file")
    desk.delete("privateEndpoints/one")
    desk.endpoint("three", "storageAccounts/store", "queue")
    assert "10.0.1.4" == desk.address("three")


def static(address: str, member: str = "blob") -> Json:
    return {
        "ipConfigurations": [
            {
                "name": "fixed",
                "properties": {"groupId": "blob", "memberName": member, "privateIPAddress": address},
            }
        ]
    }


def test_static_addresses_are_taken(desk: Desk) -> None:
    """An endpoint may say which address it wants."""
    desk.endpoint("pe", "storageAccounts/store", "blob", **static("10.0.1.20"))
    assert "10.0.1.20" == desk.address("pe")


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("10.0.1.3", "PrivateIPAddressInReservedRange"),
        ("10.0.1.31", "PrivateIPAddressInReservedRange"),
        ("10.0.0.20", "PrivateIPAddressNotInSubnet"),
        ("10.0.1.4", "PrivateIPAddressIsAllocated"),
        ("there", "InvalidIPAddress"),
    ],
)
def test_static_addresses_must_be_free(desk: Desk, address: str, code: str) -> None:
    """A wish for an address that is kept by Azure, outside, taken or none is refused."""
    desk.endpoint("first", "storageAccounts/store", "blob")
    with refused(code):
        desk.endpoint("pe", "storageAccounts/store", "blob", **static(address))


def test_static_addresses_are_for_members_that_there_are(desk: Desk) -> None:
    """A wish for a member that the target has not is refused."""
    with refused("InvalidPrivateEndpointIpConfigurationMember", "none is not one of the target's: blob"):
        desk.endpoint("pe", "storageAccounts/store", "blob", **static("10.0.1.9", "none"))


def test_a_full_subnet_takes_no_more(desk: Desk) -> None:
    """A /29 holds three endpoints; a fourth is refused."""
    desk.put(f"{NET}/subnets/tiny", {"addressPrefix": "10.0.2.0/29"})
    for name in ("one", "two", "three"):
        desk.endpoint(name, "storageAccounts/store", "blob", "net/tiny")
    with refused("SubnetIsFull", "does not have enough capacity for 1 IP addresses"):
        desk.endpoint("four", "storageAccounts/store", "blob", "net/tiny")


def test_the_interface_belongs_to_the_endpoint(desk: Desk) -> None:
    """The interface names its endpoint, member and names, and is nobody else's to change or delete."""
    desk.endpoint("pe", "storageAccounts/store", "blob")
    card = desk.at("privateEndpoints/pe", "networkInterfaces/0/id")
    assert ref("privateEndpoints/pe") == desk.at(card, "privateEndpoint")
    told = desk.at(card, "ipConfigurations/0/properties/privateLinkConnectionProperties")
    names = ["store.blob.core.windows.net"]
    assert {"groupId": "blob", "requiredMemberName": "blob", "fqdns": names} == told
    with refused("NicInUseWithPrivateEndpoint"):
        desk.delete(card)
    with refused("CannotModifyNicAttachedToPrivateEndpoint"):
        desk.put(card, {"ipConfigurations": []})
    desk.delete("privateEndpoints/pe")
    assert desk.get(card) is None


def test_interfaces_may_be_named(desk: Desk) -> None:
    """An endpoint may say how its interface is called."""
    desk.endpoint("pe", "storageAccounts/store", "blob", customNetworkInterfaceName="card")
    assert desk.get("networkInterfaces/card") is not None


def test_both_ends_say_approved(desk: Desk) -> None:
    """A connection of somebody who may approve it is approved at both ends, and the endpoint tells its names."""
    desk.endpoint("pe", "storageAccounts/store", "blob")
    (held,) = connections(desk, "storageAccounts/store")
    assert "Approved" == held["properties"]["privateLinkServiceConnectionState"]["status"]
    assert "Approved" == status(desk, "pe")
    told = [{"fqdn": "store.blob.core.windows.net", "ipAddresses": ["10.0.1.4"]}]
    assert told == desk.at("privateEndpoints/pe", "customDnsConfigs")


def test_manual_connections_wait(desk: Desk) -> None:
    """A manual connection waits at both ends until the owner approves it, then both say so."""
    desk.endpoint("pe", "storageAccounts/store", "blob", manual=True)
    (held,) = connections(desk, "storageAccounts/store")
    assert "Pending" == status(desk, "pe", manual=True)
    assert [] == desk.at("privateEndpoints/pe", "customDnsConfigs")
    desk.put(held["id"], {"privateLinkServiceConnectionState": {"status": "Approved"}})
    assert "Approved" == status(desk, "pe", manual=True)
    assert "10.0.1.4" == desk.at("privateEndpoints/pe", "customDnsConfigs/0/ipAddresses/0")


def test_rejected_connections_stay_rejected(desk: Desk) -> None:
    """A rejected connection cannot be approved any more."""
    desk.endpoint("pe", "storageAccounts/store", "blob", manual=True)
    (held,) = connections(desk, "storageAccounts/store")
    desk.put(held["id"], {"privateLinkServiceConnectionState": {"status": "Rejected"}})
    assert "Rejected" == status(desk, "pe", manual=True)
    with refused("InvalidValuesForRequestParameters"):
        desk.put(held["id"], {"privateLinkServiceConnectionState": {"status": "Approved"}})


def test_endpoints_outlive_their_target(desk: Desk) -> None:
    """An endpoint whose target is deleted stays, disconnected, and may be deleted itself."""
    desk.endpoint("pe", "storageAccounts/store", "blob")
    desk.delete("storageAccounts/store")
    assert "Disconnected" == status(desk, "pe")
    desk.delete("privateEndpoints/pe")


def test_targets_forget_endpoints_that_go(desk: Desk) -> None:
    """The target lists no connection of a deleted endpoint."""
    desk.endpoint("pe", "storageAccounts/store", "blob")
    desk.delete("privateEndpoints/pe")
    assert [] == connections(desk, "storageAccounts/store")


def test_a_second_put_keeps_the_connection(desk: Desk) -> None:
    """A PUT of an endpoint as it is changes neither address nor connection."""
    desk.endpoint("pe", "storageAccounts/store", "blob")
    before = desk.get("privateEndpoints/pe")
    desk.endpoint("pe", "storageAccounts/store", "blob")
    after = desk.get("privateEndpoints/pe")
    assert before is not None
    assert after is not None
    assert before["properties"]["networkInterfaces"] == after["properties"]["networkInterfaces"]
    assert 1 == len(connections(desk, "storageAccounts/store"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"group": "table"}, "PrivateLinkServiceConnectionCannotBeChanged"),
        ({"subnet": "net/aks"}, "PropertyChangeNotAllowed"),
    ],
)
def test_what_an_endpoint_is_cannot_change(desk: Desk, change: dict[str, str], code: str) -> None:
    """Target, sub-resource and subnet of an endpoint are for its life."""
    desk.endpoint("pe", "storageAccounts/store", "blob")
    with refused(code):
        desk.endpoint("pe", "storageAccounts/store", **{"group": "blob", **change})


def test_targets_and_groups_must_exist(desk: Desk) -> None:
    """An endpoint to nothing, or to a sub-resource that there is not, is refused."""
    with refused("InvalidResourceReference", "storageAccounts/none referenced by resource"):
        desk.endpoint("pe", "storageAccounts/none", "blob")
    with refused("PrivateEndpointCannotBeCreatedWithInvalidGroupId", "table"):
        desk.endpoint("pe", "storageAccounts/store", "vault")


def test_endpoints_stand_in_the_region_of_their_network(desk: Desk) -> None:
    """An endpoint in another region than its network's is refused; its target may be anywhere."""
    connection = {
        "name": "c",
        "properties": {"privateLinkServiceId": id_of("storageAccounts/store").text, "groupIds": ["blob"]},
    }
    properties = {"subnet": ref(f"{NET}/subnets/ends"), "privateLinkServiceConnections": [connection]}
    with refused("InvalidResourceReference", "both resources are in the same region"):
        desk.put("privateEndpoints/pe", properties, location="northeurope")


def test_older_versions_refuse_subnets_with_policies(desk: Desk) -> None:
    """A subnet with its policies on is refused by versions that did not know better, and taken by newer ones."""
    desk.put(
        f"{NET}/subnets/ends", {"addressPrefix": "10.0.1.0/27", "privateEndpointNetworkPolicies": "Enabled"}
    )
    body = {
        "subnet": ref(f"{NET}/subnets/ends"),
        "privateLinkServiceConnections": [
            {
                "name": "c",
                "properties": {
                    "privateLinkServiceId": id_of("storageAccounts/store").text,
                    "groupIds": ["blob"],
                },
            }
        ],
    }
    with refused("PrivateEndpointCannotBeCreatedInSubnetThatHasNetworkPoliciesEnabled"):
        desk.put("privateEndpoints/pe", body, api_version="2020-05-01")
    desk.put("privateEndpoints/pe", body, api_version="2024-05-01")


# --- zone groups ---------------------------------------------------------------------------------------


@pytest.fixture
def named(desk: Desk) -> Desk:
    """As `desk`, with the zone of blobs linked to the network."""
    desk.zone(BLOB, "net")
    return desk


def test_zone_groups_write_records(named: Desk) -> None:
    """A zone group writes the endpoint's address under the name that the public name's alias has in the zone."""
    named.endpoint("pe", "storageAccounts/store", "blob")
    named.zone_group("pe", BLOB)
    record = f"privateDnsZones/{BLOB}/A/store"
    guid = named.at("privateEndpoints/pe", "resourceGuid")
    assert ["10.0.1.4"] == named.records(BLOB, "store")
    assert 10 == named.at(record, "ttl")
    assert f"created by private endpoint pe with resource guid {guid}" == named.at(record, "metadata/creator")


def test_zone_groups_tell_what_they_wrote(named: Desk) -> None:
    """A GET of a zone group lists the records that it wrote."""
    named.endpoint("pe", "storageAccounts/store", "blob")
    named.zone_group("pe", BLOB)
    told = named.at("privateEndpoints/pe/privateDnsZoneGroups/default", "privateDnsZoneConfigs/0/properties")
    assert [
        {
            "recordType": "A",
            "recordSetName": "store",
            "fqdn": f"store.{BLOB}",
            "ttl": 10,
            "provisioningState": "Succeeded",
            "ipAddresses": ["10.0.1.4"],
        }
    ] == told["recordSets"]


def test_zones_of_other_names_stay_empty(named: Desk) -> None:
    """A zone that no name of the target leads to is taken, and no record is written into it."""
    named.zone("www.contoso.com")
    named.endpoint("pe", "storageAccounts/store", "blob")
    named.zone_group("pe", "www.contoso.com")
    told = named.at("privateEndpoints/pe/privateDnsZoneGroups/default", "privateDnsZoneConfigs/0/properties")
    assert [] == told["recordSets"]
    assert 1 == named.at("privateDnsZones/www.contoso.com", "numberOfRecordSets")


def test_registries_get_a_record_for_their_data(named: Desk) -> None:
    """The zone group of a registry's endpoint writes its login name and the name of its data endpoint."""
    zone = "privatelink.azurecr.io"
    named.put("registries/images", {}, sku={"name": "Premium"})
    named.zone(zone)
    named.endpoint("pe", "registries/images", "registry")
    named.zone_group("pe", zone)
    addresses = {name: named.records(zone, name) for name in ("images", "images.westeurope.data")}
    assert {"10.0.1.4", "10.0.1.5"} == {one for listed in addresses.values() for one in listed or ()}


def test_waiting_endpoints_have_no_records(named: Desk) -> None:
    """A zone group of an endpoint that waits writes nothing until the connection is approved."""
    named.endpoint("pe", "storageAccounts/store", "blob", manual=True)
    named.zone_group("pe", BLOB)
    assert named.records(BLOB, "store") is None
    (held,) = connections(named, "storageAccounts/store")
    named.put(held["id"], {"privateLinkServiceConnectionState": {"status": "Approved"}})
    assert ["10.0.1.4"] == named.records(BLOB, "store")


def test_endpoints_have_one_zone_group(named: Desk) -> None:
    """A second zone group of an endpoint is refused; six zones are too many."""
    named.endpoint("pe", "storageAccounts/store", "blob")
    named.zone_group("pe", BLOB)
    with refused(
        "MultiplePrivateDnsZoneGroupsNotAllowed", "Cannot create more than one private dns zone groups"
    ):
        named.zone_group("pe", BLOB, name="second")
    zones = [f"z{number}.contoso.com" for number in range(6)]
    for zone in zones:
        named.zone(zone)
    with refused("PrivateDnsZoneConfigsLimitExceeded"):
        named.zone_group("pe", *zones)


def test_zones_of_a_group_must_exist(named: Desk) -> None:
    """A zone group that names no zone is refused."""
    named.endpoint("pe", "storageAccounts/store", "blob")
    with refused(
        "InvalidResourceReference", "privateDnsZones/privatelink.file.core.windows.net referenced by"
    ):
        named.zone_group("pe", "privatelink.file.core.windows.net")


def test_records_follow_the_zones_of_the_group(named: Desk) -> None:
    """A group that names other zones takes its records out of those that it no longer names."""
    named.endpoint("pe", "storageAccounts/store", "blob")
    named.zone_group("pe", BLOB)
    named.zone("www.contoso.com")
    named.zone_group("pe", "www.contoso.com")
    assert named.records(BLOB, "store") is None


def test_records_go_with_the_group_and_with_the_endpoint(named: Desk) -> None:
    """Records are gone once their group, or the endpoint above it, is deleted."""
    named.endpoint("pe", "storageAccounts/store", "blob")
    named.zone_group("pe", BLOB)
    named.delete("privateEndpoints/pe/privateDnsZoneGroups/default")
    assert named.records(BLOB, "store") is None
    named.zone_group("pe", BLOB)
    named.delete("privateEndpoints/pe")
    assert named.records(BLOB, "store") is None


def test_the_wrong_twin_takes_the_record_along(named: Desk) -> None:
    """Of two endpoints of one account the last one's address stands in the zone; when the first goes, none does."""
    for name in ("one", "two"):
        named.endpoint(name, "storageAccounts/store", "blob")
        named.zone_group(name, BLOB)
    assert [named.address("two")] == named.records(BLOB, "store")
    named.delete("privateEndpoints/one")
    assert named.records(BLOB, "store") is None
    # What mends it: the other group writes again when somebody says it again.
    named.zone_group("two", BLOB)
    assert [named.address("two")] == named.records(BLOB, "store")


def test_a_zone_may_go_before_the_group(named: Desk) -> None:
    """An endpoint whose zone was deleted can still be deleted."""
    named.zone("privatelink.file.core.windows.net")
    named.endpoint("pe", "storageAccounts/store", "file")
    named.zone_group("pe", "privatelink.file.core.windows.net")
    named.delete("privateDnsZones/privatelink.file.core.windows.net")
    named.delete("privateEndpoints/pe")


# --- private link services -----------------------------------------------------------------------------


def offered(desk: Desk) -> None:
    """A private link service `offer` in front of a load balancer."""
    desk.put(
        f"{NET}/subnets/offer",
        {"addressPrefix": "10.0.3.0/24", "privateLinkServiceNetworkPolicies": "Disabled"},
    )
    front = {"name": "front", "properties": {"subnet": ref(f"{NET}/subnets/offer")}}
    desk.put("loadBalancers/balancer", {"frontendIPConfigurations": [front]}, sku={"name": "Standard"})
    desk.put(
        "privateLinkServices/offer",
        {
            "ipConfigurations": [{"name": "c", "properties": {"subnet": ref(f"{NET}/subnets/offer")}}],
            "loadBalancerFrontendIpConfigurations": [
                {"id": f"{id_of('loadBalancers/balancer').text}/frontendIPConfigurations/front"}
            ],
        },
    )


def test_private_link_services_take_endpoints(desk: Desk) -> None:
    """An endpoint to a private link service stands approved at both, named after the endpoint."""
    offered(desk)
    desk.endpoint("pe", "privateLinkServices/offer", "")
    (held,) = connections(desk, "privateLinkServices/offer")
    assert f"pe.{desk.at('privateEndpoints/pe', 'resourceGuid')}" == held["name"]
    assert "Approved" == status(desk, "pe")
    with refused("PrivateLinkServiceWithPrivateEndpointConnectionsCannotBeDeleted"):
        desk.delete("privateLinkServices/offer")
    desk.delete(held["id"])
    assert "Disconnected" == status(desk, "pe")
    desk.delete("privateLinkServices/offer")


def test_private_link_services_let_some_in_unasked(desk: Desk) -> None:
    """A manual connection from a subscription that is let in unasked does not wait."""
    offered(desk)
    body = desk.get("privateLinkServices/offer")
    assert body is not None
    own = SUBSCRIPTION.rpartition("/")[2]
    properties = {**body["properties"], "autoApproval": {"subscriptions": [own]}}
    desk.put("privateLinkServices/offer", properties)
    desk.endpoint("pe", "privateLinkServices/offer", "", manual=True)
    assert "Approved" == status(desk, "pe", manual=True)


def test_private_link_services_need_a_subnet_without_policies(desk: Desk) -> None:
    """A private link service in a subnet with its policies on is refused."""
    offered(desk)
    desk.put(f"{NET}/subnets/closed", {"addressPrefix": "10.0.4.0/24"})
    body = desk.get("privateLinkServices/offer")
    assert body is not None
    configuration = {"name": "c", "properties": {"subnet": ref(f"{NET}/subnets/closed")}}
    with refused("PrivateLinkServiceCannotBeCreatedInSubnetThatHasNetworkPoliciesEnabled"):
        desk.put("privateLinkServices/other", {**body["properties"], "ipConfigurations": [configuration]})
