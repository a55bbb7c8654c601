"""What decides touches nothing: the executor's modules cannot reach the network, the disk, the clock or chance."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import cloison.apply

FOLDER = Path(cloison.apply.__file__).parent
OUTSIDE = {"drive.py", "file.py", "plans.py", "recovering.py", "work.py"}
"""The drivers, and what reads a plan's file."""
FORBIDDEN = {
    "aiohttp", "asyncio", "http", "io", "os", "pathlib", "random", "requests", "secrets", "shutil", "signal", "socket",
    "ssl", "subprocess", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
CALLS = {"open", "print", "input", "exec", "eval", "__import__", "now", "today", "utcnow"}
PURE = sorted(path.name for path in FOLDER.glob("*.py") if path.name not in OUTSIDE)


@pytest.mark.parametrize("name", PURE)
def test_what_decides_touches_nothing(name: str) -> None:
    """No import and no call in it leads outside."""
    tree = ast.parse((FOLDER / name).read_text(encoding="utf-8"))
    imported = {
        (one.module if isinstance(one, ast.ImportFrom) else alias.name) or ""
        for one in ast.walk(tree)
        if isinstance(one, ast.Import | ast.ImportFrom)
        for alias in one.names
    }
    assert set() == {one.partition(".")[0] for one in imported} & FORBIDDEN
    called = {
        one.func.id if isinstance(one.func, ast.Name) else one.func.attr
        for one in ast.walk(tree)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name | ast.Attribute)
    }
    assert set() == called & CALLS


def test_the_drivers_decide_nothing() -> None:
    """What leads outside is five files, and the executor imports none of them."""
    assert OUTSIDE == {path.name for path in FOLDER.glob("*.py")} & OUTSIDE
    for name in PURE:
        text = (FOLDER / name).read_text(encoding="utf-8")
        assert not any(f"cloison.apply.{one.removesuffix('.py')} " in text for one in OUTSIDE), name
