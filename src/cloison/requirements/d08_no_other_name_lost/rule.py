"""D08: linked zones take no other resource's name away from the pods."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.network import Door, Host, Zone, ZoneLink
from cloison.model.verdict import Finding, Safety, Severity
from cloison.reach import names
from cloison.reach.fabric import Fabric
from cloison.reach.filters import Match
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.placing import new_endpoints
from cloison.requirements.resolving import answers, blind, eyes, linked

ID = "D08"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Zones that answer the pods and take in names of other resources with endpoints; not known which: the cluster."""
    if not case.eyes:
        return [case.environment.cluster]
    links = (link for network in case.eyes for link in case.fabric.links_of.get(network, ()))
    found = dict.fromkeys(link.zone for link in links)
    return [id for id in found if (zone := case.fabric.zones.get(id)) is not None and _others(case, zone)]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken for each resource outside the environment that has an endpoint elsewhere and no record here."""
    if not case.eyes:
        yield blind(case, ID, subject)
        return
    zone = case.fabric.zones[subject]
    links = [
        link for network in eyes(case, zone.name) if (link := linked(case, subject, network)) is not None
    ]
    others = _others(case, zone)
    without = [(door, host) for door, host in others if not answers(case, subject, host)]
    lost = [(link, door, host) for link in links for door, host in without if not link.fallback.value]
    for link, door, host in lost:
        yield _lost(case, zone, link, door, host)
    if without and not lost:
        message = f"names without a record in {zone.name} are asked in public DNS"
        yield say.met(ID, subject, message, *say.cites(*(link.fallback for link in links)))
    elif not without:
        names_ = ", ".join(dict.fromkeys(door.id.name for door, _ in others))
        yield say.met(ID, subject, f"{zone.name} has records of {names_} too")


def _others(case: Case, zone: Zone) -> list[tuple[Door, Host]]:
    """Names of resources outside the environment whose alias lies in a zone, because they have an endpoint."""
    own = set(case.environment.services)
    return [(door, host) for door, host in _approved_in(case.fabric, zone.name) if door.id not in own]


def _approved_in(fabric: Fabric, zone: str) -> list[tuple[Door, Host]]:
    """Needed names with an approved endpoint by the zone that takes their alias in; looked for once in an estate."""
    key = ("approved names by zone",)
    found = fabric.memo.get(key)
    if found is None:
        by_zone: dict[str, list[tuple[Door, Host]]] = {}
        for door in fabric.doors.values():
            if door.service != "cluster" and names.approved(fabric, door)[0] is Match.YES:
                for host in door.hosts:
                    if host.needed:
                        by_zone.setdefault(host.zone, []).append((door, host))
        found = fabric.memo[key] = by_zone
    return found.get(zone, [])  # type: ignore[attr-defined,no-any-return]  # filed under this key only here


def _lost(case: Case, zone: Zone, link: ZoneLink, door: Door, host: Host) -> Finding:
    where = say.told(link.network)
    message = (
        f"{host.name} does not exist for {where.name if where else 'the pods'}: {door.id.name} has a private "
        f"endpoint, and {zone.name} of {zone.id.resource_group} has no record of it"
    )
    fall_back = fixes.set_property(
        link.id,
        "/properties/resolutionPolicy",
        "NxDomainRedirect",
        f"Let {link.id.name} of {zone.name} fall back to public DNS",
        Safety.ASKS,
        "names without a record then resolve to public addresses, one's own too if their record is ever lost",
    )
    mends = [fall_back, *new_endpoints(case, door.id, [door.subresource])]
    return say.broken(ID, zone.id, message, *say.cites(link.fallback), severity=Severity.WARNING, fixes=mends)


REQUIREMENT = Requirement(
    id=ID,
    title="Linked zones take no other resource's name away from the pods",
    subjects=subjects,
    decide=decide,
)
