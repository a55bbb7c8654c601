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
    look,
)

SCHEMA = Schema(
    required=("properties/extensionType",),
    defaults={
        "properties/autoUpgradeMinorVersion": True,
        "properties/releaseTrain": "Stable",
        "properties/version": None,
        "properties/currentVersion": None,
        "properties/scope/cluster/releaseNamespace": "azureml",
        "properties/configurationSettings": {},
        "properties/statuses": [],
        "properties/aksAssignedIdentity": None,
        "properties/isSystemExtension": False,
    },
    immutable=("properties/extensionType",),
    secret=("properties/configurationProtectedSettings",),
    located="no",
)


def cluster_of(id: ResourceId) -> ResourceId:
    """The cluster that an extension stands on."""
    return ResourceId(id.text[: str(id).index("/providers/microsoft.kubernetesconfiguration/")])


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The extension. On a stopped cluster nothing can be installed."""
    power = look(state.get(cluster_of(request.id)), "properties/powerState/code")
    if str(power).lower() == "stopped":
        raise Refused(
            409,
            "ClusterNotReachable",
            f"The cluster {cluster_of(request.id).name} is stopped. Start it first.",
        )
    body = _identities.identified(state, request.id, body, state.get(request.id), chance)
    return Effects(writes=(Write(request.id, body),))


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    # Minutes in reports of users; recordings show the two headers, not the time.
    put=Pace(style=Style.BOTH, seconds=300, waiting="Creating"),
    delete=Pace(style=Style.ASYNC, seconds=60, waiting="Deleting"),
)
