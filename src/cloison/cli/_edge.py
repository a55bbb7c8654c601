"""The edge of the process: which command runs, and what becomes of everything that goes wrong.

The only place that catches every exception, and it reports each: an error with its code, an interruption, a reader
that went away, or a bug of ours.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from cloison import __version__
from cloison.cli import COULD_NOT_RUN, INTERRUPTED, commands
from cloison.model.errors import CloisonError, near

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DEBUG = "CLOISON_DEBUG"


class Command(Protocol):
    """A module in this folder."""

    __doc__: str

    def arguments(self, parser: ArgumentParser) -> None:
        """Say what it takes."""

    def run(self, options: Namespace) -> int:
        """Do it; the exit code. Raises CloisonError."""


def guarded(given: Sequence[str]) -> int:
    """Run what is asked for; the exit code. Raises nothing."""
    _import_msgspec()
    from cloison.cli._output import to_nowhere

    try:
        try:
            code = _dispatch(given)
        except SystemExit as done:
            # argparse leaves so after `--help`.
            code = done.code if isinstance(done.code, int) else 0
        sys.stdout.flush()
    except CloisonError as error:
        if os.environ.get(DEBUG):
            _trace(error)
        tell(error)
        return COULD_NOT_RUN
    except BrokenPipeError:
        # Whoever reads has seen enough, of help or of an explanation; a report's exit code is kept where it is written.
        to_nowhere()
        return 0
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except Exception as problem:  # noqa: BLE001  # nothing is above this that could; it is reported
        _bug(problem)
        return COULD_NOT_RUN
    return code


def _import_msgspec() -> None:
    """Import it without `typing_extensions`: that takes as long as a tenth of a check, and the few names that msgspec
    would have of it are all in `typing` since Python 3.11. Whoever else wants it imports it afterwards.

    Source: msgspec 0.20, _utils.py, which falls back by itself; checked 2026-11-25.
    """
    if "msgspec" in sys.modules or "typing_extensions" in sys.modules:
        return
    sys.modules["typing_extensions"] = None  # type: ignore[assignment]
    try:
        import_module("msgspec")
    finally:
        del sys.modules["typing_extensions"]


def command(name: str) -> Command:
    """The module of a command."""
    return cast(Command, import_module(f"cloison.cli.{name.replace('-', '_')}"))


def _dispatch(given: Sequence[str]) -> int:
    name, *rest = given or [""]
    if name in ("", "-h", "--help", "help"):
        return _help(rest, asked=name != "")
    if name not in commands():
        if name.startswith("-"):
            raise CloisonError(
                "E301",
                f"{name} stands before a command",
                help="name the command first: cloison check … ; cloison --help lists all",
            )
        raise CloisonError(
            "E301", f"no command '{name}'{near(name, commands())}", help="cloison --help lists all commands"
        )
    from cloison.cli._parser import parse

    module = command(name)
    return module.run(parse(name, module, rest))


def _help(rest: Sequence[str], *, asked: bool) -> int:
    if rest and rest[0] in commands():
        return _dispatch([rest[0], "--help"])
    from cloison.cli._parser import overview

    print(overview({name: command(name).__doc__ for name in commands()}), end="")
    return 0 if asked else COULD_NOT_RUN


def tell(error: CloisonError) -> None:
    """Print an error: its code and what is so, where, because of what, and what to do."""
    from cloison.cli._output import columns, stderr_is_colored
    from cloison.reports import View
    from cloison.reports.escape import safe
    from cloison.reports.layout import Sheet

    sheet = Sheet(View(min(columns(), 100), stderr_is_colored()))
    sheet.entry(f"error[{error.code}]:", safe(error.what), at=2, label_style="bold red", style="bold")
    if error.file:
        place = ":".join(map(str, filter(None, (error.file, error.line, error.column))))
        sheet.verbatim(f"at {safe(place)}", indent=2)
    if error.because:
        sheet.entry("because:", safe(error.because), indent=2, at=11)
    if error.help:
        sheet.entry("help:", safe(error.help), at=6, label_style="bold green")
    print(sheet.lines(), end="", file=sys.stderr)


def _bug(problem: Exception) -> None:
    """Say that it is our fault, and what to report."""
    from cloison.arm.hiding import hidden
    from cloison.reports.escape import safe

    if os.environ.get(DEBUG):
        _trace(problem)
        return
    python = ".".join(map(str, sys.version_info[:3]))
    print(
        f"bug: cloison {__version__} on Python {python} broke a promise of its own: "
        f"{type(problem).__name__}: {safe(hidden(str(problem)))}\n"
        f"help: run it again with {DEBUG}=1 and report what it prints where you got Cloison from",
        file=sys.stderr,
    )


def _trace(problem: Exception) -> None:
    import traceback

    from cloison.arm.hiding import hidden

    # What libraries say of a failure may repeat what they were given.
    print(hidden("".join(traceback.format_exception(problem))), end="", file=sys.stderr)
