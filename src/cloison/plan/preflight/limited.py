"""A state on which requests are refused that the checks hold back, so that a plan is made without them.

The same judgement that splits a plan then proves what is left: no order, no subset and no smaller set is tried with a
request that its caller cannot send.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cloison.model.behaviour import Refused, Request
from cloison.model.snapshot import Gap, Snapshot
from cloison.plan.preflight.check import Answers, Obstacle, Situation
from cloison.plan.preflight.checks import checks
from cloison.plan.world import World


class Limited(World):
    """A state as a snapshot tells it, for somebody who may not do everything."""

    def __init__(self, snapshot: Snapshot, start: World, answers: Answers) -> None:
        """start: the same state, which stays as it is."""
        self._judging = True
        super().__init__(snapshot)
        self._start = start
        self._answers = answers
        self._known_gaps = snapshot.gaps
        self._judging = False

    def permit(self, request: Request) -> None:
        """Raises Refused for what is held back."""
        # A check may try the request itself.
        if self._judging:
            return
        self._judging = True
        try:
            for one in in_the_way(request, self, self._start, self._known_gaps, self._answers):
                if one.held:
                    raise Refused(403, "Preflight", one.why)
        finally:
            self._judging = False


def in_the_way(
    request: Request, azure: World, start: World, gaps: Sequence[Gap], answers: Answers
) -> Iterator[Obstacle]:
    """What is in the way of a request right there."""
    situation = Situation(request=request, azure=azure, start=start, gaps=gaps, answers=answers)
    for check in checks():
        yield from check.judge(situation)
