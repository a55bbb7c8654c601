"""How a ruleset's link behaves: a network follows one ruleset.

Sources: REST reference of DNS resolvers 2025-05-01; Microsoft Learn, Azure DNS Private Resolver endpoints and
rulesets; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.kinds import _network, _resolver
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
)

SCHEMA = Schema(
    located="no",
    required=("properties/virtualNetwork/id",),
    immutable=("properties/virtualNetwork/id",),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The link."""
    network = _resolver.network(state, request, body)
    for other in state.referrers(network):
        if other.type == request.id.type and other != request.id:
            raise _resolver.bad(
                f"The virtual network '{network.text}' is linked to the ruleset '{other.parent.text}' already.",
                "Conflict",
            )
    return Effects(writes=(Write(request.id, _network.with_system_data(state, request, body, chance)),))


def _unlink(state: State, signal: Signal, chance: Chance) -> Effects:
    """The network is gone, and the link with it."""
    return Effects(writes=(Write(signal.to, None),))


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    hears={"network gone": _unlink},
    etags="late",
    etag=_resolver.ETAG,
    put=_resolver.slow(15),
    patch=_resolver.slow(15),
    delete=_resolver.slow(15),
)
