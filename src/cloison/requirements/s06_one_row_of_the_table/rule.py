"""S06: the environment is one row of the article's table, not a mixture of several."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import NotKnown, Unknown
from cloison.model.verdict import Finding, Outcome, Path, PathVerdict, Severity
from cloison.reach.walk import WORST_FIRST
from cloison.requirements import Requirement, say
from cloison.requirements.case import Case

ID = "S06"
IN_A_NETWORK = (PathVerdict.PRIVATE, PathVerdict.SERVICE_ENDPOINT)
WORDS = {
    PathVerdict.PRIVATE: "by private IP",
    PathVerdict.SERVICE_ENDPOINT: "by service endpoint",
    PathVerdict.PUBLIC: "by public IP",
    PathVerdict.BLOCKED: "not at all",
    PathVerdict.UNKNOWN: "nobody knows how",
}


def subjects(case: Case) -> Iterable[ResourceId]:
    """The environment as a whole, named by its cluster."""
    return [case.environment.cluster]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """A note where services are reached in ways that stand in different rows."""
    environment = case.environment
    others = [id for id in (environment.storage, environment.vault, environment.registry) if id is not None]
    parts = [id for id in (environment.workspace, *others) if id is not None]
    unread = next((id for id in parts if case.snapshot.get(id) is None), None)
    if unread is not None:
        message = (
            f"which row of the article's table this is depends on {unread.name}, which is not in the input"
        )
        yield say.unknown(ID, subject, message, ask=f"add {unread.text}", severity=Severity.NOTE)
        return
    worst = {id: _worst(case, id) for id in parts}
    open_ = next((path for path in worst.values() if path.verdict is PathVerdict.UNKNOWN), None)
    if open_ is not None:
        doubt = next(step for step in open_.steps if step.outcome is Outcome.UNKNOWN)
        message = f"which row of the article's table this is depends on {open_.resource.name}: {doubt.text}"
        yield say.unknown(ID, subject, message, ask=doubt.ask, cites=doubt.cites, severity=Severity.NOTE)
        return
    shown = ", ".join(f"{id.name} {WORDS[path.verdict]}" for id, path in worst.items())
    whole = worst[environment.workspace].verdict if environment.workspace is not None else None
    row = _row(whole, {worst[id].verdict for id in others})
    if row is not None:
        yield say.met(ID, subject, f'row "{row}": {shown}')
        return
    yield say.broken(ID, subject, f"no row of the article's table: {shown}", severity=Severity.NOTE)


def _row(workspace: PathVerdict | None, others: set[PathVerdict]) -> str | None:
    """The row's title as the article has it."""
    if workspace is PathVerdict.PUBLIC and others <= {PathVerdict.PUBLIC}:
        return "No virtual network"
    if others <= set(IN_A_NETWORK):
        if workspace is PathVerdict.PRIVATE:
            return "Secure resources in a virtual network"
        if workspace is PathVerdict.PUBLIC:
            return "Public workspace, all other resources in a virtual network"
    return None


def _worst(case: Case, id: ResourceId) -> Path:
    """The worst path to the names that pods always need. Raises NotKnown where there is none."""
    found = [path for path in case.paths_to(id) if path.needed]
    if not found:
        why = f"from which agent pool {id.name} is reached is not in the input"
        raise NotKnown(Unknown(why, f"add {case.cluster.id.text} with its agent pools"))
    return min(found, key=lambda path: WORST_FIRST.index(path.verdict))


REQUIREMENT = Requirement(
    id=ID, title="The environment is one row of the article's table", subjects=subjects, decide=decide
)
