"""D01: each zone that an endpoint writes into is linked to the network whose zones answer the pods."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, NotKnown
from cloison.model.network import ZoneLink
from cloison.model.verdict import Finding
from cloison.reach.fabric import known
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.resolving import blind, eyes, linked, namesakes, not_read
from cloison.requirements.zones import written

ID = "D01"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Zones that the environment's endpoints write into."""
    return written(case)


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken for each answering network that neither the zone nor another of its name is linked to."""
    networks = eyes(case, subject.name)
    if not networks:
        yield blind(case, ID, subject)
        return
    sound: list[ZoneLink] = []
    for network in networks:
        link = linked(case, subject, network)
        another = next((zone for zone in namesakes(case, subject) if linked(case, zone.id, network)), None)
        if link is not None and link.maybe is None:
            sound.append(link)
        elif link is not None and link.maybe is not None:
            yield say.unknown(ID, subject, link.maybe.why, ask=link.maybe.ask, cites=[Cite(link.id)])
        elif another is not None:
            # Whether that is wrong is not for this rule to say.
            group = another.id.resource_group
            message = f"{network.name} asks another zone of this name, that of {group}"
            yield say.not_applicable(ID, subject, message, Cite(another.id))
        else:
            doubt = not_read(case, subject)
            if doubt is not None:
                raise NotKnown(doubt)
            yield _not_linked(case, subject, network)
    if len(sound) == len(networks):
        message = f"zone {subject.name} is linked to {', '.join(network.name for network in networks)}"
        yield say.met(
            ID, subject, message, *(Cite(link.id, "/properties/virtualNetwork/id") for link in sound)
        )


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
