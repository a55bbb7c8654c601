"""How many networks may be linked to one zone.

Source: Microsoft Learn, Azure subscription and service limits, "Private DNS limits"; REST reference of private DNS
2024-06-01, zone; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Json, State, look
from cloison.model.limits import Limit

MOST = 1_000


def _zone(state: State, id: ResourceId, body: Json) -> ResourceId | None:
    return id.parent


def _most(state: State, zone: ResourceId) -> int:
    told = look(state.get(zone), "properties/maxNumberOfVirtualNetworkLinks")
    return told if isinstance(told, int) else MOST


LIMITS = (
    Limit(
        what="networks linked to zone {name}",
        per=_zone,
        most=_most,
        count="properties/numberOfVirtualNetworkLinks",
        remedy="link fewer networks, or answer names through a DNS resolver in a hub",
    ),
)
