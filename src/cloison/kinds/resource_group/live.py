"""How a live ARM is asked for resource groups.

Sources: REST reference of Microsoft.Resources, 2024-03-01; Resource Graph table reference; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.model.live import Live

LIVE = Live(
    api="2024-03-01",
    table="resourcecontainers",
    right="Microsoft.Resources/subscriptions/resourceGroups/read",
)
