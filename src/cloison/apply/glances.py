"""Glances: looks at a target while its operation is under way, so that its end is noticed soon.

Azure asks to leave 10 to 30 seconds between looks at an operation, which is longer than most last beyond their usual
time. The resource itself may be read meanwhile. What it says decides nothing: it only brings the next look at the
operation forward, once. Where that was wrong, there are no more glances.
Source: recorded polls of Microsoft.Network (10 s) and of private DNS (30 s); checked 2026-11-25.
"""

from __future__ import annotations

from cloison.apply import looking
from cloison.apply.run import Doing, Run
from cloison.apply.step import Step

FIRST = 0.5
"""The first glance, as a share of the usual time: few operations end before."""
EVERY = 0.05
"""Time between two, as a share of what has passed: so much longer than needed a step takes at most."""
LEAST_S = 2.0
"""Seconds between two at least. A wave has four steps: far below the 25 reads a second that Azure allows."""


class Glances:
    """Those at one target."""

    def __init__(self, run: Run, step: Step, expected_s: float) -> None:
        """expected_s: how long the operation usually takes from now on."""
        self.run = run
        self.step = step
        self._began = run.now
        self._first_s = max(expected_s * FIRST, LEAST_S)
        # An action that shows in nothing cannot be seen.
        self._useful = step.request.method != "POST" or bool(step.after)

    def pause(self, seconds: float, why: str) -> Doing[None]:
        """Let so much time pass; less where the target says that nothing is under way any more. Raises Halt."""
        end = self.run.now + seconds
        while self._useful and (rest := self._next_s()) < end - self.run.now:
            yield from self.run.pause(rest, why)
            if (yield from looking.seems_ended(self.step)):
                self._useful = False
                return
        if end > self.run.now:
            yield from self.run.pause(end - self.run.now, why)

    def _next_s(self) -> float:
        passed = self.run.now - self._began
        return max(self._first_s - passed, passed * EVERY, LEAST_S if passed >= self._first_s else 0.0)
