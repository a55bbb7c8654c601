"""S13: the workspace has a private endpoint in reach of the cluster, integrated with private DNS."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.verdict import Finding
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.placing import Place, placed

ID = "S13"
GROUP = "amlworkspace"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The workspace."""
    return [case.environment.workspace] if case.environment.workspace is not None else []


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken without an endpoint in reach, or with one that no zone group integrates."""
    case.resource(subject)
    found = [placed(case, endpoint) for endpoint in case.endpoints_to(subject, GROUP)]
    serving = [one for one in found if one.serves]
    if not found:
        mends = [fixes.create_endpoint(subject, GROUP, case.networks[0])] if case.networks else []
        yield say.broken(ID, subject, f"workspace {subject.name} has no private endpoint", fixes=mends)
        return
    if not serving:
        for one in found:
            reason = one.faults[0].text if one.faults else _out_of_reach(case, one.place)
            yield say.broken(
                ID, subject, f"{one.endpoint.id.name}: {reason}", evidence=one.faults or one.steps
            )
        return
    for one in serving:
        endpoint = one.endpoint
        if endpoint.zones_known.value and not endpoint.zones:
            zones = [host.zone for door in case.doors(subject) for host in door.hosts]
            ids = [zone.id.text for name in dict.fromkeys(zones) for zone in case.zones_named(name)[:1]]
            message = f"{endpoint.id.name} is not integrated with private DNS: it has no zone group"
            yield say.broken(ID, subject, message, fixes=[fixes.zone_group(endpoint.id, ids)] if ids else [])


def _out_of_reach(case: Case, place: Place) -> str:
    if place is Place.BADLY_PEERED:
        return f"its network's peering with {case.networks[0].name} carries nothing"
    return f"it stands neither in {case.networks[0].name} nor in a network peered with it"


REQUIREMENT = Requirement(
    id=ID,
    title="The workspace has a private endpoint in reach of the cluster, integrated with private DNS",
    subjects=subjects,
    decide=decide,
)
