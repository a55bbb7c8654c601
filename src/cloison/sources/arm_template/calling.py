"""Calling a function on values that may be open, and stepping into them.

Also what a function that needs more than its arguments may ask of its context.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol, TypeAlias

from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.functions.registry import Function
from cloison.sources.arm_template.grammar import Expression, Literal, accessor
from cloison.sources.arm_template.limits import Budget
from cloison.sources.arm_template.scope import Scope, Target
from cloison.sources.arm_template.symbols import Symbol, Value, bound, choose, needs_of, same, unknown
from cloison.sources.arm_template.symbols import show as show_value
from cloison.sources.arm_template.values import MISSING, find, has_symbol, type_name


class Home(Protocol):
    """The deployment an expression belongs to."""

    @property
    def target(self) -> Target:
        """Where it deploys to."""
        ...

    @property
    def scope(self) -> Scope:
        """What the caller said of the outermost deployment."""
        ...

    @property
    def language_two(self) -> bool:
        """Its template is of language version 2."""
        ...

    def parameter(self, name: str) -> Value:
        """A parameter's value. Raises Fault when the template declares none of that name."""
        ...

    def variable(self, name: str) -> Value:
        """A variable's value. Raises Fault when the template has none of that name."""
        ...

    def described(self) -> Value:
        """What deployment() gives."""
        ...


class Context(Protocol):
    """Where an expression is evaluated."""

    @property
    def budget(self) -> Budget:
        """What is left of the limits."""
        ...

    @property
    def home(self) -> Home:
        """The deployment whose parameters and variables it sees."""
        ...

    @property
    def copies(self) -> Mapping[str, Value]:
        """Index of each copy loop around it, by name in lower case; '' is the resource's own loop."""
        ...

    @property
    def locals(self) -> Mapping[str, Value]:
        """Variables of the lambdas around it."""
        ...

    @property
    def assumed(self) -> Mapping[str, Value]:
        """Values that somebody says open expressions will have, by their text."""
        ...

    @property
    def in_default(self) -> bool:
        """It is evaluated for the default of a parameter."""
        ...

    @property
    def arguments(self) -> Mapping[str, Value] | None:
        """Arguments of the user function it stands in, or None."""
        ...

    def with_locals(self, names: Mapping[str, Value]) -> Context:
        """The same, with the variables of one more lambda."""
        ...

    def user_function(self, name: str, args: Sequence[Value]) -> Value:
        """Result of a function that the template defines; MISSING when it defines none of that name."""
        ...

    def runtime_function(self, name: str, args: Sequence[Value]) -> Value:
        """Result of a `list…` function, which only Azure knows."""
        ...

    def reference(self, wanted: Value, *, full: bool) -> Value:
        """The running state of a resource, as far as the template states it."""
        ...

    def references(self, loop: str, *, full: bool) -> Value:
        """The running states of all resources of a copy loop."""
        ...

    def resource_info(self, name: str) -> Value:
        """Id, name, type and api-version of a resource with a symbolic name."""
        ...


Compiled: TypeAlias = Callable[[Context], Value]
Special: TypeAlias = Callable[[Context, Sequence[Compiled], Sequence[Expression]], Value]

CHOICES_MAX: Final = 16
"""Outcomes that one call may spread over before its result is a plain symbol."""


class SpecialTable(dict[str, tuple[int, int | None, Special]]):
    """Functions that see their context, by name in lower case, with how many arguments they take."""

    def declare(self, name: str, low: int, high: int | None) -> Callable[[Special], Special]:
        """Declare one."""

        def keep(run: Special) -> Special:
            self[name.lower()] = (low, high, run)
            return run

        return keep


def apply(function: Function, values: Sequence[Value], budget: Budget) -> Value:
    """The function's result; with open arguments what can be known of it. Raises Fault."""
    budget.step()
    is_open = False
    for value in values:
        if isinstance(value, Symbol):
            is_open = True
            if value.choice is not None:
                spread = _spread(function, values, budget)
                if spread is not MISSING:
                    return spread
        elif not isinstance(value, (bool, int)):
            budget.weigh(value)
    if not function.carries:
        for value in values:
            if is_open or (isinstance(value, (list, dict)) and has_symbol(value, budget)):
                return unknown(function.name, values, function.kind, nullable=function.nullable)
    result = function.run(budget, values)
    if not isinstance(result, (bool, int, Symbol)):
        budget.weigh(result)
    return result


def _outcomes(value: Value, most: int = CHOICES_MAX) -> int:
    """How many outcomes a value has; not counted beyond one more than `most`."""
    if not isinstance(value, Symbol) or value.choice is None:
        return 1
    found = _outcomes(value.choice[1], most)
    return found if found > most else found + _outcomes(value.choice[2], most - found)


def _spread(function: Function, values: Sequence[Value], budget: Budget) -> Value:
    """The call made on each outcome of the first choice among its arguments; MISSING when there are too many."""
    total = 1
    condition: Symbol | None = None
    for value in values:
        total *= _outcomes(value)
        if condition is None and isinstance(value, Symbol) and value.choice is not None:
            condition = value.choice[0]
    if total > CHOICES_MAX or condition is None:
        return MISSING
    results: list[Value] = []
    faults: list[Fault] = []
    for side in (1, 2):
        taken = [decide(value, condition, truth=side == 1) for value in values]
        try:
            results.append(apply(function, taken, budget))
        except Fault as fault:
            faults.append(fault)
            results.append(unknown(function.name, taken, function.kind))
    if len(faults) == 2:
        raise faults[0]
    return choose(condition, results[0], results[1])


def decide(value: Value, condition: Symbol, *, truth: bool) -> Value:
    """The value once the condition is decided."""
    while isinstance(value, Symbol) and value.choice is not None and same(value.choice[0], condition):
        value = value.choice[1 if truth else 2]
    return value


def step_into(value: Value, key: Value, *, safe: bool = False) -> Value:
    """`value[key]`. Raises Fault where a known value has no such member, unless access is safe."""
    if isinstance(value, Symbol):
        return _step_open(value, key, safe=safe)
    if isinstance(key, Symbol):
        return Symbol(
            bound(f"{show_value(value)}[{key.text}]"), needs=needs_of((value, key)), call=("[]", (value, key))
        )
    if isinstance(value, dict) and isinstance(key, str):
        found = find(value, key)
        if found is not MISSING:
            return found
    elif isinstance(value, list) and isinstance(key, int) and not isinstance(key, bool):
        if 0 <= key < len(value):
            return value[key]
    elif safe and value is None:
        return None
    if safe:
        return None
    raise _no_member(value, key)


def _no_member(value: Value, key: Value) -> Fault:
    if isinstance(value, dict) and isinstance(key, str):
        from difflib import get_close_matches

        known = ", ".join(sorted(value)[:12])
        near = get_close_matches(key, value, 1)
        return Fault(
            f"the language expression property '{key}' doesn't exist, available properties are '{known}'",
            hint=f"did you mean '{near[0]}'?" if near else "",
        )
    if isinstance(value, list) and isinstance(key, int):
        return Fault(
            f"the language expression property array index '{key}' is out of bounds; it has {len(value)} members"
        )
    return Fault(
        f"the language expression property '{key}' cannot be evaluated: a value of type '{type_name(value)}' has none"
    )


def _step_open(value: Symbol, key: Value, *, safe: bool) -> Value:
    if value.member is not None and isinstance(key, (str, int)) and not isinstance(key, bool):
        try:
            found = value.member(str(key))
        except KeyError:
            pass
        else:
            if found is not MISSING:
                return found
            if safe:
                return None
            raise Fault(f"the language expression property '{key}' doesn't exist in {value.text}")
    if value.choice is not None and _outcomes(value) <= CHOICES_MAX:
        condition, *sides = value.choice
        return choose(condition, *[_or_open(side, key, safe=safe) for side in sides])
    if value.call is not None and value.call[0] == "split" and isinstance(key, int):
        piece = _piece(value.call[1], key)
        if piece is not None:
            return piece
    shown = f"[{key.text}]" if isinstance(key, Symbol) else accessor(Literal(key), safe=safe)
    return Symbol(bound(value.text + shown), needs=value.needs | needs_of((key,)), call=("[]", (value, key)))


def _or_open(side: Value, key: Value, *, safe: bool) -> Value:
    try:
        return step_into(side, key, safe=safe)
    except Fault:
        # This outcome cannot be the one of a deployment that succeeds; what it gives does not matter.
        return Symbol(bound(f"{show_value(side)}{accessor(Literal(str(key)))}"), needs=needs_of((side, key)))


def _piece(split: tuple[Value, ...], at: int) -> str | None:
    """A piece of a split that lies wholly in the known start of the text."""
    whole, cut = split
    known = whole.prefix if isinstance(whole, Symbol) else ""
    if not isinstance(cut, str) or not cut:
        return None
    pieces = known.split(cut)
    return pieces[at] if 0 <= at < len(pieces) - 1 else None
