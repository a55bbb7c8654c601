"""How a key vault behaves: its defaults, its firewall, its connections, and that it is never deleted at once.

What is deleted keeps its name until it is purged, and can be recovered.
Sources: REST reference of Microsoft.KeyVault 2023-07-01; Microsoft Learn, Azure Key Vault recovery overview, Default
access control (2026); exchanges recorded by azure-cli (2019-2022) and azure-service-operator (2021-2024); the texts of
refusals in users' reports; checked 2026-11-24.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cloison.arm.clouds import cloud_of_region
from cloison.arm.ids import ResourceId
from cloison.kinds import _connections
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
    each,
    laid,
    look,
)

TYPE = "Microsoft.KeyVault/vaults"
DELETED = "Microsoft.KeyVault/locations/deletedVaults"
WHOLE = "_vault"
"""Where a deleted vault keeps its body."""
RETENTION_DAYS = 90
VERSION_OF_RETENTION = "2021-06-01-preview"
"""Since then the retention that nobody asked for is told. Source: recorded answers of 2021-04-01-preview and later."""
OPEN: Json = {"bypass": "AzureServices", "defaultAction": "Allow", "ipRules": [], "virtualNetworkRules": []}
VERSION_OF_ROLES = "2026-02-01"
"""Since then a new vault is opened by roles unless it says otherwise."""

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
    old = state.get(request.id)
    mode = str(look(body, "properties/createMode") or "default").lower()
    then: tuple[Request, ...] = ()
    if old is None:
        deleted = _deleted(state, request.id)
        _check_name(state, request.id, deleted, mode)
        if deleted is not None:
            body = _recovered(state, request.id, deleted, body)
            then = (Request(method="DELETE", id=deleted, by_azure=True),)
    properties = {name: value for name, value in body["properties"].items() if name != "createMode"}
    if look(old, "properties/enablePurgeProtection") and properties.get("enablePurgeProtection") is False:
        raise Refused(
            400,
            "BadRequest",
            'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault '
            "is an irreversible action.",
        )
    if "enableSoftDelete" not in properties:
        properties["enableSoftDelete"] = True
        if not request.api_version or request.api_version >= VERSION_OF_RETENTION:
            properties.setdefault("softDeleteRetentionInDays", RETENTION_DAYS)
    properties = _filtered(properties)
    if old is None and request.api_version >= VERSION_OF_ROLES:
        properties.setdefault("enableRbacAuthorization", True)
    suffix = cloud_of_region(str(body["location"])).vault
    properties["vaultUri"] = f"https://{request.id.name.lower()}.{suffix}/"
    return Effects(writes=(Write(request.id, {**body, "properties": properties}),), then=then)


def _filtered(properties: Json) -> Json:
    """The firewall filled in. One that lets everybody in and names nobody is not kept."""
    if not isinstance(properties.get("networkAcls"), dict):
        return properties
    rules = {**OPEN, **properties["networkAcls"]}
    kept = {name: value for name, value in properties.items() if name != "networkAcls"}
    return kept if rules == OPEN else {**kept, "networkAcls": rules}


def _deleted(state: State, id: ResourceId) -> ResourceId | None:
    """What is left of a vault of that name, in whatever subscription: names are the whole world's."""
    return next(iter(state.named(DELETED, id.name)), None)


def _check_name(state: State, id: ResourceId, deleted: ResourceId | None, mode: str) -> None:
    """Raises Refused for a name that another vault has, or had."""
    if deleted is not None and (mode != "recover" or deleted.subscription != id.subscription):
        raise Refused(
            409,
            "ConflictError",
            "A vault with the same name already exists in deleted state. You need to either recover or purge existing "
            "key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft "
            "delete.",
        )
    if state.named(TYPE, id.name):
        raise Refused(
            409,
            "VaultAlreadyExists",
            f"The vault name '{id.name}' is already in use. Vault names are globaly unique so it is possible that the "
            f"name is already taken.",
        )


def _recovered(state: State, id: ResourceId, deleted: ResourceId, body: Json) -> Json:
    """The vault as it was, laid under what is asked for now. It comes back where it was, or not at all."""
    held = state.get(deleted) or {}
    was = look(held, "properties/vaultId")
    if str(was).lower() != id:
        text = f"The vault '{id.name}' was deleted as {was} and can be recovered there only."
        raise Refused(400, "VaultRecoveryNotAllowed", text)
    before = held.get(WHOLE) or {}
    properties = {**(before.get("properties") or {}), **body["properties"]}
    return {**before, **body, "properties": properties}


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """The vault gone from its group; it can be recovered until it is purged."""
    body = state.get(request.id) or {}
    if look(body, "properties/enableSoftDelete") is False:
        return Effects(writes=(Write(request.id, None),))
    region = str(body.get("location"))
    home = f"/subscriptions/{request.id.text.split('/')[2]}/providers/Microsoft.KeyVault/locations/{region}"
    id = ResourceId(f"{home}/deletedVaults/{request.id.name}")
    days = look(body, "properties/softDeleteRetentionInDays") or RETENTION_DAYS
    until = datetime.fromisoformat(chance.now[:19]) + timedelta(days=float(days))
    properties = {
        "vaultId": request.id.text,
        "location": region,
        "tags": body.get("tags") or {},
        "deletionDate": f"{chance.now[:19]}Z",
        "scheduledPurgeDate": f"{until.isoformat()}Z",
    }
    if look(body, "properties/enablePurgeProtection"):
        properties["purgeProtectionEnabled"] = True
    left = {"id": id.text, "name": id.name, "type": "Microsoft.KeyVault/deletedVaults"}
    return Effects(
        writes=(Write(request.id, None), Write(id, {**left, "properties": properties, WHOLE: body}))
    )


def show(state: State, id: ResourceId, body: Json) -> Json:
    """The body, its connections told in short."""
    found = [
        {name: value for name, value in one.items() if name in ("id", "etag", "properties")}
        for one in each(body, LIST)
    ]
    return laid(body, LIST, found or None)


LIST = "properties/privateEndpointConnections"
FORM = _connections.Form(
    type=f"{TYPE}/privateEndpointConnections",
    name=_connections.as_asked,
    automatic="",
    located=True,
    again=True,
    etag="{}",
)

BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    remove=remove,
    show=show,
    signed=True,
    hears=_connections.hears(FORM),
    embeds={LIST: "privateEndpointConnections"},
    below={
        "privateEndpointConnections": _connections.connections(
            FORM,
            put=Pace(style=Style.ASYNC, seconds=10, status=200),
            delete=Pace(style=Style.LOCATION, seconds=10),
        )
    },
    since={"systemData": "2021-04-01-preview", "properties/publicNetworkAccess": "2021-06-01-preview"},
    # Answered at once; clients see by the vault itself when its name is registered. Recorded clients looked again
    # after 30 s, and it was.
    put=Pace(style=Style.BODY, seconds=20, status=200, waiting="RegisteringDns"),
    update=Pace(),
)
