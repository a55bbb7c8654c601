"""How a workspace behaves: the services it names must be there, and it gets an id, host names, an identity.

It has no registry of its own until an image is built; then Azure makes one and the workspace names it. A deleted
workspace keeps its name, and can be recovered, until it is purged.
Sources: REST reference of Microsoft.MachineLearningServices 2024-10-01; exchanges recorded by azure-service-operator
(2021-2023); Microsoft Learn, Secure a workspace with virtual networks, Soft delete for workspaces, Workspace managed
virtual network isolation; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.clouds import cloud_of_region
from cloison.arm.ids import ResourceId
from cloison.kinds import _connections, _identities, _keys
from cloison.kinds.ml_workspace import images
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

TYPE = "Microsoft.MachineLearningServices/workspaces"
DELETED = "Microsoft.MachineLearningServices/locations/deletedWorkspaces"
"""Not a type of Azure's: where a deleted workspace is kept here. Azure shows it to its portal only."""
WHOLE = "_workspace"
"""Where a deleted workspace keeps its body."""
NAMED = ("storageAccount", "keyVault", "applicationInsights", "containerRegistry")
LABEL_MAX = 63
"""Letters of one label of a host name. Source: RFC 1035 §2.3.4."""
LIST = "properties/privateEndpointConnections"

SCHEMA = Schema(
    required=("location",),
    enums={
        "properties/publicNetworkAccess": ("Enabled", "Disabled"),
        "properties/managedNetwork/isolationMode": (
            "Disabled",
            "AllowInternetOutbound",
            "AllowOnlyApprovedOutbound",
        ),
    },
    defaults={
        "tags": {},
        "kind": "Default",
        "etag": None,
        "properties/friendlyName": "",
        "properties/description": "",
        "properties/hbiWorkspace": False,
        "properties/imageBuildCompute": None,
        "properties/applicationInsights": None,
        "properties/linkedModelInventoryArmId": None,
        "properties/sasGetterUri": "",
        "properties/v1LegacyMode": False,
        "properties/publicNetworkAccess": "Enabled",
        "properties/managedNetwork/isolationMode": "Disabled",
    },
    read_only=(
        "properties/provisioningState",
        "properties/workspaceId",
        "properties/discoveryUrl",
        "properties/mlFlowTrackingUri",
        "properties/notebookInfo",
        "properties/tenantId",
        "properties/creationTime",
        "properties/privateLinkCount",
        "properties/privateEndpointConnections",
        "properties/storageHnsEnabled",
        "properties/sdkTelemetryAppInsightsKey",
    ),
    immutable=("properties/hbiWorkspace", "properties/storageAccount", "properties/keyVault"),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The workspace with what Azure adds to it."""
    old = state.get(request.id)
    then: tuple[Request, ...] = ()
    if old is None:
        body, then = _back(state, request.id, body)
    properties = dict(body["properties"])
    recovers = properties.pop("allowRecoverSoftDeletedWorkspace", None)
    _check_named(state, request.id, properties, old)
    _check_isolation(old, properties)
    region = str(body["location"])
    api = cloud_of_region(region).ml_api
    own = str(
        look(old, "properties/workspaceId")
        or (properties.get("workspaceId") if recovers else None)
        or chance.guid("workspace", str(request.id))
    )
    properties.update(
        workspaceId=own,
        tenantId=_identities.tenant(state, request.id),
        creationTime=look(old, "properties/creationTime") or chance.now,
        discoveryUrl=f"https://{region}.{api}/discovery",
        mlFlowTrackingUri=f"azureml://{region}.{api}/mlflow/v1.0{request.id.text}",
        sdkTelemetryAppInsightsKey=chance.guid("telemetry", region),
        storageHnsEnabled=False,
        notebookInfo=look(old, "properties/notebookInfo") or _notebooks(request.id, region, own, chance),
        # Of this setting and publicNetworkAccess the newer wins.
        allowPublicAccessWhenBehindVnet=properties["publicNetworkAccess"] == "Enabled",
    )
    if body.get("identity") is None:
        # A workspace has an identity, whether or not one is asked for.
        body = {**body, "identity": {"type": "SystemAssigned"}}
    # Whatever is asked for: there is one tier left.
    body = {**body, "sku": {"name": "Basic", "tier": "Basic"}, "properties": properties}
    body = _identities.identified(state, request.id, body, old, chance)
    return Effects(writes=(Write(request.id, body),), then=then)


def _back(state: State, id: ResourceId, body: Json) -> tuple[Json, tuple[Request, ...]]:
    """The body laid over a deleted workspace of that name, where it may come back. Raises Refused where it may not."""
    deleted = next((one for one in state.of(DELETED) if look(state.get(one), "of") == str(id)), None)
    if deleted is None:
        return body, ()
    if look(body, "properties/allowRecoverSoftDeletedWorkspace") is not True:
        text = "Soft-deleted workspace exists. Please purge or recover it. https://aka.ms/wsoftdelete"
        raise Refused(400, "BadRequest", text)
    before = (state.get(deleted) or {}).get(WHOLE) or {}
    properties = {**(before.get("properties") or {}), **body["properties"]}
    back = {**before, **body, "properties": properties}
    return back, (Request(method="DELETE", id=deleted, by_azure=True),)


def _check_named(state: State, id: ResourceId, properties: Json, old: Json | None) -> None:
    """Storage and vault are needed, and what is newly named must be there, storage of a kind that serves."""
    hub = properties.get("hubResourceId")
    for name in NAMED:
        told = properties.get(name)
        if told is None and name in ("storageAccount", "keyVault") and hub is None:
            text = f"Missing dependent resources in workspace json: '{name}' of {id.name} is not given."
            raise Refused(400, "ValidationError", text, target=name)
        if not isinstance(told, str) or told.lower() in ("", str(look(old, f"properties/{name}")).lower()):
            continue
        body = state.get(ResourceId(told))
        if body is None:
            text = f"The {name} {told} of workspace {id.name} was not found."
            raise Refused(400, "ValidationError", text, target=name)
        premium = str(look(body, "sku/name")).lower().startswith("premium")
        if name == "storageAccount" and (premium or look(body, "properties/isHnsEnabled") is True):
            text = (
                f"The storage account {told} cannot be a workspace's own: it is premium, or has a hierarchy."
            )
            raise Refused(400, "ValidationError", text, target=name)


def _check_isolation(old: Json | None, properties: Json) -> None:
    """A managed network cannot be given up. Source: Workspace managed virtual network isolation."""
    before = look(old, "properties/managedNetwork/isolationMode")
    if before not in (None, "Disabled") and look(properties, "managedNetwork/isolationMode") == "Disabled":
        text = "The isolation mode of a managed network cannot be changed to Disabled."
        raise Refused(400, "ValidationError", text, target="managedNetwork")


def _notebooks(id: ResourceId, region: str, own: str, chance: Chance) -> Json:
    """The host of its notebooks: the name is cut where the label would be too long."""
    room = LABEL_MAX - len(f"ml---{region}{own}")
    label = f"ml-{id.name.lower()[: max(room, 0)]}-{region}-{own}"
    return {
        "resourceId": chance.guid("notebooks", str(id)).replace("-", ""),
        "fqdn": f"{label}.{region}.{cloud_of_region(region).notebooks}",
        "isPrivateLinkEnabled": False,
        "notebookPreparationError": None,
    }


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """The workspace gone from its group; unless it is purged it can be recovered, and keeps its name."""
    writes = [Write(request.id, None)]
    if request.query.get("forcetopurge", "").lower() != "true":
        body = state.get(request.id) or {}
        home = f"/subscriptions/{request.id.subscription}/providers/Microsoft.MachineLearningServices"
        name = f"{request.id.resource_group}.{request.id.name}"
        id = ResourceId(f"{home}/locations/{body.get('location')}/deletedWorkspaces/{name}")
        left = {"id": id.text, "name": name, "type": DELETED, "of": str(request.id), WHOLE: body}
        writes.append(Write(id, left))
    return Effects(writes=tuple(writes))


def show(state: State, id: ResourceId, body: Json) -> Json:
    """The body with the number of its private links, and without a list of them where there are none."""
    links = len(state.children(id, "privateEndpointConnections"))
    properties = {**(body.get("properties") or {}), "privateLinkCount": links}
    if isinstance(properties.get("notebookInfo"), dict):
        properties["notebookInfo"] = {**properties["notebookInfo"], "isPrivateLinkEnabled": links > 0}
    body = {**body, "properties": properties}
    return body if links else laid(body, LIST, None)


def _list_keys(state: State, request: Request, chance: Chance) -> Effects:
    """Keys of the services that it names; they open nothing."""
    body = state.get(request.id)
    storage = look(body, "properties/storageAccount")
    insights = look(body, "properties/applicationInsights")
    key = look(state.get(ResourceId(insights)), "properties/InstrumentationKey") if insights else None
    notebooks = {f"{turn}AccessKey": _keys.made(request.id, turn)[:64] for turn in ("primary", "secondary")}
    answer = {
        "userStorageKey": _keys.made(ResourceId(storage), "key1") if storage else None,
        "userStorageArmId": storage,
        "appInsightsInstrumentationKey": key,
        "containerRegistryCredentials": None,
        "notebookAccessKeys": notebooks,
    }
    return Effects(answer=answer)


FORM = _connections.Form(type=f"{TYPE}/privateEndpointConnections", groups=True)

BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    remove=remove,
    show=show,
    signed=True,
    actions={"listkeys": _list_keys},
    reads=frozenset({"listkeys"}),
    hears={**_connections.hears(FORM), "image": images.built},
    embeds={LIST: "privateEndpointConnections"},
    below={
        "privateEndpointConnections": _connections.connections(FORM),
        "environments": Behaviour(below={"versions": images.ENVIRONMENTS}),
    },
    since={
        "properties/publicNetworkAccess": "2021-10-01",
        "properties/v1LegacyMode": "2022-05-01",
        "properties/managedNetwork": "2023-04-01-preview",
    },
    until={
        "etag": "2021-07-01",
        "properties/linkedModelInventoryArmId": "2021-07-01",
        "properties/sasGetterUri": "2021-07-01",
        "properties/sdkTelemetryAppInsightsKey": "2021-07-01",
        "properties/creationTime": "2021-07-01",
    },
    # Minutes in Microsoft's own tutorials; the recordings show both headers and no body.
    put=Pace(style=Style.BOTH, seconds=120, status=202, waiting="Creating"),
    delete=Pace(style=Style.BOTH, seconds=60, waiting="Deleting"),
)
