"""Proof of recovery: random restarts, each recovered to the end, whatever kills the process in between.

    python tools/prove_recover.py [RESTARTS]        default 500

Each run builds another Azure in this process: up to three workspaces on one cluster, up to three endpoints of people's
own in networks of their own, zones and records by hand, connections that have to be approved, rules and routes that
name the API server, roles of computes. The cluster is restarted, by `recover` or before it, at another address and
sometimes in another subnet; zone records get lost; the process is killed up to three times at any action. At the end
everything works, told from what only that Azure knows, or a manual step was named; nothing was sent twice, nothing of
AKS touched; and a second run sends nothing.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.recover.runs import Ran, run

RESTARTS = 500
WORKERS = os.cpu_count() or 1


def main(arguments: list[str]) -> int:
    """Prove; the exit code."""
    count = int(arguments[0]) if arguments else RESTARTS
    figures: Counter[str] = Counter()
    start = time.monotonic()
    with ProcessPoolExecutor(WORKERS) as pool:
        for seed, ran in enumerate(pool.map(run, range(count), chunksize=4)):
            _count(figures, ran)
            for line in ran.wrong:
                print(f"restart {seed}: {line} ({ran.wanted})", flush=True)
    told = (
        f"{count:,} restarts, {figures['by itself']:,} of them by recover itself, {figures['kills']:,} kills, "
        f"{figures['rounds']:,} rounds, {figures['writes']:,} requests: {figures['well']:,} all well, "
        f"{figures['named']:,} with a manual step named, {figures['wrong']:,} wrong; a second run sent nothing; "
        f"{time.monotonic() - start:.0f} s"
    )
    print(told)
    return 1 if figures["wrong"] or not figures["kills"] or not figures["named"] else 0


def _count(figures: Counter[str], ran: Ran) -> None:
    figures["by itself"] += ran.restart
    figures["kills"] += ran.kills
    figures["rounds"] += ran.rounds
    figures["writes"] += ran.writes
    figures["wrong" if ran.wrong else "named" if ran.named else "well"] += 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
