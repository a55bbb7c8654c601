"""The targets of a run as they answer right now, one by one: queries of many do not tell etags and times of making."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from cloison.apply.undo.done import Run
from cloison.apply.work import Where
from cloison.arm.client import Arm
from cloison.arm.errors import Answered, ArmError
from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Json
from cloison.model.errors import CloisonError


def bodies(run: Run, where: Where) -> Mapping[ResourceId, Json | None]:
    """The body of each target, None where it is not there. Raises CloisonError E533 where one cannot be read."""
    wanted = {one.id: one.step.request.api_version for one in run.did}
    return asyncio.run(_bodies(wanted.items(), where))


async def _bodies(wanted: Iterable[tuple[ResourceId, str]], where: Where) -> dict[ResourceId, Json | None]:
    async with Arm(where.endpoint, ca=where.ca) as arm:
        found = await asyncio.gather(*(_body(arm, id, version) for id, version in wanted))
    return dict(found)


async def _body(arm: Arm, id: ResourceId, version: str) -> tuple[ResourceId, Json | None]:
    try:
        answer = await arm.get(id.text, version)
    except ArmError as problem:
        if (
            isinstance(problem, Answered)
            and problem.status == 404
            and problem.code.lower().endswith("notfound")
        ):
            return id, None
        raise CloisonError(
            "E533",
            f"{id.name} cannot be read",
            because=str(problem),
            help="see what it says; without it nothing shows whether it is what the run left",
        ) from problem
    return id, answer.body if isinstance(answer.body, dict) else {}
