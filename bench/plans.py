"""How long it takes to make a plan and to prove it, beside one check of what it was made for.

The embedded example is the article's first attempt. The other two are reference environments as they were before
anybody secured them: with nothing private at all, and with a landing zone's private zones already linked, where
records have to be written before endpoints are made.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cloison.check.run import run  # noqa: E402 - below the path
from cloison.model.snapshot import Snapshot  # noqa: E402
from cloison.plan.document import PlanDocument  # noqa: E402
from cloison.plan.make import make  # noqa: E402
from cloison.sources import read  # noqa: E402
from tests.plan.environments import public  # noqa: E402
from tests.reference import snapshot  # noqa: E402

Source = Callable[[], Snapshot]
EXAMPLE = ROOT / "src/cloison/examples/first_attempt.json"
SOURCES: dict[str, Source] = {
    "embedded example": lambda: read([str(EXAMPLE)]),
    "reference, nothing private": lambda: snapshot(public("same network")),
    "reference, zones already linked": lambda: snapshot(public("same network", zones=True)),
}


def checking(source: Source) -> float:
    """Processor seconds of one check of what was just read."""
    read_ = source()
    start = time.process_time()
    run(read_)
    return time.process_time() - start


def planning(source: Source, made: list[PlanDocument]) -> float:
    """Processor seconds of one plan with its proof; the plan is added to those that were made."""
    read_ = source()
    start = time.process_time()
    made.append(make(read_))
    return time.process_time() - start


def size(plan: PlanDocument) -> str:
    """How large a plan is, and what its proof went through."""
    waves = len({step.wave for step in plan.steps})
    told = "proven" if plan.proof.proven else "not proven"
    return f"{len(plan.steps)} steps in {waves} waves, {plan.proof.prefixes} states {told}"
