"""Layout: text on lines of a given width, with labels in a column and colours where they are wanted.

Why not rich, which the other parts use: importing it takes longer than checking an environment, and all that a report
needs is wrapping. Knows nothing of reports; whoever calls has escaped the text.
"""

from __future__ import annotations

import re
import unicodedata

from cloison.reports import View

STYLES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "cyan": "36",
    "bold red": "1;31",
    "bold green": "1;32",
    "bold yellow": "1;33",
    "bold cyan": "1;36",
}
CUT = "…"
LEAST = 24
"""Columns that a text beside a label has at the very least."""

_BREAKS = re.compile(r"[/.,;:#_-]")


class Sheet:
    """Lines in the making."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._lines: list[str] = []

    def heading(self, text: str, style: str = "bold") -> None:
        """A line of its own after an empty one; it wraps."""
        self.blank()
        self.text(text, style=style)

    def blank(self) -> None:
        """An empty line, unless one is there already."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def text(self, text: str, *, indent: int = 0, style: str = "") -> None:
        """A paragraph."""
        self.entry("", text, indent=indent, at=indent, style=style)

    def entry(
        self,
        label: str,
        text: str,
        *,
        at: int,
        indent: int = 0,
        label_style: str = "",
        style: str = "",
        cut: bool = False,
    ) -> None:
        """A label, and beside it a text that starts in column `at` on every line.

        A label that leaves the text no room stands above it.
        cut: one line only, shortened where it is too long.
        """
        width = self._view.width
        at = min(at, width - LEAST)
        taken = max(indent + columns(label) + 1, at) if label else at
        above = taken > width - LEAST
        if above:
            for line in wrapped(label, width - indent):
                self._lines.append(f"{' ' * indent}{self._painted(line, label_style)}")
            taken = at
        lines = [shortened(text, width - taken)] if cut else wrapped(text, width - at, width - taken)
        head = "" if above else " " * indent + self._painted(label, label_style)
        gap = taken if above else taken - indent - columns(label)
        for number, line in enumerate(lines):
            start = f"{head}{' ' * gap}" if number == 0 else " " * at
            self._lines.append(f"{start}{self._painted(line, style)}".rstrip())

    def verbatim(self, text: str, *, indent: int = 0, style: str = "") -> None:
        """Lines as they are, however long: what a reader will copy."""
        for line in text.split("\n"):
            self._lines.append(f"{' ' * indent}{self._painted(line, style)}".rstrip())

    def lines(self) -> str:
        """Everything so far, ending in a line break."""
        return "\n".join(self._lines).strip("\n") + "\n"

    def _painted(self, text: str, style: str) -> str:
        return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if self._view.color and style and text else text


def columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrapped(text: str, room: int, first: int | None = None) -> list[str]:
    """The words of a text on lines of at most `room` columns, the first of them `first`; always one line at least.

    A word that is too long for a line breaks where a name has a joint.
    """
    lines: list[str] = []
    line = ""
    limit = room if first is None else first
    for word in text.split():
        if line and columns(line) + 1 + columns(word) <= limit:
            line = f"{line} {word}"
            continue
        if line:
            lines.append(line)
            limit = room
        line = word
        while columns(line) > limit:
            at = _joint(line, limit)
            lines.append(line[:at])
            line = line[at:]
            limit = room
    return [*lines, line]


def _joint(word: str, limit: int) -> int:
    """Where to break a word: after the last joint that leaves a line at least half full, else where the line ends."""
    most = _fitting(word, limit)
    joints = [found.end() for found in _BREAKS.finditer(word, 0, most)]
    return joints[-1] if joints and joints[-1] > most // 2 else most


def _fitting(text: str, limit: int) -> int:
    """How many characters fit."""
    if text.isascii():
        return limit
    taken = 0
    for at, character in enumerate(text):
        taken += _cells(character)
        if taken > limit:
            return max(at, 1)
    return len(text)


def shortened(text: str, room: int) -> str:
    """The text, or its beginning and a sign that more follows."""
    text = " ".join(text.split())
    if columns(text) <= room:
        return text
    return text[: _fitting(text, room - 1)].rstrip() + CUT
