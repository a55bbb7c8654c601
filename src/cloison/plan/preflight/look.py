"""Looking through a plan: what is in the way of each of its steps, in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cloison.controlplane import Seeded, run
from cloison.model.behaviour import Refused, Request
from cloison.model.snapshot import Snapshot
from cloison.plan.document import StepReport
from cloison.plan.preflight.check import Answers, Ask, Inquiry
from cloison.plan.preflight.checks import checks
from cloison.plan.preflight.document import Stopped
from cloison.plan.preflight.limited import in_the_way
from cloison.plan.puts import request_of
from cloison.plan.world import World

Asking = Callable[[Iterable[Ask]], Mapping[Ask, Any]]
"""Asks Azure; gives a JSON value or a `Silent` for each question."""


def questions(start: World, requests: Iterable[Request]) -> list[Ask]:
    """Everything that has to be asked about some requests, each once."""
    asking = [check.asks for check in checks() if check.asks is not None]
    found = {ask for request in requests for asks in asking for ask in asks(Inquiry(request, start))}
    return sorted(found)


def look_through(
    steps: Iterable[StepReport], azure: World, start: World, snapshot: Snapshot, answers: Answers
) -> tuple[Stopped, ...]:
    """Each step with what is in its way.

    azure: the state before the first, left as it is after the last that Azure takes; snapshot: as it was read, with
    locks and gaps; start: the state that it tells.
    """
    found: list[Stopped] = []
    for step in steps:
        request = request_of(step)
        told = tuple(dict.fromkeys(in_the_way(request, azure, start, snapshot.gaps, answers)))
        found.append(Stopped(step=step, obstacles=told))
        carry_out(azure, request)
    return tuple(found)


def carry_out(azure: World, request: Request) -> bool:
    """Predict a step; whether Azure takes it, as far as is known."""
    try:
        run(azure, request, Seeded(f"{request.method} {request.id}/{request.action}"))
    except Refused:
        return False
    return True
