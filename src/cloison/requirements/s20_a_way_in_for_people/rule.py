"""S20: people can reach a workspace that is closed to the public."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Fact, Unknown
from cloison.model.verdict import Finding, Severity
from cloison.reach import doors
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.waysin import into

ID = "S20"


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
        for found in into(case, home):
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
