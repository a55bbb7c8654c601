"""Realistic estates for the bench: hubs with shared zones and a firewall, and spokes that each hold one environment.

    python bench/estates.py ENVIRONMENTS FILE        writes a snapshot document

A hub serves 100 spokes, as one private zone takes at most 1,000 links. Every environment has about 55 resources
with bodies as long as those that ARM answers, and is sound: its workspace, storage, vault and registry have private
endpoints in the spoke, zones in the hub's group are linked to the spoke, and egress goes through the hub's firewall.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
from endpoints import (
    AKS,
    ENDPOINTS,
    GROUP,
    GUID,
    HUB,
    HUB_GROUP,
    HUB_NET,
    INSIGHTS,
    NET,
    NUMBER,
    REGION,
    REGISTRY,
    SPOKE,
    STORAGE,
    SUBSCRIPTION,
    TENANT,
    VAULT,
    WORKSPACE,
    WORKSPACE_GUID,
    ZONES,
    Body,
    connections,
    endpoint,
    resource,
)

SPOKES_PER_HUB = 100


def services() -> Iterator[Body]:
    """Storage, vault, registry, workspace and what stands beside them, all closed to the public."""
    closed = {"bypass": "AzureServices", "defaultAction": "Deny", "ipRules": [], "virtualNetworkRules": []}
    rules = [{"tenantId": TENANT, "resourceId": WORKSPACE}]
    yield resource(
        STORAGE,
        {
            "publicNetworkAccess": "Disabled",
            "networkAcls": {**closed, "resourceAccessRules": rules},
            "allowBlobPublicAccess": False,
            "allowSharedKeyAccess": True,
            "isHnsEnabled": False,
            "minimumTlsVersion": "TLS1_2",
            "supportsHttpsTrafficOnly": True,
            "accessTier": "Hot",
            "encryption": {
                "keySource": "Microsoft.Storage",
                "services": {name: {"keyType": "Account", "enabled": True} for name in ("blob", "file")},
            },
            "primaryEndpoints": {
                group: f"https://stml{NUMBER}.{group}.core.windows.net/"
                for group in ("blob", "file", "queue", "table")
            },
            "primaryLocation": REGION,
            "statusOfPrimary": "available",
            "privateEndpointConnections": connections(["blob", "file", "queue", "table"]),
        },
        kind="StorageV2",
        sku={"name": "Standard_ZRS", "tier": "Standard"},
    )
    yield resource(
        VAULT,
        {
            "publicNetworkAccess": "Disabled",
            "networkAcls": closed,
            "tenantId": TENANT,
            "enableRbacAuthorization": True,
            "enableSoftDelete": True,
            "softDeleteRetentionInDays": 90,
            "enablePurgeProtection": True,
            "sku": {"family": "A", "name": "standard"},
            "vaultUri": f"https://kv-ml-{NUMBER}.vault.azure.net/",
            "privateEndpointConnections": connections(["vault"]),
        },
    )
    yield resource(
        REGISTRY,
        {
            "publicNetworkAccess": "Disabled",
            "networkRuleBypassOptions": "AzureServices",
            "networkRuleSet": {"defaultAction": "Deny", "ipRules": []},
            "adminUserEnabled": True,
            "dataEndpointEnabled": True,
            "dataEndpointHostNames": [f"crml{NUMBER}.{REGION}.data.azurecr.io"],
            "loginServer": f"crml{NUMBER}.azurecr.io",
            "zoneRedundancy": "Disabled",
            "privateEndpointConnections": connections(["registry"]),
        },
        sku={"name": "Premium", "tier": "Premium"},
    )
    yield resource(INSIGHTS, {"Application_Type": "web", "IngestionMode": "LogAnalytics"}, kind="web")
    yield resource(
        WORKSPACE,
        {
            "workspaceId": WORKSPACE_GUID,
            "friendlyName": f"Scoring {NUMBER}",
            "storageAccount": STORAGE,
            "keyVault": VAULT,
            "containerRegistry": REGISTRY,
            "applicationInsights": INSIGHTS,
            "publicNetworkAccess": "Disabled",
            "hbiWorkspace": False,
            "v1LegacyMode": False,
            "imageBuildCompute": "build",
            "managedNetwork": {"isolationMode": "Disabled"},
            "discoveryUrl": f"https://{REGION}.api.azureml.ms/discovery",
            "mlFlowTrackingUri": f"azureml://{REGION}.api.azureml.ms/mlflow/v1.0{WORKSPACE}",
            "notebookInfo": {
                "fqdn": f"ml-mlw-{NUMBER}-{REGION}-{WORKSPACE_GUID}.{REGION}.notebooks.azure.net",
                "isPrivateLinkEnabled": True,
            },
            "privateEndpointConnections": connections(["amlworkspace"]),
        },
        kind="Default",
        identity={
            "type": "SystemAssigned",
            "principalId": f"70000000-0000-0000-0000-{GUID}",
            "tenantId": TENANT,
        },
        sku={"name": "Basic", "tier": "Basic"},
    )
    for name, kind in (("workspaceblobstore", "AzureBlob"), ("workspacefilestore", "AzureFile")):
        yield resource(
            f"{WORKSPACE}/datastores/{name}",
            {
                "datastoreType": kind,
                "accountName": f"stml{NUMBER}",
                "containerName" if kind == "AzureBlob" else "fileShareName": f"azureml-{WORKSPACE_GUID}",
                "endpoint": "core.windows.net",
                "protocol": "https",
                "isDefault": kind == "AzureBlob",
                "credentials": {"credentialsType": "None"},
            },
        )


def cluster() -> Iterator[Body]:
    """The private cluster, its extension, its computes and its rights."""
    nodes = f"{SPOKE}/subnets/snet-aks"
    pool = {
        "mode": "System",
        "count": 3,
        "vmSize": "Standard_D4s_v5",
        "osType": "Linux",
        "osSKU": "Ubuntu",
        "type": "VirtualMachineScaleSets",
        "vnetSubnetID": nodes,
        "maxPods": 110,
        "powerState": {"code": "Running"},
        "provisioningState": "Succeeded",
    }
    yield resource(
        AKS,
        {
            "kubernetesVersion": "1.33",
            "dnsPrefix": f"aks-ml-{NUMBER}",
            "privateFQDN": f"aks-ml-{NUMBER}-1.{WORKSPACE_GUID}.privatelink.{REGION}.azmk8s.io",
            "powerState": {"code": "Running"},
            "nodeResourceGroup": f"MC_rg-ml-scoring-{NUMBER}_aks-ml-{NUMBER}_{REGION}",
            "servicePrincipalProfile": {"clientId": "msi"},
            "apiServerAccessProfile": {
                "enablePrivateCluster": True,
                "enablePrivateClusterPublicFQDN": False,
                "privateDNSZone": "system",
            },
            "agentPoolProfiles": [{"name": "system", **pool}, {"name": "scoring", **pool, "mode": "User"}],
            "networkProfile": {
                "networkPlugin": "azure",
                "networkPluginMode": "overlay",
                "outboundType": "userDefinedRouting",
                "loadBalancerSku": "standard",
                "podCidr": "192.168.0.0/16",
                "serviceCidr": "172.20.0.0/16",
                "dnsServiceIP": "172.20.0.10",
            },
        },
        identity={
            "type": "SystemAssigned",
            "principalId": f"80000000-0000-0000-0000-{GUID}",
            "tenantId": TENANT,
        },
        sku={"name": "Base", "tier": "Standard"},
    )
    yield resource(
        f"{AKS}/providers/Microsoft.KubernetesConfiguration/extensions/azureml",
        {
            "extensionType": "microsoft.azureml.kubernetes",
            "autoUpgradeMinorVersion": True,
            "releaseTrain": "stable",
            "configurationSettings": {
                "enableInference": "True",
                "enableTraining": "False",
                "inferenceRouterServiceType": "LoadBalancer",
                "internalLoadBalancerProvider": "azure",
                "allowInsecureConnections": "False",
                "sslCname": f"scoring-{NUMBER}.example.org",
            },
        },
        identity={"type": "SystemAssigned"},
    )
    attached = {"computeType": "Kubernetes", "resourceId": AKS, "isAttachedCompute": True}
    identity = {
        "type": "SystemAssigned",
        "principalId": f"90000000-0000-0000-0000-{GUID}",
        "tenantId": TENANT,
    }
    yield resource(
        f"{WORKSPACE}/computes/scoring",
        {**attached, "properties": {"namespace": "azureml"}},
        identity=identity,
    )
    built = {"vmSize": "STANDARD_DS3_V2", "subnet": {"id": nodes}, "enableNodePublicIp": False}
    yield resource(f"{WORKSPACE}/computes/build", {"computeType": "AmlCompute", "properties": built})
    for number, role in enumerate(
        ("ba92f5b4-2d11-453d-a403-e96b0029c9fe", "17d1049b-9a84-46fb-8f53-869881c3d3ab")
    ):
        yield resource(
            f"{STORAGE}/providers/Microsoft.Authorization/roleAssignments/a000000{number}-0000-0000-0000-{GUID}",
            {
                "roleDefinitionId": f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}",
                "principalId": f"70000000-0000-0000-0000-{GUID}",
                "principalType": "ServicePrincipal",
                "scope": STORAGE,
            },
        )


def spoke() -> Iterator[Body]:
    """The environment's network: subnets, rules, routes, and both directions of its peering with the hub."""
    network = f"{GROUP}/providers/Microsoft.Network"
    rules, routes = (
        f"{network}/networkSecurityGroups/nsg-ml-{NUMBER}",
        f"{network}/routeTables/rt-ml-{NUMBER}",
    )
    subnets = {
        "snet-aks": ("0/25", {"routeTable": {"id": routes}, "networkSecurityGroup": {"id": rules}}),
        "snet-endpoints": ("192/26", {"networkSecurityGroup": {"id": rules}}),
    }
    yield resource(
        SPOKE,
        {
            "addressSpace": {"addressPrefixes": [f"10.{NET}.0/24"]},
            "dhcpOptions": {"dnsServers": []},
            "enableDdosProtection": False,
            "subnets": [
                {
                    "name": name,
                    "id": f"{SPOKE}/subnets/{name}",
                    "type": "Microsoft.Network/virtualNetworks/subnets",
                    "properties": {
                        "provisioningState": "Succeeded",
                        "addressPrefix": f"10.{NET}.{prefix}",
                        "delegations": [],
                        "privateEndpointNetworkPolicies": "Disabled",
                        "privateLinkServiceNetworkPolicies": "Enabled",
                        **more,
                    },
                }
                for name, (prefix, more) in subnets.items()
            ],
            "virtualNetworkPeerings": [],
        },
    )
    allow = {
        "protocol": "Tcp",
        "sourcePortRange": "*",
        "destinationPortRange": "443",
        "sourceAddressPrefix": "VirtualNetwork",
        "destinationAddressPrefix": "VirtualNetwork",
        "access": "Allow",
        "priority": 100,
        "direction": "Outbound",
    }
    rule = {
        "name": "to-endpoints",
        "id": f"{rules}/securityRules/to-endpoints",
        "type": "Microsoft.Network/networkSecurityGroups/securityRules",
        "properties": {"provisioningState": "Succeeded", **allow},
    }
    yield resource(rules, {"securityRules": [rule], "defaultSecurityRules": []})
    route = {
        "addressPrefix": "0.0.0.0/0",
        "nextHopType": "VirtualAppliance",
        "nextHopIpAddress": "10.255.0.4",
    }
    yield resource(
        routes,
        {
            "disableBgpRoutePropagation": True,
            "routes": [{"name": "out", "id": f"{routes}/routes/out", "properties": route}],
        },
    )
    for here, there, name in ((SPOKE, HUB_NET, "hub"), (HUB_NET, SPOKE, f"ml-{NUMBER}")):
        yield resource(
            f"{here}/virtualNetworkPeerings/to-{name}",
            {
                "peeringState": "Connected",
                "peeringSyncLevel": "FullyInSync",
                "remoteVirtualNetwork": {"id": there},
                "allowVirtualNetworkAccess": True,
                "allowForwardedTraffic": True,
                "allowGatewayTransit": False,
                "useRemoteGateways": False,
                "peerCompleteVnets": True,
            },
        )
    for zone in ZONES:
        yield _link(zone, f"ml-{NUMBER}", SPOKE)


def _link(zone: str, name: str, network: str) -> Body:
    return resource(
        f"{HUB_GROUP}/providers/Microsoft.Network/privateDnsZones/{zone}/virtualNetworkLinks/{name}",
        {
            "virtualNetwork": {"id": network},
            "registrationEnabled": False,
            "virtualNetworkLinkState": "Completed",
            "resolutionPolicy": "Default",
        },
        location="global",
    )


def hub() -> Iterator[Body]:
    """A hub: network, firewall with its policy, Bastion, shared zones."""
    network = f"{HUB_GROUP}/providers/Microsoft.Network"
    subnets = {"AzureFirewallSubnet": "10.255.0.0/26", "AzureBastionSubnet": "10.255.0.64/26"}
    yield resource(
        HUB_NET,
        {
            "addressSpace": {"addressPrefixes": ["10.255.0.0/24"]},
            "dhcpOptions": {"dnsServers": []},
            "subnets": [
                {"name": name, "id": f"{HUB_NET}/subnets/{name}", "properties": {"addressPrefix": prefix}}
                for name, prefix in subnets.items()
            ],
            "virtualNetworkPeerings": [],
        },
    )
    policy = f"{network}/firewallPolicies/afwp-{HUB}"
    place = {"privateIPAddress": "10.255.0.4", "subnet": {"id": f"{HUB_NET}/subnets/AzureFirewallSubnet"}}
    yield resource(
        f"{network}/azureFirewalls/afw-{HUB}",
        {"ipConfigurations": [{"name": "one", "properties": place}], "firewallPolicy": {"id": policy}},
    )
    yield resource(policy, {"dnsSettings": {"enableProxy": True, "servers": []}, "threatIntelMode": "Alert"})
    way_in = {"subnet": {"id": f"{HUB_NET}/subnets/AzureBastionSubnet"}}
    yield resource(
        f"{network}/bastionHosts/bas-{HUB}", {"ipConfigurations": [{"name": "one", "properties": way_in}]}
    )
    for zone in ZONES:
        yield resource(
            f"{network}/privateDnsZones/{zone}",
            {"maxNumberOfRecordSets": 25000, "maxNumberOfVirtualNetworkLinks": 1000, "numberOfRecordSets": 2},
            location="global",
        )
        yield _link(zone, "hub", HUB_NET)


def environment() -> list[Body]:
    """One spoke with its environment, its numbers still open."""
    found = [*spoke(), *services(), *cluster()]
    for group in ENDPOINTS:
        found.extend(endpoint(group))
    return found


def estate(environments: int) -> Iterator[bytes]:
    """The snapshot document of that many environments, in pieces."""
    ours = b",\n".join(msgspec.json.encode(body) for body in environment())
    shared = b",\n".join(msgspec.json.encode(body) for body in hub())
    yield b'{"cloison":"snapshot/1","resources":['
    for number in range(environments):
        of_hub = b"%03d" % (number // SPOKES_PER_HUB)
        if number % SPOKES_PER_HUB == 0:
            yield (b",\n" if number else b"\n") + shared.replace(HUB.encode(), of_hub)
        place = number % SPOKES_PER_HUB
        text = ours.replace(HUB.encode(), of_hub).replace(NUMBER.encode(), b"%05d" % number)
        text = text.replace(NET.encode(), b"16.%d" % place).replace(GUID.encode(), b"%012d" % number)
        yield b",\n" + text
    yield b'\n],"gaps":[]}\n'


def write(environments: int, path: Path) -> None:
    """Write an estate to a file."""
    with path.open("wb") as file:
        for piece in estate(environments):
            file.write(piece)


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
