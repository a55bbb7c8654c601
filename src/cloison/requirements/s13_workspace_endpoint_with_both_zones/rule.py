"""S13: the workspace has a private endpoint in reach of the cluster, integrated with both of its private zones."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite
from cloison.model.network import Endpoint
from cloison.model.verdict import Finding, PathVerdict, Severity
from cloison.requirements import Requirement, say
from cloison.requirements.case import Case
from cloison.requirements.placing import cites, in_words, new_endpoints, not_serving, standing
from cloison.requirements.resolving import integrate, missing_zones

ID = "S13"
GROUP = "amlworkspace"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The workspace."""
    return [case.environment.workspace] if case.environment.workspace is not None else []


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken without an endpoint in reach, or where none of those in reach writes into both zones."""
    case.resource(subject)
    found = standing(case, subject, GROUP).decided()
    if not found.serving:
        for one in found.others:
            yield not_serving(case, ID, subject, one)
        if not found.others:
            mends = new_endpoints(case, subject, [GROUP])
            yield say.broken(ID, subject, f"workspace {subject.name} has no private endpoint", fixes=mends)
        return
    for one in found.serving:
        if one.endpoint.zones_known.value and not missing_zones(case, one.endpoint):
            yield say.met(ID, subject, f"{in_words(case, one)}, and writes into both zones", *cites(one))
            return
    yield from (_not_integrated(case, subject, one.endpoint) for one in found.serving)


def _not_integrated(case: Case, subject: ResourceId, endpoint: Endpoint) -> Finding:
    """An error, or a warning where records made by hand do the work for now."""
    missing = missing_zones(case, endpoint)
    if endpoint.zones:
        message = f"{endpoint.id.name} does not write into {', '.join(missing)}"
        cite = Cite(endpoint.zones[0].group, "/properties/privateDnsZoneConfigs")
    else:
        message = f"{endpoint.id.name} is not integrated with private DNS: it has no zone group"
        cite = Cite(endpoint.id)
    paths = [path for path in case.paths_to(subject) if path.needed]
    by_hand = bool(paths) and all(path.verdict is PathVerdict.PRIVATE for path in paths)
    if by_hand:
        message += ", and its names lead to it by records that nobody keeps up"
    severity = Severity.WARNING if by_hand else Severity.ERROR
    return say.broken(ID, subject, message, cite, severity=severity, fixes=integrate(case, endpoint))


REQUIREMENT = Requirement(
    id=ID,
    title="The workspace has a private endpoint in reach of the cluster, integrated with both of its private zones",
    subjects=subjects,
    decide=decide,
)
