"""Rows: the resources of one document. A body stays a slice of the file until somebody reads it.

Ordinary rows are told apart by the decoder alone; odd ones (names in capitals, no id, tables) are looked at
one by one.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import msgspec

from cloison.arm.ids import NotAnId, ResourceId
from cloison.kinds import kind_of
from cloison.model.errors import CloisonError
from cloison.model.facts import Cite, Unknown
from cloison.model.snapshot import Gap, Place, Resource
from cloison.sources._input import UNREADABLE, Input
from cloison.sources._places import Lines, find
from cloison.sources.snapshot_file.printing import arm_body, is_flat, missing_properties

ODD_BYTES = 64 << 20
"""Largest document whose rows are looked at one by one. A guess: it takes a few seconds."""

_BETWEEN = re.compile(rb"[\s,]*")


class _Object(msgspec.Struct, gc=False):
    """Any object; its members are skipped."""


class Row(msgspec.Struct, gc=False):
    """What must be known of every row at once."""

    id: str
    properties: _Object | msgspec.UnsetType | None = msgspec.UNSET


_ROWS = msgspec.json.Decoder(list[Row])
_RAWS = msgspec.json.Decoder(list[msgspec.Raw])
_ROW = msgspec.json.Decoder(Row)
_RAW = msgspec.json.Decoder(msgspec.Raw)


class Table(msgspec.Struct):
    """The table form of a Resource Graph answer."""

    class Column(msgspec.Struct):
        """A column by its name."""

        name: str

    columns: list[Column]
    rows: list[list[Any]]


class Text:
    """The text that rows are slices of, shared by all of them."""

    def __init__(self, given: Input, start: int) -> None:
        self.given = given
        self.starts = array("Q")
        self.ends = array("Q")
        self.places: dict[tuple[int, str], Place] = {}
        self.next = start

    def add(self, length: int) -> int:
        """The index of the next row, which has that many bytes."""
        found = _BETWEEN.match(self.given.data, self.next)
        start = found.end() if found else self.next
        self.starts.append(start)
        self.next = start + length
        self.ends.append(self.next)
        return len(self.starts) - 1

    def row(self, index: int) -> bytes:
        """The bytes of one row."""
        return self.given.data[self.starts[index] : self.ends[index]]

    @cached_property
    def lines(self) -> Lines:
        """The line starts of the whole text."""
        return Lines(self.given.name, self.given.data)


class Slice:
    """One row: gives its body when called, and places in it."""

    __slots__ = ("flat", "index", "text")

    def __init__(self, text: Text, index: int, *, flat: bool = False) -> None:
        self.text = text
        self.index = index
        self.flat = flat

    def __call__(self) -> object:
        """The ARM body. Raises CloisonError for text that is not JSON after all."""
        try:
            value = msgspec.json.decode(self.text.row(self.index))
        except UNREADABLE as problem:
            raise self._fail(problem) from problem
        return arm_body(value, self._renamed()) if self.flat else value

    def place(self, pointer: str) -> Place:
        """Where a pointer into the body stands in the file."""
        text = self.text
        known = text.places.get((self.index, pointer))
        if known is None:
            renamed = self._renamed() if self.flat else {}
            offset = find(text.row(self.index), pointer, renamed)
            known = text.places[self.index, pointer] = text.lines.place(text.starts[self.index] + offset)
        return known

    def _renamed(self) -> Mapping[str, str]:
        id = msgspec.json.decode(self.text.row(self.index), type=Row).id
        kind = kind_of(ResourceId(id).type)
        return kind.renamed if kind is not None else {}

    def _fail(self, problem: Exception) -> CloisonError:
        place = self.text.lines.place(self.text.starts[self.index])
        deep = isinstance(problem, RecursionError)
        name = self.text.given.name
        return CloisonError(
            "E104" if deep else "E103",
            f"a resource in {name} {'nests lists and objects too deeply' if deep else 'is not JSON'}",
            because="" if deep else str(problem),
            help="export it again",
            file=place.file,
            line=place.line,
            column=place.column,
        )


class Rows:
    """The resources of one document, and the rows that are none.

    whole: the document promises ARM bodies as they are, so nothing is taken for left out in printing.
    """

    def __init__(self, given: Input, *, whole: bool = False) -> None:
        self.given = given
        self.whole = whole
        self.resources: list[Resource] = []
        self.gaps: list[Gap] = []
        self._types: dict[str, str] = {}

    @classmethod
    def of_list(cls, given: Input, text: bytes | msgspec.Raw, *, whole: bool = False) -> Rows:
        """The rows of a JSON list, which is the whole of the data or a part of it."""
        made = cls(given, whole=whole)
        # A part begins where its first bytes do: they hold an id, so they stand nowhere else.
        start = 0 if text is given.data else given.data.find(bytes(memoryview(text)[:4096]))
        if bytes(memoryview(given.data)[start : start + 64]).lstrip()[:1] != b"[":
            raise made._wrong("it is no list of resources", start)
        held = Text(given, given.data.index(b"[", start) + 1)
        raws = _RAWS.decode(text)
        try:
            rows = _ROWS.decode(text)
        except msgspec.ValidationError as problem:
            made._odd(held, raws, problem)
        else:
            made._add(held, zip(rows, raws, strict=True))
        return made

    @classmethod
    def of_lines(cls, given: Input) -> Rows:
        """The rows of JSON lines."""
        made = cls(given)
        held = Text(given, 0)
        try:
            raws = _RAW.decode_lines(given.data)
        except msgspec.DecodeError as problem:
            raise given.fail(problem) from problem
        try:
            rows = _ROW.decode_lines(given.data)
        except msgspec.ValidationError as problem:
            made._odd(held, raws, problem)
        else:
            made._add(held, zip(rows, raws, strict=True))
        return made

    @classmethod
    def of_one(cls, given: Input) -> Rows:
        """The one resource that the data is."""
        made = cls(given)
        held = Text(given, 0)
        raw = _RAW.decode(given.data)
        try:
            made._add(held, [(_ROW.decode(raw), raw)])
        except msgspec.ValidationError as problem:
            made._odd(held, [raw], problem)
        return made

    @classmethod
    def of_table(cls, given: Input, text: bytes | msgspec.Raw) -> Rows:
        """The rows of a table: `columns`, and lists of values in `rows`."""
        made = cls(given)
        try:
            table = msgspec.json.decode(text, type=Table)
        except msgspec.ValidationError as problem:
            raise made._wrong(f"it is no table of columns and rows: {problem}", 0) from problem
        names = [column.name for column in table.columns]
        for row in table.rows:
            made._told(
                {name: value for name, value in zip(names, row, strict=False) if value is not None}, None
            )
        return made

    def _add(self, held: Text, rows: Iterable[tuple[Row, msgspec.Raw]]) -> None:
        """Ordinary rows."""
        types, resources, add, typed = self._types, self.resources, held.add, ResourceId.typed
        for row, raw in rows:
            index = add(len(memoryview(raw)))
            try:
                id, type = typed(row.id)
            except NotAnId as problem:
                raise self._no_id(problem, held, index) from problem
            if isinstance(row.properties, _Object) or self.whole:
                resources.append(Resource(id, types.setdefault(type, type), Slice(held, index)))
            else:
                self._told(msgspec.json.decode(raw), Slice(held, index))

    def _odd(self, held: Text, raws: list[msgspec.Raw], problem: msgspec.ValidationError) -> None:
        """Rows of which at least one is not as Azure prints it."""
        if len(self.given.data) > ODD_BYTES:
            raise self._wrong(str(problem), 0) from problem
        for raw in raws:
            index = held.add(len(memoryview(raw)))
            of = Slice(held, index)
            value = of()
            if not isinstance(value, dict):
                text = f"a resource is expected, not {type(value).__name__}"
                raise self._wrong(text, held.starts[index])
            self._told(value, of)

    def _told(self, row: dict[str, Any], of: Slice | None, *, inside: bool = False) -> None:
        """One row that has been decoded already; inside: it stands in the `resources` of the row `of`."""
        named = {name.lower(): value for name, value in row.items()}
        text = named.get("id") or named.get("resourceid")
        if not isinstance(text, str):
            self.gaps.append(self._nameless(named))
            return
        try:
            id = ResourceId.parse(text)
        except NotAnId as problem:
            raise self._no_id(problem, of.text if of else None, of.index if of else 0) from problem
        kind = kind_of(id.type)
        whole = self.whole or (kind is not None and kind.bare)
        flat = not whole and is_flat(named)
        partial = None
        if not flat and not whole and missing_properties(named):
            why = f"the export leaves out properties of {id.name}"
            partial = Unknown(why, f"export it whole: az resource show --ids {id.text}", Cite(id))
        renamed = kind.renamed if kind is not None else {}
        body = arm_body(row, renamed) if flat or partial is not None else row
        type = self._types.setdefault(id.type, id.type)
        if of is not None and not inside:
            of.flat = flat
        locate = of.place if of is not None and not inside else (lambda _: self._around(of))
        self.resources.append(Resource(id, type, lambda: body, flat=flat, partial=partial, locate=locate))
        for child in named.get("resources") or ():
            if isinstance(child, dict):
                self._told(child, of, inside=True)

    def _around(self, of: Slice | None) -> Place:
        return of.place("") if of is not None else Place(self.given.name)

    def _nameless(self, named: Mapping[str, Any]) -> Gap:
        name, type = named.get("name"), named.get("type")
        what = " ".join(str(part) for part in (type, name) if isinstance(part, str)) or "a row"
        return Gap(f"{what} in {self.given.name}", "it has no id", "export it with its id")

    def _no_id(self, problem: NotAnId, held: Text | None, index: int) -> CloisonError:
        place = self.given.place(held.starts[index]) if held is not None else Place(self.given.name)
        return CloisonError(
            "E106",
            str(problem)[:400],
            help="export it again, with whole ids",
            file=place.file,
            line=place.line,
            column=place.column,
        )

    def _wrong(self, why: str, offset: int) -> CloisonError:
        place = self.given.place(max(offset, 0))
        return CloisonError(
            "E105",
            f"{self.given.name} is JSON of a shape that no source reads",
            because=why,
            help="give a snapshot, Resource Graph rows, or what `az … show` or `az … list` prints",
            file=place.file,
            line=place.line,
            column=place.column,
        )
