"""What writing a storage account takes: to speak for the subnets that it lets in.

Source: Microsoft Learn, Azure built-in roles for Storage; Virtual network service endpoints, "Permissions"; checked
2026-11-25.
"""

from __future__ import annotations

from cloison.model.rights import Rights

RIGHTS = Rights(
    joins={
        "properties/networkAcls/virtualNetworkRules/*/id": (
            "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action"
        ),
    },
    role="Storage Account Contributor",
)
