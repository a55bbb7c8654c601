"""Marks: what tells a resource from another that somebody makes later under the same name.

Azure gives most resources something at birth that stays: a GUID, a time. Where it does not, an etag shows that nobody
has touched the resource since. Prints, no values: a journal holds them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, TypeAlias

import msgspec

from cloison.model.behaviour import Json, look

Marks: TypeAlias = Mapping[str, str]
"""Pointer -> print of the value there."""

BIRTH = (
    "systemData/createdAt",
    "properties/resourceGuid",
    "properties/internalId",
    "properties/creationTime",
    "properties/creationDate",
    "properties/createdOn",
)
"""Given when a resource is made, and never again. Sources: ARM common types v3, systemData; REST references of
Microsoft.Network, Microsoft.Storage, Microsoft.ContainerRegistry, Microsoft.Authorization; checked 2026-11-24."""
ETAG = "etag"


def marks_of(body: Json) -> Marks:
    """The marks that a body bears."""
    found = {pointer: look(body, pointer) for pointer in (*BIRTH, ETAG)}
    return {pointer: print_of(value) for pointer, value in found.items() if value}


def print_of(value: Any) -> str:
    """A short print of a value."""
    return hashlib.sha256(msgspec.json.encode(value)).hexdigest()[:16]
