"""IPv4 addresses as sets of spans. After names are resolved a destination is one address and a few ports, so
one-dimensional interval sets are exact and cheap.
"""

from __future__ import annotations

from functools import lru_cache

Span = tuple[int, int]
"""First and last address, both included."""
Spans = tuple[Span, ...]
"""Sorted, disjoint, not touching."""

EVERYTHING: Spans = ((0, 0xFFFFFFFF),)
PLATFORM = 0xA83F8110
"""168.63.129.16: the platform's resolver and health probe. Source: Microsoft Learn, "What is IP address
168.63.129.16?", checked 2026-01-05."""


@lru_cache(maxsize=65536)
def address(text: str) -> int | None:
    """The number of a dotted IPv4 address, or None for anything else (IPv6 included)."""
    parts = text.split(".")
    if len(parts) != 4:
        return None
    number = 0
    for part in parts:
        if not (part.isascii() and part.isdigit()) or len(part) > 3 or int(part) > 255:
            return None
        number = number << 8 | int(part)
    return number


@lru_cache(maxsize=65536)
def prefix(text: str) -> Span | None:
    """The span of a CIDR block, a single address or a range `a-b`; None for anything else (tags, IPv6).

    Host bits are cleared, as Azure does for routes and rules.
    """
    head, slash, tail = text.partition("/")
    first = address(head)
    if slash:
        if first is None or not tail.isdigit() or int(tail) > 32:
            return None
        size = 1 << (32 - int(tail))
        start = first & ~(size - 1)
        return (start, start + size - 1)
    if first is not None:
        return (first, first)
    low, dash, high = text.partition("-")
    start_of, end_of = address(low.strip()), address(high.strip())
    if dash and start_of is not None and end_of is not None and start_of <= end_of:
        return (start_of, end_of)
    return None


def length(text: str) -> int:
    """Prefix length of a CIDR block; 32 for a single address."""
    _, slash, tail = text.partition("/")
    return int(tail) if slash else 32


def dotted(number: int) -> str:
    """`10.0.0.4`."""
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def show(spans: Spans) -> str:
    """The spans for people: `10.0.0.4–10.0.0.11, 10.0.0.20`."""
    return ", ".join(dotted(low) if low == high else f"{dotted(low)}–{dotted(high)}" for low, high in spans)


def union(*parts: Span) -> Spans:
    """All parts as one normal set."""
    merged: list[Span] = []
    for low, high in sorted(parts):
        if merged and low <= merged[-1][1] + 1:
            if high > merged[-1][1]:
                merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return tuple(merged)


def intersect(left: Spans, right: Spans) -> Spans:
    """What both hold."""
    if left is EVERYTHING:
        return right
    if right is EVERYTHING:
        return left
    found = [
        (max(low, other_low), min(high, other_high))
        for low, high in left
        for other_low, other_high in right
        if low <= other_high and other_low <= high
    ]
    return tuple(found)


def subtract(left: Spans, right: Spans) -> Spans:
    """What left holds and right does not."""
    remaining = list(left)
    for cut_low, cut_high in right:
        after: list[Span] = []
        for low, high in remaining:
            if cut_high < low or high < cut_low:
                after.append((low, high))
                continue
            if low < cut_low:
                after.append((low, cut_low - 1))
            if cut_high < high:
                after.append((cut_high + 1, high))
        remaining = after
    return tuple(remaining)


def covers(whole: Spans, part: Spans) -> bool:
    """True when every address of part lies in whole."""
    return not subtract(part, whole)


def meets(left: Spans, right: Spans) -> bool:
    """True when they share an address."""
    return any(
        low <= other_high and other_low <= high for low, high in left for other_low, other_high in right
    )


def usable(prefixes: tuple[str, ...]) -> Spans:
    """Addresses of a subnet that a machine can have: all but the first four and the last of each prefix.

    Source: Microsoft Learn, "Virtual network FAQ", five reserved addresses per subnet, checked 2026-01-05.
    """
    parts = []
    for text in prefixes:
        span = prefix(text)
        if span is not None and span[1] - span[0] >= 5:
            parts.append((span[0] + 4, span[1] - 1))
    return union(*parts)
