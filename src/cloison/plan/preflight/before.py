"""Right before a plan is carried out: nothing is sent where it is sure that a step would be refused.

A plan that stops halfway is safe, but nobody wants to find out in its middle that a right is missing.
"""

from __future__ import annotations

from cloison.model.errors import CloisonError
from cloison.model.snapshot import Snapshot
from cloison.plan.document import PlanDocument
from cloison.plan.preflight.check import Answers
from cloison.plan.preflight.document import Stopped
from cloison.plan.preflight.look import Asking, look_through, questions
from cloison.plan.puts import request_of
from cloison.plan.world import World


def stopped(document: PlanDocument, snapshot: Snapshot, ask: Asking | None) -> tuple[Stopped, ...]:
    """Each step with what is in its way. snapshot: of right now; ask: None where nothing is live."""
    start, answers = World(snapshot), Answers(live=ask is not None)
    if ask is not None:
        answers.add(ask(questions(start, map(request_of, document.steps))))
    return look_through(document.steps, World(snapshot), start, snapshot, answers)


def refuse_stopped(document: PlanDocument, snapshot: Snapshot, ask: Asking | None) -> list[str]:
    """What is not known of the plan's steps, a sentence each.

    Raises CloisonError E541 for a step that would be refused.
    """
    looked = stopped(document, snapshot, ask)
    sure = [(one.step, obstacle) for one in looked for obstacle in one.obstacles if obstacle.sure]
    if sure:
        step, first = sure[0]
        steps = len({each.number for each, _ in sure})
        more = f"; {steps - 1} more steps would be refused" if steps > 1 else ""
        raise CloisonError(
            "E541",
            f"step {step.number} would be refused: {step.summary}",
            because=f"{first.why}{more}; nothing was sent",
            help="plan again with --preflight: it plans what you can do, and writes a request for the rest",
        )
    told = {obstacle.why: one.step.number for one in reversed(looked) for obstacle in one.obstacles}
    return [f"step {number}: {why}" for why, number in sorted(told.items(), key=lambda one: one[1])]
