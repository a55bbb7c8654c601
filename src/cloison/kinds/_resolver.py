"""How resources of DNS resolvers are alike: slow, answered without a body, and told who made them.

Knows no resource type.
Sources: REST reference of DNS resolvers 2025-05-01; exchanges recorded by azure-cli and azure-service-operator
(2022-2023); checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.kinds import _addresses, _network
from cloison.model.behaviour import Chance, Json, Pace, Refused, Request, State, Style, look

ETAG = '"{}"'
SMALLEST, LARGEST = 28, 24
"""Prefix lengths of a subnet for an endpoint."""


def slow(seconds: float) -> Pace:
    """202 without a body, and both headers."""
    return Pace(style=Style.BOTH, seconds=seconds, status=202, retry=5)


def told(state: State, request: Request, body: Json, chance: Chance) -> Json:
    """The body with its GUID, and with who made it and when."""
    body = _network.with_guid(state, request, body, chance)
    return _network.with_system_data(state, request, body, chance)


def bad(message: str, code: str = "BadRequest") -> Refused:
    """A refusal that ends the operation."""
    return Refused(400, code, message, late=True)


def network(state: State, request: Request, body: Json) -> ResourceId:
    """The virtual network that a body names. Raises Refused where there is none."""
    named = look(body, "properties/virtualNetwork/id")
    found = _network.parsed(named)
    if found is None or state.get(found) is None:
        raise bad(f"The virtual network '{named}' of '{request.id.name}' was not found.")
    return found


def check_subnet(state: State, request: Request, named: object) -> ResourceId:
    """The subnet of an endpoint: in the resolver's network, of a size that it takes, and used by nothing else."""
    subnet = _network.parsed(named)
    resolver = state.get(request.id.parent)
    home = str(look(resolver, "properties/virtualNetwork/id")).lower()
    if subnet is None or state.get(subnet) is None or subnet.parent != home:
        raise bad(
            f"The subnet '{named}' of '{request.id.name}' is not in the virtual network of its resolver."
        )
    others = [one for one in _addresses.occupants(state, subnet) if one != request.id]
    sizes = [one.prefixlen for one in _addresses.prefixes(state, subnet)]
    if others or not sizes or not all(LARGEST <= one <= SMALLEST for one in sizes):
        raise bad(
            f"The specified subnet {subnet.text} could not be used to provision the endpoint. Please make sure you use "
            f"a subnet of at least /{SMALLEST} and at most /{LARGEST} size, which is not currently in use by any other "
            f"DNS resolver endpoint or any other Azure service workloads."
        )
    return subnet
