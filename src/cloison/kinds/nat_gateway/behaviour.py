"""How a NAT gateway behaves: it holds public addresses, and stays while a subnet uses it.

Sources: exchanges recorded by azure-service-operator (2023): defaults, headers; refusal quoted in reports to
terraform-provider-azurerm; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.kinds import _network
from cloison.model.behaviour import Behaviour, Chance, Effects, Json, Request, Schema, State, Write

SCHEMA = Schema(
    enums={"sku/name": ("Standard", "StandardV2")},
    defaults={"properties/idleTimeoutInMinutes": 4, "sku/name": "Standard", "sku/tier": "Regional"},
    read_only=("properties/provisioningState", _network.GUID, "properties/subnets"),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The gateway."""
    _network.check_references(state, request, body)
    return Effects(writes=(Write(request.id, _network.with_guid(state, request, body, chance)),))


def held(state: State, request: Request) -> None:
    """Raises Refused while a subnet uses it."""
    users = list(_network.holders(state, request.id, "natGateway"))
    if users:
        raise _network.refused(
            "CannotDeleteNatGatewayAssociatedToSubnet",
            f"NAT Gateway {request.id.text} is still configured on {len(users)} subnets. Remove NAT Gateway from all "
            f"referenced subnets and then delete NAT Gateway.",
        )


def show(state: State, id: ResourceId, body: Json) -> Json:
    """The gateway with the subnets that use it."""
    return _network.shown(body, subnets=list(_network.holders(state, id, "natGateway")))


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    held=held,
    show=show,
    etags="body",
    patchable=False,
    put=_network.put(10, 10),
    delete=_network.delete(11),
)
