"""Storage, vaults and registries: names, defaults, second copies, what a SKU allows, what is never deleted at once."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cloison.model.behaviour import Json, Refused
from tests.behaviour.desk import GROUP, REGION, SUBSCRIPTION, id_of, refused
from tests.behaviour.services import TENANT, Services

DELETED = f"{SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/safe"


@pytest.fixture
def desk() -> Services:
    """A network with room for endpoints."""
    desk = Services()
    desk.network("net", "10.0.0.0/16", ends="10.0.1.0/24")
    return desk


# --- storage ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "services"),
    [
        ("StorageV2", {"blob", "dfs", "file", "queue", "table", "web"}),
        ("Storage", {"blob", "file", "queue", "table"}),
        ("BlobStorage", {"blob", "dfs", "table"}),
        ("FileStorage", {"file"}),
    ],
)
def test_an_account_has_the_services_of_its_kind(desk: Services, kind: str, services: set[str]) -> None:
    """Each kind of account answers for its own services only."""
    desk.put("storageAccounts/store", {}, kind=kind, sku={"name": "Standard_LRS"})
    assert services == set(desk.at("storageAccounts/store", "primaryEndpoints"))


@pytest.mark.parametrize(
    ("sku", "second", "read"),
    [
        ("Standard_LRS", False, False),
        ("Standard_ZRS", False, False),
        ("Standard_GRS", True, False),
        ("Standard_RAGRS", True, True),
        ("Standard_RAGZRS", True, True),
    ],
)
def test_a_second_copy_can_be_read_where_the_sku_says_so(
    desk: Services, sku: str, second: bool, read: bool
) -> None:
    """Geo-redundant accounts have a second place, and names for it only where it can be read."""
    desk.put("storageAccounts/store", {}, kind="StorageV2", sku={"name": sku})
    assert second == (desk.at("storageAccounts/store", "secondaryLocation") is not None)
    found = desk.at("storageAccounts/store", "secondaryEndpoints") or {}
    assert read == ("https://store-secondary.blob.core.windows.net/" == found.get("blob"))


@pytest.mark.parametrize("name", ["Store", "st", "a-b", "x" * 25])
def test_an_account_has_a_name_for_a_host(desk: Services, name: str) -> None:
    """Three to 24 small letters and digits."""
    with refused("AccountNameInvalid"):
        desk.account(name)


@pytest.mark.parametrize("days", [0, -260, "ten"])
def test_keys_grow_old_in_days(desk: Services, days: Any) -> None:
    """A policy for keys counts days, at least one."""
    with refused("InvalidValuesForRequestParameters", "keyExpirationPeriodInDays"):
        desk.put(
            "storageAccounts/store",
            {"keyPolicy": {"keyExpirationPeriodInDays": days}},
            kind="StorageV2",
            sku={"name": "Standard_LRS"},
        )


def test_a_name_is_the_whole_world_s(desk: Services) -> None:
    """What one subscription calls an account nobody else can."""
    desk.account("store")
    other = GROUP.replace("1", "2")
    desk.put(other, location=REGION)
    path = f"{other}/providers/Microsoft.Storage/storageAccounts/store"
    with refused("StorageAccountAlreadyTaken"):
        desk.put(path, {}, kind="StorageV2", sku={"name": "Standard_LRS"}, location=REGION)


def test_rules_of_an_account_are_replaced_as_a_block(desk: Services) -> None:
    """A PATCH of the rules sends all of them: what it leaves out falls back to what Azure takes."""
    desk.account("store")
    first = {"defaultAction": "Deny", "bypass": "Logging", "ipRules": [{"value": "20.1.2.3"}]}
    desk.patch("storageAccounts/store", {"properties": {"networkAcls": first}})
    assert "Logging" == desk.at("storageAccounts/store", "networkAcls/bypass")
    assert "Allow" == desk.at("storageAccounts/store", "networkAcls/ipRules/0/action")
    desk.patch("storageAccounts/store", {"properties": {"networkAcls": {"defaultAction": "Deny"}}})
    assert ("AzureServices", []) == (
        desk.at("storageAccounts/store", "networkAcls/bypass"),
        desk.at("storageAccounts/store", "networkAcls/ipRules"),
    )


def test_a_put_keeps_the_plain_settings_that_it_leaves_out(desk: Services) -> None:
    """An account that is put again without its smallest TLS version still has it."""
    told = {"minimumTlsVersion": "TLS1_2", "publicNetworkAccess": "Disabled"}
    desk.put("storageAccounts/store", told, kind="StorageV2", sku={"name": "Standard_LRS"})
    desk.account("store")
    assert ("TLS1_2", "Disabled") == (
        desk.at("storageAccounts/store", "minimumTlsVersion"),
        desk.at("storageAccounts/store", "publicNetworkAccess"),
    )


def test_a_key_that_is_made_anew_is_another(desk: Services) -> None:
    """Keys stay until one is made anew, and then that one only."""
    desk.account("store")
    before = desk.act("storageAccounts/store", "listKeys").body["keys"]
    assert before == desk.act("storageAccounts/store", "listKeys").body["keys"]
    desk.act("storageAccounts/store", "regenerateKey", {"keyName": "key1"})
    after = desk.act("storageAccounts/store", "listKeys").body["keys"]
    assert before[0]["value"] != after[0]["value"]
    assert before[1]["value"] == after[1]["value"]


def test_a_rejected_endpoint_of_an_account_stays_rejected(desk: Services) -> None:
    """Storage does not take a rejection back; the endpoint is told both."""
    desk.account("store")
    desk.endpoint("end", "storageAccounts/store", "blob", manual=True)
    (connection,) = desk.at("storageAccounts/store", "privateEndpointConnections")
    path = connection["id"]

    def decide(status: str) -> None:
        desk.put(path, {"privateLinkServiceConnectionState": {"status": status}})

    decide("Rejected")
    with refused("InvalidValuesForRequestParameters"):
        decide("Approved")
    held = desk.at("privateEndpoints/end", "manualPrivateLinkServiceConnections/0/properties")
    assert "Rejected" == held["privateLinkServiceConnectionState"]["status"]


# --- vaults ----------------------------------------------------------------------------------------------


def test_a_deleted_vault_keeps_its_name(desk: Services) -> None:
    """A vault cannot be made where one was deleted, and comes back with its settings where that is asked."""
    rules = {"defaultAction": "Deny", "bypass": "AzureServices"}
    desk.vault("safe", networkAcls=rules, tags={})
    desk.delete("vaults/safe")
    assert (None, id_of("vaults/safe").text) == (desk.get("vaults/safe"), desk.at(DELETED, "vaultId"))
    with refused("ConflictError", "already exists in deleted state"):
        desk.vault("safe")
    desk.vault("safe", createMode="recover")
    assert ("Deny", None) == (desk.at("vaults/safe", "networkAcls/defaultAction"), desk.get(DELETED))


def test_a_purged_vault_leaves_its_name(desk: Services) -> None:
    """After a purge the name is free, and the vault that has it next is a new one."""
    desk.vault("safe", networkAcls={"defaultAction": "Deny"})
    desk.delete("vaults/safe")
    desk.act(DELETED, "purge")
    desk.vault("safe")
    assert desk.at("vaults/safe", "networkAcls") is None


def test_a_protected_vault_cannot_be_purged_nor_unprotected(desk: Services) -> None:
    """Who protects a vault from purging does so for good."""
    desk.vault("safe", enablePurgeProtection=True)
    with refused("BadRequest"):
        desk.vault("safe", enablePurgeProtection=False)
    desk.delete("vaults/safe")
    with refused("MethodNotAllowed"):
        desk.act(DELETED, "purge")


def test_a_vault_goes_with_its_group_and_keeps_its_name(desk: Services) -> None:
    """Deleting a group deletes its vaults as deleting them does."""
    desk.vault("safe")
    desk.delete(GROUP)
    desk.put(GROUP, location="westeurope")
    with refused("ConflictError"):
        desk.vault("safe")


@pytest.mark.parametrize(("version", "expected"), [("2023-07-01", None), ("2026-02-01", True)])
def test_new_vaults_are_opened_by_roles_since_2026(desk: Services, version: str, expected: Any) -> None:
    """The newest API version makes vaults whose contents roles open, unless they say otherwise."""
    told = {"sku": {"family": "A", "name": "standard"}, "tenantId": TENANT}
    desk.put("vaults/safe", told, api_version=version)
    assert expected == desk.at("vaults/safe", "enableRbacAuthorization")


class Vaults(RuleBasedStateMachine):
    """Vaults of two names, made, deleted, recovered and purged in any order."""

    names = st.sampled_from(["safe", "box"])

    def __init__(self) -> None:
        super().__init__()
        self.desk = Services()
        self.there: set[str] = set()
        self.deleted: set[str] = set()

    def ended(self, change: Any) -> str:
        try:
            change()
        except Refused as because:
            return because.code
        return "done"

    @rule(name=names, recover=st.booleans())
    def make(self, name: str, recover: bool) -> None:
        mode = {"createMode": "recover"} if recover else {}
        conflict = name in self.deleted and not recover
        found = self.ended(lambda: self.desk.vault(name, **mode))
        assert ("ConflictError" if conflict else "done") == found
        if not conflict:
            self.there.add(name)
            self.deleted.discard(name)

    @rule(name=names)
    def delete(self, name: str) -> None:
        assert (200 if name in self.there else 204) == self.desk.delete(f"vaults/{name}").status
        if name in self.there:
            self.there.discard(name)
            self.deleted.add(name)

    @rule(name=names)
    def purge(self, name: str) -> None:
        found = self.ended(lambda: self.desk.act(DELETED.replace("safe", name), "purge"))
        assert ("done" if name in self.deleted else "ResourceNotFound") == found
        self.deleted.discard(name)

    @invariant()
    def each_name_is_in_one_place(self) -> None:
        for name in ("safe", "box"):
            assert (name in self.there) == (self.desk.get(f"vaults/{name}") is not None)
            assert (name in self.deleted) == (self.desk.get(DELETED.replace("safe", name)) is not None)


TestVaults = Vaults.TestCase
TestVaults.settings = settings(max_examples=20, stateful_step_count=20)


# --- registries --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sku", ["Basic", "Standard"])
@pytest.mark.parametrize(
    "wish",
    [
        {"publicNetworkAccess": "Disabled"},
        {"networkRuleSet": {"defaultAction": "Deny"}},
        {"dataEndpointEnabled": True},
    ],
    ids=["shut", "rules", "data endpoints"],
)
def test_what_shuts_a_registry_needs_the_premium_sku(desk: Services, sku: str, wish: Json) -> None:
    """The smaller SKUs cannot be shut, and the largest can."""
    with pytest.raises(Refused):
        desk.registry("images", sku, **wish)
    assert desk.get("registries/images") is None
    desk.registry("images", "Premium", **wish)


def test_an_endpoint_needs_a_premium_registry(desk: Services) -> None:
    """An endpoint to a Basic registry is not made at all."""
    desk.registry("images", "Basic")
    with refused("PrivateEndpointFeatureNotSupported"):
        desk.endpoint("end", "registries/images", "registry")
    assert desk.get("privateEndpoints/end") is None


def test_an_endpoint_brings_data_endpoints_for_every_region(desk: Services) -> None:
    """Layers come from a host of each region; with a private endpoint those hosts are the registry's own."""
    desk.registry("images")
    assert [] == desk.at("registries/images", "dataEndpointHostNames")
    desk.endpoint("end", "registries/images", "registry")
    assert ["images.westeurope.data.azurecr.io"] == desk.at("registries/images", "dataEndpointHostNames")
    desk.put("registries/images/replications/northeurope", {}, location="northeurope")
    hosts = ["images.westeurope.data.azurecr.io", "images.northeurope.data.azurecr.io"]
    assert hosts == desk.at("registries/images", "dataEndpointHostNames")


def test_the_first_replica_brings_one_of_the_home_region(desk: Services) -> None:
    """A registry that is replicated counts its home among the replicas."""
    desk.registry("images")
    desk.put("registries/images/replications/northeurope", {}, location="northeurope")
    assert desk.get("registries/images/replications/westeurope") is not None


def test_images_can_be_kept_in_only_where_the_public_is_kept_out(desk: Services) -> None:
    """Export can be forbidden only of a registry that is shut."""
    with refused("ExportPolicyNotSupported"):
        desk.registry("images", policies={"exportPolicy": {"status": "disabled"}})
    shut = {"publicNetworkAccess": "Disabled"}
    desk.registry("images", policies={"exportPolicy": {"status": "disabled"}}, **shut)


class Registry(RuleBasedStateMachine):
    """A registry whose SKU, endpoints and replicas change in any order."""

    @initialize()
    def begin(self) -> None:
        self.desk = Services()
        self.desk.network("net", "10.0.0.0/16", ends="10.0.1.0/24")
        self.desk.registry("images")

    def attempt(self, change: Any) -> None:
        # What is refused must have changed nothing; the invariants see to it.
        with suppress(Refused):
            change()

    @rule(sku=st.sampled_from(["Basic", "Standard", "Premium"]))
    def resize(self, sku: str) -> None:
        self.attempt(lambda: self.desk.patch("registries/images", {"sku": {"name": sku}}))

    @rule(name=st.sampled_from(["one", "two"]))
    def connect(self, name: str) -> None:
        self.attempt(lambda: self.desk.endpoint(name, "registries/images", "registry"))

    @rule(name=st.sampled_from(["one", "two"]))
    def disconnect(self, name: str) -> None:
        self.desk.delete(f"privateEndpoints/{name}")

    @rule(region=st.sampled_from(["northeurope", "francecentral"]))
    def replicate(self, region: str) -> None:
        path = f"registries/images/replications/{region}"
        self.attempt(lambda: self.desk.put(path, {}, location=region))

    @rule(region=st.sampled_from(["northeurope", "francecentral"]))
    def give_up(self, region: str) -> None:
        self.desk.delete(f"registries/images/replications/{region}")

    @invariant()
    def only_premium_has_what_is_premium(self) -> None:
        held = self.desk.at("registries/images", "privateEndpointConnections")
        copies = self.desk.azure.children(id_of("registries/images"), "replications")
        premium = self.desk.get("registries/images")["sku"]["name"] == "Premium"  # type: ignore[index]
        assert premium or not (held or copies)

    @invariant()
    def data_hosts_are_those_of_the_regions(self) -> None:
        hosts = self.desk.at("registries/images", "dataEndpointHostNames")
        held = self.desk.at("registries/images", "privateEndpointConnections")
        copies = {one.name for one in self.desk.azure.children(id_of("registries/images"), "replications")}
        regions = {"westeurope", *copies}
        assert (regions if held else set()) == {host.split(".")[1] for host in hosts}

    @invariant()
    def both_ends_know_of_each_other(self) -> None:
        held = self.desk.at("registries/images", "privateEndpointConnections")
        there = {name for name in ("one", "two") if self.desk.get(f"privateEndpoints/{name}")}
        told = {one["properties"]["privateEndpoint"]["id"].rpartition("/")[2] for one in held}
        assert there == told


TestRegistry = Registry.TestCase
TestRegistry.settings = settings(
    max_examples=20, stateful_step_count=20, suppress_health_check=[HealthCheck.too_slow]
)


# --- application insights ----------------------------------------------------------------------------------


def test_a_component_that_moved_to_a_workspace_stays_there(desk: Services) -> None:
    """It sends what it ingests to the workspace from then on, also where a later request does not name it."""
    path = f"{GROUP}/providers/Microsoft.Insights/components/app"
    told: Any = {"Application_Type": "web"}
    desk.put(path, told, kind="web")
    assert "ApplicationInsights" == desk.at(path, "IngestionMode")
    space = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs"
    desk.put(path, {**told, "workspaceResourceId": space}, kind="web")
    desk.put(path, {**told, "IngestionMode": "ApplicationInsights"}, kind="web")
    assert (space, "LogAnalytics") == (desk.at(path, "WorkspaceResourceId"), desk.at(path, "IngestionMode"))
    assert desk.at(path, "LaMigrationDate") is not None


# --- all of them -------------------------------------------------------------------------------------------

VERSIONS = ["2019-06-01", "2021-04-01", "2022-09-01", "2023-07-01", "2024-05-01", "2099-01-01"]


@settings(max_examples=40)
@given(versions=st.tuples(st.sampled_from(VERSIONS), st.sampled_from(VERSIONS)).map(sorted))
def test_putting_back_what_was_got_changes_nothing(versions: list[str]) -> None:
    """A PUT of what a GET answers changes nothing but who changed it last, in this or an older API version.

    A newer version has settings that the older one had not, and gives them their defaults.
    """
    again, made = versions
    desk = Services()
    ways: dict[str, Any] = {
        "storageAccounts/store": {"kind": "StorageV2", "sku": {"name": "Standard_RAGRS"}, "properties": {}},
        "vaults/safe": {"properties": {"sku": {"name": "standard"}, "tenantId": TENANT}},
        "registries/images": {"sku": {"name": "Premium"}, "properties": {}},
        "userAssignedIdentities/me": {},
    }
    for path, body in ways.items():
        desk.put(path, api_version=made, **body)
        before = settled(desk.azure.show(id_of(path)))
        told = desk.get(path, again) or {}
        desk.send("PUT", path, told, api_version=again)
        assert before == settled(desk.azure.show(id_of(path))), path


def settled(body: Json | None) -> Json:
    """A body without the time of its last change."""
    found = dict(body or {})
    found.pop("systemData", None)
    return found
