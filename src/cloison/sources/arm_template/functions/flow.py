"""Functions that decide which argument is evaluated, or read what stands around the expression.

Sources: Microsoft Learn, "Logical functions", "Deployment functions" and "Lambda functions for ARM templates",
checked 2026-01-05.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key
from typing import Final

from cloison.sources.arm_template.calling import Compiled, Context, SpecialTable, decide
from cloison.sources.arm_template.errors import FAILED, Fault
from cloison.sources.arm_template.functions.logic import truth
from cloison.sources.arm_template.functions.registry import array, mapping, refuse, text, whole
from cloison.sources.arm_template.grammar import Expression, Literal, show
from cloison.sources.arm_template.symbols import (
    ARRAY,
    BOOL,
    INT,
    OBJECT,
    Lambda,
    Symbol,
    Value,
    bound,
    choose,
    kind_of,
    may_be_null,
    unknown,
)
from cloison.sources.arm_template.symbols import show as show_value
from cloison.sources.arm_template.values import text_of

TABLE: Final = SpecialTable()
Args = Sequence[Compiled]
Trees = Sequence[Expression]


@TABLE.declare("if", 3, 3)
def _if(context: Context, args: Args, trees: Trees) -> Value:
    context.budget.step()
    condition = args[0](context)
    if not isinstance(condition, Symbol):
        return args[1 if truth("if", condition) else 2](context)
    yes, no = _outcome(context, args[1], trees[1]), _outcome(context, args[2], trees[2])
    return choose(condition, decide(yes, condition, truth=True), decide(no, condition, truth=False))


def _outcome(context: Context, arg: Compiled, tree: Expression) -> Value:
    try:
        return arg(context)
    except Fault:
        # A deployment that succeeds does not come here, so what stands here does not matter.
        return Symbol(bound(show(tree)))


@TABLE.declare("and", 1, None)
def _and(context: Context, args: Args, trees: Trees) -> Value:
    return _junction(context, args, trees, "and", stop=False)


@TABLE.declare("or", 1, None)
def _or(context: Context, args: Args, trees: Trees) -> Value:
    return _junction(context, args, trees, "or", stop=True)


def _junction(context: Context, args: Args, trees: Trees, name: str, *, stop: bool) -> Value:
    """The arguments in order up to the one that decides; open ones are kept."""
    context.budget.step()
    kept: list[Value] = []
    for arg, tree in zip(args, trees, strict=True):
        value = _outcome(context, arg, tree) if kept else arg(context)
        if isinstance(value, Symbol):
            if value not in kept:
                kept.append(value)
        elif truth(name, value) is stop:
            return stop
    if not kept:
        return not stop
    return kept[0] if len(kept) == 1 else unknown(name, kept, BOOL)


@TABLE.declare("coalesce", 1, None)
def _coalesce(context: Context, args: Args, trees: Trees) -> Value:
    """The first argument that is not null; what comes after one that is never null is not evaluated."""
    context.budget.step()
    kept: list[Value] = []
    for arg, tree in zip(args, trees, strict=True):
        value = _outcome(context, arg, tree) if kept else arg(context)
        if value is None:
            continue
        kept.append(value)
        if not may_be_null(value):
            break
    if not kept:
        return None
    if len(kept) == 1:
        return kept[0]
    return _coalesced(kept)


def _coalesced(kept: list[Value]) -> Value:
    """A choice where the first of the values is one that is null on one side; else a symbol."""
    first, rest = kept[0], kept[1:]
    if isinstance(first, Symbol) and first.choice is not None:
        condition, *sides = first.choice
        if any(side is None for side in sides):
            others = rest[0] if len(rest) == 1 else _coalesced(rest)
            yes, no = (others if side is None else side for side in sides)
            if not any(isinstance(side, Symbol) and may_be_null(side) for side in sides):
                return choose(
                    condition, decide(yes, condition, truth=True), decide(no, condition, truth=False)
                )
    kinds = {kind_of(value) for value in kept}
    return unknown("coalesce", kept, kinds.pop() if len(kinds) == 1 else "", nullable=may_be_null(kept[-1]))


@TABLE.declare("parameters", 1, 1)
def _parameters(context: Context, args: Args, trees: Trees) -> Value:
    context.budget.step()
    name = text("parameters", args[0](context))
    if context.arguments is None:
        return context.home.parameter(name)
    for key, value in context.arguments.items():
        if key.lower() == name.lower():
            return value
    raise Fault(
        f"the user function has no parameter '{name}'", hint="functions see their own parameters only"
    )


@TABLE.declare("variables", 1, 1)
def _variables(context: Context, args: Args, trees: Trees) -> Value:
    context.budget.step()
    name = args[0](context)
    if isinstance(name, Symbol):
        return unknown("variables", (name,))
    if context.arguments is not None and not context.home.language_two:
        raise Fault("a user function cannot read variables", hint="pass the value as an argument")
    return context.home.variable(text("variables", name))


@TABLE.declare("copyIndex", 0, 2)
def _copy_index(context: Context, args: Args, trees: Trees) -> Value:
    context.budget.step()
    values = [arg(context) for arg in args]
    named = bool(values) and isinstance(values[0], str)
    name = values.pop(0).lower() if named else ""
    if name not in context.copies:
        where = f"there is no copy loop '{name}' around it" if name else "there is no copy loop around it"
        raise Fault(f"the template function 'copyIndex' is not expected at this location: {where}")
    index, offset = context.copies[name], values[0] if values else 0
    if isinstance(index, Symbol) or isinstance(offset, Symbol):
        return index if offset == 0 else unknown("add", (index, offset), INT)
    return index + whole("copyIndex", offset)


@TABLE.declare("deployment", 0, 0)
def _deployment(context: Context, args: Args, trees: Trees) -> Value:
    return context.home.described()


@TABLE.declare("fail", 1, 1)
def _fail(context: Context, args: Args, trees: Trees) -> Value:
    raise Fault(f"the template calls fail: {_for_message(args[0](context))}", code=FAILED)


def _for_message(value: Value) -> str:
    return show_value(value) if isinstance(value, (list, dict, Symbol)) else text_of(value)


@TABLE.declare("lambda", 1, None)
def _lambda(context: Context, args: Args, trees: Trees) -> Value:
    names = [tree.value for tree in trees[:-1] if isinstance(tree, Literal) and isinstance(tree.value, str)]
    if len(names) != len(trees) - 1:
        raise Fault("the template language function 'lambda' expects the names of its variables as texts")
    # Equal texts must mean equal values, so the text carries what the body can see of loops and lambdas around it.
    seen = {**context.locals, **context.copies}
    captured = f" with {show_value(seen)}" if seen else ""
    shown = f"lambda({', '.join([show(tree) for tree in trees])}){captured}"
    return Lambda(tuple(names), args[-1], context, bound(shown))


@TABLE.declare("lambdaVariables", 1, 1)
def _lambda_variables(context: Context, args: Args, trees: Trees) -> Value:
    context.budget.step()
    name = text("lambdaVariables", args[0](context))
    if name not in context.locals:
        raise Fault(f"there is no lambda variable '{name}' here")
    return context.locals[name]


def _function(name: str, value: Value, low: int, high: int) -> Lambda:
    if not isinstance(value, Lambda):
        raise refuse(name, "a lambda", value)
    if not low <= len(value.names) <= high:
        raise Fault(f"the lambda of '{name}' takes {low} to {high} variables; it has {len(value.names)}")
    return value


def _run(function: Lambda, *values: Value) -> Value:
    context: Context = function.context
    context.budget.step()
    return function.body(context.with_locals(dict(zip(function.names, values, strict=False))))


def _listed(name: str, context: Context, args: Args, *, takes_object: bool = False) -> list[Value] | None:
    """The evaluated arguments, or None when the container to walk is open."""
    values = [arg(context) for arg in args]
    if isinstance(values[0], Symbol):
        return None
    if not takes_object:
        context.budget.step(len(array(name, values[0])))
    return values


def _open(name: str, context: Context, args: Args, kind: str) -> Symbol:
    return unknown(name, [arg(context) for arg in args], kind)


@TABLE.declare("map", 2, 2)
def _map(context: Context, args: Args, trees: Trees) -> Value:
    values = _listed("map", context, args)
    if values is None:
        return _open("map", context, args, ARRAY)
    function = _function("map", values[1], 1, 2)
    return [_run(function, value, at) for at, value in enumerate(values[0])]


@TABLE.declare("filter", 2, 2)
def _filter(context: Context, args: Args, trees: Trees) -> Value:
    values = _listed("filter", context, args)
    if values is None:
        return _open("filter", context, args, ARRAY)
    function = _function("filter", values[1], 1, 2)
    made: list[Value] = []
    for at, value in enumerate(values[0]):
        answer = _run(function, value, at)
        if isinstance(answer, Symbol):
            return unknown("filter", values, ARRAY)
        if truth("filter", answer):
            made.append(value)
    return made


@TABLE.declare("reduce", 3, 3)
def _reduce(context: Context, args: Args, trees: Trees) -> Value:
    values = _listed("reduce", context, args)
    if values is None:
        return _open("reduce", context, args, "")
    function = _function("reduce", values[2], 2, 3)
    made: Value = values[1]
    for at, value in enumerate(values[0]):
        made = _run(function, made, value, at)
    return made


@TABLE.declare("sort", 2, 2)
def _sort(context: Context, args: Args, trees: Trees) -> Value:
    values = _listed("sort", context, args)
    if values is None:
        return _open("sort", context, args, ARRAY)
    function = _function("sort", values[1], 2, 2)
    is_open: list[bool] = []

    def compare(one: Value, other: Value) -> int:
        before, after = _run(function, one, other), _run(function, other, one)
        if isinstance(before, Symbol) or isinstance(after, Symbol):
            is_open.append(True)
            return 0
        return int(truth("sort", after)) - int(truth("sort", before))

    made = sorted(values[0], key=cmp_to_key(compare))
    return unknown("sort", values, ARRAY) if is_open else made


@TABLE.declare("toObject", 2, 3)
def _to_object(context: Context, args: Args, trees: Trees) -> Value:
    values = _listed("toObject", context, args)
    if values is None:
        return _open("toObject", context, args, OBJECT)
    key = _function("toObject", values[1], 1, 1)
    content = _function("toObject", values[2], 1, 1) if len(values) > 2 else None
    made: dict[str, Value] = {}
    for value in values[0]:
        name = _run(key, value)
        if isinstance(name, Symbol):
            return unknown("toObject", values, OBJECT)
        made[text("toObject", name)] = _run(content, value) if content else value
    return made


@TABLE.declare("groupBy", 2, 3)
def _group_by(context: Context, args: Args, trees: Trees) -> Value:
    values = _listed("groupBy", context, args)
    if values is None:
        return _open("groupBy", context, args, OBJECT)
    key = _function("groupBy", values[1], 1, 1)
    content = _function("groupBy", values[2], 1, 1) if len(values) > 2 else None
    made: dict[str, Value] = {}
    for value in values[0]:
        name = _run(key, value)
        if isinstance(name, Symbol):
            return unknown("groupBy", values, OBJECT)
        made.setdefault(text("groupBy", name), []).append(_run(content, value) if content else value)
    return made


@TABLE.declare("mapValues", 2, 2)
def _map_values(context: Context, args: Args, trees: Trees) -> Value:
    values = _listed("mapValues", context, args, takes_object=True)
    if values is None:
        return _open("mapValues", context, args, OBJECT)
    function = _function("mapValues", values[1], 1, 1)
    return {key: _run(function, value) for key, value in mapping("mapValues", values[0]).items()}
