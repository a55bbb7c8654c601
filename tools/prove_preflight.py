"""Prove the preflight: random teams with random roles, each plan split and sent to an emulator that asks for rights.

    python tools/prove_preflight.py [TEAMS]       TEAMS: default 200

Of each: every step of the part to apply now is taken, in no state of it is anybody worse off, each step that was called
surely refused is refused, every step is accounted for, and somebody always has something to do.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.preflight.rounds import broken_promises

TEAMS = 200


def main(arguments: list[str]) -> int:
    """Try them all; exit 1 where a promise was broken."""
    teams = int(arguments[0]) if arguments else TEAMS
    begin = time.monotonic()
    wrong = [(seed, one) for seed in range(teams) for one in broken_promises(seed)]
    for seed, one in wrong[:20]:
        print(f"team {seed}: {one}")
    seconds = time.monotonic() - begin
    print(f"preflight: {teams} teams, {len(wrong)} broken promises, {seconds:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
