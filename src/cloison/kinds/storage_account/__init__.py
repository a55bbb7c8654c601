"""Microsoft.Storage/storageAccounts: a storage account with a door for each of its services."""

from __future__ import annotations

from cloison.kinds.storage_account.facets import facets
from cloison.model.kind import Kind

KIND = Kind(
    type="Microsoft.Storage/storageAccounts",
    facets=facets,
    renamed={
        "networkRuleSet": "networkAcls",
        "enableHttpsTrafficOnly": "supportsHttpsTrafficOnly",
    },
    title="storage account",
)
