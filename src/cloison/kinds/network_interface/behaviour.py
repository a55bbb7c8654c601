"""How a network interface behaves: it takes an address for each of its configurations, and keeps it.

One that Azure made for a private endpoint is nobody else's to change.
Sources: REST reference 2025-09-01, NetworkInterface; exchanges recorded by azure-cli and azure-service-operator
(2018-2023): defaults, headers; refusal quoted in a report to azure-sdk-for-python; checked 2026-11-24.
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
SUFFIX = "properties/dnsSettings/internalDomainNameSuffix"
OWNER = "properties/privateEndpoint/id"
ACCELERATED_TOLD_UNTIL = "2020-06-01"
"""Versions up to here answer `enableAcceleratedNetworking` where nobody stated it."""

SCHEMA = Schema(
    defaults={
        "properties/dnsSettings/dnsServers": [],
        "properties/dnsSettings/appliedDnsServers": [],
        "properties/enableIPForwarding": False,
        "properties/vnetEncryptionSupported": False,
        "properties/disableTcpStateTracking": False,
        "properties/hostedWorkloads": [],
        "properties/tapConfigurations": [],
        "properties/nicType": "Standard",
    },
    read_only=(
        "properties/provisioningState",
        _network.GUID,
        "properties/macAddress",
        "properties/virtualMachine",
        "properties/hostedWorkloads",
        "properties/dnsSettings/appliedDnsServers",
        "properties/dnsSettings/internalFqdn",
        SUFFIX,
    ),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The interface with its addresses."""
    old = state.get(request.id)
    _check_owner(request, old)
    if not request.by_azure:
        body = laid(body, "properties/privateEndpoint", None)
    _network.check_references(state, request, body)
    body = _network.with_guid(state, request, body, chance)
    body = _parts.parts(body, CONFIGURATIONS, _configuration)
    configurations = list(each(body, CONFIGURATIONS))
    if not configurations:
        raise _network.refused(
            "NetworkInterfaceMustHaveAtLeastOneIpConfiguration",
            f"Network interface {request.id.text} must have at least one IP configuration.",
        )
    if not any(look(one, "properties/primary") is True for one in configurations):
        configurations[0] = laid(configurations[0], "properties/primary", True)
    body = laid(body, CONFIGURATIONS, configurations)
    body = _parts.addressed(state, request, body, CONFIGURATIONS)
    body = _names(body, old, chance, request)
    told = "" < request.api_version <= ACCELERATED_TOLD_UNTIL
    if told and look(body, "properties/enableAcceleratedNetworking") is None:
        body = laid(body, "properties/enableAcceleratedNetworking", False)
    return Effects(writes=(Write(request.id, body),))


def _check_owner(request: Request, old: Json | None) -> None:
    endpoint = look(old, OWNER)
    if isinstance(endpoint, str) and not request.by_azure:
        raise _network.refused(
            "CannotModifyNicAttachedToPrivateEndpoint",
            f"Network interface {request.id.text} cannot be modified since it is attached to private endpoint "
            f"{endpoint}.",
        )


def _configuration(name: str, properties: Json) -> Json:
    return _parts.filled(
        properties, privateIPAllocationMethod="Dynamic", primary=False, privateIPAddressVersion="IPv4"
    )


def _names(body: Json, old: Json | None, chance: Chance, request: Request) -> Json:
    """Names that Azure gives inside the network."""
    suffix = look(old, SUFFIX)
    if not isinstance(suffix, str):
        label = chance.guid("names", str(request.id)).replace("-", "")[:26]
        suffix = f"{label}.ax.internal.cloudapp.net"
    body = laid(body, SUFFIX, suffix)
    label = look(body, "properties/dnsSettings/internalDnsNameLabel")
    named = f"{label}.{suffix}" if isinstance(label, str) and label else None
    return laid(body, "properties/dnsSettings/internalFqdn", named)


def held(state: State, request: Request) -> None:
    """Raises Refused while an endpoint or a machine has it."""
    body = state.get(request.id)
    endpoint, machine = look(body, OWNER), look(body, "properties/virtualMachine/id")
    if isinstance(endpoint, str):
        raise _network.refused(
            "NicInUseWithPrivateEndpoint",
            f"Network Interface {request.id.text} is used by existing private endpoint {endpoint}.",
        )
    if isinstance(machine, str):
        raise _network.refused(
            "NicInUse", f"Network Interface {request.id.text} is used by existing resource {machine}."
        )


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    held=held,
    etags="body",
    patchable=False,
    since={
        "properties/disableTcpStateTracking": "2021-08-01",
        "properties/vnetEncryptionSupported": "2020-06-01",
    },
    put=_network.put(0, 0),
    delete=_network.delete(11),
)
