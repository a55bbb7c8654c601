"""One process's work on a plan, from opening its journal to closing it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from cloison import __version__
from cloison.apply import journal as journals
from cloison.apply.actions import Tell
from cloison.apply.drive import ONCE, Driver
from cloison.apply.executor import Result, Who, execute
from cloison.apply.file import JournalFile
from cloison.apply.run import NEAR, Limits
from cloison.apply.step import Planned
from cloison.arm.client import Arm
from cloison.arm.gate import Gate

TICK_S = 1.0
"""Seconds between looks at how long it still takes."""


class Progress(Protocol):
    """Who watches."""

    def __call__(self, told: Tell) -> None:
        """Something happened."""

    def tick(self) -> None:
        """A second has passed."""

    def interrupted(self) -> None:
        """Somebody wants it to stop."""


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """Where a plan is carried out."""

    endpoint: str
    ca: Path | None = None
    deadline_s: float = Limits().deadline_s


class Work:
    """A plan with its open journal, as a context manager. Nobody else works on it meanwhile."""

    def __init__(self, planned: Planned, path: Path, *, resume: bool) -> None:
        """Raises CloisonError E501 to E507 for a journal that must not be continued."""
        self.planned = planned
        self.path = path
        self._file = JournalFile(path, resume=resume, reserve=journals.reserve(planned))
        try:
            self.journal = journals.read(self._file.content, str(path))
            journals.check(self.journal, planned, str(path))
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Work:
        return self

    def __exit__(self, *problem: object) -> None:
        self._file.close()

    @property
    def begun(self) -> bool:
        """An earlier process wrote something down."""
        return self.journal.began is not None

    @property
    def done(self) -> frozenset[int]:
        """Steps that earlier processes did."""
        return frozenset(
            one.number for one in self.planned.steps if self.journal.past(one.number).done is not None
        )

    def carry_out(self, where: Where, progress: Progress) -> Result:
        """Carry the plan out, or on. Ctrl-C stops it at a safe point, the second at once. Raises ArmError for an
        address that is none.
        """
        return asyncio.run(self._carry_out(where, progress))

    async def _carry_out(self, where: Where, progress: Progress) -> Result:
        gate = Gate(one.request for one in self.planned.steps)
        async with Arm(where.endpoint, gate=gate, ca=where.ca, timing=ONCE) as arm:
            near = NEAR if arm.host.is_loopback else Limits()
            limits = msgspec.structs.replace(near, deadline_s=where.deadline_s)
            who = Who(run=uuid.uuid4().hex, tool=__version__)
            driver = Driver(arm, self._file, progress)
            with _interrupts(driver, progress), _ticking(progress):
                return await driver.drive(execute(self.planned, self.journal, arm.host, who, limits))


@contextlib.contextmanager
def _ticking(progress: Progress) -> Iterator[None]:
    async def tick() -> None:
        while True:
            await asyncio.sleep(TICK_S)
            progress.tick()

    task = asyncio.get_running_loop().create_task(tick())
    try:
        yield
    finally:
        task.cancel()


@contextlib.contextmanager
def _interrupts(driver: Driver, progress: Progress) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    caught = []

    def interrupt() -> None:
        progress.interrupted()
        driver.interrupt()

    for one in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            # Not in every thread, and not on every system: there an interrupt ends the process, which is as safe.
            loop.add_signal_handler(one, interrupt)
            caught.append(one)
    try:
        yield
    finally:
        for one in caught:
            loop.remove_signal_handler(one)
