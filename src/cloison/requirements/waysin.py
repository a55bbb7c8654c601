"""Ways in: how people get into a network, as far as the input tells."""

from __future__ import annotations

from collections.abc import Iterator

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Fact, Known, Unknown
from cloison.model.network import WayIn
from cloison.reach import peerings
from cloison.requirements.case import Case

WORDS = {"vpn": "VPN gateway", "expressroute": "ExpressRoute gateway", "bastion": "Bastion host"}


def into(case: Case, home: ResourceId) -> Iterator[Fact[str]]:
    """Ways for people into a network, and why one may be there that is not known."""
    for way in case.fabric.ways_in_of.get(home, ()):
        yield way.maybe or Known(f"{_named(way)} in {home.name}", Cite(way.id))
    for side in case.fabric.peerings_of.get(home, ()):
        far = side.remote.value if isinstance(side.remote, Known) else None
        carries = peerings.usable(peerings.status(case.fabric, home, far)) if far is not None else None
        if far is None or carries is False:
            continue
        if isinstance(side.remote_gateways, Known) and side.remote_gateways.value:
            yield Known(f"the gateway of {far.name}, which {home.name} uses", side.remote_gateways.cite)
        for way in case.fabric.ways_in_of.get(far, ()):
            # From a Bastion host one works on a machine beside it; a gateway's callers pass by transit only.
            if way.kind == "bastion" and carries:
                yield way.maybe or Known(
                    f"{_named(way)} in {far.name}, peered with {home.name}", Cite(way.id)
                )
        if far not in case.fabric.networks:
            why = f"whether {far.name}, peered with {home.name}, has a way in for people is not in the input"
            yield Unknown(why, f"add {far.text} with its gateways and Bastion hosts", Cite(side.id))
    for way in case.fabric.ways_in_of.get(None, ()):
        if isinstance(way.network, Unknown):
            yield way.network


def _named(way: WayIn) -> str:
    return f"{WORDS[way.kind]} {way.id.name}"
