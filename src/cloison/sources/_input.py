"""Input: the bytes of one file as UTF-8, and the outline of their JSON, from which a source is recognised.

Knows no source. Nothing but the members of the outermost object is looked at; the rest is skipped at the
decoder's speed, so that hundreds of megabytes of something else are refused at once.
"""

from __future__ import annotations

import codecs
import os
import re
import sys
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import NoReturn

import msgspec

from cloison.model.errors import CloisonError
from cloison.model.snapshot import Place
from cloison.sources._places import place_of

STDIN = "standard input"

MAX_BYTES = 4 << 30
"""Bytes of one input. A guess: an export of 70,000 environments, which a machine with 16 GB still reads.
`CLOISON_MAX_BYTES` sets another limit."""
DENSE_BYTES = 16 << 20
"""From this size on, an input must look like an export before it is decoded."""
CONTAINER_BYTES = 20
"""Bytes that an object or list of a real export takes on average at the very least; those we know take 40 to 200."""

UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
"""What decoding raises for text that is not JSON, that is too deep, or that is no text."""

_BYTE = re.compile(r"\(byte (\d+)\)")
_TEMPLATE = re.compile(rb'"\$schema"\s*:\s*"[^"]*deploymentTemplate\.json', re.IGNORECASE)
_HEAD_BYTES = 65_536


class Shape(Enum):
    """What the outermost JSON value is."""

    OBJECT = "object"
    ARRAY = "list"
    LINES = "lines"
    """Several values, one after the other, as JSON lines."""
    OTHER = "text, number or constant"
    BROKEN = "broken"


_NAMES = {
    "schema": "$schema",
    "capital_id": "Id",
    "capital_resource_id": "ResourceId",
    "content_version": "contentVersion",
    "next_link": "nextLink",
    "skip_token_of_rest": "$skipToken",
    "total_records_of_rest": "totalRecords",
}


class Members(msgspec.Struct, frozen=True, gc=False, rename=_NAMES):
    """The members of an outermost object by which sources recognise what is theirs; others are skipped."""

    cloison: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    resources: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    gaps: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    value: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    columns: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    rows: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    id: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    capital_id: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    capital_resource_id: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    schema: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    content_version: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    parameters: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    terraform_version: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    planned_values: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    next_link: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    skip_token: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    skip_token_of_rest: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    total_records: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    total_records_of_rest: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class Outline(msgspec.Struct):
    """What is seen of a document without reading it."""

    shape: Shape
    members: Members = Members()
    schema: str = ""
    """`$schema` of an object, lower case."""
    broken: CloisonError | None = None
    """Why it is not JSON. A template may still be, as ARM takes comments and trailing commas."""

    @property
    def is_parameters(self) -> bool:
        """A parameter file of a template."""
        return "deploymentparameters" in self.schema

    @property
    def described(self) -> str:
        """For messages: what there is."""
        if self.shape is not Shape.OBJECT:
            return f"its outermost value is a {self.shape.value}"
        pairs = zip(Members.__struct_fields__, Members.__struct_encode_fields__, strict=True)
        names = [name for field, name in pairs if has(getattr(self.members, field))]
        return (
            f"an object with {', '.join(names)}"
            if names
            else "an object with none of the members of an export"
        )


class Input:
    """One input. name: as the person gave it, or `standard input`. data: UTF-8 without byte order mark."""

    def __init__(self, name: str, data: bytes, path: Path | None = None) -> None:
        self.name = name
        self.data = data
        self.path = path

    @cached_property
    def outline(self) -> Outline:
        """What it is, by its outermost value. Raises CloisonError for depth and density that no export has."""
        first = self.data[:_HEAD_BYTES].lstrip()[:1]
        self._refuse_dense()
        try:
            if first == b"{":
                return self._object()
            # Skipped, not kept: this only says whether it is JSON.
            msgspec.json.decode(self.data, type=msgspec.Raw)
        except UNREADABLE as problem:
            return self._broken(problem)
        return Outline(Shape.ARRAY if first == b"[" else Shape.OTHER)

    def fail(self, problem: Exception) -> CloisonError:
        """The error for what the decoder said of the whole of `data`."""
        if isinstance(problem, RecursionError):
            return CloisonError(
                "E104",
                f"{self.name} nests lists and objects too deeply",
                help="give a real export",
                file=self.name,
            )
        text = str(problem)
        if isinstance(problem, UnicodeDecodeError):
            return self._no_text()
        found = _BYTE.search(text)
        place = self.place(int(found.group(1)) if found else len(self.data))
        reason = _BYTE.sub("", text).strip().removeprefix("JSON is malformed: ")
        if not self.data[:_HEAD_BYTES].strip():
            reason = "it is empty"
        elif "truncated" in text:
            reason = "it ends too early"
        return CloisonError(
            "E103",
            f"{self.name} is not JSON",
            because=reason,
            help="export it again; a redirect that was interrupted leaves half a file",
            file=place.file,
            line=place.line,
            column=place.column,
        )

    def _no_text(self) -> CloisonError:
        start = 0
        try:
            self.data.decode()
        except UnicodeDecodeError as problem:
            start = problem.start
        place = self.place(start)
        return CloisonError(
            "E103",
            f"{self.name} is not JSON",
            because="a byte that is no UTF-8",
            help="export it again",
            file=place.file,
            line=place.line,
            column=place.column,
        )

    def place(self, offset: int) -> Place:
        """Line and column of a byte."""
        return place_of(self.name, self.data, offset)

    def _object(self) -> Outline:
        try:
            members = msgspec.json.decode(self.data, type=Members)
        except msgspec.DecodeError as problem:
            if "trailing characters" not in str(problem):
                raise
            return Outline(Shape.LINES)
        schema = ""
        if isinstance(members.schema, msgspec.Raw):
            text = msgspec.json.decode(members.schema)
            schema = text.lower() if isinstance(text, str) else ""
        return Outline(Shape.OBJECT, members, schema)

    def _broken(self, problem: Exception) -> Outline:
        found = _TEMPLATE.search(self.data[:_HEAD_BYTES])
        schema = "deploymenttemplate.json" if found else ""
        return Outline(Shape.BROKEN, schema=schema, broken=self.fail(problem))

    def _refuse_dense(self) -> None:
        if len(self.data) < DENSE_BYTES:
            return
        containers = self.data.count(b"{") + self.data.count(b"[")
        if containers * CONTAINER_BYTES > len(self.data):
            raise CloisonError(
                "E108",
                f"{self.name} holds {containers:,} objects and lists in {len(self.data):,} bytes",
                because=f"an export has one in {CONTAINER_BYTES} bytes or more; this would fill the memory",
                help="give a real export",
                file=self.name,
            )


def has(member: object) -> bool:
    """The member is there."""
    return member is not msgspec.UNSET


def paths_of(source: str) -> list[Path] | None:
    """The JSON files of a folder in order of their names; None where the source is no folder."""
    path = Path(source)
    try:
        if source == "-" or not path.is_dir():
            return None
        found = sorted(one for one in path.iterdir() if one.suffix.lower() == ".json" and one.is_file())
    except OSError as problem:
        _unreadable(source, problem)
    if not found:
        raise CloisonError(
            "E102", f"no *.json file in {source}", help="name a folder of exports, or the files", file=source
        )
    return found


def load(source: str) -> Input:
    """The input of a file's name, or of `-`. Raises CloisonError where it cannot be read or is too large."""
    if source == "-":
        limit = max_bytes()
        data = sys.stdin.buffer.read(limit + 1)
        if len(data) > limit:
            _too_large(STDIN, f"more than {limit:,}", limit)
        return Input(STDIN, _utf8(STDIN, data))
    try:
        path = Path(source)
        size = path.stat().st_size
        limit = max_bytes()
        if size > limit:
            _too_large(source, f"{size:,}", limit)
        data = path.read_bytes()
    except (OSError, ValueError) as problem:
        _unreadable(source, problem)
    return Input(source, _utf8(source, data), path)


def max_bytes() -> int:
    """The size limit in force. Raises CloisonError for a setting that is no number."""
    told = os.environ.get("CLOISON_MAX_BYTES", "")
    if told and not (told.isascii() and told.isdigit()):
        raise CloisonError("E112", f"CLOISON_MAX_BYTES is {told!r}", help="set it to a number of bytes")
    return int(told) if told else MAX_BYTES


def _too_large(name: str, size: str, limit: int) -> NoReturn:
    raise CloisonError(
        "E108",
        f"{name} has {size} bytes",
        because=f"at most {limit:,} are read",
        help="set CLOISON_MAX_BYTES to a higher limit, or export each subscription to a file of its own",
        file=name,
    )


def _unreadable(name: str, problem: OSError | ValueError) -> NoReturn:
    missing = isinstance(problem, FileNotFoundError)
    reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
    raise CloisonError(
        "E101",
        f"{name} does not exist" if missing else f"{name} cannot be read",
        because="" if missing else reason.lower(),
        help="check its name" if missing else "check its permissions",
        file=name,
    ) from problem


def _utf8(name: str, data: bytes) -> bytes:
    """The bytes as UTF-8. Redirects in PowerShell write UTF-16 or put a byte order mark in front."""
    if data.startswith(codecs.BOM_UTF8):
        return data[len(codecs.BOM_UTF8) :]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif data[1:2] == b"\0":
        encoding = "utf-16-le"
    elif data[:1] == b"\0":
        encoding = "utf-16-be"
    else:
        return data
    try:
        return data.decode(encoding).encode()
    except UnicodeError as problem:
        raise CloisonError(
            "E103",
            f"{name} is not {encoding.upper()}, though it begins so",
            because=str(problem.args[-1]) if problem.args else "",
            help="export it again",
            file=name,
        ) from problem
