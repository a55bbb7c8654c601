"""Microsoft.KeyVault/vaults: a key vault with its one door."""

from __future__ import annotations

from cloison.kinds.key_vault.facets import facets
from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.KeyVault/vaults", facets=facets, title="key vault")
