"""S11: storage, vault and registry have a private endpoint for each sub-resource that pods use."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.network import Door
from cloison.model.verdict import Finding, Severity
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.placing import by_service_endpoint, serving

ID = "S11"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The environment's storage, vault and registry, those it has."""
    environment = case.environment
    return [id for id in (environment.storage, environment.vault, environment.registry) if id is not None]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """One finding for each sub-resource without an endpoint that serves the cluster."""
    case.resource(subject)
    if by_service_endpoint(case, subject):
        message = f"{subject.name} is reached through service endpoints, which the article's table allows"
        yield say.not_applicable(ID, subject, message)
        return
    for door in case.doors(subject):
        if not serving(case, subject, door.subresource) and not _further_away(case, subject, door):
            yield _missing(case, subject, door)


def _further_away(case: Case, subject: ResourceId, door: Door) -> bool:
    """True when there is one: that it stands out of reach is for another requirement to say."""
    return bool(case.endpoints_to(subject, door.subresource))


def _missing(case: Case, subject: ResourceId, door: Door) -> Finding:
    message = f"{subject.name} has no private endpoint for {door.subresource}"
    if not door.needed:
        message += ", which batch and parallel jobs use"
    mends = [fixes.create_endpoint(subject, door.subresource, case.networks[0])] if case.networks else []
    severity = Severity.ERROR if door.needed else Severity.NOTE
    return say.broken(ID, subject, message, severity=severity, fixes=mends)


REQUIREMENT = Requirement(
    id=ID,
    title="Storage, vault and registry have a private endpoint for each sub-resource that pods use",
    subjects=subjects,
    decide=decide,
)
