"""How a container registry behaves: what its SKU allows, its data endpoints, its connections.

Sources: REST reference of Microsoft.ContainerRegistry 2023-07-01; Microsoft Learn, Connect privately to a registry
(endpoints need Premium), Registry service tiers; exchanges recorded by azure-cli (2020); checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.clouds import cloud_of_region
from cloison.arm.ids import ResourceId
from cloison.kinds import _connections, _identities
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Pace,
    Refused,
    Request,
    Schema,
    Signal,
    State,
    Style,
    Write,
    look,
)

CONNECTION = "Microsoft.ContainerRegistry/registries/privateEndpointConnections"
PREMIUM = "premium"

SCHEMA = Schema(
    required=("location", "sku/name"),
    enums={
        "sku/name": ("Classic", "Basic", "Standard", "Premium"),
        "properties/publicNetworkAccess": ("Enabled", "Disabled"),
        "properties/networkRuleBypassOptions": ("AzureServices", "None"),
        "properties/networkRuleSet/defaultAction": ("Allow", "Deny"),
        "properties/zoneRedundancy": ("Enabled", "Disabled"),
    },
    defaults={
        "tags": {},
        "properties/adminUserEnabled": False,
        "properties/policies/quarantinePolicy/status": "disabled",
        "properties/policies/trustPolicy": {"type": "Notary", "status": "disabled"},
        "properties/policies/retentionPolicy/days": 7,
        "properties/policies/retentionPolicy/status": "disabled",
        "properties/policies/exportPolicy/status": "enabled",
        "properties/encryption/status": "disabled",
        "properties/dataEndpointEnabled": False,
        "properties/publicNetworkAccess": "Enabled",
        "properties/networkRuleBypassOptions": "AzureServices",
        "properties/zoneRedundancy": "Disabled",
    },
    read_only=(
        "properties/provisioningState",
        "properties/loginServer",
        "properties/creationDate",
        "properties/dataEndpointHostNames",
        "properties/privateEndpointConnections",
        "properties/policies/retentionPolicy/lastUpdatedTime",
    ),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The registry, when its SKU has what is asked of it."""
    sku = str(look(body, "sku/name"))
    _check_sku(state, request.id, body, sku)
    old = state.get(request.id)
    suffix = cloud_of_region(str(body["location"])).registry
    name = request.id.name.lower()
    properties = dict(body["properties"])
    properties["loginServer"] = f"{name}.{suffix}"
    properties["creationDate"] = look(old, "properties/creationDate") or chance.now
    retention = properties["policies"]["retentionPolicy"]
    retention = {**retention, "lastUpdatedTime": retention.get("lastUpdatedTime") or chance.now}
    properties["policies"] = {**properties["policies"], "retentionPolicy": retention}
    private = bool(state.children(request.id, "privateEndpointConnections"))
    dedicated = properties["dataEndpointEnabled"] or private
    host = f"{name}.{body['location']}.data.{suffix}"
    properties["dataEndpointHostNames"] = [host] if dedicated else []
    if sku.lower() == PREMIUM:
        rules = {"defaultAction": "Allow", "ipRules": [], **(properties.get("networkRuleSet") or {})}
        properties["networkRuleSet"] = rules
    body = _identities.identified(state, request.id, {**body, "properties": properties}, old, chance)
    return Effects(writes=(Write(request.id, {**body, "sku": {**body["sku"], "tier": sku}}),))


def _check_sku(state: State, id: ResourceId, body: Json, sku: str) -> None:
    """Firewall rules and endpoints are of the Premium SKU. Source: Microsoft Learn, Registry service tiers."""
    if sku.lower() == PREMIUM:
        return
    if state.children(id, "privateEndpointConnections"):
        raise Refused(
            400,
            "CannotDowngradeSku",
            f"The registry {id.name} has private endpoint connections, which the SKU {sku} does not support.",
        )
    shut = look(body, "properties/publicNetworkAccess") == "Disabled"
    rules = look(body, "properties/networkRuleSet/defaultAction") == "Deny"
    if shut or rules:
        raise Refused(
            400,
            "NetworkRuleSetNotSupported" if rules else "PublicNetworkAccessNotSupported",
            f"The SKU {sku} of registry {id.name} does not support this. Use the Premium SKU.",
        )


def _connect(state: State, signal: Signal, chance: Chance) -> Effects:
    """A first endpoint needs the Premium SKU, and brings dedicated data endpoints with it."""
    sku = str(look(state.get(signal.to), "sku/name"))
    if sku.lower() != PREMIUM:
        raise Refused(
            400,
            "PrivateEndpointFeatureNotSupported",
            f"Private endpoints are not supported by the SKU {sku} of registry {signal.to.name}.",
        )
    return HEARS["connect"](state, signal, chance)


FORM = _connections.Form(type=CONNECTION, name=_connections.by_digits, waiting="", actions="")
HEARS = _connections.hears(FORM)


def show(state: State, id: ResourceId, body: Json) -> Json:
    """The body with the data endpoints that private endpoints switch on."""
    properties = dict(body.get("properties") or {})
    if state.children(id, "privateEndpointConnections") and not properties.get("dataEndpointHostNames"):
        login = str(properties.get("loginServer", ""))
        name, _, suffix = login.partition(".")
        properties["dataEndpointHostNames"] = [f"{name}.{body.get('location')}.data.{suffix}"]
    return {**body, "properties": properties}


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    show=show,
    hears={**HEARS, "connect": _connect},
    embeds={"properties/privateEndpointConnections": "privateEndpointConnections"},
    below={
        "privateEndpointConnections": _connections.connections(
            FORM, put=Pace(style=Style.ASYNC, seconds=22), delete=Pace(style=Style.LOCATION, seconds=10)
        )
    },
    # Created and changed at once in recordings of Basic and Premium registries: 200, also for new ones.
    put=Pace(status=200),
)
