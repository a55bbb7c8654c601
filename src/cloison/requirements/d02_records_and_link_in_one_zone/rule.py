"""D02: the zone that an endpoint writes into is the very zone of that name that answers the pods."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite
from cloison.model.verdict import Finding
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.resolving import eyes, integrations, linked, namesakes

ID = "D02"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Zones that the environment's endpoints write into."""
    return list(dict.fromkeys(one.zone for one in integrations(case)))


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken where another zone of the same name is linked in its place."""
    for network in eyes(case):
        if linked(case, subject, network) is not None:
            continue
        for zone in namesakes(case, subject):
            link = linked(case, zone.id, network)
            if link is not None:
                message = (
                    f"records go into {_named(subject)}, but {network.name} asks {_named(zone.id)}, "
                    "another zone of the same name"
                )
                endpoints = [one.endpoint.id for one in integrations(case) if one.zone == subject]
                mends = [fixes.zone_group(endpoint, [zone.id.text]) for endpoint in endpoints]
                cites = (Cite(link.id, "/properties/virtualNetwork/id"), Cite(zone.id))
                yield say.broken(ID, subject, message, *cites, fixes=mends)


def _named(zone: ResourceId) -> str:
    return f"{zone.name} of {zone.resource_group}"


REQUIREMENT = Requirement(
    id=ID,
    title="The zone that an endpoint writes into is the one of that name that answers the pods",
    subjects=subjects,
    decide=decide,
)
