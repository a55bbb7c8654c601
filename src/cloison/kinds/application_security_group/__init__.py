"""Microsoft.Network/applicationSecurityGroups: a name that rules and members share; members name it."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.Network/applicationSecurityGroups", title="application security group")
