"""Recovering: the rounds of one recovery, each a plan that is made, agreed to, carried out, and measured.

Every round has its plan and its journal in one folder, so whatever kills the process, the next one finds where it
stood: in a round that was begun, or between two. What the rounds need to know of the time before stands in the plans.
Knows no terminal and no network: whoever runs it reads, asks and carries out.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import msgspec

from cloison.apply import journal as journals
from cloison.apply.executor import Result
from cloison.apply.plans import load
from cloison.apply.run import Outcome
from cloison.model.errors import CloisonError
from cloison.model.snapshot import Snapshot
from cloison.plan.document import PlanDocument
from cloison.plan.recover.make import ROUNDS_MAX, RecoverOptions, is_foreseen, mending, stopping

JOURNAL_MAX = 64 << 20
NUMBERS_MAX = 99
"""Rounds of one folder."""


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


class Begun(msgspec.Struct, frozen=True):
    """A round with its number and what it is to do."""

    number: int
    round: Round
    document: PlanDocument

    @property
    def is_done(self) -> bool:
        """All of it is carried out."""
        return self.round.done(self.document)

    @property
    def stopped(self) -> float | None:
        """When it stopped its cluster, in seconds since 1970; None where it did not."""
        last = self.document.steps[-1].request
        return self.round.ended(self.document) if last.path.endswith("/stop") else None

    def foresaw(self, document: PlanDocument) -> bool:
        """Whoever agreed to this agreed to that."""
        noted = self.document.recover
        return noted is not None and is_foreseen(document, noted.foresees)


class Rounds:
    """The rounds that stand in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def at(self, number: int) -> Round:
        """Where a round's plan and journal stand."""
        plan = self.folder / f"{number:02}.json"
        return Round(plan, plan.with_name(f"{plan.name}.journal"))

    def last(self) -> Begun | None:
        """The last round that was begun."""
        for number in range(NUMBERS_MAX, 0, -1):
            round = self.at(number)
            if round.begun:
                return Begun(number, round, load(round.plan))
        return None


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
        self.rounds = Rounds(folder)
        self.options = options
        self.outside = outside
        self.carried = 0
        """Rounds that this process carried out, or on."""

    def run(self, *, restart: bool = False, resume: bool = False) -> Recovered:
        """Rounds until nothing is left to do. restart: the first one stops the cluster. resume: go on where an earlier
        process stopped. Raises CloisonError, E522 for a folder in which a round was begun and is not to be resumed.
        """
        last = self.rounds.last()
        if last is not None and not last.is_done:
            if not resume:
                raise _begun(self.rounds.folder, last)
            ended = self._carried_out(last)
            if ended is not None:
                return ended
        number = last.number if last is not None else 0
        return self._through(number, last if resume else None, restart=restart)

    def _through(self, number: int, last: Begun | None, *, restart: bool) -> Recovered:
        """Round after round. number: of the last one in the folder. last: the one that this goes on from."""
        while self.carried < ROUNDS_MAX:
            if last is not None and last.stopped is not None and not self.outside.wait(last.stopped):
                return self._ended(Outcome.STOPPED, "interrupted: go on with --resume")
            snapshot = self.outside.read()
            if last is not None:
                self.outside.measured(last.document, snapshot)
            document = self._planned(snapshot, last, restart=restart)
            if not document.steps:
                return self._at_the_end(document)
            number += 1
            next = Begun(number, self.rounds.at(number), document)
            self.outside.write(next.round.plan, document)
            self.outside.agree(document, foreseen=last is not None and last.foresaw(document))
            ended = self._carried_out(next)
            if ended is not None:
                return ended
            last = next
        return self._ended(
            Outcome.HUMAN, f"{ROUNDS_MAX} rounds, and something is left each time: look at the last plan"
        )

    def _planned(self, snapshot: Snapshot, last: Begun | None, *, restart: bool) -> PlanDocument:
        if last is None and restart:
            return stopping(snapshot, self.options)
        return mending(snapshot, self.options, last.document.recover if last is not None else None)

    def _carried_out(self, begun: Begun) -> Recovered | None:
        """Carry a round out, or on; how all ends where it did not end well."""
        result = self.outside.carry_out(begun.round, begun.document)
        self.carried += 1
        return None if result.outcome is Outcome.DONE else self._ended(result.outcome, result.line)

    def _at_the_end(self, document: PlanDocument) -> Recovered:
        if document.left:
            line = f"{len(document.left)} left that a person has to look at"
            return self._ended(Outcome.HUMAN, line, document)
        line = "nothing is left to put right" if self.carried else "nothing to put right"
        return self._ended(Outcome.DONE, line, document)

    def _ended(self, outcome: Outcome, line: str, document: PlanDocument | None = None) -> Recovered:
        return Recovered(outcome=outcome, line=line, document=document, rounds=self.carried)


def begun_in(folders: Iterable[Path]) -> list[Path]:
    """Those in which a round was begun; where some are not done, only these."""
    found = {one: Rounds(one).last() for one in folders if one.is_dir()}
    begun = {one: last for one, last in found.items() if last is not None}
    return [one for one, last in begun.items() if not last.is_done] or list(begun)


def _begun(folder: Path, last: Begun) -> CloisonError:
    return CloisonError(
        "E522",
        f"{last.round.plan} was begun and is not done",
        because=f"an earlier run stopped in it, as {last.round.journal} says",
        help=f"go on with --resume, or name another folder than {folder} with --folder",
        file=str(last.round.plan),
    )
