"""Doors: which endpoint an address belongs to, and whom a service lets in.

Sources: Microsoft Learn, "Configure Azure Storage firewalls", "Configure network security for Azure Key Vault",
"Configure public IP network rules in Azure Container Registry", "What is a private endpoint?"; checked 2026-01-05.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Fact, Known, Unknown
from cloison.model.network import Door, Endpoint, EndpointAddress, Host, Subnet
from cloison.model.verdict import HopKind, Outcome, PathVerdict, Step, unknown_step
from cloison.reach import spans
from cloison.reach.fabric import Fabric, known
from cloison.reach.packets import Source, Target


def at_address(fabric: Fabric, door: Door, host: Host, address: str) -> tuple[Target, tuple[Step, ...]]:
    """The target that a private answer leads to, and what the endpoint there does."""
    number = spans.address(address)
    if number is None:
        text = f"{host.name} resolves to {address}, which is no IPv4 address"
        return Target(address, host=host.name), (Step(HopKind.DOOR, Outcome.STOP, text),)
    here = fabric.endpoint_at.get(number, ())
    mine = [(endpoint, one) for endpoint, one in here if _serves(endpoint, door)]
    one = ((number, number),)
    if not mine:
        return Target(address, one, host=host.name), (
            _stale(fabric, door, address, [endpoint for endpoint, _ in here]),
        )
    endpoint, part = max(mine, key=lambda pair: _member_fits(pair[1], host))
    target = _target(fabric, endpoint, address, one, host)
    return target, tuple(_endpoint_steps(endpoint, part, door, host))


def at_planned(
    fabric: Fabric, door: Door, host: Host, endpoint: Endpoint, part: EndpointAddress
) -> tuple[Target, tuple[Step, ...]]:
    """The target that a planned endpoint will be: any address of its subnet."""
    subnet_id = known(endpoint.subnet)
    subnet = fabric.subnets.get(subnet_id) if subnet_id is not None else None
    steps = _endpoint_steps(endpoint, part, door, host)
    prefixes = subnet.prefixes if subnet is not None else None
    if subnet is None or not isinstance(prefixes, Known):
        why = endpoint.subnet if isinstance(endpoint.subnet, Unknown) else prefixes
        missing = Unknown(f"the subnet of {endpoint.id.name} is not in the input", "add its network")
        steps.append(unknown_step(HopKind.ROUTE, why if isinstance(why, Unknown) else missing))
        return Target(f"the address of {endpoint.id.name}", host=host.name, endpoint=endpoint), tuple(steps)
    text = f"an address of {subnet.id.name}"
    return _target(fabric, endpoint, text, spans.usable(prefixes.value), host), tuple(steps)


def listed(door: Door, endpoint: Endpoint) -> Step | None:
    """What the service's own list of connections says against an endpoint; None when they agree.

    Only a connection that both sides hold as approved carries packets.
    Source: Microsoft Learn, "Manage Azure private endpoints", connection states; checked 2026-11-24.
    """
    if isinstance(door.connections, Unknown) or endpoint.planned:
        return None
    states = [state for id, state in door.connections.value if id == endpoint.id]
    cite = door.connections.cite
    name = endpoint.id.name
    if not states and any(not id for id, _ in door.connections.value):
        return None
    if not states:
        text = f"{door.id.name} does not list private endpoint {name}, which names it"
        return Step(HopKind.DOOR, Outcome.UNKNOWN, text, (cite,), f"read {door.id.name} and {name} again")
    if "approved" in states:
        return None
    return _step(Outcome.STOP, f"{door.id.name} holds the connection of {name} as {states[0]}", cite)


def unseen(fabric: Fabric, door: Door) -> Step | None:
    """A doubt when the service lists an approved connection of an endpoint that is not in the input."""
    if isinstance(door.connections, Unknown):
        return None
    for id, state in door.connections.value:
        if state == "approved" and id not in fabric.endpoints:
            text = f"{door.id.name} lists an approved private endpoint that is not in the input: {id}"
            return Step(HopKind.NAME, Outcome.UNKNOWN, text, (door.connections.cite,), f"add {id}")
    return None


def public_target(door: Door, host: Host) -> Target:
    """The service's public address, which ARM does not tell."""
    location = door.location.value if isinstance(door.location, Known) else "{location}"
    return Target(f"the public address of {door.id.name}", host=host.name, tag=door.tag, location=location)


def endpoint_service(subnet: Subnet, door: Door) -> tuple[bool, Step | None]:
    """Whether a service endpoint carries the subnet's identity to this service; with the doubt where not known."""
    wanted = door.admission.endpoint_services
    if not wanted:
        return False, None
    if isinstance(subnet.service_endpoints, Unknown):
        return False, unknown_step(HopKind.ROUTE, subnet.service_endpoints)
    found = sorted(set(wanted) & set(subnet.service_endpoints.value))
    if not found:
        return False, None
    text = f"service endpoint {found[0]} of {subnet.id.name} carries its identity to {door.id.name}"
    return True, Step(HopKind.ROUTE, Outcome.PASS, text, (subnet.service_endpoints.cite,))


def admit(
    door: Door, source: Source, *, identified: bool, region: Fact[str] | None
) -> tuple[PathVerdict, tuple[Step, ...]]:
    """Whether the service's firewall lets in a caller at its public address, and as what.

    identified: a service endpoint carries the subnet's identity. region: of the caller's network.
    """
    admission = door.admission
    name = door.id.name
    public = admission.public
    if isinstance(public, Unknown):
        return PathVerdict.UNKNOWN, (unknown_step(HopKind.DOOR, public),)
    if not public.value:
        return PathVerdict.BLOCKED, (_step(Outcome.STOP, f"{name} refuses public access", public.cite),)
    if identified:
        subnets = admission.subnets
        if isinstance(subnets, Unknown):
            return PathVerdict.UNKNOWN, (unknown_step(HopKind.DOOR, subnets),)
        if str(source.subnet.id) in subnets.value:
            text = f"{name} lets subnet {source.subnet.id.name} in"
            return PathVerdict.SERVICE_ENDPOINT, (_step(Outcome.PASS, text, subnets.cite),)
    open_to_all = admission.open_to_all
    if isinstance(open_to_all, Unknown):
        return PathVerdict.UNKNOWN, (unknown_step(HopKind.DOOR, open_to_all),)
    if open_to_all.value:
        text = f"{name} lets every address in"
        return PathVerdict.PUBLIC, (_step(Outcome.PASS, text, open_to_all.cite, public.cite),)
    return _by_address(door, open_to_all.cite, region)


def _by_address(door: Door, closed: Cite, region: Fact[str] | None) -> tuple[PathVerdict, tuple[Step, ...]]:
    name, addresses = door.id.name, door.admission.addresses
    if isinstance(addresses, Unknown):
        return PathVerdict.UNKNOWN, (unknown_step(HopKind.DOOR, addresses),)
    if not addresses.value:
        return PathVerdict.BLOCKED, (_step(Outcome.STOP, f"{name} lets none of these callers in", closed),)
    if door.admission.ignores_addresses_in_region and _same_region(door.location, region):
        text = f"{name} has address rules, which do not hold for callers in its own region"
        return PathVerdict.BLOCKED, (_step(Outcome.STOP, text, addresses.cite, closed),)
    text = f"{name} lets in {', '.join(addresses.value[:3])}; the public address these pods leave with is not known"
    ask = "compare the egress address of the cluster with the address rules"
    return PathVerdict.UNKNOWN, (Step(HopKind.DOOR, Outcome.UNKNOWN, text, (addresses.cite,), ask),)


def _same_region(door: Fact[str], caller: Fact[str] | None) -> bool:
    if isinstance(door, Unknown) or caller is None or isinstance(caller, Unknown):
        return False
    return door.value == caller.value


def _step(outcome: Outcome, text: str, *cites: Cite) -> Step:
    return Step(HopKind.DOOR, outcome, text, cites)


def _serves(endpoint: Endpoint, door: Door) -> bool:
    groups = endpoint.groups.value if isinstance(endpoint.groups, Known) else ()
    return known(endpoint.target) == door.id and door.subresource in groups


def _member_fits(part: EndpointAddress, host: Host) -> bool:
    return not part.member or not host.member or part.member == host.member


def _target(fabric: Fabric, endpoint: Endpoint, text: str, where: spans.Spans, host: Host) -> Target:
    subnet_id = known(endpoint.subnet)
    subnet = fabric.subnets.get(subnet_id) if subnet_id is not None else None
    network: ResourceId | None = subnet.network if subnet is not None else None
    if network is None and subnet_id is not None:
        network = subnet_id.parent
    return Target(text, where, network, subnet, endpoint, host.name)


def state(endpoint: Endpoint) -> list[Step]:
    """Why an endpoint carries no packets, or may not; empty when it is approved and provisioned."""
    steps: list[Step] = [unknown_step(HopKind.DOOR, endpoint.maybe)] if endpoint.maybe else []
    name = endpoint.id.name
    if isinstance(endpoint.status, Unknown):
        steps.append(unknown_step(HopKind.DOOR, endpoint.status))
    elif endpoint.status.value != "approved":
        text = f"private endpoint {name} is {endpoint.status.value}, not approved"
        steps.append(_step(Outcome.STOP, text, endpoint.status.cite))
    if isinstance(endpoint.ready, Unknown):
        steps.append(unknown_step(HopKind.DOOR, endpoint.ready))
    elif not endpoint.ready.value:
        steps.append(_step(Outcome.STOP, f"private endpoint {name} failed to provision", endpoint.ready.cite))
    return steps


def _endpoint_steps(endpoint: Endpoint, part: EndpointAddress, door: Door, host: Host) -> list[Step]:
    steps = state(endpoint)
    against = listed(door, endpoint)
    if against is not None:
        steps.append(against)
    name = endpoint.id.name
    if not _member_fits(part, host):
        text = f"{host.name} resolves to the address that {name} has for {part.member}, not for {host.member}"
        steps.append(_step(Outcome.STOP, text, Cite(endpoint.id, "/properties/networkInterfaces")))
    if not steps:
        cites = [fact.cite for fact in (endpoint.status, endpoint.target) if isinstance(fact, Known)]
        steps.append(_step(Outcome.PASS, f"private endpoint {name} is approved", *cites))
    return steps


def _stale(fabric: Fabric, door: Door, address: str, others: list[Endpoint]) -> Step:
    """An answer that no endpoint of the asked sub-resource has."""
    unread = [
        one
        for one in (*fabric.endpoints_to.get(door.id, ()), *fabric.endpoints_to.get(None, ()))
        if _may_serve(one, door) and _addresses_open(one)
    ]
    if unread:
        part = next((part.address for part in unread[0].addresses if isinstance(part.address, Unknown)), None)
        text = f"whether {address} is the address of {unread[0].id.name} is not in the input"
        ask = part.ask if part is not None else f"add the network interface of {unread[0].id.text}"
        return Step(HopKind.DOOR, Outcome.UNKNOWN, text, (Cite(unread[0].id),), ask)
    own = [one for one in fabric.endpoints_to.get(door.id, ()) if _serves(one, door)]
    cites = tuple(Cite(one.id, "/properties/networkInterfaces") for one in (own or others)[:3])
    if others:
        text = f"{address} belongs to {others[0].id.name}, which does not lead to {door.subresource} of {door.id.name}"
    elif isinstance(door.connections, Unknown) or _elsewhere(fabric, door):
        text = f"{address} is no address of an endpoint in the input, but {door.id.name} may have others"
        return Step(
            HopKind.DOOR,
            Outcome.UNKNOWN,
            text,
            (Cite(door.id),),
            f"add every private endpoint of {door.id.text}",
        )
    else:
        has = ", ".join(sorted(_shown(own))) or "no address"
        text = f"the record is stale: it says {address}, while {door.subresource} of {door.id.name} has {has}"
    return _step(Outcome.STOP, text, *cites)


def _elsewhere(fabric: Fabric, door: Door) -> bool:
    if isinstance(door.connections, Unknown):
        return True
    return any(
        id_text not in fabric.endpoints for id_text, state in door.connections.value if state == "approved"
    )


def _may_serve(endpoint: Endpoint, door: Door) -> bool:
    if isinstance(endpoint.target, Known) and endpoint.target.value != door.id:
        return False
    return isinstance(endpoint.groups, Unknown) or door.subresource in endpoint.groups.value


def _addresses_open(endpoint: Endpoint) -> bool:
    if isinstance(endpoint.target, Unknown):
        return True
    return any(isinstance(part.address, Unknown) for part in endpoint.addresses)


def _shown(endpoints: list[Endpoint]) -> set[str]:
    return {
        part.address.value
        for endpoint in endpoints
        for part in endpoint.addresses
        if isinstance(part.address, Known) and part.address.value
    }
