"""S20: people can reach a workspace that is closed to the public."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Fact, Known, Unknown
from cloison.model.network import WayIn
from cloison.model.verdict import Finding, Severity
from cloison.reach import doors, peerings
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case

ID = "S20"
WORDS = {"vpn": "VPN gateway", "expressroute": "ExpressRoute gateway", "bastion": "Bastion host"}


def subjects(case: Case) -> Iterable[ResourceId]:
    """The workspace, when it was read."""
    id = case.environment.workspace
    return [id] if id is not None and case.doors(id) else []


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Met by a gateway or Bastion in a network of the workspace's endpoints, or in one from where it leads there."""
    public = case.doors(subject)[0].admission.public
    if public.value:
        message = f"public access to {subject.name} is on, so nobody needs a way into the network"
        yield say.not_applicable(ID, subject, message, *say.cites(public))
        return
    homes = [home for one in case.endpoints_to(subject) if (home := case.network_of(one)) is not None]
    doubts: list[Unknown] = []
    for home in dict.fromkeys(homes):
        for found in _into(case, home):
            if isinstance(found, Unknown):
                doubts.append(found)
                continue
            yield say.met(ID, subject, f"people come in through {found.value}", found.cite)
            return
    elsewhere = doors.unseen(case.fabric, case.doors(subject)[0])
    if elsewhere is not None:
        doubts.append(Unknown(elsewhere.text, elsewhere.ask, elsewhere.cites[0]))
    if doubts:
        yield _doubtful(subject, doubts[0])
        return
    yield _shut(subject, public, homes)


def _into(case: Case, home: ResourceId) -> Iterator[Fact[str]]:
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


def _doubtful(subject: ResourceId, doubt: Unknown) -> Finding:
    cites = (doubt.cite,) if doubt.cite is not None else ()
    return say.unknown(ID, subject, doubt.why, ask=doubt.ask, cites=cites, severity=Severity.NOTE)


def _shut(subject: ResourceId, public: Fact[bool], homes: list[ResourceId]) -> Finding:
    if homes:
        where = ", ".join(dict.fromkeys(home.name for home in homes))
        message = f"public access to {subject.name} is off, and no gateway or Bastion host leads to {where}"
        summary = "Make a VPN gateway, an ExpressRoute gateway or a Bastion host"
    else:
        message = (
            f"public access to {subject.name} is off, and it has no private endpoint that people could use"
        )
        summary = "Make a private endpoint first"
    mends = [fixes.by_hand(subject, summary, "which one is a choice")]
    return say.broken(ID, subject, message, *say.cites(public), severity=Severity.NOTE, fixes=mends)


REQUIREMENT = Requirement(
    id=ID, title="People can reach a workspace that is closed to the public", subjects=subjects, decide=decide
)
