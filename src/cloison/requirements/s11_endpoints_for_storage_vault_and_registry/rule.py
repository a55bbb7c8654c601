"""S11: storage, vault and registry have a private endpoint in reach for each sub-resource that pods use."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.network import Door
from cloison.model.verdict import Finding, Severity
from cloison.requirements import Requirement, say
from cloison.requirements.case import Case
from cloison.requirements.placing import Standing, by_service_endpoint, new_endpoints, not_serving, standing

ID = "S11"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The environment's storage, vault and registry, those it has."""
    environment = case.environment
    return [id for id in (environment.storage, environment.vault, environment.registry) if id is not None]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """For each sub-resource: broken without an endpoint, and for each endpoint that does not serve the cluster."""
    case.resource(subject)
    if subject != case.environment.registry and by_service_endpoint(case, subject):
        message = f"{subject.name} is reached through service endpoints, which the article's table allows"
        yield say.not_applicable(ID, subject, message)
        return
    serving: list[str] = []
    # Those that only some workloads use come last: what is not known of them hides nothing.
    doors = sorted(case.doors(subject), key=lambda door: not door.needed)
    for door in doors:
        found = standing(case, subject, door.subresource)
        serving += [one.endpoint.id.name for one in found.serving[:1]]
        yield from _wanting(case, subject, door, found)
    if len(serving) == len(doors):
        yield say.met(ID, subject, f"in reach of the cluster: {', '.join(dict.fromkeys(serving))}")


def _wanting(case: Case, subject: ResourceId, door: Door, found: Standing) -> Iterable[Finding]:
    """What is missing for one sub-resource; a note where only some workloads ask for it."""
    doubt = found.doubt
    if found.serving:
        return
    if doubt is not None:
        severity = Severity.WARNING if door.needed else Severity.NOTE
        cites = (doubt.cite,) if doubt.cite is not None else ()
        message = f"an endpoint for {door.subresource}: {doubt.why}"
        yield say.unknown(ID, subject, message, ask=doubt.ask, cites=cites, severity=severity)
        return
    for one in found.others:
        finding = not_serving(case, ID, subject, one)
        yield finding if door.needed else say.lighter(finding)
    if not found.others:
        yield _missing(case, subject, door)


def _missing(case: Case, subject: ResourceId, door: Door) -> Finding:
    message = f"{subject.name} has no private endpoint for {door.subresource}"
    if not door.needed:
        message += ", which batch and parallel jobs use"
    mends = new_endpoints(case, subject, [door.subresource])
    severity = Severity.ERROR if door.needed else Severity.NOTE
    return say.broken(ID, subject, message, severity=severity, fixes=mends)


REQUIREMENT = Requirement(
    id=ID,
    title="Storage, vault and registry have a private endpoint in reach for each sub-resource that pods use",
    subjects=subjects,
    decide=decide,
)
