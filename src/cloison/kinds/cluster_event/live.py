"""How a live ARM is asked for the events of a cluster: its activity log, as far back as Azure keeps it.

Sources: REST reference, Activity Logs - List 2015-04-01 (`$filter` by time and resource); Microsoft Learn, Azure
permissions for Monitor (`Microsoft.Insights/eventtypes/values/Read`) and Activity log in Azure Monitor (90 days);
checked 2026-11-25.
"""

from __future__ import annotations

from cloison.kinds.cluster_event.facts import START, STOP
from cloison.model.live import Live

LIVE = Live(
    api="2015-04-01",
    below="Microsoft.ContainerService/managedClusters",
    path="events",
    log_days=89,
    log_of=(START, STOP),
    right="Microsoft.Insights/eventtypes/values/Read",
)
