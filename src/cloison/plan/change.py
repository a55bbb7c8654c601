"""A change: one exact request with its reasons, and how a fix becomes changes.

A fix says what must become so; here is decided which request does it: a PATCH of one property where ARM takes one, a
PUT of the whole resource as it stands where it does not, names and places that the fix left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from cloison.arm.ids import ResourceId
from cloison.controlplane.apart import lists
from cloison.controlplane.shape import of_version
from cloison.kinds import api_of, behaviour_of, live_of
from cloison.kinds._addresses import free
from cloison.model.behaviour import Json, Method, Refused, Request, each, laid, look, merged
from cloison.model.facts import Known
from cloison.model.network import Door, Endpoint, Host, Subnet
from cloison.model.verdict import Fix, Safety
from cloison.plan.world import World
from cloison.reach import spans

SUBNET = re.compile(r"/subnets/\{subnet(?: outside ([^{}]*))?\}\Z")
OPEN = re.compile(r"\{([^{}]*)\}")
ENDPOINTS = "microsoft.network/privateendpoints"
ZONES = "microsoft.network/privatednszones"
ENDPOINTS_NAMED = "pe-{service}-{group}"
CONNECTION = "properties/privateLinkServiceConnections/0/properties"
MEMBERS_MAX = 4
"""Addresses of an endpoint whose members are not known. Source: as many names as a workspace has."""
NAME_MAX = 64
"""Characters of an endpoint's name. Source: Microsoft Learn, Naming rules for resources; checked 2026-11-24."""
NUMBERS_MAX = 100
"""Names that are tried for one thing. A guess: two or three are ever taken."""
RESERVED = (
    "gatewaysubnet",
    "azurefirewallsubnet",
    "azurefirewallmanagementsubnet",
    "azurebastionsubnet",
    "routeserversubnet",
)
"""Subnets that take only what they are named for. Source: Microsoft Learn, Virtual network FAQ; checked 2026-11-24."""


Key = tuple[str, ResourceId, str, str]


class Impossible(Exception):
    """A fix that cannot be carried out here; the message says why."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One request of a plan."""

    method: Method
    id: ResourceId
    action: str = ""
    api_version: str
    body: Json | None = None
    summary: str
    safety: Safety
    why: str
    """Why that safety: who may notice."""
    because: tuple[str, ...] = ()
    """Findings that it mends: `S21-420e5e11`."""
    closes: bool = False
    """It keeps somebody out who comes in today."""
    query: Mapping[str, str] = {}
    """Further parameters of the request, as the service spells them."""
    after: tuple[Key, ...] = ()
    """Changes that must be done first, where nothing else shows it."""
    part: str = ""
    """Tells apart two changes of one resource that stand at different places."""

    @property
    def key(self) -> Key:
        """Two changes with one key are one."""
        return (self.method, self.id, self.action, self.part)

    @property
    def request(self) -> Request:
        """For the control plane."""
        return Request(
            method=self.method,
            id=self.id,
            body=self.body,
            action=self.action,
            api_version=self.api_version,
            query={name.lower(): value for name, value in self.query.items()},
        )


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of open choices."""

    endpoint_subnet: ResourceId | None = None
    """Where new private endpoints stand; None: chosen."""
    zones_in: ResourceId | None = None
    """Resource group for new private zones; None: beside what needs them."""
    naming: str = ENDPOINTS_NAMED
    """How new private endpoints are called, with `{service}`, `{group}` and `{network}`."""


def changes_of(fix: Fix, because: str, azure: World, wishes: Wishes) -> Iterator[Change]:
    """The requests that carry out a fix on a state. Raises Impossible."""
    if fix.safety is Safety.MANUAL:
        raise Impossible(fix.summary)
    if fix.action == "delete":
        yield from _again(fix, because, azure, wishes)
        return
    if fix.action == "post":
        place, _, action = fix.target.rpartition("/")
        yield _change("POST", ResourceId(place), fix, because, action=action)
        return
    told = _filled(dict(fix.body), azure, wishes, _room(fix.body, azure))
    id = _target(fix, told, azure, wishes)
    told = _renamed(told, id, fix)
    if fix.action == "create" and azure.get(id) is None:
        yield _change("PUT", id, fix, because, body=_placed(told, id, azure))
    elif not _is_so(fix, told, azure.get(id)):
        yield _update(fix, id, told, because, azure)


def _change(
    method: Method, id: ResourceId, fix: Fix, because: str, *, body: Json | None = None, action: str = ""
) -> Change:
    return Change(
        method=method,
        id=id,
        action=action,
        api_version=_version(id),
        body=body,
        summary=fix.summary if ResourceId(fix.target).name == id.name else _retold(fix, id),
        safety=fix.safety,
        why=fix.why,
        because=(because,),
        closes=fix.closes,
        query=fix.query,
    )


def _version(id: ResourceId) -> str:
    """The API version of a type; of parts that are never read on their own, that of what they are a part of."""
    type = id.type
    while type.count("/"):
        live = live_of(type)
        if live is not None:
            return live.api
        type = type.rpartition("/")[0]
    raise Impossible(f"no API version of {id.type} is known")


def _retold(fix: Fix, id: ResourceId) -> str:
    """The summary with the name that was chosen in the place of the one that was proposed."""
    return fix.summary.replace(ResourceId(fix.target).name, id.name)


# --- what is open in a fix -----------------------------------------------------------------------------


def _target(fix: Fix, body: Json, azure: World, wishes: Wishes) -> ResourceId:
    """The resource that a fix names, with names that it leaves open."""
    text = fix.target
    found = OPEN.search(text)
    if found is not None and found.group(1).startswith("connection of "):
        service = ResourceId(text.rpartition("/privateEndpointConnections/")[0])
        return _connection(azure, service, found.group(1).removeprefix("connection of "))
    if found is not None:
        raise Impossible(f"{fix.summary}: {found.group(1)} has to be chosen")
    id = ResourceId(text)
    if fix.action != "create":
        return id
    if id.type == ZONES and wishes.zones_in is not None:
        return ResourceId(f"{wishes.zones_in.text}/providers/Microsoft.Network/privateDnsZones/{id.name}")
    if id.type == ENDPOINTS and id.name == _called(body, ENDPOINTS_NAMED):
        id = ResourceId(f"{id.text.rpartition('/')[0]}/{_called(body, wishes.naming)}")
    return _sole(azure, id) or _free(azure, id, body)


def _called(body: Json, pattern: str) -> str:
    """The name of a new endpoint, cut where Azure would not take it."""
    connection = look(body, "properties/privateLinkServiceConnections/0/properties")
    network = ResourceId(look(body, "properties/subnet/id")).parent
    told = {
        "service": ResourceId(look(connection, "privateLinkServiceId")).name,
        "group": look(connection, "groupIds/0") or "",
        "network": network.name,
    }
    return OPEN.sub(lambda found: str(told.get(found.group(1), "")), pattern)[:NAME_MAX]


def _renamed(body: Json, id: ResourceId, fix: Fix) -> Json:
    """An endpoint's connection bears the endpoint's name."""
    if id.type != ENDPOINTS or ResourceId(fix.target).name == id.name:
        return body
    one = look(body, "properties/privateLinkServiceConnections/0")
    return laid(body, "properties/privateLinkServiceConnections", [{**one, "name": id.name}])


def _sole(azure: World, id: ResourceId) -> ResourceId | None:
    """The one child of its sort that the parent may have, where it has one under another name."""
    if id.type == "microsoft.network/privateendpoints/privatednszonegroups":
        return next(iter(azure.children(id.parent, "privateDnsZoneGroups")), id)
    return None


def _free(azure: World, id: ResourceId, body: Json) -> ResourceId:
    """The id, or one with a number where something else has that name: it leads elsewhere."""
    for number in range(2, NUMBERS_MAX):
        held = azure.get(id)
        if held is None or _leads(held, body):
            return id
        id = ResourceId(f"{id.text.removesuffix(f'-{number - 1}')}-{number}")
    raise Impossible(f"every name like {id.name} is taken")


def _leads(held: Json, wanted: object, place: str = "") -> bool:
    """Whether what is there refers to the same resources as what is wanted, wherever both refer to any."""
    if isinstance(wanted, dict):
        return all(_leads(held, one, f"{place}/{name}".lstrip("/")) for name, one in wanted.items())
    if isinstance(wanted, str) and wanted.startswith("/subscriptions/"):
        told = look(held, place)
        return not isinstance(told, str) or told.lower() == wanted.lower()
    return True


def _connection(azure: World, service: ResourceId, endpoint: str) -> ResourceId:
    for id in azure.children(service, "privateEndpointConnections"):
        held = look(azure.get(id), "properties/privateEndpoint/id")
        if isinstance(held, str) and held.rpartition("/")[2].lower() == endpoint.lower():
            return id
    raise Impossible(f"{service.name} lists no connection of {endpoint}: its owner has to look")


def _filled(body: Any, azure: World, wishes: Wishes, room: int) -> Any:
    """A copy of the body with open places filled. room: addresses that are taken in an open subnet."""
    if isinstance(body, dict):
        return {name: _filled(value, azure, wishes, room) for name, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, azure, wishes, room) for value in body]
    if isinstance(body, str) and (open_ := SUBNET.search(body)) is not None:
        network = ResourceId(body[: open_.start()])
        avoided = tuple(text.strip() for text in (open_.group(1) or "").split(","))
        return (wishes.endpoint_subnet or subnet_for(azure, network, avoided, room)).text
    if isinstance(body, str) and (found := OPEN.search(body)) is not None:
        if found.group(1).startswith("address of "):
            return _address(azure, found.group(1).removeprefix("address of "))
        raise Impossible(f"{found.group(1)} has to be chosen")
    return body


def _room(body: Mapping[str, Any], azure: World) -> int:
    """Addresses that an endpoint takes: one for each member of its sub-resource."""
    return len(members_of(body, azure)) or MEMBERS_MAX


def members_of(body: Mapping[str, Any] | None, azure: World) -> list[str]:
    """Members of an endpoint's sub-resource; none where they are not known."""
    members = [host.member for _, host in hosts_of(body, azure)]
    return list(dict.fromkeys(members)) if all(members) else []


def hosts_of(body: Mapping[str, Any] | None, azure: World) -> Iterator[tuple[Door, Host]]:
    """Names that an endpoint answers for, by what it leads to."""
    target = look(body, f"{CONNECTION}/privateLinkServiceId")
    groups = {str(one).lower() for one in each(body, f"{CONNECTION}/groupIds")}
    for door in azure.facets(ResourceId(target)) if isinstance(target, str) else ():
        if isinstance(door, Door) and door.subresource in groups:
            yield from ((door, host) for host in door.hosts)


def _address(azure: World, endpoint: str) -> str:
    for id in azure.of("Microsoft.Network/privateEndpoints"):
        if id.name.lower() == endpoint.lower():
            for facet in azure.facets(id):
                for one in facet.addresses if isinstance(facet, Endpoint) else ():
                    if isinstance(one.address, Known) and one.address.value:
                        return one.address.value
    raise Impossible(f"the address of {endpoint} is not known")


def subnet_for(azure: World, network: ResourceId, avoided: Sequence[str] = (), room: int = 1) -> ResourceId:
    """The subnet of a network that new endpoints stand in: where others do already, else away from nodes.

    avoided: prefixes that it must not share addresses with. room: addresses that it should have left; where none has,
    that does not count. Raises Impossible where there is none that takes endpoints.
    """
    ranked: list[tuple[bool, int, int, ResourceId]] = []
    for number, id in enumerate(azure.children(network, "subnets")):
        subnet = next((one for one in azure.facets(id) if isinstance(one, Subnet)), None)
        if subnet is None or id.name.lower() in RESERVED:
            continue
        if isinstance(subnet.delegations, Known) and subnet.delegations.value:
            continue
        if not isinstance(subnet.prefixes, Known) or _meet(subnet.prefixes.value, avoided):
            continue
        ranked.append((not _has_room(azure, id, room), _liking(azure, id), number, id))
    if not ranked:
        raise Impossible(f"no subnet of {network.name} takes private endpoints: make one, or name one")
    return min(ranked)[3]


def _liking(azure: World, subnet: ResourceId) -> int:
    """How well endpoints stand in a subnet: 0 beside others, 2 among nodes."""
    users = [one.type for one in azure.referrers(subnet)]
    if ENDPOINTS in users:
        return 0
    return 2 if "microsoft.containerservice/managedclusters" in users else 1


def _has_room(azure: World, subnet: ResourceId, room: int) -> bool:
    try:
        return len(free(azure, subnet, room)) == room
    except Refused:
        return False


def _meet(some: Sequence[str], others: Sequence[str]) -> bool:
    mine, theirs = (
        spans.union(*(span for text in texts if (span := spans.prefix(text)) is not None))
        for texts in (some, others)
    )
    return spans.meets(mine, theirs)


def _placed(body: Json, id: ResourceId, azure: World) -> Json:
    """The body with a location, where its type has one: the network's for what stands in a subnet."""
    located = behaviour_of(id.type).schema.located or ("region" if id.type.count("/") < 2 else "no")
    if located == "no" or "location" in body:
        return body
    subnet = look(body, "properties/subnet/id")
    near = [ResourceId(subnet).parent] if isinstance(subnet, str) else []
    near += [one for one in azure if one.resource_group == id.resource_group and "/providers/" in one]
    for one in near:
        told = (azure.get(one) or {}).get("location")
        if isinstance(told, str) and told != "global":
            return {"location": told, **body}
    raise Impossible(f"the region of {id.name} has to be chosen")


# --- changing what is there ----------------------------------------------------------------------------


def _update(fix: Fix, id: ResourceId, told: Json, because: str, azure: World) -> Change:
    """A PATCH of the setting, or a PUT of the whole where ARM takes no PATCH."""
    old = azure.get(id)
    if old is None:
        if id.type.startswith(f"{ZONES}/"):
            return _change("PUT", id, fix, because, body=told)
        raise Impossible(f"{id.name} was not read")
    behaviour = behaviour_of(id.type)
    if fix.action == "create" or id.type.endswith("/privateendpointconnections") or not behaviour.patchable:
        all_ = _lists_kept(old, merged(old, told))
        return _change("PUT", id, fix, because, body=_with_children(writable(all_, id), id, azure))
    return _change("PATCH", id, fix, because, body=_blocks(told, old))


def _is_so(fix: Fix, told: Json, old: Json | None) -> bool:
    """Whether what a fix would make is there already, and sound: an earlier fix has made it."""
    state = str(look(old, "properties/provisioningState")).lower()
    return fix.action == "create" and state != "failed" and _holds(old, told)


def _holds(held: object, wanted: object) -> bool:
    """What is wanted stands in what is held, which may say more; items of a list in any order."""
    if isinstance(wanted, dict):
        return isinstance(held, dict) and all(_holds(look(held, name), one) for name, one in wanted.items())
    if isinstance(wanted, list):
        return isinstance(held, list) and all(any(_holds(one, item) for one in held) for item in wanted)
    if isinstance(wanted, str) and isinstance(held, str):
        return wanted.lower() == held.lower()
    return wanted == held


def _with_children(body: Json, id: ResourceId, azure: World) -> Json:
    """The body with the children that its type shows inside: a PUT that leaves them out may delete them.

    Source: Microsoft Learn community, Azure Virtual Network now supports updates without subnet property: that holds
    for subnets only; checked 2026-11-24. Raises Impossible where they were not read.
    """
    behaviour = behaviour_of(id.type)
    for pointer, segment in behaviour.embeds.items():
        if pointer in behaviour.schema.read_only:
            continue
        if (id, pointer) in azure.unread:
            raise Impossible(f"{pointer.rpartition('/')[2]} of {id.name} were not read")
        inside = [_inside(azure.get(child) or {}, child, azure) for child in azure.children(id, segment)]
        body = laid(body, pointer, inside) if inside else body
    return body


def _inside(body: Json, id: ResourceId, azure: World) -> Json:
    told = _with_children(writable(body, id), id, azure)
    return {name: value for name, value in told.items() if name in ("name", "id", "properties")}


def _lists_kept(old: Json, new: Json) -> Json:
    """A zone group keeps the zones it has: the list of a fix names those that must be in it."""
    path = "properties/privateDnsZoneConfigs"
    before, now = list(each(old, path)), list(each(new, path))
    if not before or not now:
        return new
    named = {str(look(one, "properties/privateDnsZoneId")).rpartition("/")[2].lower() for one in now}
    kept = [
        one
        for one in before
        if str(look(one, "properties/privateDnsZoneId")).rpartition("/")[2].lower() not in named
    ]
    return laid(new, path, [*now, *kept])


def whole(body: Json, id: ResourceId, azure: World) -> Json:
    """A resource as a PUT would carry it. What of its children was not read is left out."""
    try:
        return _with_children(writable(body, id), id, azure)
    except Impossible:
        return writable(body, id)


def writable(body: Json, id: ResourceId) -> Json:
    """The body as a request may carry it: without what only Azure writes, what it never answers, and what the version
    does not know that the type is written with. Resource Graph tells resources as a newer one has them.
    """
    behaviour, version = behaviour_of(id.type), api_of(id.type)
    for pointer in (*behaviour.schema.read_only, *behaviour.schema.secret, "etag", "systemData"):
        if "*" not in pointer and look(body, pointer) is not None:
            body = laid(body, pointer, None)
    body = of_version(body, behaviour, version) if version else body
    return {name: value for name, value in body.items() if not name.startswith("_")}


def _blocks(told: Json, old: Json) -> Json:
    """The PATCH's body with whole blocks below `properties`: ARM replaces `networkAcls` as one.

    Source: REST reference of Microsoft.Storage 2023-05-01, Update; domain of firewalls checked 2026-11-24.
    """
    properties = told.get("properties")
    if not isinstance(properties, dict):
        return told
    before = old.get("properties") or {}
    blocks = {
        name: merged(look(before, name), value) if isinstance(value, dict) else value
        for name, value in properties.items()
    }
    return {**told, "properties": blocks}


def _again(fix: Fix, because: str, azure: World, wishes: Wishes) -> Iterator[Change]:
    """Delete it; where the fix says so, make it and its children again as they were."""
    id = ResourceId(fix.target)
    old = azure.get(id)
    if old is None:
        raise Impossible(f"{id.name} was not read")
    if not fix.again:
        yield _change("DELETE", id, fix, because)
        return
    if fix.safety is not Safety.SAFE:
        # What carries nothing today loses nothing; of anything else all that hangs on it must be known.
        _refuse_unread(id, azure)
    told = _filled(dict(fix.body), azure, wishes, _room(old, azure))
    away, back = fix.halves
    yield _told(_change("DELETE", id, fix, because), away or f"Delete {which(id)}")
    # What the deletion is told is not for what comes after it.
    fix = msgspec.structs.replace(fix, query={})
    body = merged(_placed(fresh(writable(old, id)), id, azure), told)
    how = "as it was"
    if look(told, "properties/subnet/id") is not None:
        # Addresses of its own were of the place that it leaves.
        body = laid(body, "properties/ipConfigurations", None)
        how = f"in {which(ResourceId(look(body, 'properties/subnet/id')))}"
    yield _told(_change("PUT", id, fix, because, body=body), back or f"Make {which(id)} again, {how}")
    for child in azure.children(id):
        own = writable(azure.get(child) or {}, child)
        yield _told(_change("PUT", child, fix, because, body=own), f"Make {which(child)} again, as it was")


def _refuse_unread(id: ResourceId, azure: World) -> None:
    for pointer, segment in lists(id.type).items():
        if (id, pointer) in azure.unread and not azure.children(id, segment):
            raise Impossible(f"{pointer.rpartition('/')[2]} of {id.name} were not read, and would be lost")


def _told(change: Change, summary: str) -> Change:
    return msgspec.structs.replace(change, summary=summary)


def which(id: ResourceId) -> str:
    """What a resource is called where its own name may say little: a child's with its parent's."""
    return f"{id.name} of {id.parent.name}" if id.type.count("/") > 1 else id.name


def fresh(body: Json) -> Json:
    """A body without what the one before it was given: principals, the state of an endpoint's connection."""
    identity = body.get("identity")
    if isinstance(identity, dict):
        users = identity.get("userAssignedIdentities")
        named: Json = {"userAssignedIdentities": {name: {} for name in users}} if users else {}
        body = {**body, "identity": {"type": identity.get("type"), **named}}
    for name in ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections"):
        told = [
            {
                "name": one["name"],
                "properties": {key: value for key, value in one["properties"].items() if key in _ASKED},
            }
            for one in each(body, f"properties/{name}")
        ]
        if told:
            body = laid(body, f"properties/{name}", told)
    return body


_ASKED = ("privateLinkServiceId", "groupIds", "requestMessage")
