"""Carrying out one step: look, write down, send, wait, look again, write down.

Each pass begins with what is there now. A request is sent when its target is as the plan found it, and never while one
that was sent before may still come true; the step is done when its target reads as the plan wants it.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from cloison.apply import looking
from cloison.apply.actions import Follow, Send, Tell
from cloison.apply.journal import LINK_MAX, Accepted, Done, Intent, Past, Refusal, waiting
from cloison.apply.reading import Stand, as_wanted, stand, waits_for
from cloison.apply.refusals import Meaning, advice, meaning
from cloison.apply.run import Doing, Halt, Outcome, Run
from cloison.apply.step import Step
from cloison.arm.client import Answer
from cloison.arm.errors import Answered, ArmError, Foreign, NotSignedIn
from cloison.arm.operations import Waiting, ended, left, state_of
from cloison.arm.waiting import polls, retry_after
from cloison.kinds import behaviour_of
from cloison.model.behaviour import Json
from cloison.plan.base import FAILED, base_of

BUSY_S, BUSY_MAX_S = 5.0, 60.0
"""Seconds until a request that was refused because of another operation is tried again: at first, and at most."""
SETTLE_S = 5.0


BROKEN = "internalservererror"
"""It may help to send it again, but not for ever."""
CANCELED = ("canceled", "cancelled", "operationcanceled")
LATEST_S = 32_503_680_000.0
"""The year 3000: a clock that is further ahead is broken."""


class Tries(msgspec.Struct):
    """What this process knows of its tries of one step."""

    ours: bool
    """A request was, or may have been, sent, by whichever process."""
    unclear: bool
    """Whether it happened is not known."""
    waiting: Waiting | None
    count: int = 0
    """Requests whose outcome was unclear or that failed."""
    rests: int = 0
    lagging_since: float | None = None


def carry_out(run: Run, step: Step, past: Past) -> Doing[None]:
    """Bring the target of a step to where the plan wants it. Raises Halt; OSError where the journal fails."""
    tries = Tries(
        ours=past.intent,
        unclear=past.intent and not past.refused and past.waiting is None,
        waiting=waiting(run.planned, past.waiting) if past.waiting is not None else None,
    )
    if past.intent and not past.refused:
        run.under_way.add(step.number)
    # An operation that another process began has used up some of its time already.
    expected_s = 0.0
    while True:
        if tries.waiting is not None:
            failure = yield from _wait(run, step, tries.waiting, expected_s)
            tries.waiting = None
            if failure is None:
                failure = yield from _settled(run, step)
            if failure is None:
                return
            yield from _failed(run, step, tries, failure)
        found = yield from looking.decided(run, step, ours=tries.ours, unclear=tries.unclear)
        if found.stand is Stand.DONE:
            if (yield from _settled(run, step, sent=tries.ours)) is None:
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
    told = left(run.host, step.request, answer, _at(run))
    # Nothing is left to wait for but that it reads so: as after an operation that cannot be asked about.
    tries.waiting = told if told is not None else Waiting(request=step.request)
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


def _accepted(run: Run, step: Step, answer: Answer, what: Waiting) -> Accepted:
    return Accepted(
        step=step.number,
        status=answer.status,
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


def _at(run: Run) -> datetime:
    """The time, to read dates in headers by."""
    return datetime.fromtimestamp(min(max(run.clock, 0.0), LATEST_S), UTC)


# --- waiting ---------------------------------------------------------------------------------------------


def _wait(run: Run, step: Step, what: Waiting, expected_s: float) -> Doing[Answered | None]:
    """Return when the operation has ended, or has no address to ask at; the error where it failed. Raises Halt."""
    link = what.operation or what.location
    if not link:
        return None
    yield Tell(step=step.number, what="waiting", seconds=expected_s)
    for pause in polls(expected_s, what.asked_s):
        yield from run.pause(pause, f"{step.summary} is under way in Azure")
        try:
            answer = yield Follow(link)
        except NotSignedIn as problem:
            raise Halt(Outcome.STOPPED, f"{problem}: sign in, then go on with --resume") from problem
        except Foreign:
            return None
        except Answered as problem:
            if problem.retryable:
                continue
            # Its address is lost, while it goes on; or, at a Location, this is how it ended.
            return None if problem.status in (404, 410) or what.operation else problem
        except ArmError:
            continue
        try:
            if ended(answer):
                return None
        except Answered as failure:
            return failure
        link = _moved(run, answer, what) or link
        longer = retry_after(answer.headers, _at(run))
        if longer is not None and longer > pause:
            yield from run.pause(longer - pause, f"{step.summary} is under way in Azure")
    raise AssertionError("polls never end")


def _moved(run: Run, answer: Answer, what: Waiting) -> str:
    """The operation's address as its last answer gives it: signatures change from poll to poll."""
    told = answer.headers.get("azure-asyncoperation" if what.operation else "location", "")
    try:
        return run.host.own(told) if told else ""
    except Foreign:
        return ""


def _settled(run: Run, step: Step, *, sent: bool = True) -> Doing[Answered | None]:
    """Look until the target reads as wanted, and note that; its error where it says that it failed. Raises Halt."""
    name, since, approval = step.request.id.name, run.now, run.now
    while True:
        body = yield from looking.look(run, step)
        state = state_of(body)
        if state in FAILED and step.request.method != "DELETE":
            return Answered(200, state.capitalize(), f"{name} is left {state}")
        if not state or state == "succeeded":
            lacks, time_helps = waits_for(step.request.id, body) if body is not None else ("", True)
            if as_wanted(step, body) and not lacks:
                break
            if lacks and (not time_helps or run.now - approval > run.limits.approval_s):
                raise Halt(Outcome.HUMAN, f"{step.summary}: {lacks}: see to it, then go on with --resume")
            if run.now - since > run.limits.settle_s:
                if _is_half(run, step, body):
                    break
                raise Halt(Outcome.HUMAN, f"{step.summary}: {_unsettled(name, body)}")
        else:
            since = approval = run.now
        yield from run.pause(SETTLE_S, f"{name} is {state or 'not as it should be yet'}")
    yield from _done(run, step, body, sent=sent)
    return None


def _unsettled(name: str, body: Json | None) -> str:
    if body is None:
        return f"Azure says that it is done, and {name} is not there: plan again"
    return f"Azure says that it is done, and {name} reads as before: look at it, then go on with --resume"


def _is_half(run: Run, step: Step, body: Json | None) -> bool:
    """It changed, and reads otherwise than the request: Azure words some settings in its own way."""
    return body is not None and stand(step, body, looking.base(run, step), ours=True) is not Stand.BASE


def _done(run: Run, step: Step, body: Json | None, *, sent: bool) -> Doing[None]:
    seen = None if body is None else base_of(step.request.id, body, "DELETE")
    yield from run.note(Done(step=step.number, sent=sent, seen=seen, when=run.clock))
    run.under_way.discard(step.number)
    run.seen[step.request.id] = seen
    run.done[step.request.id] = step.number
    yield Tell(step=step.number, what="done" if sent else "so already")
