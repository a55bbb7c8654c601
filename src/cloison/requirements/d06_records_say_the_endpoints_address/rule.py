"""D06: records say the address that the endpoint has now."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Known, NotKnown, Unknown
from cloison.model.network import Door, Endpoint, Host, Record
from cloison.model.verdict import Finding
from cloison.reach import doors
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.resolving import address_for, asked_zone, blind, eyes, record_of

ID = "D06"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Services with a private endpoint."""
    return [id for id in case.services if case.endpoints_to(id)]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken for each record whose address no endpoint of the service has for that name."""
    if not case.eyes:
        yield blind(case, ID, subject)
        return
    seen = 0
    sound = True
    for door in case.doors(subject):
        for host in door.hosts:
            for record in _records(case, host):
                seen += 1
                now = _now(case, door, host, record)
                if now and not set(record.values.value) <= now:
                    sound = False
                    yield _stale(case, subject, door, host, record, now)
    if not seen:
        text = f"no record of {subject.name} was read in a zone that answers the pods"
        yield say.not_applicable(ID, subject, text)
    elif sound:
        yield say.met(ID, subject, f"every record of {subject.name} says an address of its endpoints")


def _records(case: Case, host: Host) -> list[Record]:
    """Records of a host in the zones that the pods' servers ask for it."""
    zones = dict.fromkeys(asked_zone(case, network, host) for network in eyes(case, host.zone))
    return [record for zone in zones if zone is not None for record in record_of(case, zone, host)]


def _now(case: Case, door: Door, host: Host, record: Record) -> set[str]:
    """Addresses that endpoints have for a name. Raises NotKnown where one that was not read may have the record's."""
    endpoints = case.endpoints_to(door.id, door.subresource)
    read = [one for one in endpoints if all(isinstance(part.address, Known) for part in one.addresses)]
    now = set().union(*(address_for(one, host) for one in read))
    if set(record.values.value) <= now:
        return now
    for one in endpoints:
        address_for(one, host)
    elsewhere = doors.unseen(case.fabric, door)
    if elsewhere is not None:
        raise NotKnown(Unknown(elsewhere.text, elsewhere.ask, elsewhere.cites[0]))
    return now


def _stale(case: Case, subject: ResourceId, door: Door, host: Host, record: Record, now: set[str]) -> Finding:
    said = ", ".join(sorted(set(record.values.value)))
    endpoints: list[Endpoint] = case.endpoints_to(subject, door.subresource)
    names = ", ".join(one.id.name for one in endpoints)
    message = f"the record of {host.alias} says {said}; {names} has {', '.join(sorted(now))}"
    interfaces = [Cite(one.id, "/properties/networkInterfaces") for one in endpoints]
    mend = fixes.write_record(record.zone, record.name, sorted(now))
    return say.broken(ID, subject, message, Cite(record.id), *interfaces, fixes=[mend])


REQUIREMENT = Requirement(
    id=ID, title="Records say the address that the endpoint has now", subjects=subjects, decide=decide
)
