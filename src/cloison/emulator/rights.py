"""Rights: what the caller may do, told by the roles that the state gives. Asked only where somebody wants it so.

An action is allowed where one permission of one role that holds at the scope has it among its actions and not among
its exceptions; roles add up. A request that names others is asked for a linked action at each of them. Deployments
are carried out as if by Azure, whoever sent them; conditions of assignments are not looked at.
Sources: Microsoft Learn, "Understand Azure role definitions" and "How Azure RBAC determines if a user has access to a
resource"; refusals quoted in reports to terraform-provider-azurerm and azure-cli; checked 2026-11-25.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping

from cloison.arm.ids import NotAnId, ResourceId
from cloison.emulator.faults.catalogue import action
from cloison.emulator.roles import ROLES
from cloison.emulator.signin import Caller, caller
from cloison.emulator.wire import Asked
from cloison.emulator.world import World
from cloison.kinds import rights_of
from cloison.model.behaviour import Json, Refused, each, look, values_at
from cloison.model.rights import ASSIGN, IDENTITIES

ASSIGNMENTS = "microsoft.authorization/roleassignments"
DEFINITIONS = "microsoft.authorization/roledefinitions"
OPEN = (
    "/subscriptions",
    "/tenants",
    "/providers",
    "/providers/microsoft.resourcegraph/resources",
)
"""What everybody may ask, and is answered as far as their rights go."""


def check(world: World, who: Caller, asked: Asked) -> None:
    """Raises Refused for a request that its caller may not send."""
    if asked.path.lower() in OPEN or not asked.path.lower().startswith("/subscriptions/"):
        return
    # Nobody documents what the metrics of role assignments take; they tell less than reading these does.
    needed = action(asked).replace("/roleAssignmentsUsageMetrics/", "/roleAssignments/")
    scope = asked.path
    if not may(world, who.object_id, needed, scope):
        raise Refused(
            403,
            "AuthorizationFailed",
            f"The client '{who.app_id}' with object id '{who.object_id}' does not have authorization to perform action "
            f"'{needed}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh "
            "your credentials.",
        )
    if asked.method in ("PUT", "PATCH"):
        _check_linked(world, who, asked, needed)


def _check_linked(world: World, who: Caller, asked: Asked, needed: str) -> None:
    """Raises Refused where the body names something that its caller may not join."""
    missing = [
        (linked, scope)
        for linked, scope in _linked(ResourceId(asked.path), asked.json())
        if not may(world, who.object_id, linked, scope)
    ]
    if missing:
        actions = ", ".join(dict.fromkeys(one for one, _ in missing))
        scopes = ", ".join(dict.fromkeys(one for _, one in missing))
        raise Refused(
            403,
            "LinkedAuthorizationFailed",
            f"The client '{who.app_id}' with object id '{who.object_id}' has permission to perform action '{needed}' "
            f"on scope '{asked.path}'; however, it does not have permission to perform action(s) '{actions}' on the "
            f"linked scope(s) '{scopes}' (respectively) or the linked scope(s) are invalid.",
        )


def _linked(id: ResourceId, body: object) -> Iterator[tuple[str, str]]:
    for pointer, linked in rights_of(id.type).joins.items():
        for named in values_at(body, pointer):
            if isinstance(named, str) and named.startswith("/"):
                yield linked.replace("{type}", ResourceId(named).type), named
    identities = look(body, IDENTITIES)
    for named in identities if isinstance(identities, dict) else ():
        yield ASSIGN, named


def may(world: World, principal: str, needed: str, scope: str) -> bool:
    """Whether somebody may do something at a scope."""
    return any(
        any(_fits(one, needed) for one in permission.get("actions") or ())
        and not any(_fits(one, needed) for one in permission.get("notActions") or ())
        for permission in permissions(world, principal, scope)
    )


def permissions(world: World, principal: str, scope: str) -> Iterator[Json]:
    """What the roles of somebody permit at a scope, one for each permission of each role."""
    for id in world.state.of(ASSIGNMENTS):
        body = world.state.get(id)
        if str(look(body, "properties/principalId")).lower() == principal.lower() and _holds(
            id.parent, scope
        ):
            yield from _role(world, str(look(body, "properties/roleDefinitionId")))


def _holds(at: ResourceId, scope: str) -> bool:
    return not at or f"{scope.lower()}/".startswith(f"{at}/")


def _role(world: World, definition: str) -> Iterable[Json]:
    guid = definition.lower().rpartition("/")[2]
    built_in = next((role for role in ROLES if role.guid == guid), None)
    if built_in is not None:
        return each(built_in.body(""), "properties/permissions")
    own = (id for id in world.state.of(DEFINITIONS) if id.name.lower() == guid)
    return (one for id in own for one in each(world.state.get(id), "properties/permissions"))


def _fits(pattern: str, needed: str) -> bool:
    return _pattern(pattern).fullmatch(needed) is not None


@functools.cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split("*"))), re.IGNORECASE)


# --- what lists leave out --------------------------------------------------------------------------------


def visible(world: World, asked: Asked, rows: Iterable[Json]) -> list[Json]:
    """Rows of things that the caller may read; all of them where nobody asks for rights."""
    if not world.limited:
        return list(rows)
    who = caller(world, asked).object_id
    return [row for row in rows if _may_read(world, who, str(row.get("id", "")))]


def _may_read(world: World, principal: str, id: str) -> bool:
    try:
        resource = ResourceId(id)
    except NotAnId:
        return False
    if resource.type == "microsoft.resources/subscriptions":
        return any(_touches(world, principal, resource))
    return may(world, principal, action(Asked(method="GET", path=id)), id)


def _touches(world: World, principal: str, subscription: ResourceId) -> Iterator[bool]:
    """One for each role that somebody has at a subscription, above it, or at anything below."""
    for id in world.state.of(ASSIGNMENTS):
        at = id.parent
        if str(look(world.state.get(id), "properties/principalId")).lower() == principal.lower():
            yield not at or f"{at}/".startswith(f"{subscription}/")


def told(world: World, asked: Asked, scope: str) -> list[Mapping[str, object]]:
    """What the caller may do at a scope, as Resource Manager lists it."""
    if not world.limited:
        return [{"actions": ["*"], "notActions": [], "dataActions": [], "notDataActions": []}]
    who = caller(world, asked).object_id
    names = ("actions", "notActions", "dataActions", "notDataActions")
    return [{name: one.get(name) or [] for name in names} for one in permissions(world, who, scope)]
