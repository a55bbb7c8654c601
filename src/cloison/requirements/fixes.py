"""Fixes as data: what a planner would send. Bodies are the least that Azure accepts.

Sources: ARM REST references of the types (network 2024-05-01, private DNS 2024-06-01), recorded requests
(2019-2022); checked 2026-01-05.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

from msgspec.structs import replace

from cloison.arm.ids import ResourceId
from cloison.model.facts import Known
from cloison.model.network import Peering, ZoneLink
from cloison.model.verdict import Fix, Safety
from cloison.reach.fabric import Fabric

GLOBAL = "global"


def create_endpoint(target: ResourceId, group: str, network: ResourceId, outside: str = "") -> Fix:
    """A private endpoint for one sub-resource in a network; the subnet is still to be chosen.

    outside: prefixes that the subnet must not share addresses with.
    """
    name = f"pe-{target.name}-{group}"
    subnet = f"{{subnet outside {outside}}}" if outside else "{subnet}"
    return Fix(
        action="create",
        target=f"{group_of(network)}/providers/Microsoft.Network/privateEndpoints/{name}",
        summary=f"Create private endpoint {name} for {group} of {target.name} in {network.name}",
        safety=Safety.ASKS,
        why="once approved, the name resolves to the endpoint for every network that the zone is linked to",
        body={
            "properties": {
                "subnet": {"id": f"{network.text}/subnets/{subnet}"},
                "privateLinkServiceConnections": [
                    {"name": name, "properties": {"privateLinkServiceId": target.text, "groupIds": [group]}}
                ],
            }
        },
    )


def recreate_endpoint(endpoint: ResourceId, why: str, body: dict[str, object] | None = None) -> Fix:
    """A private endpoint whose connection cannot come back: delete it and make it again. body: what is new of it."""
    return Fix(
        action="delete",
        target=endpoint.text,
        summary=f"Delete {endpoint.name} and create it again",
        safety=Safety.SAFE,
        why=why,
        again=True,
        body=body or {},
    )


def move_endpoint(endpoint: ResourceId, network: ResourceId, ranges: str) -> Fix:
    """A private endpoint whose address the cluster never lets out of its nodes: made again in another subnet."""
    return Fix(
        action="delete",
        target=endpoint.text,
        summary=f"Delete {endpoint.name} and create it again in a subnet of {network.name} outside {ranges}",
        safety=Safety.ASKS,
        why="until it is there again, whoever reaches it from elsewhere does not; its address is another one then",
        again=True,
        body={"properties": {"subnet": {"id": f"{network.text}/subnets/{{subnet outside {ranges}}}"}}},
    )


def approve(endpoint: ResourceId, target: ResourceId) -> Fix:
    """Approval of a pending connection, by somebody who may."""
    return Fix(
        action="update",
        target=f"{target.text}/privateEndpointConnections/{{connection of {endpoint.name}}}",
        summary=f"Approve the connection of {endpoint.name} on {target.name}",
        safety=Safety.ASKS,
        why="the service's public name becomes an alias once a first connection is approved",
        pointer="/properties/privateLinkServiceConnectionState/status",
        body={"properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}},
    )


def create_zone(name: str, near: ResourceId) -> Fix:
    """A private zone, not yet linked to anything."""
    return Fix(
        action="create",
        target=f"{group_of(near)}/providers/Microsoft.Network/privateDnsZones/{name}",
        summary=f"Create private zone {name}",
        safety=Safety.SAFE,
        why="a zone answers nobody until it is linked",
        body={"location": GLOBAL},
    )


def link_zone(zone: ResourceId, network: ResourceId) -> Fix:
    """A link that makes a zone answer queries from a network."""
    return Fix(
        action="create",
        target=f"{zone.text}/virtualNetworkLinks/{network.name}",
        summary=f"Link {zone.name} to {network.name}",
        safety=Safety.ASKS,
        why=f"in {network.name}, resources with endpoints elsewhere and no record here stop resolving",
        body={
            "location": GLOBAL,
            "properties": {"virtualNetwork": {"id": network.text}, "registrationEnabled": False},
        },
    )


def link_again(link: ZoneLink) -> Fix:
    """A link that failed, asked for once more under its own name: a network takes one link of a zone."""
    network = link.network.value
    return Fix(
        action="create",
        target=link.id.text,
        summary=f"Make link {link.id.name} of {link.zone.name} again",
        safety=Safety.ASKS,
        why="the zone then answers in that network: names without a record in it stop resolving there",
        body={
            "location": GLOBAL,
            "properties": {
                "virtualNetwork": {"id": network.text if network is not None else ""},
                "registrationEnabled": False,
            },
        },
    )


def zone_group(endpoint: ResourceId, zones: list[str]) -> Fix:
    """DNS integration of an endpoint: Azure then keeps its records."""
    configs = [
        {"name": zone.rpartition("/")[2].replace(".", "-"), "properties": {"privateDnsZoneId": zone}}
        for zone in zones
    ]
    return Fix(
        action="create",
        target=f"{endpoint.text}/privateDnsZoneGroups/default",
        summary=f"Integrate {endpoint.name} with {', '.join(zone.rpartition('/')[2] for zone in zones)}",
        safety=Safety.ASKS,
        why="an existing record of that name in the zone is overwritten",
        body={"properties": {"privateDnsZoneConfigs": configs}},
    )


def write_record(zone: ResourceId, record: str, addresses: list[str], ttl: int | None = 10) -> Fix:
    """An address record as it should be. ttl: None leaves the one that it has."""
    return Fix(
        action="update",
        target=f"{zone.text}/A/{record}",
        summary=f"Set {record}.{zone.name} to {', '.join(addresses)}",
        safety=Safety.ASKS,
        why="whoever still uses the old address loses it",
        pointer="/properties/aRecords",
        body={
            "properties": {
                **({"ttl": ttl} if ttl is not None else {}),
                "aRecords": [{"ipv4Address": one} for one in addresses],
            }
        },
    )


def add_record(zone: ResourceId, record: str, addresses: list[str]) -> Fix:
    """An address record where there is none."""
    fix = write_record(zone, record, addresses)
    why = "the name does not exist there today, so nobody relies on what it says"
    return replace(
        fix, summary=f"Write {record} into {zone.name}: {', '.join(addresses)}", safety=Safety.SAFE, why=why
    )


def write_alias(zone: ResourceId, record: str, target: str) -> Fix:
    """An alias record where a zone takes in a public name and has nothing for it."""
    return Fix(
        action="update",
        target=f"{zone.text}/CNAME/{record}",
        summary=f"Let {record}.{zone.name} be an alias of {target}",
        safety=Safety.SAFE,
        why="the name does not exist there today, so nobody relies on what it says",
        pointer="/properties/cnameRecord",
        body={"properties": {"ttl": 10, "cnameRecord": {"cname": target}}},
    )


def peer(here: ResourceId, there: ResourceId, taken: Iterable[str] = ()) -> Fix:
    """One direction of a peering; its other direction is a fix of its own. taken: names of peerings that there are."""
    names = {name.lower() for name in taken}
    name = next(text for text in _numbered(f"to-{there.name}") if text.lower() not in names)
    return Fix(
        action="create",
        target=f"{here.text}/virtualNetworkPeerings/{name}",
        summary=f"Peer {here.name} with {there.name}",
        safety=Safety.SAFE,
        why="a peering adds routes and takes none away; address spaces must not overlap",
        body={"properties": {"remoteVirtualNetwork": {"id": there.text}, "allowVirtualNetworkAccess": True}},
    )


def peer_both(
    fabric: Fabric,
    here: ResourceId,
    there: ResourceId,
    subnets: tuple[str, ...] = (),
    theirs: tuple[str, ...] = (),
) -> list[Fix]:
    """What makes two networks peered both ways: directions made, or those that carry nothing mended.

    subnets, theirs: names of those that must reach each other, of `here` and of `there`.
    """
    sides = (here, there, subnets, theirs), (there, here, theirs, subnets)
    halves = [fabric.peering.get((one, other)) for one, other, *_ in sides]
    dead = any(half is not None and _is_disconnected(half) for half in halves)
    found = []
    for (one, other, own, far), half in zip(sides, halves, strict=True):
        if half is None:
            found.append(peer(one, other, [held.id.name for held in fabric.peerings_of.get(one, ())]))
        else:
            found += [_anew(half)] if dead else _mend(half, own, far)
    return found


def _is_disconnected(held: Peering) -> bool:
    return isinstance(held.state, Known) and held.state.value == "disconnected"


def _anew(held: Peering) -> Fix:
    """A half of a peering of which one half is disconnected: both are deleted before either is made again.

    Source: Microsoft Learn, Create, change, or delete a virtual network peering; checked 2026-11-24.
    """
    return Fix(
        action="delete",
        target=held.id.text,
        summary=f"Delete peering {held.id.name} of {held.local.name} and create it again",
        safety=Safety.SAFE,
        why="nothing passes it now, and a disconnected peering cannot be connected again",
        again=True,
    )


def _mend(held: Peering, own: tuple[str, ...], far: tuple[str, ...]) -> list[Fix]:
    name, local = held.id.name, held.local.name
    if isinstance(held.access, Known) and not held.access.value:
        pointer = "/properties/allowVirtualNetworkAccess"
        summary = f"Allow virtual network access in peering {name} of {local}"
        return [
            set_property(held.id, pointer, True, summary, Safety.ASKS, "it opens each network to the other")
        ]
    if isinstance(held.complete, Known) and not held.complete.value:
        return [_widen(held, own, far)]
    return []


def _widen(held: Peering, own: tuple[str, ...], far: tuple[str, ...]) -> Fix:
    """A peering of some subnets takes in those that must reach each other, beside those that it has."""
    name, local = held.id.name, held.local.name
    mine, theirs = held.local_subnets, held.remote_subnets
    if not own or not far or not isinstance(mine, Known) or not isinstance(theirs, Known):
        why = "which subnets it takes in is somebody's choice"
        return by_hand(held.id, f"Take the subnets of both ends into peering {name} of {local}", why)
    lists = {
        "localSubnetNames": list(dict.fromkeys((*mine.value, *own))),
        "remoteSubnetNames": list(dict.fromkeys((*theirs.value, *far))),
    }
    return Fix(
        action="update",
        target=held.id.text,
        summary=f"Take {', '.join(own)} and {', '.join(far)} into peering {name} of {local}",
        safety=Safety.ASKS,
        why="it opens these subnets to each other, whatever runs in them",
        pointer="/properties/localSubnetNames",
        body={"properties": lists},
    )


def set_property(
    target: ResourceId, pointer: str, value: object, summary: str, safety: Safety, why: str
) -> Fix:
    """One property set to a value; the body is nested as the pointer says."""
    body: dict[str, object] = {}
    place = body
    keys = pointer.strip("/").split("/")
    for key in keys[:-1]:
        below: dict[str, object] = {}
        place[key] = below
        place = below
    place[keys[-1]] = value
    return Fix(
        action="update",
        target=target.text,
        summary=summary,
        safety=safety,
        why=why,
        pointer=pointer,
        body=body,
    )


def _numbered(name: str) -> Iterator[str]:
    """`name`, `name-2`, `name-3` …"""
    yield name
    yield from (f"{name}-{number}" for number in count(2))


def by_hand(target: ResourceId, summary: str, why: str) -> Fix:
    """What cannot be changed in place, with what to do instead."""
    return Fix(action="update", target=target.text, summary=summary, safety=Safety.MANUAL, why=why)


def group_of(id: ResourceId) -> str:
    """The resource group that an id lies in, as text."""
    return id.text.partition("/providers/")[0]
