"""How long it takes to carry a plan out, on time that passes by itself, beside other ways to do the same.

The environment stands in the emulator, on a clock that jumps to the next thing that happens. Operations take as long as
in Azure, spread as there: half of them end sooner than is usual, one in six in less than three quarters of that or more
than four thirds. A request takes a third of a second, one that writes one second.

Five ways, each from the same start, with the same durations:

    critical path   each wave begins the instant the one before has ended: nobody who proves this order can be quicker
    cloison         the executor of `cloison apply`, journal and looks before and after each step included
    in waves        the proven order, as exports for Terraform write it: a wave at a time, asking every ten seconds
    unordered       Terraform's way without that: ten at a time as soon as what they name is there, in no safe order
    one by one      a script: one after the other, asking every ten seconds
"""

from __future__ import annotations

import hashlib
import heapq
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cloison.apply.actions import (  # noqa: E402
    Action,
    Append,
    Begun,
    Cut,
    Follow,
    Heard,
    Look,
    Send,
    Sleep,
    Sync,
    Tell,
)
from cloison.apply.actions import Asked as Asked_  # noqa: E402
from cloison.apply.executor import Result, Who, execute  # noqa: E402
from cloison.apply.journal import Journal  # noqa: E402
from cloison.apply.plans import planned  # noqa: E402
from cloison.apply.run import Outcome  # noqa: E402
from cloison.apply.step import Planned, Step  # noqa: E402
from cloison.arm.client import Answer, _judged  # noqa: E402
from cloison.arm.errors import ArmError  # noqa: E402
from cloison.arm.hosts import Host  # noqa: E402
from cloison.emulator import signin  # noqa: E402
from cloison.emulator.clock import Manual  # noqa: E402
from cloison.emulator.store import plant  # noqa: E402
from cloison.emulator.wire import Answer as Wire  # noqa: E402
from cloison.emulator.wire import Asked  # noqa: E402
from cloison.model.snapshot import Snapshot  # noqa: E402
from cloison.plan.make import make  # noqa: E402
from cloison.plan.options import PlanOptions  # noqa: E402
from tests.apply.live import SUBSCRIPTION, Recorded  # noqa: E402

READ_S, WRITE_S, SYNC_S = 0.3, 1.0, 0.005
"""Seconds of one read, one write, one record that is on the disk. Guesses from the recordings of azure-cli."""
POLL_S = 10.0
"""Seconds between two looks of the others. Source: terraform-provider-azurerm, default polling interval; az waits
longer."""
AT_A_TIME = 10
"""Source: Terraform, -parallelism; checked 2026-11-25."""
SPREAD = 0.3
"""Of the logarithm of durations."""
BASE = "https://localhost"


class Uneven(Manual):
    """Time that is moved by hand; how long something takes depends on what it is, and on luck."""

    def __init__(self, luck: str) -> None:
        super().__init__()
        self.luck = luck
        self.about = ""

    def due(self, seconds: float) -> float:
        """When something ends."""
        told = hashlib.sha256(f"{self.luck}/{self.about}".encode()).digest()
        one, other = (int.from_bytes(told[at : at + 8]) / 2**64 for at in (0, 8))
        # Source of the formula: Box and Muller, "A note on the generation of random normal deviates", 1958.
        normal = math.sqrt(-2 * math.log(one or 1e-9)) * math.cos(2 * math.pi * other)
        return self.seconds() + seconds * math.exp(SPREAD * normal)


class Place:
    """One environment, as it was when its plan was made."""

    def __init__(self, source: Snapshot, luck: str) -> None:
        self.clock = Uneven(luck)
        self.emulator = Recorded(subscriptions=(SUBSCRIPTION,), clock=self.clock)
        self.emulator.prepare()
        plant(self.emulator.world, source)
        self.start = self.clock.seconds()
        self._token = signin.issued(self.emulator.world, BASE, "cloison")

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return self.clock.seconds() - self.start

    def pass_to(self, at: float) -> None:
        """Let time pass until then; what is due ends."""
        world = self.emulator.world
        while at > self.now:
            due = min((one.due - self.start for one in world.operations.running), default=at)
            self.clock.advance(max(min(at, due) - self.now, 1e-6))
            world.settle()

    def ask(
        self, method: str, target: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Wire:
        """The answer to a request."""
        told = {**(headers or {}), "authorization": f"Bearer {self._token}"}
        self.clock.about = f"{method} {target}"
        return self.emulator.answer(Asked.of(method, target, body, told, BASE))

    def send(self, step: Step, headers: dict[str, str] | None = None) -> Wire:
        """The answer to a step's request."""
        one = step.request
        query = "".join(f"&{name}={value}" for name, value in one.query.items())
        return self.ask(one.method, f"{one.path}?api-version={one.api_version}{query}", one.body, headers)


def ends(place: Place, step: Step) -> float | None:
    """Send a step; when it has ended, in seconds since the start, None where something else is in its way."""
    answer = place.send(step)
    if answer.status in (409, 429):
        return None
    assert answer.status < 400, (step.summary, answer.body)
    return place.now if answer.operation is None else answer.operation.due - place.start


# --- four ways -----------------------------------------------------------------------------------------------


def critical_path(place: Place, plan: Planned) -> float:
    """Seconds when each wave begins the instant the one before has ended."""
    at = 0.0
    for wave in plan.waves:
        place.pass_to(at + WRITE_S)
        at = max(_once_free(place, step) for step in wave)
        place.pass_to(at)
    return at


def in_waves(place: Place, plan: Planned) -> float:
    """Seconds of a wave at a time, looked at every ten."""
    at = 0.0
    for wave in plan.waves:
        begun, at = at, 0.0
        for step in wave:
            sent = begun
            while (seen := _looked_at(place, step, sent)) < 0:
                sent = -seen
            at = max(at, seen)
        place.pass_to(at)
    return at


def one_by_one(place: Place, plan: Planned) -> float:
    """Seconds of one step after the other, looked at every ten."""
    at = 0.0
    for step in plan.steps:
        while (seen := _looked_at(place, step, at)) < 0:
            at = -seen
        at = seen
        place.pass_to(at)
    return at


def _once_free(place: Place, step: Step) -> float:
    """When a step has ended that is sent as soon as nothing is in its way."""
    while (end := ends(place, step)) is None:
        place.pass_to(place.now + 1.0)
    return end


def _looked_at(place: Place, step: Step, at: float) -> float:
    """When whoever looks every ten seconds sees that a step has ended which was sent then. Refused, it is sent anew."""
    place.pass_to(at + WRITE_S)
    end = ends(place, step)
    if end is None:
        return -(place.now + POLL_S)
    return place.now + math.ceil((end - place.now) / POLL_S) * (POLL_S + READ_S)


def unordered(place: Place, plan: Planned) -> float:
    """Seconds of ten at a time, each as soon as what it names is there."""
    waiting = {step.number: _named(step, plan) for step in plan.steps}
    running: list[tuple[float, int]] = []
    at = 0.0
    refused: set[int] = set()
    while waiting or running or refused:
        free = [number for number, needs in waiting.items() if not needs][: AT_A_TIME - len(running)]
        for number in (*free, *refused):
            waiting.pop(number, None)
            seen = _looked_at(place, plan.step(number), at)
            heapq.heappush(running, (abs(seen), number if seen > 0 else -number))
        refused.clear()
        at, done = heapq.heappop(running)
        place.pass_to(at)
        if done < 0:
            refused.add(-done)
        for needs in waiting.values():
            needs.discard(done)
    return at


def _named(step: Step, plan: Planned) -> set[int]:
    """Steps before it whose targets it names, stands below, or changes once more."""
    text = f"{step.request.id}/ {step.request.body}".lower()
    return {one.number for one in plan.steps[: step.number - 1] if _names(text, one.request.id)}


def _names(text: str, id: str) -> bool:
    return f"{id}/" in text or f"{id}'" in text


WAYS = (critical_path, in_waves, one_by_one, unordered)


class Ran(NamedTuple):
    """How the executor's run was."""

    seconds: float
    reads: int


def cloison(place: Place, plan: Planned) -> Ran:
    """Seconds of the executor, and how often it read."""
    execution = execute(plan, Journal(), Host(BASE), Who(run="bench", tool="bench"))
    heap: list[tuple[float, int, Heard]] = []
    reads = 0

    def begin(asked: Sequence[Asked_]) -> None:
        nonlocal reads
        for one in asked:
            if isinstance(one, Tell):
                continue
            assert isinstance(one, Begun)
            reads += isinstance(one.action, Look | Follow)
            takes, value, error = _done(place, one.action)
            heard = Heard(token=one.token, now=0.0, clock=0.0, value=value, error=error)
            heapq.heappush(heap, (place.now + takes, one.token, heard))

    begin(next(execution))
    while True:
        at, _, heard = heapq.heappop(heap)
        place.pass_to(at)
        told = Heard(
            token=heard.token,
            now=place.now,
            clock=place.clock.seconds(),
            value=heard.value,
            error=heard.error,
        )
        try:
            begin(execution.send(told))
        except StopIteration as end:
            result: Result = end.value
            break
    assert result.outcome is Outcome.DONE, result.line
    return Ran(place.now, reads)


def _done(place: Place, action: Action) -> tuple[float, Answer | None, ArmError | None]:
    """What an action takes, and what comes of it. Answers are those of the instant at which they are asked for."""
    match action:
        case Sleep():
            return action.seconds, None, None
        case Append() | Cut():
            return 0.0, None, None
        case Sync():
            return SYNC_S, None, None
        case Look():
            return READ_S, *_heard(
                lambda: place.ask("GET", f"{action.path}?api-version={action.api_version}")
            )
        case Follow():
            return READ_S, *_heard(lambda: place.ask("GET", action.link.removeprefix(BASE)))
        case Send():
            step = Step(number=action.step, wave=0, request=action.request, summary="")
            return WRITE_S, *_heard(lambda: place.send(step, action.headers))


def _heard(ask: Callable[[], Wire]) -> tuple[Answer | None, ArmError | None]:
    wire = ask()
    try:
        headers = {name.lower(): value for name, value in wire.headers.items()}
        return _judged(wire.status, headers, wire.raw()), None
    except ArmError as problem:
        return None, problem


# --- figures -------------------------------------------------------------------------------------------------


def figures(sources: dict[str, Callable[[], Snapshot]], lucks: int) -> Iterator[str]:
    """A line for each environment and way: seconds, times the critical path, reads."""
    for name, source in sources.items():
        plan = planned(make(source(), PlanOptions(accept_asks=True)), name)
        totals: dict[str, float] = {}
        reads = 0
        for luck in range(lucks):
            for way in WAYS:
                totals[way.__name__] = totals.get(way.__name__, 0.0) + way(Place(source(), str(luck)), plan)
            ran = cloison(Place(source(), str(luck)), plan)
            totals["cloison"] = totals.get("cloison", 0.0) + ran.seconds
            reads += ran.reads
        yield f"  {name}: {len(plan.steps)} steps in {len(plan.waves)} waves, means of {lucks} runs"
        base = totals["critical_path"]
        for way in ("critical_path", "cloison", "in_waves", "one_by_one", "unordered"):
            told = f"aim <= 1.1x; {reads / lucks:.0f} reads" if way == "cloison" else ""
            shown = way.replace("_", " ")
            yield f"    {shown:40}{totals[way] / lucks:11.1f} s {totals[way] / base:8.2f}x  {told}".rstrip()
