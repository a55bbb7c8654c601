"""D05: the registry's data endpoint has a record, not only its login server."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Known
from cloison.model.network import Endpoint, Host
from cloison.model.verdict import Finding
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.resolving import address_for, answers, asked_zone, blind, eyes, relative

ID = "D05"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The registry, when it has a private endpoint."""
    registry = case.environment.registry
    return [registry] if registry is not None and case.endpoints_to(registry) else []


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken when a zone that answers the pods has the login server's record and lacks a data endpoint's."""
    case.resource(subject)
    login, *data = [host for door in case.doors(subject) for host in door.hosts]
    networks = eyes(case, login.zone)
    if not networks:
        yield blind(case, ID, subject)
        return
    # Without the login server's record nothing is half done: that no name leads to it is for S07 to say.
    begun = [one for one in networks if (zone := asked_zone(case, one, login)) and answers(case, zone, login)]
    asked = {(zone, host): None for one in begun for host in data if (zone := asked_zone(case, one, host))}
    missing = [(zone, host) for zone, host in asked if not answers(case, zone, host)]
    for zone, host in missing:
        yield _missing(case, subject, zone, host)
    if asked and not missing:
        told = ", ".join(f"{zone.name} answers for {relative(zone, host)}" for zone, host in asked)
        yield say.met(ID, subject, told, *(Cite(zone) for zone, _ in asked))
    elif not begun:
        text = f"no zone {login.zone} that answers the pods says anything of {subject.name}"
        yield say.not_applicable(ID, subject, text)


def _missing(case: Case, subject: ResourceId, zone: ResourceId, host: Host) -> Finding:
    name = relative(zone, host)
    message = (
        f"{zone.name} has no record {name}: logging in works, and pulling layers from {host.name} does not"
    )
    own = [endpoint for endpoint in case.endpoints_to(subject) if _told(endpoint, host)]
    mends = [fixes.write_record(zone, name, sorted(address_for(own[0], host)))] if own else []
    return say.broken(ID, subject, message, Cite(zone), fixes=mends)


def _told(endpoint: Endpoint, host: Host) -> bool:
    return any(
        part.member == host.member and isinstance(part.address, Known) and part.address.value
        for part in endpoint.addresses
    )


REQUIREMENT = Requirement(
    id=ID,
    title="The registry's data endpoint has a record, not only its login server",
    subjects=subjects,
    decide=decide,
)
