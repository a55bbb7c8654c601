"""A few lines to write resources with. Names say the part: `spoke`, `doors`, `store`."""

from __future__ import annotations

from typing import Any, TypeVar

from cloison import kinds
from cloison.arm.ids import ResourceId
from cloison.model.network import Facet
from cloison.model.snapshot import Resource, Snapshot

F = TypeVar("F", bound=Facet)

GROUP = (
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-net/providers/Microsoft.Network"
)


def named(tail: str) -> ResourceId:
    """The id of a part: `named("virtualNetworks/spoke")`."""
    return ResourceId(f"{GROUP}/{tail}")


def one(tail: str, properties: dict[str, Any], *, body: dict[str, Any] | None = None, **how: Any) -> Resource:
    """A resource of Microsoft.Network; `how` as for Resource."""
    whole = {"properties": properties, **(body or {})}
    return Resource(named(tail), named(tail).type, lambda: whole, **how)


def facets(kind: type[F], *resources: Resource) -> list[F]:
    """Facets of one kind that the resources give together."""
    snapshot = Snapshot(kinds.expand_nested(resources))
    return [facet for facet in kinds.all_facets(snapshot) if isinstance(facet, kind)]
