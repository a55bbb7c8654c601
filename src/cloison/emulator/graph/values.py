"""Values of the query language: how they compare, and what its functions make of them.

A property that is not there is null. Null equals nothing and differs from everything; a test of it for text fails.
Source: Microsoft Learn, Kusto Query Language, "String operators", "Scalar functions", "Null values"; checked
2026-11-24.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

import msgspec

Value: TypeAlias = Any
"""None, bool, int, float, str, list or dict."""


def text(value: Value) -> str:
    """`tostring`: null is empty, objects and lists are JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return msgspec.json.encode(value).decode()


def number(value: Value) -> int | float | None:
    """A number, also of a text that is one; None for anything else."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    try:
        return float(value) if isinstance(value, str) and "." in value else int(value)
    except (TypeError, ValueError):
        return None


def equal(one: Value, other: Value) -> bool:
    """`==`."""
    if one is None or other is None:
        return False
    if isinstance(one, bool) != isinstance(other, bool):
        return text(one).lower() == text(other).lower()
    if isinstance(one, str) != isinstance(other, str):
        return text(one) == text(other)
    return bool(one == other)


def alike(one: Value, other: Value) -> bool:
    """`=~`: equal texts, without regard to case."""
    return one is not None and other is not None and text(one).lower() == text(other).lower()


def less(one: Value, other: Value) -> bool:
    """`<`: numbers as numbers, everything else as text; null is less than nothing."""
    if one is None or other is None:
        return False
    left, right = number(one), number(other)
    if left is not None and right is not None:
        return left < right
    return text(one) < text(other)


@lru_cache(maxsize=1024)
def _term(term: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9]){re.escape(term)}(?![a-z0-9])")


def has(one: Value, other: Value) -> bool:
    """`has`: the term stands in the text as a whole word."""
    return one is not None and bool(_term(text(other).lower()).search(text(one).lower()))


COMPARISONS: Mapping[str, Callable[[Value, Value], bool]] = {
    "==": equal,
    "=~": alike,
    "<": less,
    ">": lambda one, other: less(other, one),
    "<=": lambda one, other: less(one, other) or equal(one, other),
    ">=": lambda one, other: less(other, one) or equal(one, other),
    "has": has,
    "contains": lambda one, other: one is not None and text(other).lower() in text(one).lower(),
    "contains_cs": lambda one, other: one is not None and text(other) in text(one),
    "startswith": lambda one, other: one is not None and text(one).lower().startswith(text(other).lower()),
    "startswith_cs": lambda one, other: one is not None and text(one).startswith(text(other)),
    "endswith": lambda one, other: one is not None and text(one).lower().endswith(text(other).lower()),
    "hasprefix": lambda one, other: (
        one is not None
        and bool(re.search(rf"(?<![a-z0-9]){re.escape(text(other).lower())}", text(one).lower()))
    ),
}
"""Comparisons by how they are written. Each has its opposite: `!=`, `!~`, `!has` and so on."""
OPPOSITES = {"!=": "==", "!~": "=~"} | {f"!{name}": name for name in COMPARISONS if name[0].isalpha()}


def step(value: Value, key: Value) -> Value:
    """A member of an object, in whatever case, or of a list; null where there is none."""
    if isinstance(value, str) and value[:1] in "{[":
        value = parsed(value)
    if isinstance(value, dict):
        name = text(key)
        if name in value:
            return value[name]
        lower = name.lower()
        return next((inner for own, inner in value.items() if own.lower() == lower), None)
    if isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value):
        return value[key]
    return None


def parsed(value: Value) -> Value:
    """`parse_json`: the value of a JSON text; what is no JSON stays as it is."""
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError):
        return value


def _split(value: Value, separator: Value, index: Value = None) -> Value:
    cut = text(separator)
    parts = text(value).split(cut) if cut else [text(value)]
    if index is None:
        return parts
    return [parts[index]] if isinstance(index, int) and 0 <= index < len(parts) else []


def _substring(value: Value, start: Value, length: Value = None) -> str:
    begin = max(0, start) if isinstance(start, int) else 0
    whole = text(value)
    return whole[begin : begin + max(0, length)] if isinstance(length, int) else whole[begin:]


def _array_concat(*lists: Value) -> list[Value]:
    return [item for one in lists if isinstance(one, list) for item in one]


def _coalesce(*values: Value) -> Value:
    return next((one for one in values if one is not None and one != ""), None)


def _case(*values: Value) -> Value:
    pairs = zip(values[:-1:2], values[1::2], strict=False)
    return next((value for test, value in pairs if test is True), values[-1] if values else None)


def _pack(*values: Value) -> dict[str, Value]:
    return {text(name): value for name, value in zip(values[::2], values[1::2], strict=False)}


def _length(value: Value) -> Value:
    value = parsed(value)
    return len(value) if isinstance(value, list) else None


def _whole(value: Value) -> int | None:
    found = number(value)
    return None if found is None else int(found)


def _truth(value: Value) -> bool | None:
    return {"true": True, "false": False, "1": True, "0": False}.get(text(value).lower())


FUNCTIONS: Mapping[str, tuple[int, int, Callable[..., Value]]] = {
    "array_concat": (1, 64, _array_concat),
    "array_length": (1, 1, _length),
    "bag_keys": (1, 1, lambda value: list(value) if isinstance(value, dict) else None),
    "bag_pack": (2, 64, _pack),
    "case": (3, 64, _case),
    "coalesce": (2, 64, _coalesce),
    "dynamic": (1, 1, parsed),
    "iff": (3, 3, lambda test, yes, no: yes if test is True else no),
    "iif": (3, 3, lambda test, yes, no: yes if test is True else no),
    "indexof": (2, 2, lambda value, part: text(value).find(text(part))),
    "isempty": (1, 1, lambda value: value is None or value == ""),
    "isnotempty": (1, 1, lambda value: value is not None and value != ""),
    "isnotnull": (1, 1, lambda value: value is not None),
    "isnull": (1, 1, lambda value: value is None),
    "not": (1, 1, lambda value: value is not True),
    "pack": (2, 64, _pack),
    "parse_json": (1, 1, parsed),
    "replace_string": (3, 3, lambda value, old, new: text(value).replace(text(old), text(new))),
    "set_has_element": (
        2,
        2,
        lambda value, item: isinstance(value, list) and any(equal(one, item) for one in value),
    ),
    "split": (2, 3, _split),
    "strcat": (1, 64, lambda *values: "".join(text(value) for value in values)),
    "strcat_delim": (2, 64, lambda cut, *values: text(cut).join(text(value) for value in values)),
    "strlen": (1, 1, lambda value: len(text(value))),
    "substring": (2, 3, _substring),
    "tobool": (1, 1, _truth),
    "todouble": (1, 1, number),
    "todynamic": (1, 1, parsed),
    "toint": (1, 1, _whole),
    "tolong": (1, 1, _whole),
    "tolower": (1, 1, lambda value: text(value).lower()),
    "tostring": (1, 1, text),
    "toupper": (1, 1, lambda value: text(value).upper()),
    "trim_end": (2, 2, lambda cut, value: text(value).removesuffix(text(cut))),
    "trim_start": (2, 2, lambda cut, value: text(value).removeprefix(text(cut))),
}
"""Functions by name: fewest and most arguments, and what they do."""
