"""From an expression's tree to a function of its context. Compiled once for each distinct text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from cloison.sources.arm_template.calling import Compiled, Context, apply, step_into
from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.functions.registry import Function
from cloison.sources.arm_template.functions.specials import SPECIAL
from cloison.sources.arm_template.functions.tables import FUNCTIONS
from cloison.sources.arm_template.grammar import Call, Expression, Index, Literal, parse
from cloison.sources.arm_template.symbols import Symbol, Value
from cloison.sources.arm_template.values import MISSING

_KEPT: Final = 2_000_000
"""Characters of expressions that stay compiled for the next template; a text of 50 holds some 3 KB."""


class _Kept:
    """How many characters are compiled and kept."""

    chars = 0


def forget() -> None:
    """Drop what is compiled, where it has become much."""
    if _Kept.chars > _KEPT:
        _Kept.chars = 0
        compiled.cache_clear()
        parse.cache_clear()


@lru_cache(maxsize=65_536)
def compiled(text: str, depth: int, length: int, *, assuming: bool = False) -> Compiled:
    """The function of an expression's text, which has no outer brackets. Raises Fault where it cannot be.

    assuming: what comes out open is looked for among the values that the context assumes.
    """
    _Kept.chars += len(text)
    return _compile(parse(text, depth, length), assuming=assuming)


def _compile(tree: Expression, *, assuming: bool) -> Compiled:
    if isinstance(tree, Literal):
        value = tree.value
        return lambda _: value
    made = _index(tree, assuming=assuming) if isinstance(tree, Index) else _called(tree, assuming=assuming)
    return _settled(made) if assuming else made


def _settled(made: Compiled) -> Compiled:
    def run(context: Context) -> Value:
        value = made(context)
        return context.assumed.get(value.text, value) if isinstance(value, Symbol) else value

    return run


def _called(tree: Call, *, assuming: bool) -> Compiled:
    name = tree.name.lower()
    args = [_compile(arg, assuming=assuming) for arg in tree.args]
    if name in SPECIAL:
        low, high, special = SPECIAL[name]
        _count(tree, low, high)
        trees = tree.args
        return lambda context: special(context, args, trees)
    function = FUNCTIONS.get(name)
    if function is None:
        return _by_name(tree, args)
    _count(tree, function.low, function.high)
    return _call(function, args)


def _count(tree: Call, low: int, high: int | None) -> None:
    given = len(tree.args)
    if given < low or (high is not None and given > high):
        wanted = f"at least {low}" if high is None else str(low) if low == high else f"{low} to {high}"
        raise Fault(
            f"unable to evaluate template language function '{tree.name}': it takes {wanted} argument(s), "
            f"{given} were given",
        )


def _call(function: Function, args: Sequence[Compiled]) -> Compiled:
    def run(context: Context) -> Value:
        values = []
        for arg in args:
            values.append(arg(context))
        return apply(function, values, context.budget)

    return run


def _index(tree: Index, *, assuming: bool) -> Compiled:
    base, key = _compile(tree.base, assuming=assuming), _compile(tree.key, assuming=assuming)
    safe = tree.safe

    def run(context: Context) -> Value:
        return step_into(base(context), key(context), safe=safe)

    return run


def _by_name(tree: Call, args: Sequence[Compiled]) -> Compiled:
    """A user function, a `list…` function of a provider, or nothing that exists."""
    name = tree.name

    def run(context: Context) -> Value:
        context.budget.step()
        values = [arg(context) for arg in args]
        value = context.user_function(name, values)
        if value is not MISSING:
            return value
        if name.lower().startswith("list") and name.isalnum():
            return context.runtime_function(name, values)
        raise unknown_function(name)

    return run


def unknown_function(name: str) -> Fault:
    """The fault of a function that neither the language nor the template has."""
    from difflib import get_close_matches

    every: Mapping[str, str] = {
        **{key: one.name for key, one in FUNCTIONS.items()},
        **{key: key for key in SPECIAL},
    }
    near = get_close_matches(name.lower(), every, 1)
    return Fault(
        f"the template function '{name}' is not valid",
        hint=f"did you mean '{every[near[0]]}'?"
        if near
        else "user functions are called with their namespace",
    )
