"""D10: records are kept by zone groups, not by hand."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Known
from cloison.model.network import Endpoint, Record
from cloison.model.verdict import Finding, Severity
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.resolving import addresses, hosts_in, record_of

ID = "D10"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Private endpoints to the environment's services."""
    return [endpoint.id for endpoint in case.endpoints]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """A warning where a record of the endpoint's stands in a zone that none of its zone groups writes."""
    endpoint = case.fabric.endpoints[subject]
    groups = {config.zone.value for config in endpoint.zones if isinstance(config.zone, Known)}
    for record in _by_hand(case, endpoint):
        if record.zone in groups or not endpoint.zones_known.value:
            continue
        message = (
            f"{record.name} in {record.zone.name} was written by hand: "
            f"no zone group of {subject.name} keeps it when the address changes"
        )
        mend = fixes.zone_group(subject, [record.zone.text])
        yield say.broken(ID, subject, message, Cite(record.id), severity=Severity.WARNING, fixes=[mend])


def _by_hand(case: Case, endpoint: Endpoint) -> list[Record]:
    now = addresses(endpoint)
    names = {host.zone for door in case.doors(endpoint.target.value or endpoint.id) for host in door.hosts}
    return [
        record
        for name in sorted(names)
        for zone in case.zones_named(name)
        for _, host in hosts_in(case, endpoint, zone.id)
        for record in record_of(case, zone.id, host)
        if isinstance(record.values, Known) and set(record.values.value) & now
    ]


REQUIREMENT = Requirement(
    id=ID, title="Records are kept by zone groups, not by hand", subjects=subjects, decide=decide
)
