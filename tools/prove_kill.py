"""Proves that a run can be killed at any time: kills `cloison apply` with SIGKILL at every request of one plan.

    python tools/prove_kill.py [--first N] [--last N]

The article's first attempt is repaired by a process of its own, against an emulator over HTTPS. At each request the
process is killed once before the request has its effect and once after. Then `cloison apply --resume` goes on, without
a question; the end has to be the same state as without a kill, each write has to have its effect once, and going on
once more has to send nothing. Exit 1 when one of them does not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.apply.killed import Undisturbed, When, killed, undisturbed
from tests.apply.live import Violation

WORKERS = 2
"""Each with a child of its own: more than the processors of a small machine would only wait for each other."""


def one(known: Undisturbed, folder: Path, number: int, when: When) -> str:
    """How one kill was survived, or what was wrong."""
    try:
        return killed(known, folder / f"{number}-{when}", number, when)
    except Violation as problem:
        return f"wrong: {problem}"


def main() -> int:
    """Kill and go on; 1 when something is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--last", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(WORKERS) as workers:
        folder = Path(name)
        known = undisturbed(folder / "undisturbed")
        numbers = range(asked.first, (asked.last or known.requests) + 1)
        whens: tuple[When, ...] = ("before", "after")
        waiting = [workers.submit(one, known, folder, number, when) for number in numbers for when in whens]
        found: Counter[str] = Counter()
        for future in waiting:
            told = future.result()
            if told.startswith("wrong"):
                print(told, flush=True)
                told = "wrong"
            found[told] += 1
    print(
        f"{found.total():,} kills at {len(numbers):,} requests of {sum(known.writes.values())} steps: "
        f"{found.total() - found['wrong']:,} gone on to the same state without a second write, {found['wrong']} not"
    )
    return 1 if found["wrong"] or not found.total() else 0


if __name__ == "__main__":
    sys.exit(main())
