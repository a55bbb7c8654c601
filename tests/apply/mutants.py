"""Bugs planted in the executor, each a small change of its source; the simulation has to notice every one.

A mutant replaces a text that stands once in a module, and everything that came of that module.
"""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from cloison.emulator.faults import planned
from cloison.model.errors import CloisonError
from tests.apply import chaos, others
from tests.apply.azure import Violation
from tests.apply.disk import SimDisk
from tests.apply.explore import Enough, Explorer, variants
from tests.apply.plans import SCENES, Scene, scene
from tests.apply.simulate import Session, finished, through

UNHEARD = (
    "reset",
    "half-answer",
    "broken-json",
    "redirect",
    "server-error",
    "unavailable",
    "gateway-timeout",
)
"""Faults after which nobody knows whether the request had its effect."""
BETWEEN = ("gateway-timeout:after+forbidden:before", "+throttled:before")
"""A fault of a request whose target reads do not find for a while, `+`, and one of two reads soon after."""
FIRST = 9
"""Requests of a run at each of which a fault is tried."""


class Mutant(msgspec.Struct, frozen=True, kw_only=True):
    """One bug."""

    name: str
    module: str
    old: str
    new: str
    shown: str = ""
    """A way that shows it, as `go` reads it: the first to be tried."""


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """The bug is there."""
    module = importlib.import_module(f"cloison.apply.{mutant.module}")
    assert module.__file__ is not None
    with open(module.__file__, encoding="utf-8") as file:
        source = file.read()
    assert 1 == source.count(mutant.old), f"{mutant.name}: {source.count(mutant.old)} places"
    before = dict(module.__dict__)
    exec(compile(source.replace(mutant.old, mutant.new), module.__file__, "exec"), module.__dict__)
    renewed = {
        id(value): module.__dict__[name]
        for name, value in before.items()
        if module.__dict__.get(name) is not value and getattr(value, "__module__", "") == module.__name__
    }
    touched = _exchange(renewed)
    _forget()
    try:
        yield
    finally:
        _forget()
        for namespace, name, value in touched:
            namespace[name] = value
        module.__dict__.update(before)


def _forget() -> None:
    """What one executor was found to do says nothing about another."""
    for name in SCENES:
        scene(name).at_rest.clear()


def _exchange(renewed: dict[int, object]) -> list[tuple[dict[str, object], str, object]]:
    """Put the new objects in the place of the old ones wherever these were imported."""
    touched: list[tuple[dict[str, object], str, object]] = []
    for name, module in list(sys.modules.items()):
        if not name.startswith(("cloison.apply", "tests.apply")):
            continue
        for own, value in list(vars(module).items()):
            if id(value) in renewed and renewed[id(value)] is not value:
                touched.append((vars(module), own, value))
                vars(module)[own] = renewed[id(value)]
    return touched


def noticed(mutant: Mutant, *, seeds: int = 60) -> tuple[str, str]:
    """The way that shows the bug, and what it shows; '' twice where none does. seeds: how far to look."""
    for name in SCENES:
        scene(name)
    known = [mutant.shown] if mutant.shown else []
    with planted(mutant):
        for text in dict.fromkeys((*known, *ways(seeds))):
            shown = _shows(text)
            if shown:
                return text, shown
    return "", ""


def _shows(text: str) -> str:
    try:
        go(text)
    except (Violation, Enough) as problem:
        return str(problem)[:200]
    except (CloisonError, RuntimeError, AssertionError, KeyError, TypeError, AttributeError) as problem:
        # A bug that ends the process with a traceback is noticed by whoever runs it.
        return f"{type(problem).__name__}: {str(problem)[:160]}"
    return ""


def ways(seeds: int) -> Iterator[str]:
    """Ways in which to look for bugs, as `go` reads them, those first that show most."""
    for name in ("closing", "made again", "restart", "approval"):
        yield f"killed {name}"
    yield from (f"unseen {name} {fault}" for name in ("closing", "lake") for fault in UNHEARD)
    yield from (f"interrupted {name}" for name in ("closing", "restart"))
    yield from (f"lost {name}" for name in ("closing", "made again"))
    yield from (f"unnoticed {name}" for name in ("closing", "identities"))
    yield from (f"undone {name}" for name in ("closing", "lake"))
    yield from (f"between {name} {fault}" for name in ("closing", "lake") for fault in BETWEEN)
    yield from (f"broken {name}" for name in ("closing", "made again"))
    yield from (f"failing {name}" for name in ("closing", "made again", "restart"))
    for fault, after in variants():
        yield f"faulty closing {fault}:{'after' if after else 'before'}"
    for seed in range(seeds):
        for one in range(5 * seed, 5 * seed + 5):
            yield f"chaos {one}"
        yield f"meddled {seed}"
        if seed % 5 == 0:
            yield f"two {seed}"
    for name in SCENES:
        for fault, after in variants():
            yield f"faulty {name} {fault}:{'after' if after else 'before'}"


def go(text: str) -> None:
    """Go one way. Raises Violation, or Enough."""
    what, _, rest = text.partition(" ")
    match what:
        case "killed":
            Explorer(scene(rest), most=1).plain()
        case "faulty":
            name, _, told = rest.rpartition(" ")
            fault, _, when = told.partition(":")
            explorer = Explorer(scene(name), most=1)
            for number in range(1, FIRST + 1):
                explorer.fault_at(fault, number, after=when == "after", kills=False)
        case "unseen":
            name, _, fault = rest.rpartition(" ")
            for number in range(1, 40):
                _through(scene(name), [f"lagging@{number}", f"{fault}:after@{number}"])
        case "between":
            name, _, told = rest.rpartition(" ")
            first, _, second = told.partition("+")
            for number, later in itertools.product(range(3, 13), range(1, 5)):
                faults = [f"lagging@{number}", f"{second}@{number + later},{number + later + 2}"]
                _through(scene(name), [*faults, *([f"{first}@{number}"] if first else [])])
        case "lost":
            for number in range(1, FIRST + 1):
                both = (f"{fault}:after@{number}" for fault in ("operation-failed", "operation-lost"))
                _through(scene(rest), [*both])
        case "failing":
            for method in ("PUT", "PATCH", "DELETE", "POST"):
                for fault in ("operation-failed:after", "reset:before"):
                    _through(scene(rest), [f"{fault}@{method}*40"], stops=True)
        case "broken":
            for at in range(1, 40):
                _through(scene(rest), [], disk=SimDisk(fails_at=at))
        case "interrupted":
            for seconds in range(1, 60, 3):
                for faults in ([], [f"operation-failed:after@{seconds % FIRST + 1}"]):
                    _through(scene(rest), faults, interrupt_s=seconds)
        case "unnoticed":
            others.unnoticed(rest)
        case "undone":
            others.undone(rest)
        case "chaos":
            chaos.Way(int(rest)).go()
        case "meddled":
            others.meddled(int(rest))
        case "two":
            others.two(int(rest))
        case _:
            raise ValueError(text)


def _through(
    where: Scene,
    faults: list[str],
    *,
    interrupt_s: float | None = None,
    stops: bool = False,
    disk: SimDisk | None = None,
) -> None:
    """One process to its end, and on until all is done. stops: what is wrong with Azure ends with the process."""
    azure = where.azure([planned(text) for text in faults])
    session = Session(where, azure, disk or SimDisk())
    if interrupt_s is not None:
        session.interrupt_at(interrupt_s)
    through(session)
    if stops:
        azure.faults.waiting = []
    finished(where, azure, session.disk.seen)


MUTANTS = [
    # --- writing down ------------------------------------------------------------------------------------
    Mutant(
        name="a request is sent before it is written down",
        shown="killed closing",
        module="carry",
        old="    yield from run.note(Intent(step=step.number, digest=step.request.digest, when=run.clock))\n",
        new="",
    ),
    Mutant(
        name="what is written down is not synced",
        shown="killed closing",
        module="run",
        old="        yield Sync()\n",
        new="",
    ),
    Mutant(
        name="the journal goes on behind what was torn",
        shown="killed closing",
        module="executor",
        old="        yield Cut(self.journal.length)\n",
        new="        yield Cut(1 << 40)\n",
    ),
    Mutant(
        name="a resumed journal begins a new chain",
        shown="killed closing",
        module="executor",
        old="    writer = Writer(journal.chain, ",
        new="    writer = Writer('', ",
    ),
    Mutant(
        name="a journal that cannot be written is no reason to stop",
        shown="broken closing",
        module="run",
        old="        yield Append(self.writer.write(record))\n        yield Sync()\n",
        new="        try:\n            yield Append(self.writer.write(record))\n            yield Sync()\n"
        "        except OSError:\n            pass\n",
    ),
    Mutant(
        name="done is written down before the target is looked at",
        shown="killed approval",
        module="settling",
        old="    return (yield from as_it_should_be(run, step, sent=True, ended=has_ended))\n",
        new="    yield from _done(run, step, None, sent=True)\n",
    ),
    # --- going on ----------------------------------------------------------------------------------------
    Mutant(
        name="an operation that was accepted is sent again after a crash",
        shown="meddled 8",
        module="carry",
        old="        waiting=pending(run.planned, past.waiting) if past.waiting is not None else None,\n",
        new="        waiting=None,\n",
    ),
    Mutant(
        name="what an earlier process sent is taken for somebody else's",
        shown="killed closing",
        module="carry",
        old="        ours=past.intent,\n",
        new="        ours=False,\n",
    ),
    Mutant(
        name="what may have been sent is sent again at once after a crash",
        shown="chaos 0",
        module="carry",
        old="        unclear=past.intent and not past.refused and past.waiting is None,\n",
        new="        unclear=False,\n",
    ),
    Mutant(
        name="what was done is done again",
        shown="killed made again",
        module="executor",
        old="            todo = [one for one in wave if self.journal.past(one.number).done is None]\n",
        new="            todo = [one for one in wave if self.journal.past(one.number).intent is False or True]\n",
    ),
    Mutant(
        name="steps that earlier processes did are not looked at again",
        shown="undone closing",
        module="looking",
        old="        state = state_of(body)\n        if as_wanted(step, body) and (not state",
        new="        return\n        state = state_of(body)\n        if as_wanted(step, body) and (not state",
    ),
    # --- sending -----------------------------------------------------------------------------------------
    Mutant(
        name="a request without an answer is sent again at once",
        shown="unseen closing reset",
        module="carry",
        old="    tries.ours, tries.unclear = True, True\n",
        new="    tries.ours, tries.unclear = True, False\n",
    ),
    Mutant(
        name="a gateway's time-out counts as a refusal",
        shown="unseen closing gateway-timeout",
        module="refusals",
        old="    if problem.status in UNCLEAR_STATUSES and problem.retryable:\n",
        new="    if problem.status in (408, 500, 502) and problem.retryable:\n",
    ),
    Mutant(
        name="a request without an answer is no try that counts",
        shown="failing closing",
        module="refusals",
        old="        return Meaning.UNCLEAR\n    code",
        new="        return Meaning.BUSY\n    code",
    ),
    Mutant(
        name="an answer that cannot be read needs a person",
        shown="faulty closing reset:before",
        module="refusals",
        old="        return Meaning.UNCLEAR\n    code",
        new="        return Meaning.FINAL\n    code",
    ),
    Mutant(
        name="one look is enough to say that nothing happened",
        shown="between closing gateway-timeout:after+forbidden:before",
        module="run",
        old="    sure_looks: int = 3\n    sure_s: float = 60.0\n",
        new="    sure_looks: int = 1\n    sure_s: float = 0.0\n",
    ),
    Mutant(
        name="an operation in progress is no reason to wait",
        shown="faulty closing in-progress:before",
        module="refusals",
        old="    if problem.retryable or (problem.status == 409 and _says_busy(problem.message)):\n",
        new="    if problem.retryable and problem.status != 409:\n",
    ),
    Mutant(
        name="a queue of private DNS is no reason to wait",
        shown="faulty closing zone-busy:before",
        module="refusals",
        old="    return any(words in message.lower() for words in BUSY_WORDS)\n",
        new="    return False\n",
    ),
    Mutant(
        name="a changed etag stops for good",
        shown="faulty closing stale:before",
        module="refusals",
        old="        return Meaning.STALE\n",
        new="        return Meaning.FINAL\n",
    ),
    Mutant(
        name="a request that is refused for good is tried again and again",
        shown="faulty closing forbidden:before",
        module="refusals",
        old="    return Meaning.FINAL\n\n\ndef _says",
        new="    return Meaning.BUSY\n\n\ndef _says",
    ),
    Mutant(
        name="failed operations are repeated without end",
        shown="failing closing",
        module="carry",
        old="    if tries.count >= run.limits.tries:\n",
        new="    if tries.count >= 10**9:\n",
    ),
    Mutant(
        name="another request than the plan's is sent",
        shown="killed closing",
        module="carry",
        old="        answer = yield Send(step.number, step.request, _conditions(step, body))\n",
        new="        other = {**(step.request.body or {}), 'tags': {'by': 'us'}}\n"
        "        other = msgspec.structs.replace(step.request, body=other)\n"
        "        answer = yield Send(step.number, other, _conditions(step, body))\n",
    ),
    # --- looking -----------------------------------------------------------------------------------------
    Mutant(
        name="drift is ignored",
        shown="unnoticed closing",
        module="reading",
        old="    return Stand.DRIFTED\n\n\ndef foreign",
        new="    return Stand.BASE\n\n\ndef foreign",
    ),
    Mutant(
        name="what differs is taken for done where the request's own settings are as wanted",
        shown="unnoticed closing",
        module="reading",
        old="        return Stand.DONE if accepted else Stand.DRIFTED\n",
        new="        return Stand.DONE\n",
    ),
    Mutant(
        name="a resource that fails is taken for changed by somebody",
        shown="faulty closing operation-failed:after",
        module="reading",
        old="        return Stand.FAILED\n",
        new="        return Stand.DRIFTED\n",
    ),
    Mutant(
        name="something that is being changed counts as it reads now",
        shown="killed restart",
        module="reading",
        old="        return Stand.MOVING\n",
        new="        return Stand.BASE\n",
    ),
    Mutant(
        name="a read that finds nothing means that it is gone",
        shown="faulty made again missing:before",
        module="looking",
        old="        doubtful = (unclear and found is Stand.BASE) or (body is None and was is not None)\n",
        new="        doubtful = unclear and found is Stand.BASE\n",
    ),
    Mutant(
        name="one strange answer to a read stops the run",
        shown="faulty closing principal-missing:before",
        module="looking",
        old="    return problem.code.lower() in FINAL or (not problem.retryable and attempt > 1)\n",
        new="    return not problem.retryable\n",
    ),
    # --- waiting -----------------------------------------------------------------------------------------
    Mutant(
        name="an operation that failed counts as done",
        shown="faulty made again operation-failed:after",
        module="settling",
        old="        except Answered as failure:\n            return failure\n",
        new="        except Answered:\n            has_ended = True\n",
    ),
    Mutant(
        name="a target that failed counts as done",
        shown="lost closing",
        module="settling",
        old='        if state in FAILED and step.request.method != "DELETE":\n',
        new="        if False:\n",
    ),
    Mutant(
        name="an operation that succeeded is all there is to wait for",
        shown="faulty closing still-updating:after",
        module="settling",
        old='        if state and state != "succeeded":\n            since, agreed = run.now, 0\n        elif',
        new="        if",
    ),
    Mutant(
        name="a connection that waits for approval is good enough",
        shown="killed approval",
        module="reading",
        old="                return APPROVAL, True\n",
        new='                return "", True\n',
    ),
    Mutant(
        name="an operation whose address is lost is waited for without end",
        shown="faulty closing operation-lost:after",
        module="settling",
        old="                return False\n            raise\n",
        new="                continue\n            raise\n",
    ),
    Mutant(
        name="a hiccup of the network while waiting counts as a failure",
        shown="between closing +throttled:before",
        module="settling",
        old="            if problem.retryable:\n                continue\n",
        new="            if problem.retryable:\n                raise\n",
    ),
    # --- order and end -----------------------------------------------------------------------------------
    Mutant(
        name="all steps begin at once",
        shown="killed closing",
        module="executor",
        old="        for wave in run.planned.waves:\n",
        new="        for wave in [list(run.planned.steps)]:\n",
    ),
    Mutant(
        # The check before each wave is one of three that keep the next wave back: without it alone nothing changes.
        name="the next wave begins although a step could not go on",
        shown="faulty closing forbidden:before",
        module="executor",
        old="        self._stop(halt.line)\n",
        new="",
    ),
    Mutant(
        name="an interrupt stops nothing",
        shown="interrupted closing",
        module="executor",
        old="                    self._stop(INTERRUPTED)\n",
        new="                    pass\n",
    ),
    Mutant(
        name="steps go on after an interrupt",
        shown="interrupted restart",
        module="carry",
        old="    if run.stopping:\n        raise Halt(Outcome.STOPPED, run.stopping)\n",
        new="",
    ),
    Mutant(
        name="there is no deadline",
        shown="faulty closing operation-stuck:after",
        module="run",
        old="        if self.now - self.start + seconds > self.limits.deadline_s:\n",
        new="        if False:\n",
    ),
    Mutant(
        name="tries follow each other without a pause",
        shown="killed closing",
        module="run",
        old="        yield Sleep(seconds)\n",
        new="        yield Sleep(0.0)\n",
    ),
    Mutant(
        name="a run that was stopped says that all is done",
        shown="interrupted closing",
        module="executor",
        old="        if self.run.stopping:\n            return Result(outcome=Outcome.STOPPED,",
        new="        if False:\n            return Result(outcome=Outcome.STOPPED,",
    ),
]
