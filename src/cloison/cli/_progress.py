"""Progress of a run: a line for each thing that happened, and on a terminal one for what is under way and how long.

Knows the plan's steps by number; says nothing that the plan does not say.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from cloison.cli import _output

if TYPE_CHECKING:
    from cloison.apply.actions import Tell
    from cloison.apply.step import Planned

WIPE = "\r\x1b[K"


class Progress:
    """Called with everything that the executor tells; writes to standard error."""

    def __init__(self, planned: Planned, done: frozenset[int]) -> None:
        self._steps = {one.number: one for one in planned.steps}
        self._waves = planned.waves
        self._done = set(done)
        self._under_way: dict[int, float] = {}
        self._live = sys.stderr.isatty()

    def __call__(self, told: Tell) -> None:
        """Take in one thing, and show it."""
        what = told.what
        if what == "sending":
            self._under_way[told.step] = time.monotonic()
        elif what in ("done", "so already", "stopped"):
            self._under_way.pop(told.step, None)
        if what in ("done", "so already"):
            self._done.add(told.step)
        if what in _LINES or not self._live:
            self._line(told)
        self._status()

    def end(self) -> None:
        """Wipe what is only of the moment."""
        if self._live:
            self._write(WIPE)

    def _line(self, told: Tell) -> None:
        from cloison.reports.escape import safe

        step = self._steps.get(told.step)
        word = _LINES.get(told.what, told.what)
        summary = safe(step.summary) if step is not None else ""
        text = f": {safe(told.text)}" if told.text else ""
        self._write(f"{WIPE if self._live else ''}{told.step:4} {word:9} {summary}{text}\n")

    def _status(self) -> None:
        """What is under way, and how long all of it will take."""
        if not self._live:
            return
        from cloison.reports.escape import safe
        from cloison.reports.layout import shortened

        names = [safe(self._steps[one].summary) for one in sorted(self._under_way) if one in self._steps]
        if not names:
            self._write(WIPE)
            return
        left = self.left_s()
        told = f"{len(self._done)} of {len(self._steps)} done, about {left:.0f} s left: {'; '.join(names)}"
        self._write(f"{WIPE}{shortened(told, _output.columns() - 1)}")

    def left_s(self) -> float:
        """Seconds that what is left usually takes: of each wave its longest step, of those under way the rest."""
        now, total = time.monotonic(), 0.0
        for wave in self._waves:
            rests = [0.0]
            for step in wave:
                if step.number in self._done:
                    continue
                since = self._under_way.get(step.number)
                passed = now - since if since is not None else 0.0
                rests.append(max(step.expected_s - passed, 0.0))
            total += max(rests)
        return total

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()


_LINES = {"done": "done", "so already": "was so", "again": "waits", "stopped": "stopped"}
"""What is worth a line of its own, and its word."""
