"""Storage accounts: doors of their services, and firewalls that say little."""

from __future__ import annotations

from typing import Any

import pytest

from cloison.kinds.storage_account.facts import StorageAccount
from cloison.kinds.storage_account.facts import facts as read
from cloison.model.facts import Known, Origin, Unknown
from cloison.model.network import Door
from cloison.model.snapshot import Resource
from tests.kinds.azure import ASKED, NAMED_ONLY, NODES, connection, facets, made, origin, printed

STORE = "Microsoft.Storage/storageAccounts/Store"
DOOR = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/Door"


def account(kind: str = "StorageV2", how: dict[str, Any] | None = None, **properties: Any) -> Resource:
    return made(STORE, properties, body={"kind": kind, "sku": {"name": "Standard_LRS"}}, **(how or {}))


def said(**properties: Any) -> StorageAccount:
    return read(account(**properties))


def doors(resource: Resource, *others: Resource) -> dict[str, Door]:
    return {door.subresource: door for door in facets(Door, resource, *others)}


def test_an_account_that_says_nothing_is_open() -> None:
    """Public access, the default of the firewall and trusted services are Azure's defaults."""
    store = said()

    assert True is store.public.value
    assert True is store.open_to_all.value
    assert () == store.addresses.value
    assert ("azureservices",) == store.bypass.value
    assert False is store.hierarchical.value
    assert True is store.shared_key.value
    assert "westeurope" == store.location.value
    assert {Origin.DEFAULT} == {origin(fact) for fact in (store.public, store.open_to_all, store.shared_key)}


def test_null_is_the_default_and_says_so() -> None:
    """Shared keys open an account that says null."""
    store = said(allowSharedKeyAccess=None, publicNetworkAccess=None)

    assert (True, Origin.NULL) == (store.shared_key.value, origin(store.shared_key))
    assert (True, Origin.NULL) == (store.public.value, origin(store.public))


def test_what_a_parameter_decides_is_unknown() -> None:
    """An open property, or an open block around it, says nothing."""
    assert isinstance(said(publicNetworkAccess=ASKED).public, Unknown)
    assert isinstance(said(networkAcls=ASKED).open_to_all, Unknown)
    assert isinstance(said(networkAcls=ASKED).bypass, Unknown)


def test_an_account_that_is_only_named_has_no_defaults() -> None:
    """Nothing is known of its firewall."""
    store = read(account(how={"partial": NAMED_ONLY}))

    assert isinstance(store.public, Unknown)
    assert isinstance(store.open_to_all, Unknown)


def test_a_perimeter_decides_instead() -> None:
    """SecuredByPerimeter is neither open nor shut."""
    public = said(publicNetworkAccess="SecuredByPerimeter").public

    assert isinstance(public, Unknown)
    assert "perimeter" in public.ask


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Logging, Metrics", ("logging", "metrics")),
        ("Logging,AzureServices", ("logging", "azureservices")),
        ("None", ()),
        ("azureservices", ("azureservices",)),
    ],
)
def test_bypass_is_a_list_in_one_text(text: str, expected: tuple[str, ...]) -> None:
    """Only the word AzureServices lets trusted services in, not any text that is not None."""
    assert expected == said(networkAcls={"bypass": text}).bypass.value


def test_a_rule_of_a_deleted_subnet_lets_nobody_in() -> None:
    """Dead rules are left out."""
    rules = [{"id": NODES, "state": "Succeeded"}, {"id": NODES + "2", "state": "NetworkSourceDeleted"}]

    assert (NODES.lower(),) == said(networkAcls={"virtualNetworkRules": rules}).subnets.value


def test_the_command_line_prints_rules_under_other_names() -> None:
    """`networkRuleSet`, `ipAddressOrRange` and `virtualNetworkResourceId` mean the same."""
    rules = {
        "defaultAction": "Deny",
        "ipRules": [{"ipAddressOrRange": "198.51.100.7"}],
        "virtualNetworkRules": [{"virtualNetworkResourceId": NODES}],
    }
    store = read(printed(STORE, {"networkRuleSet": rules}))

    assert False is store.open_to_all.value
    assert ("198.51.100.7",) == store.addresses.value
    assert (NODES.lower(),) == store.subnets.value


def test_four_doors_of_which_two_are_always_needed() -> None:
    """Blob and file are asked by every workload, queue and table by some; file over SMB as well."""
    found = doors(account())

    assert {"blob": True, "file": True, "queue": False, "table": False} == {
        name: door.needed for name, door in found.items()
    }
    assert (443, 445) == found["file"].hosts[0].ports
    assert (443,) == found["blob"].hosts[0].ports
    assert ("microsoft.storage", "microsoft.storage.global") == found["blob"].admission.endpoint_services
    assert found["blob"].admission.ignores_addresses_in_region


def test_the_alias_lies_in_the_zone_of_its_service() -> None:
    """Name, alias and zone of a public and of a government account."""
    blob = doors(account())["blob"].hosts[0]
    table = doors(made(STORE, {}, body={"location": "usgovvirginia"}))["table"].hosts[0]

    assert "store.blob.core.windows.net" == blob.name
    assert "store.privatelink.blob.core.windows.net" == blob.alias
    assert "privatelink.blob.core.windows.net" == blob.zone
    assert "store.privatelink.table.core.usgovcloudapi.net" == table.alias


def test_a_data_lake_is_asked_at_dfs_too() -> None:
    """With a hierarchical namespace there is a fifth door; where that is not known, there may be."""
    assert doors(account(isHnsEnabled=True))["dfs"].needed
    maybe = doors(account(isHnsEnabled=ASKED))["dfs"]

    assert maybe.maybe is not None
    assert not maybe.needed


def test_premium_accounts_lack_services() -> None:
    """Block blobs have one door, and so have file shares."""
    assert {"blob"} == set(doors(account("BlockBlobStorage")))
    assert {"file"} == set(doors(account("FileStorage")))


def test_an_account_in_a_dns_zone_of_its_own_is_asked_there() -> None:
    """Azure's own endpoints say the name."""
    found = doors(account(primaryEndpoints={"blob": "https://store.z3.blob.storage.azure.net/"}))

    assert "store.z3.blob.storage.azure.net" == found["blob"].hosts[0].name
    assert "privatelink.blob.storage.azure.net" == found["blob"].hosts[0].zone


def test_a_location_that_a_parameter_decides_stands_in_braces() -> None:
    """The name itself is known; the region is not."""
    door = doors(made(STORE, {}, body={"location": ASKED}, planned=True))["blob"]

    assert isinstance(door.location, Unknown)
    assert "store.blob.core.windows.net" == door.hosts[0].name


def test_connections_come_from_the_account_or_its_children() -> None:
    """The account's list counts; without one, children that were read; while planned, none; else not known."""
    listed = doors(account(privateEndpointConnections=[connection(DOOR, "Approved")]))["blob"]
    child = made(f"{STORE}/privateEndpointConnections/one", connection(DOOR, "Pending")["properties"])
    planned = doors(account(how={"planned": True}))["blob"]

    assert ((DOOR.lower(), "approved"),) == listed.connections.value
    assert ((DOOR.lower(), "pending"),) == doors(account(), child)["blob"].connections.value
    assert () == planned.connections.value
    assert isinstance(doors(account())["blob"].connections, Unknown)


def test_a_connection_without_an_endpoint_is_still_listed() -> None:
    """An endpoint of another tenant has no id, but a state."""
    found = doors(
        account(
            privateEndpointConnections=[
                connection(DOOR, "Approved"),
                {"properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}},
            ]
        )
    )["blob"].connections

    assert isinstance(found, Known)
    assert ("", "approved") in found.value


def test_a_condition_of_the_account_is_one_of_its_doors() -> None:
    """Each door says what is not known of the account."""
    doubt = Unknown("a condition is not known", "--set wanted=…")

    assert {doubt} == {
        door.maybe for door in doors(account(isHnsEnabled=ASKED, how={"maybe": doubt})).values()
    }
