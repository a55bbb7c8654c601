"""How a live ARM is asked for scopedResources.

Sources: REST reference of Microsoft.Insights, 2021-09-01; Resource Graph table reference;
checked 2026-11-24.
"""

from __future__ import annotations

from cloison.model.live import Live

LIVE = Live(api="2021-09-01", below="Microsoft.Insights/privateLinkScopes", path="scopedResources")
