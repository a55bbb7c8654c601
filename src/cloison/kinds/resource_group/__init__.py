"""Microsoft.Resources/resourceGroups: holds resources, and takes them with it when it goes."""

from __future__ import annotations

from cloison.model.kind import Kind, Naming

KIND = Kind(
    type="Microsoft.Resources/resourceGroups",
    title="resource group",
    naming=Naming(
        pattern=r"[\w().-]{0,89}[\w()-]",
        words="1 to 90 letters, digits, hyphens, points, underscores and brackets, no point at the end",
    ),
)
