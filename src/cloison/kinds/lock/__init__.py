"""Microsoft.Authorization/locks: keeps a resource, a group or a subscription from being deleted or changed."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.Authorization/locks", title="lock")
