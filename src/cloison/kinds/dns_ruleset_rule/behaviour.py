"""How a forwarding rule behaves: made at once, one for a domain, whose name ends with a dot.

Sources: REST reference of DNS resolvers 2025-05-01; exchanges recorded by azure-cli and azure-service-operator
(2022-2023); checked 2026-11-24.
"""

from __future__ import annotations

import ipaddress

from cloison.kinds import _network, _resolver
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Pace,
    Refused,
    Request,
    Schema,
    State,
    Write,
    look,
)

DOMAIN = "properties/domainName"
TARGETS = "properties/targetDnsServers"
TARGETS_MAX = 6

SCHEMA = Schema(
    required=(DOMAIN, TARGETS, f"{TARGETS}/*/ipAddress"),
    enums={"properties/forwardingRuleState": ("Enabled", "Disabled")},
    defaults={"properties/forwardingRuleState": "Enabled", f"{TARGETS}/*/port": 53},
    immutable=(DOMAIN,),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The rule."""
    domain = str(look(body, DOMAIN))
    if not domain.endswith("."):
        raise Refused(400, "BadRequest", f"The domain name '{domain}' must end with a dot.")
    for other in state.children(request.id.parent, "forwardingRules"):
        theirs = look(state.get(other), DOMAIN)
        if other != request.id and str(theirs).lower() == domain.lower():
            raise Refused(
                409, "Conflict", f"The forwarding rule '{other.name}' has the domain name '{domain}' already."
            )
    targets = _network.items(look(body, TARGETS), TARGETS)
    if len(targets) > TARGETS_MAX or not all(_is_address(one.get("ipAddress")) for one in targets):
        raise Refused(400, "BadRequest", f"A forwarding rule has one to {TARGETS_MAX} servers by IP address.")
    return Effects(writes=(Write(request.id, _network.with_system_data(state, request, body, chance)),))


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
    etag=_resolver.ETAG,
    put=Pace(),
    patch=Pace(),
    delete=Pace(),
)
