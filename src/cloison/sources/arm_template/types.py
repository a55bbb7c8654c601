"""What a declaration asks of a value: type, allowed values, sizes, and the shape of objects and arrays.

Sources: answers of deployment validate, recorded 2020-04; Microsoft Learn, "Parameters in ARM templates" and
"Type definitions" of language version 2.0; checked 2026-01-05.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from cloison.sources.arm_template.errors import TOO_MUCH, Fault
from cloison.sources.arm_template.limits import Budget
from cloison.sources.arm_template.parameters import is_nullable, kind_of_declaration, resolved
from cloison.sources.arm_template.symbols import ANY, ARRAY, BOOL, INT, OBJECT, STRING, Symbol, Value
from cloison.sources.arm_template.values import MISSING, equal, find, type_name

_TYPES: Final[Mapping[str, type]] = {STRING: str, INT: int, BOOL: bool, OBJECT: dict, ARRAY: list}
_DEPTH: Final = 64
_SIZES: Final = (
    ("minLength", False, True),
    ("maxLength", False, False),
    ("minValue", True, True),
    ("maxValue", True, False),
)


def conforms(
    name: str,
    declaration: Mapping[str, Value],
    value: Value,
    definitions: Mapping[str, Value],
    budget: Budget,
) -> Value:
    """The value, when the declaration accepts it; a number given as text for an integer becomes one.

    declaration: its own `$ref` is followed already. Raises Fault in ARM's words.
    """
    return _Check(name, definitions, budget).value("", declaration, value, 0)


class _Check:
    """One value against one declaration; open parts are accepted."""

    __slots__ = ("budget", "definitions", "name")

    def __init__(self, name: str, definitions: Mapping[str, Value], budget: Budget) -> None:
        self.name = name
        self.definitions = definitions
        self.budget = budget

    def refused(self, where: str, why: str) -> Fault:
        """The fault of a value inside the parameter."""
        inside = f" at '{where}'" if where else ""
        return Fault(
            f"the provided value for the template parameter '{self.name}' is not valid{inside}: {why}",
            hint=f"give another value with --set {self.name}=… or in the parameter file",
        )

    def value(self, where: str, declaration: Mapping[str, Value], value: Value, depth: int) -> Value:
        """The value, converted where ARM does so. Raises Fault where the declaration refuses it."""
        kind = kind_of_declaration(declaration)
        if isinstance(value, Symbol):
            return _typed(value, kind, declaration)
        if depth > _DEPTH:
            raise Fault(f"the type of parameter '{self.name}' is nested too deeply", code=TOO_MUCH)
        if value is None:
            if is_nullable(declaration) or not kind:
                return None
            raise self.refused(
                where, f"expected a value of type '{declaration.get('type')}', but received 'Null'"
            )
        value = _converted(kind, value)
        wanted = _TYPES.get(kind)
        if wanted is not None and (
            not isinstance(value, wanted) or (kind == INT and isinstance(value, bool))
        ):
            raise self.refused(
                where,
                f"expected a value of type '{declaration.get('type')}', but received '{type_name(value)}'",
            )
        self._allowed(where, declaration, value)
        self._sizes(where, declaration, value)
        if isinstance(value, dict):
            return self._object(where, declaration, value, depth)
        if isinstance(value, list):
            return self._array(where, declaration, value, depth)
        return value

    def _allowed(self, where: str, declaration: Mapping[str, Value], value: Value) -> None:
        allowed = find(declaration, "allowedValues")
        if not isinstance(allowed, list) or self._is_among(value, allowed):
            return
        # The allowed values of an array may be those of its members.
        if isinstance(value, list) and all(
            isinstance(one, Symbol) or self._is_among(one, allowed) for one in value
        ):
            return
        shown = ",".join(str(one) for one in allowed[:20])
        raise self.refused(where, f"the value is not part of the allowed value(s): '{shown}'")

    def _is_among(self, value: Value, allowed: list[Value]) -> bool:
        if isinstance(value, str):
            self.budget.step(1 + (len(allowed) >> 3))
            return value.lower() in {one.lower() for one in allowed if isinstance(one, str)}
        return any(equal(value, one, self.budget) is not False for one in allowed)

    def _sizes(self, where: str, declaration: Mapping[str, Value], value: Value) -> None:
        size = len(value) if isinstance(value, (str, list)) else None
        number = value if isinstance(value, int) and not isinstance(value, bool) else None
        for key, is_number, is_low in _SIZES:
            bound = declaration.get(key)
            measured = number if is_number else size
            if not isinstance(bound, int) or measured is None:
                continue
            if measured < bound if is_low else measured > bound:
                what = "value" if is_number else "length"
                raise self.refused(where, f"its {what} is {measured}, and '{key}' is {bound}")

    def _object(
        self, where: str, declaration: Mapping[str, Value], value: dict[str, Value], depth: int
    ) -> Value:
        declared = find(declaration, "properties")
        members: dict[str, Value] = dict(declared) if isinstance(declared, dict) else {}
        members |= self._picked(where, declaration, value)
        more = find(declaration, "additionalProperties")
        if not members and not isinstance(more, dict):
            return value
        self.budget.node(len(value))
        for key, inner in members.items():
            there = find(value, key)
            if isinstance(inner, dict) and there is not MISSING:
                self.value(_below(where, key), self._resolved(inner), there, depth + 1)
            elif isinstance(inner, dict) and not is_nullable(self._resolved(inner)):
                raise self.refused(where, f"the property '{key}' is missing")
        known = {key.lower() for key in members}
        for key, there in value.items():
            if key.lower() in known:
                continue
            if isinstance(more, dict):
                self.value(_below(where, key), self._resolved(more), there, depth + 1)
            elif more is False:
                raise self.refused(where, f"the property '{key}' is not permitted")
        return value

    def _picked(
        self, where: str, declaration: Mapping[str, Value], value: dict[str, Value]
    ) -> Mapping[str, Value]:
        """Members of the variant that the discriminator of the value picks."""
        discriminator = find(declaration, "discriminator")
        if not isinstance(discriminator, dict):
            return {}
        key = str(find(discriminator, "propertyName"))
        mapping = find(discriminator, "mapping")
        chosen = find(value, key)
        if isinstance(chosen, Symbol) or not isinstance(mapping, dict):
            return {}
        variant = mapping.get(chosen) if isinstance(chosen, str) else None
        if not isinstance(variant, dict):
            known = ",".join(mapping)
            raise self.refused(where, f"'{key}' must be one of '{known}'")
        made = find(self._resolved(variant), "properties")
        return made if isinstance(made, dict) else {}

    def _array(self, where: str, declaration: Mapping[str, Value], value: list[Value], depth: int) -> Value:
        items, first = find(declaration, "items"), find(declaration, "prefixItems")
        ahead = first if isinstance(first, list) else []
        if not isinstance(items, dict) and not ahead:
            return value
        self.budget.node(len(value))
        for at, one in enumerate(value):
            inner = ahead[at] if at < len(ahead) else items
            if isinstance(inner, dict):
                self.value(f"{where}[{at}]", self._resolved(inner), one, depth + 1)
        return value

    def _resolved(self, declaration: dict[str, Value]) -> Mapping[str, Value]:
        return resolved(declaration, self.definitions) if "$ref" in declaration else declaration


def _below(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _typed(value: Symbol, kind: str, declaration: Mapping[str, Value]) -> Symbol:
    """An open value, with what the declaration says of it."""
    nullable = value.nullable and is_nullable(declaration)
    wanted = kind if value.kind == ANY else value.kind
    if nullable == value.nullable and wanted == value.kind:
        return value
    return msgspec.structs.replace(value, kind=wanted, nullable=nullable)


def _converted(kind: str, value: Value) -> Value:
    if kind == INT and isinstance(value, str) and value.lstrip("-").isdecimal() and len(value) < 20:
        return int(value)
    if kind == BOOL and isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    return value
