"""Resolving: what the DNS rules share. Which zone a name needs, who is linked to it, what it says."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.facts import Known, NotKnown, Unknown
from cloison.model.network import Door, Endpoint, Host, Record, Zone, ZoneConfig, ZoneLink
from cloison.model.verdict import Finding, Fix, Outcome, PathVerdict, Severity
from cloison.reach.fabric import known
from cloison.requirements import fixes, say
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


def eyes(case: Case, zone: str) -> list[ResourceId]:
    """Networks whose linked zones answer the pods about names of one zone, as far as their DNS servers are known."""
    found = [one.eyes for one in case.asked if one.zone == zone.lower() and one.eyes is not None]
    return list(dict.fromkeys(found)) or case.eyes


def blind(case: Case, requirement: str, subject: ResourceId) -> Finding:
    """Which zones answer the pods is not known. A note: what keeps it from being known has its own finding."""
    doubts = [step for one in case.asked for step in one.steps if step.outcome is not Outcome.PASS]
    if not doubts:
        message, ask = "the network of the cluster is not known", f"add the network of {case.cluster.id.text}"
        return say.unknown(requirement, subject, message, ask=ask, severity=Severity.NOTE)
    message = f"which private zones answer the pods is not known: {doubts[0].text}"
    ask = doubts[0].ask or "name DNS servers that answer"
    return say.unknown(requirement, subject, message, ask=ask, cites=doubts[0].cites, severity=Severity.NOTE)


def not_read(case: Case, zone: ResourceId) -> Unknown | None:
    """Why a zone may be linked to networks that the input does not tell."""
    if zone not in case.fabric.zones:
        return Unknown(
            f"zone {zone.name} of {zone.resource_group} is not in the input",
            f"add {zone.text} with its links",
        )
    for link in case.links(zone):
        if isinstance(link.network, Unknown):
            return link.network
    counted = case.resource(zone).body.at("properties/numberOfVirtualNetworkLinks").number()
    held = len(case.links(zone))
    if isinstance(counted, Known) and counted.value > held:
        ask = (
            f"add what `az network private-dns link vnet list -g {zone.resource_group} -z {zone.name}` prints"
        )
        return Unknown(
            f"zone {zone.name} counts {counted.value} links, and the input holds {held}", ask, counted.cite
        )
    return None


def linked(case: Case, zone: ResourceId, network: ResourceId) -> ZoneLink | None:
    """The link of a zone to a network, whether or not it is ready."""
    return next((link for link in case.links(zone) if known(link.network) == network), None)


def asked_zone(case: Case, network: ResourceId, host: Host) -> ResourceId | None:
    """The zone that is asked for a host in a network: of those linked there, the longest that takes in its alias."""
    found = [
        link.zone
        for link in case.fabric.links_of.get(network, ())
        if f".{host.alias}".endswith(f".{link.zone.name.lower()}")
    ]
    return max(found, key=lambda zone: len(zone.name), default=None)


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
    return [
        record for record in case.fabric.records.get((zone, relative(zone, host)), ()) if record.type == "a"
    ]


def relative(zone: ResourceId, host: Host) -> str:
    """The name that a host's record has in a zone."""
    return host.alias[: -len(zone.name) - 1]


def answers(case: Case, zone: ResourceId, host: Host) -> bool:
    """Whether a zone has any record for a host: an exact one, a wildcard, an alias, or one that will be written.

    Raises NotKnown where its records were not read and no zone group says that it wrote this one.
    """
    name = relative(zone, host)
    wild = (one for one in case.fabric.wildcards.get(zone, ()) if one == "*" or name.endswith(one[1:]))
    if case.fabric.records.get((zone, name)) or next(wild, None) is not None:
        return True
    facet = case.fabric.zones.get(zone)
    whole = facet is not None and isinstance(facet.records_known, Known)
    for endpoint in case.fabric.groups_into.get(zone, ()):
        for config in endpoint.zones:
            if known(config.zone) != zone:
                continue
            if config.planned and any(host == own for _, own in hosts_in(case, endpoint, zone)):
                return True
            written = config.written.value if isinstance(config.written, Known) else ()
            # Once the records themselves were read, what a zone group says of them proves nothing.
            if not whole and any(record == name for record, _ in written):
                return True
    if facet is None:
        raise NotKnown(
            Unknown(f"the records of {zone.name} are not in the input", f"add {zone.text} with its records")
        )
    return not facet.records_known.value


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


def works(case: Case, endpoint: Endpoint) -> bool:
    """Whether every name that the endpoint is for leads to private endpoints already, however that comes."""
    target = known(endpoint.target)
    groups = endpoint.groups.value if isinstance(endpoint.groups, Known) else ()
    found = [
        path for group in groups for path in (case.paths_to(target, group) if target is not None else ())
    ]
    needed = [path for path in found if path.needed] or found
    return bool(needed) and all(path.verdict is PathVerdict.PRIVATE for path in needed)


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
