"""Microsoft.Network/dnsResolvers: stands in one network; its endpoints answer and ask."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.Network/dnsResolvers", title="DNS resolver")
