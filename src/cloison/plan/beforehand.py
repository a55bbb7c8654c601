"""Beforehand: what is done before an endpoint is there, so that its names never lead into nothing.

Once an endpoint is approved, a public name becomes an alias. Where a zone is linked already that takes the alias in,
the name does not exist from that moment until the zone group has written the record. So the record is written first,
with an address that the endpoint then asks for; the zone group writes the same record once more, and keeps it. Where
the names of the endpoint's members are not known, no address can be asked for: then the zone's links fall back to
public DNS until the record is there.
Sources: Microsoft Learn, Azure Private Endpoint DNS integration; Create a private endpoint with a static address;
Fallback to internet for Azure private DNS zones; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds import live_of
from cloison.kinds._addresses import free
from cloison.model.behaviour import Json, each, laid, look
from cloison.model.verdict import Safety
from cloison.plan.change import CONNECTION, ENDPOINTS, MEMBERS_MAX, Change, Key, hosts_of, members_of
from cloison.plan.world import World

ADDRESSES = "properties/ipConfigurations"
RECORDS = "Microsoft.Network/privateDnsZones/A"
POLICY, FALLS_BACK = "properties/resolutionPolicy", "NxDomainRedirect"
TTL = 10
"""Seconds that a record is remembered, as zone groups write it."""

Members = dict[str, str]
"""Address by member of the target's sub-resource."""


def beforehand(azure: World, changes: Sequence[Change], ids: Sequence[ResourceId]) -> tuple[Change, ...]:
    """The changes, with what must be done before some new endpoints are made.

    All new endpoints in a subnet ask for their addresses then, since another might be given one of those.
    Raises Refused where a subnet is full.
    """
    ahead = [one for one in changes if one.id in ids and _is_new_endpoint(one, azure)]
    asking = [one for one in ahead if members_of(one.body, azure)]
    chosen = _chosen(azure, changes, {_subnet(one) for one in asking})
    found: list[Change] = []
    for change in changes:
        if change in asking:
            found += _records(azure, change, chosen[change.id], changes)
        if change in ahead and change not in asking:
            found += _falling_back(azure, change, changes)
        members = chosen.get(change.id) if _is_new_endpoint(change, azure) else None
        found.append(change if members is None else _static(change, members))
    return tuple(found)


def _is_new_endpoint(change: Change, azure: World) -> bool:
    return change.method == "PUT" and change.id.type == ENDPOINTS and azure.get(change.id) is None


def _subnet(change: Change) -> str:
    return str(look(change.body, "properties/subnet/id")).lower()


def _chosen(azure: World, changes: Sequence[Change], subnets: set[str]) -> dict[ResourceId, Members]:
    """Addresses for all new endpoints that stand in some subnets and can ask for them: the lowest that are free.

    Those that cannot ask are given what is left, so as many are kept for them.
    """
    found: dict[ResourceId, Members] = {}
    for subnet in subnets:
        new = [one for one in changes if _is_new_endpoint(one, azure) and _subnet(one) == subnet]
        wanted = {one.id: members_of(one.body, azure) for one in new}
        others = sum(MEMBERS_MAX for members in wanted.values() if not members)
        count = sum(map(len, wanted.values()))
        spare = iter(free(azure, ResourceId(subnet), count + others)[others:])
        for id, members in wanted.items():
            if members:
                found[id] = {member: next(spare) for member in members}
    return found


def _static(change: Change, members: Members) -> Change:
    """The endpoint that asks for its addresses."""
    group = look(change.body, f"{CONNECTION}/groupIds/0")
    asked = [
        {
            "name": member,
            "properties": {"groupId": group, "memberName": member, "privateIPAddress": address},
        }
        for member, address in members.items()
    ]
    assert change.body is not None
    return msgspec.structs.replace(change, body=laid(change.body, ADDRESSES, asked))


def _records(azure: World, change: Change, members: Members, changes: Sequence[Change]) -> Iterator[Change]:
    """Records for the endpoint's names, in the zones there that its zone group will write into."""
    zones = [zone for zone in _zones(change, changes) if azure.get(zone) is not None]
    told: dict[ResourceId, tuple[str, list[str]]] = {}
    for _, host in hosts_of(change.body, azure):
        zone = next((one for one in zones if one.name.lower() == host.zone), None)
        if zone is not None and host.alias.endswith(f".{host.zone}"):
            label = host.alias[: -len(host.zone) - 1]
            address = members[host.member]
            told.setdefault(zone.child("A", label), (label, []))[1].append(address)
    live = live_of(RECORDS)
    for record, (label, addresses) in told.items():
        shown = ", ".join(addresses)
        body: Json = {
            "properties": {"ttl": TTL, "aRecords": [{"ipv4Address": one} for one in addresses]},
        }
        yield Change(
            method="PUT",
            id=record,
            api_version=live.api if live is not None else "",
            body=body,
            summary=f"Write {label} into {record.parent.name}: {shown}, which {change.id.name} will have",
            safety=Safety.SAFE,
            why="no name leads to it before the endpoint is there",
            because=change.because,
        )


def _falling_back(azure: World, change: Change, changes: Sequence[Change]) -> Iterator[Change]:
    """Links that fall back to public DNS while the endpoint is made, and then no longer."""
    group = next(
        (one.key for one in changes if one.id.parent == change.id and one.method == "PUT"), change.key
    )
    for zone in _zones(change, changes):
        for link in azure.children(zone, "virtualNetworkLinks"):
            if look(azure.get(link), POLICY) != FALLS_BACK:
                yield from _for_a_while(link, change, group)


def _for_a_while(link: ResourceId, change: Change, group: Key) -> Iterator[Change]:
    live, name = live_of(link.type), f"{link.name} of {link.parent.name}"
    first = Change(
        method="PATCH",
        id=link,
        api_version=live.api if live is not None else "",
        body={"properties": {"resolutionPolicy": FALLS_BACK}},
        summary=f"Let link {name} fall back to public DNS while {change.id.name} is made",
        safety=Safety.SAFE,
        why="only names without a record in the zone are answered otherwise: by public DNS instead of not at all",
        because=change.because,
        part="first",
    )
    yield first
    yield msgspec.structs.replace(
        first,
        body={"properties": {"resolutionPolicy": "Default"}},
        summary=f"Let link {name} no longer fall back to public DNS",
        why="as it was before",
        after=(first.key, change.key, group),
        part="then",
    )


def _zones(change: Change, changes: Sequence[Change]) -> list[ResourceId]:
    """Zones that the endpoint's zone group is going to write into."""
    return [
        ResourceId(zone)
        for one in changes
        if one.id.parent == change.id and one.method == "PUT"
        for config in each(one.body, "properties/privateDnsZoneConfigs")
        if isinstance(zone := look(config, "properties/privateDnsZoneId"), str)
    ]
