"""Gathering: every change that the broken requirements ask for, found by mending, looking again, and mending on.

A first fix often uncovers a second: an endpoint without zone group, a zone without link. So fixes are tried on the
state, the state is judged again, until nothing is broken or nothing new is offered.
"""

from __future__ import annotations

import msgspec

from cloison.check.write import name_of
from cloison.controlplane import Seeded, run
from cloison.model.behaviour import Refused, merged
from cloison.model.verdict import Finding, Safety
from cloison.plan.change import Change, Impossible, Wishes, changes_of
from cloison.plan.measure import Judge, Measure
from cloison.plan.world import World

ROUNDS_MAX = 10
"""Looks. The longest chain we know takes five: zone, endpoint, zone group, link, closing."""


class Left(msgspec.Struct, frozen=True):
    """What stays broken, and why no change mends it here."""

    finding: Finding
    why: str


class Gathered(msgspec.Struct, frozen=True):
    """All changes, in an order in which Azure takes them; and what they cannot mend."""

    changes: tuple[Change, ...]
    left: tuple[Left, ...]
    measure: Measure
    """Of the state after all of them."""


def gather(azure: World, judge: Judge, wishes: Wishes) -> Gathered:
    """Every change that helps, tried on the state, which is as it was afterwards."""
    trial = Trial(azure)
    why: dict[str, str] = {}
    tried: set[tuple[object, ...]] = set()
    try:
        for _ in range(ROUNDS_MAX):
            measure = judge.measure(azure)
            if not _mend(measure, trial, wishes, why, tried):
                break
        left = tuple(
            Left(one, why.get(name_of(one), "no change that Cloison knows mends it"))
            for one in measure.broken.values()
        )
        return Gathered(tuple(trial.changes), left, measure)
    finally:
        trial.take_back()


def _mend(
    measure: Measure, trial: Trial, wishes: Wishes, why: dict[str, str], tried: set[tuple[object, ...]]
) -> bool:
    """Try the fixes of every broken requirement; whether anything new was tried with success."""
    anything = False
    for finding in measure.broken.values():
        name = name_of(finding)
        for fix in finding.fixes:
            if fix.safety is Safety.MANUAL:
                why[name] = fix.summary
                continue
            try:
                changes = list(changes_of(fix, name, trial.azure, wishes))
            except Impossible as problem:
                why[name] = str(problem)
                continue
            for change in changes:
                mark = (*change.key, msgspec.json.encode(change.body, order="deterministic"))
                if mark in tried:
                    continue
                tried.add(mark)
                refusal = trial.carry_out(change)
                if refusal is None:
                    anything = True
                else:
                    why[name] = f"{change.summary}: Azure would answer {refusal.code}: {refusal.message}"
    return anything


class Trial:
    """Changes carried out on a state, to be taken back. Changes of one resource become one."""

    def __init__(self, azure: World) -> None:
        self.azure = azure
        self.changes: list[Change] = []
        self._undo: list[tuple[object, ...]] = []
        self._marks: list[int] = []

    def carry_out(self, change: Change) -> Refused | None:
        """Try a change; Azure's refusal, or None where it is done."""
        try:
            outcome = run(self.azure, change.request, Seeded(seed(change)))
        except Refused as refused:
            return refused
        self._undo.append(outcome.undo)
        same = next((at for at, one in enumerate(self.changes) if _joins(one, change)), None)
        if same is None:
            self.changes.append(change)
        else:
            self.changes[same] = joined(self.changes[same], change)
        return None

    def take_back(self) -> None:
        """Leave the state as it was."""
        for undo in reversed(self._undo):
            self.azure.take_back(undo)  # type: ignore[arg-type]  # what `carry_out` kept
        self._undo.clear()


def _joins(one: Change, other: Change) -> bool:
    """Two changes of one resource that one request can carry."""
    return one.id == other.id and one.method == other.method and one.method in ("PATCH", "PUT")


def joined(one: Change, other: Change) -> Change:
    """One request for both, the later one winning where they contradict each other."""
    worst = max((one.safety, other.safety), key=list(Safety).index)
    summaries = dict.fromkeys((*one.summary.split("; "), *other.summary.split("; ")))
    return msgspec.structs.replace(
        one,
        body=merged(one.body, other.body) if one.method == "PATCH" else other.body,
        summary="; ".join(summaries),
        safety=worst,
        why="; ".join(dict.fromkeys((one.why, other.why))),
        because=tuple(dict.fromkeys((*one.because, *other.because))),
    )


def seed(change: Change) -> str:
    """What decides the names that Azure chooses in a prediction: the request alone."""
    return f"{change.method} {change.id}/{change.action}"
