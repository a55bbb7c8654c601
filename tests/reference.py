"""Four healthy environments as Azure would return them, and a small language of changes to them.

Each builder gives ARM bodies as plain data. Everything stands in resource group `rg-ml` of one subscription unless
it says otherwise; names are the same in all four, so that one change fits all:
workspace `mlw`, cluster `aks`, storage `mlstore`, vault `mlvault`, registry `mlreg`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from cloison.arm.ids import ResourceId
from cloison.kinds import expand_nested
from cloison.model.body import Open
from cloison.model.snapshot import Gap, Resource, Snapshot

Body = dict[str, Any]
SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
TENANT = "00000000-0000-0000-0000-0000000000aa"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-ml"
NODES = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/MC_rg-ml_aks_westeurope"
REGION = "westeurope"
WORKSPACE_GUID = "00000000-0000-0000-0000-00000000ab01"
WORKSPACE_PRINCIPAL = "00000000-0000-0000-0000-00000000ab02"
COMPUTE_PRINCIPAL = "00000000-0000-0000-0000-00000000ab03"

ZONES = {
    "blob": ["privatelink.blob.core.windows.net"],
    "file": ["privatelink.file.core.windows.net"],
    "queue": ["privatelink.queue.core.windows.net"],
    "table": ["privatelink.table.core.windows.net"],
    "vault": ["privatelink.vaultcore.azure.net"],
    "registry": ["privatelink.azurecr.io"],
    "amlworkspace": ["privatelink.api.azureml.ms", "privatelink.notebooks.azure.net"],
}
TARGETS = {
    "blob": "storageAccounts/mlstore",
    "file": "storageAccounts/mlstore",
    "queue": "storageAccounts/mlstore",
    "table": "storageAccounts/mlstore",
    "vault": "vaults/mlvault",
    "registry": "registries/mlreg",
    "amlworkspace": "workspaces/mlw",
}
NAMESPACES = {
    "storageAccounts": "Microsoft.Storage",
    "vaults": "Microsoft.KeyVault",
    "registries": "Microsoft.ContainerRegistry",
    "workspaces": "Microsoft.MachineLearningServices",
    "managedClusters": "Microsoft.ContainerService",
    "userAssignedIdentities": "Microsoft.ManagedIdentity",
    "components": "Microsoft.Insights",
}


def id_of(path: str, group: str = GROUP) -> str:
    """The id of `virtualNetworks/aks-net/subnets/aks`, its provider chosen by the first segment."""
    namespace = NAMESPACES.get(path.partition("/")[0], "Microsoft.Network")
    return f"{group}/providers/{namespace}/{path}"


def resource(path: str, properties: Body, *, group: str = GROUP, **envelope: Any) -> Body:
    """One ARM body, its type and name taken from its path."""
    id = id_of(path, group)
    return {
        "id": id,
        "name": path.rpartition("/")[2],
        "type": _type(id),
        "location": REGION,
        **envelope,
        "properties": {"provisioningState": "Succeeded", **properties},
    }


def _type(id: str) -> str:
    parts = id.rpartition("/providers/")[2].split("/")
    return "/".join([parts[0], *parts[1::2]])


def network(
    name: str, prefix: str, subnets: list[Body], dns: list[str] | None = None, group: str = GROUP
) -> Body:
    """A virtual network with its subnets inside, as a GET shows it."""
    return resource(
        f"virtualNetworks/{name}",
        {
            "addressSpace": {"addressPrefixes": [prefix]},
            "dhcpOptions": {"dnsServers": dns or []},
            "subnets": [
                {**one, "id": f"{id_of(f'virtualNetworks/{name}', group)}/subnets/{one['name']}"}
                for one in subnets
            ],
            "virtualNetworkPeerings": [],
        },
        group=group,
    )


def subnet(name: str, prefix: str, **properties: Any) -> Body:
    """A subnet as it stands inside its network."""
    return {
        "name": name,
        "type": "Microsoft.Network/virtualNetworks/subnets",
        "properties": {
            "provisioningState": "Succeeded",
            "addressPrefix": prefix,
            "privateEndpointNetworkPolicies": "Disabled",
            "privateLinkServiceNetworkPolicies": "Enabled",
            "delegations": [],
            **properties,
        },
    }


def peering(here: str, there: str, **properties: Any) -> Body:
    """One direction of a peering, as a resource of its own."""
    return resource(
        f"virtualNetworks/{here}/virtualNetworkPeerings/to-{there}",
        {
            "peeringState": "Connected",
            "peeringSyncLevel": "FullyInSync",
            "remoteVirtualNetwork": {"id": id_of(f"virtualNetworks/{there}")},
            "allowVirtualNetworkAccess": True,
            "allowForwardedTraffic": True,
            "allowGatewayTransit": False,
            "useRemoteGateways": False,
            "peerCompleteVnets": True,
            **properties,
        },
    )


def names_of(group: str) -> list[tuple[str, str, str, str]]:
    """(member, public name, zone, record name) of everything one sub-resource answers to."""
    region, guid = REGION, WORKSPACE_GUID
    if group == "registry":
        zone = "privatelink.azurecr.io"
        return [
            ("registry", "mlreg.azurecr.io", zone, "mlreg"),
            (f"registry_data_{region}", f"mlreg.{region}.data.azurecr.io", zone, f"mlreg.{region}.data"),
        ]
    if group == "vault":
        return [("default", "mlvault.vault.azure.net", "privatelink.vaultcore.azure.net", "mlvault")]
    if group == "amlworkspace":
        api, notebooks = "privatelink.api.azureml.ms", "privatelink.notebooks.azure.net"
        notebook = f"ml-mlw-{region}-{guid}.{region}"
        return [
            ("default", f"{guid}.workspace.{region}.api.azureml.ms", api, f"{guid}.workspace.{region}"),
            (
                "default",
                f"{guid}.workspace.{region}.cert.api.azureml.ms",
                api,
                f"{guid}.workspace.{region}.cert",
            ),
            ("notebook", f"{notebook}.notebooks.azure.net", notebooks, notebook),
            ("inference", f"*.{guid}.inference.{region}.api.azureml.ms", api, f"*.{guid}.inference.{region}"),
        ]
    return [(group, f"mlstore.{group}.core.windows.net", f"privatelink.{group}.core.windows.net", "mlstore")]


def endpoint(group: str, network_name: str, subnet_name: str, first: str) -> Iterator[Body]:
    """A private endpoint, its network interface, its zone group and the records that the group wrote."""
    base, _, last = first.rpartition(".")
    members: dict[str, str] = {}
    for member, *_ in names_of(group):
        members.setdefault(member, f"{base}.{int(last) + len(members)}")
    name = f"pe-{group}"
    subnet_id = id_of(f"virtualNetworks/{network_name}/subnets/{subnet_name}")
    nic = id_of(f"networkInterfaces/{name}.nic")
    yield resource(
        f"privateEndpoints/{name}",
        {
            "subnet": {"id": subnet_id},
            "networkInterfaces": [{"id": nic}],
            "privateLinkServiceConnections": [
                {
                    "name": name,
                    "properties": {
                        "provisioningState": "Succeeded",
                        "privateLinkServiceId": id_of(TARGETS[group]),
                        "groupIds": [group],
                        "privateLinkServiceConnectionState": {
                            "status": "Approved",
                            "description": "Auto-Approved",
                        },
                    },
                }
            ],
            "manualPrivateLinkServiceConnections": [],
            "customDnsConfigs": [],
        },
    )
    yield resource(
        f"networkInterfaces/{name}.nic",
        {
            "privateEndpoint": {"id": id_of(f"privateEndpoints/{name}")},
            "ipConfigurations": [
                {
                    "name": member,
                    "properties": {
                        "privateIPAddress": address,
                        "subnet": {"id": subnet_id},
                        "privateLinkConnectionProperties": {
                            "groupId": group,
                            "requiredMemberName": member,
                            "fqdns": [public for one, public, *_ in names_of(group) if one == member],
                        },
                    },
                }
                for member, address in members.items()
            ],
        },
    )
    yield resource(
        f"privateEndpoints/{name}/privateDnsZoneGroups/default",
        {
            "privateDnsZoneConfigs": [
                {
                    "name": zone.replace(".", "-"),
                    "properties": {
                        "privateDnsZoneId": id_of(f"privateDnsZones/{zone}"),
                        "recordSets": [
                            {
                                "recordType": "A",
                                "recordSetName": record,
                                "ttl": 10,
                                "ipAddresses": [members[member]],
                            }
                            for member, _, of_zone, record in names_of(group)
                            if of_zone == zone
                        ],
                    },
                }
                for zone in ZONES[group]
            ]
        },
    )
    for member, _, zone, record in names_of(group):
        yield resource(
            f"privateDnsZones/{zone}/A/{record}",
            {
                "ttl": 10,
                "fqdn": f"{record}.{zone}.",
                "aRecords": [{"ipv4Address": members[member]}],
                "metadata": {"creator": f"created by private endpoint {name}"},
            },
            location="global",
        )


def zones(*networks: str, written: Iterable[str] = tuple(ZONES)) -> Iterator[Body]:
    """Every private zone that the services need, linked to the networks, with its first record set.

    written: sub-resources whose endpoints write their records, which are counted here and made elsewhere.
    """
    names = [zone for group in written for _, _, zone, _ in names_of(group)]
    for zone in dict.fromkeys(zone for listed in ZONES.values() for zone in listed):
        yield resource(
            f"privateDnsZones/{zone}",
            {"numberOfRecordSets": 1 + names.count(zone), "maxNumberOfRecordSets": 25000},
            location="global",
        )
        # Each zone has one, so a list of record sets that was read is never empty.
        yield resource(
            f"privateDnsZones/{zone}/SOA/@",
            {"ttl": 3600, "fqdn": f"{zone}.", "soaRecord": {"host": "azureprivatedns.net", "minimumTtl": 10}},
            location="global",
        )
        for name in networks:
            yield resource(
                f"privateDnsZones/{zone}/virtualNetworkLinks/{name}",
                {
                    "virtualNetwork": {"id": id_of(f"virtualNetworks/{name}")},
                    "registrationEnabled": False,
                    "virtualNetworkLinkState": "Completed",
                    "resolutionPolicy": "Default",
                },
                location="global",
            )


def services(*, endpoints: bool = True) -> Iterator[Body]:
    """Workspace, storage, vault and registry, closed to the public when they have private endpoints."""
    public = "Disabled" if endpoints else "Enabled"
    yield resource(
        "storageAccounts/mlstore",
        {
            "publicNetworkAccess": public,
            "networkAcls": {
                "bypass": "AzureServices",
                "defaultAction": "Deny",
                "ipRules": [],
                "virtualNetworkRules": [],
                "resourceAccessRules": [{"tenantId": TENANT, "resourceId": id_of("workspaces/mlw")}],
            },
            "allowSharedKeyAccess": True,
            "isHnsEnabled": False,
            "minimumTlsVersion": "TLS1_2",
            "privateEndpointConnections": _connections(
                ["blob", "file", "queue", "table"] if endpoints else []
            ),
        },
        kind="StorageV2",
        sku={"name": "Standard_LRS", "tier": "Standard"},
    )
    yield resource(
        "vaults/mlvault",
        {
            "publicNetworkAccess": public,
            "networkAcls": {
                "bypass": "AzureServices",
                "defaultAction": "Deny",
                "ipRules": [],
                "virtualNetworkRules": [],
            },
            "enableRbacAuthorization": True,
            "enableSoftDelete": True,
            "enablePurgeProtection": True,
            "tenantId": TENANT,
            "privateEndpointConnections": _connections(["vault"] if endpoints else []),
        },
    )
    yield resource(
        "registries/mlreg",
        {
            "adminUserEnabled": True,
            "publicNetworkAccess": "Disabled",
            "networkRuleBypassOptions": "AzureServices",
            "networkRuleSet": {"defaultAction": "Deny", "ipRules": []},
            "dataEndpointEnabled": True,
            "loginServer": "mlreg.azurecr.io",
            "privateEndpointConnections": _connections(["registry"]),
        },
        sku={"name": "Premium", "tier": "Premium"},
    )
    yield workspace()
    yield resource(
        "workspaces/mlw/datastores/workspaceblobstore",
        {
            "datastoreType": "AzureBlob",
            "accountName": "mlstore",
            "containerName": "azureml-blobstore",
            "endpoint": "core.windows.net",
            "isDefault": True,
        },
    )


def workspace() -> Body:
    """The workspace: private, with a system-assigned identity."""
    return resource(
        "workspaces/mlw",
        {
            "workspaceId": WORKSPACE_GUID,
            "storageAccount": id_of("storageAccounts/mlstore"),
            "keyVault": id_of("vaults/mlvault"),
            "containerRegistry": id_of("registries/mlreg"),
            "applicationInsights": id_of("components/mlinsights"),
            "publicNetworkAccess": "Disabled",
            "hbiWorkspace": False,
            "v1LegacyMode": False,
            "imageBuildCompute": "build",
            "notebookInfo": {"fqdn": f"ml-mlw-{REGION}-{WORKSPACE_GUID}.{REGION}.notebooks.azure.net"},
            "privateEndpointConnections": _connections(["amlworkspace"]),
            "managedNetwork": {"isolationMode": "Disabled"},
        },
        kind="Default",
        identity={"type": "SystemAssigned", "principalId": WORKSPACE_PRINCIPAL, "tenantId": TENANT},
        sku={"name": "Basic", "tier": "Basic"},
    )


def _connections(groups: list[str]) -> list[Body]:
    return [
        {
            "name": f"pe-{group}.conn",
            "properties": {
                "provisioningState": "Succeeded",
                "privateEndpoint": {"id": id_of(f"privateEndpoints/pe-{group}")},
                "privateLinkServiceConnectionState": {"status": "Approved", "description": "Auto-Approved"},
            },
        }
        for group in groups
    ]


def cluster(subnet_id: str, *, private: bool, **network_profile: Any) -> Iterator[Body]:
    """The cluster, its extension and the compute that attaches it to the workspace."""
    access: Body = {"enablePrivateCluster": False}
    if private:
        access = {
            "enablePrivateCluster": True,
            "enablePrivateClusterPublicFQDN": False,
            "privateDNSZone": "system",
        }
    names: Body = {"privateFQDN": f"aks-1.guid.privatelink.{REGION}.azmk8s.io"}
    if not private:
        names = {"fqdn": f"aks-1.hcp.{REGION}.azmk8s.io"}
    yield resource(
        "managedClusters/aks",
        {
            **names,
            "kubernetesVersion": "1.33",
            "powerState": {"code": "Running"},
            "nodeResourceGroup": "MC_rg-ml_aks_westeurope",
            "disableLocalAccounts": False,
            "servicePrincipalProfile": {"clientId": "msi"},
            "apiServerAccessProfile": access,
            "agentPoolProfiles": [
                {
                    "name": "system",
                    "mode": "System",
                    "count": 3,
                    "vmSize": "Standard_D4s_v5",
                    "osType": "Linux",
                    "type": "VirtualMachineScaleSets",
                    "vnetSubnetID": subnet_id,
                    "powerState": {"code": "Running"},
                    "provisioningState": "Succeeded",
                }
            ],
            "networkProfile": {
                "networkPlugin": "azure",
                "networkPluginMode": "overlay",
                "outboundType": "loadBalancer",
                "loadBalancerSku": "standard",
                "podCidr": "10.244.0.0/16",
                "serviceCidr": "172.20.0.0/16",
                "dnsServiceIP": "172.20.0.10",
                **network_profile,
            },
        },
        identity={"type": "SystemAssigned", "principalId": "00000000-0000-0000-0000-00000000ab04"},
        sku={"name": "Base", "tier": "Standard"},
    )
    aks = id_of("managedClusters/aks")
    yield {
        "id": f"{aks}/providers/Microsoft.KubernetesConfiguration/extensions/azureml",
        "name": "azureml",
        "type": "Microsoft.KubernetesConfiguration/extensions",
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "provisioningState": "Succeeded",
            "extensionType": "microsoft.azureml.kubernetes",
            "configurationSettings": {
                "enableInference": "True",
                "enableTraining": "False",
                "inferenceRouterServiceType": "LoadBalancer",
                "internalLoadBalancerProvider": "azure",
                "allowInsecureConnections": "False",
                "sslCname": "score.contoso.internal",
            },
        },
    }
    yield resource(
        "workspaces/mlw/computes/aks-compute",
        {
            "computeType": "Kubernetes",
            "resourceId": aks,
            "isAttachedCompute": True,
            "createdOn": "2026-01-02T00:00:00Z",
            "properties": {"namespace": "azureml-work"},
        },
        identity={"type": "SystemAssigned", "principalId": COMPUTE_PRINCIPAL, "tenantId": TENANT},
    )
    yield resource(
        "workspaces/mlw/computes/build",
        {
            "computeType": "AmlCompute",
            "properties": {
                "vmSize": "STANDARD_DS3_V2",
                "subnet": {"id": subnet_id},
                "enableNodePublicIp": False,
            },
        },
    )


def bastion(network_name: str) -> Iterator[Body]:
    """A way in for people."""
    yield resource(
        "bastionHosts/bastion",
        {
            "ipConfigurations": [
                {
                    "name": "one",
                    "properties": {
                        "subnet": {"id": id_of(f"virtualNetworks/{network_name}/subnets/AzureBastionSubnet")}
                    },
                }
            ]
        },
    )


def same_network() -> list[Body]:
    """A default cluster in a network of one's own, with every private endpoint in that same network."""
    net = network(
        "aks-net",
        "10.0.0.0/16",
        [
            subnet("aks", "10.0.0.0/24"),
            subnet("endpoints", "10.0.1.0/27"),
            subnet("AzureBastionSubnet", "10.0.2.0/26"),
        ],
    )
    return [
        net,
        *services(),
        *zones("aks-net"),
        *_endpoints("aks-net", "10.0.1"),
        *cluster(id_of("virtualNetworks/aks-net/subnets/aks"), private=False),
        *bastion("aks-net"),
    ]


def peered() -> list[Body]:
    """A private cluster whose endpoints stand in a peered network; zones are linked to both."""
    return [
        network("aks-net", "10.0.0.0/16", [subnet("aks", "10.0.0.0/24")]),
        network(
            "ml-net",
            "10.1.0.0/16",
            [subnet("endpoints", "10.1.1.0/27"), subnet("AzureBastionSubnet", "10.1.2.0/26")],
        ),
        peering("aks-net", "ml-net"),
        peering("ml-net", "aks-net"),
        *services(),
        *zones("aks-net", "ml-net"),
        *_endpoints("ml-net", "10.1.1"),
        *cluster(id_of("virtualNetworks/aks-net/subnets/aks"), private=True),
        *bastion("ml-net"),
    ]


def hub_and_spoke() -> list[Body]:
    """A private cluster in a spoke; endpoints, zones, and the firewall that proxies DNS in the hub."""
    firewall_subnet = id_of("virtualNetworks/hub/subnets/AzureFirewallSubnet")
    routes = id_of("routeTables/spoke-routes")
    return [
        network(
            "aks-net",
            "10.0.0.0/16",
            [subnet("aks", "10.0.0.0/24", routeTable={"id": routes})],
            dns=["10.9.0.4"],
        ),
        network(
            "hub",
            "10.9.0.0/16",
            [
                subnet("AzureFirewallSubnet", "10.9.0.0/26"),
                subnet("endpoints", "10.9.1.0/27"),
                subnet("AzureBastionSubnet", "10.9.2.0/26"),
            ],
        ),
        peering("aks-net", "hub"),
        peering("hub", "aks-net"),
        resource(
            "routeTables/spoke-routes",
            {
                "disableBgpRoutePropagation": True,
                "routes": [
                    {
                        "name": "out",
                        "id": f"{routes}/routes/out",
                        "properties": {
                            "addressPrefix": "0.0.0.0/0",
                            "nextHopType": "VirtualAppliance",
                            "nextHopIpAddress": "10.9.0.4",
                        },
                    }
                ],
            },
        ),
        resource(
            "azureFirewalls/firewall",
            {
                "ipConfigurations": [
                    {
                        "name": "one",
                        "properties": {"privateIPAddress": "10.9.0.4", "subnet": {"id": firewall_subnet}},
                    }
                ],
                "firewallPolicy": {"id": id_of("firewallPolicies/policy")},
            },
        ),
        resource(
            "firewallPolicies/policy",
            {"dnsSettings": {"enableProxy": True, "servers": []}, "threatIntelMode": "Alert"},
        ),
        resource(
            "firewallPolicies/policy/ruleCollectionGroups/egress",
            {
                "priority": 200,
                "ruleCollections": [
                    {
                        "name": "kubernetes",
                        "priority": 100,
                        "ruleCollectionType": "FirewallPolicyFilterRuleCollection",
                        "action": {"type": "Allow"},
                        "rules": [
                            {
                                "name": "aks",
                                "ruleType": "ApplicationRule",
                                "sourceAddresses": ["10.0.0.0/24"],
                                "protocols": [{"protocolType": "Https", "port": 443}],
                                "fqdnTags": ["AzureKubernetesService"],
                                "targetFqdns": [],
                            }
                        ],
                    }
                ],
            },
        ),
        *services(),
        *zones("hub"),
        *_endpoints("hub", "10.9.1"),
        *cluster(
            id_of("virtualNetworks/aks-net/subnets/aks"), private=True, outboundType="userDefinedRouting"
        ),
        *bastion("hub"),
    ]


def service_endpoints() -> list[Body]:
    """A default cluster that reaches storage and vault by service endpoints, workspace and registry by private ones."""
    subnet_id = id_of("virtualNetworks/aks-net/subnets/aks")
    net = network(
        "aks-net",
        "10.0.0.0/16",
        [
            subnet(
                "aks",
                "10.0.0.0/24",
                serviceEndpoints=[
                    {"service": "Microsoft.Storage", "provisioningState": "Succeeded", "locations": [REGION]},
                    {"service": "Microsoft.KeyVault", "provisioningState": "Succeeded", "locations": ["*"]},
                ],
            ),
            subnet("endpoints", "10.0.1.0/27"),
            subnet("AzureBastionSubnet", "10.0.2.0/26"),
        ],
    )
    found = [
        net,
        *services(endpoints=False),
        *zones("aks-net", written=("registry", "amlworkspace")),
        *endpoint("registry", "aks-net", "endpoints", "10.0.1.10"),
        *endpoint("amlworkspace", "aks-net", "endpoints", "10.0.1.16"),
        *cluster(subnet_id, private=False),
        *bastion("aks-net"),
    ]
    for one in found:
        if one["name"] in ("mlstore", "mlvault"):
            one["properties"]["networkAcls"]["virtualNetworkRules"] = [{"id": subnet_id, "action": "Allow"}]
    return found


def _endpoints(network_name: str, base: str) -> Iterator[Body]:
    first = {"blob": 4, "file": 5, "queue": 6, "table": 7, "vault": 8, "registry": 10, "amlworkspace": 16}
    for group, last in first.items():
        yield from endpoint(group, network_name, "endpoints", f"{base}.{last}")


REFERENCES: dict[str, Callable[[], list[Body]]] = {
    "same network": same_network,
    "peered": peered,
    "hub and spoke": hub_and_spoke,
    "service endpoints": service_endpoints,
}


def changed(bodies: list[Body], changes: dict[str, Any]) -> list[Body]:
    """The environment after changes.

    A key names a resource by the end of its id, and after `#` a JSON pointer into it. A value replaces what stands
    there; objects without a pointer are merged into the body; `"(gone)"` removes. A resource that is not there is
    made, at the id that its key begins with a slash or a type. A text `@vaults/mlvault` stands for that vault's id,
    `@nodes/privateEndpoints/x` for one in the node resource group.
    """
    found = copy.deepcopy(bodies)
    for key, value in _spelt_out(changes).items():
        path, _, pointer = key.partition("#")
        at = _position(found, path)
        if at is None:
            found.append(_made(path, value))
        elif not pointer and value == "(gone)":
            id = found[at]["id"].lower()
            found = [one for one in found if not f"{one['id'].lower()}/".startswith(f"{id}/")]
        elif not pointer:
            _merge(found[at], value)
        else:
            _put(found[at], pointer.strip("/").split("/"), value)
    return found


def _spelt_out(value: Any) -> Any:
    if isinstance(value, dict):
        return {_spelt_out(key): _spelt_out(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_spelt_out(one) for one in value]
    if not isinstance(value, str) or not value.startswith("@") or "/" not in value:
        return value
    path = value[1:]
    return id_of(path.removeprefix("nodes/"), NODES) if path.startswith("nodes/") else id_of(path)


def _position(bodies: list[Body], path: str) -> int | None:
    ends = [at for at, one in enumerate(bodies) if one["id"].lower().endswith(f"/{path.strip('/').lower()}")]
    if len(ends) > 1:
        raise KeyError(f"{path} names {len(ends)} resources")
    return ends[0] if ends else None


def _made(path: str, body: Body) -> Body:
    id = path if path.startswith("/subscriptions/") else body.get("id") or id_of(path)
    envelope = {"id": id, "name": id.rpartition("/")[2], "type": _type(id), "location": REGION}
    return {**envelope, **copy.deepcopy(body)}


def _merge(into: Body, changes: Body) -> None:
    for key, value in changes.items():
        if value == "(gone)":
            into.pop(key, None)
        elif isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = copy.deepcopy(value)


def _put(into: Any, keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        into = into[int(key)] if isinstance(into, list) else into.setdefault(key, {})
    last = keys[-1]
    if isinstance(into, list):
        if value == "(gone)":
            del into[int(last)]
        elif last == "-":
            into.append(copy.deepcopy(value))
        else:
            into[int(last)] = copy.deepcopy(value)
    elif value == "(gone)":
        into.pop(last, None)
    else:
        into[last] = copy.deepcopy(value)


def snapshot(bodies: list[Body], *, planned: bool = False, gaps: list[Gap] | None = None) -> Snapshot:
    """The bodies as a snapshot; `{"?": "parameters('x')"}` stands for a value that is not decided yet."""
    resources = [_resource(json.dumps(one), one, planned=planned) for one in bodies]
    return Snapshot(expand_nested(resources), gaps or [])


def _resource(text: str, body: Body, *, planned: bool) -> Resource:
    id = ResourceId.parse(body["id"])
    return Resource(id, id.type, lambda: _opened(json.loads(text)), planned=planned)


def _opened(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"?"}:
            return Open(value["?"], f"--set {value['?']}=…")
        return {key: _opened(one) for key, one in value.items()}
    return [_opened(one) for one in value] if isinstance(value, list) else value
