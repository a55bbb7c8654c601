"""Export: what is there as a template that deploys it again.

Source for the form: Microsoft Learn, REST reference "Resource Groups - Export Template"; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cloison.arm.ids import ResourceId
from cloison.emulator.deployments.deploying import DEPLOYMENTS
from cloison.emulator.providers import VERSIONS
from cloison.emulator.world import World
from cloison.kinds import behaviour_of, live_of
from cloison.model.behaviour import Json, ids_in, laid, look

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
_TOP = ("location", "tags", "sku", "kind", "plan", "zones")


def exported(world: World, scope: ResourceId, wanted: Sequence[str]) -> Json:
    """A template of the resources of a group. wanted: ids, or `*` for all."""
    names = {one.lower() for one in wanted}
    ids = [
        id
        for id in world.state.below(scope)
        if id.type != DEPLOYMENTS and ("*" in names or any(within(id, name) for name in names))
    ]
    made = [_resource(world, id, set(ids)) for id in ids if not _is_azures(world, id)]
    return {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": {},
        "variables": {},
        "resources": made,
    }


def within(id: ResourceId, name: str) -> bool:
    """The resource is the named one, or lies below it."""
    return id == name or id.startswith(f"{name}/")


def _is_azures(world: World, id: ResourceId) -> bool:
    """Azure made it, as a consequence of another: deploying that makes it again."""
    body = world.state.get(id)
    return (
        look(body, "properties/privateEndpoint/id") is not None
        or isinstance(look(body, "managedBy"), str)
        or (id.name == "@" and id.type.endswith("/soa"))
    )


def _resource(world: World, id: ResourceId, ids: set[ResourceId]) -> Json:
    body = world.state.get(id) or {}
    behaviour = behaviour_of(id.type)
    for pointer in (*behaviour.schema.read_only, "properties/provisioningState"):
        if look(body, pointer) is not None:
            body = laid(body, pointer, None)
    parts = id.text.rpartition("/providers/")[2].split("/")
    told: Json = {
        "type": str(body.get("type", id.type)),
        "apiVersion": _version(id),
        "name": "/".join(parts[2::2]),
    }
    if id.parent in ids and "/providers/" in id.text[len(id.parent.text) :]:
        told["scope"] = f"[{_reference(id.parent)}]"
    told |= {name: body[name] for name in _TOP if body.get(name) is not None}
    identity = body.get("identity")
    if isinstance(identity, dict):
        told["identity"] = {
            name: identity[name] for name in ("type", "userAssignedIdentities") if name in identity
        }
    needed = [one for one in dict.fromkeys((id.parent, *ids_in(body))) if one in ids and one != id]
    if needed:
        told["dependsOn"] = [f"[{_reference(one)}]" for one in needed]
    if isinstance(body.get("properties"), dict):
        told["properties"] = _escaped(body["properties"])
    return told


def _version(id: ResourceId) -> str:
    live = live_of(id.type)
    if live is not None:
        return live.api
    namespace = id.text.rpartition("/providers/")[2].partition("/")[0]
    return VERSIONS.get(namespace, ("2024-01-01",))[0]


def _reference(id: ResourceId) -> str:
    parts = id.text.rpartition("/providers/")[2].split("/")
    kind = "/".join([parts[0], *parts[1::2]])
    names = ", ".join(f"'{name}'" for name in parts[2::2])
    return f"resourceId('{kind}', {names})"


def _escaped(value: Any) -> Any:
    """Texts that would be read as expressions, written so that they are not."""
    if isinstance(value, dict):
        return {name: _escaped(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_escaped(inner) for inner in value]
    return f"[{value}" if isinstance(value, str) and value.startswith("[") else value
