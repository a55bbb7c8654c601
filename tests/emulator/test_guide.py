"""The guide for trying it with az: its commands are shell, all of them are run by `make prove`, none is for show."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import prove_clients

GUIDE = prove_clients.GUIDE.read_text(encoding="utf-8")
CLIENTS = prove_clients.HOME / prove_clients.BIN / "az"


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


@pytest.mark.skipif(
    not os.environ.get("CLOISON_CLIENTS") or not CLIENTS.is_file(),
    reason='az takes minutes: `make prove ARGS="clients"` runs the page, CLOISON_CLIENTS=1 runs it here as well',
)
def test_its_commands_work(tmp_path: Path) -> None:
    """Each command ends well against a fresh emulator."""
    command = [sys.executable, str(Path(prove_clients.__file__)), "az"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout
