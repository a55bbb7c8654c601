"""What making a private endpoint takes: to join its subnet, and to approve connections where it leads.

Source: Microsoft Learn, Azure RBAC permissions for Azure Private Link; What is a private endpoint, "Access to a
private link resource using approval workflow"; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.model.rights import Rights

RIGHTS = Rights(
    joins={
        "properties/subnet/id": "Microsoft.Network/virtualNetworks/subnets/join/action",
        "properties/privateLinkServiceConnections/*/properties/privateLinkServiceId": (
            "{type}/privateEndpointConnectionsApproval/action"
        ),
        "properties/applicationSecurityGroups/*/id": (
            "Microsoft.Network/applicationSecurityGroups/joinIpConfiguration/action"
        ),
    },
    role="Network Contributor",
)
