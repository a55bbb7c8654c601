"""Faults of the workspace, the cluster, computes and identities."""

from __future__ import annotations

from tests.faults import ACR, GONE, NET, Fault, cluster, workspace
from tests.reference import COMPUTE_PRINCIPAL, REGION, SUBSCRIPTION, id_of

USER_ENDPOINT = {
    "properties": {
        "provisioningState": "Succeeded",
        "subnet": {"id": id_of(f"{NET}/ml-net/subnets/endpoints")},
        "networkInterfaces": [],
        "customDnsConfigs": [
            {"fqdn": f"aks-1.guid.privatelink.{REGION}.azmk8s.io", "ipAddresses": ["10.1.1.25"]}
        ],
        "privateLinkServiceConnections": [
            {
                "name": "api",
                "properties": {
                    "privateLinkServiceId": id_of("managedClusters/aks"),
                    "groupIds": ["management"],
                    "privateLinkServiceConnectionState": {"status": "Disconnected"},
                },
            }
        ],
    }
}


FAULTS = [
    Fault(
        name="a private cluster keeps its public name",
        on=("peered", "hub and spoke"),
        changes=cluster("apiServerAccessProfile/enablePrivateClusterPublicFQDN", True),
        expects=("S04 aks",),
    ),
    Fault(
        name="a private cluster says nothing of its public name, which Azure then makes",
        on=("peered", "hub and spoke"),
        changes={
            **cluster("apiServerAccessProfile/enablePrivateClusterPublicFQDN", GONE),
            **cluster("fqdn", f"aks-1.hcp.{REGION}.azmk8s.io"),
        },
        expects=("S04 aks",),
    ),
    Fault(
        name="a private cluster without a private zone",
        on=("peered",),
        changes={
            **cluster("apiServerAccessProfile/privateDNSZone", "none"),
            **cluster("apiServerAccessProfile/enablePrivateClusterPublicFQDN", True),
        },
        expects=("S04 aks",),
    ),
    Fault(
        name="the workspace is in another region",
        on=("peered", "same network"),
        changes=workspace("location", "northeurope"),
        expects=("S03 mlw", "S07 mlw"),
    ),
    Fault(
        name="the workspace has a user-assigned identity only",
        on=("peered", "same network"),
        changes=workspace("identity", {"type": "UserAssigned", "userAssignedIdentities": {}}),
        expects=("S16 mlw",),
    ),
    Fault(
        name="the workspace has no registry yet",
        on=("peered",),
        changes=workspace("properties/containerRegistry", None),
        expects=("S05? mlw",),
        hides=("mlreg", f"D01 {ACR}"),
    ),
    Fault(
        name="a workspace of high business impact, and nobody read who has which role",
        on=("peered", "same network"),
        changes=workspace("properties/hbiWorkspace", True),
        expects=("S17? aks-compute",),
    ),
    Fault(
        name="a workspace of high business impact, and its compute with one role of two",
        on=("peered",),
        changes={
            **workspace("properties/hbiWorkspace", True),
            f"{id_of('storageAccounts/mlstore')}/providers/Microsoft.Authorization/roleAssignments/one": {
                "properties": {
                    "roleDefinitionId": (
                        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/"
                        "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
                    ),
                    "principalId": COMPUTE_PRINCIPAL,
                    "scope": id_of("storageAccounts/mlstore"),
                }
            },
        },
        expects=("S17 aks-compute",),
    ),
    Fault(
        name="the cluster is stopped",
        on=("peered", "same network"),
        changes=cluster("powerState/code", "Stopped"),
        expects=("S23~ aks-compute", "S24 aks"),
        hides=("S22 kube-apiserver",),
    ),
    Fault(
        name="an endpoint to the cluster is disconnected since it was restarted",
        on=("peered",),
        changes={"privateEndpoints/pe-api": USER_ENDPOINT},
        expects=("S22 pe-api", "S23? aks-compute"),
    ),
    Fault(
        name="the compute says it failed",
        on=("peered", "same network"),
        changes={"workspaces/mlw/computes/aks-compute#/properties/provisioningState": "Failed"},
        expects=("S23 aks-compute",),
    ),
    Fault(
        name="the compute is of the legacy kind",
        on=("peered",),
        changes={"workspaces/mlw/computes/aks-compute#/properties/computeType": "AKS"},
        expects=("S24 aks-compute",),
    ),
    Fault(
        name="a compute stands in a network that reaches no endpoint",
        on=("peered",),
        changes={
            f"{NET}/alone": {
                "properties": {
                    "addressSpace": {"addressPrefixes": ["10.66.0.0/16"]},
                    "subnets": [{"name": "work", "properties": {"addressPrefix": "10.66.0.0/24"}}],
                }
            },
            "workspaces/mlw/computes/build#/properties/properties/subnet/id": id_of(
                f"{NET}/alone/subnets/work"
            ),
        },
        expects=("S01 build",),
    ),
    Fault(
        name="a second pool stands in another network",
        on=("peered",),
        changes={
            "managedClusters/aks#/properties/agentPoolProfiles/-": {
                "name": "second",
                "mode": "User",
                "vnetSubnetID": id_of(f"{NET}/ml-net/subnets/endpoints"),
            }
        },
        expects=("S09 aks",),
    ),
    Fault(
        name="a datastore's account has no endpoint",
        on=("peered", "same network"),
        changes={
            "workspaces/mlw/datastores/lake": {
                "properties": {
                    "datastoreType": "AzureDataLakeGen2",
                    "accountName": "lakestore",
                    "filesystem": "data",
                    "endpoint": "core.windows.net",
                }
            },
            "storageAccounts/lakestore": {
                "kind": "StorageV2",
                "sku": {"name": "Standard_LRS"},
                "properties": {
                    "publicNetworkAccess": "Disabled",
                    "isHnsEnabled": True,
                    "networkAcls": {"bypass": "AzureServices", "defaultAction": "Deny"},
                    "privateEndpointConnections": [],
                },
            },
        },
        expects=("S07 lakestore", "S12 lake"),
    ),
    Fault(
        name="a datastore's account is not in the input",
        on=("peered",),
        changes={
            "workspaces/mlw/datastores/lake": {
                "properties": {
                    "datastoreType": "AzureBlob",
                    "accountName": "faraway",
                    "endpoint": "core.windows.net",
                }
            }
        },
        expects=("S12? lake",),
    ),
    Fault(
        name="an online deployment failed because the cluster cannot be reached",
        on=("peered",),
        changes={
            "workspaces/mlw/onlineEndpoints/score": {
                "properties": {
                    "compute": id_of("workspaces/mlw/computes/aks-compute"),
                    "authMode": "Key",
                    "provisioningState": "Failed",
                }
            }
        },
        expects=("S24 score",),
    ),
]
