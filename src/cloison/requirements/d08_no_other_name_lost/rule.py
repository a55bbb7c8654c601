"""D08: linked zones take no other resource's name away from the pods."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Known, Unknown
from cloison.model.network import Door, Host, Zone, ZoneLink
from cloison.model.verdict import Finding, Safety, Severity
from cloison.reach import names
from cloison.reach.fabric import known
from cloison.reach.filters import Match
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.resolving import eyes, linked, record_of

ID = "D08"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Zones linked to the network whose zones answer the pods."""
    networks = eyes(case)
    found = [link.zone for network in networks for link in case.fabric.links_of.get(network, ())]
    return [id for id in dict.fromkeys(found) if id in case.fabric.zones]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken for each resource outside the environment that has an endpoint elsewhere and no record here."""
    zone = case.fabric.zones[subject]
    link = next(link for network in eyes(case) if (link := linked(case, subject, network)) is not None)
    if isinstance(link.fallback, Known) and link.fallback.value:
        return
    for door, host in _others(case, zone):
        if names.approved(case.fabric, door)[0] is not Match.YES or record_of(case, subject, host):
            continue
        if isinstance(zone.records_known, Unknown):
            yield say.unknown(ID, subject, zone.records_known.why, ask=zone.records_known.ask)
            return
        yield _lost(case, zone, link, door, host)


def _others(case: Case, zone: Zone) -> Iterable[tuple[Door, Host]]:
    """Names of resources outside the environment that this zone would answer."""
    own = set(case.environment.services)
    return [
        (door, host)
        for door in case.fabric.doors.values()
        if door.id not in own and door.service != "cluster"
        for host in door.hosts
        if host.zone == zone.name and host.needed
    ]


def _lost(case: Case, zone: Zone, link: ZoneLink, door: Door, host: Host) -> Finding:
    network = known(link.network)
    where = network.name if network is not None else "there"
    message = (
        f"{host.name} does not exist for {where}: {door.id.name} has a private endpoint elsewhere, "
        f"and {zone.name} has no record of it"
    )
    fall_back = fixes.set_property(
        link.id,
        "/properties/resolutionPolicy",
        "NxDomainRedirect",
        f"Let {link.id.name} of {zone.name} fall back to public DNS",
        Safety.ASKS,
        "names without a record then resolve to public addresses",
    )
    mends = [fall_back]
    if case.networks:
        mends.append(fixes.create_endpoint(door.id, door.subresource, case.networks[0]))
    return say.broken(ID, zone.id, message, *say.cites(link.fallback), severity=Severity.WARNING, fixes=mends)


REQUIREMENT = Requirement(
    id=ID,
    title="Linked zones take no other resource's name away from the pods",
    subjects=subjects,
    decide=decide,
)
