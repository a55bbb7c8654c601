"""How a forwarding ruleset behaves: it asks through outbound endpoints of its region.

Sources: REST reference of DNS resolvers 2025-05-01; exchanges recorded by azure-cli and azure-service-operator
(2022-2023); checked 2026-11-24.
"""

from __future__ import annotations

from cloison.kinds import _network, _resolver
from cloison.model.behaviour import Behaviour, Chance, Effects, Json, Request, Schema, State, Write, look

OUTBOUND = "properties/dnsResolverOutboundEndpoints"

SCHEMA = Schema(required=(OUTBOUND,), read_only=("properties/provisioningState", _network.GUID))


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The ruleset."""
    for one in _network.items(look(body, OUTBOUND), OUTBOUND):
        endpoint = _network.parsed(one.get("id"))
        held = state.get(endpoint) if endpoint is not None else None
        if held is None:
            raise _resolver.bad(f"The outbound endpoint '{one.get('id')}' was not found.")
        if held.get("location") != body.get("location"):
            raise _resolver.bad(
                f"The outbound endpoint '{one.get('id')}' is not in the region of '{request.id.name}'."
            )
    return Effects(writes=(Write(request.id, _resolver.told(state, request, body, chance)),))


def held(state: State, request: Request) -> None:
    """Raises Refused while networks are linked to it."""
    _network.nested_held(state, request, "virtualNetworkLinks")


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    held=held,
    etags="late",
    etag=_resolver.ETAG,
    put=_resolver.slow(15),
    patch=_resolver.slow(15),
    delete=_resolver.slow(15),
)
