"""String functions. Source: Microsoft Learn, "String functions for ARM templates", checked 2026-01-05.

Strings with open parts keep their known parts wherever the function allows it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import quote, unquote, urljoin

import msgspec

from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.functions.dotnet_format import format_value
from cloison.sources.arm_template.functions.registry import Table, refuse, text, textual, whole
from cloison.sources.arm_template.limits import Budget
from cloison.sources.arm_template.symbols import (
    ARRAY,
    BOOL,
    INT,
    STRING,
    Symbol,
    Value,
    join,
    parts_of,
    unknown,
)
from cloison.sources.arm_template.text import lenient
from cloison.sources.arm_template.values import compact, equal, has_symbol, text_of

TABLE: Final = Table()


def _each(budget: Budget, name: str, value: Value, change: Callable[[str], str]) -> Value:
    """The string with its known parts changed and its open parts wrapped in the call."""
    pieces: list[str | Symbol] = []
    for part in parts_of(textual(name, value)):
        if isinstance(part, str):
            made = change(part) if part.isascii() else _cased(budget, part, change)
            pieces.append(unknown(name, (part,), STRING) if made is None else made)
        else:
            wrapped = unknown(name, (part,), STRING)
            pieces.append(msgspec.structs.replace(wrapped, segment=part.segment))
    return join(pieces)


def _cased(budget: Budget, text: str, change: Callable[[str], str]) -> str | None:
    """Upper or lower case of a text beyond ASCII; None where .NET's rule for one of its characters is not confirmed.

    .NET maps one character to one; where Unicode has more than one for it, or one that does not come back, there is
    no source that says what Azure gives.
    """
    budget.step(len(text) >> 2)
    back = str.upper if change("A") == "a" else str.lower
    made: list[str] = []
    for char in text:
        changed = change(char)
        if not (changed == char or char.isascii()):
            there_and_back = len(changed) == 1 and back(changed) == char
            if changed.isascii() or not there_and_back or char > "\uffff":
                return None
        made.append(changed)
    return "".join(made)


@TABLE.open("toLower", kind=STRING)
def _to_lower(budget: Budget, args: Sequence[Value]) -> Value:
    return _each(budget, "toLower", args[0], str.lower)


@TABLE.open("toUpper", kind=STRING)
def _to_upper(budget: Budget, args: Sequence[Value]) -> Value:
    return _each(budget, "toUpper", args[0], str.upper)


@TABLE.plain("like", 2, 2, BOOL)
def _like(budget: Budget, args: Sequence[Value]) -> Value:
    """`*` stands for any text; without regard to case. Source: Bicep's description of `like`, 2026-01-05."""
    value, pattern = text("like", args[0]).lower(), text("like", args[1]).lower()
    budget.step(len(value) * (1 + pattern.count("*")) >> 6)
    first, *rest = pattern.split("*")
    if not rest:
        return value == pattern
    if len(value) < len(first) + len(rest[-1]) or not (value.startswith(first) and value.endswith(rest[-1])):
        return False
    at, end = len(first), len(value) - len(rest[-1])
    for piece in rest[:-1]:
        found = value.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


@TABLE.plain("trim", kind=STRING)
def _trim(budget: Budget, args: Sequence[Value]) -> Value:
    return text("trim", args[0]).strip()


def concat_text(budget: Budget, args: Sequence[Value]) -> Value:
    """Strings joined; numbers and booleans as their text, as ARM takes them beside strings."""
    pieces: list[str | Symbol] = []
    size = 0
    for arg in args:
        if isinstance(arg, (list, dict)):
            raise refuse("concat", "only strings or only arrays", arg)
        piece = arg if isinstance(arg, (str, Symbol)) else text_of(arg)
        size += len(piece) if isinstance(piece, str) else 8
        pieces.append(piece)
    budget.text(size)
    return join(pieces)


@TABLE.open("format", 1, None, STRING)
def _format(budget: Budget, args: Sequence[Value]) -> Value:
    pattern = args[0]
    if not isinstance(pattern, str):
        return unknown("format", args, STRING)
    pieces: list[str | Symbol] = []
    size = 0
    for piece in _format_pieces(budget, pattern, args):
        size += len(piece) if isinstance(piece, str) else 8
        budget.text(size)
        pieces.append(piece)
    return join(pieces)


def _format_pieces(budget: Budget, pattern: str, args: Sequence[Value]) -> list[str | Symbol]:
    pieces: list[str | Symbol] = []
    at, size = 0, 0
    while at < len(pattern):
        char = pattern[at]
        if char not in "{}":
            end = min(
                [found for found in (pattern.find("{", at), pattern.find("}", at)) if found >= 0], default=-1
            )
            end = len(pattern) if end < 0 else end
            pieces.append(pattern[at:end])
            at = end
        elif pattern[at : at + 2] == char * 2:
            pieces.append(char)
            at += 2
        elif char == "}":
            raise Fault(
                "the format string of 'format' has a '}' without its '{'", hint="write '}}' for a brace"
            )
        else:
            end = pattern.find("}", at)
            if end < 0:
                raise Fault(
                    "the format string of 'format' has a '{' without its '}'", hint="write '{{' for a brace"
                )
            pieces.append(_place(budget, pattern[at + 1 : end], args))
            at = end + 1
            size += len(pieces[-1]) if isinstance(pieces[-1], str) else 8
            budget.text(size)
    return pieces


def _place(budget: Budget, inner: str, args: Sequence[Value]) -> str | Symbol:
    """One `{index,width:format}` of a .NET composite format string."""
    head, colon, style = inner.partition(":")
    index, comma, width = head.partition(",")
    if not index.strip().isdecimal() or (comma and not width.strip().lstrip("-").isdecimal()):
        raise Fault(f"the format item '{{{inner}}}' of 'format' has no index")
    at = int(index) if len(index) < 6 else len(args)
    if at + 1 >= len(args):
        raise Fault(f"the format item '{{{inner}}}' of 'format' has no argument; {len(args) - 1} were given")
    value = args[at + 1]
    if isinstance(value, Symbol):
        if not colon and not comma:
            return value
        return _open_item(head[len(index) :] + colon + style, value)
    if isinstance(value, (list, dict)):
        return _container(budget, value)
    made = format_value(value, style, int(width) if comma else 0)
    return made if made is not None else _open_item(head[len(index) :] + colon + style, value)


def _open_item(rest: str, value: Value) -> Symbol:
    return unknown("format", (f"{{0{rest}}}", value), STRING)


def _container(budget: Budget, value: Value) -> str | Symbol:
    """A container in a format: JSON with single quotes, as the engine in Bicep's evaluation tests prints it.

    How quotes and escapes inside it come out no source shows, so that such a text stays open.
    """
    if has_symbol(value, budget):
        return unknown("format", ("{0}", value), STRING)
    made = compact(value)
    budget.text(len(made))
    return (
        unknown("format", ("{0}", value), STRING) if "'" in made or "\\" in made else made.replace('"', "'")
    )


@TABLE.open("string", kind=STRING)
def _string(budget: Budget, args: Sequence[Value]) -> Value:
    value = args[0]
    if isinstance(value, Symbol):
        return value if value.kind == STRING and not value.nullable else unknown("string", args, STRING)
    if isinstance(value, (list, dict)) and has_symbol(value, budget):
        return unknown("string", args, STRING)
    made = text_of(value)
    budget.text(len(made))
    return made


@TABLE.open("replace", 3, 3, STRING)
def _replace(budget: Budget, args: Sequence[Value]) -> Value:
    value, old, new = args
    if isinstance(old, Symbol) or isinstance(new, Symbol):
        return unknown("replace", args, STRING)
    old, new = text("replace", old), text("replace", new)
    value = textual("replace", value)
    if isinstance(value, str):
        return _replaced(budget, value, old, new)
    # A longer text could straddle a known and an open part.
    if len(old) != 1 or not value.parts:
        return unknown("replace", args, STRING)
    pieces: list[str | Symbol] = []
    for part in value.parts:
        if isinstance(part, str):
            pieces.append(_replaced(budget, part, old, new))
        else:
            pieces.append(unknown("replace", (part, old, new), STRING))
    return join(pieces)


def _replaced(budget: Budget, value: str, old: str, new: str) -> str:
    if not old:
        raise Fault("the template language function 'replace' expects a text to look for; it is empty")
    budget.text(len(value) + value.count(old) * max(0, len(new) - len(old)))
    return value.replace(old, new)


@TABLE.open("split", 2, 2, ARRAY)
def _split(budget: Budget, args: Sequence[Value]) -> Value:
    value, marks = textual("split", args[0]), args[1]
    if isinstance(marks, Symbol) or (isinstance(marks, list) and has_symbol(marks, budget)):
        return unknown("split", args, ARRAY)
    cuts = [text("split", mark) for mark in (marks if isinstance(marks, list) else [marks])]
    if isinstance(value, str):
        budget.weigh(value)
        return _pieces(value, cuts)
    if cuts == ["/"] and value.parts and all(isinstance(part, str) or part.segment for part in value.parts):
        return _split_segments(value)
    return unknown("split", args, ARRAY)


def _pieces(value: str, cuts: Sequence[str]) -> list[Value]:
    pieces = [value]
    for cut in cuts:
        if cut:
            pieces = [inner for piece in pieces for inner in piece.split(cut)]
    return list(pieces)


def _split_segments(value: Symbol) -> list[Value]:
    rows: list[list[str | Symbol]] = [[]]
    for part in value.parts:
        if isinstance(part, str):
            first, *rest = part.split("/")
            rows[-1].append(first)
            rows.extend([piece] for piece in rest)
        else:
            rows[-1].append(part)
    return [join(row) for row in rows]


@TABLE.open("join", 2, 2, STRING)
def _join(budget: Budget, args: Sequence[Value]) -> Value:
    values, mark = args
    if isinstance(values, Symbol) or isinstance(mark, Symbol):
        return unknown("join", args, STRING)
    if not isinstance(values, list):
        raise refuse("join", "an array", values)
    pieces: list[str | Symbol] = []
    size = 0
    for at, value in enumerate(values):
        if isinstance(value, (list, dict)) and has_symbol(value, budget):
            return unknown("join", args, STRING)
        piece = value if isinstance(value, (str, Symbol)) else text_of(value)
        size += len(text("join", mark)) + (len(piece) if isinstance(piece, str) else 8)
        budget.text(size)
        pieces += [piece] if not at else [mark, piece]
    return join(pieces)


@TABLE.open("startsWith", 2, 2, BOOL)
def _starts_with(budget: Budget, args: Sequence[Value]) -> Value:
    return _edge("startsWith", args, lambda value: value.prefix, str.startswith)


@TABLE.open("endsWith", 2, 2, BOOL)
def _ends_with(budget: Budget, args: Sequence[Value]) -> Value:
    return _edge("endsWith", args, lambda value: value.suffix, str.endswith)


def _edge(
    name: str, args: Sequence[Value], known: Callable[[Symbol], str], test: Callable[[str, str], bool]
) -> Value:
    """Whether a string starts or ends with another, without regard to case."""
    value, edge = textual(name, args[0]), textual(name, args[1])
    if isinstance(edge, Symbol):
        return unknown(name, args, BOOL)
    edge = edge.lower()
    if isinstance(value, str):
        return test(value.lower(), edge)
    stated = known(value).lower()
    if test(stated, edge):
        return True
    return unknown(name, args, BOOL) if test(edge, stated) else False


@TABLE.open("substring", 2, 3, STRING)
def _substring(budget: Budget, args: Sequence[Value]) -> Value:
    value = textual("substring", args[0])
    if isinstance(args[1], Symbol) or (len(args) > 2 and isinstance(args[2], Symbol)):
        return unknown("substring", args, STRING)
    start = whole("substring", args[1])
    count = whole("substring", args[2]) if len(args) > 2 else None
    if start < 0 or (count is not None and count < 0):
        raise Fault(
            "the template language function 'substring' expects a start and a length that are not negative"
        )
    if isinstance(value, Symbol):
        if count is not None and start + count <= len(value.prefix):
            return value.prefix[start : start + count]
        return unknown("substring", args, STRING)
    if start > len(value) or (count is not None and start + count > len(value)):
        raise Fault(
            f"unable to evaluate the template language function 'substring': start {start} and length "
            f"{'to the end' if count is None else count} must refer to a place within the string, "
            f"which has {len(value)} characters",
            hint="'take' cuts without this error",
        )
    return value[start:] if count is None else value[start : start + count]


@TABLE.plain("indexOf", 2, 2, INT)
def _index_of(budget: Budget, args: Sequence[Value]) -> Value:
    if isinstance(args[0], list):
        return next(iter(_places(budget, args)), -1)
    return text("indexOf", args[0]).lower().find(text("indexOf", args[1]).lower())


@TABLE.plain("lastIndexOf", 2, 2, INT)
def _last_index_of(budget: Budget, args: Sequence[Value]) -> Value:
    if isinstance(args[0], list):
        return max(_places(budget, args), default=-1)
    return text("lastIndexOf", args[0]).lower().rfind(text("lastIndexOf", args[1]).lower())


def _places(budget: Budget, args: Sequence[Value]) -> list[int]:
    """Where an array holds a value; texts compare by case there."""
    return [at for at, value in enumerate(args[0]) if equal(value, args[1], budget)]


@TABLE.plain("padLeft", 2, 3, STRING)
def _pad_left(budget: Budget, args: Sequence[Value]) -> Value:
    value, width = text_of(args[0]), whole("padLeft", args[1])
    fill = text("padLeft", args[2]) if len(args) > 2 else " "
    if len(fill) != 1:
        raise Fault("the template language function 'padLeft' expects one character to pad with")
    budget.text(max(width, 0))
    return value.rjust(width, fill)


@TABLE.plain("base64", kind=STRING)
def _base64(budget: Budget, args: Sequence[Value]) -> Value:
    return base64.b64encode(text("base64", args[0]).encode("utf-8", "replace")).decode()


def _from_base64(name: str, value: Value) -> str:
    try:
        return base64.b64decode(text(name, value), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError) as problem:
        raise Fault(
            f"the template language function '{name}' expects base64 of UTF-8 text: {problem}"
        ) from problem


@TABLE.plain("base64ToString", kind=STRING)
def _base64_to_string(budget: Budget, args: Sequence[Value]) -> Value:
    return _from_base64("base64ToString", args[0])


@TABLE.plain("base64ToJson")
def _base64_to_json(budget: Budget, args: Sequence[Value]) -> Value:
    return parse_json("base64ToJson", _from_base64("base64ToJson", args[0]))


def parse_json(name: str, value: str) -> Value:
    """The JSON value of a text, as Json.NET reads it. Raises Fault where it is none.

    Json.NET takes comments, trailing commas and single quotes. Source: its documentation of JsonTextReader, and
    the samples of Bicep, which load such files; checked 2026-01-05.
    """
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        pass
    strict = lenient(value)
    for text_of_json in (strict, strict.replace("'", '"')):
        try:
            return msgspec.json.decode(text_of_json)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as problem:
            reason = problem
    raise Fault(f"the template language function '{name}' expects JSON: {reason}")


@TABLE.plain("json", nullable=True)
def _json(budget: Budget, args: Sequence[Value]) -> Value:
    value = text("json", args[0])
    budget.step(len(value) >> 4)
    return parse_json("json", value)


@TABLE.plain("dataUri", kind=STRING)
def _data_uri(budget: Budget, args: Sequence[Value]) -> Value:
    encoded = base64.b64encode(text("dataUri", args[0]).encode("utf-8", "replace")).decode()
    return f"data:text/plain;charset=utf-8;base64,{encoded}"


@TABLE.plain("dataUriToString", kind=STRING)
def _data_uri_to_string(budget: Budget, args: Sequence[Value]) -> Value:
    head, comma, body = text("dataUriToString", args[0]).partition(",")
    if not head.startswith("data:") or not comma:
        raise Fault(
            "the template language function 'dataUriToString' expects a text that starts with 'data:'"
        )
    return _from_base64("dataUriToString", body) if head.endswith(";base64") else unquote(body)


@TABLE.plain("uriComponent", kind=STRING)
def _uri_component(budget: Budget, args: Sequence[Value]) -> Value:
    return quote(text("uriComponent", args[0]), safe="-_.~", errors="replace")


@TABLE.plain("uriComponentToString", kind=STRING)
def _uri_component_to_string(budget: Budget, args: Sequence[Value]) -> Value:
    return unquote(text("uriComponentToString", args[0]))


@TABLE.plain("uri", 2, 2, STRING)
def _uri(budget: Budget, args: Sequence[Value]) -> Value:
    base, relative = text("uri", args[0]), text("uri", args[1])
    try:
        return urljoin(base, relative)
    except ValueError as problem:
        raise Fault(
            f"the template language function 'uri' expects an absolute address: {problem}"
        ) from problem
