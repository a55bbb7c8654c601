"""How a link behaves: a network has one link for each zone name, and one that registers its machines.

Both are found late: the request is taken and its operation ends with the refusal.
Sources: REST reference of private DNS 2024-06-01; exchanges recorded by azure-cli and azure-service-operator
(2018-2023): headers, durations; eight reports of the refusal of a second link; Microsoft Learn, What is a virtual
network link, and Fallback to internet for private DNS zones; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator

from cloison.arm.ids import ResourceId
from cloison.kinds import _network
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Pace,
    Refused,
    Request,
    Schema,
    Signal,
    State,
    Style,
    Write,
    laid,
    look,
)

NETWORK = "properties/virtualNetwork/id"
REGISTERS = "properties/registrationEnabled"
POLICY = "properties/resolutionPolicy"
REGISTERING_MAX = 100

SCHEMA = Schema(
    located="global",
    required=(NETWORK,),
    enums={POLICY: ("Default", "NxDomainRedirect")},
    defaults={REGISTERS: False, POLICY: "Default"},
    read_only=("properties/provisioningState", "properties/virtualNetworkLinkState"),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The link, where the network has none of the same name."""
    network = _network.parsed(look(body, NETWORK))
    if network is None or state.get(network) is None:
        raise _late(f"The virtual network '{look(body, NETWORK)}' of link '{request.id.name}' was not found.")
    before = look(state.get(request.id), NETWORK)
    if isinstance(before, str) and before.lower() != str(network):
        raise _late(f"The virtual network of link '{request.id.name}' cannot be changed.")
    for other in _links(state, request, network):
        _check_beside(state, request, body, other)
    _check_policy(request, body)
    if look(body, REGISTERS) is True:
        siblings = [
            one for one in state.children(request.id.parent, "virtualNetworkLinks") if one != request.id
        ]
        if sum(look(state.get(one), REGISTERS) is True for one in siblings) >= REGISTERING_MAX:
            raise _late(f"A zone can have {REGISTERING_MAX} virtual network links with registration enabled.")
    body = laid(body, "properties/virtualNetworkLinkState", "Completed")
    return Effects(writes=(Write(request.id, body),))


def _late(message: str, code: str = "BadRequest") -> Refused:
    return Refused(400, code, message, late=True)


def _links(state: State, request: Request, network: ResourceId) -> Iterator[ResourceId]:
    """Other links of the network, of any zone."""
    return (one for one in state.referrers(network) if one.type == request.id.type and one != request.id)


def _check_beside(state: State, request: Request, body: Json, other: ResourceId) -> None:
    zone, theirs = request.id.parent, other.parent
    if zone.name.lower() == theirs.name.lower():
        raise _late(
            "A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link "
            f"virtual network with '{zone.name}' and '{theirs.name}' zones."
        )
    if look(body, REGISTERS) is True and look(state.get(other), REGISTERS) is True:
        raise _late(
            "A virtual network can only be linked to 1 Private DNS zone(s) with auto-registration enabled; "
            f"conflicting Private DNS zone is '{theirs.text}'.",
            "Conflict",
        )


def _check_policy(request: Request, body: Json) -> None:
    zone = request.id.parent.name.lower()
    if look(body, POLICY) == "NxDomainRedirect" and "privatelink" not in zone:
        raise _late(
            f"The resolution policy NxDomainRedirect is for private link zones only, which '{zone}' is not."
        )


def _unlink(state: State, signal: Signal, chance: Chance) -> Effects:
    """The network is gone, and the link with it."""
    return Effects(writes=(Write(signal.to, None),))


def stale(id: ResourceId, wanted_new: bool) -> Refused:
    """The precondition does not hold, in the service's words."""
    zone = id.parent.name
    if wanted_new:
        held = f"The Virtual Network link {id.name} for the Private DNS zone {zone}"
        text = f"{held} exists already and hence cannot be created again."
    else:
        held = f"The Virtual Network link '{id.name}' for the Private DNS zone '{zone}'"
        text = f"{held} has been modified (etag mismatch)."
    return Refused(412, "PreconditionFailed", text)


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    hears={"network gone": _unlink},
    etags="late",
    etag='"{}"',
    stale=stale,
    since={POLICY: "2024-06-01"},
    # Medians of 16 and a few recorded operations.
    put=Pace(style=Style.BOTH, seconds=61, status=202, retry=30),
    patch=Pace(style=Style.BOTH, seconds=61, status=202, retry=30),
    delete=Pace(style=Style.BOTH, seconds=61, status=202, retry=30),
)
