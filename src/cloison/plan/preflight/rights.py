"""Rights: what a request takes, whether permissions allow it, and which roles hold what is missing.

A permission allows an action where its actions have it and its exceptions do not; one permission is enough, and what
another excepts does not count against it.
Sources: Microsoft Learn, "How Azure RBAC determines if a user has access to a resource", "Understand Azure role
definitions"; checked 2026-11-25.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

import msgspec

from cloison.arm.ids import ResourceId
from cloison.controlplane.run import type_of
from cloison.kinds import rights_of
from cloison.model.behaviour import Json, Request, look, values_at
from cloison.model.rights import ASSIGN, IDENTITIES
from cloison.plan.preflight.check import Right

WIDEST = "Contributor"
"""The role for what no narrower one is known for. It gives no roles."""


class Allowed(Enum):
    """Whether a right is there."""

    YES = "yes"
    NO = "no"
    PERHAPS = "perhaps"
    """By a role with a condition only."""


# --- what a request takes --------------------------------------------------------------------------------


def needed(request: Request) -> tuple[Right, ...]:
    """Every right that a request takes, that of the request itself first."""
    type = type_of(request.id)
    match request.method:
        case "PUT" | "PATCH":
            own = f"{type}/write"
        case "DELETE":
            own = f"{type}/delete"
        case "POST":
            own = f"{type}/{request.action}/action"
    found = [Right(own, request.id)]
    if request.method in ("PUT", "PATCH"):
        found += _linked(request)
    return tuple(dict.fromkeys(found))


def _linked(request: Request) -> Iterator[Right]:
    for pointer, action in rights_of(request.id.type).joins.items():
        for named in values_at(request.body, pointer):
            if isinstance(named, str) and named.startswith("/"):
                id = ResourceId(named)
                yield Right(action.replace("{type}", type_of(id)), id)
    identities = look(request.body, IDENTITIES)
    for named in identities if isinstance(identities, dict) else ():
        yield Right(ASSIGN, ResourceId(named))


# --- whether it is there ---------------------------------------------------------------------------------


def allowed(permissions: Iterable[Json], action: str) -> Allowed:
    """Whether one of some permissions allows an action."""
    found = Allowed.NO
    for one in permissions:
        listed, excepted = one.get("actions"), one.get("notActions")
        if not _in(listed, action) or _in(excepted, action):
            continue
        if not one.get("condition"):
            return Allowed.YES
        found = Allowed.PERHAPS
    return found


def _in(patterns: object, action: str) -> bool:
    return isinstance(patterns, list) and any(fits(str(one), action) for one in patterns)


def fits(pattern: str, action: str) -> bool:
    """Whether an action is one of a pattern's, in any case, `*` being any text, none too, slashes too."""
    wanted = action.lower()
    first, *rest = pattern.lower().split("*")
    if not rest:
        return wanted == first
    *between, last = rest
    if not wanted.startswith(first) or not wanted.endswith(last) or len(wanted) < len(first) + len(last):
        return False
    at, end = len(first), len(wanted) - len(last)
    for piece in between:
        found = wanted.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


# --- roles ------------------------------------------------------------------------------------------------


class Grant(msgspec.Struct, frozen=True, order=True):
    """A built-in role at a scope."""

    scope: str
    role: str


def type_in(action: str) -> str:
    """The type that an action is about: `Microsoft.Network/privateDnsZones` of `…/privateDnsZones/join/action`."""
    head, _, verb = action.rpartition("/")
    return head.rpartition("/")[0] if verb.lower() == "action" else head


def grants(rights: Iterable[Right]) -> list[Grant]:
    """The narrowest built-in roles that hold some rights, each where it is needed."""
    return sorted(
        {Grant(one.scope.text, rights_of(type_in(one.action)).role or WIDEST) for one in rights},
    )
