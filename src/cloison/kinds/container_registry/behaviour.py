"""How a container registry behaves: what its SKU allows, its data endpoints, its connections.

Sources: REST reference of Microsoft.ContainerRegistry 2023-07-01; Microsoft Learn, Connect privately to a registry
(endpoints need Premium), Registry service tiers, Dedicated data endpoints; exchanges recorded by azure-cli (2020);
checked 2026-11-24.
"""

from __future__ import annotations

import re

from cloison.arm.clouds import cloud_of_region
from cloison.arm.ids import ResourceId
from cloison.kinds import _connections, _identities, _keys
from cloison.kinds.container_registry import replicas
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

TYPE = "Microsoft.ContainerRegistry/registries"
PREMIUM = "premium"
SEGMENT = "privateEndpointConnections"
LATER = "2020-11-01-preview"
"""The API version from which on answers tell the network settings that nobody made. Source: the REST reference's
change log; recorded answers of 2019-12-01-preview."""
PASSWORDS = ("password", "password2")

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
        "properties/anonymousPullEnabled": False,
        "properties/networkRuleBypassOptions": "AzureServices",
        "properties/zoneRedundancy": "Disabled",
        "properties/networkRuleSet/ipRules/*/action": "Allow",
        "properties/networkRuleSet/virtualNetworkRules/*/action": "Allow",
    },
    read_only=(
        "properties/provisioningState",
        "properties/loginServer",
        "properties/creationDate",
        "properties/dataEndpointHostNames",
        "properties/privateEndpointConnections",
        "properties/policies/retentionPolicy/lastUpdatedTime",
        _keys.TURN,
    ),
    immutable=("properties/zoneRedundancy",),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The registry, when its SKU has what is asked of it."""
    old = state.get(request.id)
    sku = str(look(body, "sku/name"))
    if old is None:
        _check_name(state, request.id, str(body["location"]))
    _check_sku(state, request.id, body, sku)
    suffix = cloud_of_region(str(body["location"])).registry
    properties = dict(body["properties"])
    properties["loginServer"] = f"{request.id.name.lower()}.{suffix}"
    properties["creationDate"] = look(old, "properties/creationDate") or chance.now
    properties["policies"] = _policies(properties["policies"], look(old, "properties/policies"), chance)
    properties["encryption"] = _encryption(properties["encryption"], chance)
    if not request.api_version or request.api_version >= LATER:
        properties.setdefault("publicNetworkAccess", "Enabled")
    if sku.lower() == PREMIUM:
        rules = {"defaultAction": "Allow", "ipRules": [], "virtualNetworkRules": []}
        properties["networkRuleSet"] = {**rules, **(properties.get("networkRuleSet") or {})}
    body = _identities.identified(state, request.id, {**body, "properties": properties}, old, chance)
    return Effects(writes=(Write(request.id, {**body, "sku": {**body["sku"], "tier": sku}}),))


def _policies(told: Json, before: Json | None, chance: Chance) -> Json:
    """The policies, with the time of the last change to how long images are kept."""
    retention = told["retentionPolicy"]
    held = look(before, "retentionPolicy")
    same = isinstance(held, dict) and all(held.get(name) == retention[name] for name in ("days", "status"))
    changed = held.get("lastUpdatedTime") if same and isinstance(held, dict) else chance.now
    return {**told, "retentionPolicy": {**retention, "lastUpdatedTime": changed}}


def _encryption(told: Json, chance: Chance) -> Json:
    """Encryption, with the version of the customer's key that is in use."""
    key = look(told, "keyVaultProperties/keyIdentifier")
    if not isinstance(key, str):
        return told
    named = f"{key}/{chance.guid('key', key).replace('-', '')}"
    keys = {"versionedKeyIdentifier": named, **told["keyVaultProperties"]}
    return {**told, "keyVaultProperties": keys}


def _check_name(state: State, id: ResourceId, region: str) -> None:
    """Raises Refused for a name that no registry can have, and for one that another has, in whatever subscription."""
    if not re.fullmatch(r"[a-zA-Z0-9]{5,50}", id.name):
        text = f"The registry name '{id.name}' is invalid: 5 to 50 letters and digits."
        raise Refused(400, "InvalidRegistryName", text)
    if state.named(TYPE, id.name):
        host = f"{id.name.lower()}.{cloud_of_region(region).registry}"
        raise Refused(409, "AlreadyInUse", f"The registry DNS name {host} is already in use.")


def _check_sku(state: State, id: ResourceId, body: Json, sku: str) -> None:
    """Firewall rules, endpoints, replicas and data endpoints are of the Premium SKU; export can be forbidden only
    where the public is shut out. Source: Registry service tiers; the codes are unconfirmed.
    """
    shut = look(body, "properties/publicNetworkAccess") == "Disabled"
    if look(body, "properties/policies/exportPolicy/status") == "disabled" and not shut:
        text = "The export policy can be disabled only when public network access is disabled."
        raise Refused(400, "ExportPolicyNotSupported", text)
    if sku.lower() == PREMIUM:
        return
    for segment, what in ((SEGMENT, "private endpoint connections"), (replicas.SEGMENT, "replications")):
        if state.children(id, segment):
            text = f"The registry {id.name} has {what}, which the SKU {sku} does not support."
            raise Refused(400, "CannotDowngradeSku", text)
    rules = look(body, "properties/networkRuleSet/defaultAction") == "Deny"
    dedicated = look(body, "properties/dataEndpointEnabled") is True
    for wanted, code in (
        (rules, "NetworkRuleSetNotSupported"),
        (shut, "PublicNetworkAccessNotSupported"),
        (dedicated, "DataEndpointNotSupported"),
    ):
        if wanted:
            text = f"The SKU {sku} of registry {id.name} does not support this. Use the Premium SKU."
            raise Refused(400, code, text)


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


def _credentials(state: State, request: Request, chance: Chance) -> Effects:
    """The admin's name and passwords, of a registry that has an admin. The code of the refusal is unconfirmed."""
    body = state.get(request.id)
    if look(body, "properties/adminUserEnabled") is not True:
        text = f"The admin user of registry {request.id.name} is disabled."
        raise Refused(400, "UnAuthorizedForCredentialOperations", text)
    turns = _keys.turns(body)
    passwords = [
        {"name": name, "value": _keys.made(request.id, name, turns.get(name, 0))[:32]} for name in PASSWORDS
    ]
    return Effects(answer={"username": request.id.name, "passwords": passwords})


def _renew(state: State, request: Request, chance: Chance) -> Effects:
    """The same with one of the passwords made anew."""
    name = str(look(request.body, "name"))
    if name not in PASSWORDS:
        raise Refused(400, "InvalidCredentialName", f"'{name}' is not one of: {', '.join(PASSWORDS)}.")
    body = state.get(request.id) or {}
    turns = _keys.turns(body)
    renewed = {**body, _keys.TURN: {**turns, name: turns.get(name, 0) + 1}}
    passwords = [
        {"name": one, "value": _keys.made(request.id, one, _keys.turns(renewed).get(one, 0))[:32]}
        for one in PASSWORDS
    ]
    answer = {"username": request.id.name, "passwords": passwords}
    return Effects(writes=(Write(request.id, renewed),), answer=answer)


FORM = _connections.Form(
    type=f"{TYPE}/{SEGMENT}", name=_connections.by_digits, automatic="", waiting="", actions=""
)
HEARS = _connections.hears(FORM)


def show(state: State, id: ResourceId, body: Json) -> Json:
    """The body with the data endpoints: one for each region, where they are asked for or an endpoint needs them."""
    properties = dict(body.get("properties") or {})
    name, _, suffix = str(properties.get("loginServer", "")).partition(".")
    dedicated = properties.get("dataEndpointEnabled") or state.children(id, SEGMENT)
    hosts = [f"{name}.{region}.data.{suffix}" for region in replicas.regions(state, id)]
    properties["dataEndpointHostNames"] = hosts if dedicated else []
    return {**body, "properties": properties}


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    show=show,
    signed=True,
    actions={"listcredentials": _credentials, "regeneratecredential": _renew},
    reads=frozenset({"listcredentials"}),
    hears={**HEARS, "connect": _connect},
    embeds={"properties/privateEndpointConnections": SEGMENT},
    below={
        SEGMENT: _connections.connections(
            FORM,
            put=Pace(
                style=Style.ASYNC,
                seconds=22,
                status=201,
                unset=("properties/privateLinkServiceConnectionState/description",),
            ),
            delete=Pace(style=Style.LOCATION, seconds=10),
        ),
        replicas.SEGMENT: replicas.BEHAVIOUR,
    },
    since={
        "systemData": LATER,
        "properties/policies/exportPolicy": "2021-06-01-preview",
        "properties/networkRuleBypassOptions": LATER,
        "properties/zoneRedundancy": LATER,
        "properties/anonymousPullEnabled": "2021-06-01-preview",
        "properties/dataEndpointEnabled": "2019-12-01-preview",
        "properties/dataEndpointHostNames": "2019-12-01-preview",
        "properties/privateEndpointConnections": "2019-12-01-preview",
        "properties/encryption": "2019-12-01-preview",
    },
    # Not in 2023-07-01, but in 2025-11-01; the versions between were not looked at.
    stable={"properties/anonymousPullEnabled": "2025-04-01"},
    until={"properties/networkRuleSet/virtualNetworkRules": LATER},
    # Created and changed at once in recordings of Basic and Premium registries: 200, also for new ones.
    put=Pace(status=200),
)
