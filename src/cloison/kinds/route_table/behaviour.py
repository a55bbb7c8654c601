"""How a route table behaves: it holds routes, and stays while a subnet uses it.

Source: exchanges recorded by azure-service-operator (2023): defaults, headers, durations; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.kinds import _network
from cloison.model.behaviour import Behaviour, Chance, Effects, Json, Request, Schema, State, Write

SCHEMA = Schema(
    defaults={"properties/disableBgpRoutePropagation": False},
    read_only=("properties/provisioningState", _network.GUID, "properties/subnets"),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The table; its routes are requests of their own."""
    return Effects(writes=(Write(request.id, _network.with_guid(state, request, body, chance)),))


def held(state: State, request: Request) -> None:
    """Raises Refused while a subnet uses it."""
    users = list(_network.holders(state, request.id, "routeTable"))
    if users:
        raise _network.refused(
            "InUseRouteTableCannotBeDeleted",
            f"Route table {request.id.name} is in use and cannot be deleted. It is associated with "
            f"{', '.join(one.text for one in users)}.",
        )


def show(state: State, id: ResourceId, body: Json) -> Json:
    """The table with the subnets that use it."""
    return _network.shown(body, subnets=list(_network.holders(state, id, "routeTable")))


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    held=held,
    show=show,
    embeds={"properties/routes": "routes"},
    etags="body",
    patchable=False,
    put=_network.put(12, 2),
    delete=_network.delete(11),
)
