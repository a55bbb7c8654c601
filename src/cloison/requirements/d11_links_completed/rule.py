"""D11: links of the services' zones are completed."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.verdict import Finding, Severity
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.zones import links

ID = "D11"
STATES = {"inprogress": "still being made"}


def subjects(case: Case) -> Iterable[ResourceId]:
    """Links of the environment's zones to the cluster's network, or the one that answers it."""
    return [link.id for link in links(case)]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """An error for a link that failed, a warning for one under way."""
    link = next(link for link in links(case) if link.id == subject)
    name = f"link {subject.name} of {link.zone.name}"
    if not link.ready.value:
        message = f"{name} failed, so the zone does not answer"
        yield say.broken(ID, subject, message, *say.cites(link.ready), fixes=[fixes.link_again(link)])
        return
    state = link.state.value
    if state in (None, "completed"):
        text = "is completed" if state else "will be made"
        yield say.met(ID, subject, f"{name} {text}", *say.cites(link.state))
        return
    message = f"{name} is {STATES.get(state, state)}: answers come and go until it is completed"
    mend = fixes.by_hand(subject, f"Wait until {name} is completed", "Azure is at it")
    yield say.broken(ID, subject, message, *say.cites(link.state), severity=Severity.WARNING, fixes=[mend])


REQUIREMENT = Requirement(
    id=ID, title="Links of the services' zones are completed", subjects=subjects, decide=decide
)
