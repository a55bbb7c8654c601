"""Private endpoints of the estates, with all that Azure makes beside them; and the ids that everything shares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Body = dict[str, Any]
REGION = "westeurope"

# Written once and then filled in as text, so that ten thousand environments are made in seconds.
HUB, NUMBER, NET, GUID = "@H", "@N", "@P", "@G"
"""Number of the hub, number of the environment, second and third octet of its /24, last 12 digits of its GUIDs."""

SUBSCRIPTION = "/subscriptions/10000000-0000-0000-0000-000000000001"
HUB_GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-platform-network-{HUB}"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-ml-scoring-{NUMBER}"
HUB_NET = f"{HUB_GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-hub-{HUB}"
SPOKE = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-ml-{NUMBER}"
AKS = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-ml-{NUMBER}"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw-{NUMBER}"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/stml{NUMBER}"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-ml-{NUMBER}"
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/crml{NUMBER}"
INSIGHTS = f"{GROUP}/providers/Microsoft.Insights/components/appi-ml-{NUMBER}"
WORKSPACE_GUID = f"20000000-0000-0000-0000-{GUID}"
TENANT = "00000000-0000-0000-0000-0000000000aa"

ENDPOINTS = {
    "blob": (STORAGE, 4, ["privatelink.blob.core.windows.net"]),
    "file": (STORAGE, 5, ["privatelink.file.core.windows.net"]),
    "queue": (STORAGE, 6, ["privatelink.queue.core.windows.net"]),
    "table": (STORAGE, 7, ["privatelink.table.core.windows.net"]),
    "vault": (VAULT, 8, ["privatelink.vaultcore.azure.net"]),
    "registry": (REGISTRY, 10, ["privatelink.azurecr.io"]),
    "amlworkspace": (WORKSPACE, 16, ["privatelink.api.azureml.ms", "privatelink.notebooks.azure.net"]),
}
"""Sub-resource -> target, last octet of the first address in the endpoints' subnet, zones."""
ZONES = tuple(dict.fromkeys(zone for _, _, zones in ENDPOINTS.values() for zone in zones))


def resource(id: str, properties: Body, *, location: str = REGION, **envelope: object) -> Body:
    """One body as ARM answers it."""
    parts = id.rpartition("/providers/")[2].split("/")
    return {
        "id": id,
        "name": parts[-1],
        "type": "/".join([parts[0], *parts[1::2]]),
        "location": location,
        "tags": {"environment": "production", "owner": "data platform", "costCenter": "4711"},
        **envelope,
        "properties": {"provisioningState": "Succeeded", **properties},
    }


def names_of(group: str) -> list[tuple[str, str, str, str]]:
    """Member, public name, zone and record of each name that a sub-resource has."""
    zones = ENDPOINTS[group][2]
    if group == "vault":
        return [("default", f"kv-ml-{NUMBER}.vault.azure.net", zones[0], f"kv-ml-{NUMBER}")]
    if group == "registry":
        login, data = f"crml{NUMBER}", f"crml{NUMBER}.{REGION}.data"
        return [
            ("registry", f"{login}.azurecr.io", zones[0], login),
            (f"registry_data_{REGION}", f"{data}.azurecr.io", zones[0], data),
        ]
    if group == "amlworkspace":
        own = f"{WORKSPACE_GUID}.workspace.{REGION}"
        notebook = f"ml-mlw-{NUMBER}-{REGION}-{WORKSPACE_GUID}.{REGION}"
        wild = f"*.{WORKSPACE_GUID}.inference.{REGION}"
        return [
            ("default", f"{own}.api.azureml.ms", zones[0], own),
            ("default", f"{own}.cert.api.azureml.ms", zones[0], f"{own}.cert"),
            ("notebook", f"{notebook}.notebooks.azure.net", zones[1], notebook),
            ("inference", f"{wild}.api.azureml.ms", zones[0], wild),
        ]
    return [(group, f"stml{NUMBER}.{group}.core.windows.net", zones[0], f"stml{NUMBER}")]


def endpoint(group: str) -> Iterator[Body]:
    """A private endpoint, its network interface, its zone group, and the records it wrote."""
    target, first, _ = ENDPOINTS[group]
    members: dict[str, str] = {}
    for member, *_ in names_of(group):
        members.setdefault(member, f"10.{NET}.{first + 192 + len(members)}")
    network = f"{GROUP}/providers/Microsoft.Network"
    id, nic = (
        f"{network}/privateEndpoints/pe-{group}-{NUMBER}",
        f"{network}/networkInterfaces/nic-{group}-{NUMBER}",
    )
    subnet = {"id": f"{SPOKE}/subnets/snet-endpoints"}
    state = {"status": "Approved", "description": "Auto-Approved", "actionsRequired": "None"}
    connection = {
        "privateLinkServiceId": target,
        "groupIds": [group],
        "privateLinkServiceConnectionState": state,
    }
    yield resource(
        id,
        {
            "resourceGuid": f"30000000-0000-0000-0000-{GUID}",
            "privateLinkServiceConnections": [
                {
                    "name": f"pe-{group}",
                    "id": f"{id}/privateLinkServiceConnections/pe-{group}",
                    "etag": f'W/"40000000-0000-0000-0000-{GUID}"',
                    "type": "Microsoft.Network/privateEndpoints/privateLinkServiceConnections",
                    "properties": {"provisioningState": "Succeeded", **connection},
                }
            ],
            "manualPrivateLinkServiceConnections": [],
            "customNetworkInterfaceName": "",
            "subnet": subnet,
            "ipConfigurations": [],
            "networkInterfaces": [{"id": nic}],
            "customDnsConfigs": [],
        },
        etag=f'W/"40000000-0000-0000-0000-{GUID}"',
    )
    yield _interface(nic, id, group, members, subnet)
    yield _zone_group(id, group, members)
    for member, _, zone, record in names_of(group):
        yield resource(
            f"{HUB_GROUP}/providers/Microsoft.Network/privateDnsZones/{zone}/A/{record}",
            {
                "fqdn": f"{record}.{zone}.",
                "ttl": 10,
                "metadata": {"creator": f"created by private endpoint pe-{group}-{NUMBER}"},
                "aRecords": [{"ipv4Address": members[member]}],
                "isAutoRegistered": False,
            },
            location="global",
        )


def _interface(nic: str, endpoint: str, group: str, members: dict[str, str], subnet: Body) -> Body:
    configurations = [
        {
            "name": member,
            "id": f"{nic}/ipConfigurations/{member}",
            "type": "Microsoft.Network/networkInterfaces/ipConfigurations",
            "properties": {
                "provisioningState": "Succeeded",
                "privateIPAddress": address,
                "privateIPAllocationMethod": "Dynamic",
                "privateIPAddressVersion": "IPv4",
                "subnet": subnet,
                "primary": member == next(iter(members)),
                "privateLinkConnectionProperties": {
                    "groupId": group,
                    "requiredMemberName": member,
                    "fqdns": [public for one, public, *_ in names_of(group) if one == member],
                },
            },
        }
        for member, address in members.items()
    ]
    return resource(
        nic,
        {
            "resourceGuid": f"50000000-0000-0000-0000-{GUID}",
            "privateEndpoint": {"id": endpoint},
            "ipConfigurations": configurations,
            "dnsSettings": {"dnsServers": [], "appliedDnsServers": []},
            "enableAcceleratedNetworking": False,
            "enableIPForwarding": False,
            "hostedWorkloads": [],
            "tapConfigurations": [],
            "nicType": "Standard",
        },
        kind="Regular",
    )


def _zone_group(endpoint: str, group: str, members: dict[str, str]) -> Body:
    configs = [
        {
            "name": zone.replace(".", "-"),
            "id": f"{endpoint}/privateDnsZoneGroups/default/privateDnsZoneConfigs/{zone.replace('.', '-')}",
            "properties": {
                "provisioningState": "Succeeded",
                "privateDnsZoneId": f"{HUB_GROUP}/providers/Microsoft.Network/privateDnsZones/{zone}",
                "recordSets": [
                    {
                        "recordType": "A",
                        "recordSetName": record,
                        "fqdn": f"{record}.{zone}",
                        "ttl": 10,
                        "provisioningState": "Succeeded",
                        "ipAddresses": [members[member]],
                    }
                    for member, _, of_zone, record in names_of(group)
                    if of_zone == zone
                ],
            },
        }
        for zone in ENDPOINTS[group][2]
    ]
    return resource(f"{endpoint}/privateDnsZoneGroups/default", {"privateDnsZoneConfigs": configs})


def connections(groups: list[str]) -> list[Body]:
    """What a service lists of its endpoints' connections."""
    return [
        {
            "name": f"pe-{group}-{NUMBER}.60000000-0000-0000-0000-{GUID}",
            "properties": {
                "provisioningState": "Succeeded",
                "privateEndpoint": {
                    "id": f"{GROUP}/providers/Microsoft.Network/privateEndpoints/pe-{group}-{NUMBER}"
                },
                "privateLinkServiceConnectionState": {
                    "status": "Approved",
                    "description": "Auto-Approved",
                    "actionsRequired": "None",
                },
            },
        }
        for group in groups
    ]
