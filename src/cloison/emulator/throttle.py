"""Throttling: how many requests are left, and the refusal when none are.

Each principal has a bucket of each kind in each subscription; here there is one principal.
Source: Microsoft Learn, "Understand how Azure Resource Manager throttles requests": reads 250 refilled with 25 a
second, writes and deletes 200 with 10 each; fifteen times that for a subscription as a whole; checked 2026-11-24.
"""

from __future__ import annotations

import math

import msgspec

from cloison.emulator.clock import Clock
from cloison.emulator.wire import Asked
from cloison.model.behaviour import Refused

GLOBAL = 15
LEAST_TOLD = 0.5
"""Share of a bucket that clients are told is left where limits are not enforced: at less they would slow down for
nothing."""
GRAPH_QUERIES, GRAPH_S = 15, 5.0
"""Queries of Resource Graph in so many seconds."""


class Bucket(msgspec.Struct):
    """Requests of one kind that may still come."""

    holds: int
    a_second: float
    left: float
    at: float
    """Seconds since 1970 when `left` was so."""

    def refill(self, now: float) -> None:
        """What has come back since."""
        self.left = min(float(self.holds), self.left + max(0.0, now - self.at) * self.a_second)
        self.at = now


class Throttle:
    """All buckets."""

    def __init__(self, clock: Clock, *, enforced: bool) -> None:
        self._clock = clock
        self._enforced = enforced
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._queries: list[float] = []

    def take(self, asked: Asked) -> None:
        """Count a request. Raises Refused where none is left and limits are enforced."""
        bucket = self._bucket(asked)
        bucket.refill(self._clock.seconds())
        if bucket.left >= 1:
            bucket.left -= 1
        elif self._enforced:
            raise Refused(
                429,
                "TooManyRequests",
                f"The request is being throttled as the limit of {bucket.holds} has been reached; it refills with "
                f"{bucket.a_second:g} a second.",
            )

    def graph(self, asked: Asked) -> dict[str, str]:
        """Count a query of Resource Graph; the headers that tell how many are left. Raises Refused where none is."""
        now = self._clock.seconds()
        self._queries = [at for at in self._queries if now - GRAPH_S < at <= now]
        left = GRAPH_QUERIES - len(self._queries)
        resets = max(1, math.ceil(GRAPH_S - (now - self._queries[0]))) if self._queries else int(GRAPH_S)
        shown = str(max(0, left - 1) if self._enforced else max(int(GRAPH_QUERIES * LEAST_TOLD), left - 1))
        told = {
            "x-ms-user-quota-remaining": shown,
            "x-ms-user-quota-resets-after": f"00:00:{resets:02d}",
            "x-ms-ratelimit-remaining-tenant-resource-requests": shown,
        }
        if left < 1 and self._enforced:
            raise Refused(
                429, "RateLimiting", "Please provide below info when asking for support: rate limited."
            )
        self._queries.append(now)
        return told

    def left(self, asked: Asked) -> dict[str, str]:
        """The headers that tell how many are left."""
        kind, scope = _kind(asked)
        bucket = self._bucket(asked)
        left = int(bucket.left if self._enforced else max(bucket.left, bucket.holds * LEAST_TOLD))
        total = left + bucket.holds * (GLOBAL - 1)
        told = {
            f"x-ms-ratelimit-remaining-{scope}-{kind}": str(left),
            f"x-ms-ratelimit-remaining-{scope}-global-{kind}": str(total),
        }
        return told | ({"Retry-After": "1"} if self._enforced and left < 1 else {})

    def _bucket(self, asked: Asked) -> Bucket:
        kind, _ = _kind(asked)
        parts = asked.path.split("/", 3)
        key = (parts[2].lower() if len(parts) > 2 and parts[1].lower() == "subscriptions" else "", kind)
        if key not in self._buckets:
            holds, a_second = (250, 25.0) if kind == "reads" else (200, 10.0)
            self._buckets[key] = Bucket(holds, a_second, float(holds), self._clock.seconds())
        return self._buckets[key]


def _kind(asked: Asked) -> tuple[str, str]:
    kind = {"GET": "reads", "HEAD": "reads", "DELETE": "deletes"}.get(asked.method, "writes")
    return kind, "subscription" if asked.path.lower().startswith("/subscriptions/") else "tenant"
