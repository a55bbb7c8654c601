"""Mending: what would make a path private, from the settings that its obstacles cite.

What another requirement has a fix for is left to it: links, peerings, endpoints that do not serve, records gone stale.
Nothing here raises NotKnown: where something is not known, no fix is offered.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.model.facts import Known, Unknown
from cloison.model.network import Door, Endpoint, Host, Route
from cloison.model.verdict import Fix, HopKind, Path, Safety
from cloison.reach import spans
from cloison.reach.zones import links_for
from cloison.requirements import fixes, placing
from cloison.requirements.case import Case
from cloison.requirements.opening import through_filters, through_firewalls
from cloison.requirements.resolving import asked_zone, eyes, record_of, relative

POLICIES = {"enabled": "NetworkSecurityGroupEnabled", "routetableenabled": "Disabled"}
"""Policies of a subnet that make route tables hold for private endpoints -> the same without."""


def mends(case: Case, path: Path) -> list[Fix]:
    """Fixes for one path that is not private."""
    door = case.fabric.doors.get((path.resource, path.subresource))
    host = next((one for one in door.hosts if one.name == path.host), None) if door is not None else None
    if door is None or host is None:
        return []
    return [
        *_names(case, door, host),
        *through_filters(case, path),
        *through_firewalls(case, path),
        *_routes(case, path),
        *_ranges(case, path),
        *_endpoint(case, door),
    ]


# --- names ---------------------------------------------------------------------------------------------


def _names(case: Case, door: Door, host: Host) -> list[Fix]:
    """Records that zones lack which take the name in, or its alias."""
    own = [one for one in case.endpoints_to(door.id, door.subresource) if _approved(one)]
    if not own or not host.alias:
        return []
    found: list[Fix] = []
    for network in eyes(case, host.zone):
        links, _ = links_for(case.fabric, network, host.name)
        if links and _lacks(case, links[0].zone, host.name):
            zone = links[0].zone
            found.append(fixes.write_alias(zone, _label(zone, host.name), host.alias))
        zone_of = asked_zone(case, network, host)
        if zone_of is not None and _lacks(case, zone_of, host.alias) and not record_of(case, zone_of, host):
            addresses = _addresses(own, host, zone_of)
            if addresses:
                found.append(fixes.add_record(zone_of, relative(zone_of, host), addresses))
    return found


def _approved(endpoint: Endpoint) -> bool:
    status, ready = endpoint.status, endpoint.ready
    return (
        isinstance(status, Known) and status.value == "approved" and isinstance(ready, Known) and ready.value
    )


def _lacks(case: Case, zone: ResourceId, name: str) -> bool:
    """Whether a zone whose records were all read has none for a name, nor a wildcard."""
    facet, label = case.fabric.zones.get(zone), _label(zone, name)
    if facet is None or not isinstance(facet.records_known, Known) or label in facet.other_names:
        return False
    wild = any(one == "*" or label.endswith(one[1:]) for one in case.fabric.wildcards.get(zone, ()))
    return not wild and not case.fabric.records.get((zone, label))


def _label(zone: ResourceId, name: str) -> str:
    return "@" if name == zone.name.lower() else name[: -len(zone.name) - 1]


def _addresses(endpoints: list[Endpoint], host: Host, zone: ResourceId) -> list[str]:
    """Addresses for a host of one endpoint: of one that writes into the zone, else of the first. Empty: not known."""
    writing = [one for one in endpoints if any(_is(config.zone, zone) for config in one.zones)]
    endpoint = (writing or endpoints)[0]
    told = [
        (part.member, part.address.value)
        for part in endpoint.addresses
        if isinstance(part.address, Known) and part.address.value
    ]
    mine = [address for member, address in told if host.member and member == host.member]
    return sorted(mine or (address for _, address in told))


def _is(fact: object, id: ResourceId) -> bool:
    return isinstance(fact, Known) and fact.value == id


# --- ways ----------------------------------------------------------------------------------------------


def _routes(case: Case, path: Path) -> list[Fix]:
    """Where a route takes packets for the endpoint elsewhere: let routes not hold for endpoints in its subnet."""
    routes = {route.id for route in case.fabric.all(Route)}
    stops = [step for step in path.obstacles if step.hop in (HopKind.ROUTE, HopKind.FILTER)]
    cited = [cite.resource for step in stops for cite in step.cites if cite.resource in routes]
    through = bool(through_firewalls(case, path))
    endpoint = case.fabric.endpoints.get(path.endpoint) if path.endpoint is not None else None
    if endpoint is None or not (cited or through) or not isinstance(endpoint.subnet, Known):
        return []
    subnet = case.fabric.subnets.get(endpoint.subnet.value) if endpoint.subnet.value is not None else None
    policies = (
        subnet.endpoint_policies.value
        if subnet is not None and isinstance(subnet.endpoint_policies, Known)
        else ""
    )
    if subnet is None or policies not in POLICIES:
        return []
    why = "packets for endpoints there no longer pass the appliances that routes name: whoever inspects them sees none"
    return [
        fixes.set_property(
            subnet.id,
            "/properties/privateEndpointNetworkPolicies",
            POLICIES[policies],
            f"Let route tables not hold for the endpoints in {subnet.id.name} of {subnet.network.name}",
            Safety.ASKS,
            why,
        )
    ]


def _ranges(case: Case, path: Path) -> list[Fix]:
    """Where the cluster keeps the address for itself: its ranges cannot be changed."""
    facts = (case.cluster.service_prefixes, case.cluster.pod_prefixes)
    own = [
        fact
        for fact in facts
        if isinstance(fact, Known) and any(fact.cite in step.cites for step in path.obstacles)
    ]
    if not own:
        return []
    ranges, cluster = ", ".join(text for fact in own for text in fact.value), case.cluster.id
    anew = f"Create {cluster.name} anew with other ranges than {ranges}"
    options = [fixes.by_hand(cluster, anew, "the ranges of a cluster cannot be changed")]
    number = spans.address(path.address)
    taken = spans.union(*(span for fact in own for text in fact.value if (span := spans.prefix(text))))
    if path.endpoint is not None and case.networks and number and spans.covers(taken, ((number, number),)):
        options.insert(0, fixes.move_endpoint(path.endpoint, case.networks[0], ranges))
    return options


def _endpoint(case: Case, door: Door) -> list[Fix]:
    """An endpoint where the sub-resource has none at all."""
    there = case.endpoints_to(door.id)
    mine = any(isinstance(one.groups, Unknown) or door.subresource in one.groups.value for one in there)
    if mine or not isinstance(door.connections, Known):
        return []
    return placing.new_endpoints(case, door.id, [door.subresource])
