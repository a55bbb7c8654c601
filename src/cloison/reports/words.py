"""Words: the colour of each verdict, and counts in English. A colour only repeats what its word says."""

from __future__ import annotations

from collections.abc import Iterable

STYLE = {
    "met": "green",
    "broken": "red",
    "unknown": "yellow",
    "not-applicable": "dim",
    "private": "green",
    "service-endpoint": "cyan",
    "public": "red",
    "blocked": "red",
    "pass": "dim",
    "stop": "red",
    "error": "red",
    "warning": "yellow",
    "note": "dim",
    "safe": "green",
    "asks": "yellow",
    "manual": "yellow",
}
"""By the word of a verdict, an outcome, a severity or a safety."""

SAFETY = {
    "safe": "nothing that works can stop",
    "asks": "may interrupt somebody",
    "manual": "cannot be done in place, or not by this tool",
}
"""What the words of a fix's safety mean."""


def counted(number: int, one: str, many: str = "") -> str:
    """`1 requirement`, `2 requirements`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(words: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = list(words) or ["none"]
    return f"{', '.join(most)} and {last}" if most else last


def access_style(access: str) -> str:
    """The colour of a cell of the article's table."""
    if access.startswith("private IP"):
        return "green"
    if "service endpoint" in access:
        return "cyan"
    return "yellow" if access == "unknown" else "red"
