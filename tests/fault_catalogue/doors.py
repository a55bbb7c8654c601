"""Faults of the services' own settings: firewalls, trusted services, SKUs."""

from __future__ import annotations

from tests.faults import NET, Fault, storage
from tests.reference import id_of

AKS_SUBNET = f"{NET}/aks-net#/properties/subnets/0/properties/serviceEndpoints"

FAULTS = [
    Fault(
        name="storage trusts logging and metrics only, and no workspace",
        on=("peered", "same network", "service endpoints"),
        changes={
            **storage("networkAcls/bypass", "Logging, Metrics"),
            **storage("networkAcls/resourceAccessRules", []),
        },
        expects=("S21 mlstore",),
    ),
    Fault(
        name="storage trusts nobody",
        on=("peered", "hub and spoke"),
        changes={**storage("networkAcls/bypass", "None"), **storage("networkAcls/resourceAccessRules", [])},
        expects=("S21 mlstore",),
    ),
    Fault(
        name="the registry is Standard",
        on=("peered", "same network"),
        changes={"registries/mlreg#/sku": {"name": "Standard", "tier": "Standard"}},
        expects=("S18 mlreg",),
    ),
    Fault(
        name="the registry is Basic",
        on=("hub and spoke",),
        changes={"registries/mlreg#/sku": {"name": "basic", "tier": "Basic"}},
        expects=("S18 mlreg",),
    ),
    Fault(
        name="the registry lets no trusted service in",
        on=("peered", "same network", "service endpoints"),
        changes={"registries/mlreg#/properties/networkRuleBypassOptions": "None"},
        expects=("S19 mlreg",),
    ),
    Fault(
        name="the storage's service endpoint is not on the subnet",
        on=("service endpoints",),
        changes={
            AKS_SUBNET: [
                {"service": "Microsoft.KeyVault", "provisioningState": "Succeeded", "locations": ["*"]}
            ]
        },
        expects=("S02 mlstore", "S07 mlstore", "S11 mlstore"),
    ),
    Fault(
        name="storage does not list the cluster's subnet",
        on=("service endpoints",),
        changes=storage("networkAcls/virtualNetworkRules", []),
        expects=("S02 mlstore", "S07 mlstore", "S11 mlstore"),
    ),
    Fault(
        name="storage lists another subnet",
        on=("service endpoints",),
        changes=storage(
            "networkAcls/virtualNetworkRules",
            [{"id": id_of(f"{NET}/aks-net/subnets/endpoints"), "action": "Allow"}],
        ),
        expects=("S02 mlstore", "S07 mlstore", "S11 mlstore"),
    ),
    Fault(
        name="the vault refuses public access, so its subnet rule is worth nothing",
        on=("service endpoints",),
        changes={"vaults/mlvault#/properties/publicNetworkAccess": "Disabled"},
        expects=("S02 mlvault", "S07 mlvault", "S11 mlvault"),
    ),
    Fault(
        name="the vault does not list the cluster's subnet",
        on=("service endpoints",),
        changes={"vaults/mlvault#/properties/networkAcls/virtualNetworkRules": []},
        expects=("S02 mlvault", "S07 mlvault", "S11 mlvault"),
    ),
    Fault(
        name="the vault's service endpoint failed to provision",
        on=("service endpoints",),
        changes={
            AKS_SUBNET: [
                {"service": "Microsoft.Storage", "provisioningState": "Succeeded"},
                {"service": "Microsoft.KeyVault", "provisioningState": "Failed"},
            ]
        },
        expects=("S02 mlvault", "S07 mlvault", "S11 mlvault"),
    ),
]
