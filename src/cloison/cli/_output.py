"""Output: where text goes, in which width and colours, and how a file is written whole or not at all."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from cloison.model.errors import CloisonError
from cloison.reports import View

NARROWEST, WIDEST = 60, 120
"""Columns between which a report is laid out: less is unreadable, longer lines are lost on the eye."""
UNSEEN = 80
"""Columns where nobody looks, so that the same input gives the same bytes on every machine."""

PLAIN = str.maketrans({"…": "...", "–": "-", "→": "->", "×": "x"})
"""What a terminal without Unicode is shown instead of the report's own signs."""


def view(color: str, *, to_file: bool = False) -> View:
    """The view of standard output, or of a file. color: `auto`, `always` or `never`."""
    seen = sys.stdout.isatty() and not to_file
    width = min(max(columns(), NARROWEST), WIDEST) if seen else UNSEEN
    return View(width, color == "always" or (color == "auto" and not to_file and _wants_color(sys.stdout)))


def columns() -> int:
    """Columns of the terminal, or what COLUMNS says; 80 where there is none.

    As `shutil` tells it, which loads compression libraries that a report need not wait for.
    """
    told = os.environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and int(told) > 0:
        return int(told)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or UNSEEN
    except (OSError, ValueError):
        return UNSEEN


def stderr_is_colored() -> bool:
    """Errors may be coloured."""
    return _wants_color(sys.stderr)


def _wants_color(stream: TextIO) -> bool:
    """Source: the conventions of no-color.org and force-color.org, checked 2026-01-05."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def show(text: str, *, exact: bool = False) -> None:
    """Write to standard output. A reader that has seen enough is no error: what was found is still so.

    exact: as UTF-8 and nothing else, for programs; else in what the terminal knows.
    """
    stream = sys.stdout
    if not stream.encoding.lower().startswith("utf"):
        if exact and isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
        else:
            text = text.translate(PLAIN).encode(stream.encoding, "backslashreplace").decode(stream.encoding)
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        to_nowhere()


def progress(what: str, done: int, known: int) -> None:
    """Say on standard error how far a reading is, on one line that the last step wipes; only where somebody looks."""
    if not sys.stderr.isatty():
        return
    from cloison.reports.escape import safe

    told = "" if done >= known else f"reading {safe(what)}: {done:,} of {known:,}"
    sys.stderr.write(f"\r\x1b[K{told}")
    sys.stderr.flush()


def to_nowhere() -> None:
    """Send what is left of standard output to nobody, so that the interpreter ends quietly."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write(name: str, text: str) -> None:
    """Write a file as UTF-8: whole, or as it was before. Raises CloisonError E303."""
    try:
        # Through a link to the file it names, not over the link.
        path = Path(name).resolve()
        if path.exists() and not path.is_file():
            if path.is_dir():
                raise IsADirectoryError(21, "it is a folder")
            # A device or a pipe is written to; a rename would put a file in its place.
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        _replace(path, text)
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        raise CloisonError(
            "E303",
            f"{name} cannot be written",
            because=reason.lower(),
            help="name a file in a folder that exists and that you may write to",
            file=name,
        ) from problem


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
