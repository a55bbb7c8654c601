"""Microsoft.Network/networkManagers: connects and filters networks from outside; what it deploys is not judged yet."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.Network/networkManagers", title="network manager")
