"""How a live ARM is asked for storageAccounts.

Sources: REST reference of Microsoft.Storage, 2023-05-01; Resource Graph table reference;
checked 2026-11-24.
"""

from __future__ import annotations

from cloison.model.live import Live

LIVE = Live(api="2023-05-01", table="resources", connects=True)
