"""How a subnet behaves: it lies in its network, beside no other, and stays while something stands in it.

A PUT says everything: a filter, a route table or a NAT gateway that it leaves out is detached.
Sources: REST reference of Microsoft.Network 2025-09-01; exchanges recorded by azure-cli and azure-service-operator
(2020-2023); refusals quoted in reports to azure-cli, terraform-provider-azurerm and bicep; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Any

from cloison.arm.ids import ResourceId
from cloison.kinds import _addresses, _network, _parts, _prefixes
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Request,
    Schema,
    State,
    Write,
    laid,
    look,
)

POLICIES = "properties/privateEndpointNetworkPolicies"
DISABLED_SINCE = "2020-06-01"
"""Policies are off by default since; answers of 2020-05-01 say `Enabled`, those of 2020-11-01 `Disabled`."""
BACK = ("ipConfigurations", "privateEndpoints")

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "microsoft.web/serverfarms": ("action",),
    "microsoft.sql/managedinstances": (
        "join/action",
        "prepareNetworkPolicies/action",
        "unprepareNetworkPolicies/action",
    ),
}
"""What a delegation lets a service do, where it is not only to join."""
NO_ROUTES = frozenset({"azurebastionsubnet"})
"""Source: refusal RouteTableCannotBeAttachedForAzureBastionSubnet."""

SCHEMA = Schema(
    enums={
        POLICIES: ("Disabled", "Enabled", "NetworkSecurityGroupEnabled", "RouteTableEnabled"),
        "properties/privateLinkServiceNetworkPolicies": ("Enabled", "Disabled"),
        "properties/sharingScope": ("Tenant", "DelegatedServices"),
    },
    defaults={"properties/delegations": [], "properties/privateLinkServiceNetworkPolicies": "Enabled"},
    read_only=(
        "properties/provisioningState",
        "properties/ipConfigurations",
        "properties/ipConfigurationProfiles",
        "properties/privateEndpoints",
        "properties/privateLinkIpConfigurations",
        "properties/resourceNavigationLinks",
        "properties/serviceAssociationLinks",
        "properties/purpose",
    ),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The subnet with what Azure fills in."""
    mine = _prefixes.checked(_told(body, request), request.id.text)
    _check_place(state, request, mine)
    _check_use(state, request, mine)
    if look(body, POLICIES) is None:
        newer = not request.api_version or request.api_version >= DISABLED_SINCE
        body = laid(body, POLICIES, "Disabled" if newer else "Enabled")
    body = _services(body)
    body = _parts.parts(body, "properties/delegations", _delegation)
    _network.check_references(state, request, body)
    if request.id.name.lower() in NO_ROUTES and look(body, "properties/routeTable") is not None:
        raise _network.refused(
            "RouteTableCannotBeAttachedForAzureBastionSubnet",
            f"Route table cannot be attached to subnet {request.id.text} of Azure Bastion.",
        )
    return Effects(writes=(Write(request.id, body),))


def _told(body: Json, request: Request) -> list[str]:
    listed = _network.texts(body, "properties/addressPrefixes")
    one = look(body, "properties/addressPrefix")
    if isinstance(one, str) and one:
        listed = listed or [one]
    if not listed and not look(body, "properties/ipamPoolPrefixAllocations"):
        raise _network.refused(
            "NetcfgInvalidSubnet",
            f"Subnet '{request.id.name}' is not valid in virtual network '{request.id.parent.name}'.",
        )
    return listed


def _check_place(state: State, request: Request, mine: list[_prefixes.Prefix]) -> None:
    """In the network's address space, beside the other subnets, and large enough to hold something."""
    name, network = request.id.name, request.id.parent
    space = _prefixes.read(look(state.get(network), "properties/addressSpace/addressPrefixes") or ())
    if any(one.version == 4 and one.prefixlen > 29 for one in mine):
        raise _network.refused(
            "NetcfgInvalidSubnet", f"Subnet '{name}' is not valid in virtual network '{network.name}'."
        )
    if not _prefixes.inside(mine, space):
        raise _network.refused(
            "NetcfgSubnetRangeOutsideVnet",
            f"Subnet '{name}' is not valid because its IP address range is outside the IP address range of virtual "
            f"network '{network.name}'.",
        )
    for _, other in _network.beside(state, request, "subnets"):
        listed = look(other, "properties/addressPrefixes") or [look(other, "properties/addressPrefix")]
        if _prefixes.overlap(mine, _prefixes.read(one for one in listed if one)):
            raise _network.refused(
                "NetcfgSubnetRangesOverlap",
                f"Subnet '{name}' is not valid because its IP address range overlaps with that of an existing subnet "
                f"in virtual network '{network.name}'.",
            )


def _check_use(state: State, request: Request, mine: list[_prefixes.Prefix]) -> None:
    """Addresses that are taken stay in the subnet's range."""
    if state.get(request.id) is None:
        return
    out = [one for one in _addresses.taken(state, request.id) if not _holds(mine, one)]
    if out:
        lost = next((one for one in _addresses.prefixes(state, request.id) if out[0] in one), out[0])
        raise _network.refused(
            "InUsePrefixCannotBeDeleted",
            f"IpPrefix {lost} on Subnet {request.id.name} has active allocations and cannot be deleted.",
        )


def _holds(prefixes: list[_prefixes.Prefix], address: IPv4Address) -> bool:
    return any(address in one for one in prefixes)


def _services(body: Json) -> Json:
    """Service endpoints with their state and regions."""
    told = look(body, "properties/serviceEndpoints")
    if told is None:
        return body
    made = [
        {
            "provisioningState": "Succeeded",
            **_parts.filled(
                {name: value for name, value in one.items() if name.lower() != "provisioningstate"},
                locations=["*"],
            ),
        }
        for one in _network.items(told, "properties/serviceEndpoints")
    ]
    return laid(body, "properties/serviceEndpoints", made or None)


def _delegation(name: str, properties: Json) -> Json:
    service = properties.get("serviceName")
    if not isinstance(service, str) or "/" not in service:
        raise _network.refused(
            "InvalidServiceNameOnDelegation",
            f"The service name {service} specified on delegation {name} is not valid.",
        )
    allowed = ACTIONS.get(service.lower(), ("join/action",))
    return {**properties, "actions": [f"Microsoft.Network/virtualNetworks/subnets/{one}" for one in allowed]}


def held(state: State, request: Request) -> None:
    """Raises Refused while something stands in the subnet."""
    inside = _addresses.occupants(state, request.id)
    if inside:
        shown = " and ".join(one.text for one in _order(inside))
        raise _network.refused(
            "InUseSubnetCannotBeDeleted",
            f"Subnet {request.id.name} is in use by {shown} and cannot be deleted. In order to delete the subnet, "
            f"delete all the resources within the subnet. See aka.ms/deletesubnet.",
        )


def _order(ids: list[ResourceId]) -> list[ResourceId]:
    """Configurations before whole resources, as the provider names them."""
    return sorted(ids, key=lambda id: not id.type.endswith("ipconfigurations"))


def show(state: State, id: ResourceId, body: Json) -> Json:
    """The subnet with what stands in it."""
    found = [one for one in _network.holders(state, id, "subnet") if one.type.startswith(_network.NETWORK)]
    lists: dict[str, Any] = {
        "privateEndpoints": _network.of_type(found, "privateEndpoints"),
        "ipConfigurations": [one for one in found if one.type.endswith("ipconfigurations")],
    }
    return _network.shown(body, **lists)


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    held=held,
    show=show,
    etags="body",
    proxied=True,
    patchable=False,
    put=_network.put(4, 3),
    delete=_network.delete(11),
)
