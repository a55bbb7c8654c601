"""How the code reads, in five numbers, each with a limit.

    python tools/budgets.py [SOURCE] [--longest N]        SOURCE: default src

function length   lines of a function without its decorators and docstring; 95 of 100 functions stay within the limit
file length       lines of the longest file
import cycles     groups of modules that import each other when they are imported
docstrings        share of modules and of public classes and functions that have one; private means an
                  underscore on it or on a class around it, or inside a function
typed             share of functions whose parameters and result all have a type

Exit 1 when a number is over its limit; then the worst places are named. A limit changes in a commit of its own,
with the reason.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from modules import Function, Module, cycles, graph, read

FUNCTION_P95 = 40
FILE_MAX = 800
CYCLES = 0
DOCSTRINGS_PCT = 90.0
TYPED_PCT = 100.0


@dataclass(frozen=True, slots=True)
class Named:
    """A module, class or function with what the budgets ask of it."""

    where: str
    lines: int
    public: bool
    documented: bool
    typed: bool
    is_function: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """One number against its limit."""

    name: str
    value: float
    limit: float
    at_least: bool
    worst: tuple[str, ...]

    @property
    def kept(self) -> bool:
        """The number is within its limit."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def measures(modules: list[Module]) -> list[Measure]:
    """The five numbers."""
    named = [one for module in modules for one in _named(module)]
    functions = sorted((one for one in named if one.is_function), key=lambda one: -one.lines)
    public = [one for one in named if one.public]
    bare = [one for one in public if not one.documented]
    untyped = [one for one in functions if not one.typed]
    files = sorted(modules, key=lambda module: -module.lines)
    groups = cycles(graph(modules))
    return [
        Measure(
            "function length, p95",
            percentile([one.lines for one in functions], 95),
            FUNCTION_P95,
            False,
            _by_length(functions),
        ),
        Measure(
            "file length, longest",
            max((module.lines for module in modules), default=0),
            FILE_MAX,
            False,
            tuple(f"{module.lines} lines  {module.path}" for module in files),
        ),
        Measure("import cycles", len(groups), CYCLES, False, tuple(" <-> ".join(group) for group in groups)),
        Measure(
            "public docstrings, %",
            share(len(bare), len(public)),
            DOCSTRINGS_PCT,
            True,
            tuple(one.where for one in bare),
        ),
        Measure(
            "typed functions, %",
            share(len(untyped), len(functions)),
            TYPED_PCT,
            True,
            tuple(one.where for one in untyped),
        ),
    ]


def percentile(values: list[int], percent: int) -> int:
    """Nearest rank; 0 for no values."""
    ordered = sorted(values)
    return ordered[round((len(ordered) - 1) * percent / 100)] if ordered else 0


def share(lacking: int, total: int) -> float:
    """Percent of the total that lacks nothing, one decimal, rounded down: 99.96 is not 100."""
    return (total - lacking) * 1000 // total / 10 if total else 100.0


def _by_length(functions: list[Named]) -> tuple[str, ...]:
    return tuple(f"{one.lines} lines  {one.where}" for one in functions)


def _named(module: Module) -> Iterator[Named]:
    # An empty __init__.py says all it has to say.
    if module.tree.body:
        yield Named(str(module.path), module.lines, True, _docstring(module.tree) > 0, True, False)
    yield from _below(module.tree, module.path, public=True, in_class=False)


def _below(node: ast.AST, path: Path, *, public: bool, in_class: bool) -> Iterator[Named]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | Function):
            seen = public and not child.name.startswith("_")
            is_function = isinstance(child, Function)
            own = _docstring(child)
            yield Named(
                where=f"{path}:{child.lineno} {child.name}",
                lines=(child.end_lineno or child.lineno) - child.lineno + 1 - own,
                public=seen,
                documented=own > 0,
                typed=not isinstance(child, Function) or _typed(child, in_class=in_class),
                is_function=is_function,
            )
            yield from _below(child, path, public=seen and not is_function, in_class=not is_function)
        else:
            yield from _below(child, path, public=public, in_class=in_class)


def _docstring(node: ast.Module | ast.ClassDef | Function) -> int:
    """Lines of the docstring, 0 for none."""
    if ast.get_docstring(node, clean=False) is None:
        return 0
    text = node.body[0]
    return (text.end_lineno or text.lineno) - text.lineno + 1


def _typed(function: Function, *, in_class: bool) -> bool:
    places = function.args
    positional = [*places.posonlyargs, *places.args]
    static = any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in function.decorator_list)
    if in_class and not static:
        positional = positional[1:]
    rest = [place for place in (places.vararg, places.kwarg) if place is not None]
    return function.returns is not None and all(
        place.annotation is not None for place in (*positional, *places.kwonlyargs, *rest)
    )


def main(arguments: list[str]) -> int:
    """Print the numbers; the exit code."""
    parser = argparse.ArgumentParser(description="How the code reads, in five numbers, each with a limit.")
    parser.add_argument("source", nargs="?", type=Path, default=Path("src"))
    parser.add_argument("--longest", type=int, default=0, metavar="N", help="name the N worst places of each")
    options = parser.parse_args(arguments)
    modules = read(options.source)
    if not modules:
        print(f"budgets: no Python below {options.source}", file=sys.stderr)
        return 2
    found = measures(modules)
    for one in found:
        mark = "ok  " if one.kept else "OVER"
        print(f"{mark} {one.name:24}{one.value:8g}   limit {'>=' if one.at_least else '<='} {one.limit:g}")
        for place in one.worst[: options.longest or (0 if one.kept else 10)]:
            print(f"       {place}")
    return 0 if all(one.kept for one in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
