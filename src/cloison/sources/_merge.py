"""Merging: of several resources of one id, which one counts, and which contradict each other.

Knows no source and no resource type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cloison.arm.ids import ResourceId
from cloison.model.errors import CloisonError
from cloison.model.snapshot import Resource

_MOVES = frozenset(
    {"etag", "systemdata", "changedtime", "createdtime", "resourcegroup", "id", "type", "location"}
)
"""Members that differ between two answers about one unchanged resource, in value or in how it is written."""


def merge(resources: Iterable[Resource]) -> list[Resource]:
    """One resource of each id, in order of first sight. Raises CloisonError where live ones contradict each other.

    A planned one stands over a live one, unless it only says that it exists. Of several planned ones the last
    stands, as it is the last to be deployed. Of several live ones the one that says most stands.
    """
    kept: dict[ResourceId, Resource] = {}
    for resource in resources:
        other = kept.setdefault(resource.id, resource)
        if other is not resource:
            kept[resource.id] = _one(other, resource)
    return list(kept.values())


def _one(first: Resource, second: Resource) -> Resource:
    if first.planned != second.planned:
        planned, live = (first, second) if first.planned else (second, first)
        return live if planned.partial is not None else planned
    if first.planned:
        return _last(first, second)
    difference = _difference(first, second)
    if difference is not None:
        raise _contradiction(first, second, difference)
    return min(first, second, key=lambda one: (one.partial is not None, one.flat))


def _last(first: Resource, second: Resource) -> Resource:
    if (first.partial is None) != (second.partial is None):
        return first if first.partial is None else second
    if second.maybe is not None and first.maybe is None:
        # It stands in any case; whether the second body replaces it is open, unless they agree.
        return first if first.body.value == second.body.value else second
    return second


def _difference(first: Resource, second: Resource) -> str | None:
    """Pointer of the first place where they contradict each other.

    Two whole answers of one shape must say the same; otherwise only what both say can.
    """
    exact = not any(one.flat or one.partial is not None for one in (first, second))
    return _differs(_plain(first), _plain(second), exact=exact)


def _plain(resource: Resource) -> object:
    """The body with its `properties` at the top where the printing left that envelope out."""
    value = resource.body.value
    if not isinstance(value, Mapping):
        return value
    named = {str(name).lower(): member for name, member in value.items()}
    properties = named.pop("properties", None)
    inner = properties if isinstance(properties, Mapping) else {}
    plain = {**named, **{str(name).lower(): member for name, member in inner.items()}}
    return {name: member for name, member in plain.items() if name not in _MOVES}


def _differs(first: object, second: object, pointer: str = "", *, exact: bool) -> str | None:
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return _objects(first, second, pointer, exact=exact)
    if isinstance(first, list) and isinstance(second, list):
        if len(first) != len(second):
            return pointer
        pairs = enumerate(zip(first, second, strict=True))
        found = (_differs(one, other, f"{pointer}/{index}", exact=exact) for index, (one, other) in pairs)
        return next((place for place in found if place is not None), None)
    if (
        isinstance(first, str)
        and isinstance(second, str)
        and first.startswith("/")
        and second.startswith("/")
    ):
        return None if first.lower() == second.lower() else pointer
    if not exact and (isinstance(first, Mapping | list) or isinstance(second, Mapping | list)):
        return None
    return None if first == second else pointer


def _objects(
    first: Mapping[str, object], second: Mapping[str, object], pointer: str, *, exact: bool
) -> str | None:
    ones = {name.lower(): (name, member) for name, member in first.items()}
    others = {name.lower(): member for name, member in second.items()}
    for lower, (name, member) in ones.items():
        if lower == "etag":
            continue
        if lower in others:
            found = _differs(member, others[lower], f"{pointer}/{name}", exact=exact)
            if found is not None:
                return found
        elif exact:
            return f"{pointer}/{name}"
    beyond = [name for name in others if name not in ones and name != "etag"] if exact else []
    return f"{pointer}/{beyond[0]}" if beyond else None


def _contradiction(first: Resource, second: Resource, pointer: str) -> CloisonError:
    one, other = first.place(), second.place()
    return CloisonError(
        "E107",
        f"duplicate ids with different bodies: {first.id.text}",
        because=f"{one or 'one source'} and {other or 'another'} differ in {pointer or 'everything'}",
        help="keep the newer export of the two",
        file=other.file if other else "",
        line=other.line if other else 0,
        column=other.column if other else 0,
    )
