"""Microsoft.KeyVault/locations/deletedVaults: a vault that was deleted, and keeps its name until it is purged."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.KeyVault/locations/deletedVaults", title="deleted key vault")
