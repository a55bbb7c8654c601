"""What writing a cluster takes: to join the subnets of its pools.

Source: Microsoft Learn, Access and identity options for AKS, "AKS cluster identity permissions" and "Identity
creating and operating the cluster"; Azure built-in roles for Containers; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.model.rights import Rights

RIGHTS = Rights(
    joins={
        "properties/agentPoolProfiles/*/vnetSubnetID": "Microsoft.Network/virtualNetworks/subnets/join/action",
        "properties/agentPoolProfiles/*/podSubnetID": "Microsoft.Network/virtualNetworks/subnets/join/action",
    },
    role="Azure Kubernetes Service Contributor Role",
)
