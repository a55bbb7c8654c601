"""Carrying out one step: look, write down, send, wait, look again, write down.

Each pass begins with what is there now. A request is sent when its target is as the plan found it, and never while one
that was sent before may still come true; the step is done when its target reads as the plan wants it.
"""

from __future__ import annotations

import msgspec

from cloison.apply import looking
from cloison.apply.actions import Send, Tell
from cloison.apply.journal import LINK_MAX, Accepted, Intent, Past, Pending, Refusal, pending
from cloison.apply.reading import Stand
from cloison.apply.refusals import Meaning, advice, meaning
from cloison.apply.run import Doing, Halt, Outcome, Run
from cloison.apply.settling import as_it_should_be, at, settled
from cloison.apply.step import Step
from cloison.arm.client import Answer
from cloison.arm.errors import Answered, ArmError
from cloison.arm.operations import Waiting, left
from cloison.kinds import behaviour_of
from cloison.model.behaviour import Json
from cloison.plan.base import FAILED

BUSY_S, BUSY_MAX_S = 5.0, 60.0
"""Seconds until a request that was refused because of another operation is tried again: at first, and at most."""


BROKEN = "internalservererror"
"""It may help to send it again, but not for ever."""
CANCELED = ("canceled", "cancelled", "operationcanceled")


class Tries(msgspec.Struct):
    """What this process knows of its tries of one step."""

    ours: bool
    """A request was, or may have been, sent, by whichever process."""
    unclear: bool
    """Whether it happened is not known."""
    waiting: Pending | None
    count: int = 0
    """Requests whose outcome was unclear or that failed."""
    rests: int = 0
    lagging_since: float | None = None


def carry_out(run: Run, step: Step, past: Past) -> Doing[None]:
    """Bring the target of a step to where the plan wants it. Raises Halt; OSError where the journal fails."""
    tries = Tries(
        ours=past.intent,
        unclear=past.intent and not past.refused and past.waiting is None,
        waiting=pending(run.planned, past.waiting) if past.waiting is not None else None,
    )
    if past.intent and not past.refused:
        run.under_way.add(step.number)
    # An operation that another process began has used up some of its time already.
    expected_s = 0.0
    while True:
        if tries.waiting is not None:
            failure = yield from settled(run, step, tries.waiting, expected_s)
            tries.waiting = None
            if failure is None:
                return
            yield from _failed(run, step, tries, failure)
        found = yield from looking.decided(run, step, ours=tries.ours, unclear=tries.unclear)
        if found.stand is Stand.DONE:
            if (yield from as_it_should_be(run, step, sent=tries.ours, ended=True)) is None:
                return
            continue
        yield from _send(run, step, tries, found.body)
        expected_s = step.expected_s


# --- sending ---------------------------------------------------------------------------------------------


def _send(run: Run, step: Step, tries: Tries, body: Json | None) -> Doing[None]:
    """Send the request once, and write down what came of it. Raises Halt."""
    run.under_way.discard(step.number)
    if run.stopping:
        raise Halt(Outcome.STOPPED, run.stopping)
    if tries.count >= run.limits.tries:
        raise Halt(Outcome.STOPPED, f"{step.summary}: tried {tries.count} times; go on with --resume")
    yield from run.note(Intent(step=step.number, digest=step.request.digest, when=run.clock))
    run.under_way.add(step.number)
    tries.ours, tries.unclear = True, True
    yield Tell(step=step.number, what="sending", seconds=step.expected_s)
    try:
        answer = yield Send(step.number, step.request, _conditions(step, body))
    except ArmError as problem:
        yield from _refused(run, step, tries, problem)
        return
    told = left(run.host, step.request, answer, at(run))
    tries.waiting = Pending(told or Waiting(request=step.request), ended=told is None)
    tries.unclear = False
    yield from run.note(_accepted(run, step, answer, tries.waiting))


def _conditions(step: Step, body: Json | None) -> dict[str, str]:
    """Headers that make ARM refuse where somebody was quicker; only where its provider is known to heed them."""
    if behaviour_of(step.request.id.type).etags == "no" or step.request.method == "POST":
        return {}
    if body is None:
        return {"If-None-Match": "*"} if step.request.method == "PUT" else {}
    etag = body.get("etag")
    return {"If-Match": etag} if isinstance(etag, str) and etag else {}


def _accepted(run: Run, step: Step, answer: Answer, pending: Pending) -> Accepted:
    what = pending.waiting
    return Accepted(
        step=step.number,
        status=answer.status,
        ended=pending.ended,
        correlation=answer.headers.get("x-ms-correlation-request-id", "")[:100],
        operation=what.operation if len(what.operation) <= LINK_MAX else "",
        location=what.location if len(what.location) <= LINK_MAX else "",
        asked_s=what.asked_s,
        when=run.clock,
    )


def _refused(run: Run, step: Step, tries: Tries, problem: ArmError) -> Doing[None]:
    """Write a refusal down, and wait as long as it deserves. Raises Halt for one that stays."""
    what = meaning(problem)
    if isinstance(problem, Answered) and what is not Meaning.UNCLEAR:
        tries.unclear = False
        yield from _note_refusal(run, step, problem)
    match what:
        case Meaning.SIGN_IN:
            raise Halt(Outcome.STOPPED, f"{step.summary}: {problem}: sign in, then go on with --resume")
        case Meaning.FINAL:
            raise Halt(Outcome.HUMAN, f"{step.summary}: {problem}: {advice(problem)}")
        case Meaning.LAGGING:
            tries.lagging_since = run.now if tries.lagging_since is None else tries.lagging_since
            limit = run.limits.lag_s if run.done else run.limits.sure_s
            if run.now - tries.lagging_since > limit:
                raise Halt(Outcome.HUMAN, f"{step.summary}: {problem}: {advice(problem)}")
        case Meaning.UNCLEAR | Meaning.STALE:
            tries.count += 1
        case Meaning.BUSY:
            pass
    yield from _rest(run, step, tries, problem)


def _rest(run: Run, step: Step, tries: Tries, problem: ArmError) -> Doing[None]:
    """Wait before the next look: as long as was asked, else longer each time."""
    yield Tell(step=step.number, what="again", text=str(problem))
    asked = problem.wait_s if isinstance(problem, Answered) else None
    pause = asked or min(BUSY_S * (1 << min(tries.rests, 5)), BUSY_MAX_S)
    tries.rests += 1
    yield from run.pause(pause, f"{step.summary}: {problem}")


def _note_refusal(run: Run, step: Step, problem: Answered) -> Doing[None]:
    run.under_way.discard(step.number)
    told = Refusal(step=step.number, status=problem.status, code=problem.code[:100], when=run.clock)
    yield from run.note(told)


def _failed(run: Run, step: Step, tries: Tries, problem: Answered) -> Doing[None]:
    """An operation ended badly. Raises Halt where the same request would not mend it."""
    yield from _note_refusal(run, step, problem)
    code, what = problem.code.lower(), meaning(problem)
    if code in CANCELED:
        raise Halt(Outcome.STOPPED, f"{step.summary}: somebody canceled it; go on with --resume")
    if what is Meaning.FINAL and code not in FAILED:
        raise Halt(Outcome.HUMAN, f"{step.summary}: {problem}: {advice(problem)}")
    if what is not Meaning.BUSY or code == BROKEN:
        tries.count += 1
    yield from _rest(run, step, tries, problem)
