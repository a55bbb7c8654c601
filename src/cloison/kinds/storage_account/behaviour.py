"""How a storage account behaves: its endpoints, its firewall's defaults, its connections.

Sources: REST reference of Microsoft.Storage 2023-05-01; exchanges recorded by azure-cli (2020-2023);
checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.clouds import cloud_of_region
from cloison.kinds import _connections
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Pace,
    Request,
    Schema,
    State,
    Style,
    Write,
)

CONNECTION = "Microsoft.Storage/storageAccounts/privateEndpointConnections"
SERVICES = ("dfs", "web", "blob", "queue", "table", "file")

SCHEMA = Schema(
    required=("sku/name", "kind", "location"),
    enums={
        "kind": ("Storage", "StorageV2", "BlobStorage", "FileStorage", "BlockBlobStorage"),
        "properties/publicNetworkAccess": ("Enabled", "Disabled", "SecuredByPerimeter"),
        "properties/networkAcls/defaultAction": ("Allow", "Deny"),
        "properties/minimumTlsVersion": ("TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"),
    },
    defaults={
        "properties/networkAcls/bypass": "AzureServices",
        "properties/networkAcls/virtualNetworkRules": [],
        "properties/networkAcls/ipRules": [],
        "properties/networkAcls/defaultAction": "Allow",
        "properties/supportsHttpsTrafficOnly": True,
    },
    read_only=(
        "properties/provisioningState",
        "properties/creationTime",
        "properties/primaryEndpoints",
        "properties/primaryLocation",
        "properties/statusOfPrimary",
        "properties/privateEndpointConnections",
    ),
    immutable=("properties/isHnsEnabled",),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The account with what Azure adds to it."""
    old = state.get(request.id)
    properties = dict(body.get("properties") or {})
    if old is None:
        suffix = cloud_of_region(str(body["location"])).storage
        properties["creationTime"] = chance.now
        properties["primaryLocation"] = body["location"]
        properties["statusOfPrimary"] = "available"
        properties["primaryEndpoints"] = {
            service: f"https://{request.id.name.lower()}.{service}.{suffix}/" for service in SERVICES
        }
    sku = body.get("sku")
    if isinstance(sku, dict):
        tier = str(sku.get("name", "")).partition("_")[0].capitalize()
        body = {**body, "sku": {**sku, "tier": tier}}
    return Effects(writes=(Write(request.id, {**body, "properties": properties}),))


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    hears=_connections.hears(_connections.by_guid, CONNECTION),
    embeds={"properties/privateEndpointConnections": "privateEndpointConnections"},
    below={"privateEndpointConnections": _connections.connections()},
    # Creating answers 202 with Location and no body, 17 s in recordings; changing answers 200 at once.
    put=Pace(style=Style.LOCATION, seconds=17, status=202, retry=17, waiting="Creating"),
    update=Pace(),
)
