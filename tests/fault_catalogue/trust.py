"""Faults of who passes the firewalls of storage and registry, and of registries that can have no endpoint."""

from __future__ import annotations

from typing import Any

from tests.faults import OTHER, Fault, storage
from tests.reference import TENANT, id_of


def rule_for(workspace: str) -> dict[str, Any]:
    """Storage that trusts nobody but one workspace."""
    rules = [{"tenantId": TENANT, "resourceId": workspace}]
    return {**storage("networkAcls/bypass", "None"), **storage("networkAcls/resourceAccessRules", rules)}


FAULTS = [
    Fault(
        name="the registry is of the oldest kind",
        on=("peered", "service endpoints"),
        changes={"registries/mlreg#/sku": {"name": "Classic"}},
        expects=("S18 mlreg",),
    ),
    Fault(
        name="the registry is Standard in a template that spells the tier Premium",
        on=("peered", "same network", "hub and spoke"),
        changes={"registries/mlreg#/sku": {"name": "Standard", "tier": "Premium"}},
        expects=("S18 mlreg",),
    ),
    Fault(
        name="the registry has public access enabled, rules that deny, and no exception",
        on=("peered", "hub and spoke"),
        changes={
            "registries/mlreg#/properties/publicNetworkAccess": "Enabled",
            "registries/mlreg#/properties/networkRuleBypassOptions": "none",
        },
        expects=("S19 mlreg",),
    ),
    Fault(
        name="storage has a rule for another workspace only",
        on=("peered", "same network"),
        changes=rule_for(id_of("workspaces/other")),
        expects=("S21 mlstore",),
    ),
    Fault(
        name="storage has a rule for a workspace of the same name in another group only",
        on=("peered", "service endpoints"),
        changes=rule_for(f"{OTHER}/providers/Microsoft.MachineLearningServices/workspaces/mlw"),
        expects=("S21 mlstore",),
    ),
    Fault(
        name="a datastore's account has no endpoint and trusts nobody",
        on=("peered",),
        changes={
            "workspaces/mlw/datastores/lake": {
                "properties": {
                    "datastoreType": "AzureBlob",
                    "accountName": "lakestore",
                    "endpoint": "core.windows.net",
                }
            },
            "storageAccounts/lakestore": {
                "kind": "StorageV2",
                "sku": {"name": "Standard_LRS"},
                "properties": {
                    "publicNetworkAccess": "Disabled",
                    "networkAcls": {"bypass": "None", "defaultAction": "Deny"},
                    "privateEndpointConnections": [],
                },
            },
        },
        expects=("S07 lakestore", "S12 lake", "S21~ lakestore"),
    ),
]
