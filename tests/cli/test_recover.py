"""`cloison recover` on an Azure of this machine: shows, asks, mends round by round, and says how it ended."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cloison.cli import main
from cloison.cli.demo import emulated

FOLDER = Path("recover-aks-scoring")
AGREED = ("--accept-asks", "--yes", "--hash")


@pytest.fixture
def _azure() -> Iterator[None]:
    """The example, live; commands stand in a folder of their own."""
    with emulated() as azure, azure.at_hand():
        yield


def reviewed(*command: str) -> str:
    """The hash of the plan that a command shows and nobody agrees to."""
    assert 2 == main(["recover", "azure:", *command])
    return str(json.loads((FOLDER / "01.json").read_text(encoding="utf-8"))["digest"])


@pytest.mark.usefixtures("_azure")
def test_nothing_is_sent_before_somebody_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal and without a hash it shows the first plan, writes it down, and ends with 2."""
    assert 2 == main(["recover", "azure:", "--restart", "--accept-asks"])

    told = capsys.readouterr()
    assert "Stop aks-scoring" in told.out
    assert "E515" in told.err
    assert not (FOLDER / "01.json.journal").exists()


@pytest.mark.usefixtures("_azure")
def test_a_restart_is_recovered_with_one_agreement(capsys: pytest.CaptureFixture[str]) -> None:
    """The hash of the first plan is agreement to what it foresees; a second run finds nothing to do."""
    digest = reviewed("--restart", "--accept-asks")
    capsys.readouterr()

    assert 0 == main(["recover", "azure:", "--restart", *AGREED, digest[:16]])
    told = capsys.readouterr()
    assert ["Round 1", "Round 2"] == [one for one in told.out.splitlines() if one.startswith("Round ")]
    assert "round 2 sends only what was agreed to before" in told.err
    assert "nothing is left to put right after 2 rounds" in told.err
    assert 0 == main(["recover", "azure:"])
    assert "nothing to put right\n" == capsys.readouterr().err


@pytest.mark.usefixtures("_azure")
def test_another_plan_than_the_reviewed_one_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A hash of something else is no agreement."""
    assert 2 == main(["recover", "azure:", "--restart", *AGREED, "0123456789abcdef"])
    assert "E513" in capsys.readouterr().err


@pytest.mark.usefixtures("_azure")
def test_an_interrupted_pause_is_resumed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C between stop and start ends with 3; without --resume it is not begun anew; with it, it goes on."""
    digest = reviewed("--restart", "--accept-asks")

    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt(seconds)

    with monkeypatch.context() as patched:
        patched.setattr(time, "sleep", interrupted)
        assert 3 == main(["recover", "azure:", "--restart", "--pause", "15", *AGREED, digest[:16]])
    assert "minutes left" in capsys.readouterr().err
    assert 0 == main(["recover", "azure:", "--resume", "--yes", "--accept-asks"])
    assert "nothing is left to put right" in capsys.readouterr().err


@pytest.mark.usefixtures("_azure")
def test_a_start_that_somebody_tells_of_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """With --since, computes that were attached before that are attached again."""
    assert 2 == main(["recover", "azure:", "--since", f"{datetime.now(UTC):%Y-%m-%dT%H:%MZ}"])
    assert "Attach scoring of mlw-scoring again" in capsys.readouterr().out
    for wrong in ("yesterday", "2199-01-01T06:30Z"):
        assert 2 == main(["recover", "azure:", "--since", wrong])
        assert "E302" in capsys.readouterr().err


@pytest.mark.usefixtures("_azure")
def test_what_nobody_knows_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a start in the activity log it is not known whether computes are to be attached again."""
    assert 0 == main(["recover", "azure:"])
    told = capsys.readouterr().err
    assert "not known: scoring says Succeeded" in told
    assert "--since" in told


@pytest.mark.usefixtures("_azure")
def test_of_several_recoveries_one_has_to_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Two folders in which something was begun: --resume asks which, before it reads anything."""
    digest = reviewed("--restart", "--accept-asks")
    assert 0 == main(["recover", "azure:", "--restart", *AGREED, digest[:16]])
    shutil.copytree(FOLDER, "recover-another")
    capsys.readouterr()

    assert 2 == main(["recover", "azure:", "--resume"])
    assert "E523" in capsys.readouterr().err
    assert 0 == main(["recover", "azure:", "--resume", "--folder", str(FOLDER)])
