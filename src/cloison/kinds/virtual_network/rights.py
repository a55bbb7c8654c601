"""What writing a network with its subnets takes.

Source: Microsoft Learn, Azure permissions for Networking; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.model.rights import Rights

RIGHTS = Rights(
    joins={
        "properties/subnets/*/properties/networkSecurityGroup/id": (
            "Microsoft.Network/networkSecurityGroups/join/action"
        ),
        "properties/subnets/*/properties/routeTable/id": "Microsoft.Network/routeTables/join/action",
        "properties/subnets/*/properties/natGateway/id": "Microsoft.Network/natGateways/join/action",
    },
    role="Network Contributor",
)
