"""What a deployment would do: it is carried out on a copy of the world, and the two are laid side by side.

So what is shown is what happens, with defaults and consequences, and what stays as it is shows no change.
Source for the form: Microsoft Learn, REST reference "Deployments - What If"; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cloison.arm.ids import ResourceId
from cloison.controlplane import Azure
from cloison.emulator.clock import AtOnce
from cloison.emulator.deployments.deploying import DEPLOYMENTS, Deployment, sent
from cloison.emulator.deployments.wanted import Wanted
from cloison.emulator.operations import Status
from cloison.emulator.world import World
from cloison.model.behaviour import Json, Refused

_ASIDE = frozenset({"etag", "provisioningState", "systemData"})
"""Members that change by being written."""


def rehearsed(world: World, wish: Wanted) -> tuple[World, Deployment]:
    """A copy of the world in which the deployment has been carried out. Raises Refused where that fails."""
    copy = World(
        state=Azure((id, body) for id in world.state if (body := world.state.get(id)) is not None),
        clock=AtOnce(world.clock.seconds()),
        subscriptions=tuple(world.subscriptions),
        tenant=world.tenant,
        seed=f"{world.seed}/preview",
    )
    copy.internal = world.internal
    deployment = Deployment(copy, wish)
    copy.followers.append(deployment.step)
    copy.settle()
    if deployment.status is not Status.SUCCEEDED:
        refused = deployment.refused or Refused(
            400, "InvalidTemplate", "The deployment does not come to an end."
        )
        details = refused.details or [refused.body["error"]]
        text = "The template deployment is not valid according to the validation procedure. See inner errors."
        raise Refused(400, "InvalidTemplateDeployment", text, details=details)
    return copy, deployment


def changes(world: World, wish: Wanted, *, ids_only: bool) -> list[Json]:
    """The changes that the deployment makes. Raises Refused where it would fail."""
    copy, deployment = rehearsed(world, wish)
    found: list[Json] = []
    told = {id: one for id, one in deployment.resources if id.type != DEPLOYMENTS}
    for id, one in told.items():
        before, after = world.state.show(id, one.api_version), copy.state.show(id, one.api_version)
        if before is None:
            head = {"id": id.text, "name": id.name, "type": one.type, "apiVersion": one.api_version}
            made = {**head, "resourceGroup": id.resource_group, **sent(one.body)}
            found.append(_change(id, "Create", None, made, None))
            continue
        delta = list(_delta(_plain(before), _plain(after or {})))
        found.append(_change(id, "Modify" if delta else "NoChange", before, after, delta))
    for id in world.state.children(wish.scope):
        if id not in told and id.type != DEPLOYMENTS:
            kind = "Delete" if wish.mode == "Complete" else "Ignore"
            found.append(_change(id, kind, world.state.show(id), None, None))
    if ids_only:
        return [{"resourceId": one["resourceId"], "changeType": one["changeType"]} for one in found]
    return found


def _change(id: ResourceId, kind: str, before: Any, after: Any, delta: list[Json] | None) -> Json:
    told: Json = {"resourceId": id.text, "changeType": kind}
    for name, value in (("before", before), ("after", after), ("delta", delta)):
        if value is not None:
            told[name] = value
    return told


def _plain(value: Any) -> Any:
    """A copy without what changes by being written."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items() if name not in _ASIDE}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _delta(before: Json, after: Json, path: str = "") -> Iterator[Json]:
    """Differences of two bodies, property by property; lists as a whole."""
    for name in dict.fromkeys([*before, *after]):
        one, other = before.get(name), after.get(name)
        at = f"{path}.{name}" if path else name
        if one == other:
            continue
        if isinstance(one, dict) and isinstance(other, dict):
            yield from _delta(one, other, at)
            continue
        kind = "Create" if name not in before else "Delete" if name not in after else "Modify"
        told: Json = {"path": at, "propertyChangeType": kind, "before": one, "after": other, "children": None}
        yield told
