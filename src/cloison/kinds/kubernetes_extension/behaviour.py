"""How a cluster extension behaves: it needs a cluster that runs, and its identity is its own.

Sources: REST reference of Microsoft.KubernetesConfiguration/extensions 2023-05-01; exchanges recorded by
azure-service-operator (2023) and azure-cli-extensions (2021-2022); checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.kinds import _identities
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

TYPE_OF_AKS = "microsoft.containerservice/managedclusters"
PROTECTED = "properties/configurationProtectedSettings"
CURRENT = "1.1.100"
"""A version that Azure installs. A guess: only its form is known."""

SCHEMA = Schema(
    required=("properties/extensionType",),
    defaults={
        "properties/releaseTrain": "Stable",
        "properties/version": None,
        "properties/configurationSettings": {},
        PROTECTED: {},
        "properties/statuses": [],
        "properties/isSystemExtension": False,
        "properties/installState": "Unknown",
    },
    read_only=(
        "properties/provisioningState",
        "properties/currentVersion",
        "properties/statuses",
        "properties/aksAssignedIdentity",
        "properties/installState",
        "properties/isSystemExtension",
    ),
    immutable=("properties/extensionType", "properties/scope/cluster/releaseNamespace"),
    located="no",
)


def cluster_of(id: ResourceId) -> ResourceId:
    """The cluster that an extension stands on."""
    return ResourceId(id.text[: str(id).index("/providers/microsoft.kubernetesconfiguration/")])


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The extension. On a stopped cluster nothing can be installed. Protected settings are answered empty."""
    cluster = cluster_of(request.id)
    power = look(state.get(cluster), "properties/powerState/code")
    if str(power).lower() == "stopped":
        text = f"The cluster {cluster.name} is stopped. Start it first."
        raise Refused(409, "ClusterNotReachable", text)
    old = state.get(request.id)
    properties = dict(body["properties"])
    space = str(properties["extensionType"]).rpartition(".")[2].lower()
    scope = {"cluster": {"releaseNamespace": "azureml" if space == "kubernetes" else f"{space}-system"}}
    properties.setdefault("scope", scope)
    properties.setdefault("autoUpgradeMinorVersion", properties.get("version") is None)
    properties["currentVersion"] = properties.get("version") or CURRENT
    properties["configurationProtectedSettings"] = dict.fromkeys(look(body, PROTECTED) or {}, "")
    body = _identities.identified(state, request.id, {**body, "properties": properties}, old, chance)
    if cluster.type == TYPE_OF_AKS:
        body = _on_aks(state, request, body, chance)
    return Effects(writes=(Write(request.id, {**body, "systemData": _times(old, chance)}),))


def _on_aks(state: State, request: Request, body: Json, chance: Chance) -> Json:
    """On AKS the extension's identity is the cluster's to give, and told in another place."""
    held = look(state.get(request.id), "properties/aksAssignedIdentity/principalId")
    own = look(body, "identity/principalId") or chance.guid("principal", str(request.id))
    told = {"principalId": held or own, "tenantId": None, "type": None}
    kept = {name: value for name, value in body.items() if name != "identity"}
    return laid(kept, "properties/aksAssignedIdentity", told)


def _times(old: Json | None, chance: Chance) -> Json:
    """Systemdata of this provider tells times and nobody."""
    nobody: Json = {
        "createdBy": None,
        "createdByType": None,
        "lastModifiedBy": None,
        "lastModifiedByType": None,
    }
    made = look(old, "systemData/createdAt") or chance.now
    return {**nobody, "createdAt": made, "lastModifiedAt": chance.now}


def begins(body: Json) -> Json:
    """While it is installed it has no version and no identity yet."""
    properties = {**body["properties"], "currentVersion": None, "aksAssignedIdentity": None}
    return {**body, "properties": properties}


def missing(id: ResourceId) -> Refused:
    """There is no such extension, in the provider's own words."""
    return Refused(404, "ResourceNotFound", f"Extension instance with name '{id.name}' not found.")


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    begins=begins,
    missing=missing,
    since={"properties/currentVersion": "2022-07-01", "properties/isSystemExtension": "2022-07-01"},
    until={"properties/installState": "2022-03-01"},
    # Minutes in reports of users; recordings show the two headers, not the time.
    put=Pace(style=Style.BOTH, seconds=300, waiting="Creating"),
    delete=Pace(style=Style.ASYNC, seconds=60, waiting="Deleting"),
)
