"""Microsoft.Network/ipGroups: addresses under one name, read with the firewalls whose rules name it."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.Network/ipGroups", title="IP group")
