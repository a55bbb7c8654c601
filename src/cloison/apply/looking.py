"""Looking at a target until it is known how it stands: through errors, replicas that lag, and operations of others."""

from __future__ import annotations

import msgspec

from cloison.apply.actions import Look
from cloison.apply.reading import Stand, as_wanted, base_now, foreign, stand
from cloison.apply.refusals import advice
from cloison.apply.run import Doing, Halt, Outcome, Run
from cloison.apply.step import Step
from cloison.arm.client import Answer
from cloison.arm.errors import FINAL, Answered, ArmError, BadAnswer, NotSignedIn
from cloison.arm.operations import state_of
from cloison.arm.waiting import backoff
from cloison.model.behaviour import Json
from cloison.plan.base import FAILED, Base, base_of, drift

TRIES = 12
"""Of one look: with pauses that grow to 30 seconds, about four minutes."""
MOVING_S = 10.0
"""Seconds between looks at something that others change."""


class Found(msgspec.Struct, frozen=True):
    """How a target stands, and what was read of it."""

    stand: Stand
    body: Json | None


def look(run: Run, step: Step) -> Doing[Json | None]:
    """The target's body, None where it is not there. Raises Halt where it cannot be read."""
    name = step.request.id.name
    why = ""
    for attempt in range(TRIES):
        try:
            return _body(step, (yield Look(step.request.id.text, step.request.api_version)))
        except NotSignedIn as problem:
            raise Halt(Outcome.STOPPED, f"{problem}: sign in, then go on with --resume") from problem
        except ArmError as problem:
            if isinstance(problem, Answered) and _is_absence(problem):
                return None
            why = f"{name} cannot be read: {problem}"
            if isinstance(problem, Answered) and _stays(problem, attempt):
                raise Halt(Outcome.HUMAN, f"{why}: {advice(problem)}") from problem
            asked = problem.wait_s if isinstance(problem, Answered) else None
        yield from run.pause(backoff(attempt, asked, 0.5), why)
    raise Halt(Outcome.STOPPED, f"{why}; go on with --resume")


def seems_ended(step: Step) -> Doing[bool]:
    """One look: the target reads as the step wants it, or says that it failed. What cannot be read says nothing."""
    try:
        body = _body(step, (yield Look(step.request.id.text, step.request.api_version)))
    except ArmError as problem:
        if not isinstance(problem, Answered) or not _is_absence(problem):
            return False
        body = None
    state = state_of(body)
    return state in FAILED or (state in ("", "succeeded") and as_wanted(step, body))


def _stays(problem: Answered, attempt: int) -> bool:
    """Reading again does not help: it is refused for good, or was answered strangely three times."""
    return problem.code.lower() in FINAL or (not problem.retryable and attempt > 1)


def _body(step: Step, answer: Answer) -> Json:
    """Raises BadAnswer for an answer that is not of this resource."""
    body = answer.body
    if not isinstance(body, dict):
        raise BadAnswer(f"{step.request.id.name} answers no object")
    told = body.get("id")
    if isinstance(told, str) and told.rstrip("/").lower() != step.request.id:
        raise BadAnswer(f"{step.request.id.name} answers another resource's body")
    return body


def _is_absence(problem: Answered) -> bool:
    """A 404 of Resource Manager or a provider that speaks of the resource; a proxy's says nothing."""
    code = problem.code.lower()
    return problem.status == 404 and code.endswith("notfound") and code != "subscriptionnotfound"


def base(run: Run, step: Step) -> Base | None:
    """What the target was right before the step: as planned, or as an earlier step of this run left it."""
    if step.request.id in run.seen:
        return base_now(step, run.seen[step.request.id])
    return step.base


def decided(run: Run, step: Step, *, ours: bool, unclear: bool) -> Doing[Found]:
    """How the target stands, when nothing moves any more. Raises Halt for drift.

    unclear: a request may have happened without our knowing. That it did not, and that something is gone which was
    there, is believed only after several looks over a minute, and a list that does not have the resource either.
    """
    agreed, since, last = 0, run.now, None
    while True:
        body = yield from look(run, step)
        was = base(run, step)
        found = stand(step, body, was, ours=ours)
        agreed, since = (agreed, since) if found is last else (0, run.now)
        agreed, last = agreed + 1, found
        if found is Stand.MOVING:
            yield from run.pause(MOVING_S, f"{step.request.id.name} is being changed by an operation")
            continue
        doubtful = (unclear and found is Stand.BASE) or (body is None and was is not None)
        if doubtful and not (yield from _is_sure(run, step, body, agreed, since)):
            yield from run.pause(
                run.limits.between_s, f"whether {step.request.id.name} was changed is not known yet"
            )
            continue
        if found is Stand.DRIFTED:
            raise Halt(Outcome.HUMAN, _drifted(run, step, body))
        return Found(found, body)


def _is_sure(run: Run, step: Step, body: Json | None, agreed: int, since: float) -> Doing[bool]:
    """So many looks, over so long, have said the same, and a list does not say otherwise."""
    if not is_long_enough(run, agreed, since):
        return False
    if body is not None:
        return True
    listed = yield from _listed(step)
    # Without a list to ask, looks have to say the same for longer.
    return not listed if listed is not None else agreed >= 2 * run.limits.sure_looks


def is_long_enough(run: Run, agreed: int, since: float) -> bool:
    """So many looks, over so long, have said the same."""
    return agreed >= run.limits.sure_looks and run.now - since >= run.limits.sure_s


def _listed(step: Step) -> Doing[bool | None]:
    """The list of its siblings has it, though a look does not find it; None where there is no list to be had."""
    path = step.request.id.text.rpartition("/")[0]
    try:
        answer = yield Look(path, step.request.api_version)
    except ArmError as problem:
        # Not every list can be asked for; where this one can, its answer is waited for.
        return True if problem.retryable or not isinstance(problem, Answered) else None
    listed = answer.body.get("value") if isinstance(answer.body, dict) else None
    if not isinstance(listed, list):
        return False
    return any(isinstance(one, dict) and str(one.get("id", "")).lower() == step.request.id for one in listed)


def _drifted(run: Run, step: Step, body: Json | None) -> str:
    """What somebody changed, in one line."""
    name, was = step.request.id.name, base(run, step)
    if body is None:
        return f"{name} is gone since the plan was made: plan again"
    if was is None:
        return f"{name} is there already, and is not what the plan makes: plan again"
    changed = drift(was, base_of(step.request.id, body, step.request.method))
    shown = foreign(step, changed) or changed
    more = f" and {len(shown) - 3} more" if len(shown) > 3 else ""
    return f"{name} was changed since the plan was made, at {', '.join(shown[:3])}{more}: plan again"


def still_so(run: Run, step: Step) -> Doing[None]:
    """Return when the target of a step that is done still reads so. Raises Halt where somebody changed it since."""
    name, agreed, since = step.request.id.name, 0, run.now
    while True:
        body = yield from look(run, step)
        state = state_of(body)
        if as_wanted(step, body) and (not state or state == "succeeded"):
            return
        left = base_now(step, run.seen[step.request.id])
        now = None if body is None else base_of(step.request.id, body, step.request.method)
        if not drift(left, now):
            return
        moving = state not in ("", "succeeded", *FAILED)
        agreed, since = (0, run.now) if moving else (agreed + 1, since)
        # A replica may tell what was before, for a while.
        if not moving and (yield from _is_sure(run, step, body, agreed, since)):
            raise Halt(Outcome.HUMAN, f"{name} is no longer as step {step.number} left it: plan again")
        yield from run.pause(run.limits.between_s, f"{name} is not as step {step.number} left it")
