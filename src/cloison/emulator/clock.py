"""Time: when operations end. Nothing else in the emulator looks at a clock.

Three ways: at once, so that work in a shell does not wait; by hand, so that a test decides what happens between two
requests; and as long as Azure takes.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What time it is, and what clients are told to wait."""

    def seconds(self) -> float:
        """Seconds since 1970."""
        ...

    def due(self, seconds: float) -> float:
        """When something ends that takes so long in Azure."""
        ...

    def polled(self) -> None:
        """A client has looked at an operation that was not done."""
        ...

    def wait(self, seconds: int) -> dict[str, str]:
        """The headers that ask a client to wait so long, in Azure's terms."""
        ...


class AtOnce:
    """Every operation has ended when the next request comes. The first answer still says that it is under way."""

    def __init__(self, start: float | None = None) -> None:
        """start: the one time it always is, for answers that can be compared; None: the real one."""
        self._start = start

    def seconds(self) -> float:
        """Seconds since 1970."""
        return time.time() if self._start is None else self._start

    def due(self, seconds: float) -> float:
        """Now."""
        return self.seconds()

    def polled(self) -> None:
        """Nothing waits."""

    def wait(self, seconds: int) -> dict[str, str]:
        """Ten milliseconds, in the header that Azure's libraries know for it.

        Without one they poll after 30 seconds, and a `Retry-After` of 0 means that to them as well.
        Source: azure-core 1.41, base_polling.py; checked 2026-11-24.
        """
        return {"x-ms-retry-after-ms": "10"}


class Manual:
    """Time that stands still until somebody moves it."""

    def __init__(self, start: float = 1_767_607_200.0, *, poll_s: float = 0.0) -> None:
        """start: seconds since 1970; by default 2026-01-05 10:00. poll_s: seconds that a look at an operation takes."""
        self._now = start
        self._poll_s = poll_s

    def seconds(self) -> float:
        """Seconds since 1970."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass. What is due then has ended when the next request comes."""
        self._now += seconds

    def due(self, seconds: float) -> float:
        """As long as in Azure."""
        return self._now + seconds

    def polled(self) -> None:
        """Let the time of one look pass."""
        self._now += self._poll_s

    def wait(self, seconds: int) -> dict[str, str]:
        """What Azure asks for."""
        return {"Retry-After": str(seconds)} if seconds else {}


class Realistic:
    """Operations take as long as in Azure, or a share of that."""

    def __init__(self, speed: float = 1.0) -> None:
        """speed: 10 ends operations ten times sooner than Azure."""
        self._speed = speed

    def seconds(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def due(self, seconds: float) -> float:
        """As long as in Azure, divided by the speed."""
        return time.time() + seconds / self._speed

    def polled(self) -> None:
        """Time passes by itself."""

    def wait(self, seconds: int) -> dict[str, str]:
        """What Azure asks for, divided by the speed; at least a second, the least that the header can say."""
        return {"Retry-After": str(max(1, round(seconds / self._speed)))} if seconds else {}


def written(seconds: float) -> str:
    """A time as ARM writes it: `2026-01-05T10:00:00.0000000Z`."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06d}0Z"
