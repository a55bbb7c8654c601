"""Microsoft.Authorization/roleDefinitions: what a role allows; those that people define."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.Authorization/roleDefinitions", title="role definition")
