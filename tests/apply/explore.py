"""Every way that a run can go: a fault at every request, a kill after every action, what the disk kept.

A kill leaves Azure, the journal and nothing else; two kills that leave the same have the same future, which is then
followed once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from cloison.emulator.faults import CATALOGUE, planned
from tests.apply.azure import START, SimAzure, Violation
from tests.apply.disk import LOSSES, SimDisk
from tests.apply.plans import Scene
from tests.apply.simulate import Session, finished, pasts, settle, through

PEOPLE = frozenset(
    {
        "forbidden",
        "linked-forbidden",
        "policy",
        "locked",
        "unregistered",
        "quota",
        "soft-deleted",
        "bare-error",
    }
)
"""Faults after which a person is needed, and may be asked for."""


WAIT_S = 30.0
"""Between a kill and the process that goes on. `chaos` tries others."""
FOR_GOOD = frozenset({"forbidden", "linked-forbidden", "policy", "locked", "quota"})


class Figures(msgspec.Struct):
    """What was tried."""

    scenarios: int = 0
    """Ways: a fault or none, a kill or none, what the disk kept."""
    followed: int = 0
    """Of them, those with a future of their own."""
    runs: int = 0
    """Runs with a fault at one request."""
    violations: list[str] = msgspec.field(default_factory=list)
    kinds: Counter[str] = msgspec.field(default_factory=Counter)

    def add(self, other: Figures) -> None:
        self.scenarios += other.scenarios
        self.followed += other.followed
        self.runs += other.runs
        self.violations += other.violations
        self.kinds += other.kinds


class Explorer:
    """Tries the ways of one plan."""

    def __init__(self, scene: Scene, *, most: int = 20) -> None:
        self.scene = scene
        self.figures = Figures()
        self.known: dict[Any, str] = {}
        self.most = most

    def spots(self) -> int:
        """Requests of a run in which nothing goes wrong."""
        azure = self.scene.azure()
        through(Session(self.scene, azure, SimDisk(), skew=_still))
        return azure.number

    def fault_at(self, name: str, number: int, *, after: bool, kills: bool = True) -> None:
        """One fault at one request, with a kill after every action or without any."""
        text = f"{name}:{'after' if after else 'before'}@{number}"
        self._explore(text, [planned(text)], kills=kills)

    def plain(self) -> None:
        """No fault, and a kill after every action."""
        self._explore("no fault", [], kills=True)

    def _explore(self, name: str, faults: list[Any], *, kills: bool) -> None:
        azure = self.scene.azure(faults)
        session = Session(self.scene, azure, SimDisk(), skew=_still)
        if kills:
            session.hook = lambda one: self._kill(name, one)
        self.figures.runs += 1
        try:
            result = through(session)
            self._judge(name, azure, session, result.line, person=result.outcome.value == "needs a person")
        except Violation as problem:
            self._note(f"{name}: {problem}")

    def _judge(self, name: str, azure: SimAzure, session: Session, line: str, *, person: bool) -> None:
        if faults := {one for _, one in azure.faults.struck}:
            self.figures.kinds.update(faults)
        if person and not faults & PEOPLE and "waits for approval" not in line:
            raise Violation(f"I8: a person is asked without need: {line}")
        if _refused_for_good(azure) and not person:
            raise Violation(f"I8: it was refused for good, and nobody is asked: {line}")
        self.figures.scenarios += 1
        self._future(name, azure, session.disk.seen)

    def _kill(self, name: str, session: Session) -> None:
        contents = dict.fromkeys(session.disk.after(loss) for loss in LOSSES)
        for content in contents:
            self.figures.scenarios += 1
            self._future(f"{name}, killed after action {session.count}", session.azure, content)

    def _future(self, name: str, azure: SimAzure, content: bytes) -> None:
        later = azure.copied()
        settle(later, WAIT_S)
        key = (later.key(content.decode("ascii", "replace")), pasts(self.scene, content), later.ledger.key())
        if key in self.known:
            return
        self.known[key] = ""
        self.figures.followed += 1
        try:
            finished(self.scene, later, content, skew=_still, settled=True)
        except Violation as problem:
            self.known[key] = str(problem)
            self._note(f"{name}: {problem}")

    def _note(self, text: str) -> None:
        self.figures.violations.append(text)
        if len(self.figures.violations) >= self.most:
            raise Enough(text)


def _refused_for_good(azure: SimAzure) -> bool:
    """A write was refused so that no further try helps."""
    writes = {one.number for one in azure.emulator.log if one.method != "GET"}
    return any(name in FOR_GOOD and number in writes for number, name in azure.faults.struck)


class Enough(Exception):
    """So many violations that more say nothing."""


def _still(clock: float) -> float:
    """The records' time stands still, so that equal journals are equal bytes; nothing is decided by it."""
    return START


def variants() -> Iterator[tuple[str, bool]]:
    """Every fault of the catalogue, before and after the effect where that is different."""
    for name, fault in CATALOGUE.items():
        if fault.replaces:
            yield name, False
        yield name, True


def cheap(names: Iterable[str]) -> list[tuple[str, bool]]:
    """Some of them."""
    return [one for one in variants() if one[0] in set(names)]
