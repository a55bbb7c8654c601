"""Proof of plans: every fault of the catalogue, alone and together, and sizes against trying every set.

    python tools/prove_plan.py [TOGETHER [SMALL]]        default 300 combinations, 500 small cases

For each plan, computed anew and without the planner's own code: no state that its order can come to lets anybody in
who was kept out, or takes a name from pods; `check` says of its end what it promised; a second plan is empty; all that
can be mended in place is. For small cases the number of changes is that of the smallest of all sets.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

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
WORKERS = os.cpu_count() or 1
TRIED_AT_ONCE = 40
"""Small cases handed out before it is looked whether there are enough."""

Case = tuple[str, Callable[[], Snapshot], bool]
"""Name, how it is read, and whether all of it can be mended in place and at once."""


def main(arguments: list[str]) -> int:
    """Prove; the exit code."""
    together, small = (int(one) for one in [*arguments, *("300", "500")[len(arguments) :]])
    figures: Counter[str] = Counter()
    times: list[float] = []
    with ProcessPoolExecutor(WORKERS) as pool:
        for told in pool.map(partial(judged_at, together), range(len(cases(together))), chunksize=4):
            figures += told.figures
            times.append(told.seconds)
            for line in told.lines:
                print(line, flush=True)
        while figures["small"] < small:
            numbers = range(figures["tried"], figures["tried"] + TRIED_AT_ONCE)
            for said in pool.map(size_at, numbers):
                figures["tried"] += 1
                if said is None or figures["small"] >= small:
                    continue
                figures["small"] += 1
                figures["wrong"] += bool(said)
                print(said, end="", flush=True)
    times.sort()
    mendable, mended = figures["mendable"], figures["mended"]
    print(f"planning took {times[len(times) // 2] * 1000:.0f} ms in the middle, {times[-1]:.1f} s at most")
    print(
        f"{figures['alone']} faults alone, {figures['together']} together, {figures['open']} open environments: "
        f"{mended} of {mendable} that can be mended in place are ({mended / max(mendable, 1):.1%}), "
        f"{figures['states']:,} states safe; {figures['small']} small cases at their optimum; {figures['wrong']} wrong"
    )
    return 1 if figures["wrong"] or mended < 0.99 * mendable else 0


class Told(NamedTuple):
    """What is said of one case."""

    figures: Counter[str]
    seconds: float
    lines: list[str]


@cache
def cases(together: int) -> list[tuple[str, Case]]:
    """Every case with the part that it belongs to."""
    parts = (("alone", alone()), ("together", mixed(together)), ("open", opened()))
    return [(part, case) for part, some in parts for case in some]


def judged_at(together: int, at: int) -> Told:
    """The case of a number, judged; readers of cases do not cross to another process, numbers do."""
    part, case = cases(together)[at]
    figures: Counter[str] = Counter()
    _, read, whole = case
    seconds, wrong, rest = judged(read, whole, figures)
    figures[part] += 1
    figures["wrong"] += bool(wrong)
    lines = [f"{part}: {case[0]}: {text}" for text in wrong]
    if rest:
        lines.append(f"left: {case[0]}: {rest[:3]}")
    return Told(figures, seconds, lines)


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
    read: Callable[[], Snapshot], whole: bool, figures: Counter[str]
) -> tuple[float, list[str], list[tuple[str, str, str]]]:
    """Seconds that the plan for one case took, what is wrong with it, and what is left although it can be mended."""
    start = time.perf_counter()
    plan = make(read())
    seconds = time.perf_counter() - start
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
    rest = sorted(weighty(told)) if whole else []
    figures["mendable"] += whole
    figures["mended"] += whole and not rest
    return seconds, wrong, rest


def size_at(number: int) -> str | None:
    """What is wrong with the number of changes in a small case; None for one that is too large to try every set."""
    ((reference, faults),) = combined(1, SEED + 1 + number, most=3)
    changes = [fault.changes for fault in faults]
    least = optimum(faulty(reference, *changes))
    if least is None:
        return None
    took = found(faulty(reference, *changes))
    names = " + ".join(fault.name for fault in faults)
    return "" if took == least else f"size: {names} ({reference}): {took}, not {least}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
