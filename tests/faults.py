"""The fault catalogue: single faults that people really make, each as a change to a healthy environment.

`expects` names every finding of weight (errors and warnings, broken or unknown) that the fault must give, and no other
may appear: `S07 mlstore` is a broken error, `S15~ pe-blob` a broken warning, `D07? aks-net` an unknown.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tests.reference import SUBSCRIPTION, id_of

ALL = ("same network", "peered", "hub and spoke", "service endpoints")
BLOB = "privatelink.blob.core.windows.net"
VAULT = "privatelink.vaultcore.azure.net"
ACR = "privatelink.azurecr.io"
API = "privatelink.api.azureml.ms"
NOTEBOOKS = "privatelink.notebooks.azure.net"
NET = "virtualNetworks"
GONE = "(gone)"


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One mistake."""

    name: str
    on: tuple[str, ...]
    """Reference environments that it is applied to."""
    changes: dict[str, Any]
    expects: tuple[str, ...]
    """Findings, the same on every environment it is applied to."""
    hides: tuple[str, ...] = ()
    """Findings of other faults that do not show beside this one; a subject or a requirement alone: all of its."""


def rule(name: str, priority: int, direction: str, access: str, **fields: Any) -> dict[str, Any]:
    """A security rule as it stands inside its group."""
    return {
        "name": name,
        "properties": {
            "priority": priority,
            "direction": direction,
            "access": access,
            "protocol": "*",
            "sourceAddressPrefix": "*",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "*",
            "destinationPortRange": "*",
            **fields,
        },
    }


def filtered(network: str, subnet: int, *rules: dict[str, Any], policies: str = "Disabled") -> dict[str, Any]:
    """A security group with these rules, put on one subnet of a network."""
    place = f"{NET}/{network}#/properties/subnets/{subnet}/properties"
    return {
        "networkSecurityGroups/guard": {"properties": {"securityRules": list(rules)}},
        f"{place}/networkSecurityGroup": {"id": id_of("networkSecurityGroups/guard")},
        f"{place}/privateEndpointNetworkPolicies": policies,
    }


def routed(network: str, subnet: int, prefix: str, hop: str, address: str | None = None) -> dict[str, Any]:
    """A route table with one route, put on one subnet of a network."""
    properties = {"addressPrefix": prefix, "nextHopType": hop}
    if address:
        properties["nextHopIpAddress"] = address
    place = f"{NET}/{network}#/properties/subnets/{subnet}/properties"
    table = {"disableBgpRoutePropagation": True, "routes": [{"name": "one", "properties": properties}]}
    return {
        "routeTables/detour": {"properties": table},
        f"{place}/routeTable": {"id": id_of("routeTables/detour")},
    }


def storage(pointer: str, value: Any) -> dict[str, Any]:
    """One setting of the storage account."""
    return {f"storageAccounts/mlstore#/properties/{pointer}": value}


def cluster(pointer: str, value: Any) -> dict[str, Any]:
    """One setting of the cluster."""
    return {f"managedClusters/aks#/properties/{pointer}": value}


def workspace(pointer: str, value: Any) -> dict[str, Any]:
    """One setting of the workspace."""
    return {f"workspaces/mlw#/{pointer}": value}


def endpoint_state(group: str, status: str) -> dict[str, Any]:
    """The state of one endpoint's connection, on both sides."""
    name = f"pe-{group}"
    at = "properties/privateLinkServiceConnections/0/properties/privateLinkServiceConnectionState/status"
    targets = {
        "blob": ("storageAccounts/mlstore", 0),
        "vault": ("vaults/mlvault", 0),
        "registry": ("registries/mlreg", 0),
    }
    target, index = targets.get(group, ("workspaces/mlw", 0))
    other = (
        f"properties/privateEndpointConnections/{index}/properties/privateLinkServiceConnectionState/status"
    )
    return {f"privateEndpoints/{name}#/{at}": status, f"{target}#/{other}": status}


def without_endpoint(
    group: str, target: str, zone_records: dict[str, list[str]], index: int = 0
) -> dict[str, Any]:
    """One endpoint was never made: neither it nor anything of its."""
    changes: dict[str, Any] = {
        f"privateEndpoints/pe-{group}": GONE,
        f"networkInterfaces/pe-{group}.nic": GONE,
        f"{target}#/properties/privateEndpointConnections/{index}": GONE,
    }
    for zone, records in zone_records.items():
        changes.update({f"privateDnsZones/{zone}/A/{record}": GONE for record in records})
    return changes


def record(zone: str, name: str, *addresses: str) -> dict[str, Any]:
    """What one record says."""
    values = [{"ipv4Address": one} for one in addresses]
    return {f"privateDnsZones/{zone}/A/{name}#/properties/aRecords": values}


OTHER = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-hub"
SECOND_ZONE = f"{OTHER}/providers/Microsoft.Network/privateDnsZones/{BLOB}"


def link_to(network: str) -> dict[str, Any]:
    """Properties of a completed link."""
    return {
        "location": "global",
        "properties": {
            "provisioningState": "Succeeded",
            "virtualNetwork": {"id": id_of(f"{NET}/{network}")},
            "registrationEnabled": False,
            "virtualNetworkLinkState": "Completed",
            "resolutionPolicy": "Default",
        },
    }
