"""How an outbound endpoint behaves: it has a subnet for itself, and stays while rulesets ask through it.

Sources: REST reference of DNS resolvers 2025-05-01; exchanges recorded by azure-cli and azure-service-operator
(2022-2023): body, 35 to 135 s; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.kinds import _network, _resolver
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Refused,
    Request,
    Schema,
    State,
    Write,
    look,
)

SCHEMA = Schema(
    located="region",
    required=("properties/subnet/id",),
    read_only=("properties/provisioningState", _network.GUID),
    immutable=("properties/subnet/id",),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The endpoint."""
    _resolver.check_subnet(state, request, look(body, "properties/subnet/id"))
    return Effects(writes=(Write(request.id, _resolver.told(state, request, body, chance)),))


def held(state: State, request: Request) -> None:
    """Raises Refused while rulesets ask through it."""
    users = list(_network.holders(state, request.id, "dnsResolverOutboundEndpoints"))
    if users:
        raise Refused(
            409,
            "Conflict",
            f"The outbound endpoint '{request.id.text}' is in use by DNS forwarding ruleset "
            f"'{users[0].text}' and cannot be deleted.",
        )


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    held=held,
    etags="late",
    etag=_resolver.ETAG,
    put=_resolver.slow(70),
    patch=_resolver.slow(70),
    delete=_resolver.slow(70),
)
