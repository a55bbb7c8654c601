"""Microsoft.Insights/privateLinkScopes: lets networks reach Azure Monitor by private addresses."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(
    type="Microsoft.Insights/privateLinkScopes",
    title="Azure Monitor private link scope",
)
