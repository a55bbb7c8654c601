"""The source file: JSON with ARM's leniencies, and where each value of it stands.

ARM takes comments, commas before a closing bracket, line breaks inside strings, and a byte order mark.
Values are decoded by the C decoder; the leniencies are rewritten first, and only where strict decoding
fails. Positions are looked up when somebody asks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

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


class Node:
    """A value's offset in the text, and its members."""

    __slots__ = ("children", "offset")

    def __init__(self, offset: int) -> None:
        self.offset = offset
        self.children: dict[str, Node] | None = None


# A comment becomes spaces of the same length, so that offsets stay.
_LENIENT = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\r\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])', re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f]")
_TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<mark>[{}\[\],:])|(?P<note>//[^\r\n]*|/\*.*?\*/)'
    r'|(?P<word>[^\s{}\[\],:"/]+)|(?P<wrong>\S))',
    re.DOTALL,
)
_WORD = re.compile(r"true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")


class Source:
    """One file: its text, its value, the places of its values."""

    def __init__(self, content: str | bytes, name: str, limits: Limits, location: Path | None = None) -> None:
        """location: where it is on disk, if links may start from there."""
        self.name = name
        self.location = location
        self._limits = limits
        if len(content) > limits.source_bytes:
            raise self._wrong(
                f"the file has {len(content):,} bytes; {limits.source_bytes:,} are read", 0, TOO_MUCH
            )
        self.text = self._characters(content)

    def _characters(self, content: str | bytes) -> str:
        self.text = ""
        if isinstance(content, str):
            return content.removeprefix("\ufeff")
        encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as problem:
            message = f"the file is not {encoding.removesuffix('-sig').upper()} at byte {problem.start}"
            raise self._wrong(message, 0, MALFORMED) from problem

    def _wrong(self, message: str, offset: int, code: str = MALFORMED, hint: str = "") -> TemplateError:
        place = self.at(offset)
        return TemplateError(code, message, place.line, place.column, hint, file=self.name)

    @cached_property
    def value(self) -> Value:
        """The JSON value. Raises TemplateError where the text is not JSON even with ARM's leniencies."""
        try:
            return msgspec.json.decode(self.text)
        except RecursionError as problem:
            message = "the file nests arrays and objects too deeply"
            raise self._wrong(message, 0, TOO_MUCH) from problem
        except (msgspec.DecodeError, UnicodeEncodeError):
            return self._lenient_value()

    def _lenient_value(self) -> Value:
        try:
            return msgspec.json.decode(lenient(self.text))
        except RecursionError as problem:
            message = "the file nests arrays and objects too deeply"
            raise self._wrong(message, 0, TOO_MUCH) from problem
        except (msgspec.DecodeError, UnicodeEncodeError) as problem:
            # Our own reading names the place; where it sees nothing wrong, the decoder's words stand.
            _ = self.tree
            raise self._wrong(f"the file is not JSON: {problem}", 0) from problem

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *[found.end() for found in re.finditer(r"\r\n|\r|\n", self.text)]]

    def at(self, offset: int) -> Place:
        """The place of a character."""
        line = bisect_right(self._lines, offset)
        return Place(line, offset - self._lines[line - 1] + 1, self.name)

    def find(self, path: Sequence[str | int]) -> Place:
        """The place of the value at the path, or of the nearest value around it that is there."""
        node = self.tree
        for step in path:
            children = node.children or {}
            inner = children.get(str(step)) or children.get(_insensitive(children, str(step)))
            if inner is None:
                break
            node = inner
        return self.at(node.offset)

    @cached_property
    def tree(self) -> Node:
        """Offsets of all values. Raises TemplateError at the first piece that is out of place."""
        return _Reader(self).read()

    def tokens(self) -> Iterator[tuple[str, str, int]]:
        """Kind, text and offset of each piece that is not a comment."""
        for found in _TOKEN.finditer(self.text):
            kind = found.lastgroup
            if kind is None or kind == "note":
                continue
            start = found.start(kind)
            if kind == "wrong" or (kind == "word" and not _WORD.fullmatch(found.group(kind))):
                raise self.out_of_place(found.group(kind), start)
            yield kind, found.group(kind), start

    def out_of_place(self, piece: str, offset: int) -> TemplateError:
        """The error for a piece that cannot stand there."""
        shown = piece[:40] if piece.isprintable() else repr(piece[:40])
        return self._wrong(f"the file is not JSON: {shown} cannot stand here", offset, hint=_JSON_HINT)

    def ended(self) -> TemplateError:
        """The error for a text that stops too early."""
        return self._wrong("the file is not JSON: it ends too early", len(self.text), hint=_JSON_HINT)


_JSON_HINT = "ARM takes JSON with comments, line breaks in strings and trailing commas, and nothing else"


def _insensitive(children: dict[str, Node], step: str) -> str:
    lower = step.lower()
    return next((key for key in children if key.lower() == lower), "")


def lenient(text: str) -> str:
    """The text as strict JSON: comments blanked, trailing commas dropped, line breaks in strings escaped."""
    return _TRAILING.sub(_without_trailing, _LENIENT.sub(_strict, text))


def _strict(found: re.Match[str]) -> str:
    piece = found.group()
    if piece[0] == "/":
        return " " * len(piece)
    return _CONTROL.sub(lambda control: f"\\u{ord(control.group()):04x}", piece)


def _without_trailing(found: re.Match[str]) -> str:
    piece = found.group()
    return " " if piece == "," else piece


class _Reader:
    """The tree of offsets, without recursion."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.open: list[Node] = []
        self.keys: list[str | int] = []
        self.root: Node | None = None
        # What may come next: value, value or close, key or close, colon, comma or close, end.
        self.state = "value"

    def read(self) -> Node:
        for kind, piece, offset in self.source.tokens():
            self.take(kind, piece, offset)
        if self.root is None or self.open:
            raise self.source.ended()
        return self.root

    def take(self, kind: str, piece: str, offset: int) -> None:
        """Move on by one piece."""
        if (
            kind == "mark"
            and piece in "}]"
            and self.state in {"value?", "key?", "comma"}
            and self._closes(piece)
        ):
            self.open.pop()
            self.keys.pop()
            self.state = "comma" if self.open else "end"
        elif kind == "mark" and piece == "," and self.state == "comma":
            self._comma()
        elif kind == "mark" and piece == ":" and self.state == "colon":
            self.state = "value"
        elif kind == "text" and self.state in {"key", "key?"}:
            self.keys[-1] = _unescape(piece)
            self.state = "colon"
        elif self.state in {"value", "value?"} and piece not in {"}", "]", ",", ":"}:
            self._value(kind, piece, offset)
        else:
            raise self.source.out_of_place(piece, offset)

    def _closes(self, piece: str) -> bool:
        return isinstance(self.keys[-1], str) == (piece == "}")

    def _comma(self) -> None:
        key = self.keys[-1]
        if isinstance(key, int):
            self.keys[-1] = key + 1
            self.state = "value?"
        else:
            self.state = "key?"

    def _value(self, kind: str, piece: str, offset: int) -> None:
        node = Node(offset)
        if self.open:
            parent = self.open[-1]
            if parent.children is None:
                parent.children = {}
            parent.children[str(self.keys[-1])] = node
        elif self.root is None:
            self.root = node
        if kind == "mark":
            self.open.append(node)
            self.keys.append("" if piece == "{" else 0)
            self.state = "key?" if piece == "{" else "value?"
        else:
            self.state = "comma" if self.open else "end"


def _unescape(piece: str) -> str:
    if "\\" not in piece:
        return piece[1:-1]
    try:
        return str(msgspec.json.decode(piece))
    except msgspec.DecodeError:
        return piece[1:-1]
