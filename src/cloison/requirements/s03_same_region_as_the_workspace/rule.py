"""S03: a workspace with a private endpoint is in the same region as the cluster."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import NotKnown
from cloison.model.verdict import Finding
from cloison.reach import names
from cloison.reach.filters import Match
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case

ID = "S03"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The workspace, if it has a private endpoint: without one, regions may differ."""
    workspace = case.workspace
    if workspace is None:
        return []
    if any(endpoint.maybe is None for endpoint in case.endpoints_to(workspace.id)):
        return [workspace.id]
    matches = [names.approved(case.fabric, door)[0] for door in case.doors(workspace.id)]
    return [workspace.id] if Match.YES in matches or Match.MAYBE in matches else []


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Compares both locations, which nothing can change afterwards."""
    workspace = case.workspace
    assert workspace is not None
    try:
        ours, theirs = workspace.location.value, case.cluster.location.value
    except NotKnown:
        # Two resources that take their location from one open value are in one region, whichever it is.
        if _same_expression(case):
            yield say.met(ID, subject, "workspace and cluster take their location from the same value")
            return
        raise
    cites = say.cites(workspace.location, case.cluster.location)
    if ours == theirs:
        yield say.met(ID, subject, f"workspace and cluster are both in {ours}", *cites)
        return
    message = f"workspace {subject.name} is in {ours}, cluster {case.cluster.id.name} in {theirs}"
    why = "the location of either cannot be changed"
    options = [
        fixes.by_hand(
            subject, f"Create a workspace with its services in {theirs} and attach the cluster there", why
        ),
        fixes.by_hand(case.cluster.id, f"Create a cluster in {ours} and attach that one", why),
    ]
    yield say.broken(ID, subject, message, *cites, fixes=options)


def _same_expression(case: Case) -> bool:
    bodies = [
        case.resource(id).body.at("location").value
        for id in (case.environment.workspace, case.environment.cluster)
    ]
    return bodies[0] is not None and bodies[0] == bodies[1]


REQUIREMENT = Requirement(
    id=ID,
    title="The cluster is in the region of the workspace that has a private endpoint",
    subjects=subjects,
    decide=decide,
)
