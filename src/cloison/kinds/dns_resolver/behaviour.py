"""How a DNS resolver behaves: one for a network; it stays while it has endpoints.

Sources: REST reference of DNS resolvers 2025-05-01; exchanges recorded by azure-cli and azure-service-operator
(2022-2023); checked 2026-11-24.
"""

from __future__ import annotations

from cloison.kinds import _network, _resolver
from cloison.model.behaviour import Behaviour, Chance, Effects, Json, Request, Schema, State, Write, laid

ENDPOINTS = ("inboundEndpoints", "outboundEndpoints")

SCHEMA = Schema(
    required=("properties/virtualNetwork/id",),
    read_only=("properties/provisioningState", _network.GUID, "properties/dnsResolverState"),
    immutable=("properties/virtualNetwork/id",),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The resolver."""
    network = _resolver.network(state, request, body)
    for other in state.referrers(network):
        if other.type == request.id.type and other != request.id:
            raise _resolver.bad(
                f"The virtual network '{network.text}' has the DNS resolver '{other.text}' already.",
                "Conflict",
            )
    body = laid(body, "properties/dnsResolverState", "Connected")
    return Effects(writes=(Write(request.id, _resolver.told(state, request, body, chance)),))


def held(state: State, request: Request) -> None:
    """Raises Refused while it has endpoints."""
    _network.nested_held(state, request, *ENDPOINTS)


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
