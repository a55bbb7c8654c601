"""Quotas: whether there may be one more of what a request makes.

Counts what was read, and takes the number that Azure itself tells where that is higher: not everything is read.
The limits stand in the folder of each type.
"""

from __future__ import annotations

from collections.abc import Iterator

from cloison.arm.ids import ResourceId
from cloison.kinds import folders, limits_of
from cloison.model.behaviour import Json, Request, look
from cloison.model.limits import Limit, Usage
from cloison.plan.preflight.check import Ask, Check, Inquiry, Obstacle, Silent, Situation, group_of
from cloison.plan.world import World


def _asks(inquiry: Inquiry) -> Iterator[Ask]:
    request = inquiry.request
    if request.method == "PUT" and inquiry.start.get(request.id) is None:
        for limit in limits_of(request.id.type):
            if limit.usage is not None and (ask := _ask(limit.usage, request)) is not None:
                yield ask


def _ask(usage: Usage, request: Request) -> Ask | None:
    location = look(request.body, "location")
    if "{location}" in usage.path and not isinstance(location, str):
        return None
    path = usage.path.format(
        id=request.id.text,
        subscription=request.id.subscription,
        location=str(location).replace(" ", "").lower(),
    )
    return Ask(path, usage.api, listed=bool(usage.name), right=usage.right)


def _judge(situation: Situation) -> Iterator[Obstacle]:
    request, azure = situation.request, situation.azure
    if request.method != "PUT" or azure.get(request.id) is not None:
        return
    for limit in limits_of(request.id.type):
        scope = limit.per(azure, request.id, request.body or {})
        if scope is None:
            continue
        most = limit.most if isinstance(limit.most, int) else limit.most(azure, scope)
        count, most, silent = _counted(limit, scope, most, situation)
        what = limit.what.format(name=scope.name)
        if count + 1 > most:
            yield _obstacle(f"there are {count:,} {what}, and there may be {most:,}", limit, scope, sure=True)
        elif silent is not None and silent.status:
            yield _obstacle(
                f"how many {what} there are could not be read: {silent.why}", limit, scope, sure=False
            )


def _counted(
    limit: Limit, scope: ResourceId, most: int, situation: Situation
) -> tuple[int, int, Silent | None]:
    """How many there are, how many there may be, and why Azure did not tell."""
    type = situation.request.id.type
    first, now = _number(limit, scope, type, situation.start), _number(limit, scope, type, situation.azure)
    count = now
    if limit.count and (body := situation.start.show(scope)) is not None:
        told = look(body, limit.count)
        count = max(count, told + now - first) if isinstance(told, int) else count
    usage = limit.usage
    ask = _ask(usage, situation.request) if usage is not None else None
    if usage is None or ask is None:
        return count, most, None
    answered = _usage(usage, ask, situation)
    if isinstance(answered, Silent):
        return count, most, answered
    current, allowed = answered.get(usage.count), answered.get(usage.limit)
    if isinstance(current, int | float) and isinstance(allowed, int | float):
        return max(count, int(current) + now - first), int(allowed), None
    return count, most, None


def _usage(usage: Usage, ask: Ask, situation: Situation) -> Json | Silent:
    """The line of a list of usages, or the answer that is no list."""
    if not ask.listed:
        return situation.answers.body(ask)
    lines = situation.answers.items(ask)
    if isinstance(lines, Silent):
        return lines
    return next((one for one in lines if look(one, "name/value") == usage.name), {})


def _number(limit: Limit, scope: ResourceId, type: str, state: World) -> int:
    """How many of those that were read, or that the plan has made by then, count for a scope."""
    return sum(limit.per(state, id, state.get(id) or {}) == scope for id in state.of(type))


def _obstacle(why: str, limit: Limit, scope: ResourceId, *, sure: bool) -> Obstacle:
    return Obstacle(
        check="quotas",
        sure=sure,
        held=sure,
        why=why,
        place=group_of(scope),
        way="room",
        help=limit.remedy,
    )


CHECK = Check(
    name="quotas",
    title="No quota is exceeded",
    blind="how much of each quota is used by what was not read",
    asks=_asks,
    reads=tuple(
        dict.fromkeys(
            one.usage.right for type in sorted(folders()) for one in limits_of(type) if one.usage is not None
        )
    ),
    judge=_judge,
)
