"""A few lines to write resources of any type with, and to read the facts and facets that they give."""

from __future__ import annotations

from typing import Any, TypeVar

from cloison import kinds
from cloison.arm.ids import ResourceId
from cloison.model.body import Open
from cloison.model.facts import Fact, Known, Origin, Unknown
from cloison.model.network import Facet
from cloison.model.snapshot import Resource, Snapshot

F = TypeVar("F", bound=Facet)
T = TypeVar("T")

GROUP = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-ml/providers"
NODES = f"{GROUP}/Microsoft.Network/virtualNetworks/spoke/subnets/nodes"
PODS = f"{GROUP}/Microsoft.Network/virtualNetworks/spoke/subnets/pods"
ASKED = Open("{parameters('asked')}", "--set asked=…")
NAMED_ONLY = Unknown("only its name is in the input", "add it")


def id_of(tail: str) -> ResourceId:
    """The id of `Microsoft.Storage/storageAccounts/store`."""
    return ResourceId(f"{GROUP}/{tail}")


def made(
    tail: str, properties: dict[str, Any], *, body: dict[str, Any] | None = None, **how: Any
) -> Resource:
    """A resource in West Europe; `how` as for Resource."""
    whole = {"location": "West Europe", "properties": properties, **(body or {})}
    id = id_of(tail)
    return Resource(id, id.type, lambda: whole, **how)


def printed(tail: str, body: dict[str, Any]) -> Resource:
    """A resource as the command line prints it: without `properties` envelopes."""
    id = id_of(tail)
    return Resource(id, id.type, lambda: body, flat=True)


def facets(kind: type[F], *resources: Resource) -> list[F]:
    """Facets of one kind that the resources give together."""
    snapshot = Snapshot(kinds.expand_nested(resources))
    return [facet for facet in kinds.all_facets(snapshot) if isinstance(facet, kind)]


def origin(fact: Fact[T]) -> Origin:
    """Where a known value comes from."""
    assert isinstance(fact, Known)
    return fact.cite.origin


def connection(endpoint: str, status: str) -> dict[str, Any]:
    """A connection as a service lists it."""
    return {
        "properties": {
            "privateEndpoint": {"id": endpoint},
            "privateLinkServiceConnectionState": {"status": status},
        }
    }
