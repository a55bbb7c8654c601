"""What whoever sends a request must be allowed to do, beside writing the resource itself. Each kind says it in its
`rights.py`; nothing here knows a resource type.

Resource Manager asks for the action of the request at the resource, and for a linked action at each resource that
the body names in certain places: to put something into a subnet one has to be allowed to join it.
Source: Microsoft Learn, "Azure permissions" by provider; answers `LinkedAuthorizationFailed` quoted in reports to
terraform-provider-azurerm and azure-cli; checked 2026-11-25.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

IDENTITIES = "identity/userAssignedIdentities"
"""Whatever bears an identity that others made names it here, as a member's name."""
ASSIGN = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
"""What giving somebody such an identity takes, at the identity.
Source: Microsoft Learn, Azure permissions for Identity; checked 2026-11-25."""


class ByPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Resources of the type that Azure Policy makes, where an organisation wants it so."""

    name: str
    """What those are called."""
    initiatives: frozenset[str] = frozenset()
    """Names, in lower case, of policy sets that make them."""
    definitions: Mapping[str, str] = {}
    """GUID of a built-in policy -> the sub-resource for which it makes them, in lower case."""


class Rights(msgspec.Struct, frozen=True, kw_only=True):
    """What writing resources of a type takes."""

    joins: Mapping[str, str] = {}
    """Pointer to an id in the body, `*` being every item of a list -> the action that it takes at what is named;
    `{type}` in it stands for the type of that."""
    role: str = ""
    """The narrowest built-in role that holds writing and deleting; empty: as its parent says."""
    by_policy: ByPolicy | None = None
