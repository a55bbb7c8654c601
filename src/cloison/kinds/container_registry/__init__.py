"""Microsoft.ContainerRegistry/registries: a container registry, asked for images by two or more names."""

from __future__ import annotations

from cloison.kinds.container_registry.facets import facets
from cloison.model.kind import Kind, Naming

KIND = Kind(
    type="Microsoft.ContainerRegistry/registries",
    facets=facets,
    title="container registry",
    naming=Naming(pattern=r"[A-Za-z0-9]{5,50}", words="5 to 50 letters and digits"),
)
