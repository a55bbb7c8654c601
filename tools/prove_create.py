"""Proof of making: environments of every two options together, from nothing and beside a cluster, to all-met.

    python tools/prove_create.py [FURTHER [LIVE]]        default 60 further cases at random, 5 over HTTPS

For each case: the file of `cloison init` is planned and carried out on a state that is as strict as Azure and chooses
its own names, round after round. Then `check` finds all of it met and the last plan is empty. Each plan keeps its
promises in every state that its order can come to, nobody comes in before whom the file does not name, and what stops
anywhere is gone on with to the same end.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cloison.controlplane import Azure, Seeded, run
from cloison.model.behaviour import Refused
from cloison.model.errors import CloisonError
from cloison.plan.create.make import create
from cloison.plan.document import PlanDocument
from cloison.plan.puts import request_of
from tests.create.live import made_live
from tests.create.making import AKS, FACTORS, Case, Made, cases, given, made, seen, strangers, with_cluster
from tests.plan.environments import offences

SEED = 20260105
STATES_MAX = 400
"""States of one plan that are judged anew: the first ones of a long one."""
LIVE = (
    ("everything as usual", ()),
    ("private cluster, peered", ("--private-cluster", "--peered")),
    ("spoke of a hub with firewall", ("--private-cluster", "--firewall")),
    ("service endpoints, vpn", ("--service-endpoints", "--way-in", "vpn", "--extra-storage", "mldatalake")),
    ("private cluster there", ("--cluster", AKS)),
)


def main(arguments: list[str]) -> int:
    """Prove; the exit code."""
    further, live = (int(one) for one in [*arguments, *("60", str(len(LIVE)))[len(arguments) :]])
    figures: Counter[str] = Counter()
    times: list[float] = []
    for name, options in LIVE[:live]:
        told = over_https(name, options)
        figures["live"] += 1
        figures["wrong"] += told != "met"
        if told != "met":
            print(f"{name} over HTTPS: {told}", flush=True)
    for case in chain(cases(SEED), drawn(further)):
        wrong = list(judged(case, figures, times))
        figures["cases"] += 1
        figures["wrong"] += bool(wrong)
        for text in wrong:
            print(f"{case.name}: {text}", flush=True)
    times.sort()
    print(f"planning took {times[len(times) // 2] * 1000:.0f} ms in the middle, {times[-1]:.1f} s at most")
    print(
        f"{figures['cases']} environments made in {figures['rounds']} rounds of {figures['steps']:,} steps, all met; "
        f"{figures['states']:,} states judged, {figures['stopped']} stops gone on from, {figures['live']} made over "
        f"HTTPS; {figures['wrong']} wrong"
    )
    return 1 if figures["wrong"] else 0


def drawn(count: int) -> Iterator[Case]:
    """Possible cases at random."""
    rng = random.Random(SEED)  # noqa: S311  # a repeatable choice, no secret
    options = [[name for name, _ in some] for some in FACTORS.values()]
    while count:
        case = Case(choices=tuple(rng.choice(some) for some in options))
        if case.is_possible():
            count -= 1
            yield case


def judged(case: Case, figures: Counter[str], times: list[float]) -> Iterator[str]:
    """What is wrong with one case."""
    file = given(case.values)
    try:
        start = time.perf_counter()
        first = create(file, seen(case.azure()))
        times.append(time.perf_counter() - start)
        result = made(file, case.azure())
        figures["rounds"] += len(result.plans) - 1
        figures["steps"] += sum(len(plan.steps) for plan in result.plans)
        yield from _end(result)
        yield from _way(case, first, figures)
        yield from _gone_on(case, first, result, figures)
    except (CloisonError, Refused, AssertionError) as problem:
        yield f"{type(problem).__name__} {problem}"


def _end(result: Made) -> Iterator[str]:
    yield from result.left
    if (result.report.verdict, len(result.report.environments)) != ("met", 1):
        yield f"{len(result.report.environments)} environments, {result.report.verdict}"
    last = result.plans[-1]
    if last.steps or last.left:
        yield f"the last plan has {len(last.steps)} steps and leaves {len(last.left)}"
    promised = {one.promised for plan in result.plans[:-1] for one in plan.environments} - {
        "met",
        "not-applicable",
    }
    if promised - {"unknown"}:
        yield f"promised {promised}"


def _way(case: Case, plan: PlanDocument, figures: Counter[str]) -> Iterator[str]:
    """Every state of the order, judged without the planner's own code; and after each step who comes in."""
    found = [] if plan.proof.prefixes > STATES_MAX else list(offences(seen(case.azure()), plan))
    figures["states"] += 0 if plan.proof.prefixes > STATES_MAX else plan.proof.prefixes
    yield from found
    azure = case.azure()
    for step in plan.steps:
        _do(azure, step, "way")
        figures["states"] += 1
        yield from (f"after {step.summary}: {told}" for told in strangers(azure, case.values))


def _do(azure: Azure, step: object, seed: str) -> None:
    run(azure, request_of(step), Seeded(f"{seed} {step.number}"))  # type: ignore[attr-defined,arg-type]


def _gone_on(case: Case, first: PlanDocument, result: Made, figures: Counter[str]) -> Iterator[str]:
    """Stop somewhere in the first plan, and plan again."""
    if not first.steps:
        return
    rng = random.Random(f"{SEED} {case.choices}")  # noqa: S311  # as above
    stop = rng.randrange(len(first.steps))
    azure = case.azure()
    for step in first.steps[:stop]:
        _do(azure, step, "stop")
    again = made(given(case.values), azure, rounds=4)
    figures["stopped"] += 1
    if again.left or again.report.verdict != "met":
        yield f"stopped after {stop} steps, it came to {again.report.verdict}: {again.left[:2]}"
    lacking = {step.request.path for plan in result.plans for step in plan.steps if step.makes} - {
        id.text for id in again.azure
    }
    if any("/roleAssignments/" not in one for one in lacking):
        yield f"stopped after {stop} steps, it never made {min(lacking)}"


def over_https(name: str, options: tuple[str, ...]) -> str:
    """The verdict in the end."""
    with tempfile.TemporaryDirectory() as folder:
        there = with_cluster(private=True) if name == "private cluster there" else None
        own = Path(folder) / "run"
        own.mkdir()
        try:
            return str(made_live(own, *options, there=there).verdict)
        except AssertionError as problem:
            return str(problem)[-800:]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
