"""The command line as people use it: in a process of its own, or in this one where that is enough."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "src/cloison/examples/first_attempt.json"
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "CLOISON_DEBUG", "PYTHONPATH")
}


def environment(**more: str) -> dict[str, str]:
    """What a process is given: nothing that would change a report, and the sources of this clone."""
    return {**CLEAN, "PYTHONPATH": str(ROOT / "src"), **more}


def cloison(
    *arguments: str, cwd: Path = ROOT, stdin: bytes = b"", **variables: str
) -> subprocess.CompletedProcess[bytes]:
    """Run it."""
    return subprocess.run(
        [sys.executable, "-m", "cloison", *arguments],
        cwd=cwd,
        env=environment(**variables),
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )
