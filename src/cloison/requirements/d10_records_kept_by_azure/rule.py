"""D10: each record is kept by the zone group of one endpoint, neither by hand nor by two at once."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Known
from cloison.model.network import Endpoint, Record
from cloison.model.verdict import Finding, Severity
from cloison.reach.fabric import known
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.resolving import addresses, hosts_in, integrate, integrations, record_of
from cloison.requirements.zones import written

ID = "D10"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Private endpoints to the environment's services."""
    return [endpoint.id for endpoint in case.endpoints]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """A warning for a record that no zone group of the endpoint writes, and for one that another's writes as well."""
    endpoint = case.fabric.endpoints[subject]
    sound = True
    for record in _by_hand(case, endpoint):
        sound = False
        yield _drifting(case, endpoint, record)
    for zone, other in _rivals(case, endpoint):
        sound = False
        yield _contested(endpoint, zone, other)
    if sound:
        right = set(written(case))
        zones = (known(config.zone) for config in endpoint.zones)
        kept = ", ".join(one.name for one in zones if one in right)
        message = (
            f"{subject.name} keeps its records in {kept}" if kept else f"{subject.name} has no record to keep"
        )
        yield say.met(ID, subject, message)


def _by_hand(case: Case, endpoint: Endpoint) -> list[Record]:
    """Records of the endpoint's addresses in zones that none of its zone groups names. Raises NotKnown."""
    groups = {config.zone.value for config in endpoint.zones} if endpoint.zones_known.value else set()
    now = addresses(endpoint)
    target = endpoint.target.value
    names = {host.zone for door in (case.doors(target) if target is not None else []) for host in door.hosts}
    found = {
        record.id: record
        for name in sorted(names)
        for zone in case.zones_named(name)
        if zone.id not in groups
        for _, host in hosts_in(case, endpoint, zone.id)
        for record in record_of(case, zone.id, host)
        if isinstance(record.values, Known) and set(record.values.value) & now
    }
    return list(found.values())


def _rivals(case: Case, endpoint: Endpoint) -> Iterable[tuple[ResourceId, Endpoint]]:
    """Zones into which another endpoint to the same thing writes too, with that one."""
    for mine in integrations(case):
        if mine.endpoint.id != endpoint.id:
            continue
        for other in integrations(case):
            same = other.zone == mine.zone and known(other.endpoint.target) == known(endpoint.target)
            if same and other.endpoint.id != endpoint.id and _groups(other.endpoint) & _groups(endpoint):
                yield mine.zone, other.endpoint


def _groups(endpoint: Endpoint) -> set[str]:
    return set(endpoint.groups.value) if isinstance(endpoint.groups, Known) else set()


def _drifting(case: Case, endpoint: Endpoint, record: Record) -> Finding:
    name = endpoint.id.name
    message = (
        f"{record.name} in {record.zone.name} was written by hand: "
        f"no zone group of {name} keeps it when the address changes"
    )
    mends = integrate(case, endpoint)
    return say.broken(ID, endpoint.id, message, Cite(record.id), severity=Severity.WARNING, fixes=mends)


def _contested(endpoint: Endpoint, zone: ResourceId, other: Endpoint) -> Finding:
    message = (
        f"{endpoint.id.name} and {other.id.name} write the same records into {zone.name} of "
        f"{zone.resource_group}: the last one to write owns them, and deleting either takes them away"
    )
    summary = (
        f"Give the network of {other.id.name} a zone {zone.name} of its own, or keep one of the two endpoints"
    )
    mend = fixes.by_hand(zone, summary, "which endpoint the records belong to is a choice")
    cites = [
        Cite(config.group) for one in (endpoint, other) for config in one.zones if known(config.zone) == zone
    ]
    return say.broken(ID, endpoint.id, message, *cites, severity=Severity.WARNING, fixes=[mend])


REQUIREMENT = Requirement(
    id=ID,
    title="Each record is kept by the zone group of one endpoint, not by hand and not by two",
    subjects=subjects,
    decide=decide,
)
