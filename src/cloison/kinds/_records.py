"""Record sets of a private zone: shaped alike whatever their type. The kinds of each type name the property."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._read import gathered, mapped
from cloison.model.body import Body
from cloison.model.facts import Default, Fact
from cloison.model.network import Record
from cloison.model.snapshot import Resource

NOBODY = Default("", "REST reference of private DNS 2024-06-01, metadata is optional; checked 2026-11-24")
EMPTY: Default[tuple[str, ...]] = Default(
    (), "REST reference of private DNS 2024-06-01, a record set may be empty; checked 2026-11-24"
)


def addresses(body: Body, records: str, address: str) -> Fact[tuple[str, ...]]:
    """Addresses of a record set: `addresses(body, "aRecords", "ipv4Address")`."""
    return gathered(body.at(f"properties/{records}"), address, EMPTY)


def alias(body: Body) -> Fact[tuple[str, ...]]:
    """The one target of an alias, lower case without final dot; none where it is left out."""
    target = body.at("properties/cnameRecord/cname").text(Default("", EMPTY.source))
    return mapped(target, lambda text: (text.lower().rstrip("."),) if text else ())


def record(resource: Resource, type: str, values: Fact[tuple[str, ...]]) -> Iterable[Record]:
    """The record set as a facet. type: `a`, `aaaa`, `cname`."""
    body = resource.body
    yield Record(
        id=resource.id,
        maybe=resource.maybe,
        zone=resource.id.parent,
        name=resource.name.lower(),
        type=type,
        values=values,
        ttl=body.at("properties/ttl").number(),
        written_by=body.at("properties/metadata/creator").text(NOBODY),
    )
