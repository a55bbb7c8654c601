"""Microsoft.Insights/components: an Application Insights component, where a workspace logs."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.Insights/components", title="Application Insights")
