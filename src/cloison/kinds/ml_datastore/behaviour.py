"""How a datastore behaves: a name for storage; what it opens it with is never kept.

Source: REST reference of Microsoft.MachineLearningServices 2024-10-01, Datastore; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.model.behaviour import Behaviour, Schema

BEHAVIOUR = Behaviour(
    schema=Schema(
        required=("properties/datastoreType",),
        defaults={
            "properties/isDefault": False,
            "properties/description": None,
            "properties/hasBeenValidated": False,
        },
        read_only=(),
        secret=("properties/credentials/secrets",),
        located="no",
        provisioned=False,
    ),
    signed=True,
    # What it names need not be reached yet.
    queries={"skipValidation": ("true",)},
    until={"properties/hasBeenValidated": "2021-03-01-preview"},
)
