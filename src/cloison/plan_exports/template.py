"""A plan as nested deployments: what the template formats share.

Each wave is a deployment of its own for each resource group, which begins when all of the wave before have ended; so
one resource may be put twice. Templates neither delete nor act, so they end before a wave that does.

Source: Microsoft Learn, "Use linked and nested templates when deploying Azure resources" and "Define the order for
deploying resources in ARM templates", checked 2026-11-24.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cloison.plan.document import PlanDocument, StepReport
from cloison.plan_exports import Json
from cloison.plan_exports.steps import Told, Waves, place, told

OWN = {"apiversion", "comments", "condition", "copy", "dependson", "existing", "resources", "scope"}
"""Names beside `properties` that a template takes for itself, in lower case."""


class Part(NamedTuple):
    """The steps of one wave in one resource group."""

    wave: int
    subscription: str
    group: str
    name: str
    """Of the deployment: at most 64 characters."""
    steps: tuple[StepReport, ...]


def can_tell(plan: PlanDocument, puts: Mapping[int, Json]) -> Told:
    """The waves that a template can say."""
    return told(plan, lambda step: _why_not(step, puts))


def _why_not(step: StepReport, puts: Mapping[int, Json]) -> str:
    if step.request.method in ("DELETE", "POST"):
        return f"a template cannot {'delete' if step.request.method == 'DELETE' else 'act'}"
    if step.number not in puts:
        return "putting the whole resource is not the same as changing a part of it"
    if step.request.query:
        return "a template cannot say the parameters of a request"
    at = place(step.request.path)
    if not at.group:
        return "it stands in no resource group"
    if at.scope and place(at.scope).scope:
        return "it extends what is an extension itself"
    if own := sorted({name for name in puts[step.number] if name.lower() in OWN}):
        return f"{own[0]} means something else in a template"
    if _copies(puts[step.number]):
        return "a property called `copy` would be taken for a loop"
    return ""


def _copies(value: object) -> bool:
    if isinstance(value, dict):
        return any(
            (name.lower() == "copy" and isinstance(one, list)) or _copies(one) for name, one in value.items()
        )
    return isinstance(value, list) and any(_copies(one) for one in value)


def parts(plan: PlanDocument, waves: Waves) -> Iterator[Part]:
    """The deployments, in order."""
    for number, wave in enumerate(waves, start=1):
        groups: dict[tuple[str, str], list[StepReport]] = {}
        spelt: dict[tuple[str, str], tuple[str, str]] = {}
        for step in wave:
            at = place(step.request.path)
            key = (at.subscription.lower(), at.group.lower())
            spelt.setdefault(key, (at.subscription, at.group))
            groups.setdefault(key, []).append(step)
        for count, (key, steps) in enumerate(groups.items(), start=1):
            subscription, group = spelt[key]
            tail = re.sub(r"[^A-Za-z0-9-]+", "-", group)[:30].strip("-")
            name = f"cloison-{plan.digest[:8]}-{number:02}-{count}-{tail}".rstrip("-")
            yield Part(number, subscription, group, name, tuple(steps))


def resource(body: Json) -> Json:
    """The resource as a template has it, expressions not yet escaped; without what names it."""
    return {name: value for name, value in body.items() if name.lower() not in ("id", "name", "type")}
