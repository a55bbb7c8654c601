"""S23: computes on the cluster work, and were attached again after its last restart.

Whether a compute works is told by itself; when the cluster was last started, by its activity log. Where that was not
read, or reaches not far enough, the second half is unknown: a note while nothing speaks of a restart, a warning where
something does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cloison.arm.ids import ResourceId
from cloison.kinds.cluster_event.facts import moment
from cloison.kinds.ml_compute.facts import MlCompute, facts
from cloison.model.facts import NotKnown, Unknown
from cloison.model.verdict import Finding, Severity
from cloison.requirements import Requirement, restart, say
from cloison.requirements.case import Case

ID = "S23"
GIVEN_UP = ("failed", "canceled")


def subjects(case: Case) -> Iterable[ResourceId]:
    """Computes of the workspace that stand on the cluster."""
    return restart.computes(case)


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken by a compute that failed; else as much as can be told of restarts."""
    resource = case.resource(subject)
    compute = facts(resource)
    if resource.planned:
        yield say.met(ID, subject, f"{subject.name} is attached when this is deployed")
        return
    if compute.cluster.value != case.environment.cluster:
        return
    state, errors = compute.state.value, compute.errors.value
    if state in GIVEN_UP or errors:
        with_codes = f", with errors: {', '.join(errors)}" if errors else ""
        message = f"{subject.name} says {(state or 'unknown').capitalize()}{with_codes}"
        cites = say.cites(compute.errors if errors else compute.state)
        yield say.broken(ID, subject, message, *cites, fixes=[restart.attach_again(subject)])
        return
    if state != "succeeded":
        why = f"{subject.name} is still {(state or 'without a state').capitalize()}"
        raise NotKnown(Unknown(why, "wait until it has Succeeded", *say.cites(compute.state)[:1]))
    yield _since(case, subject, compute)


def _since(case: Case, subject: ResourceId, compute: MlCompute) -> Finding:
    cluster = case.environment.cluster
    power = restart.cluster(case).power
    if power.value == restart.STOPPED:
        message = f"{cluster.name} is stopped: attach {subject.name} again once it runs"
        mends = [restart.attach_again(subject)]
        return say.broken(ID, subject, message, *say.cites(power), severity=Severity.WARNING, fixes=mends)
    created = say.told(compute.created)
    attached = moment(created) if created else None
    last = restart.last(case)
    if last is not None and attached is not None:
        return _told(case, subject, compute, attached, last)
    return _not_told(case, subject, compute, last)


def _told(
    case: Case, subject: ResourceId, compute: MlCompute, attached: datetime, last: restart.Restart
) -> Finding:
    """What the activity log says of a compute: attached before the last restart, or after it."""
    cites = (*say.cites(compute.created), *last.cites)
    cluster, when = case.environment.cluster.name, restart.when(attached)
    if last.at > attached:
        message = f"{subject.name} was attached {when}, before {cluster} was {last.did}"
        return say.broken(ID, subject, message, *cites, fixes=[restart.attach_again(subject)])
    return say.met(
        ID, subject, f"{subject.name} was attached {when}, after {cluster} was last {last.did}", *cites
    )


def _not_told(case: Case, subject: ResourceId, compute: MlCompute, last: restart.Restart | None) -> Finding:
    cluster = case.environment.cluster
    attached = say.told(compute.created)
    when = f"attached {attached[:10]}" if attached else "attached at a time that is not in the input"
    ask = (
        "add what this prints, which tells of the starts of the last 90 days: "
        f"az monitor activity-log list --resource-id {cluster.text} --offset 90d"
    )
    if last is not None:
        message = (
            f"{subject.name} was {when}, and {cluster.name} was {last.did}: which came first is not told"
        )
        return say.unknown(
            ID, subject, message, ask=f"add {subject.text} with its createdOn", cites=last.cites
        )
    trace = restart.sign(case)
    if trace is None:
        message = (
            f"{subject.name} says Succeeded, {when}; no start of {cluster.name} since then is in the input"
        )
        return say.unknown(
            ID, subject, message, ask=ask, cites=say.cites(compute.created), severity=Severity.NOTE
        )
    message = (
        f"{subject.name} was {when}, and {cluster.name} seems to have been restarted at some time ({trace.text}): "
        "which came first is not told"
    )
    return say.unknown(ID, subject, message, ask=ask, cites=(*say.cites(compute.created), *trace.cites))


REQUIREMENT = Requirement(
    id=ID,
    title="Computes on the cluster work, and were attached again after its last restart",
    subjects=subjects,
    decide=decide,
)
