"""How a live ARM is asked for userAssignedIdentities.

Sources: REST reference of Microsoft.ManagedIdentity, 2023-01-31; Resource Graph table reference;
checked 2026-11-24.
"""

from __future__ import annotations

from cloison.model.live import Live

LIVE = Live(api="2023-01-31", table="resources")
