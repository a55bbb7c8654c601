"""How a deleted vault behaves: it can be purged, unless it was protected from that.

Sources: REST reference of Microsoft.KeyVault 2023-07-01, Vaults - Purge Deleted; exchanges recorded by
azure-service-operator (2023); checked 2026-11-24.
"""

from __future__ import annotations

from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Pace,
    Refused,
    Request,
    Schema,
    State,
    Style,
    Write,
    look,
)


def _purge(state: State, request: Request, chance: Chance) -> Effects:
    """The vault gone for good, and its name free. The code of the refusal is unconfirmed."""
    if look(state.get(request.id), "properties/purgeProtectionEnabled") is True:
        text = f"Operation 'DeletedVaultPurge' is not allowed: vault '{request.id.name}' is protected from purging."
        raise Refused(405, "MethodNotAllowed", text)
    times = {"createdDateTime": _plain(chance.now), "lastActionDateTime": _plain(chance.now)}
    return Effects(writes=(Write(request.id, None),), answer={**times, "status": "Succeeded"})


def _plain(time: str) -> str:
    """`2026-01-05 10:00:00Z`."""
    return time[:19].replace("T", " ") + "Z"


BEHAVIOUR = Behaviour(
    schema=Schema(located="no", provisioned=False),
    actions={"purge": _purge},
    acts={"purge": Pace(style=Style.LOCATION, seconds=5, status=202, retry=5)},
)
