"""Microsoft.Network/networkSecurityGroups: a filter; its rules are resources of their own.

The default rules are Azure's and the same everywhere, so they are not read here.
"""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._read import children_listed
from cloison.model.kind import Kind
from cloison.model.network import Filter
from cloison.model.snapshot import Resource, Snapshot

NO_RULES = "REST reference 2025-09-01, NetworkSecurityGroup: securityRules is optional; checked 2026-11-24"


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Filter]:
    """The filter without its rules."""
    listed = children_listed(resource.body.at("properties/securityRules"), NO_RULES)
    yield Filter(id=resource.id, maybe=resource.maybe, rules_known=listed)


KIND = Kind(
    type="Microsoft.Network/networkSecurityGroups",
    facets=facets,
    nested={"properties/securityRules": "securityRules"},
    title="network security group",
)
