"""D04: the workspace's endpoint writes into both of its zones: the one for the API and the one for notebooks."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite
from cloison.model.verdict import Finding
from cloison.reach.fabric import known
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case

ID = "D04"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Endpoints of the workspace that have a zone group."""
    workspace = case.environment.workspace
    found = case.endpoints_to(workspace) if workspace is not None else []
    return [endpoint.id for endpoint in found if endpoint.zones]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken where one of the two zones is not in the group."""
    endpoint = case.fabric.endpoints[subject]
    workspace = known(endpoint.target)
    doors = case.doors(workspace) if workspace is not None else []
    wanted = list(dict.fromkeys(host.zone for door in doors for host in door.hosts if host.zone))
    named = {zone.name.lower() for config in endpoint.zones if (zone := config.zone.value) is not None}
    missing = [name for name in wanted if name not in named]
    if not missing:
        return
    message = f"{subject.name} does not write into {', '.join(missing)}, so those names stay public"
    near = known(endpoint.zones[0].zone) or subject
    ids = [zone.id.text for name in wanted for zone in case.zones_named(name)[:1]]
    mends = [*(fixes.create_zone(name, near) for name in missing if not case.zones_named(name))]
    mends.append(fixes.zone_group(subject, ids))
    cite = Cite(endpoint.zones[0].group, "/properties/privateDnsZoneConfigs")
    yield say.broken(ID, subject, message, cite, fixes=mends)


REQUIREMENT = Requirement(
    id=ID,
    title="The workspace's endpoint writes into both of its zones",
    subjects=subjects,
    decide=decide,
)
