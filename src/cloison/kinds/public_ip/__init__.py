"""Microsoft.Network/publicIPAddresses: an address that others hold; it decides nothing itself."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.Network/publicIPAddresses", title="public address")
