"""D03: endpoints write into zones of the names that Azure asks for."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite
from cloison.model.network import Endpoint
from cloison.model.verdict import Finding
from cloison.reach.fabric import known
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case

ID = "D03"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Private endpoints of the environment that have a zone group."""
    return [endpoint.id for endpoint in case.endpoints if endpoint.zones]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken for each zone in the group that holds none of the target's names."""
    endpoint = case.fabric.endpoints[subject]
    wanted = _wanted(case, endpoint)
    for config in endpoint.zones:
        zone = config.zone.value
        if zone is None or not wanted or zone.name.lower() in wanted:
            continue
        right = ", ".join(wanted)
        message = f"{subject.name} writes into {zone.name}, which Azure never asks; the zone is {right}"
        mends = [
            *(fixes.create_zone(name, zone) for name in wanted if not case.zones_named(name)),
            fixes.zone_group(subject, [_id_of(case, name, zone) for name in wanted]),
        ]
        cite = Cite(config.group, "/properties/privateDnsZoneConfigs")
        yield say.broken(ID, subject, message, cite, Cite(zone), fixes=mends)


def _wanted(case: Case, endpoint: Endpoint) -> list[str]:
    target = known(endpoint.target)
    groups = endpoint.groups.value
    doors = [
        door for door in (case.doors(target) if target is not None else []) if door.subresource in groups
    ]
    return list(dict.fromkeys(host.zone for door in doors for host in door.hosts if host.zone))


def _id_of(case: Case, name: str, near: ResourceId) -> str:
    there = case.zones_named(name)
    return there[0].id.text if there else f"{near.text.rpartition('/')[0]}/{name}"


REQUIREMENT = Requirement(
    id=ID,
    title="Endpoints write into zones of the names that Azure asks for",
    subjects=subjects,
    decide=decide,
)
