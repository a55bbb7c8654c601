"""Microsoft.Network/privateEndpoints/privateDnsZoneGroups: zones an endpoint writes into, read with it."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.Network/privateEndpoints/privateDnsZoneGroups", title="private DNS zone group")
