"""What the network itself would say: effective routes and rules of a network interface, and whether a packet passes.

Answered by the same reading of the network that judges environments; what it leaves undecided is refused here, never
guessed.
Sources: Microsoft Learn, REST reference "Network Interfaces - Get Effective Route Table", "List Effective Network
Security Groups", "Network Watchers - Verify IP Flow"; answers recorded by azure-cli (2020-2023); checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from cloison.arm.ids import NotAnId, ResourceId
from cloison.controlplane.run import not_found
from cloison.emulator.operations import Status
from cloison.emulator.resources import where_to_ask
from cloison.emulator.routing import route
from cloison.emulator.wire import Answer, Asked
from cloison.emulator.world import World
from cloison.kinds import all_facets
from cloison.model.behaviour import Json, Pace, Refused, Request, Style, each, look
from cloison.model.facts import Cite, Known
from cloison.model.network import FilterRule, Subnet
from cloison.model.verdict import Outcome, Step
from cloison.reach import filters, peerings, spans
from cloison.reach.fabric import Fabric, known
from cloison.reach.packets import Flow, Source, Target

NOWHERE = ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")
"""System routes that lead nowhere. Source: Microsoft Learn, "Virtual network traffic routing"; checked 2026-11-24."""
_HOPS = {
    "virtualappliance": "VirtualAppliance",
    "internet": "Internet",
    "none": "None",
    "vnetlocal": "VnetLocal",
    "virtualnetworkgateway": "VirtualNetworkGateway",
}
_TAGS = frozenset({"*", "any", "internet", "virtualnetwork", "azureloadbalancer"})


def _ended(world: World, asked: Asked, id: ResourceId, result: Json) -> Answer:
    """202, and the result at the address that Location names."""
    operation = world.operations.open(
        Request(method="POST", id=id, api_version=asked.version), world.chance(), Pace(style=Style.LOCATION)
    )
    world.operations.close(operation, Status.SUCCEEDED, result)
    headers = where_to_ask(asked, operation) | world.clock.wait(10)
    return Answer(status=202, headers=headers, operation=operation)


def _card(world: World, id: ResourceId) -> tuple[ResourceId, Json]:
    """A network interface. Raises Refused where there is none."""
    body = world.state.get(id)
    if body is None or id.type != "microsoft.network/networkinterfaces":
        raise not_found(id)
    return id, body


def _subnet(fabric: Fabric, body: Json) -> Subnet:
    """The subnet of a network interface. Raises Refused where it is in none."""
    for one in each(body, "properties/ipConfigurations"):
        told = look(one, "properties/subnet/id")
        subnet = fabric.subnets.get(ResourceId(told)) if isinstance(told, str) else None
        if subnet is not None:
            return subnet
    raise Refused(400, "NetworkInterfaceHasNoSubnet", "The network interface is in no subnet.")


def _fabric(world: World) -> Fabric:
    return Fabric(all_facets(world.state.snapshot()))


# --- routes ----------------------------------------------------------------------------------------------


def _routes(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    id, body = _card(world, _id(world, parts))
    fabric = _fabric(world)
    return _ended(world, asked, id, {"value": list(_effective(fabric, _subnet(fabric, body)))})


def _effective(fabric: Fabric, subnet: Subnet) -> Iterator[Json]:
    """Routes in the order in which Azure lists them: its own, then those of the table."""
    own = list(_user_routes(fabric, subnet))
    told = {str(one["addressPrefix"][0]) for one in own}
    for prefix, hop in _system_routes(fabric, subnet):
        yield _route("Default", prefix, hop, active=prefix not in told)
    for prefix in _endpoint_routes(fabric, subnet):
        yield _route("Default", prefix, "InterfaceEndpoint", active=prefix not in told)
    yield from own


def _route(
    source: str, prefix: str, hop: str, *, active: bool = True, address: str = "", name: str = ""
) -> Json:
    told: Json = {"name": name} if name else {}
    return told | {
        "disableBgpRoutePropagation": False,
        "source": source,
        "state": "Active" if active else "Invalid",
        "hasBgpOverride": False,
        "addressPrefix": [prefix],
        "nextHopType": hop,
        "nextHopIpAddress": [address] if address else [],
    }


def _system_routes(fabric: Fabric, subnet: Subnet) -> Iterator[tuple[str, str]]:
    network = subnet.network
    yield from ((prefix, "VnetLocal") for prefix in fabric.prefix_texts(network))
    for neighbour in peerings.neighbours(fabric, network):
        if peerings.usable(peerings.status(fabric, network, neighbour, subnet, None)):
            yield from ((prefix, "VNetPeering") for prefix in fabric.prefix_texts(neighbour))
    yield "0.0.0.0/0", "Internet"
    yield from ((prefix, "None") for prefix in NOWHERE)


def _endpoint_routes(fabric: Fabric, subnet: Subnet) -> Iterator[str]:
    """One route for each address of a private endpoint in the network and in those peered with it."""
    for number, found in sorted(fabric.endpoint_at.items()):
        for endpoint, _ in found:
            subnet_id = known(endpoint.subnet)
            home = fabric.subnets.get(subnet_id) if subnet_id is not None else None
            if home is None:
                continue
            near = home.network == subnet.network or peerings.usable(
                peerings.status(fabric, subnet.network, home.network, subnet, home)
            )
            if near:
                yield f"{spans.dotted(number)}/32"
                break


def _user_routes(fabric: Fabric, subnet: Subnet) -> Iterator[Json]:
    table = known(subnet.routes)
    for one in fabric.routes_of.get(table, ()) if table is not None else ():
        if isinstance(one.prefix, Known) and isinstance(one.hop, Known):
            address = one.hop_address.value if isinstance(one.hop_address, Known) else None
            hop = _HOPS.get(one.hop.value, one.hop.value)
            yield _route("User", one.prefix.value, hop, address=address or "", name=one.name)


# --- rules -----------------------------------------------------------------------------------------------


def _rules(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    id, body = _card(world, _id(world, parts))
    subnet = _subnet(_fabric(world), body)
    found: list[Json] = []
    for group, holder in _groups(world, id, body, subnet):
        shown = world.state.show(group) or {}
        rules = [
            _effective_rule(one, kind)
            for kind in ("securityRules", "defaultSecurityRules")
            for one in each(shown, f"properties/{kind}")
        ]
        found.append(
            {
                "networkSecurityGroup": {"id": group.text},
                "association": holder,
                "effectiveSecurityRules": sorted(rules, key=lambda rule: int(rule.get("priority") or 0)),
            }
        )
    return _ended(world, asked, id, {"value": found})


def _groups(world: World, id: ResourceId, body: Json, subnet: Subnet) -> Iterator[tuple[ResourceId, Json]]:
    """The security groups that apply: the interface's own and the subnet's."""
    own = look(body, "properties/networkSecurityGroup/id")
    if isinstance(own, str) and ResourceId(own) in world.state:
        yield ResourceId(own), {"networkInterface": {"id": id.text}}
    group = known(subnet.filter)
    if group is not None and group in world.state:
        yield group, {"subnet": {"id": subnet.id.text}}


def _effective_rule(rule: Json, kind: str) -> Json:
    properties = look(rule, "properties") or {}
    names = ("protocol", "access", "priority", "direction")
    told: Json = {"name": f"{kind}/{rule.get('name')}"}
    told |= {name: properties[name] for name in names if name in properties}
    for side in ("sourcePort", "destinationPort"):
        told[f"{side}Range"] = properties.get(f"{side}Range") or ""
        told[f"{side}Ranges"] = properties.get(f"{side}Ranges") or [told[f"{side}Range"]]
    for side in ("sourceAddress", "destinationAddress"):
        told[f"{side}Prefix"] = properties.get(f"{side}Prefix") or ""
        told[f"{side}Prefixes"] = properties.get(f"{side}Prefixes") or [told[f"{side}Prefix"]]
    return told


# --- one packet ------------------------------------------------------------------------------------------


def _flow(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    watcher = _id(world, parts)
    packet = _packet(asked.object())
    fabric = _fabric(world)
    id, body = _interface(world, asked.object(), packet.local)
    subnet = _subnet(fabric, body)
    other = _holder(fabric, subnet, packet.remote)
    groups = [group for group, _ in _groups(world, id, body, subnet)]
    told: Json = {"access": "Allow", "ruleName": "", "ruleId": ""}
    # What comes in meets the subnet's rules first, what goes out the interface's.
    for group in reversed(groups) if packet.inbound else groups:
        _check_tags(fabric, group, packet.remote)
        here = msgspec.structs.replace(subnet, filter=Known(group, Cite(id)))
        step = _decided(_steps(fabric, here, other, packet))
        network = filters.virtual_network(fabric, here, other).sure
        told = _verdict(
            step, inbound=packet.inbound, inside=spans.covers(network, ((packet.remote, packet.remote),))
        )
        if step.outcome is Outcome.STOP:
            break
    return _ended(world, asked, watcher, told)


class Packet(msgspec.Struct, frozen=True):
    """The packet that is asked about; addresses as numbers."""

    inbound: bool
    flow: Flow
    local: int
    remote: int


def _packet(body: Json) -> Packet:
    inbound = _word(body, "direction", ("inbound", "outbound")) == "inbound"
    flow = Flow(
        _word(body, "protocol", ("tcp", "udp")), _port(body, "localPort" if inbound else "remotePort")
    )
    return Packet(inbound, flow, _address(body, "localIPAddress"), _address(body, "remoteIPAddress"))


def _steps(fabric: Fabric, here: Subnet, other: Subnet | None, packet: Packet) -> list[Step]:
    mine, theirs = ((packet.local, packet.local),), ((packet.remote, packet.remote),)
    if packet.inbound:
        target = Target(spans.dotted(packet.local), mine, here.network, here)
        return filters.at_server(fabric, Source(other or here, theirs), target, packet.flow)
    target = Target(spans.dotted(packet.remote), theirs, other.network if other else None, other)
    return filters.outbound(fabric, Source(here, mine), target, packet.flow)


def _decided(steps: list[Step]) -> Step:
    for outcome in (Outcome.STOP, Outcome.UNKNOWN):
        for step in steps:
            if step.outcome is outcome:
                if outcome is Outcome.UNKNOWN:
                    raise Refused(400, "IpFlowCannotBeDecided", f"{step.text}: {step.ask}")
                return step
    return steps[0]


def _verdict(step: Step, *, inbound: bool, inside: bool) -> Json:
    access = "Deny" if step.outcome is Outcome.STOP else "Allow"
    cite = step.cites[0] if step.cites else None
    if cite is None or cite.pointer.endswith("/defaultSecurityRules"):
        side = "InBound" if inbound else "OutBound"
        what = "DenyAll" if access == "Deny" else "AllowVnet" if inbound or inside else "AllowInternet"
        return {"access": access, "ruleName": f"defaultSecurityRules/{what}{side}", "ruleId": ""}
    return {"access": access, "ruleName": f"securityRules/{cite.resource.name}", "ruleId": cite.resource.text}


def _interface(world: World, body: Json, local: int) -> tuple[ResourceId, Json]:
    """The interface that is meant: named, or the one with the local address. Raises Refused for none."""
    told = body.get("targetNicResourceId")
    if isinstance(told, str) and told.startswith("/"):
        return _card(world, ResourceId(told))
    for id in world.state.of("microsoft.network/networkinterfaces"):
        shown = world.state.get(id) or {}
        for one in each(shown, "properties/ipConfigurations"):
            address = look(one, "properties/privateIPAddress")
            if isinstance(address, str) and spans.address(address) == local:
                return id, shown
    raise Refused(404, "NetworkInterfaceNotFound", "No network interface has the local address.")


def _holder(fabric: Fabric, subnet: Subnet, number: int) -> Subnet | None:
    """The subnet, in the own network or in one peered with it, that has an address."""
    for network in (subnet.network, *peerings.neighbours(fabric, subnet.network)):
        found = fabric.subnet_at(network, number)
        if found is not None:
            return found
    return None


def _check_tags(fabric: Fabric, group: ResourceId, remote: int) -> None:
    """Raises Refused where a service tag may hold the address: which do is nowhere in Resource Manager."""
    if spans.covers(filters.PRIVATE_USE, ((remote, remote),)):
        return
    for rule in fabric.rules_of.get(group, ()):
        for tag in _tags(rule):
            text = f"whether the service tag {tag} of rule {rule.name} holds the address is not known here"
            raise Refused(400, "IpFlowCannotBeDecided", text)


def _tags(rule: FilterRule) -> Iterator[str]:
    for fact in (rule.sources, rule.destinations):
        for one in fact.value if isinstance(fact, Known) else ():
            if one.lower() not in _TAGS and spans.prefix(one) is None:
                yield one


def _word(body: Json, name: str, words: tuple[str, ...]) -> str:
    told = str(body.get(name, "")).lower()
    if told not in words:
        raise Refused(
            400, "InvalidRequestFormat", f"'{name}' has to be one of {', '.join(words)}.", target=name
        )
    return told


def _port(body: Json, name: str) -> int:
    told = str(body.get(name, ""))
    if not told.isdecimal() or not 0 < int(told[:6]) < 65_536:
        raise Refused(400, "InvalidRequestFormat", f"'{name}' has to be a port.", target=name)
    return int(told)


def _address(body: Json, name: str) -> int:
    found = spans.address(str(body.get(name, "")))
    if found is None:
        raise Refused(400, "InvalidRequestFormat", f"'{name}' has to be an IPv4 address.", target=name)
    return found


def _id(world: World, parts: Mapping[str, str]) -> ResourceId:
    world.subscription(parts["subscription"])
    try:
        id = ResourceId(
            f"/subscriptions/{parts['subscription']}/resourceGroups/{parts['group']}/providers/Microsoft.Network/"
            f"{'networkInterfaces' if 'card' in parts else 'networkWatchers'}/{parts.get('card') or parts['watcher']}"
        )
    except NotAnId as problem:
        raise Refused(400, "InvalidResourceId", str(problem)) from problem
    world.group(id)
    if "watcher" in parts and id not in world.state:
        raise not_found(id)
    return id


_NETWORK = "/subscriptions/{subscription}/resourcegroups/{group}/providers/Microsoft.Network"
_HANDLERS: Mapping[str, Callable[[World, Asked, Mapping[str, str]], Answer]] = {
    "/networkInterfaces/{card}/effectiveRouteTable": _routes,
    "/networkInterfaces/{card}/effectiveNetworkSecurityGroups": _rules,
    "/networkWatchers/{watcher}/ipFlowVerify": _flow,
}
ROUTES = tuple(route("POST", f"{_NETWORK}{path}", handle) for path, handle in _HANDLERS.items())
