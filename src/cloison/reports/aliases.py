"""Aliases: short forms of what makes a sentence unreadable, each for one long form of a report, with a legend.

A GUID in a host name becomes its end, `…ab01`. An expression that a template leaves open, in braces and lines long,
becomes what it asks for: `{prefix}`, `{unique}`. Where two long forms would look alike, the second gets a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cloison.reports.escape import safe

GUID = re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b")
READABLE = 16
"""Characters of an expression that is left as it is: `{subscription}`."""

_ASKED = (
    (r"\b(unique)string\(", 1),
    (r"\bparameters\('([^']+)'\)", 1),
    (r"\bvariables\('([^']+)'\)", 1),
    (r"\b(?:resourcegroup|subscription|deployment)\(\)\.(\w+)", 1),
    (r"[a-z]\w*", 0),
)
"""Pattern and group of what tells most of an expression in lower case, the best first. Compiled on use: most reports
have no expression."""


class Aliases:
    """The short forms of one report's texts. Long forms are the same in any case, as Azure writes ids in any."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._short: dict[str, str] = {}
        self._long: dict[str, str] = {}
        self._used: set[str] = set()
        for text in dict.fromkeys(texts):
            for long in _long_forms(text):
                if long.lower() not in self._short:
                    self._add(long)

    def applied(self, text: str) -> str:
        """The text with all its long forms shortened, not yet escaped."""
        if "{" in text:
            for long in list(_expressions(text)):
                text = text.replace(long, self._use(long))
        return GUID.sub(lambda found: self._use(found[0]), text)

    @property
    def legend(self) -> list[tuple[str, str]]:
        """Short and long form of all that was shortened so far, in the order of the texts."""
        return [(safe(short), safe(long)) for short, long in self._long.items() if short in self._used]

    def _use(self, long: str) -> str:
        short = self._short.get(long.lower())
        if short is None:
            return long
        self._used.add(short)
        return short

    def _add(self, long: str) -> None:
        short = _label(long)
        number = 2
        while short in self._long:
            short = _label(long, number)
            number += 1
        self._short[long.lower()] = short
        self._long[short] = long


def _long_forms(text: str) -> Iterator[str]:
    if "{" in text:
        yield from _expressions(text)
    yield from (found[0] for found in GUID.finditer(text))


def _label(long: str, number: int = 1) -> str:
    again = "" if number == 1 else f"-{number}"
    if not long.startswith("{"):
        return f"…{long[-4:].lower()}{again}"
    told = long.lower()
    found = next((match[group] for pattern, group in _ASKED if (match := re.search(pattern, told))), "open")
    return f"{{{found}{again}}}"


def _expressions(text: str) -> Iterator[str]:
    """Parts in braces that are longer than one reads, outermost only; braces in their quoted texts do not count."""
    start, depth, quoted = 0, 0, False
    for at, character in enumerate(text):
        if character == "'" and depth:
            quoted = not quoted
        elif quoted:
            continue
        elif character == "{":
            start = start if depth else at
            depth += 1
        elif character == "}" and depth:
            depth -= 1
            if depth == 0 and at - start >= READABLE:
                yield text[start : at + 1]
