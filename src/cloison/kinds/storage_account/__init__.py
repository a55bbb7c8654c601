"""Microsoft.Storage/storageAccounts: a storage account with a door for each of its services."""

from __future__ import annotations

from cloison.kinds.storage_account.facets import facets
from cloison.model.kind import Kind, Naming

KIND = Kind(
    type="Microsoft.Storage/storageAccounts",
    facets=facets,
    renamed={
        "networkRuleSet": "networkAcls",
        "enableHttpsTrafficOnly": "supportsHttpsTrafficOnly",
    },
    title="storage account",
    naming=Naming(pattern=r"[a-z0-9]{3,24}", words="3 to 24 lower-case letters and digits"),
)
