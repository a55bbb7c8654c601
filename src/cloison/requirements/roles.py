"""Roles: whether an identity has a role on a resource, as far as the input tells.

Nothing in ARM says that a list of role assignments is whole, so that nobody has a role is concluded with care: see
`Held`. Who belongs to a group is not in ARM at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds.role_assignment.facts import ROLES, RoleAssignment, facts
from cloison.model.facts import Fact, Unknown
from cloison.model.snapshot import Resource
from cloison.requirements import say
from cloison.requirements.case import Case

ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"
WIDER = {
    # Storage Blob Data Owner.
    "Storage Blob Data Contributor": ("b7e6dc6d-f1e8-4753-8033-0f276bb0955b",),
    "Storage Account Contributor": (ROLES["contributor"], ROLES["owner"]),
}
"""GUIDs of roles that hold all of another. Source: Microsoft Learn, Azure built-in roles; checked 2026-11-24."""
PEOPLE = ("user", "group", "foreigngroup")
_REFERENCE = re.compile(r"reference\('((?:[^']|'')*)'")


class Identity(msgspec.Struct, frozen=True):
    """The system-assigned identity of a resource."""

    owner: ResourceId
    principal: Fact[str | None]
    """Object id in lower case; Known(None) while only planned."""


class Held(msgspec.Struct, frozen=True):
    """What the input says of one role: which assignment gives it, or why that is not known; neither: none does."""

    by: RoleAssignment | None = None
    doubt: Unknown | None = None


class _Answer(Enum):
    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


def held(case: Case, identity: Identity, role: str, on: ResourceId) -> Held:
    """Whether an identity has a role of that name, or a wider one, on a resource or above it."""
    doubts: list[Unknown] = []
    for resource in covering(case, on):
        answer = _gives(resource, identity, role)
        if answer is _Answer.NO:
            continue
        unsure = _unless(resource, identity, role, answer)
        if unsure is None:
            return Held(by=facts(resource))
        doubts.append(unsure)
    return Held(doubt=doubts[0] if doubts else _unread(case, identity, role, on))


def covering(case: Case, on: ResourceId) -> Iterator[Resource]:
    """Role assignments on a resource, or above it."""
    return (one for one in case.of(ASSIGNMENTS) if _covers(facts(one).scope, on))


def _covers(scope: ResourceId, resource: ResourceId) -> bool:
    """A management group is taken for one above the resource, as lists show no others."""
    above = scope == "" or scope.startswith("/providers/microsoft.management/managementgroups/")
    return above or resource == scope or resource.startswith(f"{scope}/")


def _gives(resource: Resource, identity: Identity, role: str) -> _Answer:
    assignment, exact = facts(resource), ROLES[role.lower()]
    told = say.told(assignment.role)
    if told is not None and told not in (exact, *WIDER.get(role, ())):
        return _Answer.NO
    kind = say.told(assignment.principal_kind) or ""
    if kind in PEOPLE:
        # Groups are owners nearly everywhere, and machines hardly ever belong to those: only the very role counts.
        return _Answer.MAYBE if kind != "user" and told == exact else _Answer.NO
    answer = _is_for(resource, identity)
    return _Answer.MAYBE if answer is _Answer.YES and told is None else answer


def _is_for(resource: Resource, identity: Identity) -> _Answer:
    assignment, mine = facts(resource), identity.principal
    who = assignment.principal
    if isinstance(who, Unknown):
        named = _REFERENCE.search(assignment.principal_text)
        if named is None:
            return _Answer.MAYBE
        # Templates double the quotes within a text.
        return _Answer.YES if named[1].replace("''", "'").lower() == identity.owner else _Answer.NO
    if isinstance(mine, Unknown):
        return _Answer.MAYBE
    if mine.value is None:
        # It may exist already, and then what was given to it counts; a plan cannot name what it is still to make.
        return _Answer.NO if resource.planned else _Answer.MAYBE
    return _Answer.YES if mine.value == who.value else _Answer.NO


def _unless(resource: Resource, identity: Identity, role: str, answer: _Answer) -> Unknown | None:
    """Why an assignment that may give the role perhaps does not."""
    if resource.maybe is not None:
        return resource.maybe
    assignment, name = facts(resource), identity.owner.name
    condition = assignment.condition
    if isinstance(condition, Unknown):
        return condition
    if condition.value:
        why = f"{name} has {role} under a condition only"
        return Unknown(why, f"see what it asks: {condition.value}", condition.cite)
    if answer is _Answer.YES:
        return None
    for fact in (assignment.role, assignment.principal):
        if isinstance(fact, Unknown):
            return fact
    if (say.told(assignment.principal_kind) or "") in PEOPLE:
        why = f"a group has {role}, and whether {name} belongs to it is not in ARM"
        group, who = say.told(assignment.principal), say.told(identity.principal) or "PRINCIPAL_ID"
        ask = f"az ad group member check --group {group} --member-id {who}"
        return Unknown(why, ask, *say.cites(assignment.principal))
    return Unknown(f"the identity of {name} is not in the input", f"add {identity.owner.text} as it is")


def _unread(case: Case, identity: Identity, role: str, on: ResourceId) -> Unknown | None:
    """Why an assignment may be missing because nobody read it; None where its absence tells something.

    An identity that is still to be made has what its plan gives it. For one that exists, a role assignment of
    anybody at the resource or above tells that such were read, as somebody always has one there.
    """
    if case.resource(identity.owner).planned:
        return None
    unread = any(gap.type == ASSIGNMENTS.lower() for gap in case.snapshot.gaps)
    if not unread and any(not one.planned for one in covering(case, on)):
        return None
    return Unknown(
        f"whether {identity.owner.name} has {role} on {on.name} is not in the input",
        f"add what this prints: az role assignment list --include-inherited --scope {on.text}",
        *say.cites(identity.principal),
    )
