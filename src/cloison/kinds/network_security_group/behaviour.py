"""How a network security group behaves: Azure adds six rules that nobody can change, and it stays while it is used.

Sources: Microsoft Learn, Network security groups, default security rules; exchanges recorded by azure-cli and
azure-service-operator (2020-2023); checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.kinds import _network, _parts
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
)

DEFAULTS = (
    # name, direction, access, priority, source, destination, description
    (
        "AllowVnetInBound",
        "Inbound",
        "Allow",
        65000,
        "VirtualNetwork",
        "VirtualNetwork",
        "Allow inbound traffic from all VMs in VNET",
    ),
    (
        "AllowAzureLoadBalancerInBound",
        "Inbound",
        "Allow",
        65001,
        "AzureLoadBalancer",
        "*",
        "Allow inbound traffic from azure load balancer",
    ),
    ("DenyAllInBound", "Inbound", "Deny", 65500, "*", "*", "Deny all inbound traffic"),
    (
        "AllowVnetOutBound",
        "Outbound",
        "Allow",
        65000,
        "VirtualNetwork",
        "VirtualNetwork",
        "Allow outbound traffic from all VMs to all VMs in VNET",
    ),
    (
        "AllowInternetOutBound",
        "Outbound",
        "Allow",
        65001,
        "*",
        "Internet",
        "Allow outbound traffic from all VMs to Internet",
    ),
    ("DenyAllOutBound", "Outbound", "Deny", 65500, "*", "*", "Deny all outbound traffic"),
)

SCHEMA = Schema(
    read_only=(
        "properties/provisioningState",
        _network.GUID,
        "properties/defaultSecurityRules",
        "properties/subnets",
        "properties/networkInterfaces",
        "properties/flowLogs",
    ),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The group with Azure's own rules."""
    body = _network.with_guid(state, request, body, chance)
    body = laid(body, "properties/defaultSecurityRules", [_rule(*one) for one in DEFAULTS])
    body = _parts.parts(body, "properties/defaultSecurityRules")
    return Effects(writes=(Write(request.id, body),))


def _rule(
    name: str, direction: str, access: str, priority: int, source: str, destination: str, description: str
) -> Json:
    return {
        "name": name,
        "properties": {
            "description": description,
            "protocol": "*",
            "sourcePortRange": "*",
            "destinationPortRange": "*",
            "sourceAddressPrefix": source,
            "destinationAddressPrefix": destination,
            "access": access,
            "priority": priority,
            "direction": direction,
            "sourcePortRanges": [],
            "destinationPortRanges": [],
            "sourceAddressPrefixes": [],
            "destinationAddressPrefixes": [],
        },
    }


def held(state: State, request: Request) -> None:
    """Raises Refused while subnets or interfaces use it."""
    users = list(_network.holders(state, request.id, "networkSecurityGroup"))
    if users:
        raise _network.refused(
            "InUseNetworkSecurityGroupCannotBeDeleted",
            f"Network security group {request.id.text} cannot be deleted because it is in use by the following "
            f"resources: {', '.join(one.text for one in users)}. In order to delete the Network security group, "
            f"remove the association with the resource(s). To learn how to do this, see aka.ms/deletensg.",
        )


def show(state: State, id: ResourceId, body: Json) -> Json:
    """The group with what it is attached to."""
    users = list(_network.holders(state, id, "networkSecurityGroup"))
    return _network.shown(
        body,
        networkInterfaces=_network.of_type(users, "networkInterfaces"),
        subnets=_network.of_type(users, "subnets"),
    )


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    held=held,
    show=show,
    embeds={"properties/securityRules": "securityRules"},
    etags="body",
    patchable=False,
    put=_network.put(11, 1),
    delete=_network.delete(11),
)
