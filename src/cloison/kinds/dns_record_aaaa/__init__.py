"""Microsoft.Network/privateDnsZones/AAAA: a name's IPv6 addresses in a private zone."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds import _records
from cloison.model.kind import Kind
from cloison.model.network import Record
from cloison.model.snapshot import Resource, Snapshot


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Record]:
    """The record set."""
    return _records.record(resource, "aaaa", _records.addresses(resource.body, "aaaaRecords", "ipv6Address"))


KIND = Kind(type="Microsoft.Network/privateDnsZones/AAAA", facets=facets, title="AAAA record")
