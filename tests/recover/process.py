"""Processes that recover, one after the other: each may be killed between any two actions, and the next goes on."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from cloison.apply import journal as journals
from cloison.apply.actions import Append, Begun, Cut, Follow, Heard, Look, Send, Sleep, Sync, Tell
from cloison.apply.executor import Execution, Result, Who, execute
from cloison.apply.plans import agreed, planned
from cloison.apply.proving import prove
from cloison.apply.recovering import Recovered, Recovery, Round
from cloison.apply.run import Limits
from cloison.arm.errors import ArmError
from cloison.arm.gate import Gate
from cloison.arm.hosts import Host
from cloison.emulator.emulator import ask
from cloison.model.snapshot import Snapshot
from cloison.plan.document import PlanDocument
from cloison.plan.recover.make import RecoverOptions
from tests.apply.simulate import heard
from tests.recover.azure import Restarted

HOST = Host("https://localhost")
FORBIDDEN = {"error": {"code": "AuthorizationFailed", "message": "The client may not do this."}}


class Killed(Exception):
    """The process is gone."""


class Process:
    """One process, with what it asks of the outside."""

    def __init__(self, azure: Restarted, folder: Path, *, kill_at: int = 0) -> None:
        """kill_at: the action before which it is killed; 0: never."""
        self.azure = azure
        self.folder = folder
        self.kill_at = kill_at
        self.actions = 0
        self.sent: list[str] = []
        """Requests that Azure took, as they were sent."""
        self.asked: list[PlanDocument] = []
        """Plans that somebody had to agree to."""
        self.plans: list[PlanDocument] = []

    def recover(
        self, options: RecoverOptions | None = None, *, restart: bool = False, resume: bool = False
    ) -> Recovered:
        """All of it. Raises Killed."""
        told = options or RecoverOptions(accept_asks=True)
        return Recovery(self.folder, told, self).run(restart=restart, resume=resume)

    # --- what a recovery asks ----------------------------------------------------------------------------

    def read(self) -> Snapshot:
        self._step()
        self.azure.let_pass(1)
        return self.azure.emulator.state.snapshot()

    def write(self, path: Path, document: PlanDocument) -> None:
        self._step()
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(msgspec.json.encode(document))

    def agree(self, document: PlanDocument, *, foreseen: bool) -> None:
        agreed(document, hash=None, accept_asks=True)
        self.plans.append(document)
        if not foreseen:
            self.asked.append(document)

    def measured(self, document: PlanDocument, snapshot: Snapshot) -> None:
        assert document.steps
        assert snapshot.resources
        self._step()

    def wait(self, since: float) -> bool:
        self._step()
        assert since <= self.azure.clock.seconds()
        self.azure.let_pass(1800)
        self.azure.between()
        return True

    def carry_out(self, round: Round, document: PlanDocument) -> Result:
        steps = planned(document, str(round.plan))
        content = round.journal.read_bytes() if round.journal.exists() else b""
        journal = journals.read(content, str(round.journal))
        if journal.began is None:
            prove(steps, self.azure.emulator.state.snapshot())
        gate = Gate(one.request for one in steps.steps)
        execution = execute(steps, journal, HOST, Who(run="run", tool="test"), Limits())
        return self._driven(execution, gate, round.journal)

    # --- the executor's actions, one after the other -----------------------------------------------------

    def _driven(self, execution: Execution, gate: Gate, file: Path) -> Result:
        waiting: deque[Begun] = deque()
        asked: Sequence[Begun | Tell] = next(execution)
        while True:
            waiting.extend(one for one in asked if isinstance(one, Begun))
            # Pauses come last: what runs beside them is heard first.
            at = next((n for n, one in enumerate(waiting) if not isinstance(one.action, Sleep)), 0)
            begun = waiting[at]
            del waiting[at]
            self._step()
            value, error = None, None
            try:
                value = self._do(begun.action, gate, file)
            except ArmError as problem:
                error = problem
            now = self.azure.clock.seconds()
            try:
                asked = execution.send(Heard(token=begun.token, now=now, clock=now, value=value, error=error))
            except StopIteration as end:
                result: Result = end.value
                return result

    def _do(self, action: Any, gate: Gate, file: Path) -> Any:
        match action:
            case Look():
                return self._call("GET", f"{action.path}?api-version={action.api_version}")
            case Follow():
                return self._call("GET", HOST.own(action.link).removeprefix(str(HOST)))
            case Send():
                gate.check(action.request)
                query = "".join(f"&{name}={value}" for name, value in action.request.query.items())
                target = f"{action.request.path}?api-version={action.request.api_version}{query}"
                answer = self._call(action.request.method, target, action.request.body, action.headers)
                self.sent.append(f"{action.request.method} {action.request.path}")
                return answer
            case Append():
                with file.open("ab") as out:
                    out.write(action.data)
            case Cut():
                content = file.read_bytes()[: action.length] if file.exists() else b""
                file.write_bytes(content)
            case Sleep():
                self.azure.let_pass(action.seconds)
            case Sync():
                pass
        return None

    def _call(self, method: str, target: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        forbidden = self.azure.wanted.forbidden and method == "PUT"
        if forbidden and "/privateendpointconnections/" in target.lower():
            raise_for = ask(self.azure.emulator, "GET", "/subscriptions?api-version=2022-12-01")
            raise_for.status, raise_for.body = 403, FORBIDDEN
            return heard(raise_for)
        return heard(ask(self.azure.emulator, method, target, body, headers))

    def _step(self) -> None:
        self.actions += 1
        if self.kill_at and self.actions >= self.kill_at:
            raise Killed
