"""Asking Azure what the checks want to know. Reads and never writes: the client that it makes has no gate."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cloison.arm.client import Arm
from cloison.arm.errors import Answered, ArmError
from cloison.plan.preflight.check import FORBIDDEN, Ask, Silent


def ask(asks: Iterable[Ask], base: str, ca: Path | None) -> Mapping[Ask, Any]:
    """The answers, many at a time. base: address of ARM; ca: certificates to trust beside the system's.

    A question that is not answered is a `Silent` with its reason; none of them ends the others.
    """
    return asyncio.run(_all(list(asks), base, ca))


async def _all(asks: list[Ask], base: str, ca: Path | None) -> Mapping[Ask, Any]:
    async with Arm(base, ca=ca) as arm:
        told = await asyncio.gather(*(_one(arm, one) for one in asks))
    return dict(zip(asks, told, strict=True))


async def _one(arm: Arm, one: Ask) -> Any:
    try:
        if not one.listed:
            return (await arm.get(one.path, one.api)).body
        return [item async for page in arm.pages(one.path, one.api) for item in page]
    except Answered as problem:
        right = f"; it takes {one.right}" if problem.status == FORBIDDEN and one.right else ""
        return Silent(f"{problem.status} {problem.code}{right}", problem.status)
    except ArmError as problem:
        return Silent(str(problem), -1)
