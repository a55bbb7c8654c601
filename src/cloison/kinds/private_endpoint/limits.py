"""How many private endpoints there may be: in a network, at one service, in a region.

Source: Microsoft Learn, Azure subscription and service limits, "Private Link limits", "Key Vault limits"; Container
Registry service tiers; Increase private endpoint virtual network limits; REST reference of Network, Usages; checked
2026-11-25.
"""

from __future__ import annotations

from cloison.arm.ids import NotAnId, ResourceId
from cloison.kinds.private_endpoint.facts import AUTOMATIC, MANUAL
from cloison.model.behaviour import Json, State, each, look
from cloison.model.limits import Limit, Usage

IN_NETWORK = 1_000
IN_NETWORK_HIGH_SCALE = 5_000
AT_SERVICE = {"microsoft.keyvault/vaults": 64, "microsoft.containerregistry/registries": 200}
IN_SUBSCRIPTION = 64_000


def _network(state: State, id: ResourceId, body: Json) -> ResourceId | None:
    subnet = _parsed(look(body, "properties/subnet/id"))
    return subnet.parent if subnet is not None else None


def _most_in_network(state: State, network: ResourceId) -> int:
    policies = look(state.get(network), "properties/privateEndpointVNetPolicies")
    return IN_NETWORK_HIGH_SCALE if str(policies).lower() == "basic" else IN_NETWORK


def _service(state: State, id: ResourceId, body: Json) -> ResourceId | None:
    named = (
        look(one, "properties/privateLinkServiceId")
        for pointer in (AUTOMATIC, MANUAL)
        for one in each(body, pointer)
    )
    target = _parsed(next(named, None))
    return target if target is not None and target.type in AT_SERVICE else None


def _most_at_service(state: State, service: ResourceId) -> int:
    return AT_SERVICE[service.type]


def _subscription(state: State, id: ResourceId, body: Json) -> ResourceId | None:
    return ResourceId(f"/subscriptions/{id.subscription}")


def _parsed(text: object) -> ResourceId | None:
    try:
        return ResourceId.parse(text)
    except NotAnId:
        return None


LIMITS = (
    Limit(
        what="private endpoints in network {name}",
        per=_network,
        most=_most_in_network,
        remedy="turn on High Scale Private Endpoints for the network, or use another network",
    ),
    Limit(
        what="private endpoints to {name}",
        per=_service,
        most=_most_at_service,
        remedy="delete connections that nobody uses any more",
    ),
    Limit(
        what="private endpoints in subscription {name}",
        per=_subscription,
        most=IN_SUBSCRIPTION,
        usage=Usage(
            path="/subscriptions/{subscription}/providers/Microsoft.Network/locations/{location}/usages",
            api="2024-05-01",
            name="PrivateEndpoints",
            count="currentValue",
            limit="limit",
            right="Microsoft.Network/locations/usages/read",
        ),
        remedy="ask Azure to raise the quota",
    ),
)
