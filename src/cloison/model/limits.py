"""How many of something there may be. Each kind says it of its own type in its `limits.py`; nothing here knows one."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Json, State

Per = Callable[[State, ResourceId, Json], ResourceId | None]
"""(state, id, body): what a resource counts for; None where the limit does not touch it."""
Most = Callable[[State, ResourceId], int]
"""(state, what is counted for): how many there may be."""


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Where Azure itself tells how many there are. Braces stand for `{id}`, `{subscription}` and `{location}`."""

    path: str
    api: str
    name: str = ""
    """Of the line in a list of usages; empty: the answer is no list."""
    count: str
    """Member that has the number of those there are."""
    limit: str
    """Member that has the number there may be."""
    right: str
    """Action that a principal needs to read it."""


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """One limit on resources of a type."""

    what: str
    """What is counted, `{name}` being what it is counted for: `private endpoints in {name}`."""
    per: Per
    most: int | Most
    count: str = ""
    """Pointer in the body of what is counted for that says how many there are, read or not."""
    usage: Usage | None = None
    remedy: str
    """What a person can do."""
