"""The command line: one module per command, found by its file. Parses, calls, renders; decides nothing.

A command's module has a docstring whose first line is its summary, `arguments(parser)` and `run(options)`, which gives
the exit code. It imports what it needs when it runs: until a command is known, nothing is loaded here but `os` and
`sys`, so that `cloison --version` starts as quickly as the interpreter does.

Exit codes: 0 all requirements are met, 1 something is broken, 2 it could not run, 3 nothing is broken but something
is unknown, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cloison import __version__

HERE = os.path.dirname(__file__)
COULD_NOT_RUN = 2
INTERRUPTED = 130
"""128 and the number of the signal, as shells tell it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. Errors are told on standard error, never as a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] in (["--version"], ["-V"]):
        print(f"cloison {__version__}")
        return 0
    from cloison.cli._edge import guarded

    code = guarded(given)
    if arguments is None:
        # The process ends now. Without this the interpreter would first look for garbage in all that is left.
        import gc

        gc.freeze()
    return code


def commands() -> list[str]:
    """The names of all commands, in alphabetical order, without importing any."""
    modules = (name.removesuffix(".py") for name in os.listdir(HERE) if name.endswith(".py"))
    return sorted(name.replace("_", "-") for name in modules if not name.startswith("_"))
