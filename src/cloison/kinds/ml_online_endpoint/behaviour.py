"""How an online endpoint behaves.

Sources: REST reference of Microsoft.MachineLearningServices 2024-10-01, OnlineEndpoint; Microsoft Learn, Troubleshoot
online endpoints; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.clouds import cloud_of_region
from cloison.kinds import _identities, _keys, _on_cluster
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

TYPE = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
KEYS = ("primaryKey", "secondaryKey")


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The endpoint, when its compute takes it and its name is free there."""
    workspace = request.id.parent
    told = look(body, "properties/compute")
    _on_cluster.check(state, workspace, told)
    if state.get(request.id) is None:
        _check_name(state, request, told)
    region = str(body["location"])
    host = f"{request.id.name.lower()}.{region}.{cloud_of_region(region).inference}"
    path = "score"
    if told:
        # Its router has an address of the cluster's network, which nobody here gives out.
        host, path = "scoring.invalid", f"api/v1/endpoint/{request.id.name}/score"
    properties = {
        "description": None,
        "publicNetworkAccess": "Enabled",
        "traffic": {},
        "mirrorTraffic": {},
        "properties": {},
        **body["properties"],
        "scoringUri": f"https://{host}/{path}",
        "swaggerUri": f"https://{host}/{path.replace('score', 'swagger.json')}",
    }
    body = {**body, "kind": body.get("kind") or ("K8S" if told else "Managed"), "properties": properties}
    body = _identities.identified(state, request.id, body, state.get(request.id), chance)
    return Effects(writes=(Write(request.id, body),))


def _check_name(state: State, request: Request, told: object) -> None:
    """Endpoints share their names with all others of the cluster's namespace, in whatever workspace."""
    space = _on_cluster.space_of(state, _on_cluster.compute_of(request.id.parent, told))
    for other in state.named(TYPE, request.id.name) if space is not None else ():
        held = _on_cluster.compute_of(other.parent, look(state.get(other), "properties/compute"))
        if _on_cluster.space_of(state, held) == space:
            text = f"The endpoint name {request.id.name} is in use in the namespace of its cluster."
            raise _on_cluster.fails("EndpointAlreadyExists", text)


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """The endpoint gone, when its compute lets go of it."""
    if not request.by_azure:
        _on_cluster.check(state, request.id.parent, look(state.get(request.id), "properties/compute"))
    return Effects(writes=(Write(request.id, None),))


def _list_keys(state: State, request: Request, chance: Chance) -> Effects:
    """Keys of an endpoint that is opened by keys; they open nothing."""
    if look(state.get(request.id), "properties/authMode") != "Key":
        text = f"The endpoint {request.id.name} is not opened by keys."
        raise Refused(400, "UserError", text)
    return Effects(answer={name: _keys.made(request.id, name)[:32] for name in KEYS})


BEHAVIOUR = Behaviour(
    schema=Schema(
        required=("location", "properties/authMode"),
        enums={
            "properties/authMode": ("AMLToken", "Key", "AADToken"),
            "properties/publicNetworkAccess": ("Enabled", "Disabled"),
        },
        defaults={"tags": {}},
        read_only=("properties/provisioningState", "properties/scoringUri", "properties/swaggerUri"),
        secret=("properties/keys",),
        located="region",
    ),
    make=make,
    remove=remove,
    signed=True,
    actions={"listkeys": _list_keys},
    reads=frozenset({"listkeys"}),
    put=Pace(style=Style.ASYNC, seconds=60, waiting="Creating"),
    delete=Pace(style=Style.BOTH, seconds=60, waiting="Deleting"),
)
