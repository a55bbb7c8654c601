"""Comparison, logic and arithmetic. Sources: Microsoft Learn, "Comparison functions", "Logical functions" and
"Numeric functions for ARM templates", checked 2026-01-05. `if`, `and` and `or` stop at what decides them and
stand with the functions that see their arguments unevaluated.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Final

from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.functions.registry import Table, refuse, text, whole
from cloison.sources.arm_template.limits import Budget
from cloison.sources.arm_template.symbols import BOOL, INT, Symbol, Value, unknown
from cloison.sources.arm_template.values import equal

TABLE: Final = Table()
_LOW: Final = -(2**63)
_HIGH: Final = 2**63 - 1


@TABLE.open("equals", 2, 2, BOOL)
def _equals(budget: Budget, args: Sequence[Value]) -> Value:
    answer = equal(args[0], args[1], budget)
    return unknown("equals", args, BOOL) if answer is None else answer


@TABLE.open("not", kind=BOOL)
def _not(budget: Budget, args: Sequence[Value]) -> Value:
    value = args[0]
    if isinstance(value, Symbol):
        doubled = value.call is not None and value.call[0] == "not"
        return value.call[1][0] if doubled and value.call else unknown("not", args, BOOL)
    return not truth("not", value)


def truth(name: str, value: Value) -> bool:
    """The value as a boolean. Raises Fault for anything else."""
    if not isinstance(value, bool):
        raise refuse(name, "a boolean", value)
    return value


@TABLE.plain("bool", kind=BOOL)
def _bool(budget: Budget, args: Sequence[Value]) -> Value:
    value = args[0]
    if isinstance(value, str) and value.strip().lower() in {"true", "false", "1", "0"}:
        return value.strip().lower() in {"true", "1"}
    if isinstance(value, (bool, int, float)):
        return bool(value)
    raise refuse("bool", "'true', 'false' or an integer", value)


@TABLE.open("true", 0, 0)
def _true(budget: Budget, args: Sequence[Value]) -> Value:
    return True


@TABLE.open("false", 0, 0)
def _false(budget: Budget, args: Sequence[Value]) -> Value:
    return False


@TABLE.open("null", 0, 0)
def _null(budget: Budget, args: Sequence[Value]) -> Value:
    return None


def _ordered(name: str, args: Sequence[Value], numbers: Callable[[float, float], bool]) -> bool:
    one, other = args
    if isinstance(one, str) and isinstance(other, str):
        # Learn: the comparison of strings is case-sensitive; ordinal, as its example with 'a' and 'A' shows.
        return numbers(float(one > other) - float(one < other), 0.0)
    for value in args:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise refuse(name, "two integers or two strings", value)
    return numbers(one, other)


@TABLE.plain("less", 2, 2, BOOL)
def _less(budget: Budget, args: Sequence[Value]) -> Value:
    return _ordered("less", args, operator.lt)


@TABLE.plain("lessOrEquals", 2, 2, BOOL)
def _less_or_equals(budget: Budget, args: Sequence[Value]) -> Value:
    return _ordered("lessOrEquals", args, operator.le)


@TABLE.plain("greater", 2, 2, BOOL)
def _greater(budget: Budget, args: Sequence[Value]) -> Value:
    return _ordered("greater", args, operator.gt)


@TABLE.plain("greaterOrEquals", 2, 2, BOOL)
def _greater_or_equals(budget: Budget, args: Sequence[Value]) -> Value:
    return _ordered("greaterOrEquals", args, operator.ge)


def _sized(name: str, value: int) -> int:
    if not _LOW <= value <= _HIGH:
        raise Fault(f"the result of the template language function '{name}' does not fit in 64 bits")
    return value


@TABLE.plain("add", 2, 2, INT)
def _add(budget: Budget, args: Sequence[Value]) -> Value:
    return _sized("add", whole("add", args[0]) + whole("add", args[1]))


@TABLE.plain("sub", 2, 2, INT)
def _sub(budget: Budget, args: Sequence[Value]) -> Value:
    return _sized("sub", whole("sub", args[0]) - whole("sub", args[1]))


@TABLE.plain("mul", 2, 2, INT)
def _mul(budget: Budget, args: Sequence[Value]) -> Value:
    return _sized("mul", whole("mul", args[0]) * whole("mul", args[1]))


def _divided(name: str, args: Sequence[Value]) -> tuple[int, int]:
    """Quotient cut towards zero, as .NET divides, and remainder with the sign of the dividend."""
    one, other = whole(name, args[0]), whole(name, args[1])
    if other == 0:
        raise Fault(f"the template language function '{name}' divides by zero")
    quotient = abs(one) // abs(other)
    quotient = quotient if (one < 0) == (other < 0) else -quotient
    return _sized(name, quotient), one - quotient * other


@TABLE.plain("div", 2, 2, INT)
def _div(budget: Budget, args: Sequence[Value]) -> Value:
    return _divided("div", args)[0]


@TABLE.plain("mod", 2, 2, INT)
def _mod(budget: Budget, args: Sequence[Value]) -> Value:
    return _divided("mod", args)[1]


@TABLE.plain("int", kind=INT)
def _int(budget: Budget, args: Sequence[Value]) -> Value:
    value = args[0]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _sized("int", int(value)) if abs(value) < 2**64 else _sized("int", 2**64)
    digits = text("int", value).strip()
    if len(digits) > 20 or not digits.lstrip("+-").isdecimal():
        raise Fault("the template language function 'int' expects a text of digits")
    return _sized("int", int(digits))


@TABLE.plain("float")
def _float(budget: Budget, args: Sequence[Value]) -> Value:
    value = args[0]
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError) as problem:
        raise refuse("float", "a number or its text", value) from problem
