"""How a deployment of an online endpoint behaves.

Sources: REST reference of Microsoft.MachineLearningServices 2024-10-01, OnlineDeployment; Microsoft Learn, Troubleshoot
online endpoints; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.kinds import _on_cluster
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Pace,
    Request,
    Schema,
    Signal,
    State,
    Style,
    Write,
    look,
)

PROBE: Json = {
    "failureThreshold": 30,
    "successThreshold": 1,
    "timeout": "PT2S",
    "period": "PT10S",
    "initialDelay": "PT10S",
}
"""How a model's container is asked whether it lives. Source: REST reference, ProbeSettings."""


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The deployment, when its endpoint's compute takes it. Its image is built first."""
    _check(state, request.id)
    image = Signal(to=request.id.parent.parent, name="image")
    return Effects(writes=(Write(request.id, body),), then=(image,))


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """The deployment gone, when its endpoint's compute lets go of it."""
    if not request.by_azure:
        _check(state, request.id)
    return Effects(writes=(Write(request.id, None),))


def _check(state: State, id: ResourceId) -> None:
    endpoint = id.parent
    _on_cluster.check(state, endpoint.parent, look(state.get(endpoint), "properties/compute"))


BEHAVIOUR = Behaviour(
    schema=Schema(
        required=("location", "properties/endpointComputeType"),
        defaults={
            "tags": {},
            "properties/description": None,
            "properties/appInsightsEnabled": False,
            "properties/environmentVariables": {},
            "properties/readinessProbe": PROBE,
            "properties/livenessProbe": PROBE,
            "properties/scaleSettings/scaleType": "Default",
        },
        located="region",
    ),
    make=make,
    remove=remove,
    signed=True,
    # Building an image takes most of it: 2 to 15 minutes. Source: Microsoft Learn, Deploy a model to an endpoint.
    put=Pace(style=Style.ASYNC, seconds=400, waiting="Creating"),
    delete=Pace(style=Style.BOTH, seconds=60, waiting="Deleting"),
)
