"""D04: the workspace's endpoint writes into both of its zones: the one for the API and the one for notebooks."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite
from cloison.model.verdict import Finding, Severity
from cloison.requirements import Requirement, say
from cloison.requirements.case import Case
from cloison.requirements.resolving import integrate, missing_zones, wanted_zones, works

ID = "D04"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Endpoints of the workspace that have a zone group."""
    workspace = case.environment.workspace
    found = case.endpoints_to(workspace) if workspace is not None else []
    return [endpoint.id for endpoint in found if endpoint.zones]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken where one of the two zones is not in the group."""
    endpoint = case.fabric.endpoints[subject]
    cite = Cite(endpoint.zones[0].group, "/properties/privateDnsZoneConfigs")
    missing = missing_zones(case, endpoint)
    if not missing:
        both = " and ".join(wanted_zones(case, endpoint))
        yield say.met(ID, subject, f"{subject.name} writes into {both}", cite)
        return
    message, severity = f"{subject.name} does not write into {', '.join(missing)}", Severity.ERROR
    if works(case, endpoint):
        message += ", where records made by hand do the work for now"
        severity = Severity.WARNING
    yield say.broken(ID, subject, message, cite, severity=severity, fixes=integrate(case, endpoint))


REQUIREMENT = Requirement(
    id=ID,
    title="The workspace's endpoint writes into both of its zones",
    subjects=subjects,
    decide=decide,
)
