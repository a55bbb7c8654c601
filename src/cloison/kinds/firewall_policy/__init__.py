"""Microsoft.Network/firewallPolicies: rules and DNS settings of firewalls, read with each firewall that takes it."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(
    type="Microsoft.Network/firewallPolicies",
    nested={"properties/ruleCollectionGroups": "ruleCollectionGroups"},
    title="firewall policy",
)
