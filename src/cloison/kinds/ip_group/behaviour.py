"""How an IP group behaves: addresses that firewalls share.

Its etag stands as `eTag`, and does not change with the operation.
Source: exchanges recorded by azure-cli (2020): body, headers; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.kinds import _network
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Pace,
    Request,
    Schema,
    State,
    Write,
)

SCHEMA = Schema(
    defaults={"properties/ipAddresses": [], "properties/referenceResources": []},
    read_only=(
        "properties/provisioningState",
        "properties/referenceResources",
        "properties/firewalls",
        "properties/firewallPolicies",
        "eTag",
    ),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The group."""
    _network.texts(body, "properties/ipAddresses")
    return Effects(writes=(Write(request.id, {**body, "eTag": chance.guid("etag", str(request.id))}),))


def held(state: State, request: Request) -> None:
    """Raises Refused while firewalls use it."""
    users = state.referrers(request.id)
    if users:
        raise _network.refused(
            "IpGroupInUseCannotBeDeleted",
            f"IpGroup {request.id.text} is in use by {', '.join(one.text for one in users)} and cannot be deleted.",
        )


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    held=held,
    patchable=False,
    put=_network.put(10, 10),
    delete=Pace(),
)
