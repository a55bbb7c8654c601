"""Recovering: the rounds of one recovery, each a plan that is made, agreed to, carried out, and measured.

Every round has its plan and its journal in one folder, so whatever kills the process, the next one finds where it
stood: in a round that was begun, or between two. What the rounds need to know of the time before stands in the plans.
Knows no terminal and no network: whoever runs it reads, asks and carries out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import msgspec

from cloison.apply import journal as journals
from cloison.apply.executor import Result
from cloison.apply.plans import load
from cloison.apply.run import Outcome
from cloison.model.errors import CloisonError
from cloison.model.snapshot import Snapshot
from cloison.plan.document import PlanDocument, RecoverReport
from cloison.plan.recover.make import ROUNDS_MAX, RecoverOptions, is_foreseen, mending, stopping

JOURNAL_MAX = 64 << 20


class Round(msgspec.Struct, frozen=True):
    """One plan with its journal."""

    plan: Path
    journal: Path

    @property
    def begun(self) -> bool:
        """Something of it may have been sent."""
        return self.journal.exists() and bool(self._journal().records)

    def done(self, document: PlanDocument) -> bool:
        """All of it is carried out."""
        journal = self._journal() if self.journal.exists() else journals.Journal()
        return all(journal.past(one.number).done is not None for one in document.steps)

    def ended(self, document: PlanDocument) -> float:
        """When its last step was done, in seconds since 1970."""
        journal = self._journal()
        dones = [journal.past(one.number).done for one in document.steps]
        return max((one.when for one in dones if one is not None), default=0.0)

    def _journal(self) -> journals.Journal:
        try:
            with self.journal.open("rb") as file:
                return journals.read(file.read(JOURNAL_MAX), str(self.journal))
        except OSError as problem:
            raise CloisonError(
                "E507",
                f"{self.journal} cannot be read",
                because=(problem.strerror or str(problem)).lower(),
                help="check who may read it",
                file=str(self.journal),
            ) from problem


class Outside(Protocol):
    """What a recovery asks of whoever runs it."""

    def read(self) -> Snapshot:
        """Everything, as it is now."""
        ...

    def write(self, path: Path, document: PlanDocument) -> None:
        """Put a plan on the disk, whole. Raises CloisonError."""
        ...

    def agree(self, document: PlanDocument, *, foreseen: bool) -> None:
        """Raises CloisonError unless somebody agrees. foreseen: whoever agreed to a plan before agreed to this."""
        ...

    def carry_out(self, round: Round, document: PlanDocument) -> Result:
        """Carry a plan out, or on where its journal was begun. Raises CloisonError."""
        ...

    def measured(self, document: PlanDocument, snapshot: Snapshot) -> None:
        """A round is over, and this was read afterwards."""
        ...

    def wait(self, since: float) -> bool:
        """A cluster was stopped then: wait until it may be started; False for an interruption."""
        ...


class Recovered(msgspec.Struct, frozen=True, kw_only=True):
    """How a recovery ended."""

    outcome: Outcome
    line: str
    document: PlanDocument | None
    """The last plan: without steps where nothing is left to do; None where the last round did not end."""
    rounds: int
    """That this process carried out, or on."""


class Recovery:
    """One recovery, in its folder."""

    def __init__(self, folder: Path, options: RecoverOptions, outside: Outside) -> None:
        self.folder = folder
        self.options = options
        self.outside = outside

    def run(self, *, restart: bool = False, resume: bool = False) -> Recovered:
        """Rounds until nothing is left to do. restart: the first one stops the cluster. resume: go on where an earlier
        process stopped. Raises CloisonError, E522 for a folder in which a round was begun and is not to be resumed.
        """
        number, earlier, stopped, rounds = 0, None, None, 0
        found = self.found()
        if found is not None:
            number, round, document = found
            if not resume and round.begun and not round.done(document):
                raise _begun(self.folder, round)
            if resume:
                result = self._gone_on(round, document)
                if result is not None:
                    rounds += 1
                    if result.outcome is not Outcome.DONE:
                        return _stopped(result, rounds)
                earlier = document.recover
                stopped = _stopped_at(round, document)
        while rounds < ROUNDS_MAX:
            if stopped is not None and not self.outside.wait(stopped):
                return Recovered(
                    outcome=Outcome.STOPPED,
                    line="interrupted: go on with --resume",
                    document=None,
                    rounds=rounds,
                )
            snapshot = self.outside.read()
            if earlier is not None and found is not None:
                self.outside.measured(found[2], snapshot)
            document = self._planned(snapshot, earlier, restart=restart and earlier is None)
            if not document.steps:
                return _at_the_end(document, rounds)
            number += 1
            round = self.round(number)
            self.outside.write(round.plan, document)
            self.outside.agree(
                document, foreseen=earlier is not None and is_foreseen(document, earlier.foresees)
            )
            result = self.outside.carry_out(round, document)
            rounds += 1
            if result.outcome is not Outcome.DONE:
                return _stopped(result, rounds)
            earlier, stopped, found = (
                document.recover,
                _stopped_at(round, document),
                (number, round, document),
            )
        return Recovered(
            outcome=Outcome.HUMAN,
            line=f"{ROUNDS_MAX} rounds, and something is left each time: look at the last plan",
            document=None,
            rounds=rounds,
        )

    def _planned(self, snapshot: Snapshot, earlier: RecoverReport | None, *, restart: bool) -> PlanDocument:
        return stopping(snapshot, self.options) if restart else mending(snapshot, self.options, earlier)

    def _gone_on(self, round: Round, document: PlanDocument) -> Result | None:
        """The round that was begun and not ended, carried on; None where there is none."""
        return self.outside.carry_out(round, document) if round.begun and not round.done(document) else None

    # --- the folder --------------------------------------------------------------------------------------

    def round(self, number: int) -> Round:
        """Where a round's plan and journal stand."""
        plan = self.folder / f"{number:02}.json"
        return Round(plan, plan.with_name(f"{plan.name}.journal"))

    def found(self) -> tuple[int, Round, PlanDocument] | None:
        """The last round that was begun, with its number."""
        for number in range(99, 0, -1):
            round = self.round(number)
            if round.begun:
                return number, round, load(round.plan)
        return None


def _stopped_at(round: Round, document: PlanDocument) -> float | None:
    """When the round stopped its cluster; None where it did not."""
    last = document.steps[-1].request
    return round.ended(document) if last.method == "POST" and last.path.endswith("/stop") else None


def _stopped(result: Result, rounds: int) -> Recovered:
    return Recovered(outcome=result.outcome, line=result.line, document=None, rounds=rounds)


def _at_the_end(document: PlanDocument, rounds: int) -> Recovered:
    if document.left:
        line = f"{len(document.left)} left that a person has to look at"
        return Recovered(outcome=Outcome.HUMAN, line=line, document=document, rounds=rounds)
    line = "nothing is left to put right" if rounds else "nothing to put right"
    return Recovered(outcome=Outcome.DONE, line=line, document=document, rounds=rounds)


def _begun(folder: Path, round: Round) -> CloisonError:
    return CloisonError(
        "E522",
        f"{round.plan} was begun and is not done",
        because=f"an earlier run stopped in it, as {round.journal} says",
        help=f"go on with --resume, or name another folder than {folder} with --folder",
        file=str(round.plan),
    )
