"""What an event says: which operation, how it stands, when. Who did it is never read.

Sources: REST reference, Activity Logs - List 2015-04-01, EventData; checked 2026-11-25.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds._read import lower, mapped
from cloison.model.facts import Fact, Unknown
from cloison.model.snapshot import Resource

START = "microsoft.containerservice/managedclusters/start/action"
STOP = "microsoft.containerservice/managedclusters/stop/action"
FAILED = ("failed", "canceled", "cancelled")
"""Statuses of operations that did not come through; others are `started`, `accepted` and `succeeded`."""


class ClusterEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the activity log."""

    cluster: ResourceId
    operation: Fact[str]
    """`microsoft.containerservice/managedclusters/start/action`, … in lower case."""
    status: Fact[str]
    """`started`, `accepted`, `succeeded`, `failed` in lower case."""
    at: Fact[datetime]
    """When Azure noted it, in UTC."""


def facts(resource: Resource) -> ClusterEvent:
    """What one event says, read once."""
    return resource.once(_read)


def _read(resource: Resource) -> ClusterEvent:
    body = resource.body
    at = body.at("eventTimestamp").text()
    when = moment(at.value) if not isinstance(at, Unknown) else None
    unread = Unknown(f"eventTimestamp of {resource.id.parent.name} is no time", "export it again")
    return ClusterEvent(
        cluster=resource.id.parent.parent,
        operation=lower(body.at("operationName/value").text()),
        status=lower(body.at("status/value").text()),
        at=at if isinstance(at, Unknown) else unread if when is None else mapped(at, lambda _: when),
    )


def moment(text: str) -> datetime | None:
    """A time as Azure writes it, `2026-01-05T10:00:00.1234567Z`; None for a text that is none.

    A time without a zone is UTC: the command line prints some so.
    """
    head, point, rest = text.strip().replace("z", "Z").partition(".")
    digits = rest[: next((at for at, one in enumerate(rest) if not one.isdigit()), len(rest))]
    zone = rest[len(digits) :]
    try:
        # Azure writes seven digits behind the point, Python reads six at most.
        found = datetime.fromisoformat(f"{head}.{digits[:6]}{zone}" if point and digits else f"{head}{zone}")
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
