"""How a public address behaves: Azure chooses it, and it stays while something holds it.

Sources: exchanges recorded by azure-cli and azure-service-operator (2018-2023): defaults, headers, when the address
is told; refusal quoted in reports to terraform-provider-azurerm; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator

from cloison.arm.clouds import CHINA, US_GOVERNMENT, cloud_of_region
from cloison.arm.ids import ResourceId
from cloison.kinds import _network
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

ADDRESS = "properties/ipAddress"
METHOD = "properties/publicIPAllocationMethod"
DOMAINS = {US_GOVERNMENT.name: "cloudapp.usgovcloudapi.net", CHINA.name: "cloudapp.chinacloudapi.cn"}
"""Source: Microsoft Learn, Compare Azure Government and global Azure; Azure China developer guide."""

SCHEMA = Schema(
    enums={
        METHOD: ("Static", "Dynamic"),
        "properties/publicIPAddressVersion": ("IPv4", "IPv6"),
        "sku/name": ("Basic", "Standard", "StandardV2"),
        "sku/tier": ("Regional", "Global"),
    },
    defaults={
        "properties/publicIPAddressVersion": "IPv4",
        METHOD: "Dynamic",
        "properties/idleTimeoutInMinutes": 4,
        "properties/ipTags": [],
        "properties/ddosSettings/protectionMode": "VirtualNetworkInherited",
        "sku/name": "Basic",
        "sku/tier": "Regional",
    },
    read_only=(
        "properties/provisioningState",
        _network.GUID,
        ADDRESS,
        "properties/ipConfiguration",
        "properties/natGateway",
    ),
    immutable=("sku/name", "properties/publicIPAddressVersion"),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The address; a static one is chosen at once and kept."""
    static = look(body, METHOD) == "Static"
    if look(body, "sku/name") != "Basic" and not static:
        raise _network.refused(
            "StandardSkuPublicIPAddressesMustBeStatic",
            f"Standard sku publicIp {request.id.text} must have AllocationMethod set to Static.",
        )
    _network.check_references(state, request, body)
    body = _network.with_guid(state, request, body, chance)
    if static and look(body, ADDRESS) is None:
        body = laid(body, ADDRESS, _free(state, request, body, chance))
    label = look(body, "properties/dnsSettings/domainNameLabel")
    if isinstance(label, str) and label:
        region = str(body.get("location", ""))
        domain = DOMAINS.get(cloud_of_region(region).name, "cloudapp.azure.com")
        body = laid(body, "properties/dnsSettings/fqdn", f"{label}.{region}.{domain}")
    return Effects(writes=(Write(request.id, body),))


def _free(state: State, request: Request, body: Json, chance: Chance) -> str:
    """An address that no other has, out of ranges that Azure gives to nobody else here."""
    taken = {look(state.get(one), ADDRESS) for one in state.of(request.id.type)}
    return next(one for one in _candidates(request, body, chance) if one not in taken)


def _candidates(request: Request, body: Json, chance: Chance) -> Iterator[str]:
    for attempt in range(2**16):
        number = int(chance.guid("address", str(request.id), str(attempt)).replace("-", ""), 16)
        one, two, three = number >> 8 & 255, number >> 16 & 255, number >> 24 & 255
        if look(body, "properties/publicIPAddressVersion") == "IPv6":
            yield f"2603:1020:{one:x}{two:02x}::{three:x}"
        else:
            yield f"20.{one}.{two}.{three or 1}"


def _users(state: State, id: ResourceId) -> list[ResourceId]:
    """What holds the address: configurations, and gateways that list it."""
    names = ("publicIPAddress", "publicIpAddresses")
    return list(dict.fromkeys(one for name in names for one in _network.holders(state, id, name)))


def held(state: State, request: Request) -> None:
    """Raises Refused while something holds it."""
    users = _users(state, request.id)
    if users:
        raise _network.refused(
            "PublicIPAddressCannotBeDeleted",
            f"Public IP address {request.id.text} can not be deleted since it is still allocated to resource "
            f"{users[0].text}. In order to delete the public IP, disassociate/detach the Public IP address from the "
            f"resource.  To learn how to do this, see aka.ms/deletepublicip.",
        )


def show(state: State, id: ResourceId, body: Json) -> Json:
    """The address with what holds it."""
    for one in _users(state, id):
        name = "natGateway" if one.type.endswith("/natgateways") else "ipConfiguration"
        body = laid(body, f"properties/{name}", {"id": one.text})
    return body


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    held=held,
    show=show,
    etags="body",
    patchable=False,
    since={"properties/ddosSettings": "2022-05-01", "sku/tier": "2020-07-01"},
    put=_network.put(5, 1, unset=(ADDRESS,)),
    delete=_network.delete(11),
)
