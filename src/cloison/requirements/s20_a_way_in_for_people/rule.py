"""S20: people can reach a workspace that is closed to the public."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Known, NotKnown
from cloison.model.network import WayIn
from cloison.model.verdict import Finding, Severity
from cloison.reach import peerings
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case

ID = "S20"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The workspace, when its public access is off."""
    id = case.environment.workspace
    doors = case.doors(id) if id is not None else []
    if id is None or not doors:
        return []
    return [] if doors[0].admission.public.value else [id]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Met by a gateway or Bastion in a network of the workspace's endpoints, or one peered with it."""
    homes = [
        network
        for endpoint in case.endpoints_to(subject)
        if (network := case.network_of(endpoint)) is not None
    ]
    for home in homes or case.networks:
        near = [home, *peerings.neighbours(case.fabric, home)]
        for network in near:
            for way in case.fabric.ways_in_of.get(network, ()):
                yield say.met(ID, subject, _through(way), *say.cites(way.network))
                return
    unread = next(
        (way for way in case.fabric.ways_in_of.get(None, ()) if not isinstance(way.network, Known)), None
    )
    if unread is not None and not isinstance(unread.network, Known):
        raise NotKnown(unread.network)
    message = f"public access to {subject.name} is off, and no VPN, ExpressRoute or Bastion leads to its endpoint"
    public = case.doors(subject)[0].admission.public
    fix = fixes.by_hand(
        subject, "Make a VPN gateway, an ExpressRoute circuit or a Bastion host first", "needs a choice"
    )
    yield say.broken(ID, subject, message, *say.cites(public), severity=Severity.NOTE, fixes=[fix])


def _through(way: WayIn) -> str:
    return f"people come in through {way.kind} {way.id.name}"


REQUIREMENT = Requirement(
    id=ID, title="People can reach a workspace that is closed to the public", subjects=subjects, decide=decide
)
