"""Microsoft.Network/connections: what a gateway is connected to; routes learnt there are not listed."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.Network/connections", title="gateway connection")
