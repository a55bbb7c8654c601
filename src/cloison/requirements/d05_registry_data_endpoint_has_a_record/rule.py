"""D05: the registry's data endpoint has a record, not only its login server."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Known
from cloison.model.network import Endpoint, Host
from cloison.model.verdict import Finding
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.resolving import address_for, eyes, linked, record_of

ID = "D05"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The registry, when it has a private endpoint."""
    registry = case.environment.registry
    return [registry] if registry is not None and case.endpoints_to(registry) else []


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken when a zone that answers the pods has the login server's record and lacks a data endpoint's."""
    hosts = [host for door in case.doors(subject) for host in door.hosts]
    if not hosts:
        return
    login, data = hosts[0], hosts[1:]
    for zone in case.zones_named(login.zone):
        if not any(linked(case, zone.id, network) for network in eyes(case)) or not record_of(
            case, zone.id, login
        ):
            continue
        for host in data:
            if record_of(case, zone.id, host):
                continue
            if not zone.records_known.value:
                continue
            yield _missing(case, subject, zone.id, host)


def _missing(case: Case, subject: ResourceId, zone: ResourceId, host: Host) -> Finding:
    relative = host.alias[: -len(zone.name) - 1]
    message = f"{zone.name} has no record {relative}: logging in works, and pulling layers from {host.name} does not"
    own = [endpoint for endpoint in case.endpoints_to(subject) if _told(endpoint, host)]
    mends = [fixes.write_record(zone, relative, sorted(address_for(own[0], host)))] if own else []
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
