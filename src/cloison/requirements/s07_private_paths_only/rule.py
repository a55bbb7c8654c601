"""S07: from every pool, every service is reached by a private address only."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import NotKnown, Unknown
from cloison.model.verdict import Finding, Outcome, Path, PathVerdict, Severity, Verdict
from cloison.requirements import Requirement, say
from cloison.requirements.case import Case
from cloison.requirements.mending import mends
from cloison.requirements.telling import why_not_private

ID = "S07"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Every service of the environment."""
    return case.environment.services


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """One finding for each name that is not reached privately, with all its obstacles."""
    case.resource(subject)
    paths = case.worst_paths_to(subject)
    for path in paths:
        if path.verdict is not PathVerdict.PRIVATE:
            yield _finding(case, subject, path)
    if paths and all(path.verdict is PathVerdict.PRIVATE for path in paths):
        yield say.met(
            ID, subject, f"every name of {subject.name} leads to a private endpoint, from every pool"
        )
    # Pools that were not read may stand anywhere, so what the others reach says nothing of them.
    if isinstance(case.cluster.pools_known, Unknown):
        raise NotKnown(case.cluster.pools_known)
    if not paths:
        why = f"{case.cluster.id.name} shows no agent pool, so from where {subject.name} is reached is not known"
        raise NotKnown(Unknown(why, f"add {case.cluster.id.text} with its agent pools"))


def _finding(case: Case, subject: ResourceId, path: Path) -> Finding:
    if path.verdict is PathVerdict.UNKNOWN:
        doubt = next(step for step in path.steps if step.outcome is Outcome.UNKNOWN)
        return Finding(
            requirement=ID,
            verdict=Verdict.UNKNOWN,
            subject=subject,
            message=f"{path.host} from pool {path.pool}: {doubt.text}",
            severity=Severity.WARNING if path.needed else Severity.NOTE,
            evidence=path.steps,
            ask=doubt.ask,
        )
    allowed = path.verdict is PathVerdict.SERVICE_ENDPOINT or not path.needed
    severity = Severity.NOTE if allowed else Severity.ERROR
    message = f"{path.host} from pool {path.pool} {why_not_private(path)}"
    offered = mends(case, path)
    return say.broken(ID, subject, message, severity=severity, evidence=path.steps, fixes=offered)


REQUIREMENT = Requirement(
    id=ID, title="Pods reach every service by private addresses only", subjects=subjects, decide=decide
)
