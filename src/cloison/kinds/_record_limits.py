"""How many record sets one private zone may hold; every type of record counts.

Source: Microsoft Learn, Azure subscription and service limits, "Private DNS limits"; REST reference of private DNS
2024-06-01, zone; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Json, State, look
from cloison.model.limits import Limit

MOST = 25_000


def _zone(state: State, id: ResourceId, body: Json) -> ResourceId | None:
    return id.parent


def _most(state: State, zone: ResourceId) -> int:
    told = look(state.get(zone), "properties/maxNumberOfRecordSets")
    return told if isinstance(told, int) else MOST


LIMITS = (
    Limit(
        what="records in zone {name}",
        per=_zone,
        most=_most,
        count="properties/numberOfRecordSets",
        remedy="take records away that lead nowhere",
    ),
)
