"""What writing a virtual machine takes.

Source: Microsoft Learn, Azure permissions for Compute and for Networking; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.model.rights import Rights

RIGHTS = Rights(
    joins={
        "properties/networkProfile/networkInterfaces/*/id": "Microsoft.Network/networkInterfaces/join/action"
    },
    role="Virtual Machine Contributor",
)
