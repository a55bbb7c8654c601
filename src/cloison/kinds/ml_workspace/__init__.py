"""Microsoft.MachineLearningServices/workspaces: a workspace, the services it names as its own, and its door."""

from __future__ import annotations

from cloison.kinds.ml_workspace.facets import facets
from cloison.model.kind import Kind, Naming

KIND = Kind(
    type="Microsoft.MachineLearningServices/workspaces",
    facets=facets,
    # `az ml workspace show` prints names of its own, written with underscores.
    renamed={
        "storage_account": "storageAccount",
        "key_vault": "keyVault",
        "container_registry": "containerRegistry",
        "application_insights": "applicationInsights",
        "public_network_access": "publicNetworkAccess",
        "hbi_workspace": "hbiWorkspace",
        "image_build_compute": "imageBuildCompute",
        "primary_user_assigned_identity": "primaryUserAssignedIdentity",
        "hub_id": "hubResourceId",
        "system_datastores_auth_mode": "systemDatastoresAuthMode",
    },
    title="workspace",
    naming=Naming(
        pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{2,32}", words="3 to 33 letters, digits, hyphens and underscores"
    ),
)
