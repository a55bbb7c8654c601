"""The one error that people see: a code, what is so, what decided it, what to do, and where.

Every layer raises it for input or options that cannot be used; the command line prints it and exits with 2.
"""

from __future__ import annotations

from collections.abc import Iterable


class CloisonError(Exception):
    """Something that cannot be read, judged or done.

    code: `E103`, stable; the documentation lists them.
    what: what is so, lower case, one line.
    because: what decided it; '' when `what` says it all.
    help: what to do.
    file, line, column: where; line and column start at 1, 0 means the file as a whole.
    """

    def __init__(
        self,
        code: str,
        what: str,
        because: str = "",
        help: str = "",
        file: str = "",
        line: int = 0,
        column: int = 0,
    ) -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.because = because
        self.help = help
        self.file = file
        self.line = line
        self.column = column


def near(word: str, known: Iterable[str]) -> str:
    """`; did you mean S19?` for a word that is not among the known ones, or nothing where none is like it."""
    # Needed only when something went wrong already.
    from difflib import get_close_matches

    names = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), names, n=1)
    return f"; did you mean {names[found[0]]}?" if found else ""
