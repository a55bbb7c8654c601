"""D01: each zone that an endpoint writes into is linked to the network whose zones answer the pods."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite
from cloison.model.verdict import Finding
from cloison.reach.fabric import known
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.resolving import eyes, integrations, linked, namesakes

ID = "D01"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Zones that the environment's endpoints write into."""
    return list(dict.fromkeys(one.zone for one in integrations(case)))


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken for each answering network that neither the zone nor another of its name is linked to."""
    for network in eyes(case):
        link = linked(case, subject, network)
        if link is not None:
            if link.maybe is not None:
                yield say.unknown(ID, subject, link.maybe.why, ask=link.maybe.ask, cites=[Cite(link.id)])
            continue
        if any(linked(case, zone.id, network) is not None for zone in namesakes(case, subject)):
            continue
        yield _not_linked(case, subject, network)


def _not_linked(case: Case, subject: ResourceId, network: ResourceId) -> Finding:
    elsewhere = [known(link.network) for link in case.links(subject)]
    names = ", ".join(sorted(id.name for id in elsewhere if id is not None))
    where = f"it is linked to {names} only" if names else "it is linked to no network"
    message = (
        f"zone {subject.name} is not linked to {network.name}, where the pods' names are answered: {where}"
    )
    cites = [Cite(link.id, "/properties/virtualNetwork/id") for link in case.links(subject)]
    return say.broken(ID, subject, message, *cites, fixes=[fixes.link_zone(subject, network)])


REQUIREMENT = Requirement(
    id=ID,
    title="Each zone that an endpoint writes into is linked to the network whose zones answer the pods",
    subjects=subjects,
    decide=decide,
)
