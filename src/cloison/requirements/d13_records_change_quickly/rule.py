"""D13: records are not remembered for long, so that a new address is taken up quickly."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.network import Record
from cloison.model.verdict import Finding, Safety, Severity
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.resolving import linked, record_of

ID = "D13"
LONGEST_S = 600
"""Seconds. Zone groups write 10; ten minutes is what an operator waits before looking for another cause."""


def subjects(case: Case) -> Iterable[ResourceId]:
    """Address records of the environment's names."""
    return [record.id for record in _records(case)]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """A warning for a record remembered longer than ten minutes."""
    record = next(record for record in _records(case) if record.id == subject)
    ttl = record.ttl.value
    if ttl <= LONGEST_S:
        message = f"{subject.name} in {record.zone.name} is remembered for {ttl} s"
        yield say.met(ID, subject, message, *say.cites(record.ttl))
        return
    message = f"{subject.name} in {record.zone.name} is remembered for {ttl} s after it changes"
    mend = fixes.set_property(
        subject,
        "/properties/ttl",
        10,
        f"Set the time to live of {subject.name} to 10 s",
        Safety.SAFE,
        "only how long answers are remembered changes",
    )
    yield say.broken(ID, subject, message, *say.cites(record.ttl), severity=Severity.WARNING, fixes=[mend])


def _records(case: Case) -> list[Record]:
    """Records of the environment's names, in zones that answer the pods where those are known."""
    found = [
        record
        for id in case.services
        for door in case.doors(id)
        for host in door.hosts
        for zone in case.zones_named(host.zone)
        if not case.eyes or any(linked(case, zone.id, network) is not None for network in case.eyes)
        for record in record_of(case, zone.id, host)
    ]
    return list({record.id: record for record in found}.values())


REQUIREMENT = Requirement(
    id=ID,
    title="Records are not remembered for long, so that a new address is taken up quickly",
    subjects=subjects,
    decide=decide,
)
