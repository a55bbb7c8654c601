"""D09: links of the services' zones do not register machines."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.verdict import Finding, Safety, Severity
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.zones import links

ID = "D09"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Links of the environment's zones to the cluster's network, or the one that answers it."""
    return [link.id for link in links(case)]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken where registration is on: machines then write their names among the services'."""
    link = next(link for link in links(case) if link.id == subject)
    if not link.registration.value:
        message = f"link {subject.name} of {link.zone.name} registers no machines"
        yield say.met(ID, subject, message, *say.cites(link.registration))
        return
    message = (
        f"link {subject.name} of {link.zone.name} registers machines, and bars any other registration zone"
    )
    mend = fixes.set_property(
        subject,
        "/properties/registrationEnabled",
        False,
        f"Turn registration off in link {subject.name} of {link.zone.name}",
        Safety.ASKS,
        "names of machines registered there stop resolving",
    )
    yield say.broken(
        ID, subject, message, *say.cites(link.registration), severity=Severity.WARNING, fixes=[mend]
    )


REQUIREMENT = Requirement(
    id=ID, title="Links of the services' zones do not register machines", subjects=subjects, decide=decide
)
