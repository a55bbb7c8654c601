"""Environments that well-known templates describe, written down by hand as what is planned.

Only what the templates decide is here; names are those of the reference environments.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.reference import REGION, ZONES, Body, id_of, resource, subnet

VAULT_ZONE_NOBODY_ASKS = "privatelink.vault.azure.net"
GROUPS = {
    "blob": "storageAccounts/mlstore",
    "file": "storageAccounts/mlstore",
    "vault": "vaults/mlvault",
    "registry": "registries/mlreg",
    "amlworkspace": "workspaces/mlw",
}
CLOSED = {"bypass": "AzureServices", "defaultAction": "Deny"}


def declared(path: str, properties: Body, **envelope: Any) -> Body:
    """A resource as a template declares it: nothing that Azure fills in."""
    body = resource(path, properties, **envelope)
    del body["properties"]["provisioningState"]
    return body


def network(name: str, prefix: str, *subnets: Body) -> Body:
    """A network with its subnets inside."""
    return declared(
        f"virtualNetworks/{name}", {"addressSpace": {"addressPrefixes": [prefix]}, "subnets": list(subnets)}
    )


def endpoint(group: str, subnet_id: str, zones: list[str]) -> Iterator[Body]:
    """A private endpoint with its zone group."""
    name = f"pe-{group}"
    connection = {"privateLinkServiceId": id_of(GROUPS[group]), "groupIds": [group]}
    yield declared(
        f"privateEndpoints/{name}",
        {
            "subnet": {"id": subnet_id},
            "privateLinkServiceConnections": [{"name": name, "properties": connection}],
        },
    )
    yield declared(
        f"privateEndpoints/{name}/privateDnsZoneGroups/default",
        {
            "privateDnsZoneConfigs": [
                {"name": f"z{index}", "properties": {"privateDnsZoneId": id_of(f"privateDnsZones/{zone}")}}
                for index, zone in enumerate(zones)
            ]
        },
    )


def zone(name: str, network_name: str) -> Iterator[Body]:
    """A private zone, linked to one network."""
    yield declared(f"privateDnsZones/{name}", {}, location="global")
    yield declared(
        f"privateDnsZones/{name}/virtualNetworkLinks/{network_name}",
        {"virtualNetwork": {"id": id_of(f"virtualNetworks/{network_name}")}, "registrationEnabled": False},
        location="global",
    )


def services(*, build: str) -> Iterator[Body]:
    """Storage, vault and registry behind firewalls, a workspace that is shut, and its compute that builds images."""
    yield declared(
        "storageAccounts/mlstore", {"networkAcls": CLOSED}, kind="StorageV2", sku={"name": "Standard_LRS"}
    )
    yield declared("vaults/mlvault", {"networkAcls": CLOSED, "enableRbacAuthorization": True})
    yield declared(
        "registries/mlreg",
        {
            "adminUserEnabled": True,
            "networkRuleBypassOptions": "AzureServices",
            "networkRuleSet": {"defaultAction": "Deny"},
            "publicNetworkAccess": "Disabled",
        },
        sku={"name": "Premium"},
    )
    yield declared("components/mlinsights", {"Application_Type": "web"}, kind="web")
    yield declared(
        "workspaces/mlw",
        {
            "storageAccount": id_of("storageAccounts/mlstore"),
            "keyVault": id_of("vaults/mlvault"),
            "containerRegistry": id_of("registries/mlreg"),
            "applicationInsights": id_of("components/mlinsights"),
            "publicNetworkAccess": "Disabled",
            "imageBuildCompute": build,
        },
        identity={"type": "SystemAssigned"},
    )
    yield declared(
        f"workspaces/mlw/computes/{build}",
        {
            "computeType": "AmlCompute",
            "properties": {
                "vmSize": "Standard_DS3_v2",
                "subnet": {"id": id_of("virtualNetworks/vnet/subnets/snet-training")},
            },
        },
    )


def end_to_end_secure() -> list[Body]:
    """The quickstart `machine-learning-end-to-end-secure`: one network, a private cluster, the vault's zone misnamed.

    Shape: azure-quickstart-templates, read 2026-11-24.
    """
    reached = [
        {"service": f"Microsoft.{one}", "locations": [REGION]}
        for one in ("KeyVault", "ContainerRegistry", "Storage")
    ]
    guard = {"id": id_of("networkSecurityGroups/nsg")}
    scoring = id_of("virtualNetworks/vnet/subnets/snet-scoring")
    training = id_of("virtualNetworks/vnet/subnets/snet-training")
    zones = {**ZONES, "vault": [VAULT_ZONE_NOBODY_ASKS]}
    used = dict.fromkeys(name for group in GROUPS for name in zones[group])
    return [
        declared("networkSecurityGroups/nsg", {"securityRules": []}),
        network(
            "vnet",
            "192.168.0.0/16",
            subnet("snet-training", "192.168.0.0/24", serviceEndpoints=reached, networkSecurityGroup=guard),
            subnet("snet-scoring", "192.168.1.0/24", serviceEndpoints=reached, networkSecurityGroup=guard),
        ),
        *services(build="cluster001"),
        *(one for name in used for one in zone(name, "vnet")),
        *(one for group in GROUPS for one in endpoint(group, training, zones[group])),
        declared(
            "managedClusters/aks",
            {
                "kubernetesVersion": "1.27.1",
                "dnsPrefix": "aks-dns",
                "agentPoolProfiles": [{"name": "agentpool", "mode": "System", "vnetSubnetID": scoring}],
                "networkProfile": {
                    "networkPlugin": "kubenet",
                    "serviceCidr": "10.0.0.0/16",
                    "dnsServiceIP": "10.0.0.10",
                    "loadBalancerSku": "standard",
                },
                "apiServerAccessProfile": {"enablePrivateCluster": True},
            },
            identity={"type": "SystemAssigned"},
        ),
        declared(
            "workspaces/mlw/computes/aks-compute",
            {
                "computeType": "AKS",
                "resourceId": id_of("managedClusters/aks"),
                "properties": {"aksNetworkingConfiguration": {"subnetId": scoring}},
            },
        ),
    ]


def moderately_secure() -> list[Body]:
    """The Terraform quickstart `201-machine-learning-moderately-secure`: right zones, open routes, no cluster.

    Shape: Azure/terraform quickstarts, read 2026-11-24.
    """
    table = {"id": id_of("routeTables/rt-aks")}
    place = id_of("virtualNetworks/vnet/subnets/snet-workspace")
    used = dict.fromkeys(name for group in GROUPS for name in ZONES[group])
    route = {"addressPrefix": "0.0.0.0/0", "nextHopType": "Internet"}
    return [
        declared("routeTables/rt-aks", {"routes": [{"name": "default", "properties": route}]}),
        network(
            "vnet",
            "10.0.0.0/16",
            subnet("snet-training", "10.0.1.0/24"),
            subnet("snet-aks", "10.0.2.0/23", routeTable=table),
            subnet("snet-workspace", "10.0.0.0/24"),
        ),
        *services(build="image-builder"),
        *(one for name in used for one in zone(name, "vnet")),
        *(one for group in GROUPS for one in endpoint(group, place, ZONES[group])),
    ]


def moderately_secure_with_a_cluster() -> list[Body]:
    """The same, and a cluster with routes of its own in the subnet that is kept for it."""
    return [
        *moderately_secure(),
        declared(
            "managedClusters/aks",
            {
                "agentPoolProfiles": [
                    {
                        "name": "system",
                        "mode": "System",
                        "vnetSubnetID": id_of("virtualNetworks/vnet/subnets/snet-aks"),
                    }
                ],
                "networkProfile": {
                    "networkPlugin": "azure",
                    "networkPluginMode": "overlay",
                    "serviceCidr": "172.20.0.0/16",
                    "outboundType": "userDefinedRouting",
                },
                "apiServerAccessProfile": {
                    "enablePrivateCluster": True,
                    "enablePrivateClusterPublicFQDN": False,
                },
            },
            identity={"type": "SystemAssigned"},
        ),
        declared(
            "workspaces/mlw/computes/aks-compute",
            {
                "computeType": "Kubernetes",
                "resourceId": id_of("managedClusters/aks"),
                "properties": {"namespace": "azureml-work"},
            },
            identity={"type": "SystemAssigned"},
        ),
    ]
