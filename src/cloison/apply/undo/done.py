"""What a run did: the steps that its journal says are done, and what shows that it was this run.

Reads a journal and leaves it as it is.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from cloison.apply import journal as journals
from cloison.apply.file import BYTES_MAX
from cloison.apply.journal import Accepted, Done, Journal, Refusal
from cloison.apply.plans import planned
from cloison.apply.step import Step
from cloison.arm.ids import ResourceId
from cloison.kinds import behaviour_of
from cloison.model.errors import CloisonError
from cloison.plan.document import PlanDocument, StepReport


class Did(msgspec.Struct, frozen=True, kw_only=True):
    """A step that is done, by a request of this run."""

    step: Step
    told: StepReport
    done: Done
    made: bool
    """ARM answered this run that it made the target."""

    @property
    def id(self) -> ResourceId:
        """The target."""
        return self.step.request.id


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run that may be taken back."""

    name: str
    """As its journal calls it."""
    plan: PlanDocument
    did: tuple[Did, ...]
    """In the order of the plan."""
    half: tuple[Step, ...] = ()
    """Steps that ARM took and that then failed: their targets may be half there."""


def journal_of(path: Path) -> Journal:
    """The journal in a file. Raises CloisonError E501 to E503, E530 where there is none, E531 while it is written."""
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(path.stat().st_mode):
                raise _no_journal(path, "it is no file")
            _refuse_in_use(path, file.fileno())
            raw = file.read(BYTES_MAX + 1)
    except (OSError, ValueError) as problem:
        raise _no_journal(path, (getattr(problem, "strerror", None) or str(problem)).lower()) from problem
    if len(raw) > BYTES_MAX:
        raise _no_journal(path, f"it has more than {BYTES_MAX >> 20} MB")
    return journals.read(raw, str(path))


def _refuse_in_use(path: Path, file: int) -> None:
    try:
        from fcntl import LOCK_NB, LOCK_SH, flock
    except ImportError:
        # Windows has none; the steps that are under way tell.
        return
    try:
        flock(file, LOCK_SH | LOCK_NB)
    except OSError as problem:
        raise CloisonError(
            "E531",
            f"{path} is being written",
            because="a process is carrying out this plan",
            help="wait for it to end, or stop it and go on with `cloison apply --resume`; then undo",
            file=str(path),
        ) from problem


def _no_journal(path: Path, why: str) -> CloisonError:
    return CloisonError(
        "E530",
        f"there is no journal {path}",
        because=why,
        help="name the journal of the run with --journal; without it nothing shows what the run made",
        file=str(path),
    )


def run_of(document: PlanDocument, journal: Journal, plan: str, name: str) -> Run:
    """What a run of a plan did. plan, name: what the plan's and the journal's file are called, for errors.

    Raises CloisonError E504 for the journal of another plan, E510 for a plan that is none, E532 for a run with a
    request that may be under way.
    """
    steps = planned(document, plan)
    journals.check(journal, steps, name)
    began = journal.began
    if began is None:
        raise _no_journal(Path(name), "nothing was begun with it")
    did, half = [], []
    for step, told in zip(steps.steps, document.steps, strict=True):
        past = journal.past(step.number)
        answers = list(_answers(journal, step.number))
        if past.done is not None:
            if past.done.sent:
                made = _made(step, answers)
                did.append(Did(step=step, told=told, done=past.done, made=made))
        elif past.intent and not past.refused:
            raise _under_way(step, name)
        elif any(isinstance(one, Accepted) for one in answers):
            half.append(step)
    return Run(name=began.run, plan=document, did=tuple(did), half=tuple(half))


def _answers(journal: Journal, step: int) -> Iterator[Accepted | Refusal]:
    return (one for one in journal.records if isinstance(one, Accepted | Refusal) and one.step == step)


def _made(step: Step, answers: Sequence[Accepted | Refusal]) -> bool:
    """A request was taken that made the target. A 200 where a 201 is due says that somebody was quicker.

    An answer that never came shows nothing, although the request may have made it.
    """
    due = behaviour_of(step.request.id.type).put.status or 201
    taken = [one.status for one in answers if isinstance(one, Accepted)]
    return step.makes and bool(taken) and (taken[0] != 200 or due == 200)


def _under_way(step: Step, name: str) -> CloisonError:
    return CloisonError(
        "E532",
        f"step {step.number} may be under way: {step.summary}",
        because="its request was sent, and the journal does not say what came of it",
        help="go on with `cloison apply --resume` until it is done or refused; then undo",
        file=name,
    )
