"""Microsoft.Network/routeTables: where a subnet's packets go when the user says so; its routes are resources."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._read import children_listed
from cloison.model.facts import Default
from cloison.model.kind import Kind
from cloison.model.network import RouteTable
from cloison.model.snapshot import Resource, Snapshot

NO_ROUTES = "REST reference 2025-09-01, RouteTable: routes is optional; checked 2026-11-24"
TAKES_LEARNT = Default(
    False, "REST reference 2025-09-01, disableBgpRoutePropagation: true means disable; checked 2026-11-24"
)


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[RouteTable]:
    """The table without its routes."""
    body = resource.body
    yield RouteTable(
        id=resource.id,
        maybe=resource.maybe,
        drops_learnt_routes=body.at("properties/disableBgpRoutePropagation").flag(TAKES_LEARNT),
        routes_known=children_listed(body.at("properties/routes"), NO_ROUTES),
    )


KIND = Kind(
    type="Microsoft.Network/routeTables",
    facets=facets,
    nested={"properties/routes": "routes"},
    title="route table",
)
