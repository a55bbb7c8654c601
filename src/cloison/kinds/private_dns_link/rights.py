"""What linking a network to a zone takes: to join the network.

Source: Microsoft Learn, Azure permissions for Networking; reports of `LinkedAuthorizationFailed` to terraform-
provider-azurerm (#24724); checked 2026-11-25.
"""

from __future__ import annotations

from cloison.model.rights import Rights

RIGHTS = Rights(joins={"properties/virtualNetwork/id": "Microsoft.Network/virtualNetworks/join/action"})
