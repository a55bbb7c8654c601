"""The source file: JSON with ARM's leniencies, and where each value of it stands.

ARM takes comments, commas before a closing bracket, line breaks inside strings, and a byte order mark.
Values are decoded by the C decoder; the leniencies are rewritten first, and only where strict decoding
fails. A place is looked up when somebody asks, along the way to it and nowhere else.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from cloison.sources.arm_template.errors import MALFORMED, TOO_MUCH, TemplateError
from cloison.sources.arm_template.limits import Limits
from cloison.sources.arm_template.symbols import Value


class Place(NamedTuple):
    """Where a value stands: line and column count from 1, in characters."""

    line: int
    column: int
    file: str = "template"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class _Span(NamedTuple):
    """Bytes of one value: from, and up to."""

    start: int
    end: int


# What is not closed goes on to the end, and nothing is tried twice: a hostile text costs no more than another one.
_REST: Final = r'"(?:[^"\\]++|\\.)*+(?:"|\Z)'
_CLEAN: Final = r'"(?:[^"\\\x00-\x1f]++|\\.)*+"'
_COMMENTS: Final = r"(?://[^\r\n]*+\s*+|/\*.*?(?:\*/|\Z)\s*+)++"
_LENIENT: Final = re.compile(
    rf'(?:[^"/]++|{_CLEAN}|/(?![/*]))++|(?P<text>{_REST})|(?P<note>{_COMMENTS})', re.DOTALL
)
_TRAILING: Final = re.compile(rf'(?:[^",]++|{_REST}|,(?!\s*+[}}\]]))++|,', re.DOTALL)
_CONTROL: Final = re.compile(r"[\x00-\x1f]")
_MEMBER: Final = re.compile(rb'[\s,]*+("(?:[^"\\]++|\\.)*+")\s*+:\s*+')
_ITEM: Final = re.compile(rb"[\s,]*+")
_BYTE: Final = re.compile(r"\(byte (\d+)\)")
_HINT: Final = "ARM takes JSON with comments, line breaks in strings and trailing commas, and nothing else"


class Source:
    """One file: its text, its value, the places of its values."""

    def __init__(self, content: str | bytes, name: str, limits: Limits, location: Path | None = None) -> None:
        """location: where it is on disk, if links may start from there. Raises TemplateError."""
        self.name = name
        self.location = location
        if len(content) > limits.source_bytes:
            shown = f"the file has {len(content):,} bytes; {limits.source_bytes:,} are read"
            raise TemplateError(TOO_MUCH, shown, 1, 1, "ARM takes templates of 4 MB", file=name)
        self._data = self._utf8(content)

    def _utf8(self, content: str | bytes) -> bytes:
        try:
            if isinstance(content, str):
                return content.removeprefix("\ufeff").encode()
            if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
                return content.decode("utf-16").encode()
            data = content.removeprefix(b"\xef\xbb\xbf")
            data.decode()
        except UnicodeError as problem:
            message = f"the file is not text: {problem.args[-1]}"
            raise TemplateError(MALFORMED, message, 1, 1, "save it as UTF-8", file=self.name) from problem
        return data

    @cached_property
    def value(self) -> Value:
        """The JSON value. Raises TemplateError where the text is not JSON even with ARM's leniencies."""
        try:
            return msgspec.json.decode(self._data)
        except RecursionError as problem:
            raise self._too_deep() from problem
        except msgspec.DecodeError:
            pass
        try:
            # What is wrong is wrong here as well, and this pass is needed for its place.
            msgspec.json.decode(self._plain, type=msgspec.Raw)
            return msgspec.json.decode(lenient(self._text))
        except RecursionError as problem:
            raise self._too_deep() from problem
        except msgspec.DecodeError as problem:
            raise self._malformed() from problem

    def _too_deep(self) -> TemplateError:
        return TemplateError(
            TOO_MUCH, "the file nests arrays and objects too deeply", 1, 1, _HINT, file=self.name
        )

    def _malformed(self) -> TemplateError:
        """What is wrong with the text, and where, once the leniencies are out of the way."""
        offset, reason = len(self._plain), "it ends too early"
        try:
            msgspec.json.decode(self._plain)
        except msgspec.DecodeError as problem:
            found = _BYTE.search(str(problem))
            if found:
                reason = _BYTE.sub("", str(problem)).rpartition(":")[2].strip()
                # Of what follows the value, the decoder has read one character when it says so.
                offset = int(found.group(1)) - ("trailing" in reason)
        place = self.at(offset)
        return TemplateError(
            MALFORMED, f"the file is not JSON: {reason}", place.line, place.column, _HINT, file=self.name
        )

    @cached_property
    def _text(self) -> str:
        return self._data.decode()

    @cached_property
    def _plain(self) -> bytes:
        """Strict JSON of the same length in bytes: for places, not for values."""
        try:
            msgspec.json.decode(self._data, type=msgspec.Raw)
        except (msgspec.DecodeError, RecursionError):
            return _same_length(self._text).encode()
        return self._data

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *[found.end() for found in re.finditer(rb"\r\n|\r|\n", self._data)]]

    def at(self, offset: int) -> Place:
        """The place of a byte."""
        line = bisect_right(self._lines, offset)
        before = self._data[self._lines[line - 1] : offset]
        return Place(line, len(before.decode(errors="replace")) + 1, self.name)

    def find(self, path: Sequence[str | int]) -> Place:
        """The place of the value at the path, or of the nearest value around it that is there."""
        span = self._whole
        for step in path:
            members = self._members(span)
            key = str(step)
            inner = members.get(key) or members.get(_insensitive(members, key))
            if inner is None:
                break
            span = inner
        return self.at(span.start)

    @cached_property
    def _whole(self) -> _Span:
        start = len(self._plain) - len(self._plain.lstrip())
        return _Span(start, len(self._plain.rstrip()))

    @cached_property
    def _found(self) -> dict[_Span, Mapping[str, _Span]]:
        return {}

    def _members(self, span: _Span) -> Mapping[str, _Span]:
        """Where the members of a container stand, by name or index; none for a scalar."""
        if span not in self._found:
            self._found[span] = self._read_members(span)
        return self._found[span]

    def _read_members(self, span: _Span) -> Mapping[str, _Span]:
        raw = self._plain[span.start : span.end]
        try:
            if raw[:1] == b"{":
                return self._read_object(span, msgspec.json.decode(raw, type=dict[str, msgspec.Raw]))
            if raw[:1] == b"[":
                return _Items(self._plain, span.start + 1, msgspec.json.decode(raw, type=list[msgspec.Raw]))
        except (msgspec.DecodeError, RecursionError):
            # Asked for the place of a fault in a text that is no JSON: the nearest value around it will do.
            return {}
        return {}

    def _read_object(self, span: _Span, members: dict[str, msgspec.Raw]) -> dict[str, _Span]:
        found: dict[str, _Span] = {}
        at = span.start + 1
        for name, raw in members.items():
            key = _MEMBER.match(self._plain, at)
            if key is None or msgspec.json.decode(key.group(1)) != name:
                # A name that stands twice: the decoder keeps one of them, and the order is not ours any more.
                return {}
            at = key.end() + memoryview(raw).nbytes
            found[name] = _Span(key.end(), at)
        return found


class _Items(Mapping[str, _Span]):
    """Where the items of an array stand, by index; looked up as far as somebody asks."""

    def __init__(self, data: bytes, start: int, items: list[msgspec.Raw]) -> None:
        self._data = data
        self._items = items
        self._starts = array("q")
        self._next = start

    def __getitem__(self, key: str) -> _Span:
        if not key.isdecimal() or len(key) > 9 or int(key) >= len(self._items):
            raise KeyError(key)
        at = int(key)
        while len(self._starts) <= at:
            gap = _ITEM.match(self._data, self._next)
            start = gap.end() if gap else self._next
            self._next = start + memoryview(self._items[len(self._starts)]).nbytes
            self._starts.append(start)
        return _Span(self._starts[at], self._starts[at] + memoryview(self._items[at]).nbytes)

    def __iter__(self) -> Iterator[str]:
        return iter(map(str, range(len(self._items))))

    def __len__(self) -> int:
        return len(self._items)


def _insensitive(members: Mapping[str, _Span], name: str) -> str:
    if isinstance(members, _Items):
        return ""
    lower = name.lower()
    return next((key for key in members if key.lower() == lower), "")


def lenient(text: str) -> str:
    """The text as strict JSON: comments blanked, trailing commas dropped, line breaks in strings escaped."""
    return _TRAILING.sub(_without_trailing, _LENIENT.sub(_strict, text))


def _strict(found: re.Match[str]) -> str:
    piece = found.group()
    if found.lastgroup == "note":
        return " " * len(piece)
    return _CONTROL.sub(_escaped, piece) if found.lastgroup == "text" else piece


def _escaped(control: re.Match[str]) -> str:
    return f"\\u{ord(control.group()):04x}"


def _without_trailing(found: re.Match[str]) -> str:
    piece = found.group()
    return " " if piece == "," else piece


def _same_length(text: str) -> str:
    """As `lenient`, but what is taken away becomes as many bytes of space."""
    return _TRAILING.sub(_without_trailing, _LENIENT.sub(_blank, text))


def _blank(found: re.Match[str]) -> str:
    piece = found.group()
    if found.lastgroup == "note":
        return " " * len(piece.encode())
    return _CONTROL.sub(" ", piece) if found.lastgroup == "text" else piece
