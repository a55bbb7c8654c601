"""Places: which line and column a byte or a JSON pointer stands at. Only looked up when somebody asks.

Works on text that a decoder has already accepted.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping

import msgspec

from cloison.model.snapshot import Place

_LINE_BYTES = 1 << 20
"""Longest line whose column is counted in characters; beyond it in bytes, as nobody looks it up by hand."""
_SPACE = re.compile(rb"[\s,]*")
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SCALAR = re.compile(rb"[^\s,\]}]+")
_STRUCTURE = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_MEMBER = re.compile(
    rb'[\s,]*"([^"\\]*(?:\\.[^"\\]*)*)"\s*:\s*("[^"\\]*(?:\\.[^"\\]*)*"|[^\s\[{,\]}"]+)?', re.DOTALL
)
"""A member's name, and its value if that is no object or list."""


def place_of(name: str, data: bytes, offset: int) -> Place:
    """Line and column of a byte."""
    start = data.rfind(b"\n", 0, offset) + 1
    return Place(name, data.count(b"\n", 0, offset) + 1, _column(data, start, offset))


class Lines:
    """The line starts of one text, for many look-ups."""

    def __init__(self, name: str, data: bytes) -> None:
        self._name = name
        self._data = data
        self._starts = [0, *[found.end() for found in re.finditer(rb"\n", data)]]

    def place(self, offset: int) -> Place:
        """Line and column of a byte."""
        line = bisect_right(self._starts, offset)
        return Place(self._name, line, _column(self._data, self._starts[line - 1], offset))


def _column(data: bytes, start: int, offset: int) -> int:
    if offset - start > _LINE_BYTES:
        return offset - start + 1
    return len(data[start:offset].decode(errors="replace")) + 1


def find(row: bytes, pointer: str, renamed: Mapping[str, str]) -> int:
    """Offset in a row of the value at a pointer, or of the nearest one around it that is there.

    renamed: names in the row -> names in the pointer, at the top. Names match without regard to case, and
    `properties` is left out where the row has none.
    """
    position = _past(_SPACE, row, 0)
    for depth, part in enumerate(pointer.split("/")[1:]):
        wanted = part.replace("~1", "/").replace("~0", "~").lower()
        opening, following = row[position : position + 1], None
        if opening == b"[":
            following = _item(row, position + 1, wanted)
        elif opening == b"{":
            following = _member(row, position + 1, wanted, {} if depth else renamed)
        if following is None:
            if depth == 0 and wanted == "properties":
                continue
            break
        position = following
    return position


def _member(row: bytes, position: int, wanted: str, renamed: Mapping[str, str]) -> int | None:
    """Offset of a member's value in the object whose members begin here."""
    plain = wanted.encode()
    while found := _MEMBER.match(row, position):
        name, scalar = found.group(1), found.start(2)
        start = scalar if scalar >= 0 else found.end()
        if name.lower() == plain or ((renamed or b"\\" in name) and _known(name, renamed) == wanted):
            return start
        position = found.end() if scalar >= 0 else _end(row, start)
    return None


def _known(name: bytes, renamed: Mapping[str, str]) -> str:
    text = msgspec.json.decode(b'"%s"' % name, type=str)
    return renamed.get(text, text).lower()


def _item(row: bytes, position: int, wanted: str) -> int | None:
    """Offset of an item in the list whose items begin here."""
    if not wanted.isascii() or not wanted.isdigit():
        return None
    for index in range(int(wanted) + 1):
        position = _past(_SPACE, row, position)
        if row[position : position + 1] in (b"]", b""):
            return None
        if index < int(wanted):
            position = _end(row, position)
    return position


def _end(row: bytes, position: int) -> int:
    """The offset after the value that begins here."""
    opening = row[position : position + 1]
    if opening == b'"':
        return _past(_STRING, row, position)
    if opening not in (b"{", b"["):
        return _past(_SCALAR, row, position)
    depth = 0
    for found in _STRUCTURE.finditer(row, position):
        mark = found.group()
        if mark in (b"{", b"["):
            depth += 1
        elif mark in (b"}", b"]"):
            depth -= 1
            if depth == 0:
                return found.end()
    return len(row)


def _past(pattern: re.Pattern[bytes], row: bytes, position: int) -> int:
    found = pattern.match(row, position)
    return found.end() if found else len(row)
