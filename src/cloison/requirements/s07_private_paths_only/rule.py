"""S07: from every pool, every service is reached by a private address only."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.verdict import Finding, Outcome, Path, PathVerdict, Severity, Verdict
from cloison.reach.walk import WORST_FIRST
from cloison.requirements import Requirement, say
from cloison.requirements.case import Case

ID = "S07"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Every service of the environment."""
    return case.environment.services


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """One finding for each name that is not reached privately, with all its obstacles."""
    case.resource(subject)
    by_host: dict[str, list[Path]] = {}
    for path in case.paths_to(subject):
        by_host.setdefault(path.host, []).append(path)
    for paths in by_host.values():
        worst = min(paths, key=lambda path: WORST_FIRST.index(path.verdict))
        if worst.verdict is not PathVerdict.PRIVATE:
            yield _finding(subject, worst)


def _finding(subject: ResourceId, path: Path) -> Finding:
    if path.verdict is PathVerdict.UNKNOWN:
        doubt = next(step for step in path.steps if step.outcome is Outcome.UNKNOWN)
        severity = Severity.WARNING if path.needed else Severity.NOTE
        return Finding(
            requirement=ID,
            verdict=Verdict.UNKNOWN,
            subject=subject,
            message=f"{path.host} from pool {path.pool}: {doubt.text}",
            severity=severity,
            evidence=path.steps,
            ask=doubt.ask,
        )
    severity = Severity.ERROR if path.needed else Severity.NOTE
    if path.verdict is PathVerdict.SERVICE_ENDPOINT:
        severity = Severity.NOTE
    return say.broken(ID, subject, _message(path), severity=severity, evidence=path.steps)


def _message(path: Path) -> str:
    where = f"{path.host} from pool {path.pool}"
    if path.verdict is PathVerdict.BLOCKED:
        return f"{where} is blocked: {'; '.join(step.text for step in path.obstacles)}"
    if path.verdict is PathVerdict.SERVICE_ENDPOINT:
        return (
            f"{where} goes to the public address through a service endpoint, which the article's table allows"
        )
    turn = next((step.text for step in path.steps if "public address" in step.text), path.address)
    return f"{where} is reached by its public address: {turn}"


REQUIREMENT = Requirement(
    id=ID, title="Pods reach every service by private addresses only", subjects=subjects, decide=decide
)
