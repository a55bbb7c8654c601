"""What writing a subnet takes: to join what holds for it.

Source: Microsoft Learn, Azure permissions for Networking; Manage subnets, "Permissions"; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.model.rights import Rights

RIGHTS = Rights(
    joins={
        "properties/networkSecurityGroup/id": "Microsoft.Network/networkSecurityGroups/join/action",
        "properties/routeTable/id": "Microsoft.Network/routeTables/join/action",
        "properties/natGateway/id": "Microsoft.Network/natGateways/join/action",
    },
)
