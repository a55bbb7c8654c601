"""How many networks one may be peered with.

Source: Microsoft Learn, Azure subscription and service limits, "Networking limits"; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Json, State
from cloison.model.limits import Limit

MOST = 500


def _network(state: State, id: ResourceId, body: Json) -> ResourceId | None:
    return id.parent


LIMITS = (
    Limit(
        what="peerings of network {name}",
        per=_network,
        most=MOST,
        remedy="take peerings away that nobody uses, or connect by a network manager",
    ),
)
