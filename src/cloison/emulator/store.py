"""What the emulator starts with and what it leaves: snapshots and templates in, a snapshot out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from cloison.arm.ids import ResourceId
from cloison.emulator.world import World
from cloison.kinds import behaviour_of, kind_of
from cloison.model.behaviour import Json, Write, laid, look
from cloison.model.snapshot import Resource, Snapshot
from cloison.sources import ReadOptions, read

DOCUMENT = "snapshot/1"
"""The version of the snapshot document that is written."""
_ENVELOPE = frozenset(
    {
        "id",
        "name",
        "type",
        "location",
        "tags",
        "identity",
        "kind",
        "sku",
        "zones",
        "etag",
        "plan",
        "managedby",
    }
)


class Loaded(msgspec.Struct, frozen=True):
    """What came of loading."""

    resources: int
    notes: tuple[str, ...] = ()
    """What was left out, or made up, for people."""


def load(world: World, sources: Iterable[str], options: ReadOptions | None = None) -> Loaded:
    """Put what the sources hold into the world. Raises CloisonError for what cannot be read."""
    snapshot = read(list(sources), options)
    return plant(world, snapshot)


def plant(world: World, snapshot: Snapshot) -> Loaded:
    """Put live resources into the world as they are, with the groups and subscriptions that they need."""
    notes = [f"not in the snapshot: {gap.what} ({gap.why})" for gap in snapshot.gaps]
    count = 0
    for resource in snapshot.resources.values():
        if resource.planned or resource.partial is not None or "{" in resource.id:
            notes.append(f"left out: {resource.id.text} is not told as it is")
            continue
        _home(world, resource)
        world.state.write(Write(resource.id, _body(resource)))
        count += 1
    return Loaded(count, tuple(notes))


def _home(world: World, resource: Resource) -> None:
    """The subscription and the group that a resource needs."""
    if resource.id.subscription:
        world.subscribe(resource.id.subscription)
    group = resource.id.resource_group
    if not group:
        return
    at = resource.id.text.lower().find("/resourcegroups/")
    end = resource.id.text.find("/", at + 16)
    id = ResourceId(resource.id.text if end < 0 else resource.id.text[:end])
    if id in world.state or id == resource.id:
        return
    where = resource.body.at("location").value
    body = {
        "id": id.text,
        "name": id.name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": where if isinstance(where, str) and where.lower() != "global" else "westeurope",
        "properties": {"provisioningState": "Succeeded"},
    }
    world.state.write(Write(id, body))


def _body(resource: Resource) -> Json:
    """The body as ARM has it: its own members in `properties`, its children elsewhere."""
    told: Any = resource.body.value
    body: Json = dict(told) if isinstance(told, dict) else {}
    if resource.flat:
        body = _whole(body)
    kind = kind_of(resource.type)
    embeds = behaviour_of(resource.type).embeds
    for pointer in {*embeds, *(kind.nested if kind is not None else ())}:
        if look(body, pointer) is not None:
            body = laid(body, pointer, None)
    type = kind.type if kind is not None else str(body.get("type") or resource.type)
    head = {"id": resource.id.text, "name": resource.id.name, "type": type}
    return {**head, **{name: value for name, value in body.items() if name.lower() not in head}}


def _whole(body: Json) -> Json:
    """What the command line prints flat, with its `properties` again."""
    inner = {
        name: value
        for name, value in body.items()
        if name.lower() not in _ENVELOPE and name != "resourceGroup"
    }
    outer = {name: value for name, value in body.items() if name.lower() in _ENVELOPE}
    return {**outer, "properties": inner}


def document(world: World) -> Json:
    """Everything as a snapshot document. The same state gives the same bytes."""
    resources = [resource.body.value for resource in world.state.snapshot().resources.values()]
    return {"cloison": DOCUMENT, "resources": resources, "gaps": []}


def save(world: World, file: Path) -> None:
    """Write the snapshot document. Raises OSError."""
    text = msgspec.json.format(msgspec.json.encode(document(world)), indent=2)
    file.write_bytes(text + b"\n")
