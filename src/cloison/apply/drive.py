"""The driver on a real ARM: does what the executor asks for, and tells it what came of it.

Decides nothing. Requests and pauses run side by side; the journal is written in the order in which it is told to.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from cloison.apply.actions import (
    Action,
    Append,
    Begun,
    Cut,
    Follow,
    Heard,
    Interrupt,
    Look,
    Send,
    Sleep,
    Sync,
    Tell,
)
from cloison.apply.executor import Execution, Result
from cloison.apply.file import JournalFile
from cloison.arm.client import Arm, Timing
from cloison.arm.errors import ArmError

ONCE = Timing(deadline_s=0.0)
"""Each read is tried once: when to try again is the executor's business."""

Told = Callable[[Tell], None]


class Driver:
    """One process's work. `interrupt` may be called at any time from its event loop."""

    def __init__(self, arm: Arm, file: JournalFile, tell: Told) -> None:
        """arm: with a gate for the plan's requests, and made with ONCE."""
        self._arm = arm
        self._file = file
        self._tell = tell
        self._heard: asyncio.Queue[Heard | Interrupt] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()

    def interrupt(self) -> None:
        """Stop at a safe point; called once more: at once."""
        self._heard.put_nowait(Interrupt())

    async def drive(self, execution: Execution) -> Result:
        """Take an execution to its end."""
        asked = next(execution)
        try:
            while True:
                for one in asked:
                    if isinstance(one, Tell):
                        self._tell(one)
                    else:
                        self._begin(one)
                try:
                    asked = execution.send(await self._heard.get())
                except StopIteration as end:
                    result: Result = end.value
                    return result
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, begun: Begun) -> None:
        action = begun.action
        if isinstance(action, Append | Sync | Cut):
            # In the order in which they come, and nothing meanwhile.
            try:
                self._write(action)
            except OSError as problem:
                self._hear(begun.token, None, problem)
            else:
                self._hear(begun.token, None)
            return
        task = asyncio.create_task(self._do(begun.token, action))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            # A bug: what waits for this would wait for ever.
            task.get_loop().call_exception_handler(
                {"message": "an action broke", "exception": task.exception()}
            )
            self._heard.put_nowait(Interrupt())
            self._heard.put_nowait(Interrupt())

    def _write(self, action: Append | Sync | Cut) -> None:
        match action:
            case Append():
                self._file.append(action.data)
            case Sync():
                self._file.sync()
            case Cut():
                self._file.cut(action.length)

    async def _do(self, token: int, action: Action) -> None:
        try:
            match action:
                case Look():
                    self._hear(token, await self._arm.get(action.path, action.api_version))
                case Follow():
                    self._hear(token, await self._arm.follow(action.link))
                case Send():
                    self._hear(token, await self._arm.write(action.request, action.headers))
                case Sleep():
                    await self._arm.sleep(action.seconds)
                    self._hear(token, None)
                case Append() | Sync() | Cut():
                    raise AssertionError("these are done at once")
        except ArmError as problem:
            self._hear(token, None, problem)

    def _hear(self, token: int, value: object, error: Exception | None = None) -> None:
        heard = Heard(token=token, now=time.monotonic(), clock=time.time(), value=value, error=error)
        self._heard.put_nowait(heard)
