"""Microsoft.Resources/resourceGroups: holds resources, and takes them with it when it goes."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.Resources/resourceGroups", title="resource group")
