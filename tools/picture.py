"""Draw docs/demo.svg, the picture in README.md, from the real report on the embedded example.

It takes no arguments. A test fails when the file is not what this would draw.
"""

from __future__ import annotations

import contextlib
import re
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

from cloison.check.run import CheckOptions, run
from cloison.reports import View, render
from cloison.sources import read

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docs/demo.svg"
EXAMPLE = ROOT / "src/cloison/examples/first_attempt.json"
ONLY = ("D01", "D03", "D05")
"""Requirements shown: few enough that a reader sees the whole at a glance."""
WIDTH = 84

_FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
"""rich would load its fonts from somebody's server; every machine has one of fixed width."""


def command() -> str:
    """What one types to see the same."""
    return f"cloison check {EXAMPLE.name} --only {','.join(ONLY)}"


def picture() -> str:
    """The SVG. The report is made where its file is, so that it is called by its name alone."""
    with contextlib.chdir(EXAMPLE.parent):
        report = run(read([EXAMPLE.name]), CheckOptions(only=ONLY))
    text = render("terminal", report, View(WIDTH, color=True))
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True, color_system="standard")
    console.print(Text.from_ansi(text.rstrip("\n")))
    drawn = _FONTS.sub("", console.export_svg(title=command(), unique_id="demo"))
    return "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"


def main() -> int:
    """Draw it; 0."""
    FILE.write_text(picture(), encoding="utf-8")
    print(f"{FILE.name} drawn")
    return 0


if __name__ == "__main__":
    sys.exit(main())
