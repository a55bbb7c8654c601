"""What peering takes: a right of its own at the other network.

Source: Microsoft Learn, Create, change, or delete a virtual network peering, "Permissions"; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.model.rights import Rights

RIGHTS = Rights(joins={"properties/remoteVirtualNetwork/id": "Microsoft.Network/virtualNetworks/peer/action"})
