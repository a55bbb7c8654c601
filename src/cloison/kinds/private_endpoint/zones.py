"""Zones that a private endpoint writes into. They stand in a child, the zone group, that lists leave out.

Sources: Microsoft Learn, Azure Private Endpoint DNS integration; REST reference 2025-09-01, PrivateDnsZoneGroup;
checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cloison.kinds._index import children
from cloison.model.body import Body
from cloison.model.facts import Fact, Known, Origin, Unknown
from cloison.model.network import ZoneConfig
from cloison.model.snapshot import Resource, Snapshot

GROUPS = "microsoft.network/privateendpoints/privatednszonegroups"
CONFIGS = "properties/privateDnsZoneConfigs"

Written = tuple[tuple[str, tuple[str, ...]], ...]


def zones(resource: Resource, snapshot: Snapshot) -> tuple[ZoneConfig, ...]:
    """Each zone of each zone group that was read, in their order."""
    groups = _groups(resource, snapshot)
    return tuple(config for group in groups for config in _configs(group))


def zones_known(resource: Resource, snapshot: Snapshot) -> Fact[bool]:
    """Known(True) when no zone of the endpoint can be missing: one has at most one zone group.

    For a deployed endpoint its group was read, or the source says there is none.
    """
    listed = resource.body.at("properties/privateDnsZoneGroups")
    groups = _groups(resource, snapshot)
    for group in groups:
        unread = _unread(group.body.at(CONFIGS))
        if unread is not None:
            return unread
    whole = resource.partial is None
    if groups or (resource.planned and whole) or isinstance(listed.value, list):
        return Known(True, listed.cite(Origin.DERIVED))
    ask = (
        f"add what `az network private-endpoint dns-zone-group list -g {resource.id.resource_group} "
        f"--endpoint-name {resource.name}` prints"
    )
    return Unknown(f"whether {resource.name} has a zone group is not in the input", ask, listed.cite())


def _groups(resource: Resource, snapshot: Snapshot) -> Sequence[Resource]:
    return children(snapshot, GROUPS).get(resource.id, [])


def _unread(place: Body) -> Unknown | None:
    if place.is_absent and place.partial is None:
        return None
    known = place.items_known()
    return known if isinstance(known, Unknown) else None


def _configs(group: Resource) -> Iterator[ZoneConfig]:
    for config in group.body.at(CONFIGS).each():
        yield ZoneConfig(
            group=group.id,
            zone=config.at("properties/privateDnsZoneId").id(),
            written=_written(config.at("properties/recordSets"), group),
            planned=group.planned,
            maybe=group.maybe,
        )


def _written(place: Body, group: Resource) -> Fact[Written]:
    """(record name, addresses) of the records that Azure says it wrote; Unknown when not told."""
    if group.planned and place.is_absent:
        return Unknown(
            f"{group.name} is not deployed yet, so no record is written", "deploy it", place.cite()
        )
    if not isinstance(place.value, list):
        ask = f"add recordSets of {group.id.text}, as a GET of the zone group answers"
        return Unknown(f"what {group.name} wrote is not in the input", ask, place.cite())
    written: list[tuple[str, tuple[str, ...]]] = []
    for item in place.each():
        name, addresses = item.at("recordSetName").text(), item.at("ipAddresses").texts()
        if isinstance(name, Unknown):
            return name
        if isinstance(addresses, Unknown):
            return addresses
        written.append((name.value.lower(), addresses.value))
    return Known(tuple(written), place.cite())
