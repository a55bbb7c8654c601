"""JSON values as the language sees them: names without regard to case, equality, .NET's text of a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.limits import Budget
from cloison.sources.arm_template.symbols import Symbol, Value

MISSING: Final = object()
"""Told apart from null: nothing stands there."""


def find(container: Mapping[str, Value], name: str) -> Value:
    """The property of that name, without regard to case, or MISSING. The exact case wins."""
    found = container.get(name, MISSING)
    if found is not MISSING:
        return found
    lower = name.lower()
    for key, value in container.items():
        if key.lower() == lower:
            return value
    return MISSING


def spelling(container: Mapping[str, Value], name: str) -> str | None:
    """The name as the container spells it, or None."""
    if name in container:
        return name
    lower = name.lower()
    return next((key for key in container if key.lower() == lower), None)


def has_symbol(value: Value, budget: Budget) -> bool:
    """Something in the value is open. Work is counted, so shared structure cannot cost without end."""
    if isinstance(value, Symbol):
        return True
    if not isinstance(value, (list, dict)):
        return False
    open_values: list[Value] = [value]
    while open_values:
        current = open_values.pop()
        members = current.values() if isinstance(current, dict) else current
        budget.step(1 + (len(current) >> 4))
        for member in members:
            if isinstance(member, Symbol):
                return True
            if isinstance(member, (list, dict)):
                open_values.append(member)
    return False


def equal(one: Value, other: Value, budget: Budget) -> bool | None:
    """The values are equal; None when that is open. Strings compare by case, object keys do not.

    Source: Microsoft Learn, template functions "equals": the comparison is case-sensitive; checked 2026-01-05.
    """
    budget.step()
    if isinstance(one, Symbol) or isinstance(other, Symbol):
        return _equal_open(one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        return _equal_objects(one, other, budget)
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return False
        return every([equal(left, right, budget) for left, right in zip(one, other, strict=True)])
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def _equal_objects(one: dict[str, Value], other: dict[str, Value], budget: Budget) -> bool | None:
    if len(one) != len(other):
        return False
    answers: list[bool | None] = []
    for key, value in one.items():
        match = find(other, key)
        if match is MISSING:
            return False
        answers.append(equal(value, match, budget))
    return every(answers)


def every(answers: list[bool | None]) -> bool | None:
    """All are true; False when one is false, None when that is open."""
    if False in answers:
        return False
    return None if None in answers else True


def _equal_open(one: Value, other: Value) -> bool | None:
    """Equality with an open side: decided where known parts, kinds or null contradict."""
    if isinstance(one, Symbol) and isinstance(other, Symbol):
        # In a text a number is the text of it, and shows the same.
        return True if one == other and one.kind == other.kind else None
    symbol, known = (one, other) if isinstance(one, Symbol) else (other, one)
    if known is None:
        return None if symbol.nullable else False
    if isinstance(known, str) and symbol.parts:
        fits = len(known) >= sum(len(part) for part in symbol.parts if isinstance(part, str))
        if not (fits and known.startswith(symbol.prefix) and known.endswith(symbol.suffix)):
            return False
    return None


def text_of(value: Value) -> str:
    """A known value as `string()` prints it: JSON without spaces; strings as they are.

    Source: Microsoft Learn, template functions "string": objects and arrays become JSON, a boolean `True`
    or `False` (Json.NET's conversion of a token); examples there, checked 2026-01-05.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, (list, dict)):
        return compact(value)
    return str(value)


def compact(value: Value) -> str:
    """JSON without spaces. Raises Fault for text that UTF-8 cannot hold."""
    try:
        return msgspec.json.encode(value).decode()
    except (UnicodeEncodeError, RecursionError) as problem:
        raise Fault(f"the value cannot be written as JSON: {problem}") from problem


def type_name(value: Value) -> str:
    """ARM's name of a value's type, for messages."""
    if value is None:
        return "Null"
    if isinstance(value, Symbol):
        return value.kind.capitalize() or "unknown"
    if isinstance(value, bool):
        return "Boolean"
    names = {str: "String", int: "Integer", float: "Float", list: "Array", dict: "Object"}
    return names.get(type(value), type(value).__name__)
