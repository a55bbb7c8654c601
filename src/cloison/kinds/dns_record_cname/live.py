"""How a live ARM is asked for CNAME.

Sources: REST reference of Microsoft.Network, 2024-06-01; Resource Graph table reference;
checked 2026-11-24.
"""

from __future__ import annotations

from cloison.model.live import Live

LIVE = Live(
    api="2024-06-01",
    below="Microsoft.Network/privateDnsZones",
    path="ALL",
    # One list has all types, and a right of its own. Source: Azure resource provider operations, Microsoft.Network.
    right="Microsoft.Network/privateDnsZones/ALL/read",
)
