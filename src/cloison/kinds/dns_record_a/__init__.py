"""Microsoft.Network/privateDnsZones/A: a name's IPv4 addresses in a private zone."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds import _records
from cloison.model.kind import Kind
from cloison.model.network import Record
from cloison.model.snapshot import Resource, Snapshot


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Record]:
    """The record set."""
    return _records.record(resource, "a", _records.addresses(resource.body, "aRecords", "ipv4Address"))


KIND = Kind(type="Microsoft.Network/privateDnsZones/A", facets=facets, title="A record")
