"""How a function of the language is declared: its name, how many arguments, what it gives, how it meets symbols.

A *plain* function sees known values only; with an open argument its result is a symbol. An *open* function
sees symbols and carries what is known through. Both know nothing of the template they are called in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import msgspec

from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.limits import Budget
from cloison.sources.arm_template.symbols import ANY, Symbol, Value
from cloison.sources.arm_template.values import type_name

Implementation: TypeAlias = Callable[[Budget, Sequence[Value]], Value]


class Function(msgspec.Struct, frozen=True):
    """One function of the language."""

    name: str
    low: int
    high: int | None
    """None where any number of arguments may follow."""
    kind: str
    """What the result is when it is a symbol."""
    carries: bool
    """It handles symbols itself."""
    run: Implementation
    nullable: bool = False


class Table(dict[str, Function]):
    """Functions by name in lower case; filled by the decorators."""

    def plain(
        self, name: str, low: int = 1, high: int | None = 1, kind: str = ANY, *, nullable: bool = False
    ) -> Callable[[Implementation], Implementation]:
        """Declare a function of known values."""
        return self._declare(name, low, high, kind, carries=False, nullable=nullable)

    def open(
        self, name: str, low: int = 1, high: int | None = 1, kind: str = ANY, *, nullable: bool = False
    ) -> Callable[[Implementation], Implementation]:
        """Declare a function that carries symbols through."""
        return self._declare(name, low, high, kind, carries=True, nullable=nullable)

    def _declare(
        self, name: str, low: int, high: int | None, kind: str, *, carries: bool, nullable: bool
    ) -> Callable[[Implementation], Implementation]:
        def keep(run: Implementation) -> Implementation:
            self[name.lower()] = Function(name, low, high, kind, carries, run, nullable)
            return run

        return keep


def refuse(name: str, wanted: str, value: Value) -> Fault:
    """The fault of an argument of the wrong type, in ARM's words."""
    return Fault(
        f"the template language function '{name}' expects {wanted}; the provided value is of type '{type_name(value)}'",
        hint=f"https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions lists '{name}'",
    )


def text(name: str, value: Value) -> str:
    """The value as a string. Raises Fault for anything else."""
    if not isinstance(value, str):
        raise refuse(name, "a string", value)
    return value


def whole(name: str, value: Value) -> int:
    """The value as an integer. Raises Fault for anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse(name, "an integer", value)
    return value


def array(name: str, value: Value) -> list[Value]:
    """The value as an array. Raises Fault for anything else."""
    if not isinstance(value, list):
        raise refuse(name, "an array", value)
    return value


def mapping(name: str, value: Value) -> dict[str, Value]:
    """The value as an object. Raises Fault for anything else."""
    if not isinstance(value, dict):
        raise refuse(name, "an object", value)
    return value


def textual(name: str, value: Value) -> str | Symbol:
    """A string or a symbol that may be one. Raises Fault for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, Symbol) and value.kind in {"", "string"}:
        return value
    raise refuse(name, "a string", value)
