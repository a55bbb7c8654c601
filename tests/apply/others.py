"""Others at work meanwhile: a second process with the same plan, and people who change things."""

from __future__ import annotations

import contextlib
import functools
import random
from collections.abc import Callable
from typing import Any

import msgspec

from cloison.apply.executor import Result
from cloison.apply.run import Outcome
from cloison.arm.ids import ResourceId
from cloison.controlplane import run
from cloison.emulator.faults import planned
from cloison.model.behaviour import Refused, Request, Write, laid, look
from cloison.model.verdict import PathVerdict
from cloison.plan.measure import Measure
from tests.apply.azure import Changed, Known, SimAzure, Violation
from tests.apply.chaos import VARIANTS, Killed
from tests.apply.disk import LOSSES, SimDisk
from tests.apply.plans import SCENES, Scene, scene
from tests.apply.simulate import DONE, Session, settle, through

SETTING = "properties/somebodys"
"""A setting that no plan speaks of."""
BEST_FIRST = (
    PathVerdict.PRIVATE,
    PathVerdict.SERVICE_ENDPOINT,
    PathVerdict.PUBLIC,
    PathVerdict.UNKNOWN,
    PathVerdict.BLOCKED,
)


# --- two processes -----------------------------------------------------------------------------------------


def two(seed: int) -> list[Result]:
    """Two processes carry out one plan without a lock, interleaved at every action. Raises Violation."""
    chance = random.Random(seed)
    where = scene(chance.choice(list(SCENES)))
    faults = [planned(_spec(chance)) for _ in range(chance.choice((0, 0, 1, 1, 2)))]
    try:
        return _two(where, where.azure(faults), chance)
    except Violation as problem:
        raise Violation(f"seed {seed}, {where.name}, two at once: {problem}") from None


def _spec(chance: random.Random) -> str:
    name, after = chance.choice(VARIANTS)
    return f"{name}:{'after' if after else 'before'}@{chance.randint(1, 60)}"


def _two(where: Scene, azure: SimAzure, chance: random.Random) -> list[Result]:
    disks = [SimDisk(), SimDisk()]
    results = _round(where, azure, disks, chance, kills=True)
    for number in range(6):
        if all(_is_final(one) for one in results):
            break
        settle(azure, 30.0)
        results = _round(where, azure, disks, chance, kills=number == 0)
    if not any(one.outcome is Outcome.DONE for one in results):
        raise Violation(f"I5: neither comes to the end: {[one.line for one in results]}")
    if azure.state.print != where.final:
        raise Violation("I5: they end in another state")
    return results


def _is_final(result: Result) -> bool:
    return result.outcome is Outcome.DONE or result.line.endswith(": plan again")


def _round(
    where: Scene, azure: SimAzure, disks: list[SimDisk], chance: random.Random, *, kills: bool
) -> list[Result]:
    sessions = [
        Session(where, azure, disk, chance=chance, who=number) for number, disk in enumerate(disks, 1)
    ]
    victim, at = chance.choice([*sessions, None, None]), chance.randint(1, 120)
    if victim is not None and kills:
        victim.hook = functools.partial(_die, at)
    gone: list[Session] = []
    for one in sessions:
        _alive(one.start, one, gone)
    while open_ones := [one for one in sessions if one.result is None and one not in gone]:
        first = min(one.next_time for one in open_ones)
        one = chance.choice([one for one in open_ones if one.next_time <= first])
        _alive(one.advance, one, gone)
    disks[:] = [
        SimDisk(one.disk.after(chance.choice(LOSSES)) if one in gone else one.disk.seen) for one in sessions
    ]
    return [one.result or KILLED for one in sessions]


KILLED = Result(outcome=Outcome.STOPPED, line="killed", head="")


def _die(at: int, session: Session) -> None:
    if session.count == at:
        raise Killed


def _alive(act: Callable[[], None], session: Session, gone: list[Session]) -> None:
    try:
        act()
    except Killed:
        gone.append(session)


# --- people ------------------------------------------------------------------------------------------------


def meddled(seed: int) -> Result:
    """Somebody changes or deletes something while a plan is carried out. Raises Violation."""
    chance = random.Random(seed)
    where = scene(chance.choice(list(SCENES)))
    try:
        return _meddled(where, chance)
    except Violation as problem:
        raise Violation(f"seed {seed}, {where.name}, somebody meddles: {problem}") from None


def _meddled(where: Scene, chance: random.Random) -> Result:
    azure = where.azure()
    at, kill = chance.randint(1, 70), chance.choice((0, chance.randint(1, 90)))
    deletes = chance.random() < 0.2

    class Gone(Exception):
        pass

    def hook(one: Session) -> None:
        if one.count == at:
            _delete(where, one, chance) if deletes else _change(where, azure, chance)
        if one.count == kill:
            raise Gone

    disk = SimDisk()
    session = Session(where, azure, disk, chance=chance, hook=hook)
    content = b""
    try:
        result = through(session)
        content = disk.seen
    except Gone:
        content = disk.after(chance.choice(LOSSES))
    for _ in range(4):
        settle(azure, 30.0)
        last = Session(where, azure, SimDisk(content), chance=chance)
        result = through(last)
        content = last.disk.seen
        if _is_final(result):
            break
    else:
        raise Violation(f"I8: it says neither that it is done nor to plan again: {result.line}")
    _check_kept(where, azure)
    if result.outcome is Outcome.DONE and (gone := _missing(where, azure)):
        raise Violation(f"I8: it says that all is done, and {gone} is gone")
    if not azure.others and (result.outcome is not Outcome.DONE or azure.state.print != where.final):
        raise Violation(f"I5: nobody changed anything, and it says: {result.line}")
    return result


def _targets(where: Scene, azure: SimAzure) -> list[Any]:
    targets = [one.request.id for one in where.planned.steps if one.request.id in azure.state]
    return targets * 3 + [id for id in azure.state if "/providers/" in id]


def _change(where: Scene, azure: SimAzure, chance: random.Random) -> None:
    """A setting more, on a target or on something else."""
    id = chance.choice(_targets(where, azure))
    body = azure.state.get(id)
    assert body is not None
    value = f"value {azure.number}"
    azure.state.write(Write(id, {**laid(body, SETTING, value), "etag": f'"{value}"'}))
    azure.others.add(id)
    azure.changes.append(Changed(id, SETTING, value, azure.number))


def _delete(where: Scene, session: Session, chance: random.Random) -> None:
    """A target is deleted, with everything below it."""
    azure = session.azure
    made = [one.request.id for one in where.planned.steps if one.makes and one.request.id in azure.state]
    if not made:
        return
    id = chance.choice(made)
    before = set(azure.state)
    run(azure.state, Request(method="DELETE", id=id, by_azure=True), Known("somebody"))
    azure.others |= before - set(azure.state)
    azure.begin = _reached(where, session)


def _reached(where: Scene, session: Session) -> Measure:
    """What pods reach from now on, and may not lose: not what is lost by a request that is under way already, or by
    one of the same wave, before which all was looked at.
    """
    azure = session.azure
    now, later = where.judge.measure(azure.state, rules=False), azure.copied()
    settle(later, 4_000.0)
    done = {int(number) for number in DONE.findall(session.disk.seen)}
    waves = ([step for step in wave if step.number not in done] for wave in where.planned.waves)
    for step in next((wave for wave in waves if wave), ()):
        with contextlib.suppress(Refused):
            run(later.state, step.asked, Known("later"))
    after = where.judge.measure(later.state, rules=False)
    flows = {
        flow: max(verdict, after.flows.get(flow, PathVerdict.BLOCKED), key=BEST_FIRST.index)
        for flow, verdict in now.flows.items()
    }
    return msgspec.structs.replace(now, flows=flows)


def _check_kept(where: Scene, azure: SimAzure) -> None:
    """I6, at the end."""
    deleted = {one.request.id for one in where.planned.steps if one.request.method in ("DELETE", "PUT")}
    for change in azure.changes:
        body = azure.state.get(change.id)
        if change.id in deleted or any(change.id.startswith(f"{one}/") for one in deleted):
            # Sent between our look and our request: the window that is left.
            continue
        if look(body, change.pointer) != change.value and not _by_consequence(where, change):
            raise Violation(f"I6: what somebody set on {change.id.name} is gone")


def unnoticed(name: str) -> None:
    """Somebody sets one setting more on a target, before its step or where all is so already. Raises Violation where
    that is not noticed.
    """
    where = scene(name)
    for step in where.planned.steps:
        id = step.request.id
        for azure in (where.azure(), SimAzure(where.last.copied())):
            body = azure.state.get(id)
            if body is None or step.makes or step.request.method not in ("PUT", "PATCH"):
                # What the plan makes or deletes is as it should be, whoever did it.
                continue
            azure.state.write(Write(id, laid(body, SETTING, "another")))
            _must_stop(where, azure, b"", id)


def undone(name: str) -> None:
    """Somebody deletes what a run that is done has made. Raises Violation where going on does not notice."""
    where = scene(name)
    azure = where.azure()
    session = Session(where, azure, SimDisk())
    through(session)
    for step in where.planned.steps:
        if step.makes:
            later = azure.copied()
            later.state.write(Write(step.request.id, None))
            _must_stop(where, later, session.disk.seen, step.request.id)


def _must_stop(where: Scene, azure: SimAzure, content: bytes, id: ResourceId) -> None:
    azure.others.add(id)
    azure.begin = where.judge.measure(azure.state, rules=False)
    result = through(Session(where, azure, SimDisk(content)))
    if not result.line.endswith(": plan again"):
        raise Violation(f"I6: somebody changed {id.name}, and it says: {result.line}")


def _missing(where: Scene, azure: SimAzure) -> str:
    """A target that should be there at the end, and is not."""
    last = {one.request.id: one.request for one in where.planned.steps}
    return ", ".join(id.name for id, one in last.items() if one.method != "DELETE" and id not in azure.state)


def _by_consequence(where: Scene, change: Changed) -> bool:
    """It lies on something that the plan's requests make anew or delete: records, interfaces, connections."""
    return change.id in where.comes | where.goes and change.id not in {
        one.request.id for one in where.planned.steps
    }
