"""What the emulator starts with and what it leaves: snapshots and templates in, a snapshot out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from cloison.arm.ids import ResourceId
from cloison.controlplane.apart import apart
from cloison.emulator.clock import AtOnce
from cloison.emulator.deployments.deploying import Deployment
from cloison.emulator.deployments.wanted import wanted
from cloison.emulator.wire import Asked
from cloison.emulator.world import World
from cloison.model.behaviour import Json, Refused, Write
from cloison.model.errors import CloisonError
from cloison.model.snapshot import Resource, Snapshot
from cloison.sources import ReadOptions, document, read
from cloison.sources.arm_template.parameters import values_of
from cloison.sources.arm_template.text import lenient

LOADED = "rg-loaded"
"""The group that a template is deployed to where nobody names one."""
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
    """Put what the sources hold into the world: exports as they are, templates by deploying them, in order.

    Raises CloisonError for what cannot be read or deployed.
    """
    options = options or ReadOptions()
    count = 0
    notes: list[str] = []
    for source in sources:
        snapshot = read([source], options)
        planned = any(one.planned for one in snapshot.resources.values())
        loaded = _deployed(world, source, options) if planned else plant(world, snapshot)
        count += loaded.resources
        notes += loaded.notes
    return Loaded(count, tuple(notes))


def plant(world: World, snapshot: Snapshot) -> Loaded:
    """Put live resources into the world as they are, with the groups and subscriptions that they need."""
    notes = [f"not in the snapshot: {gap.what} ({gap.why})" for gap in snapshot.gaps]
    count = 0
    for resource in snapshot.resources.values():
        if resource.planned or resource.partial is not None or "{" in resource.id:
            notes.append(f"left out: {resource.id.text} is not told as it is")
            continue
        _home(world, resource)
        for id, told in apart(resource.id, _body(resource), set()):
            # A child that was read on its own says more than its parent's list does.
            if id not in world.state or id == resource.id:
                world.state.write(Write(id, told))
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
    return body


def _whole(body: Json) -> Json:
    """What the command line prints flat, with its `properties` again."""
    inner = {
        name: value
        for name, value in body.items()
        if name.lower() not in _ENVELOPE and name != "resourceGroup"
    }
    outer = {name: value for name, value in body.items() if name.lower() in _ENVELOPE}
    return {**outer, "properties": inner}


def save(world: World, file: Path) -> None:
    """Write everything as a snapshot document; secrets are left out. Raises OSError."""
    file.write_text(saved(world), encoding="utf-8")


def saved(world: World) -> str:
    """Everything as a snapshot document. The same state gives the same bytes."""
    return document(world.state.snapshot())


def _deployed(world: World, source: str, options: ReadOptions) -> Loaded:
    """Deploy a template into the world. Raises CloisonError where that fails."""
    group = options.resource_group or LOADED
    subscription = options.subscription or next(iter(world.subscriptions))
    world.subscribe(subscription)
    scope = ResourceId(f"/subscriptions/{subscription}/resourceGroups/{group}")
    location = options.location or "westeurope"
    # In a time of its own, in which everything ends at once: nobody waits for what is loaded.
    there = World(
        state=world.state,
        clock=AtOnce(world.clock.seconds()),
        subscriptions=tuple(world.subscriptions),
        tenant=world.tenant,
        seed=f"{world.seed}/load",
    )
    there.internal = world.internal
    try:
        there.internal(there, Asked.of("PUT", f"{scope.text}?api-version=2024-11-01", {"location": location}))
        there.settle()
        body = _request(Path(source), options, location)
        id = scope.child("providers", "Microsoft.Resources", "deployments", "load")
        deployment = Deployment(there, wanted(there, body, id))
        there.followers.append(deployment.step)
        there.settle()
        refused = deployment.refused
    except Refused as problem:
        refused = problem
    if refused is not None:
        raise _failed(source, refused)
    return Loaded(len(deployment.tasks))


def _request(path: Path, options: ReadOptions, location: str) -> Asked:
    """The request that deploys a file, its text as it is."""
    parameters: Json = {}
    for name in options.parameters or _beside(path):
        told = msgspec.json.decode(lenient(Path(name).read_text(encoding="utf-8-sig")))
        parameters |= values_of(told)
    parameters |= {name: _typed(text) for name, text in options.set.items()}
    given = msgspec.json.encode({name: {"value": value} for name, value in parameters.items()})
    text = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    properties = b'{"mode":"Incremental","parameters":' + given + b',"template":' + text + b"}"
    return Asked(method="PUT", path="/", body=b'{"properties":' + properties + b"}")


def _typed(text: str) -> Any:
    """What a person typed: a list, an object or a quoted text where it begins as one, else the text itself."""
    if text[:1] in ("[", "{", '"'):
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError:
            return text
    return text


def _beside(path: Path) -> tuple[str, ...]:
    beside = path.with_name(f"{path.stem}.parameters.json")
    return (str(beside),) if beside.is_file() else ()


def _failed(source: str, refused: Refused) -> CloisonError:
    first = refused.details[0] if refused.details else {}
    told = f"{first.get('code')}: {first.get('message')}" if first else f"{refused.code}: {refused.message}"
    return CloisonError(
        "E405",
        f"{source} cannot be deployed to the emulator",
        because=told,
        help="give the parameters that it needs with --parameters or --set",
        file=source,
    )
