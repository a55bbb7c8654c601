"""How a Bastion host behaves: it stands in a subnet of its own name.

Sources: REST reference 2025-09-01, BastionHost; exchanges recorded by azure-service-operator (2023); refusal quoted in
terraform-provider-azurerm 15365; Microsoft Learn, About Azure Bastion configuration settings (/26); checked 2026-11-24.
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
    laid,
    look,
)

CONFIGURATIONS = "properties/ipConfigurations"
NAME = "properties/dnsName"
SUBNET = "AzureBastionSubnet"
SIZE = 26

SCHEMA = Schema(
    enums={"sku/name": ("Developer", "Basic", "Standard", "Premium")},
    defaults={"properties/scaleUnits": 2, "sku/name": "Basic"},
    read_only=("properties/provisioningState", NAME),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The host with the name that browsers go to."""
    body = _parts.parts(body, CONFIGURATIONS, _configuration, segment="bastionHostIpConfigurations")
    _network.check_references(state, request, body)
    if look(body, CONFIGURATIONS) is None and look(body, "properties/virtualNetwork") is None:
        raise _network.malformed(
            "MissingJsonProperty", "ipConfigurations is missing. Path properties.ipConfigurations."
        )
    _network.own_subnet(state, body, CONFIGURATIONS, SUBNET, "Bastion", SIZE)
    if look(body, NAME) is None:
        body = laid(body, NAME, f"bst-{chance.guid('name', str(request.id))}.bastion.azure.com")
    return Effects(writes=(Write(request.id, body),))


def _configuration(name: str, told: Json) -> Json:
    return _parts.filled(told, privateIPAllocationMethod="Dynamic")


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    etags="body",
    patchable=False,
    # About ten minutes, says Microsoft Learn; nothing recorded to its end.
    put=_network.put(600, 10, unset=(NAME,)),
    delete=_network.delete(300),
)
