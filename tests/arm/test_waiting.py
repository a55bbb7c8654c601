"""Waiting is bounded: no header makes it endless, and looking at an operation costs little."""

from __future__ import annotations

import heapq
import itertools
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloison.arm.waiting import READS, READS_A_SECOND, WAIT_MAX_S, Quota, backoff, polls, retry_after

NOW = datetime(2026, 1, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("17", 17.0),
        ("0", 0.0),
        ("Mon, 05 Jan 2026 10:00:30 GMT", 30.0),
        ("1e9", WAIT_MAX_S),
        ("inf", WAIT_MAX_S),
        ("nan", None),
        ("-5", None),
        ("Mon, 05 Jan 2026 09:00:00 GMT", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after(text: str, seconds: float | None) -> None:
    """Whole seconds and dates are taken, at most ten minutes; what makes no sense is no wait."""
    assert seconds == retry_after({"retry-after": text}, NOW)


def test_milliseconds_win() -> None:
    """Who names milliseconds is taken at that word, also beside whole seconds."""
    assert 0.01 == retry_after({"x-ms-retry-after-ms": "10", "retry-after": "30"}, NOW)
    assert 30.0 == retry_after({"x-ms-retry-after-ms": "soon", "retry-after": "30"}, NOW)
    assert WAIT_MAX_S == retry_after({"x-ms-retry-after-ms": "9" * 30}, NOW)


def test_less_than_a_second_is_taken_at_its_word() -> None:
    """Where a look after ten milliseconds is asked for, it comes then, and later ones less and less often."""
    first = list(itertools.islice(polls(300.0, 0.01), 7))
    assert [0.01, 0.02, 0.04] == first[:3]
    assert 2 > sum(first)


@given(st.text(max_size=40))
def test_no_header_waits_for_ever(text: str) -> None:
    """Whatever the header says, the wait is a number from 0 to 600, or none."""
    found = retry_after({"retry-after": text}, NOW)
    assert found is None or (0 <= found <= WAIT_MAX_S and not math.isnan(found))


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_backoff_is_bounded(attempt: int, luck: float) -> None:
    """The wait between tries stays below a minute, however many there were."""
    assert 0 < backoff(attempt, None, luck) <= 40


@given(st.floats(0, 2000), st.floats(1, 4))
def test_looking_costs_little(expected: float, factor: float) -> None:
    """An operation is seen to have ended within a fifth of the time it took, by few looks."""
    ends = max(expected, 1.0) * factor
    passed, looks = 0.0, 0
    for pause in polls(expected, None):
        passed += pause
        looks += 1
        if passed >= ends:
            break
    assert passed <= ends * 1.2 + 1.5
    # The longest that is tried: a look after 2,000 s, then one every 30 s.
    assert looks <= 1 + 6_000 / 30


def test_a_longer_wait_that_was_asked_for_wins() -> None:
    """`Retry-After: 60` is respected by every look."""
    assert all(pause >= 60 for pause in itertools.islice(polls(3, 60), 10))


def test_reads_slow_down_before_they_are_told_to() -> None:
    """With plenty left nothing waits; below a tenth each read waits for what it takes to refill; at zero, longest."""
    quota = Quota()
    assert 0 == quota.hold_s(0)
    quota.hear({"x-ms-ratelimit-remaining-subscription-reads": str(READS)}, 0)
    assert 0 == quota.hold_s(0)
    quota.hear({"x-ms-ratelimit-remaining-subscription-reads": "20"}, 0)
    some = quota.hold_s(0)
    quota.hear({"x-ms-ratelimit-remaining-subscription-reads": "0"}, 0)
    assert 0 < some < quota.hold_s(0)


def test_many_readers_keep_to_the_pace_of_azure() -> None:
    """Sixteen readers at once are hardly ever refused, and read almost as fast as the bucket refills."""
    quota, held, last = Quota(), float(READS), 0.0
    free = [0.0] * 16
    refused = 0
    for _ in range(2_000):
        asked = heapq.heappop(free)
        at = asked + quota.hold_s(asked)
        held, last = min(float(READS), held + (at - last) * READS_A_SECOND), at
        refused += held < 1
        held = max(0.0, held - 1)
        quota.hear({"x-ms-ratelimit-remaining-subscription-reads": str(int(held))}, at)
        heapq.heappush(free, at + 0.1)
    assert 0 == refused
    assert max(free) < 1.1 * (2_000 - READS) / READS_A_SECOND


def test_an_empty_quota_of_resource_graph_waits_for_its_window() -> None:
    """When Resource Graph says that nothing is left, the next query waits until it says there is."""
    quota = Quota()
    quota.hear({"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "00:00:05"}, 100)
    assert 5 == quota.hold_s(100)
    assert 0 == quota.hold_s(106)
