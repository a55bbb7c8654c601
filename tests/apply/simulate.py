"""A process's work on a plan, in a world where time, disk and network are ours; and what must hold at every instant.

I1  nobody comes in who was kept out at the start
I2  no name that pods reached is lost
I3  what exists because of us stands in the journal before; nothing is gone that the plan does not delete
I4  one endpoint for each service, sub-resource and subnet
I5  whatever happened, going on ends in the same state, and going on once more sends nothing
I6  what others changed meanwhile stays
I7  nothing is sent but the plan's requests, each once unless it failed
I8  every process ends in time, with a line that says what to do
"""

from __future__ import annotations

import heapq
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cloison.apply.actions import Append, Begun, Cut, Follow, Heard, Interrupt, Look, Send, Sleep, Sync, Tell
from cloison.apply.executor import Execution, Result, Who, execute
from cloison.apply.journal import Accepted, Done, Intent, read
from cloison.apply.run import Limits, Outcome
from cloison.arm.client import Answer, _judged, _Refused401
from cloison.arm.errors import ArmError, NotSignedIn, Unreachable
from cloison.arm.gate import Gate
from cloison.arm.hosts import Host
from cloison.arm.ids import ResourceId
from cloison.emulator.wire import Answer as Wire
from cloison.emulator.wire import Fate
from cloison.model.behaviour import look
from tests.apply.azure import BASE, START, SimAzure, Violation, says_no
from tests.apply.disk import SimDisk
from tests.apply.memory import ENCODER

if TYPE_CHECKING:
    from tests.apply.plans import Scene

HOST = Host(BASE)
WHO = Who(run="run", tool="test")
REQUESTS_MAX = 3_000
TAKEN_MAX = 5
"""Requests of one step that Azure takes, or may take, in one process: what fails as often fails for a reason."""
DONE = re.compile(rb'"type":"done","step":(\d+)')


class Session:
    """One process."""

    def __init__(
        self,
        scene: Scene,
        azure: SimAzure,
        disk: SimDisk,
        *,
        limits: Limits | None = None,
        chance: random.Random | None = None,
        hook: Callable[[Session], None] | None = None,
        skew: Callable[[float], float] | None = None,
        checks: bool = True,
        who: int = 0,
    ) -> None:
        """who: which of several that work with the same plan, each with a journal of its own."""
        self.scene = scene
        self.who = who
        self.looked: dict[ResourceId, int] = {}
        """When each resource was last looked at, in requests."""
        self.azure = azure
        self.disk = disk
        self.limits = limits or Limits()
        self.chance = chance
        self.hook = hook
        self.skew = skew
        self.checks = checks
        self.now = 0.0
        self.began = azure.clock.seconds()
        self.count = 0
        self.requests = 0
        self.sends: list[tuple[int, str]] = []
        self.taken: Counter[int] = Counter()
        """By step, requests that Azure took, or may have taken."""
        self.told: list[Tell] = []
        self.result: Result | None = None
        self.interrupted = False
        self._gate = Gate(one.request for one in scene.planned.steps)
        self._heap: list[tuple[float, int, Any]] = []
        self._seq = 0
        journal = read(disk.seen, "journal")
        self.execution: Execution = execute(scene.planned, journal, HOST, WHO, self.limits)

    # --- time ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self._take(next(self.execution))

    @property
    def next_time(self) -> float:
        """When something is heard next, on Azure's clock."""
        return self._heap[0][0]

    def interrupt_at(self, seconds: float) -> None:
        """Somebody presses Ctrl-C then."""
        self._push(self.began + seconds, Interrupt())

    def advance(self) -> None:
        """Hear the next thing."""
        if not self._heap:
            raise Violation("I8: it waits for nothing, for ever")
        at, _, heard = heapq.heappop(self._heap)
        self.pass_to(at)
        self.now = at - self.began
        if isinstance(heard, Interrupt):
            self.interrupted = True
        if isinstance(heard, Heard):
            clock = START + self.now if self.skew is None else self.skew(START + self.now)
            now = self.now
            heard = Heard(token=heard.token, now=now, clock=clock, value=heard.value, error=heard.error)
        try:
            self._take(self.execution.send(heard))
        except StopIteration as end:
            self.result = end.value

    def pass_to(self, at: float) -> None:
        """Let time pass until then, one ended operation after the other."""
        clock, world = self.azure.clock, self.azure.emulator.world
        while at > clock.seconds():
            due = min((one.due for one in world.operations.running), default=at)
            self.azure.pass_time(max(min(at, due) - clock.seconds(), 0.0))
            self.check()
            if due > at:
                break
        world.settle()
        self.check()

    def _push(self, at: float, what: Any) -> None:
        self._seq += 1
        heapq.heappush(self._heap, (at, self._seq, what))

    # --- actions ---------------------------------------------------------------------------------------------

    def _take(self, asked: Sequence[Any]) -> None:
        for one in asked:
            if isinstance(one, Tell):
                self.told.append(one)
                continue
            self._begin(one)
            self.count += 1
            if self.hook is not None:
                self.hook(self)

    def _begin(self, begun: Begun) -> None:
        at = self.azure.clock.seconds()
        value, error = None, None
        action = begun.action
        wait = action.seconds if isinstance(action, Sleep) else 0.0
        try:
            value = self._do(action)
        except (ArmError, OSError) as problem:
            error = problem
        if self.chance is not None and isinstance(action, Look | Send | Follow):
            wait = self.chance.random() * 2
        self._push(at + wait, Heard(token=begun.token, now=0.0, clock=0.0, value=value, error=error))

    def _do(self, action: Any) -> Any:
        match action:
            case Look():
                self.looked[ResourceId(action.path)] = self.azure.number
                return self._look(action.path, f"{action.path}?api-version={action.api_version}")
            case Follow():
                return self._call("GET", HOST.own(action.link).removeprefix(str(HOST)))
            case Send():
                return self._send(action)
            case Append():
                self._check_written(action.data)
                return self.disk.append(action.data)
            case Sync():
                return self.disk.sync()
            case Cut():
                return self.disk.cut(action.length)
            case Sleep():
                return None
        raise AssertionError(action)

    def _send(self, action: Send) -> Answer:
        request = action.request
        self._gate.check(request)
        self.sends.append((action.step, request.digest))
        self._check_sent(action)
        query = "".join(f"&{name}={value}" for name, value in request.query.items())
        target = f"{request.path}?api-version={request.api_version}{query}"
        ledger = self.azure.ledger
        before = ledger.taken
        problem: ArmError | None = None
        try:
            return self._call(request.method, target, request.body, action.headers)
        except ArmError as error:
            problem = error
            raise
        finally:
            if ledger.taken > before:
                ledger.note((self.who, action.step), problem)
            self.taken[action.step] += not says_no(problem)

    def _look(self, path: str, target: str) -> Answer:
        held = self.azure.told_before(path, target)
        if held is not None:
            self._count()
            return held
        key, memory = self.azure.state.exact, self.azure.state.memory
        is_plain = self.azure.is_plain(path)
        answer = self._call("GET", target)
        if memory is not None and is_plain and key == self.azure.state.exact:
            memory.keep(key, target, answer)
        return answer

    def _count(self) -> None:
        self.requests += 1
        if self.requests > REQUESTS_MAX:
            raise Violation("I8: too many requests")

    def _call(
        self, method: str, target: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """As `Arm` does it: one request, and a second one where the token was refused."""
        for last in (False, True):
            self._count()
            wire = self.azure.ask(method, target, body, headers)
            self.check()
            try:
                return heard(wire)
            except _Refused401 as problem:
                if last:
                    raise NotSignedIn(f"{HOST} refuses the token: {problem}") from problem
        raise AssertionError

    # --- invariants ------------------------------------------------------------------------------------------

    def check(self) -> None:
        """I1 to I4, where something changed."""
        if self.checks:
            self.scene.check(self.azure)

    def _check_sent(self, action: Send) -> None:
        step = self.scene.planned.step(action.step)
        if self.interrupted:
            raise Violation(f"I8: step {action.step} is sent after an interrupt")
        if action.request.digest != step.request.digest:
            raise Violation("I7: another request than the plan's")
        written = self.disk.seen if self.disk.lies else self.disk.durable
        if b'"type":"intent","step":%d,' % action.step not in written:
            raise Violation(f"I3: step {action.step} is sent before it is written down")
        for one in self.scene.planned.steps:
            if one.wave < step.wave and b'"type":"done","step":%d,' % one.number not in written:
                raise Violation(f"I7: step {action.step} is sent before step {one.number} is done")
        before = self.azure.ledger.standing((self.who, action.step))
        if before:
            raise Violation(f"I7: step {action.step} is sent again, though {before}")
        if self.taken[action.step] >= TAKEN_MAX:
            raise Violation(f"I8: step {action.step} was taken {TAKEN_MAX} times, and is sent again")
        for change in self.azure.changes:
            if look(self.azure.state.get(change.id), change.pointer) != change.value:
                continue
            if (
                change.id == step.request.id
                and self.looked.get(change.id, -1) >= change.at
                and not self.done(action.step)
            ):
                raise Violation(f"I6: step {action.step} is sent, though somebody changed {change.id.name}")

    def _check_written(self, data: bytes) -> None:
        """I5: what is written down as done is so, and nothing is under way there."""
        told = DONE.search(data)
        if told is None:
            return
        sent = self.scene.planned.step(int(told[1])).request
        id = sent.id
        for operation in self.azure.emulator.world.operations.running:
            # Of two processes the other one may be at a later step of the same resource already.
            is_its_own = operation.request.id == id and operation.request.method == sent.method
            if is_its_own and operation.key not in self.azure.ledger.denied:
                raise Violation(f"I5: {id.name} is called done while an operation is under way")
        shown = self.azure.emulator.world.operations._shown.get(id)
        # What is gone is gone, though some replica may show it for a while.
        if shown is not None and shown.lingers and id in self.azure.state:
            raise Violation(f"I5: {id.name} is called done while it says Updating")
        if look(self.azure.state.get(id), "properties/provisioningState") == "Failed":
            raise Violation(f"I5: {id.name} is called done, and it failed")

    def done(self, step: int) -> bool:
        """A request of that step was sent before."""
        return any(one == step for one, _ in self.sends[:-1]) or bool(
            self.azure.ledger.steps.get((self.who, step))
        )


def heard(wire: Wire) -> Answer:
    """What a client makes of an answer on the wire."""
    if wire.fate in (Fate.RESET, Fate.HALF, Fate.SHORT):
        raise Unreachable("the connection was cut")
    headers = {name.lower(): value for name, value in wire.headers.items()}
    return _judged(wire.status, headers, b"" if wire.status == 204 else wire.raw())


def through(session: Session, *, final: bool = True) -> Result:
    """Let a process come to its end. final: where it says that all is done, all must be."""
    session.start()
    while session.result is None:
        session.advance()
    _check_end(session, final=final)
    return session.result


def _check_end(session: Session, *, final: bool) -> None:
    result = session.result
    assert result is not None
    if session.now > session.limits.deadline_s + 700:
        raise Violation(f"I8: it ended after {session.now:.0f} seconds")
    if not result.line.strip() or "\n" in result.line:
        raise Violation(f"I8: its end says {result.line!r}")
    if final and result.outcome is Outcome.DONE and session.azure.state.print != session.scene.final:
        if not session.azure.others:
            raise Violation("I5: it says that all is done, and it is not")


def finished(
    scene: Scene,
    azure: SimAzure,
    content: bytes,
    *,
    processes: int = 8,
    wait_s: float = 30.0,
    settled: bool = False,
    **how: Any,
) -> list[Result]:
    """Go on until all is done. Raises Violation where that does not come, or is not the same state, or sends more.

    settled: the time before the first process has passed already.
    """
    found: list[Result] = []
    for number in range(processes):
        if number or not settled:
            settle(azure, wait_s)
        session = Session(scene, azure, SimDisk(content), **how)
        found.append(through(session))
        content = session.disk.seen
        if found[-1].outcome is Outcome.DONE:
            break
        if found[-1].line.endswith(": plan again") and not azure.others:
            raise Violation(f"I5: nobody changed anything, and it says: {found[-1].line}")
    else:
        raise Violation(f"I5: it does not come to an end: {[one.line for one in found]}")
    if azure.state.print != scene.final and not azure.others:
        raise Violation("I5: it ends in another state")
    _check_again(scene, azure, content)
    return found


def _check_again(scene: Scene, azure: SimAzure, content: bytes) -> None:
    """I5: where all is done, going on sends nothing."""
    azure.faults.waiting = []
    key = azure.key(""), azure.ledger.key(), pasts(scene, content)
    if key in scene.at_rest:
        return
    again = Session(scene, azure, SimDisk(content), checks=False)
    if through(again).outcome is not Outcome.DONE or again.sends:
        raise Violation(f"I5: going on once more sends {len(again.sends)} requests: {again.result}")
    scene.at_rest.add(key)


def pasts(scene: Scene, content: bytes) -> tuple[object, ...]:
    """All that the executor reads out of a journal.

    Two journals that tell the same of every step, in which the same request was the last to each target and steps were
    done in the same order, have the same future, whatever else happened before.
    """
    journal, planned = read(content, "journal"), scene.planned
    last: dict[str, int] = {}
    for one in journal.records:
        if isinstance(one, Intent):
            last[planned.step(one.step).request.id] = one.step
    found = [journal.past(step.number) for step in planned.steps]
    told = [
        (past.intent, past.refused, past.done and ENCODER.encode(past.done.seen), address(past.waiting))
        for past in found
    ]
    order = tuple(one.step for one in journal.records if isinstance(one, Done))
    return tuple(told), tuple(sorted(last.items())), order, journal.began is None, journal.torn


def address(waiting: Accepted | None) -> str:
    """Where an operation that was written down will be asked about."""
    if waiting is None:
        return ""
    return f"{waiting.operation or waiting.location or 'nowhere'} {waiting.ended} {waiting.asked_s}"


def settle(azure: SimAzure, seconds: float) -> None:
    """Time between two processes; what was stuck for ever comes loose."""
    for one in azure.emulator.world.operations.running:
        if one.due == float("inf"):
            one.due = azure.clock.seconds()
    azure.pass_time(seconds)
    azure.owner(azure)
