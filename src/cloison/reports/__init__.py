"""Reports: each renders the report document in one format, and decides nothing.

A format is a folder with `render(report, view) -> str`; it is found by its name, never registered. What a document
says comes from strangers' files, so every name goes through `escape` before it is written. The same document and
view give the same bytes. Knows neither sources nor Azure.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cloison.check.document import Report

HERE = os.path.dirname(__file__)


class View(NamedTuple):
    """What a report for people is written on; reports for programs look at none of it."""

    width: int = 80
    """Columns of a line."""
    color: bool = False
    """Colours may be added. They never say what the words do not."""


def formats() -> list[str]:
    """The names of all formats, in alphabetical order, without importing any."""
    return sorted(
        name
        for name in os.listdir(HERE)
        if not name.startswith("_") and os.path.isfile(os.path.join(HERE, name, "__init__.py"))
    )


def render(format: str, report: Report, view: View) -> str:
    """The report in one of the `formats()`, ending in a line break."""
    text: str = import_module(f"{__name__}.{format}").render(report, view)
    return text
