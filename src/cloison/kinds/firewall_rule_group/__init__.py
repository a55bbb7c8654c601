"""Microsoft.Network/firewallPolicies/ruleCollectionGroups: rules of a policy, read with each firewall that takes it."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(
    type="Microsoft.Network/firewallPolicies/ruleCollectionGroups", title="firewall rule collection group"
)
