"""The activity log of a cluster, as far as it tells of stops and starts.

What stands in it is no resource; it is kept beside them so that whoever exports a state exports it too.
Sources: REST reference, Activity Logs - List 2015-04-01, EventData; entries printed by azure-cli; checked 2026-11-25.
"""

from __future__ import annotations

from datetime import UTC, datetime

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Chance, Write

WORDS = {"start": "Start Managed Cluster", "stop": "Stop Managed Cluster"}
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_MICROSECONDS = 1_000_000


def noted(id: ResourceId, action: str, chance: Chance) -> Write:
    """The entry that says that an action on a cluster came through now."""
    guid, now = chance.guid("event", str(id), action), chance.now
    entry = id.child("events", guid, "ticks", str(_ticks(now)))
    operation = f"Microsoft.ContainerService/managedClusters/{action}/action"
    body = {
        "id": entry.text,
        "eventDataId": guid,
        "eventTimestamp": now,
        "operationName": {"value": operation, "localizedValue": WORDS[action]},
        "resourceId": id.text,
        "status": {"value": "Succeeded", "localizedValue": "Succeeded"},
    }
    return Write(entry, body)


def _ticks(now: str) -> int:
    """Tenths of a microsecond since the year 1, by which entries are told apart."""
    since = datetime.fromisoformat(f"{now[:26]}+00:00") - _FIRST
    return ((since.days * 86_400 + since.seconds) * _MICROSECONDS + since.microseconds) * 10
