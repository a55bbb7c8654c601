"""D12: a browser that asks a DNS server of its own keeps nobody out of the studio.

Nothing in ARM tells which servers a browser asks, so of a closed workspace this is always unknown, as a note.
"""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Unknown
from cloison.model.verdict import Finding, Severity
from cloison.requirements import Requirement, say
from cloison.requirements.case import Case

ID = "D12"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The workspace, when it was read and has private endpoints that its names should lead to."""
    id = case.environment.workspace
    return [id] if id is not None and case.doors(id) else []


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Met where the public address lets everybody in; unknown where it does not."""
    admission = case.doors(subject)[0].admission
    for fact in (admission.public, admission.open_to_all):
        if isinstance(fact, Unknown):
            # Even if it were known, no path of a pod would depend on it.
            cited = (fact.cite,) if fact.cite is not None else ()
            yield say.unknown(ID, subject, fact.why, ask=fact.ask, cites=cited, severity=Severity.NOTE)
            return
    if admission.public.value and admission.open_to_all.value:
        message = f"{subject.name} lets people in by its public address too, so any DNS server will do"
        yield say.met(ID, subject, message, *say.cites(admission.public))
        return
    message = (
        "whether a browser asks a DNS server of its own (DNS over HTTPS) is not to be seen in Azure; "
        f"one that does gets the public address of {subject.name} and is refused"
    )
    host = next((host.name for host in case.doors(subject)[0].hosts), subject.name)
    ask = f"turn secure DNS off in the browsers, or see whether they reach the address that `nslookup {host}` gives"
    shut = admission.open_to_all if admission.public.value else admission.public
    yield say.unknown(ID, subject, message, ask=ask, cites=say.cites(shut), severity=Severity.NOTE)


REQUIREMENT = Requirement(
    id=ID,
    title="A browser that asks a DNS server of its own keeps nobody out of the studio",
    subjects=subjects,
    decide=decide,
)
