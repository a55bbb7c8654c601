"""Runs every `cases.md`: prose, changes to a healthy environment, and what the requirement then says, verbatim.

`CLOISON_ACCEPT=1 pytest tests/cases` rewrites what is said; read the difference before you commit it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import cloison.requirements
from cloison.check.discovery import Discovery
from cloison.check.run import judge
from cloison.kinds import all_facets
from cloison.model.verdict import Finding, Verdict
from cloison.reach.fabric import Fabric
from cloison.requirements import requirements
from cloison.requirements.case import Case
from tests.reference import REFERENCES, changed, snapshot

FOLDER = Path(cloison.requirements.__file__).parent
START = re.compile(r"From `(?P<name>[^`]+)`(?P<planned>, planned)?\.")
FENCE = re.compile(r"```(?P<kind>json|text)\n(?P<body>.*?)```", re.DOTALL)
NEVER_BROKEN = {"D12"}
"""Nothing in Azure tells which DNS server a browser asks, so the worst that can be said is unknown."""


class Written(msgspec.Struct, frozen=True):
    """One case as written."""

    requirement: str
    file: Path
    title: str
    reference: str
    planned: bool
    changes: str
    said: str


def written() -> Iterator[Written]:
    """Every case of every requirement."""
    for file in sorted(FOLDER.glob("*/cases.md")):
        requirement = file.parent.name.partition("_")[0].upper()
        for section in file.read_text(encoding="utf-8").split("\n## ")[1:]:
            title, _, text = section.partition("\n")
            start = START.search(text)
            assert start, f"{file}: case {title!r} does not say which environment it starts from"
            blocks = {match["kind"]: match["body"] for match in FENCE.finditer(text)}
            yield Written(
                requirement,
                file,
                title,
                start["name"],
                start["planned"] is not None,
                blocks.get("json", "{}"),
                blocks.get("text", ""),
            )


def say(finding: Finding) -> str:
    """A finding in one or two lines."""
    weight = f" {finding.severity.value}" if finding.verdict is Verdict.BROKEN else ""
    line = f"{finding.verdict.value}{weight} {finding.subject.name}: {finding.message}"
    return f"{line}\n  ask: {finding.ask}" if finding.verdict is Verdict.UNKNOWN else line


def judged(case: Written) -> str:
    """What the requirement says of the case."""
    read = snapshot(changed(REFERENCES[case.reference](), json.loads(case.changes)), planned=case.planned)
    fabric = Fabric(all_facets(read))
    rules = requirements([case.requirement])
    found = [
        say(finding)
        for environment in Discovery(read, fabric).environments
        for _, finding in judge(Case(environment, read, fabric), rules)
    ]
    return "".join(f"{one}\n" for one in found) or "no environment\n"


CASES = list(written())


@pytest.mark.parametrize("case", CASES, ids=[f"{one.requirement}: {one.title}" for one in CASES])
def test_case(case: Written) -> None:
    """The requirement says what its cases say it does."""
    said = judged(case)
    if os.environ.get("CLOISON_ACCEPT"):
        _accept(case, said)
        return
    assert case.said == said


def _accept(case: Written, said: str) -> None:
    text = case.file.read_text(encoding="utf-8")
    before, separator, after = text.partition(f"\n## {case.title}\n")
    section, more, rest = after.partition("\n## ")
    block = f"```text\n{said}```"
    if "```text" in section:
        section = re.sub(r"```text\n.*?```", lambda _: block, section, flags=re.DOTALL)
    else:
        section = f"{section.rstrip()}\n\n{block}\n"
    case.file.write_text(f"{before}{separator}{section}{more}{rest}", encoding="utf-8")


def test_every_requirement_has_its_cases() -> None:
    """Each requirement shows a case where it is met and one where it is broken, or unknown if it can be no worse."""
    verdicts: dict[str, set[str]] = {name: set() for name in cloison.requirements.ids()}
    for case in CASES:
        verdicts[case.requirement].update(line.split(" ")[0] for line in case.said.splitlines())
    wanting = {
        name: sorted(missing)
        for name, found in verdicts.items()
        if (missing := {"met", "unknown" if name in NEVER_BROKEN else "broken"} - found)
    }
    assert {} == wanting
