"""How a key vault behaves: its defaults, its firewall, its connections, and that it is never deleted at once.

Sources: REST reference of Microsoft.KeyVault 2023-07-01; exchanges recorded by azure-cli (2019-2022) and
azure-service-operator (2021-2024); checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.clouds import cloud_of_region
from cloison.kinds import _connections
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Refused,
    Request,
    Schema,
    State,
    Write,
    look,
)

CONNECTION = "Microsoft.KeyVault/vaults/privateEndpointConnections"

SCHEMA = Schema(
    required=("location", "properties/sku/name", "properties/tenantId"),
    enums={
        "properties/sku/name": ("standard", "premium"),
        "properties/networkAcls/defaultAction": ("Allow", "Deny"),
        "properties/networkAcls/bypass": ("AzureServices", "None"),
    },
    defaults={
        "tags": {},
        "properties/sku/family": "A",
        "properties/accessPolicies": [],
        "properties/enabledForDeployment": False,
        "properties/enableSoftDelete": True,
        "properties/softDeleteRetentionInDays": 90,
        "properties/enableRbacAuthorization": False,
        "properties/publicNetworkAccess": "Enabled",
    },
    read_only=(
        "properties/provisioningState",
        "properties/vaultUri",
        "properties/privateEndpointConnections",
    ),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The vault with its address. How it is made is not kept."""
    properties = {name: value for name, value in body["properties"].items() if name != "createMode"}
    suffix = cloud_of_region(str(body["location"])).vault
    properties["vaultUri"] = f"https://{request.id.name.lower()}.{suffix}/"
    old = state.get(request.id)
    if (
        look(old, "properties/enablePurgeProtection") is True
        and properties.get("enablePurgeProtection") is False
    ):
        raise Refused(
            400,
            "BadRequest",
            'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault '
            "is an irreversible action.",
        )
    rules = properties.get("networkAcls")
    if isinstance(rules, dict):
        filled = {
            "bypass": "AzureServices",
            "defaultAction": "Allow",
            "ipRules": [],
            "virtualNetworkRules": [],
        }
        properties["networkAcls"] = {**filled, **rules}
    return Effects(writes=(Write(request.id, {**body, "properties": properties}),))


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    hears=_connections.hears(_connections.as_asked, CONNECTION),
    embeds={"properties/privateEndpointConnections": "privateEndpointConnections"},
    below={"privateEndpointConnections": _connections.connections()},
)
