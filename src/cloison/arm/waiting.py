"""How long to wait: what an answer asks for, how an operation is polled, how reads slow down before they are told to.

Knows no clock of its own: it is handed the time.
Sources: RFC 9110 §10.2.3; RPC contract v1.0, async reference (10 to 600 s); Microsoft Learn, "Understand how Azure
Resource Manager throttles requests" (250 reads, 25 a second); checked 2026-11-24.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

WAIT_MAX_S = 600.0
"""Longest wait that an answer can ask for: the contract's maximum."""
LOW = 0.1
"""Share of a quota from which on reads slow down."""
READS = 250
"""Reads that the bucket of one principal in one subscription and region holds."""
READS_A_SECOND = 25.0


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait before the next call, at most 600; None where the answer does not say, or not usably.

    headers: of one answer, names in lower case. Neither NaN nor infinity nor the past is a wait.
    Source of the header in milliseconds: azure-core 1.41, policies/_utils.py; checked 2026-11-24.
    """
    exact = headers.get("x-ms-retry-after-ms", "").strip()
    if exact.isascii() and exact.isdigit():
        return min(int(exact[:9]) / 1000, WAIT_MAX_S)
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        found = _date(text)
        if found is None:
            return None
        seconds = (found - now).total_seconds()
    if math.isnan(seconds) or seconds < 0:
        return None
    return min(seconds, WAIT_MAX_S)


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def backoff(attempt: int, asked: float | None, luck: float) -> float:
    """Seconds before try number `attempt` + 1 of a read: what was asked, else 0.5 s doubling to 30 s.

    luck: 0 to 1, spreads callers that failed together over half the time.
    """
    if asked is not None:
        return asked
    return min(30.0, 0.5 * (1 << min(attempt, 8))) * (0.75 + luck / 2)


def polls(expected_s: float, asked: float | None) -> Iterator[float]:
    """Seconds between looks at an operation that usually takes `expected_s`; a longer wait that was asked for wins.

    The first look comes when about half of such operations have ended; later ones at a sixth of the time that has
    passed, so that waiting too long costs at most a sixth of the whole, and looks grow with its logarithm only. Who
    asks for less than a second knows when it ends, as an emulator does.
    """
    least = asked or 0.0
    while 0 < least < 1:
        yield least
        least *= 2
    passed = max(expected_s, 1.0) if expected_s else 1.0
    yield max(passed, least)
    while True:
        step = max(1.0, min(passed / 6, 30.0), least)
        passed += step
        yield step


class Quota:
    """How many reads are left, as answers tell it, and how long to hold the next one back."""

    def __init__(self) -> None:
        self._left: dict[str, float] = {}
        self._until = 0.0
        self._turn = 0.0
        """When the last read that was held back may go."""

    def hear(self, headers: Mapping[str, str], now_s: float) -> None:
        """Take in what one answer says. Headers in lower case; now_s: seconds on any steady clock."""
        for name, value in headers.items():
            if name.startswith("x-ms-ratelimit-remaining-") and "reads" in name and value.strip().isdigit():
                self._left[name] = float(value)
        if headers.get("x-ms-user-quota-remaining", "").strip() == "0":
            self._until = max(self._until, now_s + _clock(headers.get("x-ms-user-quota-resets-after", "")))

    def hold_s(self, now_s: float) -> float:
        """Seconds to wait before the next read: none while there is plenty. Each call takes a turn of its own, so
        that however many wait at once, no more go than the bucket refills.
        """
        wait = max(0.0, self._until - now_s)
        left = min(self._left.values(), default=float(READS))
        if left < READS * LOW:
            # What one read takes has to refill, and a little more the emptier the bucket is.
            step = (1 + (READS * LOW - left) / (READS * LOW)) / READS_A_SECOND
            self._turn = max(self._turn, now_s) + step
            wait = max(wait, self._turn - now_s)
        return wait


def _clock(text: str) -> float:
    """Seconds of `hh:mm:ss`; 5, the window of Resource Graph, for anything else."""
    parts = text.strip().split(":")
    if len(parts) == 3 and all(part.replace(".", "", 1).isdigit() for part in parts):
        hours, minutes, seconds = (float(part) for part in parts)
        return min(hours * 3600 + minutes * 60 + seconds, WAIT_MAX_S)
    return 5.0
