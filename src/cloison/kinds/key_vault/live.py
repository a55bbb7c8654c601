"""How a live ARM is asked for vaults.

Sources: REST reference of Microsoft.KeyVault, 2023-07-01; Resource Graph table reference;
checked 2026-11-24.
"""

from __future__ import annotations

from cloison.model.live import Live

LIVE = Live(api="2023-07-01", table="resources", connects=True)
