"""Microsoft.Network/networkInterfaces: holds addresses; a private endpoint's are read with the endpoint."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.Network/networkInterfaces", title="network interface")
