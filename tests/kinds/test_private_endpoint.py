"""Private endpoints: where their addresses and zones are read from, and what is left unknown."""

from __future__ import annotations

from typing import Any

from cloison.model.facts import Known, Unknown
from cloison.model.network import Endpoint
from cloison.model.snapshot import Resource
from tests.kinds.world import facets, named, one

STORE = "/subscriptions/1/resourceGroups/rg-ml/providers/Microsoft.Storage/storageAccounts/store"
CARD = named("networkInterfaces/door.nic").text


def door(planned: bool = False, manual: bool = False, **properties: Any) -> Resource:
    connection = {"name": "one", "properties": {"privateLinkServiceId": STORE, "groupIds": ["Blob"]}}
    name = "manualPrivateLinkServiceConnections" if manual else "privateLinkServiceConnections"
    return one("privateEndpoints/door", {name: [connection], **properties}, planned=planned)


def card(**more: Any) -> Resource:
    told = {"requiredMemberName": "Blob", "fqdns": ["Store.blob.core.windows.net"]}
    config = {"properties": {"privateIPAddress": "10.0.1.4", "privateLinkConnectionProperties": told}}
    return one("networkInterfaces/door.nic", {"ipConfigurations": [config], **more})


def endpoint(*resources: Resource) -> Endpoint:
    (found,) = facets(Endpoint, *resources)
    return found


def addresses(found: Endpoint) -> list[object]:
    return [part.address.value for part in found.addresses]


def test_the_network_interface_is_the_authority() -> None:
    """Its address and member count, not the older one that the endpoint lists for DNS."""
    listed = [{"fqdn": "store.blob.core.windows.net", "ipAddresses": ["10.0.1.9"]}]
    found = endpoint(door(networkInterfaces=[{"id": CARD.upper()}], customDnsConfigs=listed), card())

    assert ["10.0.1.4"] == addresses(found)
    assert "blob" == found.addresses[0].member
    assert ("store.blob.core.windows.net",) == found.addresses[0].fqdns


def test_a_network_interface_may_name_its_endpoint() -> None:
    """An endpoint that lists no interface is found by the interface that names it."""
    assert ["10.0.1.4"] == addresses(
        endpoint(door(), card(privateEndpoint={"id": named("privateEndpoints/DOOR").text}))
    )


def test_names_of_one_address_stay_together() -> None:
    """The endpoint's own list, by name, becomes one entry for each address."""
    listed = [
        {"fqdn": "reg.azurecr.io", "ipAddresses": ["10.0.1.5"]},
        {"fqdn": "reg.westeurope.data.azurecr.io", "ipAddresses": ["10.0.1.4"]},
        {"fqdn": "also.azurecr.io", "ipAddresses": ["10.0.1.5"]},
    ]
    found = endpoint(door(customDnsConfigs=listed))

    assert ["10.0.1.5", "10.0.1.4"] == addresses(found)
    assert ("reg.azurecr.io", "also.azurecr.io") == found.addresses[0].fqdns


def test_a_planned_endpoint_has_the_addresses_it_asks_for() -> None:
    """Static addresses are known before deployment, with their members; others will lie in the subnet."""
    config = {
        "name": "a",
        "properties": {"groupId": "blob", "memberName": "blob", "privateIPAddress": "10.0.1.7"},
    }

    assert ["10.0.1.7"] == addresses(endpoint(door(planned=True, ipConfigurations=[config])))
    assert [None] == addresses(endpoint(door(planned=True)))


def test_a_deployed_endpoint_without_its_interface_is_unknown() -> None:
    """What to add is named by its id."""
    (part,) = endpoint(door(networkInterfaces=[{"id": CARD}], customDnsConfigs=[])).addresses

    assert isinstance(part.address, Unknown)
    assert f"add {CARD}" == part.address.ask


def test_planned_connections_count_as_they_will_begin() -> None:
    """Automatic ones approved, manual ones pending; a deployed one without a status is unknown."""
    assert "approved" == endpoint(door(planned=True)).status.value
    assert "pending" == endpoint(door(planned=True, manual=True)).status.value
    assert isinstance(endpoint(door()).status, Unknown)


def test_no_zone_group_is_not_known_from_a_list() -> None:
    """Lists of endpoints leave zone groups out, unless the source says that there is none."""
    assert isinstance(endpoint(door()).zones_known, Unknown)
    assert isinstance(endpoint(door(privateDnsZoneGroups=[])).zones_known, Known)
    assert isinstance(endpoint(door(planned=True)).zones_known, Known)


def test_a_zone_group_tells_what_it_wrote() -> None:
    """Its records once deployed; while planned, that it will write."""
    zone = named("privateDnsZones/privatelink.blob.core.windows.net").text
    records = [{"recordType": "A", "recordSetName": "Store", "ipAddresses": ["10.0.1.4"]}]

    def group(planned: bool, **told: Any) -> Resource:
        config = {"name": "blob", "properties": {"privateDnsZoneId": zone, **told}}
        tail = "privateEndpoints/door/privateDnsZoneGroups/default"
        return one(tail, {"privateDnsZoneConfigs": [config]}, planned=planned)

    (live,) = endpoint(door(), group(False, recordSets=records)).zones
    (wrote_none,) = endpoint(door(), group(False, recordSets=[])).zones
    (not_told,) = endpoint(door(), group(False)).zones
    (planned,) = endpoint(door(planned=True), group(True)).zones

    assert (("store", ("10.0.1.4",)),) == live.written.value
    assert () == wrote_none.written.value
    assert isinstance(not_told.written, Unknown)
    assert not not_told.planned
    assert isinstance(planned.written, Unknown)
    assert planned.planned


def test_a_failed_endpoint_is_not_ready() -> None:
    """One that is being changed is; one that is being made may be."""
    assert endpoint(door(provisioningState="Failed")).ready.value is False
    assert endpoint(door(provisioningState="Updating")).ready.value is True
    assert isinstance(endpoint(door(provisioningState="Creating")).ready, Unknown)
