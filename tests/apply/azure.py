"""An Azure in memory that can be copied at any instant; its names depend on requests only, never on their number."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from cloison.arm.client import Answer
from cloison.arm.errors import Answered, ArmError, NotSignedIn
from cloison.arm.ids import ResourceId
from cloison.arm.tokens import EMULATOR_ISSUER
from cloison.controlplane import Seeded
from cloison.emulator import signin
from cloison.emulator.clock import Manual
from cloison.emulator.emulator import Emulator, Logged
from cloison.emulator.faults import FaultPlan, Planned
from cloison.emulator.operations import Operation, Operations, Status, Taken
from cloison.emulator.wire import Answer as Wire
from cloison.emulator.wire import Asked
from cloison.model.behaviour import Request, Write
from cloison.model.snapshot import Snapshot
from cloison.plan.measure import Measure
from cloison.plan.world import World
from tests.apply.memory import Memory, mark

BASE = "https://localhost"
START = 1_767_607_200.0


class Violation(AssertionError):
    """An invariant does not hold."""


class Known(Seeded, frozen=True):
    """Names by request; only operations have one for each try."""

    nth: int = 0

    def guid(self, *about: str) -> str:
        if about[:1] == ("operation",):
            return super().guid(*about, str(self.nth))
        return super().guid(*about)


class Marked(World):
    """A state that knows a mark of all that stands in it: equal marks, equal states, but for etags and counts."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.print = self.exact = 0
        self.memory: Memory | None = Memory()
        super().__init__(snapshot)
        for head in dict.fromkeys(id.text.partition("/providers/")[0] for id in self):
            group = ResourceId(head)
            if group.resource_group and super().get(group) is None:
                told = {"id": head, "name": group.name, "type": "Microsoft.Resources/resourceGroups"}
                body = {**told, "location": "westeurope", "properties": {"provisioningState": "Succeeded"}}
                self.write(Write(group, body))
                self._first[group] = body

    def put(self, change: Write) -> Write:
        undo = super().put(change)
        (before, exactly), (after, now) = mark(change.id, undo.body), mark(change.id, change.body)
        self.print ^= before ^ after
        self.exact ^= exactly ^ now
        return undo

    def one_of(self, change: Write) -> Write:
        """The same change, with the body that stands for all that are alike."""
        return (
            change
            if change.body is None
            else Write(change.id, self._one_of(change.id, change.body), change.place)
        )

    def copied(self) -> Marked:
        """Another state with the same resources."""
        made = copy.copy(self)
        made._bodies = dict(self._bodies)
        made._places = dict(self._places)
        made._types = {type: set(ids) for type, ids in self._types.items()}
        made._below = {id: set(ids) for id, ids in self._below.items()}
        made._named_by = {id: set(ids) for id, ids in self._named_by.items()}
        made._names = dict(self._names)
        made._read = dict(self._read)
        made._by_name = {}
        made._other = dict(self._other)
        return made


def _nobody(azure: SimAzure) -> None:
    """Nobody does anything."""


class SimAzure:
    """The emulator on such a state, with time that somebody moves."""

    def __init__(self, state: Marked, faults: Sequence[Planned] = (), now: float = START) -> None:
        self.state = state
        self.clock = Manual(now)
        subscriptions = tuple({one.subscription for one in state if one.subscription})
        self.emulator = Emulator(state=state, clock=self.clock, subscriptions=subscriptions)
        self.emulator.faults = FaultPlan(tuple(copy.copy(one) for one in faults))
        self.sent: dict[str, int] = {}
        self.about = ""
        self.others: set[ResourceId] = set()
        """What somebody else changed, made or deleted."""
        self.changes: list[Changed] = []
        self.owner: Callable[[SimAzure], None] = _nobody
        """Whoever owns the services: does something between two processes."""
        self.begin: Measure | None = None
        """What was reached after somebody deleted something; None: as at the start."""
        self.ledger = Ledger()
        self._bind()

    def _bind(self) -> None:
        world = self.emulator.world

        def chance(*about: str) -> Known:
            return Known("/".join(("sim", self.about, *about)), nth=self.sent.get(self.about, 0))

        world.chance = chance  # type: ignore[method-assign]  # names must not depend on how many requests came before
        operations, ledger = world.operations, self.ledger
        ledger.find = lambda key: operations._all.get(key) or operations._running.get(key)

        def submit(request: Request, chance: Seeded) -> Taken:
            taken = Operations.submit(operations, request, chance)
            ledger.take(taken)
            return taken

        def end(operation: Operation, status: Status, result: Any) -> None:
            Operations._end(operations, operation, status, result)
            if status in (Status.FAILED, Status.CANCELED):
                ledger.failed.add(operation.key)

        operations.submit = submit  # type: ignore[method-assign]  # what was taken is counted
        operations._end = end  # type: ignore[method-assign]  # and what failed, also where nobody can ask for it

    @property
    def number(self) -> int:
        """Requests answered so far."""
        return self.emulator.world.number

    @property
    def faults(self) -> FaultPlan:
        return self.emulator.faults

    def ask(self, method: str, target: str, body: Any = None, headers: dict[str, str] | None = None) -> Wire:
        """The answer to a request."""
        asked = Asked.of(method, target, body, {**(headers or {}), "authorization": f"Bearer {TOKEN}"}, BASE)
        self.about = f"{asked.method} {asked.path.lower()}"
        if method != "GET":
            self.sent[self.about] = self.sent.get(self.about, 0) + 1
        return self.emulator.answer(asked)

    def told_before(self, path: str, target: str) -> Answer | None:
        """The answer to a read that was given before by the same state; None where it has to be asked for."""
        if not self.is_plain(path):
            return None
        memory = self.state.memory
        held = memory.answers.get((self.state.exact, target)) if memory is not None else None
        if held is not None:
            world = self.emulator.world
            world.number += 1
            version = target.rpartition("=")[2]
            self.emulator.log.append(Logged(world.number, "GET", path, version, held.status, ""))
        return held

    def is_plain(self, path: str) -> bool:
        """What a read of it tells next is decided by the state alone: no fault, no operation has a part in it."""
        number, faults = self.number + 1, self.faults
        if (
            faults.hidden
            or not self.emulator.world.operations.shows_what_stands
            or "/operation" in path.lower()
        ):
            return False
        return all(
            number not in one.numbers if one.numbers else one.left == 0 or one.method not in ("", "GET")
            for one in faults.waiting
        )

    def pass_time(self, seconds: float) -> None:
        """Let time pass; what is due ends."""
        self.clock.advance(seconds)
        self.emulator.world.settle()

    def copied(self) -> SimAzure:
        """The same Azure at the same instant, free to go another way."""
        made = copy.copy(self)
        made.state = self.state.copied()
        made.clock = copy.copy(self.clock)
        made.sent = dict(self.sent)
        made.others = set(self.others)
        made.changes = list(self.changes)
        made.ledger = self.ledger.copied()
        emulator = made.emulator = copy.copy(self.emulator)
        emulator.world = copy.copy(self.emulator.world)
        emulator.world.state, emulator.world.clock = made.state, made.clock
        emulator.faults = copy.copy(self.emulator.faults)
        emulator.faults.waiting = [copy.copy(one) for one in self.faults.waiting]
        emulator.faults.hidden = dict(self.faults.hidden)
        emulator.faults.struck = list(self.faults.struck)
        emulator.log = copy.copy(self.emulator.log)
        emulator.throttle = copy.copy(self.emulator.throttle)
        operations = emulator.world.operations = copy.copy(self.emulator.world.operations)
        operations.state, operations.clock = made.state, made.clock
        twins = {id(one): copy.copy(one) for one in _all(self.emulator.world.operations)}
        operations._all = {key: twins[id(one)] for key, one in operations._all.items()}
        operations._running = {key: twins[id(one)] for key, one in operations._running.items()}
        operations._shown = {key: twins[id(one)] for key, one in operations._shown.items()}
        operations.times = dict(operations.times)
        made._bind()
        return made

    def key(self, waited_for: str) -> tuple[Any, ...]:
        """Equal keys: the same future, whatever comes. waited_for: addresses of operations that will be asked about."""
        operations = self.emulator.world.operations
        running = tuple(
            sorted(
                (key, one.due - self.clock.seconds(), one.refused is not None, one.lingers)
                for key, one in operations._running.items()
            )
        )
        shown = tuple(sorted((id, one.key, one.lingers) for id, one in operations._shown.items()))
        lost = tuple(sorted(set(operations._running) - set(operations._all)))
        waiting = tuple(
            (
                one.fault.name,
                one.after,
                tuple(n - self.number for n in sorted(one.numbers) if n > self.number),
                one.left,
            )
            for one in self.faults.waiting
            if one.left != 0 and (not one.numbers or max(one.numbers) > self.number)
        )
        ended = tuple(
            sorted(
                (key, one.status.value)
                for key, one in operations._all.items()
                if key in waited_for and not one.is_running
            )
        )
        hidden = tuple(sorted(self.faults.hidden.items()))
        return (self.state.print, running, shown, lost, waiting, ended, hidden)


class Changed(msgspec.Struct, frozen=True):
    """A setting that somebody changed."""

    id: ResourceId
    pointer: str
    value: Any
    at: int
    """After how many requests."""


def _unknown(key: str) -> Operation | None:
    """No operation is known."""
    return None


class Ledger:
    """Which requests of which steps had their effect."""

    def __init__(self) -> None:
        self.taken = 0
        self.last = ""
        self.steps: dict[tuple[int, int], list[str]] = {}
        """By (process, step), the operations that were begun; '' for what was done at once."""
        self.failed: set[str] = set()
        """Operations, of whatever step, that came to nothing."""
        self.denied: set[str] = set()
        """Operations of requests that were refused in words, and carried out all the same: nobody can know of them."""
        self.find: Callable[[str], Operation | None] = _unknown

    def take(self, taken: Taken) -> None:
        self.taken += 1
        self.last = taken.operation.key if taken.operation is not None else ""

    def note(self, step: tuple[int, int], problem: ArmError | None) -> None:
        """The last one was of that step, and its sender heard this."""
        if says_no(problem):
            self.denied.add(self.last)
        else:
            self.steps.setdefault(step, []).append(self.last)

    def standing(self, step: tuple[int, int]) -> str:
        """What stands against sending a step again; '' for nothing."""
        for key in self.steps.get(step, ()):
            operation = self.find(key) if key else None
            if key not in self.failed:
                return (
                    "it was carried out"
                    if operation is None
                    else f"its operation is {operation.status.value}"
                )
        return ""

    def key(self) -> tuple[Any, ...]:
        """What it will say from now on, as long as nothing more happens but the end of what is under way."""
        return tuple(sorted((step, tuple(map(self._told, keys))) for step, keys in self.steps.items()))

    def _told(self, key: str) -> str:
        operation = self.find(key) if key else None
        return "failed" if key in self.failed else key if operation and operation.is_running else ""

    def copied(self) -> Ledger:
        made = Ledger()
        made.taken, made.last = self.taken, self.last
        made.failed, made.denied = set(self.failed), set(self.denied)
        made.steps = {step: list(keys) for step, keys in self.steps.items()}
        return made


def says_no(problem: ArmError | None) -> bool:
    """Who heard this has to believe that nothing happened. Decided here anew: what is judged is no judge of itself."""
    if isinstance(problem, NotSignedIn):
        return True
    return isinstance(problem, Answered) and problem.status < 500 and problem.status != 408


def _all(operations: Any) -> list[Any]:
    return [*operations._all.values(), *operations._running.values(), *operations._shown.values()]


def _token() -> str:
    claims = {
        "iss": f"https://localhost/{EMULATOR_ISSUER}/x/",
        "exp": 1 << 40,
        "appid": "cloison",
        "oid": "c1015000-0000-4000-8000-0000000000ee",
    }
    return f"{signin._part({'typ': 'JWT', 'alg': 'none'})}.{signin._part(claims)}."


TOKEN = _token()
