"""D02: the zone that an endpoint writes into is the very zone of that name that answers the pods."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Known
from cloison.model.network import Endpoint, ZoneLink
from cloison.model.verdict import Finding, Severity
from cloison.requirements import Requirement, say
from cloison.requirements.case import Case
from cloison.requirements.resolving import blind, eyes, integrate, integrations, linked, namesakes, works
from cloison.requirements.zones import written

ID = "D02"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Zones that the environment's endpoints write into."""
    return written(case)


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken where another zone of the same name is linked in its place, and no endpoint writes the records there."""
    networks = eyes(case, subject.name)
    if not networks:
        yield blind(case, ID, subject)
        return
    for network in networks:
        if linked(case, subject, network) is not None:
            yield say.met(ID, subject, f"records go into {_named(subject)}, the one that {network.name} asks")
            continue
        other = next(
            (link for zone in namesakes(case, subject) if (link := linked(case, zone.id, network))), None
        )
        if other is None:
            message = f"{network.name} asks no zone of this name at all"
            yield say.not_applicable(ID, subject, message)
            continue
        lost = [one for one in _writers(case, subject) if not _written_by_another(case, one, other.zone)]
        if lost:
            yield _astray(case, subject, network, other, lost)
        else:
            message = (
                f"for other networks: {network.name} asks {_named(other.zone)}, which has its own endpoint"
            )
            yield say.not_applicable(ID, subject, message, Cite(other.id))


def _writers(case: Case, zone: ResourceId) -> list[Endpoint]:
    return [one.endpoint for one in integrations(case) if one.zone == zone]


def _written_by_another(case: Case, endpoint: Endpoint, zone: ResourceId) -> bool:
    """Whether another endpoint to the same thing writes into a zone: each network then has an endpoint and a zone."""
    target, groups = endpoint.target, endpoint.groups
    return any(
        other.target.value == target.value and set(other.groups.value) & set(groups.value)
        for other in _writers(case, zone)
        if other.id != endpoint.id and isinstance(other.target, Known) and isinstance(other.groups, Known)
    )


def _astray(
    case: Case, zone: ResourceId, network: ResourceId, link: ZoneLink, lost: list[Endpoint]
) -> Finding:
    """An error, or a warning where the other zone has good records all the same, kept up by nobody."""
    names = ", ".join(endpoint.id.name for endpoint in lost)
    message = (
        f"{names} writes into {_named(zone)}, but {network.name} asks {_named(link.zone)}, "
        "another zone of the same name"
    )
    severity = Severity.ERROR
    if all(works(case, endpoint) for endpoint in lost):
        message += ", where records made by hand do the work for now"
        severity = Severity.WARNING
    mends = [fix for endpoint in lost for fix in integrate(case, endpoint)]
    cites = (Cite(link.id, "/properties/virtualNetwork/id"), Cite(link.zone))
    return say.broken(ID, zone, message, *cites, severity=severity, fixes=mends)


def _named(zone: ResourceId) -> str:
    return f"{zone.name} of {zone.resource_group}"


REQUIREMENT = Requirement(
    id=ID,
    title="The zone that an endpoint writes into is the one of that name that answers the pods",
    subjects=subjects,
    decide=decide,
)
