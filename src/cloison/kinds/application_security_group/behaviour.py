"""How an application security group behaves: a name that interfaces and rules share.

Source: exchanges recorded by azure-cli (2021); checked 2026-11-24.
"""

from __future__ import annotations

from cloison.kinds import _network
from cloison.model.behaviour import Behaviour, Request, Schema, State

SCHEMA = Schema(read_only=("properties/provisioningState", _network.GUID))


def held(state: State, request: Request) -> None:
    """Raises Refused while interfaces or rules name it."""
    users = state.referrers(request.id)
    if users:
        raise _network.refused(
            "ApplicationSecurityGroupInUse",
            f"Application security group {request.id.text} cannot be deleted because it is in use by "
            f"{', '.join(one.text for one in users)}.",
        )


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    held=held,
    etags="body",
    patchable=False,
    put=_network.put(11, 0),
    delete=_network.delete(11),
)
