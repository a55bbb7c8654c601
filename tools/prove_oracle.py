"""Proves Cloison's paths against the oracle in tests/oracle, environment by environment.

    python tools/prove_oracle.py [--environments N] [--seed FIRST] [--seconds S] [--shrink K]

Every environment comes from one seed, so a disagreement can be repeated with `--seed SEED --environments 1`.
Exit 1 on any disagreement: the first of each kind is printed with its seed and the smallest environment, as JSON,
on which it stays.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.oracle import compare

CHUNK = 25


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--environments", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--shrink", type=int, default=3, help="how many kinds of disagreement to shrink")
    return parser.parse_args()


def prove(first: int, count: int, seconds: float) -> compare.Figures:
    """Figures for that many environments, or as many as the time allows."""
    figures = compare.Figures()
    chunks = [range(start, min(start + CHUNK, first + count)) for start in range(first, first + count, CHUNK)]
    end = time.monotonic() + seconds
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers) as pool:
        running: set[Future[compare.Figures]] = set()
        while running or chunks:
            while chunks and len(running) < 2 * workers and time.monotonic() < end:
                running.add(pool.submit(compare.mismatches, chunks.pop(0)))
            if not running:
                break
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for one in done:
                figures.add(one.result())
    return figures


def show(figures: compare.Figures, kinds: int) -> None:
    """The disagreements: one of each kind, shrunk."""
    seen: dict[tuple[str, str, str], compare.Mismatch] = {}
    for one in sorted(figures.found, key=lambda found: (not found.false_private, found.seed)):
        seen.setdefault((one.oracle, one.cloison, one.reasons[0][:24] if one.reasons else ""), one)
    for one in list(seen.values())[:kinds]:
        print(one)
        print(json.dumps(compare.shrunk(one), indent=1))


def main() -> int:
    """Prove and print; 1 when there is a disagreement."""
    asked = arguments()
    start = time.monotonic()
    figures = prove(asked.seed, asked.environments, asked.seconds)
    show(figures, asked.shrink)
    paths = figures.verdicts.total()
    shares = (
        ", ".join(f"{word} {100 * n / paths:.1f} %" for word, n in figures.verdicts.most_common())
        if paths
        else ""
    )
    print(f"{time.monotonic() - start:.0f} s; {shares}")
    print(
        f"{figures.environments:,} environments, {paths:,} paths, {len(figures.found):,} disagreements, "
        f"{figures.false_private:,} false private"
    )
    return 1 if figures.found or not figures.environments else 0


if __name__ == "__main__":
    sys.exit(main())
