"""How a live ARM is asked for managedClusters.

Sources: REST reference of Microsoft.ContainerService, 2024-09-01; Resource Graph table reference;
checked 2026-11-24.
"""

from __future__ import annotations

from cloison.model.live import Live

LIVE = Live(api="2024-09-01", table="resources", connects=True)
