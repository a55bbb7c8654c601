"""The checks, one module each with `CHECK`. Nothing is registered: the module is the registration."""

from __future__ import annotations

import functools
import importlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cloison.plan.preflight.check import Check


@functools.cache
def checks() -> tuple[Check, ...]:
    """All checks, by name."""
    names = sorted(file.stem for file in Path(__file__).parent.glob("*.py") if not file.stem.startswith("_"))
    return tuple(importlib.import_module(f"{__name__}.{name}").CHECK for name in names)
