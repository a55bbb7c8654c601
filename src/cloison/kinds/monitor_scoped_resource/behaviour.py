"""How a resource in an Azure Monitor private link scope behaves: it names what it links.

Sources: REST reference of Microsoft.Insights/privateLinkScopes/scopedResources 2021-09-01; exchanges recorded by
azure-cli (2020), which were answered at once; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.model.behaviour import Behaviour, Pace, Schema

BEHAVIOUR = Behaviour(
    schema=Schema(required=("properties/linkedResourceId",), located="no"),
    signed=True,
    etags="body",
    etag='"{}"',
    put=Pace(status=200),
)
