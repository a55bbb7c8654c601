"""Plans for those who only know "as it shall be": the PUT that comes to the same as a PATCH.

Templates put whole resources. Whether putting the whole is the same as changing a part is not assumed but tried on the
predicted state; where it is not, or Azure would refuse it, there is no such PUT.
"""

from __future__ import annotations

from collections.abc import Sequence

from cloison.arm.ids import ResourceId
from cloison.controlplane import Outcome, Seeded, run
from cloison.model.behaviour import Json, Refused, Request, Write, merged
from cloison.model.snapshot import Snapshot
from cloison.plan.change import whole
from cloison.plan.document import PlanDocument, StepReport
from cloison.plan.world import World


def puts(snapshot: Snapshot, document: PlanDocument) -> dict[int, Json]:
    """Bodies by the number of their step: of each PUT as planned, of a PATCH what a PUT would have to carry.

    snapshot: what the plan was made from.
    """
    azure = World(snapshot)
    found: dict[int, Json] = {}
    for step in document.steps:
        body = step.request.body
        if step.request.method == "PATCH":
            body = _instead(step, azure)
        if body is not None and step.request.method in ("PUT", "PATCH"):
            found[step.number] = body
        request = request_of(step)
        _carry_out(request, azure, request)
    return found


def request_of(step: StepReport) -> Request:
    """The request of a step, for the control plane."""
    asked = step.request
    path, action = asked.path, ""
    if asked.method == "POST":
        path, _, action = path.rpartition("/")
    return Request(
        method=asked.method,
        id=ResourceId(path),
        action=action,
        body=asked.body,
        api_version=asked.api_version,
        query={name.lower(): value for name, value in asked.query.items()},
    )


def _instead(step: StepReport, azure: World) -> Json | None:
    """The body of a PUT that leaves everything as the PATCH does."""
    patch = request_of(step)
    held = azure.get(patch.id)
    if held is None:
        return None
    body = merged(whole(held, patch.id, azure), patch.body)
    after = _after(patch, azure, patch)
    put = Request(method="PUT", id=patch.id, body=body, api_version=patch.api_version)
    try:
        return body if _after(put, azure, patch) == after else None
    except Refused:
        return None


def _after(request: Request, azure: World, chosen: Request) -> dict[ResourceId, Json | None]:
    """What a request writes, etags aside; the state is as it was afterwards. Raises Refused.

    chosen: whose choices Azure makes where it has any, such as new GUIDs.
    """
    touched: Sequence[Write] = _carry_out(request, azure, chosen).undo
    before = {one.id: one.body for one in reversed(touched)}
    written = {id: azure.get(id) for id in before}
    azure.take_back(touched)
    # What stays as it was is not written.
    return {id: _bare(body) for id, body in written.items() if _bare(body) != _bare(before[id])}


def _bare(body: Json | None) -> Json | None:
    return body if body is None else {name: value for name, value in body.items() if name != "etag"}


def _carry_out(request: Request, azure: World, chosen: Request) -> Outcome:
    return run(azure, request, Seeded(f"{chosen.method} {chosen.id}/{chosen.action}"))
