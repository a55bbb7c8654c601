"""Microsoft.ContainerService/managedClusters: a Kubernetes cluster, where packets start."""

from __future__ import annotations

from cloison.kinds.kubernetes_cluster.facets import facets
from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.ContainerService/managedClusters", facets=facets, title="Kubernetes cluster")
