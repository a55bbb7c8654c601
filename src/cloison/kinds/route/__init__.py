"""Microsoft.Network/routeTables/routes: one user-defined route."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._read import mapped, one_of
from cloison.model.facts import Default
from cloison.model.kind import Kind
from cloison.model.network import Route
from cloison.model.snapshot import Resource, Snapshot

NO_ADDRESS = Default("", "REST reference 2025-09-01, Route: only for VirtualAppliance; checked 2026-11-24")
HOPS = {hop: hop for hop in ("virtualappliance", "internet", "none", "vnetlocal", "virtualnetworkgateway")}
"""Source: REST reference 2025-09-01, RouteNextHopType; checked 2026-11-24."""


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Route]:
    """The route."""
    body = resource.body
    yield Route(
        id=resource.id,
        maybe=resource.maybe,
        table=resource.id.parent,
        name=resource.name,
        prefix=body.at("properties/addressPrefix").text(),
        hop=one_of(body.at("properties/nextHopType"), HOPS),
        hop_address=mapped(
            body.at("properties/nextHopIpAddress").text(NO_ADDRESS), lambda text: text or None
        ),
    )


KIND = Kind(type="Microsoft.Network/routeTables/routes", facets=facets, title="route")
