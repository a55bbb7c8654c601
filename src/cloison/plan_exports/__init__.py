"""Exports: a plan in the language of another tool, for those who send changes with that.

A format is a folder with `export(plan, puts) -> Exported`; it is found by its name, never registered. It says the same
requests in the same waves and decides nothing. What a tool cannot say it does not say in another way: the export ends
before the wave that holds it, which is as safe as any place in a plan, and says why. Knows neither sources nor Azure.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from cloison.plan.document import PlanDocument

HERE = os.path.dirname(__file__)
Json = dict[str, Any]


class Exported(NamedTuple):
    """What is written."""

    files: dict[str, str]
    """Text by the name of its file; the first is the one to begin with."""
    begins: str
    """The command that uses them, with FILE for the first."""
    first_left: int = 0
    """Number of the first step that is not told; 0: all are."""
    why: str = ""
    """Why it is not."""


def formats() -> list[str]:
    """The names of all formats, in alphabetical order, without importing any."""
    return sorted(
        name
        for name in os.listdir(HERE)
        if not name.startswith("_") and os.path.isfile(os.path.join(HERE, name, "__init__.py"))
    )


def export(format: str, plan: PlanDocument, puts: Mapping[int, Json]) -> Exported:
    """The plan in one of the `formats()`.

    puts: whole resources by the number of their step, for tools that put; a PATCH that none stands for is left out.
    """
    exported: Exported = import_module(f"{__name__}.{format}").export(plan, puts)
    return exported
