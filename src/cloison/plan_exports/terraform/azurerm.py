"""What azurerm has a resource for, argument by argument; a body that says more than its arguments is left to azapi.

Source: documentation of azurerm 4: private_dns_zone, private_dns_zone_virtual_network_link, private_dns_a_record,
private_endpoint, role_assignment; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cloison.plan_exports import Json
from cloison.plan_exports.steps import Place, place
from cloison.plan_exports.terraform.hcl import Block

Made = tuple[Json, tuple[Block, ...]]


class More(Exception):
    """The body says something that no argument takes."""


def azurerm(path: str, body: Json) -> tuple[str, Json, tuple[Block, ...]] | None:
    """Type, arguments and blocks; None where azurerm cannot say it all."""
    at = place(path)
    found = _TYPES.get(at.type.lower())
    if found is None:
        return None
    type, make = found
    left = _Left(body)
    try:
        attributes, blocks = make(at, left)
        left.end()
    except More:
        return None
    return type, {name: value for name, value in attributes.items() if value is not None}, blocks


class _Left:
    """What of a body no argument has taken yet."""

    def __init__(self, body: object) -> None:
        if not isinstance(body, dict):
            raise More
        self._left = dict(body)

    def take(self, name: str, default: object = None) -> Any:  # noqa: ANN401 - a value of a body
        """A value that becomes an argument."""
        return self._left.pop(name, default)

    def within(self, name: str) -> _Left:
        """An object of which every member has to be taken, too; an empty one where it is left out."""
        return _Left(self._left.pop(name, {}))

    def only(self, name: str) -> _Left:
        """The sole object of a list."""
        some = self._left.pop(name, None)
        if not isinstance(some, list) or len(some) != 1:
            raise More
        return _Left(some[0])

    def end(self) -> None:
        """Raises More where something is left."""
        if self._left:
            raise More


def _zone(at: Place, left: _Left) -> Made:
    left.take("location")
    left.within("properties").end()
    return {"name": at.name, "resource_group_name": at.group, "tags": left.take("tags")}, ()


def _link(at: Place, left: _Left) -> Made:
    left.take("location")
    told = left.within("properties")
    network = told.within("virtualNetwork")
    made = {
        "name": at.names[1],
        "resource_group_name": at.group,
        "private_dns_zone_name": at.names[0],
        "virtual_network_id": network.take("id"),
        "registration_enabled": told.take("registrationEnabled", False),
        "resolution_policy": told.take("resolutionPolicy"),
        "tags": left.take("tags"),
    }
    network.end()
    told.end()
    return made, ()


def _record(at: Place, left: _Left) -> Made:
    told = left.within("properties")
    addresses = []
    for one in told.take("aRecords", []):
        record = _Left(one)
        addresses.append(record.take("ipv4Address"))
        record.end()
    made = {
        "name": at.names[1],
        "resource_group_name": at.group,
        "zone_name": at.names[0],
        "ttl": told.take("ttl"),
        "records": addresses,
        "tags": told.take("metadata"),
    }
    told.end()
    return made, ()


def _endpoint(at: Place, left: _Left) -> Made:
    told = left.within("properties")
    subnet = told.within("subnet")
    connection = told.only("privateLinkServiceConnections")
    leads = connection.within("properties")
    blocks = [
        Block(
            "private_service_connection",
            {
                "name": connection.take("name"),
                "is_manual_connection": False,
                "private_connection_resource_id": leads.take("privateLinkServiceId"),
                "subresource_names": leads.take("groupIds"),
            },
        )
    ]
    for one in told.take("ipConfigurations") or []:
        blocks.append(_address(_Left(one)))
    made = {
        "name": at.name,
        "resource_group_name": at.group,
        "location": left.take("location"),
        "subnet_id": subnet.take("id"),
        "custom_network_interface_name": told.take("customNetworkInterfaceName"),
        "tags": left.take("tags"),
    }
    for part in (subnet, leads, connection, told):
        part.end()
    return made, tuple(blocks)


def _address(left: _Left) -> Block:
    told = left.within("properties")
    made = {
        "name": left.take("name"),
        "private_ip_address": told.take("privateIPAddress"),
        "subresource_name": told.take("groupId"),
        "member_name": told.take("memberName"),
    }
    told.end()
    left.end()
    return Block("ip_configuration", made)


def _role(at: Place, left: _Left) -> Made:
    told = left.within("properties")
    made = {
        "name": at.name,
        "scope": at.scope,
        "role_definition_id": told.take("roleDefinitionId"),
        "principal_id": told.take("principalId"),
        "principal_type": told.take("principalType"),
    }
    told.end()
    if not at.scope:
        raise More
    return made, ()


_TYPES: dict[str, tuple[str, Callable[[Place, _Left], Made]]] = {
    "microsoft.network/privatednszones": ("azurerm_private_dns_zone", _zone),
    "microsoft.network/privatednszones/virtualnetworklinks": (
        "azurerm_private_dns_zone_virtual_network_link",
        _link,
    ),
    "microsoft.network/privatednszones/a": ("azurerm_private_dns_a_record", _record),
    "microsoft.network/privateendpoints": ("azurerm_private_endpoint", _endpoint),
    "microsoft.authorization/roleassignments": ("azurerm_role_assignment", _role),
}
