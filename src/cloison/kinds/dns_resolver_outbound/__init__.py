"""Microsoft.Network/dnsResolvers/outboundEndpoints: where rulesets ask from."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.Network/dnsResolvers/outboundEndpoints", title="DNS resolver outbound endpoint")
