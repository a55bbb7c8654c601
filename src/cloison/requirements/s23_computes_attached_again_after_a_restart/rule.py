"""S23: computes on the cluster work, and were attached again after its last restart.

Whether a compute works is told; when the cluster was last started is not, so the second half is never met for a
deployed cluster, only unknown: a note while nothing speaks of a restart, a warning where something does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloison.arm.ids import ResourceId
from cloison.kinds.ml_compute.facts import MlCompute, facts
from cloison.model.facts import NotKnown, Unknown
from cloison.model.verdict import Finding, Fix, Safety, Severity
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
        yield say.broken(ID, subject, message, *cites, fixes=_again(case, subject, compute))
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
        mends = _again(case, subject, compute)
        return say.broken(ID, subject, message, *say.cites(power), severity=Severity.WARNING, fixes=mends)
    attached = say.told(compute.created)
    when = f"attached {attached[:10]}" if attached else "attached at a time that is not in the input"
    ask = (
        "look for a start of the cluster after that, and attach the compute again if there is one: "
        f"az monitor activity-log list --resource-id {cluster.text} --offset 90d"
    )
    trace = restart.sign(case)
    if trace is None:
        message = f"{subject.name} says Succeeded, {when}; ARM does not tell whether {cluster.name} was restarted since"
        return say.unknown(
            ID, subject, message, ask=ask, cites=say.cites(compute.created), severity=Severity.NOTE
        )
    message = (
        f"{subject.name} was {when}, and {cluster.name} seems to have been restarted at some time ({trace.text}): "
        "ARM does not tell which came first"
    )
    return say.unknown(ID, subject, message, ask=ask, cites=(*say.cites(compute.created), *trace.cites))


def _again(case: Case, subject: ResourceId, compute: MlCompute) -> Iterator[Fix]:
    """Detach and attach, in this order, with all that must stay the same."""
    cluster, namespace, types = (
        case.environment.cluster,
        say.told(compute.namespace),
        say.told(compute.identity),
    )
    yield Fix(
        action="delete",
        target=subject.text,
        summary=f"Detach {subject.name} (underlyingResourceAction=Detach, never Delete)",
        safety=Safety.ASKS,
        why="until it is attached again, nobody can change endpoints and deployments on it",
        # With `Delete` the cluster may go too. Source: REST reference 2024-10-01, Compute - Delete; checked 2026-11-24.
        query={"underlyingResourceAction": "Detach"},
    )
    body: dict[str, object] = {
        "properties": {
            "computeType": "Kubernetes",
            "resourceId": cluster.text,
            "properties": {"namespace": namespace or "{namespace}"},
        }
    }
    if types:
        body["identity"] = {"type": ",".join(SPELLING.get(one, one) for one in types)}
    yield Fix(
        action="create",
        target=subject.text,
        summary=f"Attach {cluster.name} again as {subject.name}, with the same namespace and type of identity",
        safety=Safety.ASKS,
        why="a system-assigned identity comes back as another principal, so its roles must be given again",
        body=body,
    )


SPELLING = {"systemassigned": "SystemAssigned", "userassigned": "UserAssigned"}

REQUIREMENT = Requirement(
    id=ID,
    title="Computes on the cluster work, and were attached again after its last restart",
    subjects=subjects,
    decide=decide,
)
