"""How a private endpoint behaves: it takes addresses in its subnet and asks its target for a connection.

Azure makes a network interface for it, one address for each member of the sub-resource, and keeps them for the
endpoint's life. Which members and names there are is the target's business: its doors say it.
Sources: Microsoft Learn, What is a private endpoint; answers recorded by azure-cli (2020-2023); checked 2026-11-24.
"""

from __future__ import annotations

from typing import Any

from cloison.arm.ids import ResourceId
from cloison.kinds import _addresses
from cloison.kinds.private_endpoint.facts import AUTOMATIC, MANUAL
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Pace,
    Refused,
    Request,
    Schema,
    Signal,
    State,
    Style,
    Write,
    each,
    look,
)
from cloison.model.network import Door, Host

INTERFACE = "Microsoft.Network/networkInterfaces"
STATE = "privateLinkServiceConnectionState"

SCHEMA = Schema(
    required=("properties/subnet/id",),
    defaults={
        AUTOMATIC: [],
        MANUAL: [],
        "properties/customDnsConfigs": [],
        "properties/ipConfigurations": [],
        "properties/customNetworkInterfaceName": "",
    },
    read_only=(
        "properties/provisioningState",
        "properties/resourceGuid",
        "properties/networkInterfaces",
        "properties/customDnsConfigs",
    ),
    immutable=("properties/subnet/id",),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The endpoint with its interface; its target is asked for a connection."""
    properties = body["properties"]
    subnet = ResourceId(properties["subnet"]["id"])
    _check_subnet(state, subnet)
    connection, manual = _connection(properties)
    told = connection["properties"]
    target = ResourceId(str(told.get("privateLinkServiceId", "")))
    groups = [str(one) for one in told.get("groupIds") or ()]
    old = state.get(request.id)
    if old is not None:
        return _again(request, body, old)
    doors = _doors(state, target, groups)
    card = _interface(state, request, body, _members(doors), chance)
    told = {
        **told,
        "provisioningState": "Succeeded",
        STATE: {"status": "Pending", "description": "Awaiting Approval", "actionsRequired": "None"},
    }
    own = request.id.child(
        MANUAL.rpartition("/")[2] if manual else AUTOMATIC.rpartition("/")[2], connection["name"]
    )
    made = {**connection, "id": own.text, "properties": told}
    properties = {
        **properties,
        "resourceGuid": chance.guid("endpoint", str(request.id)),
        "networkInterfaces": [{"id": card["id"]}],
        AUTOMATIC.rpartition("/")[2]: [] if manual else [made],
        MANUAL.rpartition("/")[2]: [made] if manual else [],
    }
    asks = Signal(
        to=target,
        name="connect",
        data={
            "endpoint": request.id.text,
            "name": connection["name"],
            "groups": groups,
            "manual": manual,
            "message": told.get("requestMessage", ""),
        },
    )
    writes = (Write(request.id, {**body, "properties": properties}), Write(ResourceId(card["id"]), card))
    return Effects(writes=writes, then=(asks,))


def _check_subnet(state: State, subnet: ResourceId) -> None:
    if state.get(subnet) is None:
        raise Refused(
            400,
            "InvalidResourceReference",
            f"Resource {subnet.text} referenced by the private endpoint was not found. Please make sure that the "
            f"referenced resource exists, and that both resources are in the same region.",
        )


def _connection(properties: Json) -> tuple[Json, bool]:
    """The one connection of the endpoint, and whether somebody else has to approve it."""
    for name, manual in ((AUTOMATIC, False), (MANUAL, True)):
        for one in properties.get(name.rpartition("/")[2]) or ():
            if isinstance(one, dict) and one.get("name") and isinstance(one.get("properties"), dict):
                return one, manual
    raise Refused(
        400,
        "PrivateEndpointMustHavePrivateLinkServiceConnection",
        "A private endpoint must have one private link service connection with a name, a target and a group.",
    )


def _again(request: Request, body: Json, old: Json) -> Effects:
    """A second PUT changes what can be changed; the connection and its state stay."""
    kept = {name: look(old, f"properties/{name}") for name in (*_NAMES, "networkInterfaces", "resourceGuid")}
    return Effects(writes=(Write(request.id, {**body, "properties": {**body["properties"], **kept}}),))


_NAMES = (AUTOMATIC.rpartition("/")[2], MANUAL.rpartition("/")[2])


def _doors(state: State, target: ResourceId, groups: list[str]) -> list[Door]:
    """The doors of the target that the endpoint leads to."""
    if state.get(target) is None:
        raise Refused(
            400,
            "InvalidResourceReference",
            f"Resource {target.text} referenced by the private endpoint was not found.",
        )
    doors = [one for one in state.facets(target) if isinstance(one, Door)]
    wanted = {one.lower() for one in groups}
    found = [one for one in doors if one.subresource in wanted]
    if doors and not found:
        there = ", ".join(sorted({one.subresource for one in doors}))
        raise Refused(
            400,
            "PrivateEndpointCannotBeCreatedWithInvalidGroupId",
            f"The group id {', '.join(groups) or '(none)'} is not one of {target.name}: {there}.",
        )
    return found


def _members(doors: list[Door]) -> dict[tuple[str, str], list[Host]]:
    """Hosts by (group, member); a group without hosts has one member of its own name."""
    found: dict[tuple[str, str], list[Host]] = {}
    for door in doors:
        for host in door.hosts:
            found.setdefault((door.subresource, host.member or door.subresource), []).append(host)
        if not door.hosts:
            found[door.subresource, door.subresource] = []
    return found or {("", ""): []}


def _interface(
    state: State, request: Request, body: Json, members: dict[tuple[str, str], list[Host]], chance: Chance
) -> Json:
    """The network interface that Azure makes, one address for each member."""
    properties = body["properties"]
    subnet = ResourceId(properties["subnet"]["id"])
    asked = {
        str(look(one, "properties/memberName")).lower(): str(look(one, "properties/privateIPAddress"))
        for one in each(body, "properties/ipConfigurations")
    }
    fixed = [asked[member.lower()] for _, member in members if member.lower() in asked]
    drawn = iter(one for one in _addresses.free(state, subnet, len(members)) if one not in fixed)
    guid = chance.guid("interface", str(request.id))
    name = properties.get("customNetworkInterfaceName") or f"{request.id.name}.nic.{guid}"
    configurations = []
    for number, ((group, member), hosts) in enumerate(members.items()):
        address = asked.get(member.lower()) or next(drawn)
        configurations.append(_configuration(number, address, subnet, group, member, hosts, chance))
    id = f"{request.id.parent.text}/providers/{INTERFACE}/{name}"
    return {
        "id": id,
        "name": name,
        "type": INTERFACE,
        "location": body.get("location"),
        "properties": {
            "provisioningState": "Succeeded",
            "ipConfigurations": [
                {**one, "id": f"{id}/ipConfigurations/{one['name']}"} for one in configurations
            ],
            "privateEndpoint": {"id": request.id.text},
        },
    }


def _configuration(
    number: int, address: str, subnet: ResourceId, group: str, member: str, hosts: list[Host], chance: Chance
) -> Json:
    return {
        "name": f"privateEndpointIpConfig.{chance.guid('configuration', str(number))}",
        "properties": {
            "provisioningState": "Succeeded",
            "privateIPAddress": address,
            "privateIPAllocationMethod": "Dynamic",
            "subnet": {"id": subnet.text},
            "primary": number == 0,
            "privateIPAddressVersion": "IPv4",
            "privateLinkConnectionProperties": {
                "groupId": group,
                "requiredMemberName": member,
                "fqdns": [host.name for host in hosts],
            },
        },
    }


def _hear(state: State, signal: Signal, chance: Chance) -> Effects:
    """The target says how the connection stands."""
    body = state.get(signal.to)
    if body is None:
        return Effects()
    status = signal.data.get("status")
    properties = dict(body["properties"])
    for name in _NAMES:
        properties[name] = [_with_state(one, signal.data) for one in properties.get(name) or ()]
    properties["customDnsConfigs"] = _dns(state, properties) if status == "Approved" else []
    return Effects(writes=(Write(signal.to, {**body, "properties": properties}),))


def _with_state(connection: Json, told: Json) -> Json:
    held = dict(connection["properties"])
    held[STATE] = {
        "status": told.get("status"),
        "description": told.get("description"),
        "actionsRequired": "None",
    }
    return {**connection, "properties": held}


def _dns(state: State, properties: Json) -> list[Json]:
    """What a person would write into their own DNS: names with addresses."""
    found: list[Json] = []
    for card in properties.get("networkInterfaces") or ():
        for one in each(state.get(ResourceId(card["id"])), "properties/ipConfigurations"):
            names: Any = look(one, "properties/privateLinkConnectionProperties/fqdns") or ()
            address = look(one, "properties/privateIPAddress")
            found.extend({"fqdn": name, "ipAddresses": [address]} for name in names)
    return found


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """The endpoint and its interface gone; the target forgets the connection."""
    body = state.get(request.id) or {}
    cards = tuple(Write(ResourceId(one["id"]), None) for one in each(body, "properties/networkInterfaces"))
    connection, _ = _connection(body["properties"])
    target = ResourceId(str(connection["properties"].get("privateLinkServiceId", "")))
    tells = Signal(to=target, name="disconnect", data={"endpoint": request.id.text})
    return Effects(writes=(Write(request.id, None), *cards), then=(tells,))


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    remove=remove,
    hears={"connection": _hear},
    etags="body",
    # A subnet is `Updating` while an endpoint is written into it.
    holds=("properties/subnet/id",),
    # Medians of 30 and 6 recorded operations.
    put=Pace(style=Style.ASYNC, seconds=21, waiting="Updating"),
    delete=Pace(style=Style.BOTH, seconds=21),
)
