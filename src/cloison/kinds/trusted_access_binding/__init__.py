"""Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings: lets an Azure service reach the API server."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(
    type="Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings",
    title="trusted access binding",
)
