"""How a resource in an Azure Monitor private link scope behaves: it names what it links, which must be there.

Sources: REST reference of Microsoft.Insights/privateLinkScopes/scopedResources 2021-09-01; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.model.behaviour import Behaviour, Pace, Schema, Style

BEHAVIOUR = Behaviour(
    schema=Schema(required=("properties/linkedResourceId",), located="no"),
    put=Pace(style=Style.ASYNC, seconds=10, status=202),
    delete=Pace(style=Style.ASYNC, seconds=10),
)
