"""Runs every proof: `tools/prove_*.py`, the checks that take too long for each test run.

    python tools/prove.py [NAME...]        NAME: `oracle` for tools/prove_oracle.py; default all

A proof is a script that prints what it likes, ends in one line with its figures
(`20,000 environments, 0 disagreements`) and exits 0 when it holds. They run one after the other; the table at
the end shows each one's last line. Exit 1 when one fails, 2 for a name that there is none of.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent


class Outcome(NamedTuple):
    """How one proof ended."""

    name: str
    code: int
    seconds: float
    figures: str


def proofs(folder: Path, names: list[str]) -> list[Path]:
    """The scripts to run. Raises KeyError for a name that no script has."""
    found = {path.stem.removeprefix("prove_"): path for path in sorted(folder.glob("prove_*.py"))}
    return [found[name] for name in names] if names else list(found.values())


def run(script: Path) -> Outcome:
    """Run one proof to its end, showing what it prints while it does."""
    name = script.stem.removeprefix("prove_")
    print(f"--- {name}", flush=True)
    start = time.monotonic()
    figures = ""
    command = [sys.executable, "-u", str(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as process:
        for line in process.stdout or ():
            print(f"    {line.rstrip()}", flush=True)
            figures = line.strip() or figures
    return Outcome(name, process.returncode, time.monotonic() - start, figures)


def main(arguments: list[str], folder: Path = HERE) -> int:
    """Run and summarise; the exit code."""
    try:
        scripts = proofs(folder, arguments)
    except KeyError as error:
        print(f"prove: no proof {error}; there is no tools/prove_{error.args[0]}.py", file=sys.stderr)
        return 2
    if not scripts:
        print("prove: there are no proofs (tools/prove_*.py)")
        return 0
    outcomes = [run(script) for script in scripts]
    width = max(len(outcome.name) for outcome in outcomes)
    print()
    for outcome in outcomes:
        word = "holds " if outcome.code == 0 else "FAILED"
        print(f"{outcome.name:{width}}  {word}  {outcome.seconds:6.1f} s  {outcome.figures}")
    return 0 if all(outcome.code == 0 for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
