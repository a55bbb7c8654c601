"""How an online endpoint behaves.

Sources: REST reference of Microsoft.MachineLearningServices 2024-10-01, OnlineEndpoint; Microsoft Learn, Troubleshoot
online endpoints; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.kinds import _identities, _on_cluster
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Pace,
    Request,
    Schema,
    State,
    Style,
    Write,
    look,
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The endpoint, when its compute takes it."""
    _on_cluster.check(state, request.id.parent, look(body, "properties/compute"))
    properties = dict(body["properties"])
    properties.setdefault("traffic", {})
    body = {**body, "properties": properties}
    return Effects(
        writes=(
            Write(request.id, _identities.identified(state, request.id, body, state.get(request.id), chance)),
        )
    )


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """The endpoint gone, when its compute lets go of it."""
    if not request.by_azure:
        _on_cluster.check(state, request.id.parent, look(state.get(request.id), "properties/compute"))
    return Effects(writes=(Write(request.id, None),))


BEHAVIOUR = Behaviour(
    schema=Schema(
        required=("location", "properties/authMode"),
        enums={"properties/authMode": ("AMLToken", "Key", "AADToken")},
        secret=("properties/keys",),
        located="region",
    ),
    make=make,
    remove=remove,
    put=Pace(style=Style.ASYNC, seconds=60, waiting="Creating"),
    delete=Pace(style=Style.BOTH, seconds=60, waiting="Deleting"),
)
