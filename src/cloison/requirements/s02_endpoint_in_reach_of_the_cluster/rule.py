"""S02: workspace, storage, vault and registry each have an endpoint in the cluster's network or a peered one.

By the article's letter; where the network reaches an endpoint further away all the same, both are said.
"""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.verdict import Finding, Severity
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.placing import (
    Placed,
    Standing,
    by_service_endpoint,
    cites,
    in_words,
    new_endpoints,
    not_serving,
    standing,
)

ID = "S02"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The workspace and its storage, vault and registry."""
    environment = case.environment
    named = (environment.workspace, environment.storage, environment.vault, environment.registry)
    return [id for id in named if id is not None]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken without any endpoint in reach; a warning where one further away is reached in fact."""
    case.resource(subject)
    found = _standing(case, subject)
    if found.serving:
        first = found.serving[0]
        apart = list(_apart(case, subject, found.serving))
        yield from apart or [say.met(ID, subject, in_words(case, first), *cites(first))]
        return
    by_subnet = by_service_endpoint(case, subject)
    if by_subnet and subject != case.environment.registry:
        yield say.met(ID, subject, f"{subject.name} lets the cluster's subnets in through service endpoints")
        return
    others = found.decided().others
    for one in others:
        yield not_serving(case, ID, subject, one)
    if not others:
        yield _none(case, subject, by_subnet=by_subnet)


def _standing(case: Case, service: ResourceId) -> Standing:
    """Endpoints for sub-resources that every workload asks for: one for tables alone is no way to storage."""
    return standing(case, service, *(door.subresource for door in case.doors(service) if door.needed))


def _none(case: Case, subject: ResourceId, *, by_subnet: bool) -> Finding:
    where = case.networks[0].name if case.networks else "the cluster's network"
    doors = [door for door in case.doors(subject) if door.needed]
    kinds = f" for {' or '.join(door.subresource for door in doors)}" if len(doors) > 1 else ""
    message = f"{subject.name} has no private endpoint{kinds} in {where} or a network peered with it"
    if by_subnet:
        # Source: Microsoft Learn, Network isolation overview of Azure Machine Learning, table of services: registries
        # by private endpoint only; checked 2026-11-24.
        message += ", and a workspace does not use its registry through a service endpoint"
    elif any(door.admission.endpoint_services for door in doors) and subject != case.environment.registry:
        message += ", and lets the cluster's subnets in through no service endpoint"
    mends = new_endpoints(case, subject, (door.subresource for door in doors))
    return say.broken(ID, subject, message, fixes=mends)


def _apart(case: Case, subject: ResourceId, serving: tuple[Placed, ...]) -> Iterable[Finding]:
    """A warning where storage and workspace are each in reach, and not in one network.

    Source: Microsoft Learn, Network isolation overview of Azure Machine Learning, limitations: a workspace and its
    default storage account must be in one virtual network; checked 2026-11-24.
    """
    workspace = case.environment.workspace
    if subject != case.environment.storage or workspace is None:
        return
    theirs = {one.network: one for one in _standing(case, workspace).serving}
    if not theirs or any(one.network in theirs for one in serving):
        return
    network, other = next(iter(theirs.items()))
    own = serving[0]
    assert network is not None  # it serves
    assert own.network is not None  # so does this
    message = (
        f"{own.endpoint.id.name} stands in {own.network.name} and {other.endpoint.id.name} in {network.name}: "
        "Microsoft's overview wants a workspace and its default storage in one network"
    )
    groups = [door.subresource for door in case.doors(subject) if door.needed]
    mends = [fixes.create_endpoint(subject, group, network) for group in groups]
    evidence = (*cites(own), *cites(other))
    yield say.broken(ID, subject, message, *evidence, severity=Severity.WARNING, fixes=mends)


REQUIREMENT = Requirement(
    id=ID,
    title="Workspace, storage, vault and registry each have an endpoint in the cluster's network or a peered one",
    subjects=subjects,
    decide=decide,
)
