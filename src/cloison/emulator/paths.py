"""What a path speaks of: a resource, a list of resources, or an action; and how Azure spells it."""

from __future__ import annotations

import functools

import msgspec

from cloison.arm.ids import NotAnId, ResourceId
from cloison.emulator.world import World
from cloison.kinds import folders, kind_of
from cloison.model.behaviour import Refused

_LONGEST = 2048
"""Characters of an id. A guess: the longest legal one has about 1,100."""


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """A path with a provider in it, cut into its parts."""

    scope: ResourceId
    """What stands in front of the last `/providers/`; '' for the tenant."""
    namespace: str
    id: ResourceId
    """The resource; for a list or an action the resource or scope that it is of."""
    tail: str = ""
    """Last segment of a list or an action; '' for a resource."""

    @property
    def type(self) -> str:
        """Full type of the resource, or of the items of the list, in lower case."""
        if not self.tail:
            return self.id.type
        if self.id == self.scope:
            return f"{self.namespace}/{self.tail}".lower()
        return f"{self.id.type}/{self.tail.lower()}"


def spot(path: str) -> Spot:
    """The parts of a path. Raises Refused for a path that names no provider, or too little behind it."""
    head, separator, tail = _parted(path)
    if not separator:
        raise Refused(
            404,
            "MissingSubscription",
            "The request did not have a subscription or a valid tenant level resource provider.",
        )
    parts = tail.split("/")
    if len(path) > _LONGEST or len(parts) < 2 or not all(part.strip() for part in parts):
        raise _malformed(path)
    try:
        scope = ResourceId(head)
        if len(parts) % 2:
            return Spot(scope=scope, namespace=parts[0], id=ResourceId(path))
        of = ResourceId(path.rpartition("/")[0]) if len(parts) > 2 else scope
    except NotAnId as problem:
        raise _malformed(path) from problem
    return Spot(scope=scope, namespace=parts[0], id=of, tail=parts[-1])


def _parted(path: str) -> tuple[str, str, str]:
    """In front of, and behind, the last `/providers/`, in whatever case."""
    at = path.lower().rfind("/providers/")
    return (path[:at], "/providers/", path[at + 11 :]) if at >= 0 else ("", "", "")


def _malformed(path: str) -> Refused:
    return Refused(400, "InvalidResourceId", f"The resource identification '{path[:200]}' is malformed.")


def spelled(world: World, id: ResourceId) -> ResourceId:
    """The id as Azure writes it: fixed words as Microsoft spells them, names as those who made them did."""
    parts = id.text.split("/")
    made = ""
    type = ""
    at = 1
    while at < len(parts):
        word = parts[at]
        name = parts[at + 1] if at + 1 < len(parts) else ""
        lower = word.lower()
        if lower == "subscriptions" and at == 1:
            made, at = f"/subscriptions/{name.lower()}", at + 2
            continue
        if lower == "providers":
            type = name.lower()
            made, at = f"{made}/providers/{_namespace(name)}", at + 2
            continue
        if lower == "resourcegroups" and not type:
            made = f"{made}/resourceGroups/{name}"
        else:
            type = f"{type}/{lower}"
            made = f"{made}/{_last_segment(type, word)}/{name}"
        there = world.state.get(ResourceId(made))
        if there is not None and isinstance(there.get("id"), str):
            made = str(there["id"])
        at += 2
    return ResourceId(made)


@functools.cache
def _namespace(name: str) -> str:
    lower = name.lower()
    for type in folders():
        if type.startswith(f"{lower}/"):
            kind = kind_of(type)
            if kind is not None:
                return kind.type.partition("/")[0]
    return name


def _last_segment(type: str, word: str) -> str:
    kind = kind_of(type)
    return kind.type.rpartition("/")[2] if kind is not None else word
