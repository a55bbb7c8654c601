"""How a live ARM is asked for locks.

Sources: REST reference of Microsoft.Authorization, 2020-05-01; Resource Graph table reference;
checked 2026-11-24.
"""

from __future__ import annotations

from cloison.model.live import Live

LIVE = Live(api="2020-05-01", path="providers/Microsoft.Authorization/locks")
