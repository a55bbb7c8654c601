"""The article's environment by typed libraries: made, changed, read back. Runs in the clients' own environment.

    python typed.py        CLOISON_ENDPOINT, REQUESTS_CA_BUNDLE, AZURE_SUBSCRIPTION_ID and IDENTITY_ENDPOINT are set

Prints `ok NAME` or `FAILED NAME: why` for each step, and ends with 1 when one failed. A warning of a library about an
answer that it cannot read is a failure.
"""

from __future__ import annotations

import logging
import os
import sys
import uuid
import warnings
from collections.abc import Callable
from typing import Any, TypeAlias

from azure.identity import DefaultAzureCredential

Untyped: TypeAlias = Any
"""Clients of libraries that are not in the environment in which types are checked."""
BASE, BUNDLE = os.environ["CLOISON_ENDPOINT"], os.environ["REQUESTS_CA_BUNDLE"]
SUBSCRIPTION = os.environ["AZURE_SUBSCRIPTION_ID"]
GROUP, REGION = "typed", "westeurope"
AT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers"
NET = f"{AT}/Microsoft.Network/virtualNetworks/net"
ZONE = "privatelink.blob.core.windows.net"
KNOWN = {"client": {"credential": DefaultAzureCredential(), "subscription_id": SUBSCRIPTION}}
HOW: dict[str, Any] = {
    "base_url": BASE,
    "credential_scopes": [f"{BASE}/.default"],
    "connection_verify": BUNDLE,
    "polling_interval": 1,
}
STEPS: list[Callable[[], None]] = []


def step(run: Callable[[], None]) -> Callable[[], None]:
    """Register a step, in the order of this file."""
    STEPS.append(run)
    return run


def client(make: Untyped) -> Untyped:
    """A client of a library, pointed at the emulator."""
    return make(KNOWN["client"]["credential"], SUBSCRIPTION, **HOW)


def network() -> Untyped:
    """The client of networks."""
    from azure.mgmt.network import NetworkManagementClient

    return client(NetworkManagementClient)


@step
def resource_group() -> None:
    """A group is made and found."""
    from azure.mgmt.resource.resources import ResourceManagementClient

    groups = client(ResourceManagementClient).resource_groups
    made = groups.create_or_update(GROUP, {"location": REGION, "tags": {"use": "scores"}})
    assert "Succeeded" == made.properties.provisioning_state
    assert GROUP in {one.name for one in groups.list()}


@step
def networks_and_subnets() -> None:
    """A network with a security group and three subnets."""
    mine = network()
    rule = {
        "name": "out",
        "properties": {
            "priority": 100,
            "direction": "Outbound",
            "access": "Allow",
            "protocol": "Tcp",
            "sourceAddressPrefix": "*",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "VirtualNetwork",
            "destinationPortRange": "443",
        },
    }
    body = {"location": REGION, "properties": {"securityRules": [rule]}}
    filters = mine.network_security_groups.begin_create_or_update(GROUP, "nsg", body).result()
    assert ["out"] == [one.name for one in filters.security_rules]
    space = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
    made = mine.virtual_networks.begin_create_or_update(
        GROUP, "net", {"location": REGION, "properties": space}
    ).result()
    assert ["10.0.0.0/16"] == made.address_space.address_prefixes
    for name, prefix in (("aks", "10.0.0.0/22"), ("pe", "10.0.8.0/24")):
        inner = {"addressPrefix": prefix, "networkSecurityGroup": {"id": filters.id}}
        mine.subnets.begin_create_or_update(GROUP, "net", name, {"properties": inner}).result()
    assert ["aks", "pe"] == sorted(one.name for one in mine.subnets.list(GROUP, "net"))


@step
def peerings() -> None:
    """Two networks are peered from both sides, and are connected then."""
    mine = network()
    space = {"addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}}
    hub = mine.virtual_networks.begin_create_or_update(
        GROUP, "hub", {"location": REGION, "properties": space}
    ).result()
    peering = mine.virtual_network_peerings
    first = peering.begin_create_or_update(GROUP, "net", "to-hub", _peering(hub.id)).result()
    assert "Initiated" == first.peering_state
    second = peering.begin_create_or_update(GROUP, "hub", "to-net", _peering(NET)).result()
    assert "Connected" == second.peering_state == peering.get(GROUP, "net", "to-hub").peering_state


def _peering(remote: str) -> dict[str, Any]:
    return {"properties": {"remoteVirtualNetwork": {"id": remote}, "allowVirtualNetworkAccess": True}}


@step
def storage() -> None:
    """An account whose firewall lets nobody in."""
    from azure.mgmt.storage import StorageManagementClient

    accounts = client(StorageManagementClient).storage_accounts
    assert accounts.check_name_availability(
        {"name": "typedstore", "type": "Microsoft.Storage/storageAccounts"}
    ).name_available
    body = {"location": REGION, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    accounts.begin_create(GROUP, "typedstore", body).result()
    rules = {"defaultAction": "Deny", "bypass": "AzureServices"}
    changed = accounts.update(GROUP, "typedstore", {"properties": {"networkAcls": rules}})
    assert "Deny" == changed.network_rule_set.default_action
    assert (
        "https://typedstore.blob.core.windows.net/"
        == accounts.get_properties(GROUP, "typedstore").primary_endpoints.blob
    )


@step
def vault() -> None:
    """A key vault."""
    from azure.mgmt.keyvault import KeyVaultManagementClient

    vaults = client(KeyVaultManagementClient).vaults
    inner = {
        "tenantId": os.environ["AZURE_TENANT_ID"],
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": True,
    }
    made = vaults.begin_create_or_update(
        GROUP, "typedvault", {"location": REGION, "properties": inner}
    ).result()
    assert "https://typedvault.vault.azure.net/" == made.properties.vault_uri.rstrip("/") + "/"


@step
def registry() -> None:
    """A registry of the tier that private endpoints need."""
    from azure.mgmt.containerregistry import ContainerRegistryManagementClient

    registries = client(ContainerRegistryManagementClient).registries
    body = {"location": REGION, "sku": {"name": "Premium"}, "properties": {"adminUserEnabled": False}}
    made = registries.begin_create(GROUP, "typedregistry", body).result()
    assert "typedregistry.azurecr.io" == made.login_server


@step
def private_endpoints() -> None:
    """An endpoint for each service, its connection approved and its address known."""
    mine = network()
    targets = {
        "blob": f"{AT}/Microsoft.Storage/storageAccounts/typedstore",
        "file": f"{AT}/Microsoft.Storage/storageAccounts/typedstore",
        "vault": f"{AT}/Microsoft.KeyVault/vaults/typedvault",
        "registry": f"{AT}/Microsoft.ContainerRegistry/registries/typedregistry",
    }
    for group, target in targets.items():
        link = {"name": group, "properties": {"privateLinkServiceId": target, "groupIds": [group]}}
        inner = {"subnet": {"id": f"{NET}/subnets/pe"}, "privateLinkServiceConnections": [link]}
        body = {"location": REGION, "properties": inner}
        made = mine.private_endpoints.begin_create_or_update(GROUP, f"pe-{group}", body).result()
        (connection,) = made.private_link_service_connections
        assert "Approved" == connection.private_link_service_connection_state.status
        (card,) = made.network_interfaces
        found = mine.network_interfaces.get(GROUP, card.id.rpartition("/")[2])
        assert all(one.private_ip_address.startswith("10.0.8.") for one in found.ip_configurations)
    assert 4 == len(list(mine.private_endpoints.list(GROUP)))


@step
def zones_links_and_groups() -> None:
    """A zone, its link, and the group that writes the records."""
    from azure.mgmt.privatedns import PrivateDnsManagementClient

    names = client(PrivateDnsManagementClient)
    made = names.private_zones.begin_create_or_update(GROUP, ZONE, {"location": "global"}).result()
    assert ZONE == made.name
    inner = {"virtualNetwork": {"id": NET}, "registrationEnabled": False}
    links = names.virtual_network_links
    link = links.begin_create_or_update(
        GROUP, ZONE, "net", {"location": "global", "properties": inner}
    ).result()
    assert "Completed" == link.virtual_network_link_state
    config = {"name": "blob", "properties": {"privateDnsZoneId": made.id}}
    groups = network().private_dns_zone_groups
    groups.begin_create_or_update(
        GROUP, "pe-blob", "default", {"properties": {"privateDnsZoneConfigs": [config]}}
    ).result()
    record = names.record_sets.get(GROUP, ZONE, "A", "typedstore")
    assert record.a_records[0].ipv4_address.startswith("10.0.8.")
    assert "typedstore" in {one.name for one in names.record_sets.list(GROUP, ZONE)}


@step
def roles() -> None:
    """A role is found by name and assigned."""
    from azure.mgmt.authorization import AuthorizationManagementClient
    from azure.mgmt.authorization.models import RoleAssignmentCreateParameters

    scope = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
    mine = AuthorizationManagementClient(KNOWN["client"]["credential"], SUBSCRIPTION, **HOW)
    (role,) = mine.role_definitions.list(scope, filter="roleName eq 'Storage Blob Data Contributor'")
    principal = "11111111-2222-4333-8444-555555555555"
    told = RoleAssignmentCreateParameters(
        role_definition_id=role.id, principal_id=principal, principal_type="ServicePrincipal"
    )
    made = mine.role_assignments.create(scope, str(uuid.uuid5(uuid.NAMESPACE_URL, scope)), told)
    assert principal == made.principal_id
    assert made.id in {one.id for one in mine.role_assignments.list_for_scope(scope)}


@step
def cluster() -> None:
    """A private cluster without a public name, stopped and started."""
    from azure.mgmt.containerservice import ContainerServiceClient

    clusters = client(ContainerServiceClient).managed_clusters
    pool = {
        "name": "system",
        "mode": "System",
        "count": 1,
        "vmSize": "Standard_D4s_v5",
        "vnetSubnetID": f"{NET}/subnets/aks",
    }
    inner = {
        "dnsPrefix": "typed",
        "agentPoolProfiles": [pool],
        "apiServerAccessProfile": {"enablePrivateCluster": True, "enablePrivateClusterPublicFQDN": False},
        "networkProfile": {"networkPlugin": "azure"},
    }
    body = {"location": REGION, "identity": {"type": "SystemAssigned"}, "properties": inner}
    made = clusters.begin_create_or_update(GROUP, "aks", body).result()
    assert ("Succeeded", None) == (made.provisioning_state, made.fqdn)
    assert made.private_fqdn
    clusters.begin_stop(GROUP, "aks").result()
    assert "Stopped" == clusters.get(GROUP, "aks").power_state.code
    clusters.begin_start(GROUP, "aks").result()
    assert "Running" == clusters.get(GROUP, "aks").power_state.code


@step
def workspace_by_template() -> None:
    """azure-ai-ml makes a workspace by deploying a template of its own, with a storage, a vault and insights."""
    from azure.ai.ml.entities import Workspace

    made = (
        machine_learning()
        .workspaces.begin_create(
            Workspace(
                name="typedml",
                location=REGION,
                container_registry=f"{AT}/Microsoft.ContainerRegistry/registries/typedregistry",
            )
        )
        .result()
    )
    assert "typedml" == made.name
    assert made.storage_account
    assert made.key_vault


@step
def workspace_endpoint() -> None:
    """An endpoint to the workspace."""
    link = {
        "name": "ml",
        "properties": {
            "privateLinkServiceId": f"{AT}/Microsoft.MachineLearningServices/workspaces/typedml",
            "groupIds": ["amlworkspace"],
        },
    }
    inner = {"subnet": {"id": f"{NET}/subnets/pe"}, "privateLinkServiceConnections": [link]}
    body = {"location": REGION, "properties": inner}
    made = network().private_endpoints.begin_create_or_update(GROUP, "pe-ml", body).result()
    assert "Approved" == made.private_link_service_connections[0].private_link_service_connection_state.status


@step
def extension() -> None:
    """The machine learning extension on the cluster, as a resource of its own."""
    from azure.mgmt.resource.resources import ResourceManagementClient

    aks = f"{AT}/Microsoft.ContainerService/managedClusters/aks"
    at = f"{aks}/providers/Microsoft.KubernetesConfiguration/extensions/ml"
    inner = {
        "extensionType": "Microsoft.AzureML.Kubernetes",
        "autoUpgradeMinorVersion": True,
        "releaseTrain": "stable",
        "scope": {"cluster": {"releaseNamespace": "azureml"}},
        "configurationSettings": {"enableInference": "true", "inferenceRouterServiceType": "LoadBalancer"},
    }
    body = {"identity": {"type": "SystemAssigned"}, "properties": inner}
    resources = client(ResourceManagementClient).resources
    made = resources.begin_create_or_update_by_id(at, "2023-05-01", body).result()
    assert "ml" == made.name


@step
def kubernetes_compute() -> None:
    """The cluster is attached to the workspace, listed, and detached again."""
    from azure.ai.ml.entities import KubernetesCompute

    computes = machine_learning("typedml").compute
    wanted = KubernetesCompute(
        name="scores",
        resource_id=f"{AT}/Microsoft.ContainerService/managedClusters/aks",
        namespace="scores",
    )
    made = computes.begin_create_or_update(wanted).result()
    assert "scores" == made.name
    assert "scores" in {one.name for one in computes.list()}


def machine_learning(workspace: str | None = None) -> Untyped:
    """The client of azure-ai-ml, told of the emulator as of any cloud that it does not know."""
    from azure.ai.ml import MLClient

    cloud = {
        "azure_portal": BASE,
        "resource_manager": BASE,
        "active_directory": BASE,
        "aml_resource_id": f"{BASE}/aml",
        "storage_endpoint": "core.windows.net",
        "registry_discovery_endpoint": f"{BASE}/registry/",
    }
    return MLClient(
        KNOWN["client"]["credential"],
        SUBSCRIPTION,
        GROUP,
        workspace,
        cloud="CloisonEmulator",
        cloud_metadata=cloud,
        connection_verify=BUNDLE,
    )


@step
def resource_graph() -> None:
    """Resource Graph finds what was made."""
    from azure.mgmt.resourcegraph import ResourceGraphClient
    from azure.mgmt.resourcegraph.models import QueryRequest

    mine = ResourceGraphClient(KNOWN["client"]["credential"], **HOW)
    query = (
        "resources | where type =~ 'microsoft.network/privateendpoints' | project name | order by name asc"
    )
    found = mine.resources(QueryRequest(subscriptions=[SUBSCRIPTION], query=query))
    assert ["pe-blob", "pe-file", "pe-ml", "pe-registry", "pe-vault"] == [
        row["name"] for row in found.data if row["name"].startswith("pe-")
    ]


@step
def deletion() -> None:
    """The group goes with everything in it."""
    from azure.mgmt.resource.resources import ResourceManagementClient

    mine = client(ResourceManagementClient)
    assert len(list(mine.resources.list_by_resource_group(GROUP, expand="createdTime"))) > 12
    mine.resource_groups.begin_delete(GROUP).result()
    assert not mine.resource_groups.check_existence(GROUP)


class Heard(logging.Handler):
    """Warnings of the libraries about answers."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(("msrest", "azure")) and "serializ" in record.getMessage().lower():
            self.records.append(f"{record.name}: {record.getMessage()}")


def main() -> int:
    """Run every step; the exit code."""
    warnings.simplefilter("ignore")
    heard = Heard()
    logging.getLogger().addHandler(heard)
    failed = 0
    for run in STEPS:
        heard.records.clear()
        try:
            run()
            assert not heard.records, heard.records[0]
        except Exception as problem:  # noqa: BLE001  # each step is judged, and all are run
            failed += 1
            text = " ".join(str(problem).split())[:600] or type(problem).__name__
            print(f"FAILED {run.__name__}: {type(problem).__name__}: {text}", flush=True)
        else:
            print(f"ok {run.__name__}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
