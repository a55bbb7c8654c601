"""The activity log of a resource: where it is asked for, and what of its entries is kept.

Entries tell who did something, from where and with which claims; none of that is asked for or kept.
Sources: REST reference, Activity Logs - List 2015-04-01: `$filter` by time and resource, `$select`; Microsoft Learn,
Activity log in Azure Monitor: kept for 90 days; checked 2026-11-25.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from cloison.arm.ids import ResourceId
from cloison.model.live import Live

ENTRIES_MAX = 500
"""Kept of one resource, the last ones. A guess: a cluster that is stopped every night has three for each time."""
KEPT = ("eventDataId", "eventTimestamp", "operationName", "resourceId", "status")


def where(parent: ResourceId, live: Live) -> str:
    """The path of the log that holds a resource's entries."""
    assert live.log_days
    return f"/subscriptions/{parent.subscription}/providers/Microsoft.Insights/eventtypes/management/values"


def query(parent: ResourceId, live: Live) -> dict[str, str]:
    """Which entries are asked for, and what of each."""
    now = datetime.now(UTC)
    since = now - timedelta(days=live.log_days)
    # A clock that is behind Azure's must not hide what was just done.
    until = now + timedelta(hours=1)
    return {
        "$filter": f"eventTimestamp ge '{since:%Y-%m-%dT%H:%M:%SZ}' and eventTimestamp le '{until:%Y-%m-%dT%H:%M:%SZ}' "
        f"and resourceUri eq '{parent.text}'",
        "$select": ",".join(KEPT),
    }


def entries(parent: ResourceId, live: Live, found: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Entries as bodies with ids of their own, below the resource that they speak of."""
    kept = (one for one in found if _operation(one) in live.log_of)
    told = sorted(kept, key=lambda one: str(one.get("eventTimestamp", "")))
    for one in told[-ENTRIES_MAX:]:
        id = one.get("id")
        if not isinstance(id, str):
            # Azure leaves it out where it is not selected; it is made of these two.
            ticks = "".join(sign for sign in str(one.get("eventTimestamp", "")) if sign.isdigit())
            id = f"{parent.text}/events/{one.get('eventDataId') or ticks}/ticks/{ticks or '0'}"
        yield {"id": id, **{name: one[name] for name in KEPT if name in one}}


def _operation(entry: dict[str, Any]) -> str:
    told = entry.get("operationName")
    return str(told.get("value", "")).lower() if isinstance(told, dict) else str(told).lower()
