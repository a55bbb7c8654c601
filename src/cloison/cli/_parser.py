"""Arguments: argparse, with errors that have a code and offer the near miss, and help that reads well."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn

from cloison.cli._output import columns
from cloison.model.errors import CloisonError, near
from cloison.reports import View
from cloison.reports.layout import Sheet, wrapped

if TYPE_CHECKING:
    from cloison.cli._edge import Command

EXIT_CODES = """\
exit codes
  0  every requirement is met
  1  something is broken
  2  it could not run
  3  nothing is broken, but something is unknown
"""
OPENING = """\
Cloison says whether the pods of an AKS cluster reach the services of their
Azure Machine Learning workspace by private addresses only, and if not, which
setting decides. Only `apply` and `recover` send changes: those of a plan that
was shown and proven, and nothing else.

"""
CLOSING = """\

  cloison COMMAND --help   says more of one command
  cloison --version        says which version this is

new here? try  cloison demo
"""

# What argparse says, and what its help shows; compiled when something is wrong, not at each start.
_OPTION = r"--[a-z][a-z-]*"
_UNKNOWN = r"unrecognized arguments: (--[^\s=]+)"
_CHOICE = r"invalid choice: '([^']*)' \(choose from (.*)\)"


class Parser(argparse.ArgumentParser):
    """A parser for one command."""

    def error(self, message: str) -> NoReturn:
        """Raises CloisonError E302, with the option or the choice that was probably meant."""
        hint = ""
        if unknown := re.match(_UNKNOWN, message):
            hint = near(unknown[1], sorted(set(re.findall(_OPTION, self.format_help()))))
        elif wrong := re.search(_CHOICE, message):
            hint = near(wrong[1], re.findall(r"\w+", wrong[2]))
        raise CloisonError("E302", f"{message}{hint}", help=f"{self.prog} --help lists what it takes")


class Form(argparse.RawDescriptionHelpFormatter):
    """Help as wide as the terminal, but no wider than one reads with ease."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=25, width=_width())


def _width() -> int:
    return min(columns(), 100) - 2


def parse(name: str, command: Command, given: Sequence[str]) -> argparse.Namespace:
    """The options of a command. Raises CloisonError; SystemExit after `--help`."""
    paragraphs = [wrapped(text, _width()) for text in command.__doc__.split("\n\n")]
    parser = Parser(
        prog=f"cloison {name}",
        description="\n\n".join("\n".join(lines) for lines in paragraphs),
        formatter_class=Form,
        allow_abbrev=False,
    )
    command.arguments(parser)
    # Intermixed: `cloison check one.json --set a=b two.json` is natural to type.
    return parser.parse_intermixed_args(list(given))


def overview(summaries: Mapping[str, str]) -> str:
    """What `cloison --help` prints. summaries: docstring by command."""
    sheet = Sheet(View())
    for name, doc in summaries.items():
        sheet.entry(name, doc.strip().splitlines()[0].rstrip("."), indent=2, at=14)
    return f"{OPENING}usage: cloison COMMAND …\n\ncommands\n{sheet.lines()}\n{EXIT_CODES}{CLOSING}"
