"""How a private endpoint behaves: it takes addresses in its subnet and asks its target for a connection.

Azure makes a network interface for it, one address for each member of the sub-resource, and keeps them for the
endpoint's life. Which members and names there are is the target's business: its doors say it. The zone group below
writes the names down; it hears when the connection changes.
Sources: Microsoft Learn, What is a private endpoint; Manage network policies for private endpoints; exchanges
recorded by azure-cli and azure-service-operator (2020-2023): bodies, headers, 36 durations; checked 2026-11-24.
"""

from __future__ import annotations

from typing import Any

from cloison.arm.ids import ResourceId
from cloison.kinds import _addresses, _network, _parts
from cloison.kinds.private_endpoint.facts import AUTOMATIC, MANUAL
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Refused,
    Request,
    Schema,
    Signal,
    State,
    Write,
    each,
    laid,
    look,
)
from cloison.model.network import Door, Host

INTERFACE = "Microsoft.Network/networkInterfaces"
STATE = "privateLinkServiceConnectionState"
LISTS = (AUTOMATIC, MANUAL)
STATIC = "properties/ipConfigurations"
DNS = "properties/customDnsConfigs"
MESSAGE_MAX = 140
POLICIES_TAKEN = "2022-01-01"
"""Versions before refuse subnets whose policies are on; a guess between the documented steps."""

Members = dict[tuple[str, str], list[Host]]

SCHEMA = Schema(
    defaults={
        AUTOMATIC: [],
        MANUAL: [],
        DNS: [],
        STATIC: [],
        "properties/customNetworkInterfaceName": "",
    },
    read_only=("properties/provisioningState", _network.GUID, "properties/networkInterfaces", DNS),
    immutable=("properties/subnet/id", "properties/customNetworkInterfaceName"),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The endpoint with its interface; its target is asked for a connection."""
    pointer, connection = _connection(body)
    told = connection["properties"]
    subnet = _subnet(state, request, body)
    old = state.get(request.id)
    body = _network.with_guid(state, request, body, chance)
    body = _parts.parts(body, STATIC)
    if old is not None and not _is_half_made(state, old):
        return _again(request, body, old, connection)
    groups = _network.texts(told, "groupIds")
    target = _target(state, request, told)
    members = _members(_doors(state, target, groups))
    card = _card(state, request, body, subnet, members, chance)
    waits = {"status": "Pending", "description": "Awaiting Approval", "actionsRequired": "None"}
    made = {**connection, "properties": {**told, STATE: waits}}
    body = laid(body, pointer, [made])
    body = _parts.parts(body, pointer)
    body = laid(body, "properties/networkInterfaces", [{"id": card.id.text}])
    asks = Signal(
        to=target,
        name="connect",
        data={
            "endpoint": request.id.text,
            "name": connection["name"],
            "guid": look(body, _network.GUID),
            "groups": groups,
            "manual": pointer == MANUAL,
            "message": told.get("requestMessage", ""),
        },
    )
    return Effects(writes=(Write(request.id, body),), then=(card, asks))


def _connection(body: Json) -> tuple[str, Json]:
    """The one connection of the endpoint and the list in which it stands: automatic, or approved by somebody else."""
    found = [
        (pointer, item) for pointer in LISTS for item in _network.items(look(body, pointer) or [], pointer)
    ]
    if len(found) != 1 or not found[0][1].get("name") or not found[0][1].get("properties"):
        raise _network.refused(
            "PrivateEndpointMustHavePrivateLinkServiceConnection",
            "A private endpoint must have one private link service connection with a name, a target and a group.",
        )
    message = look(found[0][1], "properties/requestMessage")
    if isinstance(message, str) and len(message) > MESSAGE_MAX:
        raise _network.refused(
            "PrivateEndpointRequestMessageTooLong",
            f"The request message of a private endpoint connection can have {MESSAGE_MAX} characters.",
        )
    return found[0]


def _subnet(state: State, request: Request, body: Json) -> ResourceId:
    """The subnet: there, in the endpoint's region, and open for endpoints in the request's API version."""
    if look(body, "properties/subnet") is None:
        raise _network.malformed(
            "MissingJsonReferenceId", "Value for reference id is missing. Path properties.subnet."
        )
    _network.check_references(state, request, body)
    subnet = ResourceId(look(body, "properties/subnet/id"))
    _network.check_region(state, request, body, subnet.parent)
    policies = look(state.get(subnet), "properties/privateEndpointNetworkPolicies")
    if policies == "Enabled" and "" < request.api_version < POLICIES_TAKEN and not request.by_azure:
        raise _network.refused(
            "PrivateEndpointCannotBeCreatedInSubnetThatHasNetworkPoliciesEnabled",
            f"Private endpoint {request.id.text} cannot be created in a subnet {subnet.text} since it has private "
            f"endpoint network policies enabled.",
        )
    return subnet


def _is_half_made(state: State, old: Json) -> bool:
    """Making it failed before it had an interface: the same request makes it after all."""
    cards = [ResourceId(one["id"]) for one in each(old, "properties/networkInterfaces")]
    failed = look(old, "properties/provisioningState") == "Failed"
    return failed and bool(cards) and all(state.get(card) is None for card in cards)


def _again(request: Request, body: Json, old: Json, connection: Json) -> Effects:
    """A second PUT changes what can be changed; the connection and its state stay."""
    pointer, before = _connection(old)
    for name in ("privateLinkServiceId", "groupIds"):
        was, wanted = look(before, f"properties/{name}"), look(connection, f"properties/{name}")
        if was != wanted and str(was).lower() != str(wanted).lower():
            raise _network.refused(
                "PrivateLinkServiceConnectionCannotBeChanged",
                f"{name} of connection {before['name']} of private endpoint {request.id.text} cannot be changed.",
            )
    for one in LISTS:
        body = laid(body, one, look(old, one))
    return Effects(writes=(Write(request.id, _parts.parts(body, pointer)),))


def _target(state: State, request: Request, told: Json) -> ResourceId:
    named = told.get("privateLinkServiceId")
    target = _network.parsed(named)
    if target is None:
        raise _network.refused(
            "InvalidPrivateLinkServiceId", f"The private link service id {named} is not the id of a resource."
        )
    if state.get(target) is None:
        raise _network.not_there(target.text, request.id.text)
    return target


def _doors(state: State, target: ResourceId, groups: list[str]) -> list[Door]:
    """The doors of the target that the endpoint leads to."""
    doors = [one for one in state.facets(target) if isinstance(one, Door)]
    wanted = {one.lower() for one in groups}
    found = [one for one in doors if one.subresource in wanted]
    if doors and not found:
        there = ", ".join(sorted({one.subresource for one in doors}))
        raise _network.refused(
            "PrivateEndpointCannotBeCreatedWithInvalidGroupId",
            f"The group id {', '.join(groups) or '(none)'} is not one of {target.name}: {there}.",
        )
    return found


def _members(doors: list[Door]) -> Members:
    """Hosts by (group, member); a group without hosts has one member of its own name."""
    found: Members = {}
    for door in doors:
        for host in door.hosts:
            found.setdefault((door.subresource, host.member or door.subresource), []).append(host)
        if not door.hosts:
            found[door.subresource, door.subresource] = []
    return found or {("", ""): []}


def _card(
    state: State, request: Request, body: Json, subnet: ResourceId, members: Members, chance: Chance
) -> Request:
    """The request that makes the network interface, with one address for each member."""
    wishes = _wishes(body, members)
    addresses = _addresses.drawn(state, subnet, wishes, request.id)
    name = look(body, "properties/customNetworkInterfaceName")
    name = name or f"{request.id.name}.nic.{chance.guid('interface', str(request.id))}"
    id = ResourceId(f"{request.id.parent.text}/providers/{INTERFACE}/{name}")
    if state.get(id) is not None:
        raise _network.refused(
            "NetworkInterfaceNameInUse", f"There is a network interface {id.text} already."
        )
    configurations = [
        {
            "name": f"privateEndpointIpConfig.{chance.guid('configuration', str(number))}",
            "properties": {
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
        for number, (address, ((group, member), hosts)) in enumerate(
            zip(addresses, members.items(), strict=True)
        )
    ]
    properties = {"ipConfigurations": configurations, "privateEndpoint": {"id": request.id.text}}
    return Request(
        method="PUT",
        id=id,
        body={"location": body.get("location"), "properties": properties},
        api_version=request.api_version,
        by_azure=True,
    )


def _wishes(body: Json, members: Members) -> list[str]:
    """Static addresses by member; each must be one that the target has."""
    asked: dict[str, str] = {}
    for one in each(body, STATIC):
        name, address = look(one, "properties/memberName"), look(one, "properties/privateIPAddress")
        asked[str(name).lower()] = str(address or "")
    there = [member.lower() for _, member in members]
    unknown = sorted(set(asked) - set(there))
    if unknown and there != [""]:
        raise _network.refused(
            "InvalidPrivateEndpointIpConfigurationMember",
            f"The member name {', '.join(unknown)} is not one of the target's: {', '.join(there)}.",
        )
    return [asked.get(member, "") for member in there]


def _hear(state: State, signal: Signal, chance: Chance) -> Effects:
    """The target says how the connection stands; the zone group hears of it."""
    body = state.get(signal.to)
    assert body is not None
    status = signal.data.get("status")
    for pointer in LISTS:
        body = laid(body, pointer, [_with_state(one, signal.data) for one in each(body, pointer)])
    body = laid(body, DNS, _dns(state, body) if status == "Approved" else [])
    groups = state.children(signal.to, "privateDnsZoneGroups")
    then = tuple(Signal(to=one, name="endpoint", data=signal.data) for one in groups)
    return Effects(writes=(Write(signal.to, body),), then=then)


def _with_state(connection: Json, told: Json) -> Json:
    held = {
        "status": told.get("status"),
        "description": told.get("description"),
        "actionsRequired": told.get("actions") or "None",
    }
    return {**connection, "properties": {**connection["properties"], STATE: held}}


def _dns(state: State, body: Json) -> list[Json]:
    """What a person would write into their own DNS: names with addresses."""
    found: list[Json] = []
    for card in each(body, "properties/networkInterfaces"):
        for one in each(state.get(ResourceId(card["id"])), "properties/ipConfigurations"):
            names: Any = look(one, "properties/privateLinkConnectionProperties/fqdns") or ()
            address = look(one, "properties/privateIPAddress")
            found.extend({"fqdn": name, "ipAddresses": [address]} for name in names)
    return found


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """The endpoint and its interface gone; the target forgets the connection."""
    body = state.get(request.id) or {}
    cards = tuple(Write(ResourceId(one["id"]), None) for one in each(body, "properties/networkInterfaces"))
    tells: tuple[Signal, ...] = ()
    try:
        target = _network.parsed(look(_connection(body)[1], "properties/privateLinkServiceId"))
    except Refused:
        target = None  # It came from an export that did not tell its connection.
    if target is not None:
        tells = (Signal(to=target, name="disconnect", data={"endpoint": request.id.text}),)
    return Effects(writes=(Write(request.id, None), *cards), then=tells)


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    remove=remove,
    hears={"connection": _hear},
    etags="body",
    # A subnet is `Updating` while an endpoint is written into it.
    holds=("properties/subnet/id",),
    patchable=False,
    since={STATIC: "2021-05-01", "properties/customNetworkInterfaceName": "2021-05-01"},
    # Medians of 30 and 6 recorded operations.
    put=_network.put(21, 10, unset=(DNS,)),
    delete=_network.delete(21),
)
