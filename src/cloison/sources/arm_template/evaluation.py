"""Evaluating the JSON of a template: strings that are expressions, objects with copy loops, the rest as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from cloison.sources.arm_template.calling import Context, Home
from cloison.sources.arm_template.compile import compiled
from cloison.sources.arm_template.errors import TOO_MUCH, Fault
from cloison.sources.arm_template.limits import Budget
from cloison.sources.arm_template.symbols import ARRAY, INT, Symbol, Value, bound, needs_of, unknown
from cloison.sources.arm_template.symbols import show as show_value
from cloison.sources.arm_template.values import MISSING, find, spelling, type_name

if TYPE_CHECKING:
    from cloison.sources.arm_template.running import Index

_NONE: Final[Mapping[str, Value]] = {}


class Runtime(Home, Protocol):
    """What an evaluation asks of its deployment beyond parameters and variables."""

    @property
    def assumed(self) -> Mapping[str, Value]:
        """Values that somebody says open expressions will have, by their text."""
        ...

    @property
    def index(self) -> Index:
        """Its resources by what expressions call them."""
        ...

    @property
    def own(self) -> Evaluation:
        """For its own expressions."""
        ...

    def user_function(self, name: str, args: Sequence[Value], context: Evaluation) -> Value:
        """Result of a function of the template; MISSING when there is none of that name."""
        ...

    def reference(self, wanted: Value, *, full: bool, near: Runtime | None) -> Value:
        """The running state of a resource, looked for in `near` first."""
        ...

    def references(self, loop: str, *, full: bool) -> Value:
        """The running states of a copy loop's resources."""
        ...

    def resource_info(self, name: str) -> Value:
        """What resourceInfo() gives."""
        ...

    def runtime_function(self, name: str, args: Sequence[Value], *, near: Runtime | None) -> Value:
        """Result of a `list…` function; a resource's symbolic name is looked for in `near` first."""
        ...


class Evaluation(msgspec.Struct, frozen=True, eq=False):
    """Where an expression is evaluated; a `Context`."""

    home: Runtime
    budget: Budget
    copies: Mapping[str, Value] = _NONE
    locals: Mapping[str, Value] = _NONE
    arguments: Mapping[str, Value] | None = None
    near: Runtime | None = None
    """The nested deployment with outer scope that the expression stands in, if any."""
    depth: int = 0
    """User functions around it."""
    in_default: bool = False
    """It is the default of a parameter, where alone a template may ask for the time and for a new GUID."""
    running: bool = True
    """Resources exist by now, so that their state can be asked for."""

    @property
    def assumed(self) -> Mapping[str, Value]:
        """Values that somebody says open expressions will have, by their text."""
        return self.home.assumed

    def with_locals(self, names: Mapping[str, Value]) -> Evaluation:
        """The same, with the variables of one more lambda."""
        return msgspec.structs.replace(self, locals={**self.locals, **names})

    def inside(self, near: Runtime) -> Evaluation:
        """The same for the template of a nested deployment with outer scope."""
        return msgspec.structs.replace(self, near=near)

    def before_running(self) -> Evaluation:
        """The same before any resource exists."""
        return msgspec.structs.replace(self, running=False) if self.running else self

    def for_default(self) -> Evaluation:
        """The same for the default of a parameter."""
        return msgspec.structs.replace(self, running=False, in_default=True)

    def with_copy(self, name: str, index: Value, *, own: bool = False) -> Evaluation:
        """The same inside one more copy loop; `own`: it is the resource's."""
        copies = {**self.copies, name.lower(): index}
        if own or "" not in copies:
            copies[""] = index
        return msgspec.structs.replace(self, copies=copies)

    def user_function(self, name: str, args: Sequence[Value]) -> Value:
        """Result of a function of the template; MISSING when there is none of that name."""
        return self.home.user_function(name, args, self)

    def runtime_function(self, name: str, args: Sequence[Value]) -> Value:
        """Result of a `list…` function, which only Azure knows."""
        self._runs(name)
        return self.home.runtime_function(name, args, near=self.near)

    def _runs(self, name: str) -> None:
        if not self.running:
            raise Fault(
                f"the template function '{name}' is not expected at this location",
                hint="it asks a resource that exists; use it in properties of resources and in outputs",
            )

    def reference(self, wanted: Value, *, full: bool) -> Value:
        """The running state of a resource, as far as the template states it."""
        self._runs("reference")
        return self.home.reference(wanted, full=full, near=self.near)

    def references(self, loop: str, *, full: bool) -> Value:
        """The running states of a copy loop's resources."""
        self._runs("references")
        return (self.near or self.home).references(loop, full=full)

    def resource_info(self, name: str) -> Value:
        """What resourceInfo() gives."""
        return (self.near or self.home).resource_info(name)


def evaluate(value: Value, context: Evaluation) -> Value:
    """The value with its expressions evaluated. Raises Fault, with the path below `value`."""
    if isinstance(value, str):
        if value[:1] != "[" or value[-1:] != "]":
            return value
        if value[:2] == "[[":
            # A nested template in outer scope is read twice: by its parent, and when it is deployed itself.
            return value[1:] if context.near is None else evaluate(value[1:], context.near.own)
        return run(value, context)
    if isinstance(value, dict):
        return _object(value, context)
    if isinstance(value, list):
        made: list[Value] = []
        context.budget.node(len(value))
        at = 0
        try:
            for item in value:
                made.append(evaluate(item, context))
                at += 1
        except Fault as fault:
            raise fault.within(at)  # noqa: B904 (the same fault, one step further out)
        return made
    return value


def run(text: str, context: Evaluation) -> Value:
    """An expression with its outer brackets, evaluated. Raises Fault."""
    limits = context.budget.limits
    checked: Context = context
    assuming = bool(context.home.assumed)
    made = compiled(text[1:-1], limits.expression_depth, limits.expression_chars, assuming=assuming)
    return made(checked)


def _object(value: dict[str, Value], context: Evaluation) -> Value:
    made: dict[str, Value] = {}
    context.budget.node(len(value))
    key = ""
    try:
        for key, item in value.items():
            if key[:1] == "[" and key[-1:] == "]":
                name = evaluate(key, context)
                made[name if isinstance(name, str) else str(name)] = evaluate(item, context)
            elif key.lower() == "copy" and is_copies(item):
                made.update(copies(item, context))
            else:
                made[key] = evaluate(item, context)
    except Fault as fault:
        raise fault.within(key)  # noqa: B904 (the same fault, one step further out)
    return made


def is_copies(value: Value) -> bool:
    """The value of a `copy` key is a list of loops and not data of that name."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, dict) and spelling(one, "count") and spelling(one, "input") for one in value)
    )


def copies(loops: list[dict[str, Value]], context: Evaluation) -> dict[str, Value]:
    """The arrays that the loops of one object make, by name. Raises Fault."""
    made: dict[str, Value] = {}
    for at, loop in enumerate(loops):
        try:
            name = evaluate(find(loop, "name"), context)
            if not isinstance(name, str):
                raise Fault("the name of a copy loop must be a text")
            made[name] = copied(name, loop, "input", context)
        except Fault as fault:
            raise fault.within(at)  # noqa: B904 (the same fault, one step further out)
    return made


def copied(name: str, loop: Mapping[str, Value], key: str, context: Evaluation) -> Value:
    """One array of a loop's input; a symbol when the count is open. Raises Fault."""
    count = count_of(loop, context)
    item = find(loop, key)
    if item is MISSING:
        raise Fault(f"the copy loop '{name}' has no '{key}'", hint=f"'{key}' is what each turn makes")
    try:
        if isinstance(count, Symbol):
            index = Symbol(f"copyIndex('{name}')", needs=count.needs, kind=INT, nullable=False)
            if index in context.copies.values():
                # A loop around this one shows its index in the same way; they turn on their own.
                index = Symbol(f"copyIndex('{name}', 0)", needs=count.needs, kind=INT, nullable=False)
            one = _or_text(item, context.with_copy(name, index))
            text = bound(f"map(range(0, {count.text}), {show_value(one)})")
            return Symbol(
                text, needs=needs_of((count, one)), kind=ARRAY, nullable=False, call=("copy", (count, one))
            )
        context.budget.node(count)
        return [evaluate(item, context.with_copy(name, index)) for index in range(count)]
    except Fault as fault:
        raise fault.within(key)  # noqa: B904 (the same fault, one step further out)


def _or_text(item: Value, context: Evaluation) -> Value:
    try:
        return evaluate(item, context)
    except Fault as fault:
        # A loop that may have no turn does not fail for what its turns would do.
        if fault.code == TOO_MUCH:
            raise
        return unknown("copy", (str(item),))


def count_of(loop: Mapping[str, Value], context: Evaluation) -> int | Symbol:
    """The count of a copy loop. Raises Fault when it is no number from 0 to the limit."""
    try:
        written = find(loop, "count")
        if written is MISSING:
            raise Fault("the copy loop has no 'count'", hint="'count' is how many turns it has")
        count = evaluate(written, context)
        if isinstance(count, str) and count.isdecimal() and len(count) < 10:
            count = int(count)
        if isinstance(count, Symbol):
            return count
        if isinstance(count, bool) or not isinstance(count, int):
            raise Fault(f"the count of a copy loop must be an integer; it is of type '{type_name(count)}'")
        limit = context.budget.limits.copies
        if not 0 <= count <= limit:
            raise Fault(
                f"the copy count '{count}' is outside of the range of 0 to {limit}",
                hint="ARM takes at most 800 turns of one loop",
            )
    except Fault as fault:
        raise fault.within("count")  # noqa: B904 (the same fault, one step further out)
    return count
