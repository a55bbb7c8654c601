"""Microsoft.ContainerService/managedClusters/events/ticks: an event of a cluster, as the activity log tells it.

No resource, though it has the id of one: nobody makes, changes or deletes it, and Azure forgets it after 90 days.
Sources: REST reference, Activity Logs - List 2015-04-01, EventData; Microsoft Learn, Activity log in Azure Monitor
(retention); checked 2026-11-25.
"""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.ContainerService/managedClusters/events/ticks", title="event", bare=True)
