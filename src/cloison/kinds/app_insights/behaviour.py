"""How an Application Insights component behaves. Its keys are never made: nobody here needs them.

Sources: REST reference of Microsoft.Insights/components 2020-02-02; exchanges recorded by azure-service-operator
(2023-2024); checked 2026-11-24.
"""

from __future__ import annotations

from cloison.kinds import _identities
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
    look,
)

SCHEMA = Schema(
    required=("location", "kind", "properties/Application_Type"),
    defaults={
        "tags": {},
        "properties/Flow_Type": None,
        "properties/Request_Source": None,
        "properties/SamplingPercentage": None,
        "properties/RetentionInDays": 90,
        "properties/IngestionMode": "ApplicationInsights",
        "properties/publicNetworkAccessForIngestion": "Enabled",
        "properties/publicNetworkAccessForQuery": "Enabled",
        "properties/Ver": "v2",
    },
    read_only=("properties/provisioningState", "properties/AppId", "properties/CreationDate"),
    secret=("properties/InstrumentationKey", "properties/ConnectionString"),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The component with its ids."""
    old = state.get(request.id)
    properties = {
        "ApplicationId": request.id.name,
        "Name": request.id.name,
        **body["properties"],
        "AppId": look(old, "properties/AppId") or chance.guid("app", str(request.id)),
        "CreationDate": look(old, "properties/CreationDate") or chance.now,
        "TenantId": _identities.tenant(state, request.id),
    }
    return Effects(writes=(Write(request.id, {**body, "properties": properties}),))


BEHAVIOUR = Behaviour(schema=SCHEMA, make=make, put=Pace(status=200))
