"""Microsoft.Network/networkManagers: connects and filters networks from outside; what it deploys is not judged yet."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._read import lower_all
from cloison.model.facts import Default
from cloison.model.kind import Kind
from cloison.model.network import NetworkManager
from cloison.model.snapshot import Resource, Snapshot

NONE: Default[tuple[str, ...]] = Default(
    (), "REST reference 2025-09-01, NetworkManager: scopes and accesses are lists; checked 2026-11-24"
)


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[NetworkManager]:
    """The manager with its scope and what it may do there."""
    scopes = resource.body.at("properties/networkManagerScopes")
    yield NetworkManager(
        id=resource.id,
        maybe=resource.maybe,
        subscriptions=lower_all(scopes.at("subscriptions").texts(NONE)),
        management_groups=lower_all(scopes.at("managementGroups").texts(NONE)),
        accesses=lower_all(resource.body.at("properties/networkManagerScopeAccesses").texts(NONE)),
    )


KIND = Kind(type="Microsoft.Network/networkManagers", facets=facets, title="network manager")
