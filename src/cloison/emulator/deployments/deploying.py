"""A deployment under way: resources put in the order in which they wait for each other, as many at once as may be.

It is moved on whenever time is looked at. What it has deployed, later parts of the template can refer to; so the
template is expanded again while something in it is open.
Source for the answers: deployments recorded by azure-cli (2020-2023); Microsoft Learn, "View deployment history";
checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from cloison.arm.ids import NotAnId, ResourceId
from cloison.emulator.deployments.wanted import Wanted, expanded
from cloison.emulator.operations import Operation, Status
from cloison.emulator.wire import Asked
from cloison.emulator.world import World
from cloison.model.behaviour import Json, Pace, Refused, Request, Style
from cloison.sources.arm_template import DeployedResource, Expansion, Symbol

DEPLOYMENTS = "microsoft.resources/deployments"
_ROUNDS = 2_000
"""Times that one template is expanded at most: once for each resource that another one waits for."""
_FAILED = (
    "At least one resource deployment operation failed. Please list deployment operations for details. Please see "
    "https://aka.ms/arm-deployment-operations for usage details."
)


class Task(msgspec.Struct, kw_only=True):
    """One resource of a deployment."""

    id: ResourceId
    key: str
    """Of the deployment operation that clients can list."""
    started: float
    operation: Operation | None = None
    ended: float = 0.0
    status: int = 0
    """HTTP status of the resource's own answer; 0 while it is under way."""
    refused: Refused | None = None

    @property
    def is_done(self) -> bool:
        """It has ended well."""
        return self.ended > 0 and self.refused is None


Key = tuple[str, ResourceId]
"""The nested deployment that deploys a resource, in lower case and empty for the outermost; and the resource."""


class Deployment:
    """One deployment, while it is under way and afterwards."""

    def __init__(self, world: World, wish: Wanted) -> None:
        """Raises Refused for a template that is wrong."""
        self.wish = wish
        self.world = world
        self.tasks: dict[Key, Task] = {}
        """One for each resource of each template: nested ones may put the same resource one after another."""
        self.status = Status.RUNNING
        self.started = self.changed = world.clock.seconds()
        self.correlation = world.chance().guid("correlation")
        self.outputs: Json = {}
        self.refused: Refused | None = None
        self.operation: Operation | None = None
        self._rounds = 0
        self._stale = False
        self.expansion = self._expanded(None)
        self._check_gaps()

    # --- what the template says now ------------------------------------------------------------------------

    def _expanded(self, pending: frozenset[ResourceId] | None) -> Expansion:
        self._rounds += 1
        if self._rounds > _ROUNDS:
            raise Refused(
                400, "InvalidTemplate", "Deployment template validation failed: it does not come to an end."
            )
        return expanded(self.world, self.wish, pending)

    def _check_gaps(self) -> None:
        for gap in self.expansion.gaps:
            if gap.outside:
                raise Refused(
                    400, "InvalidContentLink", f"{gap.what}: {gap.why}; the emulator opens no links."
                )

    @property
    def resources(self) -> Iterator[tuple[ResourceId, DeployedResource]]:
        """What it deploys, as far as that is known."""
        for one in self.expansion.resources:
            if one.existing or one.exists is False:
                continue
            try:
                yield ResourceId.parse(one.id), one
            except NotAnId:
                continue

    def _pending(self) -> frozenset[ResourceId]:
        """What does not run yet."""
        done = {key[1] for key, task in self.tasks.items() if task.is_done}
        return frozenset(id for id, _ in self.resources if id not in done)

    def _all_done(self) -> bool:
        return all(self._is_done(_key(id, one)) for id, one in self.resources)

    def _is_done(self, key: Key) -> bool:
        return key in self.tasks and self.tasks[key].is_done

    def task_of(self, nested: ResourceId) -> Task | None:
        """The task of a nested deployment."""
        return next((task for (_, id), task in self.tasks.items() if id == nested), None)

    # --- moving on -----------------------------------------------------------------------------------------

    def step(self) -> bool:
        """Start what can start and end what has ended; whether anything did."""
        if self.status is not Status.RUNNING:
            return False
        moved = self._look()
        while self._close_nested():
            moved = True
        if any(task.refused is not None for task in self.tasks.values()):
            if not self._waits():
                self._fail()
                moved = True
            return moved
        try:
            if self._stale and self._is_open():
                self.expansion = self._expanded(self._pending())
                self._stale = False
            ready = list(self._ready())
            for id, one in ready:
                moved = self._start(id, one) or moved
            if self._all_done() and not self._left():
                self._finish()
                moved = True
            elif not moved and not ready and not self._waits():
                raise self._unresolved()
        except Refused as refused:
            self.refused = refused
            self._end(Status.FAILED)
            return True
        return moved

    def _waits(self) -> bool:
        """Something that was begun has not ended. A nested deployment waits for nothing itself."""
        return any(not task.ended and task.id.type != DEPLOYMENTS for task in self.tasks.values())

    def _look(self) -> bool:
        moved = False
        for task in self.tasks.values():
            operation = task.operation
            if task.ended or operation is None or operation.is_running:
                continue
            task.ended = max(operation.ended, task.started)
            if operation.status is not Status.SUCCEEDED:
                task.refused = operation.refused or Refused(
                    409, "OperationCanceled", "The operation was canceled."
                )
            self._stale = moved = True
        return moved

    def _is_open(self) -> bool:
        return any(
            (one.within.lower(), one.id.lower()) not in self.tasks and is_open((one.id, one.exists, one.body))
            for one in self.expansion.resources
            if not one.existing
        )

    def _left(self) -> bool:
        """Something of the template has no name yet, or it is not known whether it is deployed."""
        return any(
            isinstance(one.exists, Symbol) or "{" in one.id
            for one in self.expansion.resources
            if not one.existing and one.exists is not False
        )

    def _ready(self) -> Iterator[tuple[ResourceId, DeployedResource]]:
        for id, one in list(self.resources):
            if _key(id, one) in self.tasks or isinstance(one.exists, Symbol) or "{" in one.id:
                continue
            through = all(self._is_through(one.within, ResourceId(other)) for other in one.depends_on)
            if through and self._inside(one):
                if id.type == DEPLOYMENTS or not is_open(one.body):
                    yield id, one

    def _inside(self, one: DeployedResource) -> bool:
        """The nested deployment that deploys it has begun."""
        return not one.within or self.task_of(ResourceId(one.within)) is not None

    def _is_through(self, within: str, id: ResourceId) -> bool:
        # What the template refers to without deploying it, or does not deploy after all, is waited for by nobody.
        same = [_key(other, one) for other, one in self.resources if other == id]
        own = [key for key in same if key[0] == within.lower()]
        return all(self._is_done(key) for key in own or same)

    def _start(self, id: ResourceId, one: DeployedResource) -> bool:
        world = self.world
        key = world.chance().guid("deployment operation")
        task = Task(id=id, key=key, started=world.clock.seconds())
        if id.type == DEPLOYMENTS:
            self.tasks[_key(id, one)] = task
            return True
        asked = Asked.of("PUT", f"{one.id}?api-version={one.api_version}", sent(one.body))
        try:
            answer = world.internal(world, asked)
        except Refused as refused:
            if refused.status in (409, 429) and world.operations.holds_anything:
                # Something else holds what it needs: it is tried again when that has ended.
                return False
            task.refused, task.status = refused, refused.status
            task.ended = world.clock.seconds()
        else:
            task.status = answer.status
            task.operation = answer.operation
            if answer.operation is None:
                task.ended = world.clock.seconds()
                self._stale = True
        self.tasks[_key(id, one)] = task
        return True

    def _close_nested(self) -> bool:
        moved = False
        for id, nested in list(self.resources):
            task = self.tasks.get(_key(id, nested))
            if id.type != DEPLOYMENTS or task is None or task.ended:
                continue
            inner = [_key(other, one) for other, one in self.resources if one.within.lower() == id]
            if all(self._is_done(key) for key in inner):
                task.ended, task.status = self.world.clock.seconds(), 200
                self._stale = moved = True
        return moved

    def _unresolved(self) -> Refused:
        for one in self.expansion.resources:
            begun = (one.within.lower(), one.id.lower()) in self.tasks
            if not begun and not one.existing and one.exists is not False:
                open_value = next(symbols((one.id, one.exists, one.body)), None)
                shown = open_value.text if open_value is not None else "what it waits for"
                return Refused(
                    400,
                    "InvalidTemplate",
                    f"Unable to process template language expressions for resource '{one.id}': '{shown}' is not known "
                    "after everything that it depends on was deployed.",
                )
        return Refused(400, "InvalidTemplate", "The deployment does not come to an end.")

    # --- the end -------------------------------------------------------------------------------------------

    def _finish(self) -> None:
        if self.wish.mode == "Complete":
            self._delete_others()
        self.expansion = self._expanded(frozenset())
        for gap in self.expansion.gaps:
            if gap.code:
                raise Refused(400, gap.code, f"{gap.what}: {gap.why}")
        for name, output in self.expansion.outputs.items():
            if output.exists is False:
                continue
            if is_open((output.value, output.exists)):
                text = f"Unable to evaluate template outputs: '{name}'. Please see error details."
                raise Refused(400, "DeploymentOutputEvaluationFailed", text)
            secret = output.type.lower().startswith("secure")
            self.outputs[name] = {"type": output.type} | ({} if secret else {"value": output.value})
        self._end(Status.SUCCEEDED)

    def _delete_others(self) -> None:
        """A complete deployment leaves nothing in its group that its template does not have."""
        kept = {id for id, _ in self.resources}
        for id in list(self.world.state.children(self.wish.scope)):
            if id not in kept and id.type != DEPLOYMENTS and id in self.world.state:
                self.world.internal(self.world, Asked.of("DELETE", f"{id.text}?api-version=2024-01-01"))

    def _fail(self) -> None:
        details: list[Json] = []
        for task in self.tasks.values():
            if task.refused is not None:
                error = task.refused.body
                details.append({**error.get("error", error), "target": task.id.text})
        self.refused = Refused(409, "DeploymentFailed", _FAILED, target=self.wish.id.text, details=details)
        self._end(Status.FAILED)

    def _end(self, status: Status) -> None:
        self.status = status
        now = self.world.clock.seconds()
        self.changed = now
        for task in self.tasks.values():
            task.ended = task.ended or now
        if self.operation is not None:
            self.operation.refused = self.refused
            self.world.operations.close(self.operation, status, None)

    def cancel(self) -> None:
        """Start nothing more. What is under way goes on."""
        if self.status is Status.RUNNING:
            self._end(Status.CANCELED)


def _key(id: ResourceId, one: DeployedResource) -> Key:
    return one.within.lower(), id


def sent(body: Any) -> Json:
    """A resource's body as it is put."""
    return {name: value for name, value in body.items() if name.lower() not in {"id", "name", "type"}}


def is_open(value: Any) -> bool:
    """Something in it is not known."""
    return next(symbols(value), None) is not None


def symbols(value: Any) -> Iterator[Symbol]:
    """What is not known in a value."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Symbol):
            yield one
        elif isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list | tuple):
            waiting.extend(one)


class Deployments:
    """All deployments of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._all: dict[ResourceId, Deployment] = {}

    def begin(self, wish: Wanted) -> Deployment:
        """Take a deployment. Raises Refused for a template that is wrong, and while one of that name is under way."""
        before = self._all.get(wish.id)
        if before is not None and before.status is Status.RUNNING:
            text = f"Unable to edit or replace deployment '{wish.name}': previous deployment is still active."
            raise Refused(409, "DeploymentActive", text)
        made = Deployment(self._world, wish)
        request = Request(method="PUT", id=wish.id, api_version=wish.version)
        made.operation = self._world.operations.open(
            request, self._world.chance(), Pace(style=Style.ASYNC), location=wish.location
        )
        self._all[wish.id] = made
        return made

    @property
    def all(self) -> list[Deployment]:
        """Every deployment."""
        return list(self._all.values())

    def find(self, id: ResourceId) -> Deployment | None:
        """The deployment of that id."""
        return self._all.get(id)

    def of(self, scope: ResourceId) -> list[Deployment]:
        """The deployments to a scope, newest first."""
        return [one for id, one in reversed(self._all.items()) if id.parent == scope]

    def forget(self, id: ResourceId) -> bool:
        """Delete one from the history; whether it was there."""
        return self._all.pop(id, None) is not None

    def advance(self) -> bool:
        """Move all on; whether anything moved. A group that is gone takes its deployments with it."""
        moved = False
        for id, one in list(self._all.items()):
            if id.resource_group and id.parent not in self._world.state:
                one.cancel()
                del self._all[id]
            else:
                moved = one.step() or moved
        return moved
