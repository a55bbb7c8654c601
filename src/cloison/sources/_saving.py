"""Saving what was read as one document of ours: the same reading gives the same bytes, and no secret is in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from cloison.model.errors import CloisonError
from cloison.model.secrets import without_secrets
from cloison.model.snapshot import Resource, Snapshot

VERSION = "snapshot/1"


def document(snapshot: Snapshot) -> str:
    """The snapshot as JSON, resources in order of their ids. Raises CloisonError for what is only planned."""
    ordered = sorted(snapshot.resources.values(), key=lambda one: one.id)
    told = {
        "cloison": VERSION,
        "resources": [_body(one) for one in ordered],
        "gaps": sorted(snapshot.gaps, key=lambda gap: (gap.scope, gap.what, gap.why)),
    }
    encoded = msgspec.json.encode(told, order="deterministic")
    return msgspec.json.format(encoded, indent=2).decode() + "\n"


def _body(resource: Resource) -> Mapping[str, Any]:
    if resource.planned:
        raise CloisonError(
            "E113",
            f"{resource.name} is planned, and a snapshot is of what is there",
            because="it comes from a template",
            help="give a live environment, as azure: and an id, or exports of one",
        )
    if resource.partial is not None:
        raise CloisonError(
            "E114",
            f"{resource.name} was not read whole",
            because=resource.partial.why,
            help=resource.partial.ask,
        )
    body = resource.body.value
    whole = dict(body) if isinstance(body, Mapping) else {}
    found: Mapping[str, Any] = without_secrets({**whole, "id": resource.id.text})
    return found
