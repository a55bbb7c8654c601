"""Proves that the oracle would notice: plants faults into Cloison and asks how soon random environments show them.

    python tools/prove_sharpness.py [--environments N] [--seed FIRST]

Prints for each fault of tests.sharpness.planted.py the first environment that shows it. Exit 1 when one shows nowhere.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.sharpness.planted import FAULTS, shows


def main() -> int:
    """Plant and look; 1 when a fault stays hidden."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--environments", type=int, default=4_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    start = time.monotonic()
    hidden = 0
    for fault in FAULTS:
        seeds = range(asked.seed, asked.seed + asked.environments)
        # The environment that showed it last time comes first: most often it still does.
        known = () if fault.seed is None else (fault.seed,)
        found = next((seed for seed in (*known, *seeds) if shows(fault, seed)), None)
        hidden += found is None
        print(f"{'nowhere' if found is None else found:>8}  {fault.name}", flush=True)
    print(f"{time.monotonic() - start:.0f} s")
    print(f"{len(FAULTS)} faults planted, {len(FAULTS) - hidden} found")
    return 1 if hidden else 0


if __name__ == "__main__":
    sys.exit(main())
