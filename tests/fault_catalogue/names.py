"""Faults of name resolution: zones, links, records, DNS servers."""

from __future__ import annotations

from typing import Any

from tests.faults import (
    ACR,
    API,
    BLOB,
    GONE,
    NET,
    NOTEBOOKS,
    OTHER,
    SECOND_ZONE,
    VAULT,
    Fault,
    link_to,
    record,
)
from tests.reference import WORKSPACE_GUID, id_of

API_RECORD = f"{WORKSPACE_GUID}.workspace.westeurope"


def link(zone: str, network: str, pointer: str, value: Any) -> dict[str, Any]:
    """One setting of a zone's link."""
    return {f"privateDnsZones/{zone}/virtualNetworkLinks/{network}#/properties/{pointer}": value}


def unlinked(zone: str, network: str) -> dict[str, Any]:
    """A zone's link that was never made."""
    return {f"privateDnsZones/{zone}/virtualNetworkLinks/{network}": GONE}


def second_zone(network: str) -> dict[str, Any]:
    """Another blob zone, in the hub's resource group, linked to a network."""
    return {
        SECOND_ZONE: {"location": "global", "properties": {"numberOfRecordSets": 1}},
        f"{SECOND_ZONE}/virtualNetworkLinks/{network}-2": link_to(network),
    }


FAULTS = [
    Fault(
        name="the blob zone is linked to the endpoints' network only",
        on=("peered",),
        changes=unlinked(BLOB, "aks-net"),
        expects=("S07 mlstore", f"D01 {BLOB}"),
        hides=("D06 mlstore", f"D08 {BLOB}", "D14 aks-net"),
    ),
    Fault(
        name="the vault zone is linked to the endpoints' network only",
        on=("peered",),
        changes=unlinked(VAULT, "aks-net"),
        expects=("S07 mlvault", f"D01 {VAULT}"),
    ),
    Fault(
        name="the registry zone is linked to the endpoints' network only",
        on=("peered",),
        changes=unlinked(ACR, "aks-net"),
        expects=("S07 mlreg", f"D01 {ACR}"),
        hides=("D05 mlreg", "D06 mlreg"),
    ),
    Fault(
        name="the API zone is linked to the endpoints' network only",
        on=("peered",),
        changes=unlinked(API, "aks-net"),
        expects=("S07 mlw", f"D01 {API}"),
    ),
    Fault(
        name="the notebooks zone is linked to no network of the cluster",
        on=("peered",),
        changes=unlinked(NOTEBOOKS, "aks-net"),
        expects=("S07 mlw", f"D01 {NOTEBOOKS}"),
    ),
    Fault(
        name="the zone is not linked to the hub whose firewall answers",
        on=("hub and spoke",),
        changes=unlinked(BLOB, "hub"),
        expects=("S07 mlstore", f"D01 {BLOB}"),
        hides=("D06 mlstore",),
    ),
    Fault(
        name="the spoke asks Azure DNS while every zone is linked to the hub",
        on=("hub and spoke",),
        changes={f"{NET}/aks-net#/properties/dhcpOptions/dnsServers": []},
        expects=(
            "S07 mlreg",
            "S07 mlstore",
            "S07 mlvault",
            "S07 mlw",
            f"D01 {API}",
            f"D01 {ACR}",
            f"D01 {BLOB}",
            f"D01 {NOTEBOOKS}",
            f"D01 {VAULT}",
            "D01 privatelink.file.core.windows.net",
            "D01 privatelink.queue.core.windows.net",
            "D01 privatelink.table.core.windows.net",
        ),
        hides=("D05 mlreg", "D06 mlstore", "D07 aks-net"),
    ),
    Fault(
        name="records stand in one blob zone and the link on another",
        on=("peered",),
        changes={**unlinked(BLOB, "aks-net"), **second_zone("aks-net")},
        expects=("S07 mlstore", f"D02 {BLOB}"),
        hides=("D06 mlstore",),
    ),
    Fault(
        name="one network is linked to two zones of one name",
        on=("peered", "same network"),
        changes=second_zone("aks-net"),
        expects=("S07? mlstore", "D14 aks-net"),
        hides=(f"D01 {BLOB}",),
    ),
    Fault(
        name="the vault's endpoint writes into a zone that Azure never asks",
        on=("peered", "same network"),
        changes={
            "privateDnsZones/privatelink.vault.azure.net": {
                "location": "global",
                "properties": {"numberOfRecordSets": 1},
            },
            "privateDnsZones/privatelink.vault.azure.net/virtualNetworkLinks/aks-net": link_to("aks-net"),
            "privateEndpoints/pe-vault/privateDnsZoneGroups/default#/properties/privateDnsZoneConfigs": [
                {
                    "name": "vault",
                    "properties": {
                        "privateDnsZoneId": id_of("privateDnsZones/privatelink.vault.azure.net"),
                        "recordSets": [],
                    },
                }
            ],
            f"privateDnsZones/{VAULT}": GONE,
        },
        expects=("S07 mlvault", "D03 pe-vault"),
    ),
    Fault(
        name="the workspace's endpoint writes into the API zone only",
        on=("peered", "same network"),
        changes={
            "privateEndpoints/pe-amlworkspace/privateDnsZoneGroups/default#/properties/privateDnsZoneConfigs/1": GONE,
            f"privateDnsZones/{NOTEBOOKS}": GONE,
        },
        expects=("S07 mlw", "S13 mlw", "D04 pe-amlworkspace"),
    ),
    Fault(
        name="the registry's data endpoint has no record",
        on=("peered", "same network", "hub and spoke"),
        changes={f"privateDnsZones/{ACR}/A/mlreg.westeurope.data": GONE},
        expects=("S07 mlreg", "D05 mlreg"),
    ),
    Fault(
        name="the blob record says the address of an endpoint that is gone",
        on=("peered", "same network", "hub and spoke"),
        changes=record(BLOB, "mlstore", "10.0.7.7"),
        expects=("S07 mlstore", "D06 mlstore"),
    ),
    Fault(
        name="the blob record has the old address beside the new one",
        on=("peered",),
        changes=record(BLOB, "mlstore", "10.1.1.4", "10.1.1.30"),
        expects=("S07 mlstore", "D06 mlstore"),
    ),
    Fault(
        name="the data endpoint's record says the login server's address",
        on=("peered",),
        changes=record(ACR, "mlreg.westeurope.data", "10.1.1.10"),
        expects=("S07 mlreg", "D06 mlreg"),
    ),
    Fault(
        name="the API record is missing",
        on=("peered", "same network"),
        changes={f"privateDnsZones/{API}/A/{API_RECORD}": GONE},
        expects=("S07 mlw",),
    ),
    Fault(
        name="the vault record is missing",
        on=("peered", "hub and spoke"),
        changes={f"privateDnsZones/{VAULT}/A/mlvault": GONE},
        expects=("S07 mlvault",),
        hides=("D10 pe-vault",),
    ),
    Fault(
        name="the blob record is missing and the link falls back to public DNS",
        on=("same network",),
        changes={
            f"privateDnsZones/{BLOB}/A/mlstore": GONE,
            **link(BLOB, "aks-net", "resolutionPolicy", "NxDomainRedirect"),
        },
        expects=("S07 mlstore",),
        hides=(f"D08 {BLOB}",),
    ),
    Fault(
        name="a custom DNS server is named that nobody can read",
        on=("peered", "same network"),
        changes={f"{NET}/aks-net#/properties/dhcpOptions/dnsServers": ["10.0.0.200"]},
        expects=("S07? mlreg", "S07? mlstore", "S07? mlvault", "S07? mlw", "D07? aks-net"),
        hides=("D01", "D02", "D05", "D06", "D08"),
    ),
    Fault(
        name="the firewall that answers is no DNS proxy",
        on=("hub and spoke",),
        changes={"firewallPolicies/policy#/properties/dnsSettings/enableProxy": False},
        expects=("S07 mlreg", "S07 mlstore", "S07 mlvault", "S07 mlw", "D07 aks-net"),
        hides=("D01", "D05", "D06"),
    ),
    Fault(
        name="Azure DNS and the firewall are asked in turn",
        on=("hub and spoke",),
        changes={f"{NET}/aks-net#/properties/dhcpOptions/dnsServers": ["10.9.0.4", "168.63.129.16"]},
        expects=(
            "S07 mlreg",
            "S07 mlstore",
            "S07 mlvault",
            "S07 mlw",
            "D07~ aks-net",
            f"D01 {API}",
            f"D01 {ACR}",
            f"D01 {BLOB}",
            f"D01 {NOTEBOOKS}",
            f"D01 {VAULT}",
            "D01 privatelink.file.core.windows.net",
            "D01 privatelink.queue.core.windows.net",
            "D01 privatelink.table.core.windows.net",
        ),
    ),
    Fault(
        name="another account has its endpoint elsewhere and no record in the linked zone",
        on=("peered", "same network"),
        changes={
            f"{OTHER}/providers/Microsoft.Storage/storageAccounts/sharedstore": {
                "properties": {
                    "publicNetworkAccess": "Enabled",
                    "networkAcls": {"defaultAction": "Allow", "bypass": "AzureServices"},
                    "privateEndpointConnections": [
                        {
                            "name": "c",
                            "properties": {
                                "privateEndpoint": {
                                    "id": f"{OTHER}/providers/Microsoft.Network/privateEndpoints/pe"
                                },
                                "privateLinkServiceConnectionState": {"status": "Approved"},
                            },
                        }
                    ],
                }
            },
            f"{OTHER}/providers/Microsoft.Network/privateEndpoints/pe": {
                "properties": {
                    "provisioningState": "Succeeded",
                    "subnet": {"id": f"{OTHER}/providers/Microsoft.Network/virtualNetworks/far/subnets/s"},
                    "customDnsConfigs": [
                        {"fqdn": "sharedstore.blob.core.windows.net", "ipAddresses": ["10.77.0.4"]}
                    ],
                    "privateLinkServiceConnections": [
                        {
                            "name": "c",
                            "properties": {
                                "privateLinkServiceId": (
                                    f"{OTHER}/providers/Microsoft.Storage/storageAccounts/sharedstore"
                                ),
                                "groupIds": ["blob"],
                                "privateLinkServiceConnectionState": {"status": "Approved"},
                            },
                        }
                    ],
                }
            },
        },
        expects=(f"D08~ {BLOB}",),
    ),
    Fault(
        name="a link registers machines",
        on=("peered", "same network"),
        changes=link(BLOB, "aks-net", "registrationEnabled", True),
        expects=("D09~ aks-net",),
    ),
    Fault(
        name="the vault's record was written by hand",
        on=("peered", "same network"),
        changes={
            "privateEndpoints/pe-vault/privateDnsZoneGroups/default#/properties/privateDnsZoneConfigs": []
        },
        expects=("S15~ pe-vault", "D10~ pe-vault"),
        hides=(f"D01 {VAULT}",),
    ),
    Fault(
        name="a link is still under way",
        on=("peered", "same network"),
        changes=link(VAULT, "aks-net", "virtualNetworkLinkState", "InProgress"),
        expects=("S07? mlvault", "D11~ aks-net"),
    ),
    Fault(
        name="a link failed",
        on=("same network",),
        changes=link(VAULT, "aks-net", "provisioningState", "Failed"),
        expects=("S07 mlvault", "D11 aks-net"),
    ),
    Fault(
        name="a record is remembered for an hour",
        on=("peered", "same network"),
        changes={f"privateDnsZones/{BLOB}/A/mlstore#/properties/ttl": 3600},
        expects=("D13~ mlstore",),
    ),
    Fault(
        name="a zone of the public suffix takes every blob name",
        on=("same network",),
        changes={
            "privateDnsZones/blob.core.windows.net": {
                "location": "global",
                "properties": {"numberOfRecordSets": 1},
            },
            "privateDnsZones/blob.core.windows.net/virtualNetworkLinks/aks-net": link_to("aks-net"),
        },
        expects=("S07 mlstore",),
    ),
]
