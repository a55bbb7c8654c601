"""What a person names behind `azure:`: subscriptions, resource groups, workspaces or clusters."""

from __future__ import annotations

import re

import msgspec

from cloison.arm.ids import NotAnId, ResourceId
from cloison.model.errors import CloisonError

PREFIX = "azure:"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What to read."""

    subscriptions: tuple[str, ...] = ()
    """GUIDs; empty: every one that the principal sees."""
    wanted: tuple[ResourceId, ...] = ()
    """Only environments of these workspaces and clusters, or with one in these resource groups; empty: all."""


def scope_of(text: str) -> Scope:
    """The scope of `azure:…`. Raises CloisonError for what names none."""
    told = text[len(PREFIX) :].strip()
    if not told:
        return Scope()
    parts = [part for part in told.split(",") if part]
    if all(_GUID.fullmatch(part) for part in parts):
        return Scope(subscriptions=tuple(part.lower() for part in parts))
    ids = [_one(part, text) for part in parts]
    wanted = () if any(id.count("/") == 2 for id in ids) else tuple(ids)
    return Scope(subscriptions=tuple(dict.fromkeys(id.subscription for id in ids)), wanted=wanted)


def _one(told: str, text: str) -> ResourceId:
    """The id of a subscription, a resource group or a resource. Raises CloisonError E120."""
    try:
        id = ResourceId.parse(told.strip())
    except NotAnId as problem:
        raise _wrong(text, str(problem)) from problem
    if not _GUID.fullmatch(id.subscription):
        raise _wrong(text, f"its subscription {id.subscription!r} is no GUID")
    if "/providers/" not in id and id.count("/") not in (2, 4):
        raise _wrong(text, "it is neither a subscription, a resource group nor a resource")
    return id


def _wrong(text: str, why: str) -> CloisonError:
    return CloisonError(
        "E120",
        f"{text} names nothing that can be read",
        because=why,
        help="write azure: with a subscription's GUID, or with ids of resource groups, workspaces or clusters",
    )
