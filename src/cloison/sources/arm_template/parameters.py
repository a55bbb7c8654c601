"""Parameters: the values given, what a declaration asks of them, and files of values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.symbols import (
    ANY,
    ARRAY,
    BOOL,
    INT,
    OBJECT,
    STRING,
    Symbol,
    Value,
    choose,
    may_be_null,
    unknown,
)
from cloison.sources.arm_template.values import MISSING, find

KINDS: Final[Mapping[str, str]] = {
    "string": STRING, "securestring": STRING, "int": INT, "bool": BOOL,
    "object": OBJECT, "secureobject": OBJECT, "array": ARRAY,
}  # fmt: skip


_PLACEHOLDER: Final = re.compile(r"GEN-[A-Z][A-Z0-9-]*|GET-PREREQ-[A-Za-z0-9]+")
"""Values that a file leaves to a tool: `GEN-UNIQUE-8`, `GEN-PASSWORD`, `GET-PREREQ-vnetName`.

Source: the parameter files of Azure's quickstart templates, whose tests replace them; checked 2026-01-05.
"""
SECURE: Final = frozenset({"securestring", "secureobject"})
"""Types whose values are secrets."""


def values_of(given: Mapping[str, object]) -> dict[str, Value]:
    """Values by name, from a parameter file's content or a plain mapping.

    A Key Vault reference and a placeholder become symbols. A file is told by its `parameters` object, whose members
    hold `value`, `reference` or `expression`.
    Raises Fault for a file of another shape.
    """
    inner = given.get("parameters")
    if not isinstance(inner, Mapping) or not (
        "$schema" in given or "contentVersion" in given or _wrapped(inner)
    ):
        return {str(name): value for name, value in given.items()}
    made: dict[str, Value] = {}
    for name, entry in inner.items():
        if not isinstance(entry, Mapping):
            raise Fault(f"the value of parameter '{name}' stands in no 'value' of the parameter file")
        made[name] = entry_value(name, entry)
    return made


def _wrapped(inner: Mapping[str, object]) -> bool:
    return all(isinstance(one, Mapping) and ("value" in one or "reference" in one) for one in inner.values())


def entry_value(name: str, entry: Mapping[str, Value]) -> Value:
    """The value of one `{"value": …}` or `{"reference": …}`. Raises Fault for anything else."""
    value = find(entry, "value")
    if isinstance(value, str) and _PLACEHOLDER.fullmatch(value):
        return Symbol(f"parameters('{name}')", needs=frozenset({name}), nullable=False)
    if value is not MISSING:
        return value
    if find(entry, "reference") is not MISSING or find(entry, "expression") is not MISSING:
        kind = ANY if find(entry, "reference") is MISSING else STRING
        return Symbol(f"parameters('{name}')", needs=frozenset({name}), kind=kind, nullable=False)
    raise Fault(
        f"the parameter '{name}' has neither 'value' nor 'reference'",
        hint='write {"value": …} for each parameter of the file',
    )


def resolved(
    declaration: Mapping[str, Value], definitions: Mapping[str, Value], hops: int = 16
) -> dict[str, Value]:
    """The declaration with the definition that its `$ref` names below it. Raises Fault where there is no such one."""
    made = dict(declaration)
    while isinstance(reference := made.pop("$ref", None), str):
        hops -= 1
        name = reference.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        target = find(definitions, name)
        if not isinstance(target, dict) or hops < 0:
            raise Fault(
                f"the type '{reference}' of a parameter is not defined",
                hint="it names a member of 'definitions'",
            )
        made = {**target, **made}
    return made


def kind_of_declaration(declaration: Mapping[str, Value]) -> str:
    """`string`, `int`, `bool`, `array`, `object`, or empty where the declaration has another type."""
    kind = declaration.get("type")
    return KINDS.get(kind.lower(), ANY) if isinstance(kind, str) else ANY


def is_nullable(declaration: Mapping[str, Value]) -> bool:
    """Null is a value that the declaration takes."""
    return find(declaration, "nullable") is True


def open_parameter(called: tuple[str, frozenset[str]], declaration: Mapping[str, Value]) -> Symbol:
    """A parameter that needs a value and that nobody gave one."""
    text, needs = called
    return Symbol(text, needs=needs, kind=kind_of_declaration(declaration), nullable=False)


def fill(given: Value, default: Callable[[], Value]) -> Value:
    """The value given, or the default where none or null is given; MISSING where there is neither.

    Null stands for "not given" where there is a default. Source: Microsoft Learn, "Parameters in Bicep" and
    "Data types in Bicep", null; checked 2026-01-05.
    """
    if given is MISSING:
        return default()
    if not may_be_null(given):
        return given
    made = default()
    if made is MISSING:
        return given
    return _filled(given, made)


def _filled(given: Value, default: Value) -> Value:
    if not may_be_null(given):
        return given
    if given is None:
        return default
    if given.choice is not None:
        condition, yes, no = given.choice
        return choose(condition, _filled(yes, default), _filled(no, default))
    return unknown("coalesce", (given, default), given.kind, nullable=may_be_null(default))


def is_plain(value: Value) -> bool:
    """A text or an object as it is written, with something in it: no expression, and not empty."""
    return bool(value) and (isinstance(value, dict) or (isinstance(value, str) and not value.startswith("[")))


class Told:
    """The parameter values of the outermost deployment, as the caller gives them."""

    def __init__(self, values: Mapping[str, Value], *, deploying: bool) -> None:
        """deploying: there are no other values, and those of secure parameters are used."""
        self.may_be_open = not deploying
        self._spelled = {name.lower(): name for name in values}
        self._values = values
        self._secure = deploying

    def names(self) -> Sequence[str]:
        """Names of the parameters it has a value for."""
        return list(self._values)

    def value(self, name: str, kind: str) -> Value:
        """The value of a parameter of that declared type, or MISSING."""
        spelled = self._spelled.get(name.lower())
        if spelled is None:
            return MISSING
        value = self._values[spelled]
        if self._secure or value is None or isinstance(value, Symbol) or kind not in SECURE:
            return value
        return Symbol(f"parameters('{name}')", kind=KINDS[kind], nullable=False)

    def open(self, name: str) -> tuple[str, frozenset[str]]:
        """What to call a parameter without a value, and the name that decides it."""
        return f"parameters('{name}')", frozenset({name})
