"""How a resource group behaves: its name has rules, its region stays, and deleting it deletes everything in it.

Sources: Microsoft Learn, "Naming rules and restrictions for Azure resources" and REST reference "Resource Groups";
207 deletions recorded by azure-cli (2020-2023); checked 2026-11-24.
"""

from __future__ import annotations

import re

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
    Style,
    Write,
)

_NAME = re.compile(r"[\w().-]{0,89}[\w()-]")


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The group. Raises Refused for a name that no group can have."""
    name = request.id.name
    if not _NAME.fullmatch(name):
        raise Refused(
            400,
            "InvalidResourceGroup",
            f"The provided resource group name '{name[:100]}' is not valid: up to 90 letters, digits, '-', '_', '.', "
            "'(' and ')' are, and it can't end with '.'.",
        )
    return Effects(writes=(Write(request.id, body),))


BEHAVIOUR = Behaviour(
    schema=Schema(required=("location",), located="region"),
    make=make,
    # 207 recorded deletions poll every 15 s; a third had ended by then, most within a minute.
    delete=Pace(style=Style.LOCATION, seconds=45, retry=15, waiting="Deleting"),
)
