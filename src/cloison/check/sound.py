"""What no network can be: prefixes that are none, and prefixes of one network that overlap.

Azure refuses both, so an input that says so is damaged or made up, and a verdict on it would mean nothing.
Source: Microsoft Learn, Virtual network FAQ; answers `NetcfgInvalidSubnet`, `NetcfgSubnetRangesOverlap` of
Microsoft.Network; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import ip_network
from itertools import pairwise

from cloison.model.errors import CloisonError
from cloison.model.facts import Cite, Fact, Known
from cloison.model.network import Network, Subnet
from cloison.model.snapshot import Snapshot
from cloison.reach.fabric import Fabric

Range = tuple[int, int, int, str, Cite]
"""IP version, first and last address, the text, where it stands."""


def refuse_unsound(snapshot: Snapshot, fabric: Fabric) -> None:
    """Raises CloisonError E115 with the place of the first prefix that cannot be."""
    subnets: dict[object, list[Range]] = {}
    for subnet in fabric.all(Subnet):
        if subnet.maybe is None:
            subnets.setdefault(subnet.network, []).extend(_ranges(snapshot, subnet.prefixes))
    for network in fabric.all(Network):
        _refuse_overlap(snapshot, _ranges(snapshot, network.prefixes), "its network")
    for ranges in subnets.values():
        _refuse_overlap(snapshot, ranges, "another subnet of its network")


def _ranges(snapshot: Snapshot, prefixes: Fact[tuple[str, ...]]) -> Iterable[Range]:
    if not isinstance(prefixes, Known):
        return
    for text in prefixes.value:
        if "{" in text:
            # A part that is known only after deployment.
            continue
        try:
            found = ip_network(text, strict=False)
        except ValueError as problem:
            raise _error(snapshot, prefixes.cite, f"{text!r} is no address prefix", str(problem)) from problem
        yield found.version, int(found.network_address), int(found.broadcast_address), text, prefixes.cite


def _refuse_overlap(snapshot: Snapshot, ranges: Iterable[Range], where: str) -> None:
    ordered: Sequence[Range] = sorted(ranges, key=lambda one: one[:3])
    for one, other in pairwise(ordered):
        if one[0] == other[0] and other[1] <= one[2]:
            text = f"address prefix {other[3]} overlaps {one[3]} of {where}"
            raise _error(snapshot, other[4], text, f"both are of {other[4].resource.parent.name}")


def _error(snapshot: Snapshot, cite: Cite, what: str, because: str) -> CloisonError:
    resource = snapshot.get(cite.resource)
    place = resource.place(cite.pointer) if resource is not None else None
    return CloisonError(
        "E115",
        f"{what}, in {cite.resource.name}",
        because=because,
        help="correct it, or export the network again",
        file=place.file if place is not None else "",
        line=place.line if place is not None else 0,
        column=place.column if place is not None else 0,
    )
