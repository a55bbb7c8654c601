"""S02: workspace, storage, vault and registry each have an endpoint in the cluster's network or a peered one.

By the article's letter; where the network reaches an endpoint further away all the same, both are said.
"""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite
from cloison.model.verdict import Finding, Fix, PathVerdict, Severity
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.placing import Place, Placed, by_service_endpoint, placed

ID = "S02"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The workspace and its storage, vault and registry."""
    environment = case.environment
    named = (environment.workspace, environment.storage, environment.vault, environment.registry)
    return [id for id in named if id is not None]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken without any endpoint in reach; a warning where one further away is reached in fact."""
    case.resource(subject)
    found = [placed(case, endpoint) for endpoint in case.endpoints_to(subject)]
    good = [one for one in found if one.serves]
    if good:
        yield say.met(
            ID, subject, f"{good[0].endpoint.id.name} stands in reach of the cluster", *_cites(good[0])
        )
        return
    if by_service_endpoint(case, subject):
        yield say.met(ID, subject, f"{subject.name} lets the cluster's subnets in through service endpoints")
        return
    if not found:
        yield _none(case, subject)
    for one in found:
        yield _not_in_reach(case, subject, one)


def _none(case: Case, subject: ResourceId) -> Finding:
    where = case.networks[0].name if case.networks else "the cluster's network"
    message = f"{subject.name} has no private or service endpoint in {where} or a network peered with it"
    groups = [door.subresource for door in case.doors(subject) if door.needed]
    mends = [fixes.create_endpoint(subject, group, case.networks[0]) for group in groups if case.networks]
    return say.broken(ID, subject, message, fixes=mends)


def _not_in_reach(case: Case, subject: ResourceId, one: Placed) -> Finding:
    name = one.endpoint.id.name
    if one.faults:
        fix = _revive(one, subject)
        return say.broken(ID, subject, one.faults[0].text, evidence=one.faults, fixes=[fix])
    network = one.endpoint.subnet.value
    where = network.parent if network is not None else one.endpoint.id
    if one.place is Place.BADLY_PEERED:
        message = f"{name} stands in {where.name}, whose peering with {case.networks[0].name} carries nothing"
        mends = [fixes.peer(case.networks[0], where), fixes.peer(where, case.networks[0])]
        return say.broken(ID, subject, message, evidence=one.steps, fixes=mends)
    reached = [path for path in case.paths_to(subject) if path.endpoint == one.endpoint.id]
    if reached and all(path.verdict is PathVerdict.PRIVATE for path in reached):
        message = (
            f"{name} stands in {where.name}, which is not peered with {case.networks[0].name}: "
            "broken by the article's letter, reachable in fact"
        )
        return say.broken(ID, subject, message, *_cites(one), severity=Severity.WARNING)
    message = f"{name} stands in {where.name}, which is neither {case.networks[0].name} nor peered with it"
    mends = [fixes.peer(case.networks[0], where), fixes.peer(where, case.networks[0])]
    return say.broken(ID, subject, message, *_cites(one), fixes=mends)


def _revive(one: Placed, subject: ResourceId) -> Fix:
    if one.endpoint.status.value == "pending":
        return fixes.approve(one.endpoint.id, subject)
    return fixes.recreate_endpoint(
        one.endpoint.id, "it carries nothing now, and its state cannot be changed back"
    )


def _cites(one: Placed) -> tuple[Cite, ...]:
    return say.cites(one.endpoint.subnet, one.endpoint.status)


REQUIREMENT = Requirement(
    id=ID,
    title="Workspace, storage, vault and registry each have an endpoint in the cluster's network or a peered one",
    subjects=subjects,
    decide=decide,
)
