"""Microsoft.ContainerRegistry/registries: a container registry, asked for images by two or more names."""

from __future__ import annotations

from cloison.kinds.container_registry.facets import facets
from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.ContainerRegistry/registries", facets=facets, title="container registry")
