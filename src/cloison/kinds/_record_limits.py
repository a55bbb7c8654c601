"""How many record sets one private zone may hold; every type of record counts."""

from __future__ import annotations

from cloison.kinds._zone_limits import in_zone

LIMITS = (in_zone("records in zone {name}", "RecordSets", 25_000, "take records away that lead nowhere"),)
