"""Settling: waiting for an operation, and then for its target, which alone says that a step is done.

An operation that succeeded may leave a target that is still being changed, or that a replica does not know yet.
Sources: terraform-provider-azurerm #30197, #18268; RPC contract v1.0, async API reference; checked 2026-11-24.
"""

from __future__ import annotations

from datetime import UTC, datetime

from cloison.apply import looking
from cloison.apply.actions import Follow, Tell
from cloison.apply.glances import Glances
from cloison.apply.journal import Done, Pending
from cloison.apply.marks import marks_of
from cloison.apply.reading import APPROVAL, Stand, as_wanted, stand, waits_for
from cloison.apply.run import Doing, Halt, Outcome, Run
from cloison.apply.step import Step
from cloison.arm.client import Answer
from cloison.arm.errors import Answered, ArmError, Foreign, NotSignedIn
from cloison.arm.ids import ResourceId
from cloison.arm.operations import Waiting, ended, state_of
from cloison.arm.waiting import polls, retry_after
from cloison.model.behaviour import Json, ids_in
from cloison.plan.base import FAILED, base_of

SETTLE_S = 5.0
"""Seconds between looks at a target that is not as it should be yet."""
LATEST_S = 32_503_680_000.0
"""The year 3000: a clock that is further ahead is broken."""

LOST = "OperationLost"
"""Ours, not ARM's: the operation's address was lost, and its target stayed as it was."""


def settled(run: Run, step: Step, pending: Pending, expected_s: float) -> Doing[Answered | None]:
    """Return when the target reads as the step wants it, and that is written down; the error where it failed.

    expected_s: how long the operation usually takes from here. Raises Halt.
    """
    has_ended = pending.ended
    if not has_ended:
        try:
            has_ended = yield from _wait(run, step, pending.waiting, expected_s)
        except Answered as failure:
            return failure
    return (yield from as_it_should_be(run, step, sent=True, ended=has_ended))


def _wait(run: Run, step: Step, what: Waiting, expected_s: float) -> Doing[bool]:
    """Return when the operation has succeeded, or, with False, when there is no address to ask at. Raises Answered
    where it failed, and Halt.
    """
    link = what.operation or what.location
    if not link:
        return False
    yield Tell(step=step.number, what="waiting", seconds=expected_s)
    glances, longer = Glances(run, step, expected_s), 0.0
    for pause in polls(expected_s, what.asked_s):
        yield from glances.pause(max(pause, longer), f"{step.summary} is under way in Azure")
        try:
            answer = yield Follow(link)
        except NotSignedIn as problem:
            raise Halt(Outcome.STOPPED, f"{problem}: sign in, then go on with --resume") from problem
        except Foreign:
            return False
        except Answered as problem:
            if problem.retryable:
                continue
            if problem.status in (404, 410) or what.operation:
                # Its address is lost, while it goes on.
                return False
            raise
        except ArmError:
            continue
        if ended(answer):
            return True
        link = _moved(run, answer, what) or link
        longer = retry_after(answer.headers, at(run)) or 0.0
    raise AssertionError("polls never end")


def _moved(run: Run, answer: Answer, what: Waiting) -> str:
    """The operation's address as its last answer gives it: signatures change from poll to poll."""
    told = answer.headers.get("azure-asyncoperation" if what.operation else "location", "")
    try:
        return run.host.own(told) if told else ""
    except Foreign:
        return ""


def as_it_should_be(run: Run, step: Step, *, sent: bool, ended: bool) -> Doing[Answered | None]:
    """Look until the target reads as wanted, and note that; its error where it says that it failed. Raises Halt.

    sent: by us. ended: nothing is under way any more; else that a deleted target is gone is believed after a while, and
    a target that stays as it was counts as failed.
    """
    name, since, agreed = step.request.id.name, run.now, 0
    while True:
        body = yield from looking.look(run, step)
        state = state_of(body)
        if state in FAILED and step.request.method != "DELETE":
            return Answered(200, state.capitalize(), f"{name} is left {state}")
        if state and state != "succeeded":
            since, agreed = run.now, 0
        elif _is_so(step, body, ended=ended):
            agreed += 1
            certain = body is not None or ended or looking.is_long_enough(run, agreed, since)
            if not _lacks(run, step, body, since) and certain:
                break
        elif run.now - since > run.limits.sure_s and _is_half(run, step, body):
            break
        elif run.now - since > max(run.limits.settle_s, 0.0 if ended else 2 * step.expected_s):
            if not ended and not _is_half(run, step, body):
                # Nobody can be asked how it ended, and nothing came of it.
                return Answered(
                    504, LOST, f"{name} is as before, and how its operation ended cannot be learnt"
                )
            raise Halt(Outcome.HUMAN, f"{step.summary}: {_unsettled(name, body)}")
        yield from run.pause(SETTLE_S, f"{name} is {state or 'not as it should be yet'}")
    yield from _done(run, step, body, sent=sent)
    return None


def _is_so(step: Step, body: Json | None, *, ended: bool) -> bool:
    """An action that shows in nothing is done when its operation is."""
    shows = step.request.method != "POST" or bool(step.after)
    return as_wanted(step, body) if shows else ended and body is not None


def _lacks(run: Run, step: Step, body: Json | None, since: float) -> bool:
    """The target still waits for something. Raises Halt where it has waited long enough, or time does not help."""
    if body is None:
        return False
    lacks, time_helps = waits_for(step.request.id, body)
    if lacks == APPROVAL and _is_approved_later(run, step, body):
        return False
    if lacks and (not time_helps or run.now - since > run.limits.approval_s):
        raise Halt(Outcome.HUMAN, f"{step.summary}: {lacks}: see to it, then go on with --resume")
    return bool(lacks)


def _is_approved_later(run: Run, step: Step, body: Json) -> bool:
    """A step that comes after this one decides on a connection of the service that it waits for."""
    services = {one.parent for one in _decided_after(run, step)}
    return any(id in services for id in ids_in(body))


def _decided_after(run: Run, step: Step) -> list[ResourceId]:
    later = (one.request.id for one in run.planned.steps if one.wave > step.wave)
    return [id for id in later if id.type.endswith("/privateendpointconnections")]


def _unsettled(name: str, body: Json | None) -> str:
    if body is None:
        return f"Azure says that it is done, and {name} is not there: plan again"
    return f"Azure says that it is done, and {name} reads as before: look at it, then go on with --resume"


def _is_half(run: Run, step: Step, body: Json | None) -> bool:
    """It changed, and reads otherwise than the request: Azure words some settings in its own way."""
    return body is not None and stand(step, body, looking.base(run, step), ours=True) is not Stand.BASE


def _done(run: Run, step: Step, body: Json | None, *, sent: bool) -> Doing[None]:
    seen = None if body is None else base_of(step.request.id, body, "DELETE")
    marks = {} if body is None else marks_of(body)
    yield from run.note(Done(step=step.number, sent=sent, seen=seen, marks=marks, when=run.clock))
    run.under_way.discard(step.number)
    run.seen[step.request.id] = seen
    run.done[step.request.id] = step.number
    yield Tell(step=step.number, what="done" if sent else "so already")


def at(run: Run) -> datetime:
    """The time, to read dates in headers by."""
    return datetime.fromtimestamp(min(max(run.clock, 0.0), LATEST_S), UTC)
