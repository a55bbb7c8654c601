"""Kinds: what Azure knows of each resource type, one folder each, found by reading the head of its file.

A folder's module docstring begins with the resource type, so a kind is imported only when a snapshot holds
one of its type. Knows no resource type itself. Other distributions add kinds by the entry point group
`cloison.kinds`, where the entry's name is the type; they are asked only for types that no folder knows.
"""

from __future__ import annotations

import functools
import importlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cloison.arm.ids import NotAnId, ResourceId
from cloison.model.behaviour import Behaviour
from cloison.model.body import Body, Open
from cloison.model.facts import Unknown
from cloison.model.kind import Kind
from cloison.model.limits import Limit
from cloison.model.live import Live
from cloison.model.network import Facet
from cloison.model.rights import Rights
from cloison.model.snapshot import Place, Resource, Snapshot

if TYPE_CHECKING:
    from importlib import metadata

GROUP = "cloison.kinds"
"""Entry point group of kinds that other distributions bring."""

_HEAD = re.compile(r'"""([\w.]+/[\w./]+)')
_REFERENCE = frozenset({"id", "name", "type", "etag", "resourcegroup"})
"""Properties of a child that is named but not told."""


class NotAKind(Exception):
    """An entry point names something that is no kind; the message says which."""


@functools.cache
def folders() -> Mapping[str, str]:
    """Folder by lower-case resource type, read from the first word of each folder's docstring."""
    found: dict[str, str] = {}
    for folder in Path(__file__).parent.iterdir():
        head = folder / "__init__.py"
        if folder.name.startswith("_") or not folder.is_dir() or not head.is_file():
            continue
        with head.open(encoding="utf-8") as text:
            first = _HEAD.match(text.readline())
        if first:
            found[first.group(1).lower()] = folder.name
    return found


@functools.cache
def _others() -> Mapping[str, metadata.EntryPoint]:
    if not _is_brought():
        return {}
    # Imported here: it takes a tenth of a whole check.
    from importlib import metadata

    return {entry.name.lower(): entry for entry in metadata.entry_points(group=GROUP)}


def _is_brought() -> bool:
    """Some distribution on the path declares kinds: a look for the group's name, which costs next to nothing.

    Distributions that are no folders on disk, such as zip files, are not looked into.
    """
    mark = f"[{GROUP}]".encode()
    for place in dict.fromkeys(sys.path):
        try:
            names = [name for name in os.listdir(place or ".") if name.endswith((".dist-info", ".egg-info"))]
        except OSError:
            continue
        for name in names:
            try:
                with open(os.path.join(place or ".", name, "entry_points.txt"), "rb") as file:
                    if mark in file.read():
                        return True
            except OSError:
                continue
    return False


def kind_of(type: str) -> Kind | None:
    """The kind of a full resource type in any case, or None where nobody knows it. Imports it the first time.

    Raises NotAKind when another distribution's entry point does not lead to a `Kind`.
    """
    return _kind_of(type.lower())


@functools.cache
def _kind_of(type: str) -> Kind | None:
    folder = folders().get(type)
    if folder is not None:
        kind: Kind = importlib.import_module(f"{__name__}.{folder}").KIND
        return kind
    entry = _others().get(type)
    if entry is None:
        return None
    loaded = entry.load()
    if not isinstance(loaded, Kind):
        raise NotAKind(
            f"entry point {entry.value} of group {GROUP} is no Kind, but should be that of {entry.name}"
        )
    return loaded


def _module(type: str, name: str) -> str | None:
    """A module of the type's folder by its full name, or None where the folder has none."""
    folder = folders().get(type.lower())
    if folder is None or not Path(__file__).with_name(folder).joinpath(f"{name}.py").is_file():
        return None
    return f"{__name__}.{folder}.{name}"


@functools.cache
def behaviour_of(type: str) -> Behaviour:
    """How resources of a full type, in any case, behave. Types that no folder tells keep their bodies."""
    name = _module(type, "behaviour")
    if name is None:
        parent, _, segment = type.lower().rpartition("/")
        below = behaviour_of(parent).below if parent.count("/") else {}
        return next((one for name, one in below.items() if name.lower() == segment), Behaviour())
    told: Behaviour = importlib.import_module(name).BEHAVIOUR
    return told


@functools.cache
def live_of(type: str) -> Live | None:
    """How a live ARM is asked for a full type, in any case; None where no folder says."""
    name = _module(type, "live")
    if name is None:
        return None
    told: Live = importlib.import_module(name).LIVE
    return told


def api_of(type: str) -> str:
    """The API version that a full type is read and written with; '' where none is known.

    Parts that are never read on their own have that of what they are a part of.
    """
    while type.count("/"):
        live = live_of(type)
        if live is not None:
            return live.api
        type = type.rpartition("/")[0]
    return ""


@functools.cache
def rights_of(type: str) -> Rights:
    """What writing a full type takes, in any case, beside its own right; a role that is not told is the parent's."""
    name = _module(type, "rights")
    told: Rights = importlib.import_module(name).RIGHTS if name is not None else Rights()
    parent = type.rpartition("/")[0]
    if told.role or not parent.count("/"):
        return told
    return msgspec.structs.replace(told, role=rights_of(parent).role)


@functools.cache
def limits_of(type: str) -> tuple[Limit, ...]:
    """How many of a full type, in any case, there may be; empty where no folder says."""
    name = _module(type, "limits")
    told: tuple[Limit, ...] = importlib.import_module(name).LIMITS if name is not None else ()
    return told


def all_facets(snapshot: Snapshot) -> list[Facet]:
    """Every facet of every resource of a snapshot. Types without a kind give none."""
    found: list[Facet] = []
    for type, of_type in snapshot.types.items():
        kind = kind_of(type)
        if kind is not None:
            for resource in of_type:
                found.extend(kind.facets(resource, snapshot))
    return found


def expand_nested(resources: Iterable[Resource]) -> list[Resource]:
    """The given resources, and the children that stand inside their bodies as resources of their own.

    A child that also stands on its own is taken from there, unless only the nested form is whole. A child
    that the parent only refers to, and that stands nowhere else, is partial.
    """
    given = list(resources)
    present: dict[ResourceId, Resource] = {resource.id: resource for resource in given}
    nested: dict[ResourceId, Resource] = {}
    pending = [resource for resource in given if _nested(resource.type)]
    while pending:
        parent = pending.pop(0)
        for child in _children(parent):
            known = nested.get(child.id) or present.get(child.id)
            if known is None or (known.partial is not None and child.partial is None):
                nested[child.id] = child
                if _nested(child.type):
                    pending.append(child)
        # A large export has thousands of parents: what was decoded to find their children would stay for ever.
        parent.forget()
    if not nested:
        return given
    kept = [nested.pop(resource.id, resource) for resource in given]
    return [*kept, *nested.values()]


def _nested(type: str) -> Mapping[str, str]:
    kind = kind_of(type)
    return kind.nested if kind is not None else {}


def _children(parent: Resource) -> Iterator[Resource]:
    for path, segment in _nested(parent.type).items():
        for index, item in enumerate(parent.body.at(path).each()):
            child = _child(parent, path, segment, item, index)
            if child is not None:
                yield child


def _child(parent: Resource, path: str, segment: str, item: Body, index: int) -> Resource | None:
    value = item.value
    if not isinstance(value, Mapping):
        return None
    try:
        id = parent.id.child(segment, _name(item, index))
    except NotAnId:
        return None
    partial = parent.partial
    if partial is None and "id" in value and {name.lower() for name in value} <= _REFERENCE:
        partial = Unknown(f"{parent.name} only refers to {id.name}", f"add {id.text}", item.cite())
    type = f"{parent.type}/{segment.lower()}"
    return Resource(
        id,
        type,
        lambda: _told(parent, path, index, type),
        flat=parent.flat,
        planned=parent.planned,
        partial=partial,
        maybe=parent.maybe,
        locate=_locate(parent, item.pointer),
    )


def _told(parent: Resource, path: str, index: int, type: str) -> object:
    """The child's body, taken from its parent's when it is asked for."""
    version = parent.body.at("apiVersion")
    told = {} if version.is_absent else {"apiVersion": version.value}
    value = next(item.value for at, item in enumerate(parent.body.at(path).each()) if at == index)
    return {**told, "type": type, **value} if isinstance(value, Mapping) else value


def _name(item: Body, index: int) -> str:
    """A child's own name; `{…}` where the input leaves it open."""
    for key in ("name", "id"):
        value = item.at(key).value
        if isinstance(value, str) and value.strip("/ "):
            return value.rstrip("/ ").rpartition("/")[2]
        if isinstance(value, Open):
            return value.text.replace("/", "-")
    return f"{{{index}}}"


def _locate(parent: Resource, prefix: str) -> Callable[[str], Place | None]:
    # Asked of the parent only when somebody wants the place: finding one reads the file's lines.
    return lambda pointer: parent.place(f"{prefix}{pointer}")
