"""Microsoft.ContainerService/managedClusters: a Kubernetes cluster, where packets start."""

from __future__ import annotations

from cloison.kinds.kubernetes_cluster.facets import facets
from cloison.model.kind import Kind, Naming

KIND = Kind(
    type="Microsoft.ContainerService/managedClusters",
    facets=facets,
    nested={"properties/privateEndpointConnections": "privateEndpointConnections"},
    title="Kubernetes cluster",
    naming=Naming(
        pattern=r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?",
        words="1 to 63 letters, digits, hyphens and underscores",
    ),
)
