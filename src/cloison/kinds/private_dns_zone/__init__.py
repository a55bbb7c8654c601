"""Microsoft.Network/privateDnsZones: a private DNS zone; its records and links are resources of their own."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._index import children
from cloison.model.facts import Fact, Known, Origin, Unknown
from cloison.model.kind import Kind
from cloison.model.network import Zone
from cloison.model.snapshot import Resource, Snapshot

RECORD_TYPES = tuple(
    f"microsoft.network/privatednszones/{type}"
    for type in ("soa", "a", "aaaa", "cname", "mx", "ptr", "srv", "txt")
)
"""Source: REST reference of private DNS 2024-06-01, RecordType; checked 2026-11-24."""
OTHER_TYPES = RECORD_TYPES[4:]
"""Those that hold neither addresses nor an alias, and do not stand at the zone's own name by themselves."""


def records_known(resource: Resource, snapshot: Snapshot) -> Fact[bool]:
    """Known(True) when all the zone's record sets are in the input: lists of zones leave them out.

    They are when the zone is only planned, when any record set of it was read, or when the zone counts one,
    which is the SOA record that every zone has (REST reference of private DNS 2024-06-01, checked 2026-11-24).
    """
    body = resource.body
    for gap in snapshot.gaps:
        # One that was read by itself says nothing of the others where their list was refused.
        if gap.type in RECORD_TYPES and gap.scope.lower() == resource.id:
            return Unknown(f"the records of zone {resource.name} were not read: {gap.why}", gap.ask)
    count = body.at("properties/numberOfRecordSets")
    if resource.planned and resource.partial is None:
        return Known(True, body.cite(Origin.DERIVED))
    if any(resource.id in children(snapshot, type) for type in RECORD_TYPES):
        return Known(True, body.cite(Origin.DERIVED))
    number = count.number()
    if isinstance(number, Known) and number.value <= 1:
        return Known(True, number.cite)
    group, name = resource.id.resource_group, resource.name
    ask = f"add what `az network private-dns record-set list -g {group} -z {name}` prints"
    return Unknown(f"the records of zone {name} are not in the input", ask, count.cite())


def other_names(resource: Resource, snapshot: Snapshot) -> frozenset[str]:
    """Names that exist through record sets of other types; a wildcard does not answer for them."""
    held = (record for type in OTHER_TYPES for record in children(snapshot, type).get(resource.id, ()))
    return frozenset(record.name.lower() for record in held)


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Zone]:
    """The zone."""
    yield Zone(
        id=resource.id,
        maybe=resource.maybe,
        name=resource.name.lower().rstrip("."),
        records_known=records_known(resource, snapshot),
        other_names=other_names(resource, snapshot),
    )


KIND = Kind(type="Microsoft.Network/privateDnsZones", facets=facets, title="private DNS zone")
