"""Rights: whether the caller may send a request, by the permissions that Azure tells at its scope and at each scope
that the request names.

Deny assignments are not told there, conditions of a role are not judged.
Source: Microsoft Learn, REST reference of Authorization 2022-04-01, Permissions; checked 2026-11-25.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Json
from cloison.plan.preflight.check import (
    FORBIDDEN,
    GONE,
    Answers,
    Ask,
    Check,
    Inquiry,
    Obstacle,
    Right,
    Silent,
    Situation,
    group_of,
    nearest,
)
from cloison.plan.preflight.rights import Allowed, allowed, needed
from cloison.plan.world import World

API = "2022-04-01"
READ = "Microsoft.Authorization/permissions/read"


# --- the check -------------------------------------------------------------------------------------------


def _ask(scope: ResourceId) -> Ask:
    return Ask(f"{scope.text}/providers/Microsoft.Authorization/permissions", API, right=READ)


def _asks(inquiry: Inquiry) -> Iterator[Ask]:
    for right in needed(inquiry.request):
        scope = nearest(inquiry.start, right.scope)
        yield _ask(scope)
        # A resource group that is not there yet is known by its 404 only.
        if scope.subscription:
            yield _ask(ResourceId(f"/subscriptions/{scope.subscription}"))


def _permissions(answers: Answers, start: World, scope: ResourceId) -> Iterable[Json] | Silent:
    told = answers.items(_ask(nearest(start, scope)))
    if isinstance(told, Silent) and told.status == GONE:
        return answers.items(_ask(ResourceId(f"/subscriptions/{scope.subscription}")))
    return told


def _judge(situation: Situation) -> Iterator[Obstacle]:
    rights = needed(situation.request)
    for right in rights:
        told = _permissions(situation.answers, situation.start, right.scope)
        linked = right is not rights[0]
        missing = Right(right.action, nearest(situation.start, right.scope))
        if isinstance(told, Silent):
            if told.status:
                why = f"what you may do on {_short(right.scope)} could not be read: {told.why}"
                # Whoever may not even read what they may do hardly may do more.
                yield _obstacle(missing, why, linked=linked, sure=False, held=told.status == FORBIDDEN)
            continue
        match allowed(told, right.action):
            case Allowed.YES:
                continue
            case Allowed.NO:
                why = f"you lack {right.action} on {_short(right.scope)}"
                yield _obstacle(missing, why, linked=linked, sure=True, held=True)
            case Allowed.PERHAPS:
                why = f"you have {right.action} on {_short(right.scope)} under a condition that is not judged"
                yield _obstacle(missing, why, linked=linked, sure=False, held=False)


def _obstacle(missing: Right, why: str, *, linked: bool, sure: bool, held: bool) -> Obstacle:
    return Obstacle(
        check="rights",
        sure=sure,
        held=held,
        why=why,
        place=group_of(missing.scope),
        way="grant" if linked else "send",
        help=f"grant {missing.action} on {missing.scope.text}",
        missing=(missing,),
    )


def _short(scope: ResourceId) -> str:
    """A scope as people call it, its group with it where it lies in another."""
    if "/providers/" not in scope:
        return scope.name
    tail = scope.text.rpartition("/providers/")[2].split("/")
    return f"{'/'.join(tail[2::2])} in {scope.resource_group or scope.subscription}"


CHECK = Check(
    name="rights",
    title="You have every right that these requests take",
    blind="which rights you have",
    asks=_asks,
    reads=(READ,),
    judge=_judge,
)
