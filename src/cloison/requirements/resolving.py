"""Resolving: what the DNS rules share. Which zone a name needs, who is linked to it, what it says."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.facts import Known, NotKnown, Unknown
from cloison.model.network import Door, Endpoint, Host, Record, Zone, ZoneConfig, ZoneLink
from cloison.model.verdict import Fix
from cloison.reach import spans
from cloison.reach.fabric import known
from cloison.requirements import fixes
from cloison.requirements.case import Case


class Integrated(msgspec.Struct, frozen=True):
    """One zone that one endpoint of the environment writes into."""

    endpoint: Endpoint
    config: ZoneConfig
    zone: ResourceId


def integrations(case: Case) -> Iterator[Integrated]:
    """Every zone that a zone group of the environment's endpoints names, where that is known."""
    for endpoint in case.endpoints:
        for config in endpoint.zones:
            zone = known(config.zone)
            if zone is not None:
                yield Integrated(endpoint, config, zone)


def eyes(case: Case) -> list[ResourceId]:
    """Networks whose zones answer the cluster's pods. Raises NotKnown where no server's eyes are known."""
    if case.eyes:
        return case.eyes
    for subnet in case.pool_subnets:
        network = case.fabric.networks.get(subnet.network)
        if network is not None and isinstance(network.dns_servers, Known):
            servers = ", ".join(network.dns_servers.value)
            ask = "say whose eyes they have: --dns ADDRESS=NETWORK"
            raise NotKnown(Unknown(f"what the DNS servers {servers} answer is not in the input", ask))
    raise NotKnown(
        Unknown("the network of the cluster is not known", f"add the network of {case.cluster.id.text}")
    )


def linked(case: Case, zone: ResourceId, network: ResourceId) -> ZoneLink | None:
    """The link of a zone to a network, whether or not it is ready."""
    return next((link for link in case.links(zone) if known(link.network) == network), None)


def namesakes(case: Case, zone: ResourceId) -> list[Zone]:
    """Other zones of the same name."""
    return [other for other in case.zones_named(zone.name) if other.id != zone]


def hosts_in(case: Case, endpoint: Endpoint, zone: ResourceId) -> list[tuple[Door, Host]]:
    """Names of an endpoint's target whose alias lies in a zone."""
    target = known(endpoint.target)
    groups = endpoint.groups.value if isinstance(endpoint.groups, Known) else ()
    name = zone.name.lower()
    return [
        (door, host)
        for door in (case.doors(target) if target is not None else [])
        if door.subresource in groups
        for host in door.hosts
        if host.alias.endswith(f".{name}") or host.alias == name
    ]


def record_of(case: Case, zone: ResourceId, host: Host) -> list[Record]:
    """The address records of a host in a zone, the exact ones only."""
    relative = host.alias[: -len(zone.name) - 1]
    return [record for record in case.fabric.records.get((zone, relative), ()) if record.type == "a"]


def addresses(endpoint: Endpoint) -> set[str]:
    """Addresses of an endpoint. Raises NotKnown where its interface was not read."""
    found = set()
    for part in endpoint.addresses:
        value = part.address.value
        if value is not None:
            found.add(value)
    return found


def address_for(endpoint: Endpoint, host: Host) -> set[str]:
    """Addresses that an endpoint has for one host: those of its member, else all. Raises NotKnown."""
    own = [part for part in endpoint.addresses if part.member == host.member and host.member]
    return {part.address.value for part in own or endpoint.addresses if part.address.value is not None}


def in_subnet(case: Case, endpoint: Endpoint, address: str) -> bool:
    """Whether an address lies in the endpoint's own subnet."""
    id = known(endpoint.subnet)
    subnet = case.fabric.subnets.get(id) if id is not None else None
    number = spans.address(address)
    if subnet is None or number is None or not isinstance(subnet.prefixes, Known):
        return False
    own = spans.union(*(span for text in subnet.prefixes.value if (span := spans.prefix(text))))
    return spans.covers(own, ((number, number),))


def wanted_zones(case: Case, endpoint: Endpoint) -> list[str]:
    """Names of the zones that Azure asks for the endpoint's names, once each. Raises NotKnown."""
    target = endpoint.target.value
    groups = endpoint.groups.value
    doors = case.doors(target) if target is not None else []
    zones = [host.zone for door in doors if door.subresource in groups for host in door.hosts]
    return list(dict.fromkeys(name for name in zones if name))


def missing_zones(case: Case, endpoint: Endpoint) -> list[str]:
    """Zones that the endpoint's zone groups should write into and do not. Raises NotKnown."""
    named = {zone.name.lower() for config in endpoint.zones if (zone := config.zone.value) is not None}
    return [name for name in wanted_zones(case, endpoint) if name not in named]


def integrate(case: Case, endpoint: Endpoint) -> list[Fix]:
    """What makes an endpoint write into every zone that its names need: zones where none is, then the group."""
    near = next((zone for config in endpoint.zones if (zone := known(config.zone))), endpoint.id)
    wanted = wanted_zones(case, endpoint)
    chosen = {name: best_zone(case, name) for name in wanted}
    made = [fixes.create_zone(name, near) for name, zone in chosen.items() if zone is None]
    ids = [zone.text if zone is not None else _beside(near, name) for name, zone in chosen.items()]
    return [*made, fixes.zone_group(endpoint.id, ids)] if ids else []


def best_zone(case: Case, name: str) -> ResourceId | None:
    """The zone of a name that answers the pods, else any of that name; None where there is none."""
    there = case.zones_named(name)
    seen = (zone.id for zone in there for network in case.eyes if linked(case, zone.id, network) is not None)
    return next(seen, there[0].id if there else None)


def _beside(near: ResourceId, name: str) -> str:
    return f"{fixes.group_of(near)}/providers/Microsoft.Network/privateDnsZones/{name}"
