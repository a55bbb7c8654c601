"""Proof of the way back: for every fault of the catalogue and open environments a plan, a run, and its undoing.

    python tools/prove_undo.py [PREFIXES [OTHERS]]        default 3 beginnings of each run, 2 with others about

For each: the plan is carried out on the control plane, whole or begun, and taken back. In no state on the way does
anybody come in who was kept out both before the run and after it, and no name is lost that pods reached at both times.
At the end all is as it was, or said to stay; a second undo is empty; undoing the undo comes to what was applied. What
others made or changed in between is there afterwards, as they left it.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cloison.model.snapshot import Snapshot
from tests.fault_catalogue import FAULTS
from tests.plan.environments import faulty, public
from tests.reference import REFERENCES, snapshot
from tests.undo.others import with_others
from tests.undo.runs import Figures, there_and_back

Case = tuple[str, Callable[[], Snapshot]]


def main(arguments: list[str]) -> int:
    """Prove; the exit code."""
    prefixes, others = (int(one) for one in [*arguments, *("3", "2")[len(arguments) :]])
    figures, wrong, met, start = Figures(), 0, 0, time.perf_counter()
    faults = 0
    for name, read in cases():
        faults += 1
        for number in range(prefixes):
            for text in there_and_back(read, chance(name, number), figures):
                wrong += 1
                print(f"{name}, beginning {number}: {text}", flush=True)
        for number in range(others):
            told = list(with_others(read, chance(name, number)))
            met += bool(told)
            for text in told[1:]:
                wrong += 1
                print(f"{name}, when somebody {told[0]}: {text}", flush=True)
    took = time.perf_counter() - start
    print(
        f"{faults} environments: {figures.runs:,} runs taken back in {figures.steps:,} steps, {figures.states:,} "
        f"states safe, {figures.exact:,} print for print as before, {figures.stays:,} things said to stay, "
        f"{figures.again:,} undone once more; {met:,} with others about; {wrong} wrong; {took:.0f} s"
    )
    return 1 if wrong else 0


def chance(name: str, number: int) -> random.Random:
    """The same for each case."""
    return random.Random(f"{name} {number}")  # noqa: S311  # not for secrets


def cases() -> Iterator[Case]:
    """Every fault on every reference that it fits, and every reference before it was secured."""
    for fault in FAULTS:
        for reference in fault.on:
            yield f"{fault.name} ({reference})", partial(faulty, reference, fault.changes)
    for reference in REFERENCES:
        for zones in (False, True):
            yield f"{reference}, open, zones linked: {zones}", partial(_open, reference, zones=zones)


def _open(reference: str, *, zones: bool) -> Snapshot:
    return snapshot(public(reference, zones=zones))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
