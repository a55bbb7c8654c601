"""How a live ARM is asked for virtual machines.

Sources: REST reference of Microsoft.Compute, 2024-07-01; Resource Graph table reference; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.model.live import Live

LIVE = Live(api="2024-07-01", table="resources")
