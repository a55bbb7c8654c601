"""How a firewall behaves: it stands in a subnet of its own name, takes an address there, and follows its policy.

Sources: REST reference 2025-09-01, AzureFirewall; Microsoft Learn, Azure Firewall FAQ (subnet, /26; time to deploy);
exchanges recorded by azure-cli (2020-2022, reads); checked 2026-11-24.
"""

from __future__ import annotations

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
    each,
    laid,
    look,
)

CONFIGURATIONS = "properties/ipConfigurations"
MANAGEMENT = "properties/managementIpConfiguration"
SEGMENT = "azureFirewallIpConfigurations"
SUBNET = "AzureFirewallSubnet"
SIZE = 26
RULES = ("networkRuleCollections", "applicationRuleCollections", "natRuleCollections")

SCHEMA = Schema(
    enums={
        "properties/sku/name": ("AZFW_VNet", "AZFW_Hub"),
        "properties/sku/tier": ("Standard", "Premium", "Basic"),
        "properties/threatIntelMode": ("Alert", "Deny", "Off"),
    },
    defaults={
        "properties/sku/name": "AZFW_VNet",
        "properties/sku/tier": "Standard",
        "properties/threatIntelMode": "Alert",
        "properties/additionalProperties": {},
        **{f"properties/{name}": [] for name in RULES},
    },
    read_only=("properties/provisioningState", "properties/hubIPAddresses", "properties/ipGroups"),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The firewall with its private address."""
    body = _parts.parts(body, CONFIGURATIONS, _configuration, segment=SEGMENT)
    for name in RULES:
        body = _parts.parts(body, f"properties/{name}")
    _network.check_references(state, request, body)
    _network.own_subnet(state, body, CONFIGURATIONS, SUBNET, "Firewall", SIZE)
    if look(body, MANAGEMENT) is not None:
        body = laid(body, "properties/managed", [look(body, MANAGEMENT)])
        _network.own_subnet(
            state, body, "properties/managed", "AzureFirewallManagementSubnet", "Firewall", SIZE
        )
        body = _parts.parts(body, "properties/managed", _configuration, segment=SEGMENT)
        body = laid(
            laid(body, MANAGEMENT, next(iter(each(body, "properties/managed")))), "properties/managed", None
        )
    body = _parts.addressed(state, request, body, CONFIGURATIONS)
    return Effects(writes=(Write(request.id, body),))


def _configuration(name: str, told: Json) -> Json:
    return _parts.filled(told, privateIPAllocationMethod="Dynamic")


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    etags="body",
    patchable=False,
    # A real one takes five to ten minutes, says Microsoft's FAQ; nothing recorded.
    put=_network.put(420, 10),
    delete=_network.delete(300),
)
