"""Private endpoints and their interfaces that are not as they should be."""

from __future__ import annotations

import copy

from tests.oracle.arm import Body
from tests.oracle.environments import Draft, by_subresource, connect, write_records
from tests.oracle.hosts import Ask

from .names import wrong_address


def set_status(draft: Draft, owner: Body, status: str) -> None:
    own = (
        owner["properties"]["privateLinkServiceConnections"]
        + owner["properties"]["manualPrivateLinkServiceConnections"]
    )
    own[0]["properties"]["privateLinkServiceConnectionState"]["status"] = status
    for service in draft.services:
        for one in service["properties"].get("privateEndpointConnections") or []:
            if one["properties"]["privateEndpoint"]["id"] == owner["id"]:
                one["properties"]["privateLinkServiceConnectionState"]["status"] = status


def endpoint_state(draft: Draft) -> None:
    owner = draft.some("privateEndpoints")
    if not owner:
        return
    own = owner["properties"]
    what = draft.rng.choice(("Pending", "Rejected", "Disconnected", "failed", "manual"))
    if what == "failed":
        own["provisioningState"] = "Failed"
        return
    if what == "manual" and own["privateLinkServiceConnections"]:
        own["manualPrivateLinkServiceConnections"] = own["privateLinkServiceConnections"]
        own["privateLinkServiceConnections"] = []
        return
    set_status(draft, owner, what if what != "manual" else "Pending")


def two_minds(draft: Draft) -> None:
    """The service and the endpoint do not say the same of their connection."""
    owner = draft.some("privateEndpoints")
    if not owner:
        return
    if draft.chance(0.3):
        unlist(draft, owner)
        return
    for service in draft.services:
        for one in service["properties"].get("privateEndpointConnections") or []:
            if one["properties"]["privateEndpoint"]["id"] == owner["id"]:
                status = draft.rng.choice(("Pending", "Rejected", "Disconnected"))
                one["properties"]["privateLinkServiceConnectionState"]["status"] = status


def no_endpoint(draft: Draft) -> None:
    """An endpoint and its interface are gone, its records stay; the service may still list it."""
    owner = draft.some("privateEndpoints")
    if not owner:
        return
    forget(draft, owner)
    if draft.chance(0.6):
        unlist(draft, owner)


def forget(draft: Draft, owner: Body) -> None:
    for nic in draft.of("networkInterfaces"):
        if nic["properties"]["privateEndpoint"]["id"] == owner["id"]:
            draft.drop(nic)
    draft.drop(owner)


def unlist(draft: Draft, owner: Body) -> None:
    for service in draft.services:
        listed = service["properties"].get("privateEndpointConnections") or []
        kept = [one for one in listed if one["properties"]["privateEndpoint"]["id"] != owner["id"]]
        if listed:
            service["properties"]["privateEndpointConnections"] = kept


def never_connected(draft: Draft) -> None:
    """A service has no endpoints at all, and nothing remembers any."""
    service = draft.rng.choice(draft.services)
    for owner in draft.of("privateEndpoints"):
        links = (
            owner["properties"]["privateLinkServiceConnections"]
            + owner["properties"]["manualPrivateLinkServiceConnections"]
        )
        if links[0]["properties"]["privateLinkServiceId"] != service["id"]:
            continue
        for group in draft.of("privateEndpoints/privateDnsZoneGroups"):
            if group["id"].startswith(f"{owner['id']}/"):
                _drop_written(draft, group)
        unlist(draft, owner)
        forget(draft, owner)


def _drop_written(draft: Draft, group: Body) -> None:
    for config in group["properties"]["privateDnsZoneConfigs"]:
        start = f"{config['properties']['privateDnsZoneId']}/A/"
        names = {one["recordSetName"] for one in config["properties"]["recordSets"]}
        for one in draft.of("privateDnsZones/A"):
            if one["id"].startswith(start) and one["name"] in names:
                draft.drop(one)


def list_unread(draft: Draft) -> None:
    """A service does not list its connections, or lists one of an endpoint nobody read."""
    own = draft.rng.choice(draft.services)["properties"]
    if draft.chance(0.5):
        own.pop("privateEndpointConnections", None)
        return
    ghost = copy.deepcopy(own.get("privateEndpointConnections") or [])[:1]
    for one in ghost:
        one["name"] = "ghost"
        one["properties"]["privateEndpoint"]["id"] += "-ghost"
        status = draft.rng.choice(("Approved", "Approved", "Pending"))
        one["properties"]["privateLinkServiceConnectionState"]["status"] = status
    own["privateEndpointConnections"] = (own.get("privateEndpointConnections") or []) + ghost


def interface_changes(draft: Draft) -> None:
    nic = draft.some("networkInterfaces")
    if not nic:
        return
    entries = [one["properties"] for one in nic["properties"]["ipConfigurations"]]
    what = draft.rng.choice(("unread", "dns", "silent", "swapped", "moved"))
    if what in ("unread", "dns"):
        draft.drop(nic)
    if what == "dns":
        for owner in draft.of("privateEndpoints"):
            if owner["id"] == nic["properties"]["privateEndpoint"]["id"]:
                owner["properties"]["customDnsConfigs"] = [
                    {"fqdn": fqdn, "ipAddresses": [one["privateIPAddress"]]}
                    for one in entries
                    for fqdn in one["privateLinkConnectionProperties"]["fqdns"]
                ]
    if what == "silent":
        for one in entries:
            one["privateLinkConnectionProperties"].pop("requiredMemberName")
    if what == "swapped":
        first, last = entries[0], entries[-1]
        first["privateIPAddress"], last["privateIPAddress"] = (
            last["privateIPAddress"],
            first["privateIPAddress"],
        )
    if what == "moved":
        entries[0]["privateIPAddress"] = wrong_address(draft)


def second_endpoint(draft: Draft) -> None:
    """Another endpoint for the same thing, perhaps somewhere else, perhaps written into the zone."""
    found: list[Ask] = draft.rng.choice(by_subresource(draft))
    subnet = draft.subnet(draft.rng.randrange(len(draft.nets)), "other-endpoints")
    owner = connect(draft, subnet, found, draft.fresh("pe-more"))
    if draft.chance(0.3):
        set_status(draft, owner, draft.rng.choice(("Pending", "Rejected")))
    known = {one["id"] for one in draft.bodies}
    zones = {one["name"] for one in draft.of("privateDnsZones")}
    if draft.chance(0.6) and {ask.zone for ask in found} <= zones:
        before = len(draft.bodies)
        write_records(draft, owner, found)
        added = draft.bodies[before:]
        draft.bodies = draft.bodies[:before] + [one for one in added if one["id"] not in known]
