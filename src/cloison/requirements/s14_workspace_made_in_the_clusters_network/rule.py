"""S14: a workspace that is still to be made takes the cluster's network, and its own endpoint is the last step.

Judges the end of a plan, which shows whether a step is missing before the last one, and not the order of its steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloison.arm.ids import ResourceId
from cloison.model.network import Endpoint
from cloison.model.verdict import Finding, Severity
from cloison.requirements import Requirement, say
from cloison.requirements.case import Case
from cloison.requirements.placing import (
    Place,
    Placed,
    by_service_endpoint,
    cites,
    new_endpoints,
    not_serving,
    standing,
)

ID = "S14"
GROUP = "amlworkspace"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The workspace."""
    return [case.environment.workspace] if case.environment.workspace is not None else []


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Of a planned workspace: its endpoint is planned too, in the right network, and after those of its services."""
    resource = case.resource(subject)
    if not resource.planned or resource.partial is not None:
        yield say.not_applicable(ID, subject, f"{subject.name} is there already")
        return
    found = standing(case, subject, GROUP).decided()
    if not found.serving:
        yield from _without_last_step(case, subject, found.others)
        return
    last = found.serving[0]
    early = [service for service in _services(case) if not _has_its_own(case, service)]
    for service in early:
        yield _too_early(case, subject, last.endpoint, service)
    if not early:
        where = last.network.name if last.network is not None else "the cluster's network"
        message = f"{subject.name} is to be made with {last.endpoint.id.name} in {where}"
        if last.place is Place.PEERED:
            home = case.networks[0].name
            message += (
                f", which is peered with {home}: the article's list allows that, its last paragraph does not"
            )
        yield say.met(ID, subject, message, *cites(last))


def _services(case: Case) -> list[ResourceId]:
    environment = case.environment
    return [id for id in (environment.storage, environment.vault, environment.registry) if id is not None]


def _has_its_own(case: Case, service: ResourceId) -> bool:
    """Whether a service has an endpoint, wherever it stands, or lets the cluster's subnets in. Raises NotKnown."""
    case.resource(service)
    return (
        bool(case.endpoints_to(service))
        or by_service_endpoint(case, service)
        or bool(standing(case, service).decided().serving)
    )


def _without_last_step(case: Case, workspace: ResourceId, others: Iterable[Placed]) -> Iterator[Finding]:
    if not others:
        message = f"{workspace.name} is to be made without the last step, a private endpoint of its own"
        mends = new_endpoints(case, workspace, [GROUP])
        yield say.broken(ID, workspace, message, fixes=mends)
    for one in others:
        yield not_serving(case, ID, workspace, one)


def _too_early(case: Case, workspace: ResourceId, endpoint: Endpoint, service: ResourceId) -> Finding:
    message = (
        f"{endpoint.id.name} of {workspace.name} is to be the last step, "
        f"and {service.name} has no endpoint that could come before it"
    )
    needed = [door.subresource for door in case.doors(service) if door.needed]
    mends = new_endpoints(case, service, needed)
    return say.broken(
        ID, service, message, *say.cites(endpoint.target), severity=Severity.WARNING, fixes=mends
    )


REQUIREMENT = Requirement(
    id=ID,
    title="A workspace still to be made takes the cluster's network, and its own endpoint is the last step",
    subjects=subjects,
    decide=decide,
)
