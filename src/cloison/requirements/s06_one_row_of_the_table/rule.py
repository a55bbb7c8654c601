"""S06: the environment is one row of the article's table, not a mixture of several."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.verdict import Finding, PathVerdict, Severity
from cloison.reach.walk import WORST_FIRST
from cloison.requirements import Requirement, say
from cloison.requirements.case import Case

ID = "S06"
SECURED = (PathVerdict.PRIVATE, PathVerdict.SERVICE_ENDPOINT)


def subjects(case: Case) -> Iterable[ResourceId]:
    """The environment as a whole, named by its cluster."""
    return [case.environment.cluster]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """A note where services are reached in ways that stand in different rows."""
    worst = {id: _worst(case, id) for id in case.services}
    open_ = [id for id, verdict in worst.items() if verdict is PathVerdict.UNKNOWN]
    if open_:
        named = ", ".join(id.name for id in open_)
        message = f"how {named} is reached is not known, so the row of the table is not either"
        yield say.unknown(ID, subject, message, ask="see the paths to them", severity=Severity.NOTE)
        return
    workspace = case.environment.workspace
    others = {verdict for id, verdict in worst.items() if id != workspace}
    whole = worst.get(workspace) if workspace is not None else None
    if others <= {PathVerdict.PUBLIC} and whole is PathVerdict.PUBLIC:
        yield say.met(ID, subject, "no virtual network: every service is reached by its public address")
    elif others <= set(SECURED) and whole in (PathVerdict.PRIVATE, PathVerdict.PUBLIC):
        row = (
            "all private"
            if whole is PathVerdict.PRIVATE
            else "public workspace, everything else in a network"
        )
        yield say.met(ID, subject, row)
    else:
        shown = ", ".join(f"{id.name} {verdict.value}" for id, verdict in worst.items())
        yield say.broken(
            ID, subject, f"matches no row of the article's table: {shown}", severity=Severity.NOTE
        )


def _worst(case: Case, id: ResourceId) -> PathVerdict:
    found = [path.verdict for path in case.paths_to(id) if path.needed]
    return min(found, key=WORST_FIRST.index, default=PathVerdict.UNKNOWN)


REQUIREMENT = Requirement(
    id=ID, title="The environment is one row of the article's table", subjects=subjects, decide=decide
)
