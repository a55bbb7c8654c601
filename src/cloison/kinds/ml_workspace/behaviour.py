"""How a workspace behaves: the services it names must be there, and it gets an id, host names, an identity.

It has no registry of its own until images are built; then Azure makes one and the workspace names it.
Sources: REST reference of Microsoft.MachineLearningServices 2024-10-01; exchanges recorded by azure-service-operator
(2021-2023); Microsoft Learn, Secure a workspace with virtual networks; checked 2026-11-24.
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
    State,
    Style,
    Write,
    look,
)

CONNECTION = "Microsoft.MachineLearningServices/workspaces/privateEndpointConnections"
NAMED = ("storageAccount", "keyVault", "applicationInsights", "containerRegistry")
LABEL_MAX = 63
"""Letters of one label of a host name. Source: RFC 1035 §2.3.4."""

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
        "sku/name": "Basic",
        "sku/tier": "Basic",
        "properties/friendlyName": "",
        "properties/description": "",
        "properties/hbiWorkspace": False,
        "properties/imageBuildCompute": None,
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
    ),
    immutable=("properties/hbiWorkspace", "properties/storageAccount", "properties/keyVault"),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The workspace with what Azure adds to it."""
    old = state.get(request.id)
    properties = dict(body["properties"])
    _check_named(state, request.id, properties, old)
    region = str(body["location"])
    own = look(old, "properties/workspaceId") or chance.guid("workspace", str(request.id))
    api = cloud_of_region(region).ml_api
    properties.update(
        workspaceId=own,
        tenantId=_identities.tenant(state, request.id),
        creationTime=look(old, "properties/creationTime") or chance.now,
        discoveryUrl=f"https://{region}.{api}/discovery",
        mlFlowTrackingUri=f"azureml://{region}.{api}/mlflow/v1.0{request.id.text}",
        storageHnsEnabled=False,
        notebookInfo=look(old, "properties/notebookInfo") or _notebooks(request.id, region, str(own), chance),
    )
    shut = properties["publicNetworkAccess"] == "Disabled"
    properties.setdefault("allowPublicAccessWhenBehindVnet", not shut)
    if body.get("identity") is None:
        # A workspace has an identity, whether or not one is asked for.
        body = {**body, "identity": {"type": "SystemAssigned"}}
    body = _identities.identified(state, request.id, {**body, "properties": properties}, old, chance)
    return Effects(writes=(Write(request.id, body),))


def _check_named(state: State, id: ResourceId, properties: Json, old: Json | None) -> None:
    """Storage and vault are needed, and what is newly named must be there."""
    hub = properties.get("hubResourceId")
    for name in NAMED:
        told = properties.get(name)
        if told is None and name in ("storageAccount", "keyVault") and hub is None:
            raise Refused(
                400,
                "ValidationError",
                f"Missing dependent resources in workspace json: '{name}' of {id.name} is not given.",
                target=name,
            )
        before = str(look(old, f"properties/{name}"))
        if (
            isinstance(told, str)
            and told.lower() not in ("", before.lower())
            and state.get(ResourceId(told)) is None
        ):
            raise Refused(
                400,
                "ValidationError",
                f"The {name} {told} of workspace {id.name} was not found.",
                target=name,
            )


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


def show(state: State, id: ResourceId, body: Json) -> Json:
    """The body with the number of its private links."""
    links = len(state.children(id, "privateEndpointConnections"))
    properties = {**body["properties"], "privateLinkCount": links} if "properties" in body else {}
    return {**body, "properties": properties}


FORM = _connections.Form(type=CONNECTION, groups=True)

BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    show=show,
    hears=_connections.hears(FORM),
    embeds={"properties/privateEndpointConnections": "privateEndpointConnections"},
    below={"privateEndpointConnections": _connections.connections(FORM)},
    # Minutes in Microsoft's own tutorials; the recordings show both headers and no body.
    put=Pace(style=Style.BOTH, seconds=120, status=202, waiting="Creating"),
    delete=Pace(style=Style.BOTH, seconds=60, waiting="Deleting"),
)
