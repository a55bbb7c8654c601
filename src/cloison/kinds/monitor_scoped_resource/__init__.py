"""Microsoft.Insights/privateLinkScopes/scopedResources: a resource of an Azure Monitor private link scope."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.Insights/privateLinkScopes/scopedResources", title="scoped resource")
