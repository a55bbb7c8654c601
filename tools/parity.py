"""Write docs/parity.md: how near the emulator's answers are to those of Azure that public projects recorded.

    python tools/parity.py [--check]

Needs the recordings (see CONTRIBUTING.md). Ends with 1 when a gap is not in docs/parity-gaps.txt, or has grown: mend
it, or add a line that says why it cannot be mended. Lines that have shrunk are written again, those that are no longer
needed go; none is ever added here. `--check` writes nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.behaviour.recordings import CORPORA, ROOT
from tests.parity import gaps
from tests.parity.measure import Measured, measured
from tests.parity.score import Score

PAGE = ROOT / "docs" / "parity.md"
AIMS = {"status_share": 0.98, "header_share": 0.95, "recall": 0.95, "precision": 0.98}
"""What all exchanges together have to reach."""

HEAD = """\
# How near the emulator is to Azure

`make parity` writes this page. It sends what public projects recorded of Azure Resource Manager to the emulator, every
exchange in order, and lays the two answers side by side. What a session finds there already is planted from the first
answer that tells it, and that answer is not counted. Ids, GUIDs, times and etags that Azure chose are matched with ours
by reference.

| | |
|---|---|
| status | share of the exchanges with the same status |
| headers | … with the same of `Azure-AsyncOperation`, `Location`, `Retry-After`, `ETag` |
| recall | share of the JSON paths of Azure's answers that ours have |
| precision | share of the JSON paths of our answers that Azure's have |
| values | share of the paths that both have whose values are the same |

The examples of the published REST specifications are sent as well: those that write or delete. They tell less than
Azure answers, so precision is not asked of them.

Every difference that remains has a line with its reason in [parity-gaps.txt](parity-gaps.txt). What is measured may
only shrink there; a resource type that is measured for the first time brings its lines.
"""


def page(found: Measured) -> str:
    """The page."""
    lines = [HEAD, "## Together", "", *_table("source", _totals(found))]
    recorded = {_shown(name): score for name, score in sorted(found.recorded.items(), key=_by_type)}
    lines += ["", "## Recorded", "", *_table("operation", recorded)]
    documented = {_shown(name): score for name, score in sorted(found.documented.items(), key=_by_type)}
    lines += ["", "## Documented", "", *_table("operation", documented)]
    lines += ["", "## Passed over", "", PASSED, "", "| of | exchanges |", "|---|--:|"]
    ranked = sorted(found.passed_over.items(), key=lambda one: (-one[1], one[0]))
    lines += [f"| {name} | {number} |" for name, number in ranked if number >= PASSED_LEAST]
    rest = sum(number for _, number in ranked if number < PASSED_LEAST)
    return "\n".join([*lines, f"| others, fewer than {PASSED_LEAST} each | {rest} |", ""])


PASSED_LEAST = 10
PASSED = """\
Exchanges that are not counted: of types and actions that the emulator does not have; first answers, from which a
session's beginning is planted; requests whose bodies the recorder hid; lists of a whole subscription, in which others
had their things, and of the built-in roles of their day."""


def _totals(found: Measured) -> Mapping[str, Score]:
    """The sums of recordings, examples and both."""
    sums = {"recorded": Score(), "documented": Score(), "both": Score()}
    for name, scores in (("recorded", found.recorded), ("documented", found.documented)):
        for score in scores.values():
            sums[name].merge(score)
            sums["both"].merge(score)
    return sums


def _table(first: str, scores: Mapping[str, Score]) -> Iterator[str]:
    yield f"| {first} | exchanges | status | headers | recall | precision | values |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for name, one in scores.items():
        shares = (one.status_share, one.header_share, one.recall, one.precision, one.values)
        yield f"| {name} | {one.exchanges} | {' | '.join(f'{value:.1%}' for value in shares)} |"


def _by_type(item: tuple[str, Score]) -> tuple[str, str]:
    method, _, rest = item[0].partition(" ")
    return rest, method


def _shown(operation: str) -> str:
    return operation.replace("microsoft.", "", 1)


def faults(found: Measured, lines: tuple[gaps.Gap, ...]) -> list[str]:
    """What speaks against the run: gaps without a line or more of them than it says, and aims that are missed."""
    covered, unknown = gaps.counted(found.operations, lines)
    told = [f"new: {operation} | {text} | {number}" for (operation, text), number in sorted(unknown.items())]
    told += [f"grown: {line.line()}, now {covered[line]}" for line in lines if covered[line] > line.exchanges]
    both = _totals(found)["both"]
    for name, aim in AIMS.items():
        if getattr(both, name) < aim:
            told.append(f"{name}: {getattr(both, name):.1%}, below {aim:.0%}")
    return told


def shrunk(text: str, found: Measured, lines: tuple[gaps.Gap, ...]) -> str:
    """The file of gaps with smaller numbers where there are fewer, and without lines that nothing needs."""
    covered, _ = gaps.counted(found.operations, lines)
    for line in lines:
        number = min(covered[line], line.exchanges)
        fresh = gaps.Gap(line.operation, line.text, number, line.because).line() + "\n" if number else ""
        text = text.replace(line.line() + "\n", fresh)
    return text


def main() -> int:
    """0 when nothing speaks against it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    if not (CORPORA / "INDEX.jsonl").is_file():
        print(f"no recordings at {CORPORA}; set CLOISON_CORPORA to the folder that holds INDEX.jsonl")
        return 1
    found = measured()
    lines = gaps.known()
    told = faults(found, lines)
    for one in told:
        print(one)
    text = gaps.FILE.read_text(encoding="utf-8")
    current = (
        PAGE.is_file()
        and PAGE.read_text(encoding="utf-8") == page(found)
        and shrunk(text, found, lines) == text
    )
    if arguments.check and not current:
        print("docs/parity.md or docs/parity-gaps.txt is old: run `make parity`")
        return 1
    if not arguments.check:
        PAGE.write_text(page(found), encoding="utf-8")
        gaps.FILE.write_text(shrunk(text, found, lines), encoding="utf-8")
    both = _totals(found)["both"]
    shares = (both.status_share, both.header_share, both.recall, both.precision, both.values)
    named = zip(("status", "headers", "recall", "precision", "values"), shares, strict=True)
    figures = ", ".join(f"{name} {value:.1%}" for name, value in named)
    print(f"parity: {both.exchanges:,} exchanges, {len(found.operations)} operations: {figures}")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
