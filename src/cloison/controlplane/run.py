"""Running a request: order of checks, follow-ups, and the answer. What it means for a type is told by its behaviour."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from cloison.arm.ids import ResourceId
from cloison.controlplane.shape import of_version, shaped, without
from cloison.controlplane.state import Azure
from cloison.kinds import behaviour_of, folders, kind_of
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Pace,
    Refused,
    Request,
    Signal,
    Write,
    as_it_is,
    laid,
    look,
    merged,
)

FOLLOW_UPS_MAX = 20_000
"""Consequences of one request. A guess: deleting the largest resource group we know takes 3,000."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a request came to. The state has it already."""

    status: int
    """Of the first answer."""
    body: Any
    """The resource as it is shown, or what an action answers; None where there is no body."""
    pace: Pace
    created: bool
    changes: tuple[Write, ...]
    """Every write, in order."""
    undo: tuple[Write, ...]
    """What `Azure.take_back` takes the changes back with."""
    begins: Callable[[Json], Json] = as_it_is

    @property
    def first(self) -> Any:
        """The body of the first answer, while the operation runs; None where there is none yet."""
        if self.status == 202 or not isinstance(self.body, dict) or not self.pace.seconds:
            return None if self.status == 202 else self.body
        body = without(self.begins(self.body), self.pace.absent)
        for pointer in self.pace.unset:
            held = look(body, pointer)
            body = body if held is None else laid(body, pointer, [] if isinstance(held, list) else None)
        if look(body, "properties/provisioningState") is not None:
            body = laid(body, "properties/provisioningState", self.pace.waiting)
        return body


def run(state: Azure, request: Request, chance: Chance) -> Outcome:
    """Carry out one request with all its consequences. Raises Refused, and leaves the state as it was then."""
    # Locks are looked at where a request comes in: what it brings about inside a provider passes none.
    if not request.by_azure:
        state.permit(request)
        _guard(state, request)
    work = _Work(state, chance)
    existed = request.id in state or is_standing(state, request.id)
    try:
        answer = work.request(request)
        work.follow()
    except BaseException:
        state.take_back(work.undo)
        raise
    behaviour = behaviour_of(request.id.type)
    pace = _pace(behaviour, request, existed=existed)
    if pace.idle and existed and not work.changed:
        pace = msgspec.structs.replace(pace, seconds=0)
    body = answer
    if request.method == "DELETE" and isinstance(answer, dict) and request.api_version:
        body = of_version(answer, behaviour, request.api_version)
    elif request.method in ("PUT", "PATCH"):
        body = state.show(request.id, request.api_version)
    return Outcome(
        status=_status(request, pace, existed=existed),
        body=body,
        pace=pace,
        created=request.method == "PUT" and not existed,
        changes=tuple(work.changes),
        undo=tuple(work.undo),
        begins=behaviour.begins,
    )


class _Work:
    """One request under way."""

    def __init__(self, state: Azure, chance: Chance) -> None:
        self.state = state
        self.chance = chance
        self.changes: list[Write] = []
        self.undo: list[Write] = []
        self.pending: deque[Request | Signal] = deque()

    def request(self, request: Request) -> Any:
        """Carry out one request without its follow-ups, which are pending then."""
        if request.method == "DELETE":
            old = self.state.get(request.id)
            # What Azure lets go of may be gone already, and what it stood in.
            if not request.by_azure:
                _check_place(self.state, request, old)
            _check_etag(behaviour_of(request.id.type), request, old)
            return self._delete(request)
        if request.method == "POST":
            return self._post(request)
        return self._make(request)

    def follow(self) -> None:
        """Carry out what is pending, and what follows from that."""
        left = FOLLOW_UPS_MAX
        while self.pending:
            left -= 1
            if left < 0:
                raise Refused(500, "InternalServerError", "the consequences of this request do not end")
            one = self.pending.popleft()
            if isinstance(one, Request):
                self.request(one)
            else:
                self._signal(one)

    @property
    def changed(self) -> bool:
        """Whether anything is another than before, but for tags and etags."""
        before = [one.body for one in self.undo]
        return any(
            (one.body is None) != (old is None) or _settled(one.body) != _settled(old)
            for one, old in zip(self.changes, before, strict=True)
        )

    def _take(self, effects: Effects) -> Any:
        for write in effects.writes:
            self.changes.append(write)
            self.undo.append(self.state.write(write))
        # What follows from this comes before what was pending already: consequences first.
        self.pending.extendleft(reversed(effects.then))
        return effects.answer

    def _make(self, request: Request) -> Any:
        behaviour = behaviour_of(request.id.type)
        old = self.state.get(request.id)
        if is_standing(self.state, request.id.parent):
            self.request(Request(method="PUT", id=request.id.parent, body={}, by_azure=True))
        _check_place(self.state, request, old)
        _check_etag(behaviour, request, old)
        if request.method == "PATCH":
            request = _whole(request, behaviour, old)
        body = shaped(request, behaviour.schema, old, type_of(request.id))
        body, children = _children(self.state, behaviour, request, body)
        if behaviour.etags != "no":
            body = {**body, "etag": behaviour.etag.format(self.chance.guid("etag", str(request.id)))}
        if behaviour.schema.provisioned:
            body = laid(body, "properties/provisioningState", "Succeeded")
        if behaviour.signed:
            body = {**body, "systemData": _signed(request, old, self.chance)}
        with _understood(request):
            effects = behaviour.make(self.state, request, body, self.chance)
        return self._take(msgspec.structs.replace(effects, then=(*children, *effects.then)))

    def _delete(self, request: Request) -> Any:
        if request.id not in self.state:
            return None
        behaviour = behaviour_of(request.id.type)
        behaviour.held(self.state, request)
        self._clear(request.id)
        if request.id not in self.state:
            return None
        return self._take(behaviour.remove(self.state, request, self.chance))

    def _clear(self, id: ResourceId) -> None:
        """Everything below one gone, each with its own consequences. What is held waits for what holds it."""
        waiting: Sequence[ResourceId] = self.state.children(id)
        while waiting:
            held: list[ResourceId] = []
            refused: Refused | None = None
            for child in waiting:
                mark, pending = len(self.undo), list(self.pending)
                try:
                    self._delete(Request(method="DELETE", id=child, by_azure=True))
                except Refused as because:
                    self.state.take_back(self.undo[mark:])
                    del self.undo[mark:], self.changes[mark:]
                    self.pending = deque(pending)
                    held, refused = [*held, child], because
            if refused is not None and len(held) == len(waiting):
                if not self.pending:
                    raise refused
                self.follow()
            waiting = [child for child in held if child in self.state]

    def _post(self, request: Request) -> Any:
        action = behaviour_of(request.id.type).actions.get(request.action.lower())
        if request.id not in self.state:
            raise not_found(request.id)
        if action is None:
            raise Refused(
                404,
                "InvalidResourceType",
                f"The action '{request.action}' of '{type_of(request.id)}' could not be found.",
            )
        with _understood(request):
            effects = action(self.state, request, self.chance)
        return self._take(effects)

    def _signal(self, signal: Signal) -> None:
        hear = behaviour_of(signal.to.type).hears.get(signal.name)
        if hear is not None and signal.to in self.state:
            self._take(hear(self.state, signal, self.chance))


@contextmanager
def _understood(request: Request) -> Iterator[None]:
    """While a behaviour reads what a client sent: a body of a form that it cannot read is refused, as providers do.

    What Azure sends itself is of the right form, or the fault is ours and shows as such.
    """
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as problem:
        if request.by_azure or not request.body:
            raise
        text = f"Cannot parse the request: {type(problem).__name__} {problem}."
        raise Refused(400, "InvalidRequestFormat", text[:300], details=[]) from problem


def _settled(body: Any) -> Any:
    """A body, or a part of one, without tags and etags."""
    if isinstance(body, dict):
        return {name: _settled(one) for name, one in body.items() if name not in ("tags", "etag")}
    return [_settled(one) for one in body] if isinstance(body, list) else body


def is_standing(state: Azure, id: ResourceId) -> bool:
    """It is there because its parent is, and nobody has written to it yet, so that the state does not have it."""
    segments = behaviour_of(id.parent.type).standing
    if id.name.lower() != "default" or not segments or id in state or id.parent not in state:
        return False
    return id.type.rpartition("/")[2] in {one.lower() for one in segments}


def not_found(id: ResourceId) -> Refused:
    """ARM's answer for a resource that there is not."""
    behaviour = behaviour_of(id.type)
    if behaviour.missing is not None:
        return behaviour.missing(id)
    if behaviour.proxied:
        return Refused(404, "NotFound", f"Resource {id.text} not found.", details=())
    shown = id.text.rpartition("/providers/")[2]
    return Refused(
        404,
        "ResourceNotFound",
        f"The Resource '{shown}' under resource group '{id.resource_group}' was not found. For more details please "
        f"go to https://aka.ms/ARMResourceNotFoundFix",
    )


def _check_place(state: Azure, request: Request, old: Json | None) -> None:
    """What the resource stands in must be there."""
    if old is None and request.method == "PATCH":
        raise not_found(request.id)
    group = request.id.resource_group
    if group and request.id.type != "microsoft.resources/resourcegroups":
        home = ResourceId(f"/subscriptions/{request.id.subscription}/resourceGroups/{group}")
        if home not in state:
            raise Refused(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")
    parent = request.id.parent
    if behaviour_of(request.id.type).alone:
        return
    if parent.type.count("/") >= 1 and "/providers/" in parent and parent not in state:
        if behaviour_of(request.id.type).proxied:
            raise not_found(parent)
        text = f"Can not perform requested operation on nested resource. Parent resource '{parent.name}' not found."
        if request.method == "DELETE":
            own = type_of(request.id).partition("/")[2]
            text = (
                f"Failed to perform 'delete' on resource(s) of type '{own}', because the parent resource "
                f"'{parent.text}' could not be found."
            )
        raise Refused(404, "ParentResourceNotFound", text)


def _signed(request: Request, old: Json | None, chance: Chance) -> Json:
    """Who made a resource and who last changed it, and when.

    Source: ARM common types v3, systemData; whoever has no user's token is an Application; checked 2026-11-24.
    """
    made = (old or {}).get("systemData") or {
        "createdBy": request.caller,
        "createdByType": "Application",
        "createdAt": chance.now,
    }
    return {
        **made,
        "lastModifiedBy": request.caller,
        "lastModifiedByType": "Application",
        "lastModifiedAt": chance.now,
    }


def _check_etag(behaviour: Behaviour, request: Request, old: Json | None) -> None:
    if behaviour.etags == "no":
        return
    refused: Refused | None = None
    if request.if_none_match == "*" and old is not None:
        refused = behaviour.stale(request.id, True)
    elif request.if_match not in ("", "*"):
        if old is None or _guid(old.get("etag")) != _guid(request.if_match):
            refused = behaviour.stale(request.id, False)
    if refused is not None:
        refused.late = behaviour.etags == "late"
        raise refused


def _guid(etag: object) -> str:
    """An etag without its form: clients drop quotes and the mark of weakness."""
    return str(etag or "").removeprefix("W/").strip('"')


def _whole(request: Request, behaviour: Behaviour, old: Json | None) -> Request:
    """A PATCH as the PUT that it amounts to."""
    told = request.body or {}
    if not behaviour.patchable:
        told = {name: value for name, value in told.items() if name.lower() == "tags"}
    body: Json = merged(old or {}, told)
    named = look(told, "properties")
    if behaviour.blocks and isinstance(named, dict):
        for name, value in named.items():
            body = laid(body, f"properties/{name}", value)
    tags = look(told, "tags")
    # Tags are replaced as a whole; only what stands in `properties` is merged.
    return msgspec.structs.replace(request, body={**body, "tags": tags} if tags is not None else body)


def _children(state: Azure, behaviour: Behaviour, request: Request, body: Json) -> tuple[Json, list[Request]]:
    """The body without the children that it brought, and the requests that make and unmake them."""
    requests: list[Request] = []
    for pointer, segment in behaviour.embeds.items():
        told = look(body, pointer)
        if told is None or pointer in behaviour.schema.read_only:
            continue
        body = laid(body, pointer, None)
        if not isinstance(told, list):
            continue
        named = {
            request.id.child(segment, str(item["name"])): item
            for item in told
            if isinstance(item, dict) and item.get("name")
        }
        requests += [
            Request(method="DELETE", id=child, api_version=request.api_version, by_azure=request.by_azure)
            for child in state.children(request.id, segment)
            if child not in named
        ]
        requests += [
            Request(
                method="PUT",
                id=child,
                body=item,
                api_version=request.api_version,
                beside=named,
                by_azure=request.by_azure,
            )
            for child, item in named.items()
        ]
    return body, requests


def _guard(state: Azure, request: Request) -> None:
    for type in guards():
        guard = behaviour_of(type).guard
        for id in state.of(type):
            assert guard is not None
            guard(state, id, request)


@functools.cache
def guards() -> Sequence[str]:
    """Types whose resources can forbid requests to others."""
    return [type for type in folders() if behaviour_of(type).guard is not None]


def type_of(id: ResourceId) -> str:
    """The type as Microsoft writes it, where a kind knows it; else as the id writes it."""
    kind = kind_of(id.type)
    if kind is not None:
        return kind.type
    _, _, tail = id.text.rpartition("/providers/")
    parts = tail.split("/")
    return "/".join([parts[0], *parts[1::2]]) if len(parts) > 1 else id.type


def _pace(behaviour: Behaviour, request: Request, *, existed: bool) -> Pace:
    if request.method == "POST":
        return behaviour.acts.get(request.action.lower(), Pace())
    if request.method == "PUT":
        return behaviour.update if existed and behaviour.update is not None else behaviour.put
    return behaviour.patch if request.method == "PATCH" else behaviour.delete


def _status(request: Request, pace: Pace, *, existed: bool) -> int:
    if request.method == "DELETE" and not existed:
        return 204
    if pace.status:
        return pace.status
    if request.method == "PUT":
        return 200 if existed else 201
    return 202 if pace.seconds else 200
