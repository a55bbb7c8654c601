"""How a live ARM is asked for components.

Sources: REST reference of Microsoft.Insights, 2020-02-02; Resource Graph table reference;
checked 2026-11-24.
"""

from __future__ import annotations

from cloison.model.live import Live

LIVE = Live(api="2020-02-02", table="resources")
