"""S03: a workspace with a private endpoint is in the same region as the cluster."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Known, Unknown
from cloison.model.verdict import Finding, Fix, Step
from cloison.reach import names
from cloison.reach.filters import Match
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case

ID = "S03"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The workspace, when it was read."""
    return [case.workspace.id] if case.workspace is not None else []


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Compares both locations, which nothing can change afterwards. An endpoint's own region does not matter."""
    workspace = case.workspace
    assert workspace is not None
    private, why = _is_private(case, subject)
    if private is Match.NO:
        message = f"{subject.name} has no approved private endpoint, so the cluster may be in another region"
        yield say.not_applicable(ID, subject, message, *why.cites)
        return
    ours, theirs = workspace.location, case.cluster.location
    # Two resources that take their location from one open value are in one region, whichever it is.
    if (isinstance(ours, Unknown) or isinstance(theirs, Unknown)) and _same_expression(case):
        yield say.met(ID, subject, "workspace and cluster take their location from the same value")
        return
    cites = say.cites(ours, theirs)
    if ours.value == theirs.value:
        yield say.met(ID, subject, f"workspace and cluster are both in {ours.value}", *cites)
        return
    message = f"workspace {subject.name} is in {ours.value}, cluster {case.cluster.id.name} in {theirs.value}"
    if private is Match.MAYBE:
        message += f": wrong if {subject.name} has a private endpoint, and {why.text}"
        yield say.unknown(ID, subject, message, ask=why.ask, cites=(*cites, *why.cites))
        return
    yield say.broken(ID, subject, message, *cites, fixes=_options(case, subject, ours.value, theirs.value))


def _options(case: Case, workspace: ResourceId, ours: str, theirs: str) -> list[Fix]:
    fixed = "the location of either cannot be changed"
    anew = f"Create a workspace with its services in {theirs} and attach the cluster there"
    return [
        fixes.by_hand(workspace, anew, fixed),
        fixes.by_hand(case.cluster.id, f"Create a cluster in {ours} and attach that one", fixed),
    ]


def _is_private(case: Case, workspace: ResourceId) -> tuple[Match, Step]:
    """Whether the workspace has an approved private endpoint; one that it lists counts, whether read or not."""
    (door,) = case.doors(workspace)
    match, step = names.approved(case.fabric, door)
    listed = door.connections.value if isinstance(door.connections, Known) else ()
    return (Match.YES if any(state == "approved" for _, state in listed) else match), step


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
