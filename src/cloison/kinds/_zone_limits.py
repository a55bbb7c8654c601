"""How many children of a sort one private zone may hold: the zone says it itself, with how many it has.

Source: Microsoft Learn, Azure subscription and service limits, "Private DNS limits"; REST reference of private DNS
2024-06-01, zone; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Json, State, look
from cloison.model.limits import Limit


def in_zone(what: str, sort: str, most: int, remedy: str) -> Limit:
    """The limit. sort: as the zone's properties call it; most: where the zone does not say."""

    def told(state: State, zone: ResourceId) -> int:
        found = look(state.get(zone), f"properties/maxNumberOf{sort}")
        return found if isinstance(found, int) else most

    return Limit(what=what, per=_zone, most=told, count=f"properties/numberOf{sort}", remedy=remedy)


def _zone(state: State, id: ResourceId, body: Json) -> ResourceId | None:
    return id.parent
