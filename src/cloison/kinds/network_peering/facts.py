"""What a peering's body says, and whether it still knows the other side's address space."""

from __future__ import annotations

from cloison.model.body import Body
from cloison.model.facts import Default, Fact, Known, Origin, Unknown
from cloison.model.snapshot import Snapshot

REMOTE = "REST reference 2025-09-01, VirtualNetworkPeering: nothing is peered without it; checked 2026-11-24"
ACCESS = Default(
    True,
    "answers to requests of 2020-11-01 that leave it out, recorded by azure-service-operator; checked 2026-11-24",
)
OFF = Default(
    False, "Microsoft Learn, Create, change, or delete a peering: off unless set; checked 2026-11-24"
)
COMPLETE = Default(True, "REST reference 2025-09-01, peerCompleteVnets: whole networks; checked 2026-11-24")
NO_NAMES: Default[tuple[str, ...]] = Default(
    (), "REST reference 2025-09-01, used with peerCompleteVnets false only; checked 2026-11-24"
)


def remote_prefixes(body: Body) -> Fact[tuple[str, ...]]:
    """The other side's address space as it is now, else as it was at the last sync."""
    now = body.at("properties/remoteVirtualNetworkAddressSpace/addressPrefixes")
    return (body.at("properties/remoteAddressSpace/addressPrefixes") if now.is_absent else now).texts()


def in_sync(body: Body, snapshot: Snapshot) -> Fact[bool]:
    """Whether both sides know each other's present address space.

    Older API versions do not tell the sync level; then the address space that the peering holds of the other
    side is compared with that network, if it was read.
    """
    place = body.at("properties/peeringSyncLevel")
    if place.is_absent and body.partial is None:
        if body.planned:
            return Known(True, place.cite(Origin.DERIVED))
        compared = _compared(body, snapshot)
        return compared if compared is not None else place.flag()
    level = place.text()
    if isinstance(level, Unknown):
        return level
    return Known(level.value.lower() == "fullyinsync", level.cite)


def _compared(body: Body, snapshot: Snapshot) -> Fact[bool] | None:
    held = body.at("properties/remoteAddressSpace/addressPrefixes").texts()
    remote = body.at("properties/remoteVirtualNetwork/id").id()
    if isinstance(held, Unknown) or isinstance(remote, Unknown) or remote.value is None:
        return None
    network = snapshot.get(remote.value)
    if network is None:
        return None
    present = network.body.at("properties/addressSpace/addressPrefixes").texts()
    if isinstance(present, Unknown):
        return None
    return Known(set(held.value) == set(present.value), held.cite)
