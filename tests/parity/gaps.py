"""The gaps that are known: one line each, with the number of exchanges that have it and why it is there.

The file may only shrink. A line's operation and gap may hold `*`, which stands for anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tests.behaviour.recordings import ROOT
from tests.parity.score import Score

FILE = ROOT / "docs" / "parity-gaps.txt"


@dataclass(frozen=True)
class Gap:
    """One known gap."""

    operation: str
    text: str
    exchanges: int
    because: str

    def covers(self, operation: str, text: str) -> bool:
        """This line speaks of a gap of an operation."""
        return fnmatchcase(operation, self.operation) and fnmatchcase(text, self.text)

    def line(self) -> str:
        """As it stands in the file."""
        return f"{self.operation} | {self.text} | {self.exchanges} | {self.because}"


def known(file: Path = FILE) -> tuple[Gap, ...]:
    """The lines of the file. Raises ValueError for one that is none."""
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        operation, text, exchanges, because = (part.strip() for part in line.split(" | "))
        if not because:
            raise ValueError(f"no reason: {line}")
        found.append(Gap(operation, text, int(exchanges), because))
    return tuple(found)


def counted(
    scores: Mapping[str, Score], lines: Iterable[Gap]
) -> tuple[Counter[Gap], Counter[tuple[str, str]]]:
    """How many exchanges each line covers, and the gaps that no line covers. The first line that fits counts."""
    lines = tuple(lines)
    covered: Counter[Gap] = Counter()
    unknown: Counter[tuple[str, str]] = Counter()
    for operation, score in scores.items():
        for text, number in score.gaps.items():
            line = next((one for one in lines if one.covers(operation, text)), None)
            if line is None:
                unknown[operation, text] += number
            else:
                covered[line] += number
    return covered, unknown
