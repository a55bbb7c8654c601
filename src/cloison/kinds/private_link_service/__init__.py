"""Microsoft.Network/privateLinkServices: offers a load balancer to private endpoints of others."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.Network/privateLinkServices", title="private link service")
