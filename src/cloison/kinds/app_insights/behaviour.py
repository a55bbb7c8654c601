"""How an Application Insights component behaves. Its key opens nothing.

Once it sends what it ingests to a workspace it keeps doing so.

Sources: REST reference of Microsoft.Insights/components 2020-02-02; exchanges recorded by azure-cli (2022) and
azure-service-operator (2023-2024); checked 2026-11-24.
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

RETENTION_DAYS = 90
SPACE = "WorkspaceResourceId"

SCHEMA = Schema(
    required=("location", "kind", "properties/Application_Type"),
    defaults={
        "tags": {},
        "properties/Flow_Type": None,
        "properties/Request_Source": None,
        "properties/SamplingPercentage": None,
        "properties/publicNetworkAccessForIngestion": "Enabled",
        "properties/publicNetworkAccessForQuery": "Enabled",
        "properties/Ver": "v2",
    },
    read_only=(
        "properties/provisioningState",
        "properties/AppId",
        "properties/CreationDate",
        "properties/InstrumentationKey",
        "properties/ConnectionString",
        "properties/LaMigrationDate",
        "properties/Retention",
    ),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The component with its ids."""
    old = state.get(request.id)
    key = look(old, "properties/InstrumentationKey") or chance.guid("key", str(request.id))
    region = body["location"]
    properties: Json = {
        "ApplicationId": request.id.name,
        "Name": request.id.name,
        **{_spelt(name): value for name, value in body["properties"].items()},
        "AppId": look(old, "properties/AppId") or chance.guid("app", str(request.id)),
        "CreationDate": look(old, "properties/CreationDate") or chance.now,
        "TenantId": _identities.tenant(state, request.id),
        "InstrumentationKey": key,
        "ConnectionString": f"InstrumentationKey={key};IngestionEndpoint=https://{region}-0.in."
        f"applicationinsights.azure.com/;LiveEndpoint=https://{region}.livediagnostics.monitor.azure.com/",
    }
    before = look(old, "properties") or {}
    if "RetentionInDays" in properties:
        properties["Retention"] = f"P{properties['RetentionInDays']}D"
    elif "Retention" in before:
        properties["Retention"] = before["Retention"]
    properties.setdefault("RetentionInDays", before.get("RetentionInDays", RETENTION_DAYS))
    if before.get(SPACE):
        properties.setdefault(SPACE, before[SPACE])
    if properties.get(SPACE):
        properties["IngestionMode"] = "LogAnalytics"
        moved = chance.now if before and not before.get(SPACE) else before.get("LaMigrationDate")
        properties |= {"LaMigrationDate": moved} if moved else {}
    else:
        properties.setdefault("IngestionMode", "ApplicationInsights")
    return Effects(writes=(Write(request.id, {**body, "properties": properties}),))


def _spelt(name: str) -> str:
    """The name as answers spell it: requests may spell it otherwise."""
    return SPACE if name.lower() == SPACE.lower() else name


BEHAVIOUR = Behaviour(schema=SCHEMA, make=make, etags="body", etag='"{}"', put=Pace(status=200))
