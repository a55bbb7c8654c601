"""How many networks may be linked to one zone."""

from __future__ import annotations

from cloison.kinds._zone_limits import in_zone

LIMITS = (
    in_zone(
        "networks linked to zone {name}",
        "VirtualNetworkLinks",
        1_000,
        "link fewer networks, or answer names through a DNS resolver in a hub",
    ),
)
