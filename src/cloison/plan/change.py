"""A change: one exact request with its reasons, and how a fix becomes changes.

A fix says what must become so; here is decided which request does it: a PATCH of one property where ARM takes one, a
PUT of the whole resource as it stands where it does not, names and places that the fix left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from cloison.arm.ids import ResourceId
from cloison.controlplane import Azure
from cloison.kinds import behaviour_of, live_of
from cloison.model.behaviour import Json, Method, Request, each, laid, look, merged
from cloison.model.facts import Known
from cloison.model.network import Endpoint, Subnet
from cloison.model.verdict import Fix, Safety

OPEN = re.compile(r"\{([^{}]*)\}")
RESERVED = (
    "gatewaysubnet",
    "azurefirewallsubnet",
    "azurefirewallmanagementsubnet",
    "azurebastionsubnet",
    "routeserversubnet",
)
"""Subnets that take only what they are named for. Source: Microsoft Learn, Virtual network FAQ; checked 2026-11-24."""


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

    @property
    def key(self) -> tuple[str, ResourceId, str]:
        """Two changes with one key are one."""
        return (self.method, self.id, self.action)

    @property
    def request(self) -> Request:
        """For the control plane."""
        return Request(
            method=self.method, id=self.id, body=self.body, action=self.action, api_version=self.api_version
        )


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of open choices."""

    endpoint_subnet: ResourceId | None = None
    """Where new private endpoints stand; None: chosen."""
    zones_in: ResourceId | None = None
    """Resource group for new private zones; None: beside what needs them."""


def changes_of(fix: Fix, because: str, azure: Azure, wishes: Wishes) -> Iterator[Change]:
    """The requests that carry out a fix on a state. Raises Impossible."""
    if fix.safety is Safety.MANUAL:
        raise Impossible(fix.summary)
    if fix.action == "delete":
        yield from _again(fix, because, azure)
        return
    id = _target(fix, azure, wishes)
    if fix.action == "post":
        yield _change("POST", id.parent, fix, because, action=id.name)
    elif fix.action == "create" and azure.get(id) is None:
        body = _placed(_filled(dict(fix.body), azure, wishes), id, azure)
        yield _change("PUT", id, fix, because, body=body)
    else:
        yield _update(fix, id, because, azure, wishes)


def _change(
    method: Method, id: ResourceId, fix: Fix, because: str, *, body: Json | None = None, action: str = ""
) -> Change:
    live = live_of(id.type) or live_of(id.parent.type)
    return Change(
        method=method,
        id=id,
        action=action,
        api_version=live.api if live is not None else "",
        body=body,
        summary=fix.summary,
        safety=fix.safety,
        why=fix.why,
        because=(because,),
    )


# --- what is open in a fix -----------------------------------------------------------------------------


def _target(fix: Fix, azure: Azure, wishes: Wishes) -> ResourceId:
    """The resource that a fix names, with names that it leaves open."""
    text = fix.target
    found = OPEN.search(text)
    if found is not None and found.group(1).startswith("connection of "):
        service = ResourceId(text.rpartition("/privateEndpointConnections/")[0])
        return _connection(azure, service, found.group(1).removeprefix("connection of "))
    if found is not None:
        raise Impossible(f"{fix.summary}: {found.group(1)} has to be chosen")
    id = ResourceId(text)
    if (
        fix.action == "create"
        and id.type == "microsoft.network/privatednszones"
        and wishes.zones_in is not None
    ):
        return ResourceId(f"{wishes.zones_in.text}/providers/Microsoft.Network/privateDnsZones/{id.name}")
    if fix.action == "create" and azure.get(id) is None:
        return _twin(azure, id)
    return id


def _connection(azure: Azure, service: ResourceId, endpoint: str) -> ResourceId:
    for id in azure.children(service, "privateEndpointConnections"):
        held = look(azure.get(id), "properties/privateEndpoint/id")
        if isinstance(held, str) and held.rpartition("/")[2].lower() == endpoint.lower():
            return id
    raise Impossible(f"{service.name} lists no connection of {endpoint}: its owner has to look")


def _twin(azure: Azure, id: ResourceId) -> ResourceId:
    """The one child of its sort that the parent may have, where it has one under another name."""
    if id.type == "microsoft.network/privateendpoints/privatednszonegroups":
        return next(iter(azure.children(id.parent, "privateDnsZoneGroups")), id)
    return id


def _filled(body: Any, azure: Azure, wishes: Wishes) -> Any:
    """A copy of the body with open places filled."""
    if isinstance(body, dict):
        return {name: _filled(value, azure, wishes) for name, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, azure, wishes) for value in body]
    if isinstance(body, str) and body.endswith("/subnets/{subnet}"):
        network = ResourceId(body.removesuffix("/subnets/{subnet}"))
        return (wishes.endpoint_subnet or subnet_for(azure, network)).text
    if isinstance(body, str) and (found := OPEN.search(body)) is not None:
        if found.group(1).startswith("address of "):
            return _address(azure, found.group(1).removeprefix("address of "))
        raise Impossible(f"{found.group(1)} has to be chosen")
    return body


def _address(azure: Azure, endpoint: str) -> str:
    for id in azure.of("Microsoft.Network/privateEndpoints"):
        if id.name.lower() == endpoint.lower():
            for facet in azure.facets(id):
                for one in facet.addresses if isinstance(facet, Endpoint) else ():
                    if isinstance(one.address, Known) and one.address.value:
                        return one.address.value
    raise Impossible(f"the address of {endpoint} is not known")


def subnet_for(azure: Azure, network: ResourceId) -> ResourceId:
    """The subnet of a network that new endpoints stand in: where others do already, else away from nodes.

    Raises Impossible where there is none that takes them.
    """
    ranked: list[tuple[int, int, ResourceId]] = []
    for number, id in enumerate(azure.children(network, "subnets")):
        subnet = next((one for one in azure.facets(id) if isinstance(one, Subnet)), None)
        if subnet is None or id.name.lower() in RESERVED:
            continue
        if isinstance(subnet.delegations, Known) and subnet.delegations.value:
            continue
        users = [one.type for one in azure.referrers(id)]
        if "microsoft.network/privateendpoints" in users:
            rank = 0
        elif "microsoft.containerservice/managedclusters" in users:
            rank = 2
        else:
            rank = 1
        ranked.append((rank, number, id))
    if not ranked:
        raise Impossible(f"no subnet of {network.name} takes private endpoints: make one, or name one")
    return min(ranked)[2]


def _placed(body: Json, id: ResourceId, azure: Azure) -> Json:
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


def _update(fix: Fix, id: ResourceId, because: str, azure: Azure, wishes: Wishes) -> Change:
    """A PATCH of the setting, or a PUT of the whole where ARM takes no PATCH."""
    old = azure.get(id)
    told = _filled(dict(fix.body), azure, wishes)
    if old is None:
        if id.type.endswith(("/a", "/aaaa", "/cname")):
            return _change("PUT", id, fix, because, body=told)
        raise Impossible(f"{id.name} was not read")
    behaviour = behaviour_of(id.type)
    if fix.action == "create" or id.type.endswith("/privateendpointconnections") or not behaviour.patchable:
        whole = _lists_kept(old, merged(old, told))
        return _change("PUT", id, fix, because, body=_writable(whole, id))
    return _change("PATCH", id, fix, because, body=_blocks(told, old))


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


def _writable(body: Json, id: ResourceId) -> Json:
    """The body as a request may carry it: without what only Azure writes, and with its children.

    A PUT that leaves out children would delete them, so those that its type shows inside are not in the way: the
    control plane and ARM both take an absent list as no change.
    """
    schema = behaviour_of(id.type).schema
    for pointer in (*schema.read_only, "etag", "systemData"):
        if "*" not in pointer and look(body, pointer) is not None:
            body = laid(body, pointer, None)
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


def _again(fix: Fix, because: str, azure: Azure) -> Iterator[Change]:
    """Delete it; where the fix says so by its summary's second half, make it and its children again as they were."""
    id = ResourceId(fix.target)
    old = azure.get(id)
    if old is None:
        raise Impossible(f"{id.name} was not read")
    yield _change("DELETE", id, fix, because)
    if not fix.again:
        return
    yield _change("PUT", id, fix, because, body=_fresh(_writable(old, id)))
    for child in azure.children(id):
        yield _change("PUT", child, fix, because, body=_writable(azure.get(child) or {}, child))


def _fresh(body: Json) -> Json:
    """An endpoint's body without the state of its connection."""
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
