"""Shaping: what Azure Resource Manager does with the body of a PUT or PATCH before its provider acts on it.

Required settings, values of a closed set, defaults, what cannot change and what only Azure writes. The rules stand
in the kind's `Schema`; here is how they are applied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cloison.arm.ids import ResourceId
from cloison.kinds import kind_of
from cloison.model.behaviour import Behaviour, Json, Refused, Request, Schema, laid, look, values_at


def shaped(request: Request, schema: Schema, old: Json | None, type: str) -> Json:
    """The body to store. Raises Refused as ARM does."""
    body: Json = _told(request.body or {})
    _refuse_forms(body)
    for pointer in (*schema.read_only, "id", "name", "type", "etag", "systemData"):
        body = _carried(body, old, pointer)
    body = _located(body, old, schema, request, type)
    if not request.by_azure:
        for pointer in schema.required:
            # Of a resource that is there it stands in Azure, if not in what was read of it.
            if old is None or look(old, pointer) is not None or look(body, pointer) is not None:
                _require(body, pointer, request)
    body = _canonical(body, schema)
    for pointer, value in schema.defaults.items():
        body = _filled(body, pointer.split("/"), value)
    if old is not None and not request.by_azure:
        _refuse_changes(body, old, schema, request)
    for pointer in schema.secret:
        body = laid(body, pointer, None) if look(body, pointer) is not None else body
    own = old if old is not None else {}
    head = {"id": own.get("id", request.id.text), "name": own.get("name", request.id.name), "type": type}
    return {**head, **{name: value for name, value in body.items() if name.lower() not in head}}


_FORMS: Mapping[str, type] = {
    "properties": dict,
    "tags": dict,
    "location": str,
    "sku": dict,
    "identity": dict,
}


def _refuse_forms(body: Json) -> None:
    """Raises Refused where the envelope has another form than any type's."""
    for name, form in _FORMS.items():
        if name in body and not isinstance(body[name], form):
            raise Refused(
                400,
                "InvalidRequestContent",
                f"The request content was invalid and could not be deserialized: 'The value of '{name}' is of the "
                f"wrong type. Path '{name}'.'.",
            )


def _told(value: Any) -> Any:
    """A copy without nulls: a PUT that says null says nothing."""
    if isinstance(value, dict):
        return {name: _told(inner) for name, inner in value.items() if inner is not None}
    return [_told(inner) for inner in value] if isinstance(value, list) else value


def _carried(body: Json, old: Json | None, pointer: str) -> Json:
    """The body with what stood at the pointer before, whatever the request says."""
    if "*" in pointer:
        return body
    before = look(old, pointer) if old is not None else None
    if before is None and look(body, pointer) is None:
        return body
    return laid(body, pointer, before)


def _located(body: Json, old: Json | None, schema: Schema, request: Request, type: str) -> Json:
    located = schema.located or ("region" if request.id.type.count("/") < 2 else "no")
    if located == "no":
        return body
    told = body.get("location")
    if told is None and old is not None:
        return {**body, "location": old.get("location")}
    if told is None and not request.by_azure and kind_of(request.id.type) is not None:
        # What a type needs that no kind tells is not known, so nothing is asked for.
        raise Refused(
            400,
            "LocationRequired",
            "The location property is required for this definition.",
        )
    if isinstance(told, str):
        if located == "global" and told.lower() != "global":
            raise Refused(
                400,
                "LocationNotAvailableForResourceType",
                f"The provided location '{told}' is not available for resource type '{type}'. List of available "
                f"regions for the resource type is 'global'.",
            )
        word = told if located == "global" else told.replace(" ", "").lower()
        before = str(old.get("location", word)) if old is not None else word
        if before.replace(" ", "").lower() != word.lower():
            raise Refused(
                409,
                "InvalidResourceLocation",
                f"The resource '{request.id.name}' already exists in location '{before}' in resource group "
                f"'{request.id.resource_group}'. A resource with the same name cannot be created in location "
                f"'{told}'. Please select a new resource name.",
            )
        return {**body, "location": word}
    return body


def _require(body: Json, pointer: str, request: Request) -> None:
    for value in values_at(body, pointer):
        if value is None or value in ("", []):
            raise Refused(
                400,
                "InvalidRequestFormat",
                f"Required property '{pointer.rpartition('/')[2]}' not found in the body of "
                f"'{request.id.name}'. Path '{pointer.replace('/', '.')}'.",
                target=pointer.replace("/", "."),
            )


def _canonical(body: Json, schema: Schema) -> Json:
    for pointer, allowed in schema.enums.items():
        body = _spelt(body, pointer.split("/"), allowed, pointer)
    return body


def _spelt(value: Any, keys: list[str], allowed: tuple[str, ...], pointer: str) -> Any:
    """A copy in which the values at the pointer are spelt as Azure spells them."""
    if value is None:
        return None
    if not keys:
        own = next(
            (word for word in allowed if isinstance(value, str) and word.lower() == value.lower()), None
        )
        if own is None:
            shown = ", ".join(allowed)
            raise Refused(
                400,
                "InvalidRequestFormat",
                f"The value '{value}' of '{pointer.replace('/', '.')}' is not one of: {shown}.",
                target=pointer.replace("/", "."),
            )
        return own
    if keys[0] == "*":
        return (
            [_spelt(item, keys[1:], allowed, pointer) for item in value] if isinstance(value, list) else value
        )
    if not isinstance(value, dict):
        return value
    name = next((one for one in value if one.lower() == keys[0].lower()), None)
    if name is None:
        return value
    return {**value, name: _spelt(value[name], keys[1:], allowed, pointer)}


def _filled(value: Any, keys: list[str], default: Any) -> Any:
    """A copy with the default where nothing stands; inside lists, in every item that is an object."""
    if keys[0] == "*":
        if not isinstance(value, list):
            return value
        return [_filled(item, keys[1:], default) if isinstance(item, dict) else item for item in value]
    if not isinstance(value, dict):
        return value
    name = next((one for one in value if one.lower() == keys[0].lower()), keys[0])
    inner = value.get(name)
    if len(keys) == 1:
        return value if inner is not None else {**value, name: default}
    if inner is None:
        if "*" in keys:
            return value
        inner = {}
    return {**value, name: _filled(inner, keys[1:], default)}


def _refuse_changes(body: Json, old: Json, schema: Schema, request: Request) -> None:
    for pointer in schema.immutable:
        before, now = look(old, pointer), look(body, pointer)
        if before is not None and now is not None and not _same(before, now):
            raise Refused(
                400,
                "PropertyChangeNotAllowed",
                f"Changing property '{pointer.replace('/', '.')}' of '{request.id.name}' is not allowed.",
                target=pointer.replace("/", "."),
            )


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.lower() == other.lower()
    return bool(one == other)


def of_version(body: Json, behaviour: Behaviour, version: str) -> Json:
    """The body without what its type answers in other API versions only."""
    hidden = [pointer for pointer, first in behaviour.since.items() if version < first]
    hidden += [pointer for pointer, last in behaviour.until.items() if version > last]
    if not version.endswith("-preview"):
        hidden += [pointer for pointer, first in behaviour.stable.items() if not first or version < first]
    body = without(body, hidden)
    hollow = [pointer for pointer, first in behaviour.hollow.items() if version < first]
    return without(body, [pointer for pointer in hollow if look(body, pointer) == {}])


def without(body: Json, pointers: Iterable[str]) -> Json:
    """A copy without what stands at the pointers; inside lists, in every item."""
    for pointer in pointers:
        body = _without(body, pointer.split("/"))
    return body


def _without(value: Any, keys: list[str]) -> Any:
    if keys[0] == "*":
        return [_without(item, keys[1:]) for item in value] if isinstance(value, list) else value
    if not isinstance(value, dict):
        return value
    name = next((one for one in value if one.lower() == keys[0].lower()), None)
    if name is None:
        return value
    if len(keys) == 1:
        return {one: inner for one, inner in value.items() if one != name}
    return {**value, name: _without(value[name], keys[1:])}


def named(text: Any) -> ResourceId | None:
    """The id in a body's value, or None where it is none."""
    return ResourceId(text) if isinstance(text, str) and text.startswith("/") else None
