"""Proves that a damaged journal is refused, or continued correctly, never wrongly.

    python tools/prove_journal.py [--damages N]

`cloison apply` repairs the article's first attempt on an emulator over HTTPS and is killed in the middle. Its journal
is torn at every byte, and read; then it is damaged in every way that a disk, a copy or a hand can, put back beside the
environment as it was left, and `cloison apply --resume` goes on with it. It has to be refused with a code before
anything is sent, or end in the same state with every write once, or ask a person to plan again. Exit 1 otherwise.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.apply.damage import Left, Place, damaged, left, tears
from tests.apply.live import Violation, azure

WORKERS = 2
KILLED_AT = (3, 6, 9)
"""Writes after which the run was killed."""


def going_on(known: Left, folder: Path, seeds: range) -> Counter[str]:
    """How damaged journals end."""
    found: Counter[str] = Counter()
    folder.mkdir()
    with azure(folder) as site:
        place = Place(site, known)
        for seed in seeds:
            name, raw = damaged(known.journal, seed)
            found[_tried(place, f"seed {seed}, {name}", raw)] += 1
        _, ends = tears(known.journal)
        for at in ends[seeds.start % 2 :: 2]:
            found[_tried(place, f"torn at {at}", known.journal[:at])] += 1
    return found


def _tried(place: Place, about: str, raw: bytes) -> str:
    try:
        return place.again(about, raw)
    except Violation as problem:
        print(f"wrong: {problem}", flush=True)
        return "wrong"


def main() -> int:
    """Damage and go on; 1 when something is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--damages", type=int, default=1_200)
    asked = parser.parse_args()
    found: Counter[str] = Counter()
    torn = 0
    share = -(-asked.damages // (WORKERS * len(KILLED_AT)))
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(WORKERS) as workers:
        waiting = []
        for turn, at in enumerate(KILLED_AT):
            known = left(Path(name) / f"left-{at}", at)
            torn += tears(known.journal)[0]
            for half in range(WORKERS):
                start = (turn * WORKERS + half) * share
                # An odd start takes the other half of the places after whole records.
                seeds = range(start + (start + half) % 2, start + share)
                waiting.append(workers.submit(going_on, known, Path(name) / f"{at}-{half}", seeds))
        for future in waiting:
            found += future.result()
    told = ", ".join(f"{count:,} {how}" for how, count in sorted(found.items()))
    print(
        f"{torn:,} tears read as what was whole before them; {found.total():,} journals gone on with: {told}"
    )
    return 1 if found["wrong"] or found.total() < asked.damages * 0.9 else 0


if __name__ == "__main__":
    sys.exit(main())
