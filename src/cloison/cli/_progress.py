"""Progress of a run: a line for each step that ended, and on a terminal one for what is under way and how long.

Knows the plan's steps by number; says nothing that the plan does not say.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from cloison.cli import _output

if TYPE_CHECKING:
    from cloison.apply.actions import Tell
    from cloison.apply.step import Planned

WIPE = "\r\x1b[K"
SOON_S = 90.0
"""Seconds up to which what is left is told in seconds: a minute more or less does not matter beyond."""


class Progress:
    """Called with everything that the executor tells; writes to standard error."""

    def __init__(
        self, planned: Planned, done: frozenset[int], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._steps = {one.number: one for one in planned.steps}
        self._waves = planned.waves
        self._done = set(done)
        self._until: dict[int, float] = {}
        """Of steps under way, when they usually end."""
        self._clock = clock
        self._interrupts = 0
        self._live = sys.stderr.isatty()

    def __call__(self, told: Tell) -> None:
        """Take in one thing, and show it."""
        match told.what:
            case "sending":
                self._until[told.step] = self._clock() + told.seconds
            case "waiting":
                self._until.setdefault(told.step, self._clock() + told.seconds)
            case "done" | "so already":
                self._done.add(told.step)
                self._until.pop(told.step, None)
            case "stopped":
                self._until.pop(told.step, None)
        if told.what in _LINES:
            self._line(told)
        self.tick()

    def tick(self) -> None:
        """Show how long it takes from now on, on a terminal."""
        if self._live:
            self._write(f"{WIPE}{self._status()}")

    def interrupted(self) -> None:
        """Say what an interrupt leads to: the first to a safe point, the second to the end at once."""
        self._interrupts += 1
        if self._interrupts > 1 or not self._until:
            told = "stopping"
        else:
            told = "stopping once what is under way has ended; interrupt again to leave it to Azure"
        self._write(f"{WIPE if self._live else ''}{told}\n")
        self.tick()

    def end(self) -> None:
        """Wipe what is only of the moment."""
        if self._live:
            self._write(WIPE)

    def _line(self, told: Tell) -> None:
        from cloison.reports.escape import safe

        step = self._steps.get(told.step)
        summary = safe(step.summary) if step is not None else ""
        text = safe(told.text)
        # Why a run stops names its step already.
        if text.startswith(summary):
            summary, text = text, ""
        shown = f"{summary}: {text}" if text else summary
        self._write(f"{WIPE if self._live else ''}{told.step:4} {_LINES[told.what]:7} {shown}\n")

    def _status(self) -> str:
        """What is under way, the longest first, and how long all of it will take."""
        from cloison.reports.escape import safe
        from cloison.reports.layout import shortened

        now = sorted(self._until.items(), key=lambda one: (-one[1], one[0]))
        names = [safe(self._steps[number].summary) for number, _ in now if number in self._steps]
        if not names:
            return ""
        more = f", and {len(names) - 1} more" if len(names) > 1 else ""
        told = f"{len(self._done)} of {len(self._steps)} done, {_duration(self.left_s())}: "
        room = max(_output.columns() - 1 - len(told) - len(more), 20)
        return shortened(f"{told}{shortened(names[0], room)}{more}", _output.columns() - 1)

    def left_s(self) -> float:
        """Seconds that what is left usually takes: of each wave its longest step, of those under way the rest."""
        now, total = self._clock(), 0.0
        for wave in self._waves:
            rests = [0.0]
            for step in wave:
                if step.number not in self._done:
                    until = self._until.get(step.number)
                    rests.append(step.expected_s if until is None else max(until - now, 0.0))
            total += max(rests)
        return total

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()


def _duration(seconds: float) -> str:
    if seconds < 1:
        return "any moment now"
    if seconds <= SOON_S:
        return f"about {seconds:.0f} s left"
    return f"about {round(seconds / 60)} minutes left"


_LINES = {"done": "done", "so already": "was so", "again": "waits", "stopped": "stopped"}
"""What is worth a line of its own, and its word."""
