"""D06: records say the address that the endpoint has now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite
from cloison.model.network import Endpoint, Host, Record
from cloison.model.verdict import Finding
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.resolving import address_for, eyes, linked, record_of

ID = "D06"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Services with a private endpoint and a record in a zone that answers the pods."""
    found = [id for id in case.services if case.endpoints_to(id)]
    return [id for id in found if next(_records(case, id), None) is not None]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken for each record whose address no endpoint of the service has for that name."""
    for group, host, record in _records(case, subject):
        endpoints = case.endpoints_to(subject, group)
        if not endpoints:
            continue
        now = set().union(*(address_for(endpoint, host) for endpoint in endpoints))
        said = set(record.values.value)
        if said <= now or not now:
            continue
        yield _stale(subject, host, record, said, now, endpoints)


def _records(case: Case, subject: ResourceId) -> Iterator[tuple[str, Host, Record]]:
    networks = eyes(case)
    return iter(
        [
            (door.subresource, host, record)
            for door in case.doors(subject)
            for host in door.hosts
            for zone in case.zones_named(host.zone)
            if any(linked(case, zone.id, network) is not None for network in networks)
            for record in record_of(case, zone.id, host)
        ]
    )


def _stale(
    subject: ResourceId, host: Host, record: Record, said: set[str], now: set[str], endpoints: list[Endpoint]
) -> Finding:
    message = f"the record of {host.alias} says {', '.join(sorted(said))}; the endpoint has {', '.join(sorted(now))}"
    interfaces = [Cite(endpoint.id, "/properties/networkInterfaces") for endpoint in endpoints]
    mend = fixes.write_record(record.zone, record.name, sorted(now))
    return say.broken(ID, subject, message, Cite(record.id), *interfaces, fixes=[mend])


REQUIREMENT = Requirement(
    id=ID, title="Records say the address that the endpoint has now", subjects=subjects, decide=decide
)
