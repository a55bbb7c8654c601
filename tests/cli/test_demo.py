"""The demo: what a newcomer sees first. Everything in it is what the commands print, and it ends well."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from cloison.cli import main
from cloison.cli.demo import example
from tests.cli.shell import cloison


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, str, list[str]]:
    """The demo from a folder of its own: exit code, output, errors, and what it left in the folder."""
    folder = tmp_path_factory.mktemp("anywhere")
    done = cloison("demo", cwd=folder)
    return done.returncode, done.stdout.decode(), done.stderr.decode(), os.listdir(folder)


def test_it_ends_secured(told: tuple[int, str, str, list[str]]) -> None:
    """The last verdicts are as promised: exit code 0."""
    assert 0 == told[0]


def test_it_says_what_stands_there_and_where(told: tuple[int, str, str, list[str]]) -> None:
    """In words for somebody who has never heard of Cloison, and with what to do next."""
    out = told[1]

    assert out.startswith("An Azure Machine Learning workspace")
    assert "https://127.0.0.1:" in out
    assert "cloison check FILE" in out.partition("What next")[2]


def test_it_tells_the_whole_story(told: tuple[int, str, str, list[str]]) -> None:
    """What is broken, the plan with its proof, what it came to; what a restart breaks, its repair, and the end."""
    _, out, errors, _ = told
    check, plan, apply, look, recover, end = re.split(r"^\d\. .*\n\$ cloison ", out, flags=re.MULTILINE)[1:]

    assert "mlw-scoring on aks-scoring: broken" in check
    assert "key vault           kv-ml-scoring  public IP" in check
    assert "broken now, met after this plan" in plan
    assert "nobody comes in who is kept out now" in " ".join(plan.split())
    assert "Measured afterwards: as promised" in apply
    assert "done: all 11 steps are done" in errors
    assert {"S22", "S23"} == set(re.findall(r"^  (S\d\d)  ", look, re.MULTILINE))
    assert "Make pe-aks again, as it was" in recover
    assert "Measured afterwards: as promised" in recover
    assert "mlw-scoring on aks-scoring: met" in end


def test_it_leaves_nothing_behind(told: tuple[int, str, str, list[str]]) -> None:
    """The plan and the journal were in a folder that is gone, and nothing is where it was called from."""
    assert [] == told[3]


def test_it_can_be_read_in_80_columns(told: tuple[int, str, str, list[str]]) -> None:
    """As wide as any terminal; what to copy may be longer."""
    assert [] == [line for line in told[1].splitlines() if len(line) > 80 and not line.startswith("$ ")]


def test_it_finds_live_what_the_file_tells(capsys: pytest.CaptureFixture[str]) -> None:
    """Read over HTTPS from the emulator, the example has the same findings, by the same names, as its file."""
    reports = []
    for command in (["demo"], ["check", example()]):
        main([*command, "--format", "json"])
        reports.append(json.loads(capsys.readouterr().out))
    live, told = (
        {(one["finding"], one["verdict"]) for each in report["environments"] for one in each["requirements"]}
        for report in reports
    )

    assert told == live
    assert ([], []) == (reports[0]["gaps"], reports[1]["gaps"])


def test_for_programs_it_is_the_report_alone(tmp_path: Path) -> None:
    """No words around JSON, and the exit code of the check."""
    done = cloison("demo", "--format", "json", cwd=tmp_path)

    assert (1, b"") == (done.returncode, done.stderr)
    assert "broken" == json.loads(done.stdout)["verdict"]


def test_what_it_names_can_be_explained(tmp_path: Path) -> None:
    """A finding of the report is explained from the file that the report names, wherever that was called from."""
    report = json.loads(cloison("demo", "--format", "json", cwd=tmp_path).stdout)
    finding = next(
        one["finding"] for one in report["environments"][0]["requirements"] if one["verdict"] == "broken"
    )
    explained = cloison("explain", finding, *report["inputs"], cwd=tmp_path)

    assert (0, b"") == (explained.returncode, explained.stderr)
