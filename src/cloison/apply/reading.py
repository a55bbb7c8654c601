"""Reading a resource: is it as a step wants it, is it as the plan found it, is somebody at work on it.

Decided from what is there now, never from how an operation ended.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from cloison.apply.step import Step
from cloison.arm.ids import ResourceId
from cloison.arm.operations import state_of
from cloison.kinds import behaviour_of, kind_of
from cloison.model.behaviour import Json, look
from cloison.model.facts import Known
from cloison.model.network import Endpoint, ZoneLink
from cloison.model.snapshot import Resource, Snapshot
from cloison.plan.base import FAILED, Base, base_of, drift, of_method


class Stand(Enum):
    """How a target stands towards a step."""

    DONE = "it reads as the step wants it"
    BASE = "it is as the plan found it"
    MOVING = "an operation is changing it"
    FAILED = "an operation left it failed, and is otherwise ours"
    DRIFTED = "somebody changed it since"


def stand(step: Step, body: Json | None, base: Base | None, *, ours: bool) -> Stand:
    """How the target stands. body: None where it is not there. ours: a request of this step was or may have been sent.

    base: what it was right before the step.
    """
    state = state_of(body)
    if state and state != "succeeded" and state not in FAILED:
        return Stand.MOVING
    method = step.request.method
    now = None if body is None else base_of(step.request.id, body, method)
    changed = drift(base, now)
    failed = state in FAILED
    if as_wanted(step, body) and not failed:
        if ours:
            return Stand.DONE
        if not changed and body is not None and waits_for(step.request.id, body)[0]:
            # It says already what it should, and does not work: the request is to make it anew.
            return Stand.BASE
        accepted = step.makes or method == "DELETE" or not foreign(step, changed)
        return Stand.DONE if accepted else Stand.DRIFTED
    if not changed:
        return Stand.BASE
    if ours and failed and (base is None or not foreign(step, changed)):
        return Stand.FAILED
    return Stand.DRIFTED


def foreign(step: Step, changed: list[str]) -> list[str]:
    """Of settings that differ, those that the step's request does not speak of."""
    touched = tuple(_touched(step.request.body, "")) or tuple(name.lower() for name in step.after)
    own = (*touched, "properties/provisioningstate")
    return [name for name in changed if not any(name == one or name.startswith(f"{one}/") for one in own)]


def _touched(value: Any, path: str) -> list[str]:
    """Pointers that a body speaks of, in lower case: values, and lists as a whole."""
    if isinstance(value, dict) and value:
        return [
            pointer
            for name, inner in value.items()
            for pointer in _touched(inner, f"{path}/{name}".strip("/").lower())
        ]
    return [path] if path else []


def as_wanted(step: Step, body: Json | None) -> bool:
    """The target reads as the step wants it."""
    request = step.request
    if request.method == "DELETE":
        return body is None
    if body is None:
        return False
    if request.method == "POST":
        return any(within(value, look(body, pointer)) for pointer, value in step.after.items())
    return within(answered(request.id.type, dict(request.body or {})), body)


def answered(type: str, body: Json) -> Json:
    """A request's body without what is never answered, and what only Azure writes: it may stand there from a read."""
    schema = behaviour_of(type).schema
    left_out = {tuple(one.lower().split("/")) for one in (*schema.secret, *schema.read_only)}

    def kept(value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(value, list):
            return [kept(one, (*path, "*")) for one in value]
        if not isinstance(value, dict):
            return value
        return {
            name: kept(inner, (*path, name.lower()))
            for name, inner in value.items()
            if (*path, name.lower()) not in left_out and name.lower() not in _AZURES
        }

    found: Json = kept(body, ())
    return found


_AZURES = ("etag", "provisioningstate", "systemdata")
"""What a body has anywhere, and no request decides."""


def within(wanted: Any, there: Any) -> bool:
    """Everything wanted is there; more may be. Nothing, an empty list and what is left out are one."""
    if isinstance(wanted, dict):
        if not isinstance(there, dict):
            return not any(_is_something(one) for one in wanted.values())
        named = {str(name).lower(): value for name, value in there.items()}
        return all(within(value, named.get(str(name).lower())) for name, value in wanted.items())
    if isinstance(wanted, list):
        have = there if isinstance(there, list) else []
        return len(wanted) == len(have) and _paired(wanted, have)
    if wanted is None:
        return not _is_something(there)
    if isinstance(wanted, str) and isinstance(there, str):
        return wanted.lower() == there.lower() or _spaceless(wanted) == _spaceless(there)
    return bool(wanted == there)


def _paired(wanted: list[Any], have: list[Any]) -> bool:
    """Each wanted item has one of its own; Azure answers lists in orders of its own."""
    left = list(have)
    for one in wanted:
        found = next((at for at, other in enumerate(left) if within(one, other)), None)
        if found is None:
            return False
        del left[found]
    return True


def _is_something(value: Any) -> bool:
    return value is not None and value not in ({}, [])


def _spaceless(text: str) -> str:
    """`West Europe` and `westeurope` are one region."""
    return text.replace(" ", "").lower()


APPROVAL = "its connection waits for approval by whoever owns the service"


def waits_for(id: ResourceId, body: Json) -> tuple[str, bool]:
    """What a resource still waits for, '' for nothing; and whether time alone may bring it."""
    kind = kind_of(id.type)
    if kind is None:
        return "", True
    resource = Resource(id, id.type, lambda: body)
    for facet in kind.facets(resource, Snapshot([resource])):
        if isinstance(facet, Endpoint):
            status = facet.status.value if isinstance(facet.status, Known) else "approved"
            if status in ("rejected", "disconnected"):
                return f"its connection is {status}", False
            if status != "approved":
                return APPROVAL, True
        if (
            isinstance(facet, Endpoint | ZoneLink)
            and isinstance(facet.ready, Known)
            and not facet.ready.value
        ):
            return "it is not ready yet", True
    return "", True


def base_now(step: Step, seen: Base | None) -> Base | None:
    """What an earlier step of the run left of the target, as the base of this one."""
    return None if seen is None else of_method(step.request.id, seen, step.request.method)
