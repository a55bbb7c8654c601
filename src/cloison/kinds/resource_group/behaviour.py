"""How a resource group behaves: deleting it deletes everything in it.

Sources: REST reference of Microsoft.Resources 2024-03-01; exchanges recorded by azure-cli (2019-2023);
checked 2026-11-24.
"""

from __future__ import annotations

from cloison.model.behaviour import Behaviour, Pace, Schema, Style

BEHAVIOUR = Behaviour(
    schema=Schema(required=("location",), located="region"),
    delete=Pace(style=Style.LOCATION, seconds=60, waiting="Deleting", retry=15),
)
