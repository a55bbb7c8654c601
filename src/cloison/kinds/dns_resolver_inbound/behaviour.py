"""How an inbound endpoint behaves: it takes an address in a subnet that it has for itself.

Sources: REST reference of DNS resolvers 2025-05-01; exchanges recorded by azure-service-operator (2023): body,
36 to 97 s; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.kinds import _addresses, _network, _resolver
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Request,
    Schema,
    State,
    Write,
    each,
    laid,
    look,
)

CONFIGURATIONS = "properties/ipConfigurations"
ADDRESS = "privateIpAddress"

SCHEMA = Schema(
    located="region",
    required=(CONFIGURATIONS, f"{CONFIGURATIONS}/*/subnet/id"),
    enums={f"{CONFIGURATIONS}/*/privateIpAllocationMethod": ("Static", "Dynamic")},
    defaults={f"{CONFIGURATIONS}/*/privateIpAllocationMethod": "Dynamic"},
    read_only=("properties/provisioningState", _network.GUID),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The endpoint with its addresses."""
    before = [str(one.get(ADDRESS, "")) for one in each(state.get(request.id), CONFIGURATIONS)]
    made = []
    for number, one in enumerate(_network.items(look(body, CONFIGURATIONS), CONFIGURATIONS)):
        subnet = _resolver.check_subnet(state, request, look(one, "subnet/id"))
        static = one.get("privateIpAllocationMethod") == "Static"
        wish = str(one.get(ADDRESS) or "") if static else ""
        kept = before[number : number + 1]
        address = _addresses.drawn(state, subnet, [wish], request.id, before=kept)[0]
        made.append({**one, ADDRESS: address})
    body = laid(body, CONFIGURATIONS, made)
    return Effects(writes=(Write(request.id, _resolver.told(state, request, body, chance)),))


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    etags="late",
    etag=_resolver.ETAG,
    put=_resolver.slow(60),
    patch=_resolver.slow(60),
    delete=_resolver.slow(60),
)
