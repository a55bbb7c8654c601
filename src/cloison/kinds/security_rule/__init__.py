"""Microsoft.Network/networkSecurityGroups/securityRules: one rule of a network security group."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._read import either, ids, lower, one_of
from cloison.model.kind import Kind
from cloison.model.network import FilterRule
from cloison.model.snapshot import Resource, Snapshot

OPTIONAL = "REST reference 2025-09-01, SecurityRule: singular, plural or groups may stand; checked 2026-11-24"

DIRECTIONS = {"inbound": "inbound", "outbound": "outbound"}
ACCESS = {"allow": True, "deny": False}


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[FilterRule]:
    """The rule. Lists hold the singular and the plural form together, and are empty where neither stands."""
    body = resource.body

    def both(one: str, many: str) -> tuple[str, str, str]:
        return f"properties/{one}", f"properties/{many}", OPTIONAL

    yield FilterRule(
        id=resource.id,
        maybe=resource.maybe,
        filter=resource.id.parent,
        name=resource.name,
        direction=one_of(body.at("properties/direction"), DIRECTIONS),
        allow=one_of(body.at("properties/access"), ACCESS),
        priority=body.at("properties/priority").number(),
        protocol=lower(body.at("properties/protocol").text()),
        sources=either(body, *both("sourceAddressPrefix", "sourceAddressPrefixes")),
        destinations=either(body, *both("destinationAddressPrefix", "destinationAddressPrefixes")),
        source_groups=ids(body.at("properties/sourceApplicationSecurityGroups"), OPTIONAL),
        destination_groups=ids(body.at("properties/destinationApplicationSecurityGroups"), OPTIONAL),
        ports=either(body, *both("destinationPortRange", "destinationPortRanges")),
        source_ports=either(body, *both("sourcePortRange", "sourcePortRanges")),
    )


KIND = Kind(
    type="Microsoft.Network/networkSecurityGroups/securityRules", facets=facets, title="security rule"
)
