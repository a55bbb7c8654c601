"""What making a zone group takes, and whose it is where Azure Policy makes them.

Source: Microsoft Learn, Azure permissions for Networking; Private Link and DNS integration at scale; the policies of
the initiative Deploy-Private-DNS-Zones in Azure/Enterprise-Scale, which name what they make `deployedByPolicy`;
checked 2026-11-25.
"""

from __future__ import annotations

from cloison.model.rights import ByPolicy, Rights

RIGHTS = Rights(
    joins={
        "properties/privateDnsZoneConfigs/*/properties/privateDnsZoneId": (
            "Microsoft.Network/privateDnsZones/join/action"
        ),
    },
    by_policy=ByPolicy(
        name="deployedByPolicy",
        initiatives=frozenset({"deploy-private-dns-zones"}),
        definitions={
            "75973700-529f-4de2-b794-fb9b6781b6b0": "blob",
            "6df98d03-368a-4438-8730-a93c4d7693d6": "file",
            "bcff79fb-2b0d-47c9-97e5-3023479b00d1": "queue",
            "028bbd88-e9b5-461f-9424-a1b63a7bee1a": "table",
            "83c6fe0f-2316-444a-99a1-1ecd8a7872ca": "dfs",
            "ac673a9a-f77d-4846-b2d8-a57f8e1c01d4": "vault",
            "e9585a95-5b8c-4d03-b193-dc7eb5ac4c32": "registry",
            "ee40564d-486e-4f68-a5ca-7a621edae0fb": "amlworkspace",
        },
    ),
)
