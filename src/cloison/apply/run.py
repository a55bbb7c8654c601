"""A run: what all steps share while the executor is at work — limits, time, the journal, what was learnt of targets.

Knows no clock: time is what it was last told.
"""

from __future__ import annotations

from collections.abc import Generator
from enum import Enum
from typing import Any, TypeAlias, TypeVar

import msgspec

from cloison.apply.actions import Action, Append, Sleep, Sync, Tell
from cloison.apply.journal import Record, Writer
from cloison.apply.step import Planned
from cloison.arm.hosts import Host
from cloison.arm.ids import ResourceId
from cloison.plan.base import Base

T = TypeVar("T")
Doing: TypeAlias = Generator[Action | Tell, Any, T]
"""Yields actions, is sent what came of each, and ends with a T."""


class Outcome(Enum):
    """How a run ended."""

    DONE = "done"
    STOPPED = "stopped safely"
    HUMAN = "needs a person"


class Halt(Exception):
    """A step cannot go on. line: what is so and what to do, in one line."""

    def __init__(self, outcome: Outcome, line: str) -> None:
        super().__init__(line)
        self.outcome = outcome
        self.line = line


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long and how often."""

    deadline_s: float = 7_200.0
    """Of one process. A cluster takes 10 minutes, the longest plan that we know 40."""
    actions: int = 50_000
    """Of one process: ends it also where the clock stands still."""
    tries: int = 5
    """Of one request, not counting refusals because something else was under way."""
    settle_s: float = 300.0
    """How long a resource may read as before after its operation succeeded: replicas lag up to some minutes."""
    approval_s: float = 120.0
    """How long a connection may wait for approval before somebody is asked."""
    sure_looks: int = 3
    sure_s: float = 60.0
    """Looks, and seconds over which they are spread, until something that may have happened counts as not happened."""
    between_s: float = 20.0
    """Seconds between such looks."""
    lag_s: float = 600.0
    """How long something made a moment ago may be unknown elsewhere.
    Source: Microsoft Learn, "Troubleshoot Azure RBAC", up to 10 minutes; checked 2026-11-24."""


NEAR = Limits(sure_s=1.0, between_s=0.4)
"""For an emulator on this machine: it has no replicas that lag."""


class Run:
    """The shared part of one process's work on a plan."""

    def __init__(self, planned: Planned, host: Host, limits: Limits, writer: Writer) -> None:
        self.planned = planned
        self.host = host
        self.limits = limits
        self.writer = writer
        self.now = 0.0
        self.clock = 0.0
        self.start = 0.0
        self.stopping = ""
        """Why no further request is sent; '' while it goes on."""
        self.under_way: set[int] = set()
        """Steps of which a request may be under way: they are not left alone."""
        self.seen: dict[ResourceId, Base | None] = {}
        """What steps of this run left of their targets."""
        self.done: dict[ResourceId, int] = {}
        """By target, the last step that is done with it."""

    def note(self, record: Record) -> Doing[None]:
        """Write something down, so that it is on the disk when this returns. Raises OSError."""
        yield Append(self.writer.write(record))
        yield Sync()

    def pause(self, seconds: float, why: str) -> Doing[None]:
        """Let time pass. Raises Halt where the deadline comes first."""
        if self.now - self.start + seconds > self.limits.deadline_s:
            raise Halt(Outcome.STOPPED, f"{why}, and the time is over: go on with --resume")
        yield Sleep(seconds)
