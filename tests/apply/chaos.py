"""Random ways: two to four troubles at once, of Azure, the disk, the process, the clock; each way from one seed."""

from __future__ import annotations

import errno
import random
from collections.abc import Callable
from typing import Any

from cloison.emulator.faults import planned
from tests.apply.azure import SimAzure, Violation
from tests.apply.disk import LOSSES, SimDisk
from tests.apply.explore import variants
from tests.apply.plans import SCENES, Scene, scene
from tests.apply.simulate import Session, finished, settle, through

VARIANTS = list(variants())
YEAR_S = 365 * 86_400.0
MISSING_MAX = 12
"""Reads in a row that do not find what is there, of all targets and lists together."""


class Killed(Exception):
    """The process is gone."""


class Way:
    """One way, made from its seed alone."""

    def __init__(self, seed: int, *, without: frozenset[int] = frozenset()) -> None:
        """without: troubles, by place, that do not happen."""
        self.chance = random.Random(seed)
        self.scene: Scene = scene(self.chance.choice(list(SCENES)))
        troubles = [self.chance.choice(TROUBLES)(self.chance) for _ in range(self.chance.randint(2, 4))]
        self.troubles = [one for place, one in enumerate(troubles) if place not in without]
        self.name = f"seed {seed}, {self.scene.name}: {', '.join(text for text, _ in self.troubles)}"
        self.azure: SimAzure | None = None

    def go(self) -> None:
        """Raises Violation."""
        try:
            self._go()
        except Violation as problem:
            raise Violation(f"{self.name}: {problem}") from None

    def _go(self) -> None:
        told = [one for _, one in self.troubles]
        faults = [planned(text) for one in told for text in one.get("faults", ())]
        azure = self.azure = self.scene.azure(faults)
        content = b""
        for trouble in [one for one in told if "faults" not in one] or [{}]:
            content = self._process(azure, content, trouble)
            settle(azure, self.chance.choice((0.0, 1.0, 30.0, 4_000.0)))
        if any(one.get("for ever") for one in told):
            azure.faults.waiting = []
        finished(self.scene, azure, content, chance=self.chance)

    def _process(self, azure: SimAzure, content: bytes, trouble: dict[str, Any]) -> bytes:
        """One process with one trouble; what its journal holds afterwards."""
        disk = SimDisk(content, **trouble.get("disk", {}))
        session = Session(self.scene, azure, disk, chance=self.chance, skew=trouble.get("skew"))
        for seconds in trouble.get("interrupts", ()):
            session.interrupt_at(seconds)
        kill_at = trouble.get("kill", 0)

        def hook(one: Session) -> None:
            if one.count == kill_at:
                raise Killed
            if len(one.sends) == trouble.get("kill at request", 0) > 0:
                step = self.scene.planned.step(one.sends[-1][0])
                azure.faults.hidden[step.request.id] = 3
                raise Killed

        session.hook = hook
        try:
            through(session)
        except Killed:
            return disk.after(trouble["loss"])
        return disk.durable if disk.lies else disk.seen


def shrunk(seed: int) -> list[str]:
    """Of a way that breaks an invariant: what it breaks with as few of its troubles as do, and its last requests."""
    left_out: frozenset[int] = frozenset()
    said = _broken(seed, left_out)
    for place in range(4):
        fewer = left_out | {place}
        if told := _broken(seed, fewer):
            left_out, said = fewer, told
    return said


def _broken(seed: int, without: frozenset[int]) -> list[str]:
    way = Way(seed, without=without)
    try:
        way.go()
    except Violation as problem:
        log = way.azure.emulator.log if way.azure is not None else ()
        asked = [f"  {one.number}: {one.method} {one.path} -> {one.status} {one.fault}" for one in log]
        return [str(problem), *asked[-20:]]
    return []


Trouble = tuple[str, dict[str, Any]]


def _fault(chance: random.Random) -> Trouble:
    name, after = chance.choice(VARIANTS)
    text = f"{name}:{'after' if after else 'before'}@{chance.randint(1, 40)}"
    return text, {"faults": [text]}


def _unseen(chance: random.Random) -> Trouble:
    """A request had its effect, nobody heard of it, and reads do not show it for a while."""
    at, name = (
        chance.randint(1, 40),
        chance.choice(("reset", "gateway-timeout", "server-error", "half-answer")),
    )
    texts = [f"lagging@{at}", f"{name}:after@{at}"]
    return " and ".join(texts), {"faults": texts}


def _always(chance: random.Random) -> Trouble:
    # No replica hides a resource for ever, nor its list.
    name, after = chance.choice([one for one in VARIANTS if one[0] != "lagging"])
    method, times = chance.choice(("GET", "PUT", "PATCH", "DELETE", "POST")), chance.randint(2, 40)
    if name == "missing" and method == "GET":
        # Nor does it answer 404 to every look and every list for minutes: that is gone.
        times = min(times, MISSING_MAX)
    text = f"{name}:{'after' if after else 'before'}@{method}*{times}"
    return text, {"faults": [text], "for ever": True}


def _kill(chance: random.Random) -> Trouble:
    at, loss = chance.randint(1, 90), chance.choice(LOSSES)
    return f"killed after action {at}, the disk {loss}", {"kill": at, "loss": loss}


def _killed_unseen(chance: random.Random) -> Trouble:
    at, loss = chance.randint(1, 7), chance.choice(LOSSES)
    told = f"killed at request {at}, which reads do not show for a while, the disk {loss}"
    return told, {"kill at request": at, "loss": loss}


def _interrupt(chance: random.Random) -> Trouble:
    times = sorted(chance.random() * 120 for _ in range(chance.choice((1, 1, 2))))
    return f"interrupted at {[round(one, 1) for one in times]}", {"interrupts": times}


def _disk(chance: random.Random) -> Trouble:
    at, error = chance.randint(1, 40), chance.choice((errno.ENOSPC, errno.EIO, errno.EROFS))
    return f"{errno.errorcode[error]} at {at}", {"disk": {"fails_at": at, "error": error}}


def _clock(chance: random.Random) -> Trouble:
    by = chance.choice((3_600.0, -3_600.0, 10 * YEAR_S, -10 * YEAR_S, -100 * YEAR_S, 2_000 * YEAR_S))
    moves = chance.choice((1, 1, 0, -1))
    return f"the clock is {by:+.0f} s off, and moves {moves:+}", {"skew": lambda now: moves * now + by}


TROUBLES: list[Callable[[random.Random], Trouble]] = [
    _fault, _fault, _fault, _fault, _unseen, _kill, _kill, _killed_unseen, _interrupt, _disk, _clock, _always,
]  # fmt: skip
