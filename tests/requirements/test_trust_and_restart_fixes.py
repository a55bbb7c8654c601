"""What the fixes of S18, S19, S21, S22, S23 and S24 would send: nothing that stood there is lost on the way."""

from __future__ import annotations

from typing import Any

from cloison.check.document import FixReport
from cloison.check.run import CheckOptions, run
from cloison.plan.make import make
from cloison.plan.options import PlanOptions
from tests.reference import REFERENCES, TENANT, changed, id_of, snapshot

ENDPOINT = {
    "properties": {
        "provisioningState": "Succeeded",
        "subnet": {"id": "@virtualNetworks/ml-net/subnets/endpoints"},
        "privateLinkServiceConnections": [
            {
                "name": "api",
                "properties": {
                    "privateLinkServiceId": "@managedClusters/aks",
                    "groupIds": ["management"],
                    "privateLinkServiceConnectionState": {"status": "Disconnected"},
                },
            }
        ],
    }
}


def fixes(id: str, subject: str, changes: dict[str, Any], *, planned: bool = False) -> list[FixReport]:
    """The fixes of every broken finding of one requirement on one subject, `peered` with changes."""
    read = snapshot(changed(REFERENCES["peered"](), changes), planned=planned)
    (environment,) = run(read, CheckOptions(only=(id,))).environments
    return [
        fix
        for one in environment.requirements
        if one.verdict == "broken" and one.subject.rpartition("/")[2] == subject
        for fix in one.fixes
    ]


def test_storage_keeps_its_rules() -> None:
    """Azure replaces the whole block of rules, so the fix sends it whole, and keeps the words that stood there."""
    rule = {"id": id_of("virtualNetworks/aks-net/subnets/aks"), "action": "Allow"}
    told = {
        "bypass": "Logging, Metrics",
        "defaultAction": "Deny",
        "ipRules": [],
        "virtualNetworkRules": [rule],
        "resourceAccessRules": [{"tenantId": TENANT, "resourceId": id_of("workspaces/other")}],
    }

    (fix,) = fixes("S21", "mlstore", {"storageAccounts/mlstore#/properties/networkAcls": told})

    assert "/properties/networkAcls/bypass" == fix.pointer
    assert {**told, "bypass": "Logging, Metrics, AzureServices"} == fix.body["properties"]["networkAcls"]  # type: ignore[index]


def test_storage_always_sends_a_default_action() -> None:
    """Azure refuses a block without defaultAction, so the one in effect is spelt out where it is left out."""
    changes = {
        "storageAccounts/mlstore#/properties/networkAcls": {"bypass": "None"},
        "storageAccounts/mlstore#/properties/publicNetworkAccess": "Disabled",
    }

    (fix,) = fixes("S21", "mlstore", changes)

    assert {"defaultAction": "Allow", "bypass": "AzureServices"} == fix.body["properties"]["networkAcls"]  # type: ignore[index]


def test_storage_with_an_open_rule_sends_the_word_alone() -> None:
    """What waits for a parameter is not spelt out as if it were known."""
    open_rules = {"bypass": "None", "defaultAction": "Deny", "virtualNetworkRules": [{"id": {"?": "x"}}]}

    (fix,) = fixes(
        "S21", "mlstore", {"storageAccounts/mlstore#/properties/networkAcls": open_rules}, planned=True
    )

    assert {"properties": {"networkAcls": {"bypass": "AzureServices"}}} == fix.body


def test_registry_is_raised_in_place() -> None:
    """One property, on the registry itself, and nothing that works can stop."""
    (fix,) = fixes("S18", "mlreg", {"registries/mlreg#/sku": {"name": "Basic"}})

    assert ("update", "safe", {"sku": {"name": "Premium"}}) == (fix.action, fix.safety, fix.body)


def test_a_dead_endpoint_is_made_again_where_it_stood() -> None:
    """First deleted, then made: the same name, the same subnet, the same cluster, and the address that it had."""
    told = {"customDnsConfigs": [{"fqdn": "aks-1.example", "ipAddresses": ["10.1.1.25"]}]}
    dead = {"privateEndpoints/pe-api": {"properties": {**ENDPOINT["properties"], **told}}}

    (again,) = fixes("S22", "pe-api", dead)
    steps = make(snapshot(changed(REFERENCES["peered"](), dead)), PlanOptions(only=("S22",))).steps

    assert ("delete", id_of("privateEndpoints/pe-api")) == (again.action, again.target)
    assert ["DELETE", "PUT"] == [one.request.method for one in steps]
    properties: Any = (steps[1].request.body or {})["properties"]
    (connection,) = properties["privateLinkServiceConnections"]
    assert id_of("virtualNetworks/ml-net/subnets/endpoints") == properties["subnet"]["id"]
    assert id_of("managedClusters/aks") == connection["properties"]["privateLinkServiceId"]
    assert ["management"] == connection["properties"]["groupIds"]
    (address,) = properties["ipConfigurations"]
    assert "10.1.1.25" == address["properties"]["privateIPAddress"]


def test_nothing_is_offered_that_deletes_the_endpoint_of_aks() -> None:
    """Not even when it is disconnected: AKS mends it."""
    own = {
        **ENDPOINT,
        "properties": {**ENDPOINT["properties"], "subnet": {"id": "@virtualNetworks/aks-net/subnets/aks"}},
    }

    offered = fixes("S22", "kube-apiserver", {"@nodes/privateEndpoints/kube-apiserver": own})

    assert [("update", "manual")] == [(fix.action, fix.safety) for fix in offered]


def test_a_compute_comes_back_as_it_was() -> None:
    """It is detached, which must never delete the cluster, and made again as it stood, with its namespace."""
    place = "workspaces/mlw/computes/aks-compute"
    failed = {f"{place}#/properties/provisioningState": "Failed"}

    (again,) = fixes("S23", "aks-compute", failed)
    steps = make(snapshot(changed(REFERENCES["peered"](), failed)), PlanOptions(only=("S23",))).steps

    assert ("delete", "asks") == (again.action, again.safety)
    assert "underlyingResourceAction=Detach" in again.summary
    assert [("DELETE", {"underlyingResourceAction": "Detach"}), ("PUT", {})] == [
        (one.request.method, one.request.query) for one in steps
    ]
    told = steps[1].request.body or {}
    assert {"type": "SystemAssigned"} == told["identity"]
    assert "azureml-work" == told["properties"]["properties"]["namespace"]
    assert id_of("managedClusters/aks") == told["properties"]["resourceId"]


def test_a_start_asks_first() -> None:
    """Starting a cluster costs money and moves addresses."""
    (fix,) = fixes("S24", "aks", {"managedClusters/aks#/properties/powerState/code": "Stopped"})

    assert ("post", "asks") == (fix.action, fix.safety)
    assert f"{id_of('managedClusters/aks')}/start" == fix.target
