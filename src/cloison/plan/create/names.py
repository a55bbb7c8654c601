"""Names of an environment: private endpoints of its services, and the zones that answer with their addresses.

Which sub-resources a service has, and which zones hold their names, its own kind says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloison.arm.clouds import cloud_of_region
from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Json, each, look
from cloison.model.network import Door
from cloison.plan.change import NAME_MAX
from cloison.plan.create.builder import Piece
from cloison.plan.create.nets import ENDPOINTS
from cloison.plan.create.site import Site
from cloison.plan.world import World

ZONES = "Microsoft.Network/privateDnsZones"
TARGETS = "properties/privateLinkServiceConnections"
BESIDE = ("queue", "table")
"""Sub-resources of storage that batch jobs ask for. Source: Microsoft Learn, Secure an inferencing environment;
Use batch endpoints; checked 2026-11-25."""


def doors_of(azure: World, service: ResourceId) -> list[Door]:
    """Sub-resources of a service that get an endpoint."""
    found = [one for one in azure.facets(service) if isinstance(one, Door)]
    return [one for one in found if one.needed or one.subresource in BESIDE]


def endpoint_of(site: Site, azure: World, service: ResourceId, group: str) -> ResourceId:
    """The endpoint to one sub-resource: one that stands there already, or that is to be made."""
    for id in azure.of("Microsoft.Network/privateEndpoints"):
        told = next(iter(each(azure.get(id), TARGETS)), None)
        leads = str(look(told, "properties/privateLinkServiceId")).lower() == service
        groups = [str(one).lower() for one in each(told, "properties/groupIds")]
        stands = str(look(azure.get(id), "properties/subnet/id")).lower()
        if leads and groups == [group] and ResourceId(stands).parent == site.nets.services.id:
            return id
    return site.named("Microsoft.Network/privateEndpoints", f"pe-{service.name}-{group}"[:NAME_MAX])


def endpoints(
    site: Site, azure: World, service: ResourceId, needs: Iterable[ResourceId] = ()
) -> Iterator[Piece]:
    """Endpoints of a service, zones, and what writes the records. needs: what comes before."""
    for door in doors_of(azure, service):
        zones = zones_of(site, azure, door)
        for zone in zones:
            yield _zone(zone)
        yield from _endpoint(site, azure, door, zones, tuple(needs))


def zones_of(site: Site, azure: World, door: Door) -> list[ResourceId]:
    """The zones that hold a door's names."""
    return [zone_of(site, azure, name) for name in dict.fromkeys(host.zone for host in door.hosts)]


def _endpoint(
    site: Site, azure: World, door: Door, zones: list[ResourceId], needs: tuple[ResourceId, ...]
) -> Iterator[Piece]:
    service, group = door.id, door.subresource
    id = endpoint_of(site, azure, service, group)
    subnet = site.nets.services.subnet(ENDPOINTS)
    connection = {"privateLinkServiceId": service.text, "groupIds": [group]}
    yield Piece(
        id=id,
        body={
            "location": site.nets.services.region,
            "properties": {
                "subnet": {"id": subnet.text},
                "privateLinkServiceConnections": [{"name": id.name, "properties": connection}],
            },
        },
        summary=f"Create private endpoint {id.name} for {group} of {service.name}",
        section="[services]",
        needs=(service, subnet, *needs),
    )
    configs: list[Json] = [
        {"name": zone.name.replace(".", "-"), "properties": {"privateDnsZoneId": zone.text}} for zone in zones
    ]
    yield Piece(
        id=zone_group_of(azure, id),
        body={"properties": {"privateDnsZoneConfigs": configs}},
        summary=f"Integrate {id.name} with {', '.join(zone.name for zone in zones)}",
        section="[dns]",
        needs=(id, *zones),
    )


def zone_group_of(azure: World, endpoint: ResourceId) -> ResourceId:
    """The one zone group that an endpoint may have."""
    held = azure.children(endpoint, "privateDnsZoneGroups")
    return held[0] if held else endpoint.child("privateDnsZoneGroups", "default")


# --- zones ---------------------------------------------------------------------------------------------


def zone_of(site: Site, azure: World, name: str) -> ResourceId:
    """The zone of a name: the one that a network of the environment has already, as it takes no second one."""
    wanted = site.zones_group.child("providers", ZONES, name)
    there = [id for id in azure.of(ZONES) if id.name.lower() == name.lower()]
    if wanted in there:
        return wanted
    return next((id for id in there if _linked(azure, id) & set(_linked_to(site))), wanted)


def _linked(azure: World, zone: ResourceId) -> set[ResourceId]:
    told = (
        look(azure.get(link), "properties/virtualNetwork/id")
        for link in azure.children(zone, "virtualNetworkLinks")
    )
    return {ResourceId(one) for one in told if isinstance(one, str)}


def _linked_to(site: Site) -> list[ResourceId]:
    """Networks that zones answer in: every one of the environment, and the one with whose eyes its servers see."""
    return list(dict.fromkeys([*(net.id for net in site.networks), site.nets.asked_from]))


def _links(site: Site, azure: World, zone: ResourceId) -> list[ResourceId]:
    held = {
        str(look(azure.get(link), "properties/virtualNetwork/id")).lower(): link
        for link in azure.children(zone, "virtualNetworkLinks")
    }
    return [held.get(str(one), zone.child("virtualNetworkLinks", one.name)) for one in _linked_to(site)]


def _zone(zone: ResourceId) -> Piece:
    return Piece(
        id=zone, body={"location": "global"}, summary=f"Create private zone {zone.name}", section="[dns]"
    )


def zone_and_links(site: Site, azure: World, zone: ResourceId) -> Iterator[Piece]:
    """A zone that answers in the environment's networks."""
    yield _zone(zone)
    yield from links(site, azure, zone)


def links(site: Site, azure: World, zone: ResourceId) -> Iterator[Piece]:
    """What makes a zone answer in the environment's networks: best done once its records are there."""
    made = {net.id for net in site.networks if net.made}
    for network, link in zip(_linked_to(site), _links(site, azure, zone), strict=True):
        is_new = network in made
        yield Piece(
            id=link,
            body={
                "location": "global",
                "properties": {"virtualNetwork": {"id": network.text}, "registrationEnabled": False},
            },
            summary=f"Link {zone.name} to {network.name}",
            section="[dns]",
            needs=(zone, network),
            asks=not is_new,
            why="nothing asks from there yet"
            if is_new
            else f"in {network.name}, resources with endpoints elsewhere and no record here stop resolving",
        )


def kubernetes_zone(site: Site) -> ResourceId:
    """The zone that holds the name of a private API server, where the environment has one of its own."""
    name = cloud_of_region(site.region).kubernetes_zone(site.region)
    return site.zones_group.child("providers", ZONES, name)
