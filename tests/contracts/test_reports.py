"""What every report format promises: the same bytes for the same document, and no name that does anything.

The formats are found by their folders.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloison.reports import View, formats, render
from cloison.reports.layout import columns
from tests.reports.made import REPORTS, broken, retold

ROOT = Path(__file__).parents[2]
HOSTILE = "\x1b[31m\x9b2J\u202egnp.\u200b\u2066\x00\x07\r\n\t]]>&<script>[link](http://evil)[bold]{0}\ufffe\U000e0041"
PEOPLE = "terminal"
CODES = re.compile(r"\x1b\[[0-9;]*m")

every_format = pytest.mark.parametrize("format", formats())
every_report = pytest.mark.parametrize("name", REPORTS)


def test_there_are_formats() -> None:
    """Found by their folders, and these four at least."""
    assert {"terminal", "json", "sarif", "junit"} <= set(formats())


@every_format
@every_report
def test_ends_in_one_line_break(format: str, name: str) -> None:
    """A report is a text file: lines, each ended."""
    text = render(format, REPORTS[name](), View())

    assert "\n" == text[-1]
    assert "\n" != text[-2]


@every_format
def test_same_bytes_in_every_process(format: str) -> None:
    """The order of hashes, which each process has its own of, decides nothing."""
    code = (
        "import sys; from tests.reports.made import broken; from cloison.reports import View, render;"
        f"sys.stdout.buffer.write(render({format!r}, broken(), View()).encode())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert 1 == len(told)
    assert 1000 < len(told.pop())


@every_format
@every_report
def test_hostile_names_are_escaped(format: str, name: str) -> None:
    """Whatever a name holds, only characters that print and line breaks are written."""
    text = render(format, retold(REPORTS[name](), lambda told: f"{told}{HOSTILE}"), View())

    assert set() == {character for character in text if not character.isprintable()} - {"\n"}
    _parses(format, text)


@every_format
@settings(max_examples=25)
@given(names=st.lists(st.text(max_size=12), min_size=1, max_size=8))
def test_any_names_are_escaped(format: str, names: list[str]) -> None:
    """Also halves of characters, as Python reads file names that are no text in the system's encoding."""
    written = iter(range(1_000_000))
    text = render(format, retold(broken(), lambda _: names[next(written) % len(names)]), View())

    assert set() == {character for character in text if not character.isprintable()} - {"\n"}
    _parses(format, text)


@settings(max_examples=25)
@given(
    names=st.lists(
        st.text(st.characters(codec="utf-8"), max_size=60)
        | st.text("abc/.-", min_size=60, max_size=200)
        | st.text("漢字ｗｉｄｅ", min_size=20, max_size=60),
        min_size=1,
        max_size=8,
    ),
    width=st.integers(60, 130),
)
def test_lines_fit(names: list[str], width: int) -> None:
    """However long or wide the names, no line of the terminal's report is longer than the terminal."""
    written = iter(range(1_000_000))
    report = retold(broken(), lambda _: names[next(written) % len(names)])
    lines = render(PEOPLE, report, View(width)).splitlines()

    assert [] == [line for line in lines if columns(line) > width and not line.startswith("cloison explain")]


@every_report
def test_eighty_columns_are_enough(name: str) -> None:
    """Whole, for reports as they are; only a command to copy may be longer."""
    lines = render(PEOPLE, REPORTS[name](), View(80)).splitlines()

    assert [] == [line for line in lines if columns(line) > 80 and not line.startswith("cloison explain")]


@every_format
@every_report
def test_colours_only_add(format: str, name: str) -> None:
    """Without colours there is no code of a terminal; with them, nothing else is different."""
    plain = render(format, REPORTS[name](), View(80, color=False))
    colored = render(format, REPORTS[name](), View(80, color=True))

    assert "\x1b" not in plain
    assert plain == CODES.sub("", colored)


def _parses(format: str, text: str) -> None:
    """The text is of its format, as far as a parser can say."""
    if format in ("json", "sarif"):
        json.loads(text)
    elif format == "junit":
        ET.fromstring(text)
