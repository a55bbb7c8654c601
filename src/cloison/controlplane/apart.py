"""A body taken apart: what it holds of its children become resources of their own, as a state keeps them."""

from __future__ import annotations

from collections.abc import Iterator

from cloison.arm.ids import NotAnId, ResourceId
from cloison.kinds import behaviour_of, kind_of
from cloison.model.behaviour import Json, each, laid, look

ONLY_NAMES = frozenset({"id", "name", "type", "etag", "resourceGroup"})
"""What a body has that only says that a resource is there."""


def lists(type: str) -> dict[str, str]:
    """Where a body of a type shows children: pointer -> last type segment."""
    kind = kind_of(type)
    return (dict(kind.nested) if kind is not None else {}) | dict(behaviour_of(type).embeds)


def apart(
    id: ResourceId, body: Json, unread: set[tuple[ResourceId, str]]
) -> Iterator[tuple[ResourceId, Json]]:
    """The body without the children it holds, then those children in the same way.

    unread: takes each (resource, pointer) where a list of children does not stand, so that nobody takes it for empty.
    """
    kind = kind_of(id.type)
    type = kind.type if kind is not None else str(body.get("type", id.type))
    children: list[tuple[ResourceId, Json]] = []
    for pointer, segment in lists(id.type).items():
        if look(body, pointer) is None:
            unread.add((id, pointer))
            continue
        children.extend(_named(id, segment, item) for item in each(body, pointer) if _names(item))
        body = laid(body, pointer, None)
    yield id, {**body, "id": id.text, "name": body.get("name") or id.name, "type": type}
    for child, told in children:
        # What a parent only names is no body: the child's own answer, where it was read, says more.
        if set(told) - ONLY_NAMES:
            yield from apart(child, told, unread)


def _names(item: object) -> bool:
    return isinstance(item, dict) and bool(item.get("name") or item.get("id"))


def _named(parent: ResourceId, segment: str, item: Json) -> tuple[ResourceId, Json]:
    try:
        return ResourceId.parse(item.get("id")), item
    except NotAnId:
        name = str(item.get("name") or item.get("id")).rpartition("/")[2]
        return parent.child(segment, name), item
