"""A query: a table, and operators that each make rows of rows.

    resources | where type =~ 'microsoft.network/virtualnetworks' | project id, name | order by name asc | limit 10

Joins and unions are refused with a code of their own, as is every operator that is not below.
Source: Microsoft Learn, "Understanding the Azure Resource Graph query language"; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

from cloison.emulator.graph.expressions import Expression, Reader, Row, ordering
from cloison.emulator.graph.tokens import beyond
from cloison.emulator.graph.values import Value, less, number, text
from cloison.model.behaviour import Refused

Rows: TypeAlias = list[dict[str, Any]]
Operator: TypeAlias = Callable[[Rows], Rows]
ROWS_MAX = 200_000
"""Rows that a query may make of others."""


class Query(msgspec.Struct, frozen=True):
    """A query that was read."""

    table: str
    """In lower case."""
    operators: tuple[Operator, ...]
    pages: bool
    """Its result can be asked for page by page: nothing in it limits the rows."""

    def run(self, rows: Rows) -> Rows:
        """The result on the rows of its table. Raises Refused where it grows without bounds."""
        for operator in self.operators:
            rows = operator(rows)
        return rows


def parsed(query: str) -> Query:
    """The query of a text. Raises Refused, with the place, for one that cannot be run."""
    reader = Reader(query)
    table = "resources"
    if reader.next.word not in _OPERATORS:
        if reader.next.kind != "word":
            raise reader.unexpected("the name of a table is expected")
        if reader.next.word in ("let", "union", "find", "search", "print", "datatable"):
            raise beyond(query, reader.next.at, reader.next.text)
        table = reader.take().word
        if reader.next.kind != "end":
            reader.need("|")
    operators: list[Operator] = []
    limited = False
    while reader.next.kind != "end":
        word = reader.next
        read = _OPERATORS.get(word.word)
        if read is None:
            if word.kind != "word":
                raise reader.unexpected("an operator is expected")
            raise beyond(query, word.at, word.text)
        reader.take()
        limited = limited or word.word in ("limit", "take", "top", "sample")
        operators.append(read(reader))
        if reader.next.kind != "end":
            reader.need("|")
    return Query(table, tuple(operators), not limited)


# --- operators -------------------------------------------------------------------------------------------


def _where(reader: Reader) -> Operator:
    test = reader.expression()
    return lambda rows: [row for row in rows if test(row) is True]


def _named_list(reader: Reader) -> list[tuple[str, Expression]]:
    """`name = expression, expression, …`; an expression without a name gets the one that Kusto gives it."""
    found: list[tuple[str, Expression]] = []
    while True:
        name = _explicit_name(reader)
        at = reader.next.at
        value = reader.expression()
        found.append((name or _own_name(reader.query[at : reader.next.at], len(found)), value))
        if not reader.took(","):
            return found


def _explicit_name(reader: Reader) -> str:
    following = reader.after(1)
    if reader.next.kind == "word" and following.word == "=":
        name = reader.take().text
        reader.need("=")
        return name
    return ""


def _own_name(source: str, number: int) -> str:
    """`properties.agentPoolProfiles` becomes `properties_agentPoolProfiles`; a call becomes `Column1`."""
    source = source.strip()
    if all(part.isidentifier() for part in source.split(".")):
        return source.replace(".", "_")
    return f"Column{number + 1}"


def _project(reader: Reader) -> Operator:
    columns = _named_list(reader)
    return lambda rows: [{name: value(row) for name, value in columns} for row in rows]


def _extend(reader: Reader) -> Operator:
    columns = _named_list(reader)

    def run(rows: Rows) -> Rows:
        made: Rows = []
        for row in rows:
            longer = dict(row)
            for name, value in columns:
                longer[name] = value(longer)
            made.append(longer)
        return made

    return run


def _names(reader: Reader) -> list[str]:
    found = [reader.name()]
    while reader.took(","):
        found.append(reader.name())
    return found


def _project_away(reader: Reader) -> Operator:
    away = {name.lower() for name in _names(reader)}
    return lambda rows: [
        {key: value for key, value in row.items() if key.lower() not in away} for row in rows
    ]


def _project_keep(reader: Reader) -> Operator:
    kept = {name.lower() for name in _names(reader)}
    return lambda rows: [{key: value for key, value in row.items() if key.lower() in kept} for row in rows]


def _distinct(reader: Reader) -> Operator:
    columns = _named_list(reader)

    def run(rows: Rows) -> Rows:
        made = [{name: value(row) for name, value in columns} for row in rows]
        return list({msgspec.json.encode(row): row for row in made}.values())

    return run


def _limit(reader: Reader) -> Operator:
    count = _count_of(reader)
    return lambda rows: rows[:count]


def _count_of(reader: Reader) -> int:
    token = reader.take()
    if token.kind != "number" or not token.text.isdecimal():
        raise reader.unexpected("a number of rows is expected")
    return int(token.text[:9])


def _order(reader: Reader) -> Operator:
    reader.need("by")
    return _by(reader)


def _by(reader: Reader) -> Operator:
    keys: list[tuple[Expression, bool]] = []
    while True:
        value = reader.expression()
        descending = not reader.took("asc")
        if descending:
            reader.took("desc")
        for word in ("first", "last"):
            reader.took("nulls", word)
        keys.append((value, descending))
        if not reader.took(","):
            break

    def run(rows: Rows) -> Rows:
        made = list(rows)
        for value, descending in reversed(keys):
            made.sort(key=_sorting(value), reverse=descending)
        return made

    return run


def _sorting(value: Expression) -> Callable[[Row], tuple[int, float, str]]:
    return lambda row: ordering(value(row))


def _top(reader: Reader) -> Operator:
    count = _count_of(reader)
    reader.need("by")
    order = _by(reader)
    return lambda rows: order(rows)[:count]


def _count(reader: Reader) -> Operator:
    return lambda rows: [{"Count": len(rows)}]


def _mv_expand(reader: Reader) -> Operator:
    columns = _named_list(reader)
    if len(columns) != 1:
        raise beyond(reader.query, reader.next.at, "mv-expand of several columns")
    name, value = columns[0]
    if reader.took("to", "typeof"):
        reader.need("(")
        reader.take()
        reader.need(")")

    def run(rows: Rows) -> Rows:
        made: Rows = []
        for row in rows:
            given = value(row)
            items: Iterable[Value] = (
                given
                if isinstance(given, list)
                else [{key: inner} for key, inner in given.items()]
                if isinstance(given, dict)
                else [given]
            )
            made.extend({**row, name: item} for item in items or [None])
            if len(made) > ROWS_MAX:
                raise Refused(400, "BadRequest", f"The query makes more than {ROWS_MAX:,} rows.")
        return made

    return run


# --- summaries -------------------------------------------------------------------------------------------

Aggregate: TypeAlias = Callable[[Rows], Value]


def _summarize(reader: Reader) -> Operator:
    aggregates: list[tuple[str, Aggregate]] = []
    while reader.next.word != "by":
        name = _explicit_name(reader)
        own, aggregate = _aggregate(reader)
        aggregates.append((name or own, aggregate))
        if not reader.took(","):
            break
    groups = _named_list(reader) if reader.took("by") else []

    def run(rows: Rows) -> Rows:
        held: dict[bytes, tuple[dict[str, Value], Rows]] = {}
        for row in rows:
            key = {name: value(row) for name, value in groups}
            held.setdefault(msgspec.json.encode(key), (key, []))[1].append(row)
        if not groups:
            held = {b"": ({}, rows)}
        return [key | {name: made(inner) for name, made in aggregates} for key, inner in held.values()]

    return run


def _aggregate(reader: Reader) -> tuple[str, Aggregate]:
    token = reader.take()
    made = _AGGREGATES.get(token.word)
    if made is None:
        raise beyond(reader.query, token.at, f"{token.text}()")
    reader.need("(")
    at = reader.next.at
    argument: Expression | None = None
    if reader.next.word != ")":
        argument = reader.expression()
    source = reader.query[at : reader.next.at].strip()
    reader.need(")")
    if (argument is None) != (token.word == "count"):
        raise reader.unexpected(f"{token.text}() takes another number of arguments")
    name = (
        f"{token.text}_{source.replace('.', '_')}"
        if source.replace(".", "_").isidentifier()
        else f"{token.text}_"
    )
    return name, made(argument)


def _values(argument: Expression | None, rows: Rows) -> Iterator[Value]:
    assert argument is not None
    return (value for row in rows if (value := argument(row)) is not None)


def _numbers(argument: Expression | None, rows: Rows) -> list[float]:
    return [found for value in _values(argument, rows) if (found := number(value)) is not None]


def _unique(values: Iterable[Value]) -> list[Value]:
    return list({text(value): value for value in values}.values())


def _least(values: Iterable[Value], *, most: bool) -> Value:
    found: Value = None
    for value in values:
        if found is None or (less(found, value) if most else less(value, found)):
            found = value
    return found


_AGGREGATES: Mapping[str, Callable[[Expression | None], Aggregate]] = {
    "count": lambda _: len,
    "countif": lambda argument: lambda rows: sum(value is True for value in _values(argument, rows)),
    "dcount": lambda argument: lambda rows: len(_unique(_values(argument, rows))),
    "make_list": lambda argument: lambda rows: list(_values(argument, rows)),
    "make_set": lambda argument: lambda rows: _unique(_values(argument, rows)),
    "any": lambda argument: lambda rows: next(_values(argument, rows), None),
    "take_any": lambda argument: lambda rows: next(_values(argument, rows), None),
    "min": lambda argument: lambda rows: _least(_values(argument, rows), most=False),
    "max": lambda argument: lambda rows: _least(_values(argument, rows), most=True),
    "sum": lambda argument: lambda rows: sum(_numbers(argument, rows)),
    "avg": lambda argument: (
        lambda rows: (
            sum(_numbers(argument, rows)) / len(_numbers(argument, rows))
            if _numbers(argument, rows)
            else None
        )
    ),
}

_OPERATORS: Mapping[str, Callable[[Reader], Operator]] = {
    "where": _where,
    "filter": _where,
    "project": _project,
    "project-away": _project_away,
    "project-keep": _project_keep,
    "extend": _extend,
    "distinct": _distinct,
    "limit": _limit,
    "take": _limit,
    "top": _top,
    "order": _order,
    "sort": _order,
    "count": _count,
    "summarize": _summarize,
    "mv-expand": _mv_expand,
}
