"""Locks: what keeps a resource, its group or its subscription from being changed or deleted.

A lock that forbids changes forbids actions too, and what is told about a resource from elsewhere: a role at it, a
record in it. Of what a request only names nothing is documented.
Source: Microsoft Learn, Lock your resources, "Considerations before applying your locks"; checked 2026-11-25.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from cloison.arm.ids import ResourceId
from cloison.controlplane.run import guards
from cloison.kinds import behaviour_of
from cloison.model.behaviour import Refused, Request, ids_in
from cloison.plan.preflight.check import Check, Obstacle, Situation, group_of
from cloison.plan.world import World


def _judge(situation: Situation) -> Iterator[Obstacle]:
    request, start = situation.request, situation.start
    for lock in _in_the_way(start, request):
        yield Obstacle(
            check="locks",
            sure=True,
            held=True,
            why=f"lock {lock.name} on {lock.parent.name} forbids it",
            place=lock.parent,
            way="unlock",
            help="take the lock away, tell us, and set it again once our next plan is applied",
            commands=(f"az lock delete --ids {shlex.quote(lock.text)}",),
        )
    for id in dict.fromkeys(ids_in(request.body)):
        for lock in _in_the_way(start, Request(method="PATCH", id=id, body={})):
            yield _unknown(
                f"{id.name}, which it names, is locked by {lock.name}: Azure may refuse that", lock.parent
            )
    for gap in situation.gaps:
        if gap.type in guards() and f"{request.id}/".startswith(f"{gap.scope.lower()}/"):
            yield _unknown(f"the locks there could not be read: {gap.why}", ResourceId(gap.scope))


def _in_the_way(start: World, request: Request) -> Iterator[ResourceId]:
    for type in guards():
        guard = behaviour_of(type).guard
        assert guard is not None
        for id in start.of(type):
            try:
                guard(start, id, request)
            except Refused:
                yield id


def _unknown(why: str, place: ResourceId) -> Obstacle:
    return Obstacle(
        check="locks",
        sure=False,
        held=False,
        why=why,
        place=group_of(place),
        way="unlock",
        help="look at the locks there",
    )


CHECK = Check(
    name="locks",
    title="No lock forbids these requests",
    blind="",
    judge=_judge,
)
