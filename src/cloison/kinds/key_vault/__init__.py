"""Microsoft.KeyVault/vaults: a key vault with its one door."""

from __future__ import annotations

from cloison.kinds.key_vault.facets import facets
from cloison.model.kind import Kind, Naming

KIND = Kind(
    type="Microsoft.KeyVault/vaults",
    facets=facets,
    title="key vault",
    naming=Naming(
        pattern=r"(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]",
        words="3 to 24 letters, digits and single hyphens, beginning with a letter",
    ),
)
