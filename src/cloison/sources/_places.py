"""Places: which line and column a byte or a JSON pointer stands at. Only looked up when somebody asks.

Works on text that a decoder has already accepted.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping

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
        following = None
        for name, at in _members(row, position):
            known = renamed.get(name, name) if depth == 0 else name
            if known.lower() == wanted:
                following = at
                break
        if following is None:
            if depth == 0 and wanted == "properties":
                continue
            break
        position = following
    return position


def _members(row: bytes, position: int) -> Iterator[tuple[str, int]]:
    """Name or index, and offset of the value, of each member of the object or list that begins here."""
    opening = row[position : position + 1]
    if opening == b"{":
        yield from _named(row, position + 1)
    elif opening == b"[":
        yield from _numbered(row, position + 1)


def _named(row: bytes, position: int) -> Iterator[tuple[str, int]]:
    while found := _MEMBER.match(row, position):
        name, scalar = found.group(1), found.start(2)
        start = scalar if scalar >= 0 else found.end()
        yield json.loads(b'"%s"' % name) if b"\\" in name else name.decode(errors="replace"), start
        position = found.end() if scalar >= 0 else _end(row, start)


def _numbered(row: bytes, position: int) -> Iterator[tuple[str, int]]:
    index = 0
    while row[position := _past(_SPACE, row, position)] not in b"]":
        yield str(index), position
        position, index = _end(row, position), index + 1


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
