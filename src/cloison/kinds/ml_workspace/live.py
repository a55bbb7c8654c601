"""How a live ARM is asked for workspaces.

Sources: REST reference of Microsoft.MachineLearningServices, 2024-10-01; Resource Graph table reference;
checked 2026-11-24.
"""

from __future__ import annotations

from cloison.model.live import Live

LIVE = Live(
    api="2024-10-01",
    # The first that takes a list of addresses, ipAllowlist.
    previews=("2024-10-01-preview",),
    table="resources",
    connects=True,
)
