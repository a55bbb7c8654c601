"""The guide for trying it with az: its commands are shell, all of them are run, none is for show.

On every machine what the real az asked for is asked again; where there is an az, it runs the page itself.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulator.replaying import recorded, replayed
from tools import prove_clients

GUIDE = prove_clients.GUIDE.read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="the commands are for shells of POSIX")
def test_its_commands_are_shell() -> None:
    """Every block is shell that a shell can read."""
    script = "\n".join(prove_clients.commands(GUIDE))
    done = subprocess.run(["/bin/sh", "-n"], input=script, capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)


def test_all_its_commands_are_run() -> None:
    """Whatever the page shows of az stands in a block that is run."""
    run = "\n".join(prove_clients.commands(GUIDE))
    told = [line.strip() for line in GUIDE.splitlines() if re.match(r"\s*(\$ )?az ", line)]
    assert len(told) > 40
    assert all(line.removeprefix("$ ") in run for line in told)


@pytest.mark.skipif(os.name == "nt", reason="the commands are for shells of POSIX")
def test_its_commands_are_answered(tmp_path: Path) -> None:
    """The page runs in a shell; each az command asks for what the real one did, and gets what that was content with."""
    code, count, differences = replayed(tmp_path)
    assert [] == differences
    assert 0 == code, (tmp_path / "output").read_text(encoding="utf-8")[-2000:]
    assert len(recorded()) == count > 50


def test_every_command_that_is_told_was_recorded() -> None:
    """The recording has every az command of the page, each with at least one request to Resource Manager."""
    told = [line.strip() for line in GUIDE.splitlines() if re.match(r"\s*az ", line)]
    known = [" ".join(["az", *one.words]) for one in recorded().values()]
    starts = {" ".join(line.removesuffix("\\").split()[:4]) for line in told}
    assert starts <= {" ".join(line.split()[:4]) for line in known}
    assert [] == [one.words for one in recorded().values() if not one.asked]


@pytest.mark.skipif(
    not (os.environ.get("CLOISON_CLIENTS") or shutil.which("az")),
    reason='no az is on the path: `make prove ARGS="clients"` installs one, CLOISON_CLIENTS=1 does so here',
)
def test_its_commands_work(tmp_path: Path) -> None:
    """Each command ends well with the real az, against a fresh emulator."""
    installed = ["--installed"] if not os.environ.get("CLOISON_CLIENTS") else []
    command = [sys.executable, str(Path(prove_clients.__file__)), "az", *installed]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout
