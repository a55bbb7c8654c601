"""Microsoft.ContainerService/managedClusters/agentPools: nodes of a cluster. The cluster's own kind places them."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.ContainerService/managedClusters/agentPools", title="agent pool")
