"""How a private link service behaves: it offers a load balancer's frontend, and approves who may connect.

Sources: REST reference 2025-09-01, PrivateLinkService; exchanges recorded by azure-cli and azure-service-operator
(2020-2023): bodies, names of connections; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.kinds import _network, _parts
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Request,
    Schema,
    Signal,
    State,
    Write,
    each,
    laid,
    look,
)

CONFIGURATIONS = "properties/ipConfigurations"
FRONTENDS = "properties/loadBalancerFrontendIpConfigurations"
CONNECTIONS = "privateEndpointConnections"
STATE = "properties/privateLinkServiceConnectionState"
POLICIES = "properties/privateLinkServiceNetworkPolicies"

SCHEMA = Schema(
    defaults={"properties/fqdns": [], "properties/enableProxyProtocol": False},
    read_only=(
        "properties/provisioningState",
        _network.GUID,
        "properties/alias",
        f"properties/{CONNECTIONS}",
        "properties/networkInterfaces",
    ),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The service with its alias and interface."""
    body = _network.with_guid(state, request, body, chance)
    body = _parts.parts(body, CONFIGURATIONS, _configuration)
    configurations = list(each(body, CONFIGURATIONS))
    if not configurations or not _network.items(look(body, FRONTENDS) or [], FRONTENDS):
        raise _network.refused(
            "PrivateLinkServiceMustHaveConfigurations",
            f"Private link service {request.id.text} must have an IP configuration and a frontend.",
        )
    if not any(look(one, "properties/primary") is True for one in configurations):
        body = laid(
            body, CONFIGURATIONS, [laid(configurations[0], "properties/primary", True), *configurations[1:]]
        )
    _network.check_references(state, request, body)
    _check_subnets(state, request, body)
    if state.get(request.id) is not None:
        return Effects(writes=(Write(request.id, body),))
    guid = chance.guid("alias", str(request.id))
    alias = f"{request.id.name}.{guid}.{body.get('location')}.azure.privatelinkservice"
    body = laid(body, "properties/alias", alias)
    card = _card(request, body, chance)
    body = laid(body, "properties/networkInterfaces", [{"id": card.id.text}])
    return Effects(writes=(Write(request.id, body),), then=(card,))


def _configuration(name: str, told: Json) -> Json:
    return _parts.filled(
        told, privateIPAllocationMethod="Dynamic", primary=False, privateIPAddressVersion="IPv4"
    )


def _check_subnets(state: State, request: Request, body: Json) -> None:
    for one in each(body, CONFIGURATIONS):
        subnet = _network.parsed(look(one, "properties/subnet/id"))
        if subnet is not None and look(state.get(subnet), POLICIES) == "Enabled":
            raise _network.refused(
                "PrivateLinkServiceCannotBeCreatedInSubnetThatHasNetworkPoliciesEnabled",
                f"Private link service {request.id.text} cannot be created in a subnet {subnet.text} since it has "
                f"private link service network policies enabled.",
            )


def _card(request: Request, body: Json, chance: Chance) -> Request:
    name = f"{request.id.name}.nic.{chance.guid('interface', str(request.id))}"
    configurations = [
        {"name": one["name"], "properties": {"subnet": look(one, "properties/subnet")}}
        for one in each(body, CONFIGURATIONS)
    ]
    return Request(
        method="PUT",
        id=ResourceId(f"{request.id.parent.text}/providers/Microsoft.Network/networkInterfaces/{name}"),
        body={
            "location": body.get("location"),
            "properties": {
                "ipConfigurations": configurations,
                "privateLinkService": {"id": request.id.text},
            },
        },
        api_version=request.api_version,
        by_azure=True,
    )


def held(state: State, request: Request) -> None:
    """Raises Refused while endpoints are connected."""
    if state.children(request.id, CONNECTIONS) and not request.by_azure:
        raise _network.refused(
            "PrivateLinkServiceWithPrivateEndpointConnectionsCannotBeDeleted",
            f"Private link service {request.id.text} with private endpoint connections cannot be deleted. Please "
            f"delete all private endpoint connections before deleting it.",
        )


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """The service and its interface gone."""
    cards = each(state.get(request.id), "properties/networkInterfaces")
    return Effects(
        writes=(Write(request.id, None), *(Write(ResourceId(str(one["id"])), None) for one in cards))
    )


# --- connections ---------------------------------------------------------------------------------------


def _connect(state: State, signal: Signal, chance: Chance) -> Effects:
    """An endpoint asks: named after it, approved unless it waits for somebody."""
    endpoint = ResourceId(str(signal.data["endpoint"]))
    service = state.get(signal.to)
    assert service is not None
    for id in state.children(signal.to, CONNECTIONS):
        held = state.get(id)
        if str(look(held, "properties/privateEndpoint/id")).lower() == endpoint:
            return Effects(then=(_answer(endpoint, held or {}),))
    own = f"{endpoint.name}.{signal.data.get('guid')}"
    id = signal.to.child(CONNECTIONS, own)
    known = [str(one) for one in look(service, "properties/autoApproval/subscriptions") or ()]
    waits = bool(signal.data.get("manual")) and not (endpoint.subscription in known or "*" in known)
    stands = {
        "status": "Pending" if waits else "Approved",
        "description": str(signal.data.get("message") or ""),
        "actionsRequired": "None",
    }
    body: Json = {
        "id": id.text,
        "name": own,
        "type": f"{service['type']}/{CONNECTIONS}",
        "etag": f'W/"{chance.guid("etag", str(id))}"',
        "properties": {
            "provisioningState": "Succeeded",
            "privateEndpoint": {"id": endpoint.text},
            "privateLinkServiceConnectionState": stands,
            "linkIdentifier": str(int(chance.guid("link", str(id))[:8], 16)),
        },
    }
    return Effects(writes=(Write(id, body),), then=(_answer(endpoint, body),))


def _disconnect(state: State, signal: Signal, chance: Chance) -> Effects:
    endpoint = str(signal.data["endpoint"]).lower()
    gone = [
        one
        for one in state.children(signal.to, CONNECTIONS)
        if str(look(state.get(one), "properties/privateEndpoint/id")).lower() == endpoint
    ]
    return Effects(writes=tuple(Write(one, None) for one in gone))


def _answer(endpoint: ResourceId, body: Json) -> Signal:
    told = look(body, STATE) or {}
    return Signal(
        to=endpoint,
        name="connection",
        data={
            "service": body["id"],
            "status": told.get("status"),
            "description": told.get("description"),
            "actions": told.get("actionsRequired"),
        },
    )


def _decide(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """Approval or rejection by the service's owner."""
    held = state.get(request.id)
    if held is None:
        raise _network.refused("NotFound", f"Resource {request.id.text} not found.", status=404)
    told = look(body, STATE)
    wanted = (
        {key: value for key, value in told.items() if value is not None} if isinstance(told, dict) else {}
    )
    if wanted.get("status") not in ("Approved", "Rejected", "Pending"):
        raise _network.refused(
            "PrivateEndpointConnectionStateNotValid",
            f"The state {wanted.get('status')} of private endpoint connection {request.id.text} is not valid.",
        )
    if look(held, f"{STATE}/status") in ("Rejected", "Disconnected") and wanted["status"] == "Approved":
        raise _network.refused(
            "PrivateEndpointConnectionStatusNotPending", "Private Endpoint Connection Status is not Pending"
        )
    made = laid(held, STATE, {"description": "", "actionsRequired": "None", **wanted})
    made = {**made, "etag": body["etag"]}
    endpoint = ResourceId(str(look(held, "properties/privateEndpoint/id")))
    return Effects(writes=(Write(request.id, made),), then=(_answer(endpoint, made),))


def _drop(state: State, request: Request, chance: Chance) -> Effects:
    """The service lets go: the endpoint stays, disconnected."""
    endpoint = look(state.get(request.id), "properties/privateEndpoint/id")
    then: tuple[Signal, ...] = ()
    if isinstance(endpoint, str):
        data = {"service": request.id.text, "status": "Disconnected", "description": "Deleted state"}
        then = (Signal(to=ResourceId(endpoint), name="connection", data=data),)
    return Effects(writes=(Write(request.id, None),), then=then)


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    held=held,
    remove=remove,
    hears={"connect": _connect, "disconnect": _disconnect},
    embeds={f"properties/{CONNECTIONS}": CONNECTIONS},
    below={
        CONNECTIONS: Behaviour(
            make=_decide,
            remove=_drop,
            etags="body",
            proxied=True,
            put=_network.put(21, 10),
            delete=_network.delete(21),
        )
    },
    etags="body",
    patchable=False,
    put=_network.put(10, 10),
    delete=_network.delete(11),
)
