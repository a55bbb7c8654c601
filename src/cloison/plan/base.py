"""Base: what a resource was when its change was planned, and what has become different since.

A plan is carried out later, by somebody else. Right before a request the resource is read again and held against its
base; what differs is named by its pointer. A base holds prints of settings, no values: plans are handed around.
Left out is what changes by itself, what is secret, and what stands below a resource as a resource of its own.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds import behaviour_of, kind_of
from cloison.model.behaviour import Json
from cloison.model.secrets import is_secret

Base: TypeAlias = Mapping[str, str]
"""Pointer of a setting, in lower case -> its print. A resource that is not there has no base."""

HEAD = frozenset({"id", "name", "type", "etag", "systemdata"})
"""What tells which resource it is, or when somebody touched it."""
FAILED = ("failed", "canceled", "cancelled")
STATE = "properties/provisioningstate"


def base_of(id: ResourceId, body: Json, method: str) -> Base:
    """The base for a request of that method, from the body of a GET.

    A DELETE takes everything away, so everything counts, also what Azure alone writes: the endpoint that somebody made
    again under the same name is another one. A PATCH does not touch tags, so they may change.
    """
    found: dict[str, str] = {}
    for path, value in _leaves(body, ()):
        if path[-1] == "provisioningstate" and str(value).lower() not in FAILED:
            continue
        if _counts(path, id.type, method.upper()):
            found["/".join(path)] = _print(value)
    return found


def of_method(id: ResourceId, whole: Base, method: str) -> Base:
    """The base for a request of that method, from the base for a DELETE."""
    told = method.upper()
    return {name: value for name, value in whole.items() if _counts(tuple(name.split("/")), id.type, told)}


def drift(base: Base | None, now: Base | None) -> list[str]:
    """Pointers of settings that differ, in alphabetical order; '' for a resource that came or went. Empty: none do."""
    if base is None or now is None:
        return [] if base is now else [""]
    return sorted(name for name in {*base, *now} if base.get(name) != now.get(name))


def _counts(path: tuple[str, ...], type: str, method: str) -> bool:
    if path[0] in HEAD or path[-1] == "etag" or any(map(is_secret, path)):
        return False
    if path[0] == "tags" and method not in ("PUT", "DELETE"):
        return False
    return not any(_at(path, pattern) for pattern in _left_out(type, method == "DELETE"))


@functools.cache
def _left_out(type: str, whole: bool) -> tuple[tuple[str, ...], ...]:
    """Paths that do not count: children, and what only Azure writes unless everything counts."""
    behaviour, kind = behaviour_of(type), kind_of(type)
    pointers = [*behaviour.embeds, *(kind.nested if kind is not None else ())]
    if not whole:
        pointers += [one for one in behaviour.schema.read_only if one.lower() != STATE]
    return tuple(tuple(one.lower().split("/")) for one in pointers)


def _at(path: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """The path lies at or below the pattern, `*` being any item."""
    return len(path) >= len(pattern) and all(
        own in ("*", one) for one, own in zip(path, pattern, strict=False)
    )


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value that is no container. Nothing, an empty list and what is left out are one."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, str(name).lower()))
    elif isinstance(value, list):
        for name, inner in zip(_names(value), value, strict=True):
            yield from _leaves(inner, (*path, name))
    elif value is not None:
        yield path, value


def _names(items: list[Any]) -> list[str]:
    """What the items of a list are called: by name where each has its own, so that an order told anew is no drift."""
    names = [one.get("name") or one.get("id") if isinstance(one, dict) else None for one in items]
    if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
        return [str(name).lower().replace("/", "~1") for name in names]
    return [str(number) for number in range(len(items))]


def _print(value: Any) -> str:
    if isinstance(value, str) and value.startswith("/"):
        # Azure answers ids in any case.
        value = value.lower()
    return hashlib.sha256(msgspec.json.encode(value)).hexdigest()[:16]
