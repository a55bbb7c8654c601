"""How a storage account behaves: its endpoints, its firewall's defaults, its keys' age, its connections.

Sources: REST reference of Microsoft.Storage 2023-05-01; Microsoft Learn, Storage account overview (redundancy and
kinds); exchanges recorded by azure-cli and azure-service-operator (2020-2025); checked 2026-11-24.
"""

from __future__ import annotations

import re

from cloison.arm.clouds import cloud_of_region
from cloison.arm.ids import ResourceId
from cloison.kinds import _connections, _identities, _keys
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
    laid,
    look,
)

TYPE = "Microsoft.Storage/storageAccounts"
SERVICES = {
    "Storage": ("blob", "queue", "table", "file"),
    "StorageV2": ("dfs", "web", "blob", "queue", "table", "file"),
    "BlobStorage": ("dfs", "blob", "table"),
    "BlockBlobStorage": ("dfs", "web", "blob"),
    "FileStorage": ("file",),
}
"""Services of each kind of account. Source: recorded answers for the first three, Storage account overview."""
PAIRS = {"westus": "eastus", "westeurope": "northeurope", "northeurope": "westeurope"}
"""Where a second copy lies. Source: Microsoft Learn, Azure paired regions; others are named after their own region."""
WEB_ZONES = {"westus": "z22", "westus2": "z5", "westeurope": "z6", "northeurope": "z16"}
"""Number in the host of static web sites. Source: recorded answers; Static website hosting; others get `z1`."""
VERSION_OF_AGE = "2021-02-01"
"""Since then keys have an age."""
VERSION_OF_DEFAULTS = "2021-08-01"
"""Since then answers tell the settings that nobody made. Source: recorded answers of 2021-04-01 and 2023-01-01."""

SCHEMA = Schema(
    required=("sku/name", "kind", "location"),
    enums={
        "kind": tuple(SERVICES),
        "properties/publicNetworkAccess": ("Enabled", "Disabled", "SecuredByPerimeter"),
        "properties/networkAcls/defaultAction": ("Allow", "Deny"),
        "properties/minimumTlsVersion": ("TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"),
    },
    defaults={
        "tags": {},
        "properties/networkAcls/ipv6Rules": [],
        "properties/networkAcls/bypass": "AzureServices",
        "properties/networkAcls/virtualNetworkRules": [],
        "properties/networkAcls/virtualNetworkRules/*/action": "Allow",
        "properties/networkAcls/virtualNetworkRules/*/state": "Succeeded",
        "properties/networkAcls/ipRules": [],
        "properties/networkAcls/ipRules/*/action": "Allow",
        "properties/networkAcls/defaultAction": "Allow",
        "properties/supportsHttpsTrafficOnly": True,
    },
    read_only=(
        "properties/provisioningState",
        "properties/creationTime",
        "properties/keyCreationTime",
        "properties/primaryEndpoints",
        "properties/primaryLocation",
        "properties/statusOfPrimary",
        "properties/secondaryEndpoints",
        "properties/secondaryLocation",
        "properties/statusOfSecondary",
        "properties/privateEndpointConnections",
        _keys.TURN,
    ),
    immutable=("properties/isHnsEnabled",),
)
KEYS = ("key1", "key2")


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The account with what Azure adds to it."""
    old = state.get(request.id)
    if old is None:
        _check_name(state, request.id)
    days = look(body, "properties/keyPolicy/keyExpirationPeriodInDays")
    if days is not None and not (isinstance(days, int) and days > 0):
        text = "Values for request parameters are invalid: keyPolicy.keyExpirationPeriodInDays."
        raise Refused(400, "InvalidValuesForRequestParameters", text)
    tier = str(look(body, "sku/name")).partition("_")[0].capitalize()
    body = {**body, "sku": {**body["sku"], "tier": tier}}
    properties = dict(body.get("properties") or {})
    for name, value in (look(old, "properties") or {}).items():
        # What a PUT leaves out stays, as recorded; rules are replaced.
        if not isinstance(value, (dict, list)):
            properties.setdefault(name, value)
    if old is None:
        properties |= _born(request, body, chance)
        defaults = {
            "allowCrossTenantReplication": False,
            "minimumTlsVersion": "TLS1_0",
            "allowBlobPublicAccess": False,
        }
        if not request.api_version or request.api_version >= VERSION_OF_DEFAULTS:
            properties = {**defaults, **properties}
    if body["kind"] != "Storage":
        properties.setdefault("accessTier", "Hot")
    properties |= _second(request.id.name, body)
    properties["encryption"] = _encryption(properties, chance)
    body = _identities.identified(state, request.id, {**body, "properties": properties}, old, chance)
    return Effects(writes=(Write(request.id, body),))


def _check_name(state: State, id: ResourceId) -> None:
    """Raises Refused for a name that no account can have, and for one that another has, in whatever subscription."""
    if not re.fullmatch(r"[a-z0-9]{3,24}", id.name):
        raise Refused(
            400,
            "AccountNameInvalid",
            f"{id.name} is not a valid storage account name. Storage account name must be between 3 and 24 characters "
            f"in length and use numbers and lower-case letters only.",
        )
    if state.named(TYPE, id.name):
        text = f"The storage account named {id.name} is already taken."
        raise Refused(409, "StorageAccountAlreadyTaken", text)


def _born(request: Request, body: Json, chance: Chance) -> Json:
    """What a new account gets once and for all."""
    return {
        "keyCreationTime": {"key1": chance.now, "key2": chance.now},
        "creationTime": chance.now,
        "primaryLocation": body["location"],
        "statusOfPrimary": "available",
        "primaryEndpoints": _endpoints(
            request.id.name.lower(), SERVICES[body["kind"]], str(body["location"])
        ),
    }


def _endpoints(host: str, services: tuple[str, ...], region: str) -> Json:
    suffix = cloud_of_region(region).storage
    zone = f".{WEB_ZONES.get(region, 'z1')}"
    return {
        service: f"https://{host}{zone if service == 'web' else ''}.{service}.{suffix}/"
        for service in services
    }


def _second(name: str, body: Json) -> Json:
    """The second copy of a geo-redundant account, with addresses where it can be read."""
    sku, region = str(look(body, "sku/name")).upper(), str(body["location"])
    if not sku.endswith(("GRS", "GZRS")):
        return {}
    found: Json = {"secondaryLocation": PAIRS.get(region, f"{region}pair"), "statusOfSecondary": "available"}
    if "_RA" in sku:
        services = tuple(one for one in SERVICES[body["kind"]] if one != "file")
        found["secondaryEndpoints"] = _endpoints(f"{name.lower()}-secondary", services, region)
    return found


def _encryption(properties: Json, chance: Chance) -> Json:
    """Storage is always encrypted: blobs and files with keys of the account unless others are asked for."""
    told = dict(properties.get("encryption") or {})
    services = dict(told.get("services") or {})
    since = properties.get("creationTime", chance.now)
    for name in ("file", "blob"):
        own = services.get(name) or {}
        services[name] = {"keyType": "Account", "enabled": True, "lastEnabledTime": since, **own}
    return {"keySource": "Microsoft.Storage", **told, "services": services}


def _list_keys(state: State, request: Request, chance: Chance) -> Effects:
    """The account's keys; they open nothing."""
    body = state.get(request.id) or {}
    turns, told = _keys.turns(body), look(body, "properties/keyCreationTime") or {}
    keys: list[Json] = []
    for name in KEYS:
        one = {
            "keyName": name,
            "value": _keys.made(request.id, name, turns.get(name, 0)),
            "permissions": "FULL",
        }
        keys.append(one if request.api_version < VERSION_OF_AGE else {"creationTime": told.get(name), **one})
    return Effects(answer={"keys": keys})


def _renew(state: State, request: Request, chance: Chance) -> Effects:
    """One of the keys made anew."""
    name = str(look(request.body, "keyName"))
    if name not in KEYS:
        text = "Values for request parameters are invalid: keyName."
        raise Refused(400, "InvalidValuesForRequestParameters", text)
    body = state.get(request.id) or {}
    turns = _keys.turns(body)
    body = {**body, _keys.TURN: {**turns, name: turns.get(name, 0) + 1}}
    body = laid(body, f"properties/keyCreationTime/{name}", chance.now)
    return Effects(writes=(Write(request.id, body),))


FORM = _connections.Form(
    type=f"{TYPE}/privateEndpointConnections",
    actions="actionRequired",
    silence="empties",
    late=_connections.NOT_VALID,
)

BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    actions={"listkeys": _list_keys, "regeneratekey": _renew},
    reads=frozenset({"listkeys"}),
    hears=_connections.hears(FORM),
    embeds={"properties/privateEndpointConnections": "privateEndpointConnections"},
    below={"privateEndpointConnections": _connections.connections(FORM)},
    standing=("blobServices", "fileServices", "queueServices", "tableServices"),
    blocks=True,
    since={
        "properties/keyCreationTime": VERSION_OF_AGE,
        "properties/networkAcls/ipv6Rules": "2023-01-01",
        "properties/privateEndpointConnections": "2019-06-01",
    },
    # Creating answers 202 with Location and no body, 17 s in recordings; changing answers 200 at once.
    put=Pace(style=Style.LOCATION, seconds=17, status=202, retry=17, waiting="Creating"),
    update=Pace(),
)
