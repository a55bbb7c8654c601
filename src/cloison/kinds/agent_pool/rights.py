"""What writing a pool takes: to join its subnets.

Source: Microsoft Learn, Access and identity options for AKS, "Identity creating and operating the cluster"; checked
2026-11-25.
"""

from __future__ import annotations

from cloison.model.rights import Rights

RIGHTS = Rights(
    joins={
        "properties/vnetSubnetID": "Microsoft.Network/virtualNetworks/subnets/join/action",
        "properties/podSubnetID": "Microsoft.Network/virtualNetworks/subnets/join/action",
    },
)
