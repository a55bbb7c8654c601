"""The executor: takes a plan to its end wave by wave, and can be stopped between any two actions.

A generator that decides and does nothing: no network, no disk, no clock, no chance. It yields lists of actions to
begin, and is sent what came of one of them at a time. What was written down before decides where it goes on.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import TypeAlias

import msgspec

from cloison.apply.actions import Action, Asked, Begun, Cut, Heard, Interrupt, Send, Tell, Told
from cloison.apply.carry import carry_out
from cloison.apply.journal import Began, Ended, Intent, Journal, Resumed, Writer, check
from cloison.apply.looking import still_so
from cloison.apply.run import Doing, Halt, Limits, Outcome, Run
from cloison.apply.step import Planned
from cloison.arm.hosts import Host
from cloison.arm.ids import ResourceId

INTERRUPTED = "interrupted: nothing new is sent; go on with --resume"
LEFT = "left at once: what is under way goes on in Azure; go on with --resume"
TIRED = "too many calls without an end; go on with --resume"
STEPLESS = 0
"""The number of what belongs to no step."""


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """Who runs: decided outside, written down at the beginning."""

    run: str
    """Tells this run from all others."""
    tool: str


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """How a process's work on a plan ended."""

    outcome: Outcome
    line: str
    head: str
    """The journal's last link: shows later whether anybody cut it."""


Execution: TypeAlias = Generator[Sequence[Asked], Told, Result]


def execute(
    planned: Planned, journal: Journal, host: Host, who: Who, limits: Limits | None = None
) -> Execution:
    """Carry a plan out, from where its journal says that it stands. Raises CloisonError for another plan's journal."""
    check(journal, planned, "the journal")
    writer = Writer(journal.chain, empty=journal.began is None)
    return _Floor(Run(planned, host, limits or Limits(), writer), journal).work(who)


class _Floor:
    """Everything that is under way, and where it goes on when something is heard."""

    def __init__(self, run: Run, journal: Journal) -> None:
        self.run = run
        self.journal = journal
        self.tasks: dict[int, tuple[int, Doing[None]]] = {}
        """By token of the action that it waits for: the step's number, and the rest of it."""
        self.sends: set[int] = set()
        self.halts: list[Halt] = []
        self.untold: list[Asked] = []
        """What was said at the end of a wave, for whoever listens."""
        self.broken: OSError | None = None
        self.begun = 0
        self.heard = False

    def work(self, who: Who) -> Execution:
        """The whole run."""
        run = self.run
        self._recall()
        yield from self._together([(STEPLESS, self._open(who))])
        for wave in run.planned.waves:
            if run.stopping:
                break
            todo = [one for one in wave if self.journal.past(one.number).done is None]
            if not todo:
                continue
            yield from self._together(self._looks())
            if not run.stopping:
                yield from self._together(
                    (one.number, carry_out(run, one, self.journal.past(one.number))) for one in todo
                )
        if all(self.journal.past(one.number).done is not None for one in run.planned.steps):
            # Nothing was left to do: all of it is looked at once more.
            yield from self._together(self._looks())
        return (yield from self._close())

    # --- before and after ------------------------------------------------------------------------------------

    def _recall(self) -> None:
        """What earlier processes left of their targets."""
        for one in self.run.planned.steps:
            done = self.journal.past(one.number).done
            if done is not None:
                self.run.seen[one.request.id] = done.seen
                self.run.done[one.request.id] = one.number

    def _looks(self) -> list[tuple[int, Doing[None]]]:
        """A look at each target that must still be as a step left it: not where a later step has begun to change it."""
        begun: dict[ResourceId, int] = {}
        for one in self.journal.records:
            if isinstance(one, Intent):
                begun[self.run.planned.step(one.step).request.id] = one.step
        return [
            (number, still_so(self.run, self.run.planned.step(number)))
            for id, number in self.run.done.items()
            if begun.get(id, 0) <= number
        ]

    def _open(self, who: Who) -> Doing[None]:
        """Cut off what was torn, and say that this process works on the journal now."""
        yield Cut(self.journal.length)
        if self.journal.began is None:
            plan = self.run.planned
            yield from self.run.note(
                Began(plan=plan.hash, steps=len(plan.steps), run=who.run, tool=who.tool, when=self.run.clock)
            )
        else:
            yield from self.run.note(Resumed(tool=who.tool, when=self.run.clock))

    def _close(self) -> Execution:
        result = self._result()
        if self.broken is None:
            told = Ended(outcome=result.outcome.value, line=result.line, when=self.run.clock)
            yield from self._together([(STEPLESS, self.run.note(told))])
        return msgspec.structs.replace(result, head=self.run.writer.chain)

    def _result(self) -> Result:
        if self.broken is not None:
            why = self.broken.strerror or str(self.broken)
            line = f"the journal cannot be written: {why.lower()}; make room, then go on with --resume"
            return Result(outcome=Outcome.STOPPED, line=line, head="")
        asks = [one for one in self.halts if one.outcome is Outcome.HUMAN]
        for halt in (*asks, *self.halts):
            return Result(outcome=halt.outcome, line=halt.line, head="")
        if self.run.stopping:
            return Result(outcome=Outcome.STOPPED, line=self.run.stopping, head="")
        count = len(self.run.planned.steps)
        return Result(outcome=Outcome.DONE, line=f"all {count} steps are done", head="")

    # --- side by side ----------------------------------------------------------------------------------------

    def _together(self, doings: Iterable[tuple[int, Doing[None]]]) -> Generator[Sequence[Asked], Told, None]:
        """Take all of them to their ends, side by side."""
        begun, self.untold = self.untold, []
        for number, doing in doings:
            begun += self._further(number, doing, None)
        while self.tasks:
            told = yield begun
            begun = []
            if isinstance(told, Interrupt):
                if self.run.stopping:
                    self._leave(LEFT)
                else:
                    self._stop(INTERRUPTED)
                continue
            self._hear(told)
            waits = self.tasks.pop(told.token, None)
            if waits is not None and self.broken is None:
                begun = self._further(*waits, told)
            if self.begun > self.run.limits.actions:
                self._leave(TIRED)
        self.untold = begun

    def _hear(self, told: Heard) -> None:
        self.run.now, self.run.clock = told.now, told.clock
        if not self.heard:
            self.heard, self.run.start = True, told.now
        self.sends.discard(told.token)

    def _further(self, number: int, doing: Doing[None], told: Heard | None) -> list[Asked]:
        """Let one go on until it waits for something again; what it asks for meanwhile."""
        asked: list[Asked] = []
        try:
            action: Action | Tell = _resume(doing, told)
            while isinstance(action, Tell):
                asked.append(action)
                action = next(doing)
        except StopIteration:
            return asked
        except Halt as halt:
            return [*asked, *self._halted(number, halt)]
        except OSError as problem:
            # Nothing can be written down, so nothing may be sent: only answers are waited for.
            self.broken = problem
            self._stop(str(problem))
            self.tasks = {token: one for token, one in self.tasks.items() if token in self.sends}
            return asked
        return [*asked, self._begin(number, doing, action)]

    def _begin(self, number: int, doing: Doing[None], action: Action) -> Begun:
        self.begun += 1
        self.tasks[self.begun] = (number, doing)
        if isinstance(action, Send):
            self.sends.add(self.begun)
        return Begun(self.begun, action)

    def _halted(self, number: int, halt: Halt) -> list[Asked]:
        self.halts.append(halt)
        self._stop(halt.line)
        return [Tell(step=number, what="stopped", text=halt.line)]

    def _stop(self, why: str) -> None:
        """Send nothing new. Steps with nothing under way end here; the others are waited for."""
        self.run.stopping = self.run.stopping or why
        for token, (number, doing) in list(self.tasks.items()):
            if number != STEPLESS and number not in self.run.under_way:
                doing.close()
                del self.tasks[token]

    def _leave(self, why: str) -> None:
        """End everything here. What is under way in Azure goes on, and the journal knows of it."""
        self.run.stopping = why
        for _, doing in self.tasks.values():
            doing.close()
        self.tasks.clear()


def _resume(doing: Doing[None], told: Heard | None) -> Action | Tell:
    """Tell one what it waited for; what it asks for next."""
    if told is None:
        return next(doing)
    if told.error is not None:
        return doing.throw(told.error)
    found: Action | Tell = doing.send(told.value)
    return found
