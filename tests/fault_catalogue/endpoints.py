"""Faults of private endpoints: missing, not approved, in the wrong network; and of peerings."""

from __future__ import annotations

from typing import Any

from tests.faults import ACR, API, BLOB, GONE, NET, NOTEBOOKS, VAULT, Fault, endpoint_state, without_endpoint
from tests.reference import WORKSPACE_GUID, id_of

FILE = "privatelink.file.core.windows.net"
QUEUE = "privatelink.queue.core.windows.net"
GUID = WORKSPACE_GUID
API_RECORDS = [
    f"{GUID}.workspace.westeurope",
    f"{GUID}.workspace.westeurope.cert",
    f"*.{GUID}.inference.westeurope",
]


def peering(side: str, pointer: str, value: Any) -> dict[str, Any]:
    """One setting of one direction of the peering."""
    here, there = ("aks-net", "ml-net") if side == "out" else ("ml-net", "aks-net")
    return {f"{NET}/{here}/virtualNetworkPeerings/to-{there}#/properties/{pointer}": value}


EVERY_PATH = ("S07 mlreg", "S07 mlstore", "S07 mlvault", "S07 mlw")
EVERY_PLACE = (
    *("S02 mlreg", "S02 mlstore", "S02 mlvault", "S02 mlw"),
    *("S11 mlreg", "S11 mlstore", "S11 mlvault", "S13 mlw"),
)

FAULTS = [
    Fault(
        name="storage has no blob endpoint",
        on=("peered", "same network"),
        changes=without_endpoint("blob", "storageAccounts/mlstore", {BLOB: ["mlstore"]}, 0),
        expects=("S07 mlstore", "S11 mlstore"),
        hides=(f"D01 {BLOB}", f"D02 {BLOB}"),
    ),
    Fault(
        name="storage has no file endpoint",
        on=("peered", "same network"),
        changes=without_endpoint("file", "storageAccounts/mlstore", {FILE: ["mlstore"]}, 1),
        expects=("S07 mlstore", "S11 mlstore"),
    ),
    Fault(
        name="the vault has no endpoint",
        on=("peered", "same network", "hub and spoke"),
        changes=without_endpoint("vault", "vaults/mlvault", {VAULT: ["mlvault"]}),
        expects=("S02 mlvault", "S07 mlvault", "S11 mlvault"),
        hides=(f"D01 {VAULT}",),
    ),
    Fault(
        name="the registry has no endpoint",
        on=("peered", "same network", "service endpoints"),
        changes=without_endpoint("registry", "registries/mlreg", {ACR: ["mlreg", "mlreg.westeurope.data"]}),
        expects=("S02 mlreg", "S07 mlreg", "S11 mlreg"),
        hides=(f"D01 {ACR}",),
    ),
    Fault(
        name="the workspace has no endpoint",
        on=("peered", "same network", "service endpoints"),
        changes=without_endpoint(
            "amlworkspace",
            "workspaces/mlw",
            {API: API_RECORDS, NOTEBOOKS: [f"ml-mlw-westeurope-{GUID}.westeurope"]},
        ),
        expects=("S02 mlw", "S07 mlw", "S13 mlw"),
        hides=(f"D01 {API}", f"D01 {NOTEBOOKS}"),
    ),
    Fault(
        name="the vault's endpoint waits for approval",
        on=("peered", "same network"),
        changes=endpoint_state("vault", "Pending"),
        expects=("S02 mlvault", "S07 mlvault", "S11 mlvault"),
    ),
    Fault(
        name="the registry's endpoint was rejected",
        on=("peered", "same network"),
        changes=endpoint_state("registry", "Rejected"),
        expects=("S02 mlreg", "S07 mlreg", "S11 mlreg"),
    ),
    Fault(
        name="the blob endpoint is disconnected",
        on=("peered", "same network"),
        changes=endpoint_state("blob", "Disconnected"),
        expects=("S07 mlstore", "S11 mlstore"),
    ),
    Fault(
        name="the workspace's endpoint is disconnected",
        on=("peered", "same network"),
        changes=endpoint_state("amlworkspace", "Disconnected"),
        expects=("S02 mlw", "S07 mlw", "S13 mlw"),
    ),
    Fault(
        name="only the cluster's side made its peering",
        on=("peered",),
        changes={
            f"{NET}/ml-net/virtualNetworkPeerings/to-aks-net": GONE,
            **peering("out", "peeringState", "Initiated"),
        },
        expects=(*EVERY_PATH, *EVERY_PLACE),
    ),
    Fault(
        name="only the endpoints' side made its peering",
        on=("peered",),
        changes={
            f"{NET}/aks-net/virtualNetworkPeerings/to-ml-net": GONE,
            **peering("back", "peeringState", "Initiated"),
        },
        expects=(*EVERY_PATH, *EVERY_PLACE),
    ),
    Fault(
        name="the peering is disconnected on one side",
        on=("peered",),
        changes=peering("out", "peeringState", "Disconnected"),
        expects=(*EVERY_PATH, *EVERY_PLACE),
    ),
    Fault(
        name="no peering was made at all",
        on=("peered",),
        changes={
            f"{NET}/ml-net/virtualNetworkPeerings/to-aks-net": GONE,
            f"{NET}/aks-net/virtualNetworkPeerings/to-ml-net": GONE,
        },
        expects=(*EVERY_PATH, *EVERY_PLACE),
    ),
    Fault(
        name="the peering allows no access from the cluster's side",
        on=("peered",),
        changes=peering("out", "allowVirtualNetworkAccess", False),
        expects=(*EVERY_PATH, *EVERY_PLACE),
    ),
    Fault(
        name="the peering allows no access from the endpoints' side",
        on=("peered",),
        changes=peering("back", "allowVirtualNetworkAccess", False),
        expects=(*EVERY_PATH, *EVERY_PLACE),
    ),
    Fault(
        name="the peering takes in another subnet only",
        on=("peered",),
        changes={
            **peering("out", "peerCompleteVnets", False),
            f"{NET}/aks-net/virtualNetworkPeerings/to-ml-net#/properties/localSubnetNames": ["other"],
            f"{NET}/aks-net/virtualNetworkPeerings/to-ml-net#/properties/remoteSubnetNames": ["endpoints"],
        },
        expects=(*EVERY_PATH, *EVERY_PLACE),
    ),
    Fault(
        name="the address space changed since the peering was synced",
        on=("peered",),
        changes=peering("out", "peeringSyncLevel", "RemoteNotInSync"),
        expects=tuple(f"{one[:3]}?{one[3:]}" for one in (*EVERY_PATH, *EVERY_PLACE)),
    ),
    Fault(
        name="the endpoints stand in a network two peerings away",
        on=("peered",),
        changes={
            f"{NET}/middle": {
                "properties": {"addressSpace": {"addressPrefixes": ["10.5.0.0/16"]}, "subnets": []}
            },
            f"{NET}/aks-net/virtualNetworkPeerings/to-ml-net#/properties/remoteVirtualNetwork/id": id_of(
                f"{NET}/middle"
            ),
            f"{NET}/middle/virtualNetworkPeerings/to-aks-net": {
                "properties": {
                    "peeringState": "Connected",
                    "peeringSyncLevel": "FullyInSync",
                    "remoteVirtualNetwork": {"id": id_of(f"{NET}/aks-net")},
                    "allowVirtualNetworkAccess": True,
                }
            },
            f"{NET}/ml-net/virtualNetworkPeerings/to-aks-net#/properties/remoteVirtualNetwork/id": id_of(
                f"{NET}/middle"
            ),
            f"{NET}/middle/virtualNetworkPeerings/to-ml-net": {
                "properties": {
                    "peeringState": "Connected",
                    "peeringSyncLevel": "FullyInSync",
                    "remoteVirtualNetwork": {"id": id_of(f"{NET}/ml-net")},
                    "allowVirtualNetworkAccess": True,
                }
            },
        },
        expects=(*EVERY_PATH, *EVERY_PLACE),
    ),
    Fault(
        name="the vault's endpoint failed to provision",
        on=("peered",),
        changes={"privateEndpoints/pe-vault#/properties/provisioningState": "Failed"},
        expects=("S02 mlvault", "S07 mlvault", "S11 mlvault"),
    ),
    Fault(
        name="an endpoint has no zone group, and its record is gone",
        on=("same network",),
        changes={
            "privateEndpoints/pe-vault/privateDnsZoneGroups/default#/properties/privateDnsZoneConfigs": [],
            f"privateDnsZones/{VAULT}/A/mlvault": GONE,
        },
        expects=("S07 mlvault", "S15~ pe-vault"),
    ),
]
