"""Printing: how the command line and Resource Graph change a body, and how to change it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ENVELOPE = frozenset({
    "apiversion", "changedtime", "createdtime", "etag", "extendedlocation", "id", "identity", "kind", "location",
    "managedby", "managedbyextended", "name", "parentresource", "plan", "properties", "provisioningstate",
    "resourcegroup", "resourcegroupname", "resourceid", "resourcename", "resources", "resourcetype", "sku", "scope",
    "subscriptionid", "subscriptionname", "systemdata", "tags", "tenantid", "type", "zones",
})  # fmt: skip
"""Members that every ARM resource may have at its top, and columns that Resource Graph and `az resource list` add."""
_COLUMN = "properties_"
"""Resource Graph names a projected property so: `project properties.agentPoolProfiles`."""


def is_flat(named: Mapping[str, Any]) -> bool:
    """The body was printed without its `properties`. named: the row, names in lower case."""
    if isinstance(named.get("properties"), dict):
        return False
    return any(name not in ENVELOPE and not name.startswith(_COLUMN) for name in named)


def missing_properties(named: Mapping[str, Any]) -> bool:
    """The body has no `properties`, or columns of it only. named: the row, names in lower case."""
    return not isinstance(named.get("properties"), dict)


def arm_body(row: object, renamed: Mapping[str, str]) -> object:
    """The row with ARM's names at its top; projected columns go back into `properties`."""
    if not isinstance(row, dict):
        return row
    made = {renamed.get(name, name): value for name, value in row.items() if not name.startswith(_COLUMN)}
    columns = {name.removeprefix(_COLUMN): value for name, value in row.items() if name.startswith(_COLUMN)}
    if columns:
        made["properties"] = columns
    return made
