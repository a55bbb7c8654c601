"""Proof of plans: every fault of the catalogue, alone and together, and sizes against trying every set.

    python tools/prove_plan.py [TOGETHER [SMALL]]        default 300 combinations, 500 small cases

For each plan, computed anew and without the planner's own code: no state that its order can come to lets anybody in
who was kept out, or takes a name from pods; `check` says of its end what it promised; a second plan is empty; all that
can be mended in place is. For small cases the number of changes is that of the smallest of all sets.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cloison.model.snapshot import Snapshot
from cloison.plan.make import make
from tests.fault_catalogue import FAULTS
from tests.plan.environments import (
    LATER,
    LEFT,
    combined,
    end,
    faulty,
    offences,
    promised,
    public,
    verdict,
    weighty,
)
from tests.plan.exhaustive import found, optimum
from tests.reference import REFERENCES, snapshot

SEED = 20260105

Case = tuple[str, Callable[[], Snapshot], bool]
"""Name, how it is read, and whether all of it can be mended in place and at once."""


def main(arguments: list[str]) -> int:
    """Prove; the exit code."""
    together, small = (int(one) for one in [*arguments, *("300", "500")[len(arguments) :]])
    figures: Counter[str] = Counter()
    times: list[float] = []
    for part, cases in (("alone", alone()), ("together", mixed(together)), ("open", opened())):
        for case in cases:
            broken = judged(*case, figures, times)
            figures[part] += 1
            figures["wrong"] += bool(broken)
            for text in broken:
                print(f"{part}: {case[0]}: {text}", flush=True)
    figures["wrong"] += sizes(small, figures)
    times.sort()
    mendable, mended = figures["mendable"], figures["mended"]
    print(f"planning took {times[len(times) // 2] * 1000:.0f} ms in the middle, {times[-1]:.1f} s at most")
    print(
        f"{figures['alone']} faults alone, {figures['together']} together, {figures['open']} open environments: "
        f"{mended} of {mendable} that can be mended in place are ({mended / max(mendable, 1):.1%}), "
        f"{figures['states']:,} states safe; {figures['small']} small cases at their optimum; {figures['wrong']} wrong"
    )
    return 1 if figures["wrong"] or mended < 0.99 * mendable else 0


def alone() -> Iterator[Case]:
    """Every fault on every reference that it fits."""
    for fault in FAULTS:
        for reference in fault.on:
            whole = fault.name not in LEFT and fault.name not in LATER
            yield f"{fault.name} ({reference})", partial(faulty, reference, fault.changes), whole


def mixed(count: int) -> Iterator[Case]:
    """Faults that come together."""
    for reference, faults in combined(count, SEED):
        names = [fault.name for fault in faults]
        read = partial(faulty, reference, *(fault.changes for fault in faults))
        yield f"{' + '.join(names)} ({reference})", read, not set(names) & {*LEFT, *LATER}


def opened() -> Iterator[Case]:
    """Every reference before it was secured."""
    for reference in REFERENCES:
        for zones in (False, True):
            for way_in in (False, True):
                told = f"{'zones linked' if zones else 'no zones'}, {'a' if way_in else 'no'} way in"
                # Without a way in the workspace's door stays open.
                yield (
                    f"{reference}, open, {told}",
                    partial(_open, reference, zones=zones, way_in=way_in),
                    way_in,
                )


def _open(reference: str, *, zones: bool, way_in: bool) -> Snapshot:
    return snapshot(public(reference, zones=zones, way_in=way_in))


def judged(
    name: str, read: Callable[[], Snapshot], whole: bool, figures: Counter[str], times: list[float]
) -> list[str]:
    """What is wrong with the plan for one case."""
    start = time.perf_counter()
    plan = make(read())
    times.append(time.perf_counter() - start)
    after = end(read(), plan)
    told = verdict(after)
    wrong = list(offences(read(), plan))
    figures["states"] += plan.proof.prefixes
    if not plan.proof.proven:
        wrong.append("not proven")
    if told.verdict != promised(plan):
        wrong.append(f"promised {promised(plan)} and came to {told.verdict}")
    if not any(one.kind == "later" for one in plan.left) and make(after).steps:
        wrong.append("a second plan is not empty")
    figures["mendable"] += whole
    if whole:
        rest = weighty(told)
        figures["mended"] += not rest
        if rest:
            print(f"left: {name}: {sorted(rest)[:3]}", flush=True)
    return wrong


def sizes(count: int, figures: Counter[str]) -> int:
    """How many small cases have a smaller set than the one that is found."""
    wrong, seed = 0, SEED
    while figures["small"] < count:
        seed += 1
        for reference, faults in combined(50, seed, most=3):
            changes = [fault.changes for fault in faults]
            least = optimum(faulty(reference, *changes))
            if least is None or figures["small"] >= count:
                continue
            figures["small"] += 1
            took = found(faulty(reference, *changes))
            if took != least:
                wrong += 1
                print(
                    f"size: {' + '.join(fault.name for fault in faults)} ({reference}): {took}, not {least}"
                )
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
