"""How many private zones a subscription may hold.

Source: Microsoft Learn, Azure subscription and service limits, "Private DNS limits"; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Json, State
from cloison.model.limits import Limit

MOST = 1_000


def _subscription(state: State, id: ResourceId, body: Json) -> ResourceId | None:
    return ResourceId(f"/subscriptions/{id.subscription}")


LIMITS = (
    Limit(
        what="private zones in subscription {name}",
        per=_subscription,
        most=MOST,
        remedy="use zones that are there (--dns-zones-in)",
    ),
)
