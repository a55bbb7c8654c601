"""Proof of `cloison apply`: the executor in a world where time, disk, network and Azure are ours, and all goes wrong.

    python tools/prove_apply.py [--seed FIRST] [--ways N] [--two N] [--meddled N] [--plans NAMES] [--parts PARTS]
                                [--workers N]

Parts: `bugs` planted in the executor are noticed; a full, broken or torn `disk` at every action; `two` processes with
one plan and no lock; people who `meddled`; `faults`: every fault of the catalogue at every request, with a kill after
every action and whatever the disk kept; `ways`: two to four troubles at random. tests/apply/simulate.py says what must
hold at every instant. Each way is made from its number alone: what breaks is printed with it, with as few troubles as
still break it. Exit 1 when anything does.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.apply import chaos, others
from tests.apply.azure import Violation
from tests.apply.disk import TROUBLES, SimDisk
from tests.apply.explore import Enough, Explorer, variants
from tests.apply.mutants import MUTANTS, noticed
from tests.apply.plans import SCENES, scene
from tests.apply.simulate import Session, finished, through

PARTS = ("bugs", "disk", "two", "meddled", "faults", "ways")
PLANS = ("closing", "made again", "restart", "identities", "lake", "approval")
CHUNK = 50
PROGRESS_S = 15.0
SHOWN_MAX = 20
"""Violations that are printed in full."""


class Task(NamedTuple):
    """What one worker does at a time."""

    part: str
    name: str
    """A plan, or a bug."""
    first: int = 0
    times: int = 0
    fault: str = ""
    after: bool = False


class Found(NamedTuple):
    """What came of it."""

    task: Task
    figures: Counter[str]
    wrong: list[str]


# --- what there is to do -----------------------------------------------------------------------------------


def tasks(asked: argparse.Namespace) -> Iterator[list[Task]]:
    """All of it, part by part."""
    numbered = {"two": asked.two, "meddled": asked.meddled, "ways": asked.ways}
    for part in PARTS:
        if part not in asked.parts:
            continue
        if part == "bugs":
            yield [Task(part, one.name) for one in MUTANTS]
        elif part == "disk":
            yield [Task(part, name, at) for name in asked.plans for at in range(len(TROUBLES))]
        elif part == "faults":
            yield [
                Task(part, name, fault=fault, after=after)
                for name in asked.plans
                for fault, after in _faults()
            ]
        else:
            firsts = range(asked.seed, asked.seed + numbered[part], CHUNK)
            end = asked.seed + numbered[part]
            yield [Task(part, part, first, min(CHUNK, end - first)) for first in firsts]


def _faults() -> list[tuple[str, bool]]:
    """Every fault of the catalogue, before and after the effect, and none at all."""
    return [("", False), *variants()]


# --- doing it ----------------------------------------------------------------------------------------------


def work(task: Task) -> Found:
    """Do one task."""
    done = {"bugs": _bug, "disk": _disk, "faults": _fault}.get(task.part, _numbered)
    return done(task)


def _bug(task: Task) -> Found:
    mutant = next(one for one in MUTANTS if one.name == task.name)
    way, shown = noticed(mutant)
    wrong = [] if shown else [f"nothing shows it: {task.name}"]
    return Found(task, Counter({"bugs": 1, "noticed": bool(shown), way: 1}), wrong)


_EXPLORERS: dict[str, Explorer] = {}
"""By plan: what one worker has followed, it does not follow again."""


def _fault(task: Task) -> Found:
    explorer = _EXPLORERS.setdefault(task.name, Explorer(scene(task.name), most=SHOWN_MAX))
    before = (explorer.figures.scenarios, explorer.figures.followed, len(explorer.figures.violations))
    spots = explorer.spots()
    try:
        if not task.fault:
            explorer.plain()
        for number in range(1, spots + 1) if task.fault else ():
            explorer.fault_at(task.fault, number, after=task.after)
    except Enough:
        pass
    figures = explorer.figures
    counted = Counter(
        {
            "scenarios": figures.scenarios - before[0],
            "followed": figures.followed - before[1],
            "requests": spots,
        }
    )
    return Found(task, counted, [f"{task.name}: {one}" for one in figures.violations[before[2] :]])


def _disk(task: Task) -> Found:
    """The disk fails from some action on, for all actions; then it is mended, and the run goes on."""
    told, where = TROUBLES[task.first], scene(task.name)
    figures: Counter[str] = Counter()
    wrong = []
    for at in range(1, 400):
        disk = SimDisk(fails_at=at, error=told.error, lies=told.lies)
        session = Session(where, where.azure(), disk)
        figures["scenarios"] += 1
        try:
            through(session)
            finished(where, session.azure, session.disk.seen)
        except Violation as problem:
            wrong.append(f"{task.name}, the disk fails at action {at} ({told}): {problem}")
        if disk.actions < at:
            break
    return Found(task, figures, wrong)


def _numbered(task: Task) -> Found:
    wrong = []
    for seed in range(task.first, task.first + task.times):
        try:
            if task.part == "two":
                others.two(seed)
            elif task.part == "meddled":
                others.meddled(seed)
            else:
                chaos.Way(seed).go()
        except Violation as problem:
            wrong.append("\n".join(chaos.shrunk(seed)) if task.part == "ways" else str(problem))
        except Exception as problem:  # noqa: BLE001  # a bug that no invariant has foreseen is one all the same
            wrong.append(f"{task.part}, seed {seed}: {type(problem).__name__}: {problem}")
    return Found(task, Counter({"scenarios": task.times}), wrong)


# --- all of it ---------------------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Prove; 1 when something does not hold."""
    asked = _asked(arguments)
    start = time.monotonic()
    totals: dict[str, Counter[str]] = {}
    wrong = 0
    for name in SCENES:
        scene(name)
    with ProcessPoolExecutor(asked.workers) as pool:
        for listed in tasks(asked):
            part, began = listed[0].part, time.monotonic()
            total = totals[part] = Counter()
            said = began
            waiting = [pool.submit(work, one) for one in listed]
            for number, future in enumerate(as_completed(waiting), 1):
                found = future.result()
                total.update(found.figures)
                for text in found.wrong[: max(0, SHOWN_MAX - wrong)]:
                    print(f"VIOLATION, {part}: {text}", flush=True)
                wrong += len(found.wrong)
                if time.monotonic() - said > PROGRESS_S:
                    said = time.monotonic()
                    rate = total["scenarios"] / (said - began)
                    print(
                        f"{part}: {number} of {len(listed)}, {total['scenarios']:,} scenarios, "
                        f"{rate:,.0f} a second, {wrong} wrong",
                        flush=True,
                    )
            total["seconds"] = round(time.monotonic() - began)
            print(f"{part}: {_told(total)} in {total['seconds']} s", flush=True)
    print(f"seed {asked.seed}, {time.monotonic() - start:.0f} s")
    print(_line(totals, asked, wrong))
    return 1 if wrong else 0


def _told(total: Counter[str]) -> str:
    if total["bugs"]:
        return f"{total['noticed']} of {total['bugs']} planted bugs noticed"
    more = f", {total['followed']:,} of them with a future of their own" if total["followed"] else ""
    return f"{total['scenarios']:,} scenarios{more}"


def _line(totals: dict[str, Counter[str]], asked: argparse.Namespace, wrong: int) -> str:
    parts = []
    for part, total in totals.items():
        if part == "bugs":
            parts.append(f"{total['noticed']} of {total['bugs']} planted bugs noticed")
        elif part == "faults":
            parts.append(f"{total['scenarios']:,} kills and faults over {len(asked.plans)} plans")
        else:
            word = {"ways": "random ways", "two": "of two at once", "meddled": "with others at work"}.get(
                part
            )
            parts.append(f"{total['scenarios']:,} {word or 'broken disks'}")
    return ", ".join(parts) + f"; {wrong} violations"


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1_000_000)
    parser.add_argument("--ways", type=int, default=100_000)
    parser.add_argument("--two", type=int, default=5_000)
    parser.add_argument("--meddled", type=int, default=1_000)
    parser.add_argument("--plans", type=lambda text: text.split(","), default=list(PLANS[:4]))
    parser.add_argument("--parts", type=lambda text: text.split(","), default=list(PARTS))
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
