"""Settings at their pointers: what was beside what is, and the request that brings back what was. Knows no journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from cloison.apply.reading import answered, within
from cloison.arm.ids import ResourceId
from cloison.controlplane.shape import of_version
from cloison.kinds import behaviour_of
from cloison.model.behaviour import Json, laid, look
from cloison.plan.document import SettingReport

Keys: TypeAlias = tuple[str, ...]
NOBODY: Json = {"type": "None"}
"""The identity of a resource that has none, as a request says it.
Source: Microsoft Learn, "Managed identities", REST of Resource Manager, Identity; checked 2026-11-24."""
GIVEN = ("principalid", "clientid", "tenantid")
"""What an identity is given by Azure."""


def keys_of(setting: SettingReport) -> Keys:
    """The names on the way to a setting: a name may hold slashes, as ids do."""
    return tuple(
        name.replace("~1", "/").replace("~0", "~") for name in setting.pointer.strip("/").split("/") if name
    )


def at(body: Any, keys: Sequence[str]) -> Any:
    """The value there, names without regard to case; None where there is none."""
    for key in keys:
        if not isinstance(body, dict):
            return None
        body = next((one for name, one in body.items() if name.lower() == key.lower()), None)
    return body


def put(body: Json, keys: Sequence[str], value: Any) -> Json:
    """A copy of the body with the value there; None removes it."""
    own = next((name for name in body if name.lower() == keys[0].lower()), keys[0])
    if len(keys) > 1:
        below = body.get(own)
        return {**body, own: put(below if isinstance(below, dict) else {}, keys[1:], value)}
    if value is None:
        return {name: one for name, one in body.items() if name != own}
    return {**body, own: value}


def said(id: ResourceId, keys: Keys, value: Any) -> Any:
    """The value as a request may say it: without what only Azure writes."""
    if keys[0].lower() == "identity":
        return _ungiven(value)
    return at(answered(id.type, put({}, keys, value)), keys)


def _ungiven(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: _ungiven(one) for name, one in value.items() if name.lower() not in GIVEN}


def is_back(before: Any, after: Any, now: Any) -> bool:
    """A setting is as it was before the run. Azure answers more than was asked for, in lists too."""
    return within(before, now) and not (within(after, now) and not within(after, before))


def back_to(keys: Keys, before: Any) -> Any:
    """What stands there again."""
    return NOBODY if before is None and keys == ("identity",) else before


def patch(id: ResourceId, now: Json, before: Json) -> Json:
    """What turns one body into another: whole blocks below `properties`, whole members beside it; null takes away."""
    body: Json = {
        name: before.get(name)
        for name in (*now, *before)
        if name not in ("properties", "identity") and now.get(name) != before.get(name)
    }
    if now.get("identity") != before.get("identity"):
        body["identity"] = _identity(now.get("identity") or {}, before.get("identity") or NOBODY)
    ours, theirs = now.get("properties") or {}, before.get("properties") or {}
    blocks = {
        name: theirs.get(name) if behaviour_of(id.type).blocks else _merging(ours.get(name), theirs.get(name))
        for name in (*ours, *theirs)
        if ours.get(name) != theirs.get(name)
    }
    return {**body, "properties": blocks} if blocks else body


def _identity(now: Json, before: Json) -> Json:
    """An identity as a request says it: those that go are null."""
    held, kept = (at(one, ("userAssignedIdentities",)) or {} for one in (now, before))
    users: Json = {**dict.fromkeys(held), **{name: {} for name in kept}}
    told = {"type": before.get("type")}
    return {**told, "userAssignedIdentities": users} if users and told != NOBODY else told


def _merging(now: Any, before: Any) -> Any:
    """What is merged into a value so that it is another: null for what goes."""
    if not isinstance(now, dict) or not isinstance(before, dict):
        return before
    return {name: _merging(now.get(name), before.get(name)) for name in (*now, *before)}


def whole_of_version(id: ResourceId, body: Json, version: str) -> Json:
    """A body without what its API version does not know, nor that of what it holds."""
    behaviour = behaviour_of(id.type)
    body = of_version(body, behaviour, version)
    for pointer, segment in behaviour.embeds.items():
        held = look(body, pointer)
        if isinstance(held, list):
            inner = behaviour_of(f"{id.type}/{segment.lower()}")
            body = laid(body, pointer, [of_version(one, inner, version) for one in held])
    return body
