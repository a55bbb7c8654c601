"""Long-running operations: a request is taken, the resource shows that it is under way, later it is so or has failed.

Taking a request runs it and takes it back, so that what ARM refuses at once is refused at once. Until the operation
ends the state stays as it was, and clients are shown an interim body laid over it; then the request is run again, on
the state of then. One operation at a time holds what it changes.
Sources: RPC contract v1.0, async API reference; domain rules of serial writes; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import Any

import msgspec

from cloison.arm.ids import ResourceId
from cloison.controlplane import Azure, Outcome, run
from cloison.controlplane.chance import Seeded
from cloison.controlplane.run import is_standing, type_of
from cloison.emulator.clock import Clock, written
from cloison.emulator.protocol import Shape, addresses, shape_of
from cloison.kinds import behaviour_of
from cloison.model.behaviour import Json, Pace, Refused, Request, Style, Write, ids_in, laid, look, values_at

KEPT = 10_000
"""Ended operations that can still be asked about. A guess: Azure keeps them for at least a day."""


class Status(Enum):
    """How an operation stands."""

    RUNNING = "InProgress"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    CANCELED = "Canceled"


class Operation(msgspec.Struct, kw_only=True, eq=False):
    """One operation, until and after its end."""

    key: str
    request: Request
    chance: Seeded
    pace: Pace
    shape: Shape
    operation_path: str
    result_path: str
    started: float
    due: float
    """Seconds since 1970 when it ends; infinity for one that never does."""
    interim: Json | None = None
    """The body that is shown meanwhile; None: the resource is shown as it is."""
    held: frozenset[ResourceId] = frozenset()
    status: Status = Status.RUNNING
    ended: float = 0.0
    refused: Refused | None = None
    """Why it failed, or what it is going to fail with."""
    result: Any = None
    """What it answers in the end: the resource, or what an action gives."""
    lingers: int = 0
    """Reads that still show the interim body after it has succeeded."""

    @property
    def is_running(self) -> bool:
        """It has not ended."""
        return self.status is Status.RUNNING

    def body(self) -> Json:
        """The answer at its own address."""
        running = self.shape.running_word or self.pace.waiting
        details: Json = {
            "id": self.operation_path,
            "name": self.key,
            "startTime": written(self.started),
            "endTime": None if self.is_running else written(self.ended),
            "percentComplete": None if self.is_running else 100.0,
        }
        told: Json = {name: details[name] for name in self.shape.tells if details[name] is not None}
        told["status"] = running if self.is_running else self.status.value
        if self.refused is not None and not self.is_running:
            error = self.refused.body
            told["error"] = error.get("error", error)
        return told


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a request."""

    status: int
    body: Any = None
    operation: Operation | None = None
    outcome: Outcome | None = None


class Operations:
    """All operations on one state."""

    def __init__(self, state: Azure, clock: Clock) -> None:
        self.state = state
        self.clock = clock
        self.times: dict[ResourceId, tuple[float, float]] = {}
        """When each resource was made and last changed, in seconds since 1970."""
        self._all: dict[str, Operation] = {}
        self._running: dict[str, Operation] = {}
        self._shown: dict[ResourceId, Operation] = {}

    # --- taking requests ---------------------------------------------------------------------------------

    def submit(self, request: Request, chance: Seeded) -> Taken:
        """Carry out a request, or begin to. Raises Refused, and nothing has changed then."""
        self._refuse_busy(request)
        try:
            outcome = run(self.state, request, chance)
        except Refused as refused:
            if not refused.late:
                raise
            pace = behaviour_of(request.id.type)
            operation = self._begin(request, chance, pace.patch if request.method == "PATCH" else pace.put)
            operation.refused = refused
            return Taken(status=202, operation=operation)
        if outcome.pace.style is Style.AT_ONCE or (outcome.status == 204 and request.method == "DELETE"):
            self._note(outcome)
            return Taken(status=outcome.status, body=outcome.body, outcome=outcome)
        if not outcome.pace.seconds:
            self._note(outcome)
            operation = self._begin(request, chance, outcome.pace)
            self._end(operation, Status.SUCCEEDED, outcome.body)
            return Taken(status=outcome.status, body=outcome.body, operation=operation, outcome=outcome)
        self.state.take_back(outcome.undo)
        operation = self._begin(request, chance, outcome.pace)
        operation.interim = self._interim(request, outcome)
        operation.held = frozenset(holds(request, operation.shape))
        if operation.interim is not None:
            self._shown[request.id] = operation
        return Taken(status=outcome.status, body=outcome.first, operation=operation, outcome=outcome)

    def _begin(self, request: Request, chance: Seeded, pace: Pace, location: str = "") -> Operation:
        shape = shape_of(request.id.type)
        where = location or self._location(request)
        guid = chance.guid("operation")
        key, operation_path, result_path = addresses(shape, request.id, request.method, where, guid)
        made = Operation(
            key=key,
            request=request,
            chance=chance,
            pace=pace,
            shape=shape,
            operation_path=operation_path,
            result_path=result_path,
            started=self.clock.seconds(),
            due=self.clock.due(pace.seconds),
        )
        self._all[key] = made
        self._running[key] = made
        while len(self._all) > KEPT:
            oldest = next(iter(self._all))
            if oldest in self._running:
                break
            del self._all[oldest]
        return made

    def _location(self, request: Request) -> str:
        """Where the resource lies, or the one that it belongs to."""
        body: Json | None = request.body
        id = request.id
        while True:
            told = look(body, "location") or look(self.state.get(id), "location")
            if isinstance(told, str):
                return told.replace(" ", "").lower()
            if not id.type or id.type == "microsoft.resources/resourcegroups":
                return ""
            id, body = id.parent, None

    def _interim(self, request: Request, outcome: Outcome) -> Json | None:
        if request.method == "DELETE":
            return self._marked(request.id, "Deleting")
        if request.method == "POST":
            action = request.action.lower()
            reads = action in behaviour_of(request.id.type).reads
            return None if reads else self._marked(request.id, outcome.pace.waiting)
        first: Json = msgspec.structs.replace(outcome, status=200).first
        return first

    def _marked(self, id: ResourceId, word: str) -> Json | None:
        body = self.state.show(id)
        if body is None or look(body, "properties/provisioningState") is None:
            return None
        return laid(body, "properties/provisioningState", word)

    def _note(self, outcome: Outcome) -> None:
        now = self.clock.seconds()
        for change in outcome.changes:
            if change.body is None:
                self.times.pop(change.id, None)
            else:
                self.times[change.id] = (self.times.get(change.id, (now, now))[0], now)

    # --- who is in whose way -----------------------------------------------------------------------------

    def _refuse_busy(self, request: Request) -> None:
        if not self._running:
            return
        shape = shape_of(request.id.type)
        own = whole(request.id) if shape.whole else request.id
        named = frozenset(holds(request, shape)) - {own}
        for operation in self._running.values():
            if operation.interim is None and not operation.held:
                continue
            if operation.request.id.type == GROUPS and operation.request.id != request.id:
                _refuse_in_group(request, operation.request.id)
                continue
            if any(touch(own, held) for held in operation.held):
                raise self._busy(request, operation, shape)
            target = operation.request.id
            for one in (*named, *ids_in(request.body)):
                if (one in operation.held and one in named) or one == target or one.startswith(f"{target}/"):
                    raise self._not_ready(request, operation, one)

    def _busy(self, request: Request, operation: Operation, shape: Shape) -> Refused:
        status, code = shape.busy
        text = (
            "Another operation on this or dependent resource is in progress. To retrieve status of the operation use "
            f"uri: https://management.azure.com{operation.operation_path}?api-version={request.api_version}."
        )
        return Refused(status, code, text, details=[] if code == "AnotherOperationInProgress" else None)

    def _not_ready(self, request: Request, operation: Operation, named: ResourceId) -> Refused:
        verb, noun = operation.request.method.capitalize(), operation.request.id.type.rpartition("/")[2]
        detail = {
            "code": "ReferencedResourceNotProvisioned",
            "message": f"Cannot proceed with operation because resource {named.text} used by resource "
            f"{request.id.text} is not in Succeeded state. Resource is in Updating state and the last operation that "
            f"updated/is updating the resource is {verb}{noun.capitalize()}Operation.",
        }
        return Refused(429, "RetryableError", "A retryable error occurred.", details=[detail])

    # --- time --------------------------------------------------------------------------------------------

    def settle(self) -> bool:
        """End what is due; whether anything was."""
        if not self._running:
            return False
        now = self.clock.seconds()
        due = sorted((one for one in self._running.values() if one.due <= now), key=lambda one: one.due)
        for operation in due:
            self._finish(operation)
        return bool(due)

    def _finish(self, operation: Operation) -> None:
        request = operation.request
        if operation.refused is None:
            try:
                outcome = run(self.state, request, operation.chance)
            except Refused as refused:
                operation.refused = refused
                self._leave_failed(operation)
            else:
                self._note(outcome)
                self._end(operation, Status.SUCCEEDED, outcome.body)
                return
        elif operation.interim is not None:
            self._leave_failed(operation)
        self._end(operation, Status.FAILED, None)

    def _leave_failed(self, operation: Operation) -> None:
        """A resource whose making or changing failed stays, and says so."""
        request = operation.request
        if request.method not in ("PUT", "PATCH") or look(operation.interim, "properties") is None:
            return
        body = self.state.get(request.id)
        if body is None and request.id.parent.type and request.id.parent not in self.state:
            return
        left = body if body is not None else operation.interim
        assert left is not None
        for pointer in behaviour_of(request.id.type).embeds if body is None else ():
            left = laid(left, pointer, None)
        self.state.write(Write(request.id, laid(left, "properties/provisioningState", "Failed")))

    def _end(self, operation: Operation, status: Status, result: Any) -> None:
        operation.status = status
        operation.result = result
        operation.ended = max(operation.due if operation.due < float("inf") else 0.0, operation.started)
        self._running.pop(operation.key, None)
        if not operation.lingers and self._shown.get(operation.request.id) is operation:
            del self._shown[operation.request.id]

    def open(self, request: Request, chance: Seeded, pace: Pace, *, location: str = "") -> Operation:
        """An operation that somebody else ends, with `close`."""
        made = self._begin(request, chance, pace, location)
        made.due = float("inf")
        return made

    def close(self, operation: Operation, status: Status, result: Any) -> None:
        """End an operation that was opened."""
        operation.due = self.clock.seconds()
        self._end(operation, status, result)

    @property
    def holds_anything(self) -> bool:
        """Some operation is in the way of others."""
        return any(one.held for one in self._running.values())

    def cancel(self, operation: Operation) -> None:
        """Stop an operation that runs; the resource stays as it was."""
        if operation.is_running:
            self._end(operation, Status.CANCELED, None)

    def lose(self, operation: Operation) -> None:
        """Forget where an operation can be asked about; it goes on."""
        self._all.pop(operation.key, None)

    # --- looking -----------------------------------------------------------------------------------------

    def find(self, key: str) -> Operation | None:
        """The operation with that key."""
        return self._all.get(key)

    @property
    def running(self) -> Sequence[Operation]:
        """Operations that have not ended, oldest first."""
        return list(self._running.values())

    def show(self, id: ResourceId, version: str = "") -> Json | None:
        """The resource as a GET answers it now."""
        operation = self._shown.get(id) if self._shown else None
        if operation is None:
            if is_standing(self.state, id):
                return {"id": id.text, "name": id.name, "type": type_of(id), "properties": {}}
            return self.state.show(id, version)
        if not operation.is_running:
            operation.lingers -= 1
            if operation.lingers < 1:
                del self._shown[id]
        return operation.interim

    @property
    def shows_what_stands(self) -> bool:
        """No resource is shown otherwise than it stands in the state."""
        return not self._shown

    def exists(self, id: ResourceId) -> bool:
        """A GET finds it: it is there, or being made."""
        return id in self.state or id in self._shown or is_standing(self.state, id)

    def making(self) -> Iterator[ResourceId]:
        """Resources that are being made and are not in the state yet."""
        return (id for id in self._shown if id not in self.state)


GROUPS = "microsoft.resources/resourcegroups"


def _refuse_in_group(request: Request, group: ResourceId) -> None:
    """Raises Refused for what would be made in a group that is being deleted. Roles and locks are still taken.

    Source: answers recorded by azure-service-operator (2023); Microsoft Learn, Delete resource groups; checked
    2026-11-24.
    """
    inside = request.id.startswith(f"{group}/")
    if inside and request.method != "DELETE" and not request.id.type.startswith("microsoft.authorization/"):
        text = (
            f"The resource group '{group.name}' is in deprovisioning state and cannot perform this operation."
        )
        raise Refused(409, "ResourceGroupBeingDeleted", text)


def whole(id: ResourceId) -> ResourceId:
    """The resource that a child is a part of: the network of a subnet."""
    head, separator, tail = id.text.rpartition("/providers/")
    if not separator:
        return id
    return ResourceId(f"{head}/providers/{'/'.join(tail.split('/')[:3])}")


def touch(one: ResourceId, other: ResourceId) -> bool:
    """The two are the same, or one lies in the other."""
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def holds(request: Request, shape: Shape) -> Iterable[ResourceId]:
    """What nobody else may change while the request is under way."""
    yield whole(request.id) if shape.whole else request.id
    for pointer in behaviour_of(request.id.type).holds:
        for value in values_at(request.body, pointer):
            if isinstance(value, str) and value.startswith("/"):
                yield ResourceId(value)
