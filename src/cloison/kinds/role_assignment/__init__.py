"""Microsoft.Authorization/roleAssignments: a role that an identity has at a scope."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.Authorization/roleAssignments", title="role assignment")
