"""Microsoft.ManagedIdentity/userAssignedIdentities: an identity that several resources can carry."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.ManagedIdentity/userAssignedIdentities", title="managed identity")
