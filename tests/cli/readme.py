"""The commands that README.md shows, run as a person would run them, and what they print."""

from __future__ import annotations

import builtins
import io
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from cloison.cli import main
from tests.cli.shell import ROOT

GAP = "…"
"""A line that stands for lines left out."""
_CHANGES = re.compile(r"\b[0-9a-f]{12,}\b|\d{4}-\d\d-\d\d \d\d:\d\d")
"""Hashes and times: other ones each time."""


class Shown(msgspec.Struct, frozen=True):
    """One command with the output that a page shows of it."""

    command: str
    output: tuple[str, ...]


def shown(section: str, page: Path = ROOT / "README.md") -> list[Shown]:
    """The commands of a section, from its blocks of the language `console`."""
    text = page.read_text(encoding="utf-8").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    found: list[Shown] = []
    for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for command in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            first, *output = command.rstrip().splitlines()
            found.append(Shown(first, tuple(output)))
    return found


def printed(command: str) -> str:
    """What a command prints, errors and output together; questions are answered with yes."""
    with _screen() as screen:
        main(shlex.split(command)[1:])
        sys.stdout.flush()
        return screen.getvalue().decode()


@contextmanager
def _screen() -> Iterator[io.BytesIO]:
    raw = io.BytesIO()
    text = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", text)
        patch.setattr(sys, "stderr", text)
        patch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
        patch.setattr(builtins, "input", _yes)
        yield raw
        text.detach()


def _yes(question: str = "") -> str:
    print(f"{question}y")
    return "y"


def missing(told: Shown, output: str) -> list[str]:
    """Lines of the page that the output does not have where it should: right after one another but for gaps."""
    lines = [_CHANGES.sub("#", line.rstrip()) for line in output.strip().splitlines()]
    at, gap, lost = 0, False, []
    for line in (_CHANGES.sub("#", one.rstrip()) for one in told.output):
        if line == GAP:
            gap = True
            continue
        found = next((i for i in range(at, len(lines)) if lines[i] == line), None)
        if found is None or (not gap and found != at):
            lost.append(line)
        if found is not None:
            at = found + 1
        gap = False
    return lost
