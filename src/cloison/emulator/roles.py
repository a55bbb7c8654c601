"""Built-in roles: those that the environments here speak of, as Resource Manager answers them.

Source: Microsoft Learn, "Azure built-in roles" and the pages of each category; checked 2026-11-24.
"""

from __future__ import annotations

import msgspec

from cloison.model.behaviour import Json


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """One built-in role."""

    name: str
    guid: str
    says: str
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()

    def body(self, subscription: str) -> Json:
        """The definition; with a subscription's id in front where it was asked for there."""
        tail = f"/providers/Microsoft.Authorization/roleDefinitions/{self.guid}"
        permission = {
            "actions": list(self.actions),
            "notActions": list(self.not_actions),
            "dataActions": list(self.data_actions),
            "notDataActions": list(self.not_data_actions),
        }
        return {
            "properties": {
                "roleName": self.name,
                "type": "BuiltInRole",
                "description": self.says,
                "assignableScopes": ["/"],
                "permissions": [permission],
                "createdOn": "2015-02-02T21:55:09.8806423Z",
                "updatedOn": "2021-11-11T20:13:07.9036490Z",
                "createdBy": None,
                "updatedBy": None,
            },
            "id": f"/subscriptions/{subscription}{tail}" if subscription else tail,
            "type": "Microsoft.Authorization/roleDefinitions",
            "name": self.guid,
        }


_BLOB = "Microsoft.Storage/storageAccounts/blobServices"
_FILE = "Microsoft.Storage/storageAccounts/fileServices"
_AKS = "Microsoft.ContainerService/managedClusters"
_COMMON = (
    "Microsoft.Authorization/*/read",
    "Microsoft.Insights/alertRules/*",
    "Microsoft.ResourceHealth/availabilityStatuses/read",
    "Microsoft.Resources/deployments/*",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Support/*",
)

ROLES = (
    Role(
        name="Owner",
        guid="8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        says="Grants full access to manage all resources, including the ability to assign roles in Azure RBAC.",
        actions=("*",),
    ),
    Role(
        name="Contributor",
        guid="b24988ac-6180-42a0-ab88-20f7382dd24c",
        says="Grants full access to manage all resources, but does not allow you to assign roles in Azure RBAC.",
        actions=("*",),
        not_actions=(
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
            "Microsoft.Blueprint/blueprintAssignments/write",
            "Microsoft.Blueprint/blueprintAssignments/delete",
            "Microsoft.Compute/galleries/share/action",
        ),
    ),
    Role(
        name="Reader",
        guid="acdd72a7-3385-48ef-bd42-f606fba81ae7",
        says="View all resources, but does not allow you to make any changes.",
        actions=("*/read",),
    ),
    Role(
        name="User Access Administrator",
        guid="18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        says="Lets you manage user access to Azure resources.",
        actions=("*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"),
    ),
    Role(
        name="Storage Blob Data Contributor",
        guid="ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        says="Allows for read, write and delete access to Azure Storage blob containers and data",
        actions=(
            f"{_BLOB}/containers/delete",
            f"{_BLOB}/containers/read",
            f"{_BLOB}/containers/write",
            f"{_BLOB}/generateUserDelegationKey/action",
        ),
        data_actions=(
            f"{_BLOB}/containers/blobs/delete",
            f"{_BLOB}/containers/blobs/read",
            f"{_BLOB}/containers/blobs/write",
            f"{_BLOB}/containers/blobs/move/action",
            f"{_BLOB}/containers/blobs/add/action",
        ),
    ),
    Role(
        name="Storage Blob Data Reader",
        guid="2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        says="Allows for read access to Azure Storage blob containers and data",
        actions=(f"{_BLOB}/containers/read", f"{_BLOB}/generateUserDelegationKey/action"),
        data_actions=(f"{_BLOB}/containers/blobs/read",),
    ),
    Role(
        name="Storage Account Contributor",
        guid="17d1049b-9a84-46fb-8f53-869881c3d3ab",
        says="Lets you manage storage accounts, including accessing storage account keys.",
        actions=(
            *_COMMON,
            "Microsoft.Insights/diagnosticSettings/*",
            "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action",
            "Microsoft.Storage/storageAccounts/*",
        ),
    ),
    Role(
        name="Storage File Data Privileged Contributor",
        guid="69566ab7-960f-475b-8e7c-b3118f30c6bd",
        says="Allows for read, write, delete and modify NTFS permission access in Azure Storage file shares.",
        data_actions=(
            f"{_FILE}/fileshares/files/read",
            f"{_FILE}/fileshares/files/write",
            f"{_FILE}/fileshares/files/delete",
            f"{_FILE}/fileshares/files/modifypermissions/action",
            f"{_FILE}/readFileBackupSemantics/action",
            f"{_FILE}/writeFileBackupSemantics/action",
        ),
    ),
    Role(
        name="AcrPull",
        guid="7f951dda-4ed3-4680-a7ca-43fe172d538d",
        says="acr pull",
        actions=("Microsoft.ContainerRegistry/registries/pull/read",),
    ),
    Role(
        name="AcrPush",
        guid="8311e382-0749-4cb8-b61a-304f252e45ec",
        says="acr push",
        actions=(
            "Microsoft.ContainerRegistry/registries/pull/read",
            "Microsoft.ContainerRegistry/registries/push/write",
        ),
    ),
    Role(
        name="Network Contributor",
        guid="4d97b98b-1d4f-4787-a291-c67834d212e7",
        says="Lets you manage networks, but not access to them.",
        actions=(*_COMMON, "Microsoft.Network/*"),
    ),
    Role(
        name="Private DNS Zone Contributor",
        guid="b12aa53e-6015-4669-85d0-8515ebb3ae7f",
        says="Lets you manage private DNS zone resources, but not the virtual networks they are linked to.",
        actions=(
            *_COMMON,
            "Microsoft.Network/privateDnsZones/*",
            "Microsoft.Network/privateDnsOperationResults/*",
            "Microsoft.Network/privateDnsOperationStatuses/*",
            "Microsoft.Network/virtualNetworks/read",
            "Microsoft.Network/virtualNetworks/join/action",
        ),
    ),
    Role(
        name="Kubernetes Extension Contributor",
        guid="85cb6faf-e071-4c9b-8136-154b5a04f717",
        says="Can create, update, get, list and delete Kubernetes Extensions, and get extension async operations",
        actions=(
            *_COMMON[::3],
            "Microsoft.KubernetesConfiguration/extensions/write",
            "Microsoft.KubernetesConfiguration/extensions/read",
            "Microsoft.KubernetesConfiguration/extensions/delete",
            "Microsoft.KubernetesConfiguration/extensions/operations/read",
        ),
    ),
    Role(
        name="Azure Kubernetes Service Cluster Admin Role",
        guid="0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8",
        says="List cluster admin credential action.",
        actions=(
            f"{_AKS}/listClusterAdminCredential/action",
            f"{_AKS}/accessProfiles/listCredential/action",
            f"{_AKS}/read",
            f"{_AKS}/runcommand/action",
        ),
    ),
    Role(
        name="Azure Kubernetes Service Contributor Role",
        guid="ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8",
        says="Grants access to read and write Azure Kubernetes Service clusters",
        actions=(*_COMMON, f"{_AKS}/read", f"{_AKS}/write"),
    ),
    Role(
        name="Key Vault Administrator",
        guid="00482a5a-887f-4fb3-b363-3b7fe8e74483",
        says="Perform all data plane operations on a key vault and all objects in it.",
        actions=(
            *_COMMON,
            "Microsoft.KeyVault/checkNameAvailability/read",
            "Microsoft.KeyVault/deletedVaults/read",
            "Microsoft.KeyVault/locations/*/read",
            "Microsoft.KeyVault/vaults/*/read",
            "Microsoft.KeyVault/operations/read",
        ),
        data_actions=("Microsoft.KeyVault/vaults/*",),
    ),
    Role(
        name="Key Vault Secrets User",
        guid="4633458b-17de-408a-b874-0445c86b69e6",
        says="Read secret contents.",
        data_actions=(
            "Microsoft.KeyVault/vaults/secrets/getSecret/action",
            "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
        ),
    ),
    Role(
        name="Managed Identity Operator",
        guid="f1a07417-d97a-45cb-824c-7a7467783830",
        says="Read and Assign User Assigned Identity",
        actions=(
            *_COMMON,
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
        ),
    ),
    Role(
        name="AzureML Data Scientist",
        guid="f6c7c914-8db3-469d-8ca1-694a8f32e121",
        says="Can perform all actions within an Azure Machine Learning workspace, except for creating or deleting "
        "compute resources and modifying the workspace itself.",
        actions=(
            "Microsoft.MachineLearningServices/workspaces/*/read",
            "Microsoft.MachineLearningServices/workspaces/*/action",
            "Microsoft.MachineLearningServices/workspaces/*/delete",
            "Microsoft.MachineLearningServices/workspaces/*/write",
        ),
        not_actions=(
            "Microsoft.MachineLearningServices/workspaces/delete",
            "Microsoft.MachineLearningServices/workspaces/write",
            "Microsoft.MachineLearningServices/workspaces/computes/*/write",
            "Microsoft.MachineLearningServices/workspaces/computes/*/delete",
            "Microsoft.MachineLearningServices/workspaces/computes/listKeys/action",
            "Microsoft.MachineLearningServices/workspaces/listKeys/action",
        ),
    ),
)
