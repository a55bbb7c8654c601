"""A snapshot as a state that requests can be tried on.

Only what was read stands in it; a request that needs what was not read is refused there as Azure would refuse it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cloison.arm.ids import NotAnId, ResourceId
from cloison.controlplane import Azure
from cloison.kinds import behaviour_of, kind_of
from cloison.model.behaviour import Json, Write, each, laid, look
from cloison.model.errors import CloisonError
from cloison.model.snapshot import Snapshot

GROUP = "Microsoft.Resources/resourceGroups"


def world(snapshot: Snapshot) -> Azure:
    """The state that a snapshot tells. Raises CloisonError for one that is only planned."""
    azure = Azure()
    for resource in snapshot.resources.values():
        if resource.planned:
            raise CloisonError(
                "E201",
                f"{resource.name} is not deployed yet",
                because="a plan changes what is deployed; a template is changed by its author",
                help="give a live environment (azure:…) or an export of one; `cloison check` says what to change",
            )
    for id in _groups(snapshot):
        azure.write(Write(id, {"id": id.text, "name": id.name, "type": GROUP, "properties": {}}))
    for resource in snapshot.resources.values():
        body = resource.body.value
        if isinstance(body, Mapping):
            for id, told in _apart(resource.id, dict(body)):
                if id not in azure or id == resource.id:
                    azure.write(Write(id, told))
    return azure


def _groups(snapshot: Snapshot) -> list[ResourceId]:
    """The resource groups that anything lies in, whether or not they were read themselves."""
    found: dict[ResourceId, None] = {}
    for id in snapshot.resources:
        head, separator, _ = id.text.partition("/providers/")
        if separator and id.resource_group:
            found[ResourceId(head)] = None
    return list(found)


def _apart(id: ResourceId, body: Json) -> Iterator[tuple[ResourceId, Json]]:
    """The body without the children it holds, and those children, each as a resource."""
    kind = kind_of(id.type)
    type = kind.type if kind is not None else str(body.get("type", id.type))
    nested = dict(kind.nested) if kind is not None else {}
    children: list[tuple[ResourceId, Json]] = []
    for pointer, segment in (nested | dict(behaviour_of(id.type).embeds)).items():
        if look(body, pointer) is None:
            continue
        children.extend(_named(id, segment, item) for item in each(body, pointer) if _names(item))
        body = laid(body, pointer, None)
    yield id, {**body, "id": id.text, "name": body.get("name") or id.name, "type": type}
    for child, told in children:
        # What a parent only names is no body: the child's own answer, where it was read, says more.
        if set(told) - {"id", "name", "type", "etag", "resourceGroup"}:
            yield from _apart(child, told)


def _names(item: object) -> bool:
    return isinstance(item, dict) and bool(item.get("name") or item.get("id"))


def _named(parent: ResourceId, segment: str, item: Json) -> tuple[ResourceId, Json]:
    try:
        return ResourceId.parse(item.get("id")), item
    except NotAnId:
        name = str(item.get("name") or item.get("id")).rpartition("/")[2]
        return parent.child(segment, name), item
