"""How a route behaves: one prefix, one next hop; an appliance needs an address and nothing else may have one.

Sources: REST reference 2025-09-01, Route; exchanges recorded by azure-service-operator (2023); checked 2026-11-24.
"""

from __future__ import annotations

import ipaddress
import re

from cloison.kinds import _network, _prefixes
from cloison.model.behaviour import Behaviour, Chance, Effects, Json, Request, Schema, State, Write, look

_TAG = re.compile(r"[A-Za-z][A-Za-z0-9.]*\Z")
HOPS = ("VirtualNetworkGateway", "VnetLocal", "Internet", "VirtualAppliance", "None")

SCHEMA = Schema(
    required=("properties/addressPrefix", "properties/nextHopType"),
    enums={"properties/nextHopType": HOPS},
    defaults={"properties/hasBgpOverride": False},
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The route."""
    prefix = str(look(body, "properties/addressPrefix"))
    if not _TAG.match(prefix):
        _prefixes.checked([prefix], request.id.text)
    _check_hop(body, request)
    for name, other in _network.beside(state, request, "routes"):
        if str(look(other, "properties/addressPrefix")).lower() == prefix.lower():
            raise _network.refused(
                "RouteConflict",
                f"Route {request.id.name} conflicts with route {name}. Routes cannot have the same AddressPrefix.",
            )
    return Effects(writes=(Write(request.id, body),))


def _check_hop(body: Json, request: Request) -> None:
    appliance = look(body, "properties/nextHopType") == "VirtualAppliance"
    address = look(body, "properties/nextHopIpAddress")
    if appliance and not _is_address(address):
        raise _network.refused(
            "RouteNextHopIpAddressInvalid",
            f"Route {request.id.text} has next hop type VirtualAppliance and needs a valid nextHopIpAddress. Value "
            f"provided: {address}.",
        )
    if not appliance and address:
        raise _network.refused(
            "RouteNextHopIpAddressNotAllowed",
            f"Route {request.id.text} can have a nextHopIpAddress only with next hop type VirtualAppliance.",
        )


def _is_address(text: object) -> bool:
    try:
        ipaddress.ip_address(str(text))
    except ValueError:
        return False
    return True


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    etags="body",
    proxied=True,
    patchable=False,
    put=_network.put(12, 2),
    delete=_network.delete(11),
)
