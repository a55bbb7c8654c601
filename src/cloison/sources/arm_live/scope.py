"""What a person names behind `azure:`: subscriptions, a resource group, a workspace or a cluster."""

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
    group: ResourceId | None = None
    """Only environments with a workspace or a cluster in this resource group."""
    resource: ResourceId | None = None
    """Only environments of this workspace or cluster."""


def scope_of(text: str) -> Scope:
    """The scope of `azure:…`. Raises CloisonError for what names none."""
    told = text[len(PREFIX) :].strip()
    if not told:
        return Scope()
    parts = [part for part in told.split(",") if part]
    if all(_GUID.fullmatch(part) for part in parts):
        return Scope(subscriptions=tuple(part.lower() for part in parts))
    try:
        id = ResourceId.parse(told)
    except NotAnId as problem:
        raise _wrong(text, str(problem)) from problem
    if not _GUID.fullmatch(id.subscription):
        raise _wrong(text, f"its subscription {id.subscription!r} is no GUID")
    if "/providers/" in id:
        return Scope(subscriptions=(id.subscription,), resource=id)
    if id.count("/") == 4:
        return Scope(subscriptions=(id.subscription,), group=id)
    if id.count("/") == 2:
        return Scope(subscriptions=(id.subscription,))
    raise _wrong(text, "it is neither a subscription, a resource group nor a resource")


def _wrong(text: str, why: str) -> CloisonError:
    return CloisonError(
        "E120",
        f"{text} names nothing that can be read",
        because=why,
        help="write azure: with a subscription's GUID, or with the id of a resource group, a workspace or a cluster",
    )
