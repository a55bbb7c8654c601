"""Write docs/errors.md: every error code, with what it says and what to do, as the code itself has them.

It takes no arguments. A test fails when the file is not what this would write.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src/cloison"
FILE = ROOT / "docs/errors.md"
PARAMETERS = ("code", "what", "because", "help", "file", "line", "column")

HEAD = """\
# Error codes

What ends a command with exit code 2. A code stays what it is; its words may change. `…` stands for a name or a number
of your own. `tools/errors.py` writes this page from the sources.

| code | what is so | what to do |
|---|---|---|
"""


def errors(source: Path = SOURCE) -> list[tuple[str, str, str]]:
    """Code, what is so and what to do, of every error in the sources, each once."""
    found = {
        (told["code"], told.get("what", "…"), told.get("help", ""))
        for path in sorted(source.rglob("*.py"))
        for told in _raised(ast.parse(path.read_text(encoding="utf-8")))
        if told.get("code", "").startswith("E")
    }
    return sorted(found)


def _raised(tree: ast.Module) -> Iterator[dict[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        parameters: tuple[str, ...] = ()
        if isinstance(node.func, ast.Name) and node.func.id == "CloisonError":
            parameters = PARAMETERS
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "error":
            # An error that points at a key of a file: `given.error("E552", key, what, …)`.
            parameters = ("code", "key", "what")
        given = dict(zip(parameters, node.args, strict=False))
        given.update({one.arg: one.value for one in node.keywords if one.arg})
        if parameters:
            yield {name: _said(value) for name, value in given.items()}


def _said(value: ast.expr) -> str:
    """A text with its open parts as `…`."""
    if isinstance(value, ast.Constant):
        return str(value.value)
    if isinstance(value, ast.JoinedStr):
        return "".join(map(_said, value.values))
    if isinstance(value, ast.IfExp):
        return " / ".join(dict.fromkeys(map(_said, (value.body, value.orelse))))
    if isinstance(value, ast.BoolOp):
        return _said(value.values[-1])
    if isinstance(value, ast.Call) and len(value.args) == 2:
        # Looked up in a table, with what it is otherwise.
        return _said(value.args[1])
    return "…"


def text() -> str:
    """The file's content."""
    rows = (f"| {code} | {_cell(what)} | {_cell(help)} |" for code, what, help in errors())
    return HEAD + "\n".join(rows) + "\n"


def _cell(told: str) -> str:
    """A cell of a table: one line, without bars."""
    return " ".join(told.replace("|", "\\|").split())


def main() -> int:
    """Write it; 0."""
    FILE.write_text(text(), encoding="utf-8")
    print(f"{FILE.name} written, {len(errors())} messages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
