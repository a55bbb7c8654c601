"""The project's Python files as syntax trees, and which of them imports which.

Shared by `contracts.py` and `budgets.py`. Reads files only: nothing of what it measures is imported or run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `from a.b import c` is `a.b.c`, whether c is a module or not."""

    target: str
    line: int
    early: bool
    """It runs when the module is imported: not inside a function, not for the type checker only."""


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file."""

    name: str
    path: Path
    lines: int
    tree: ast.Module
    imports: tuple[Import, ...]

    @property
    def package(self) -> str:
        """The sub-package below the top: `kinds` of `cloison.kinds.subnet.facts`, empty for the top itself."""
        return self.name.partition(".")[2].partition(".")[0]


def read(source: Path) -> list[Module]:
    """Every module below `source`, the folder that would be on the path of the interpreter."""
    return [_module(path, source) for path in sorted(source.rglob("*.py"))]


def graph(modules: list[Module]) -> dict[str, set[str]]:
    """Which modules each module imports while it is imported itself."""
    known = {module.name for module in modules}
    edges: dict[str, set[str]] = {}
    for module in modules:
        found = {nearest(one.target, known) for one in module.imports if one.early}
        edges[module.name] = found - {"", module.name}
    return edges


def nearest(target: str, known: set[str]) -> str:
    """The longest beginning of a dotted name that is a known module, or nothing."""
    while target and target not in known:
        target = target.rpartition(".")[0]
    return target


def cycles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that import each other, directly or around a corner.

    Two modules are in one group when each is reached from the other; with a few hundred modules asking that of
    all pairs takes milliseconds.
    """
    reached = {name: _reached(name, edges) for name in edges}
    groups: list[list[str]] = []
    done: set[str] = set()
    for name in sorted(edges):
        if name in done or name not in reached[name]:
            continue
        group = sorted(other for other in reached[name] if name in reached.get(other, set()))
        done.update(group)
        groups.append(group)
    return groups


def _reached(start: str, edges: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    todo = list(edges[start])
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo.extend(edges.get(name, ()))
    return seen


def _module(path: Path, source: Path) -> Module:
    parts = list(path.relative_to(source).with_suffix("").parts)
    is_package = parts[-1] == "__init__"
    if is_package:
        parts.pop()
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text, filename=str(path))
    package = parts if is_package else parts[:-1]
    return Module(
        name=".".join(parts),
        path=path,
        lines=text.count("\n"),
        tree=tree,
        imports=tuple(_imports(tree, package, early=True)),
    )


def _imports(node: ast.AST, package: list[str], *, early: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, child.lineno, early) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            base = _base(child, package)
            yield from (Import(f"{base}.{alias.name}", child.lineno, early) for alias in child.names)
        elif isinstance(child, ast.If) and _for_types_only(child.test):
            for part in child.body:
                yield from _imports(ast.Module([part], []), package, early=False)
            for part in child.orelse:
                yield from _imports(ast.Module([part], []), package, early=early)
        else:
            yield from _imports(child, package, early=early and not isinstance(child, Function))


def _base(node: ast.ImportFrom, package: list[str]) -> str:
    if not node.level:
        return node.module or ""
    above = package[: len(package) - node.level + 1]
    return ".".join([*above, node.module] if node.module else above)


def _for_types_only(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else test.id if isinstance(test, ast.Name) else ""
    return name == "TYPE_CHECKING"
