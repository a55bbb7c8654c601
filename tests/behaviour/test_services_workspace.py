"""Workspaces: what they need, what they get, what becomes of their names, and what fails on their computes."""

from __future__ import annotations

from typing import Any

import pytest

from cloison.model.behaviour import Refused
from tests.behaviour.desk import REGION, id_of, ref, refused
from tests.behaviour.services import EXTENSION, Services, code_of


@pytest.fixture
def desk() -> Services:
    """A network, a cluster that takes computes, a workspace with one of them."""
    desk = Services()
    desk.network("net", "10.0.0.0/16", aks="10.0.0.0/24", ends="10.0.1.0/27")
    desk.cluster()
    desk.extension()
    desk.workspace()
    desk.attach()
    return desk


def registry_of(desk: Services) -> Any:
    return desk.at("workspaces/mlw", "containerRegistry")


# --- what a workspace needs --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["storageAccount", "keyVault"])
def test_a_workspace_needs_storage_and_a_vault(desk: Services, name: str) -> None:
    """Without either it is not made, and the refusal says which."""
    with refused("ValidationError", name):
        desk.workspace("other", **{name: None})


def test_what_a_workspace_names_must_be_there(desk: Services) -> None:
    """A registry that there is not is found before the workspace is made."""
    with refused("ValidationError", "containerRegistry"):
        desk.workspace("other", containerRegistry=id_of("registries/nowhere").text)
    assert desk.get("workspaces/other") is None


@pytest.mark.parametrize(
    ("sku", "more"),
    [("Premium_LRS", {}), ("Standard_LRS", {"isHnsEnabled": True})],
    ids=["premium", "hierarchy"],
)
def test_not_every_storage_serves_a_workspace(desk: Services, sku: str, more: Any) -> None:
    """Premium storage and storage with a hierarchy cannot be a workspace's own."""
    desk.put("storageAccounts/odd", more, kind="StorageV2", sku={"name": sku})
    with refused("ValidationError", "storage account"):
        desk.workspace("other", storageAccount=id_of("storageAccounts/odd").text)


def test_the_newer_of_two_settings_wins(desk: Services) -> None:
    """The old switch for public access says what publicNetworkAccess says, whatever is asked of it."""
    desk.workspace("shut", publicNetworkAccess="Disabled", allowPublicAccessWhenBehindVnet=True)
    assert desk.at("workspaces/shut", "allowPublicAccessWhenBehindVnet") is False
    desk.workspace("open", allowPublicAccessWhenBehindVnet=False)
    assert desk.at("workspaces/open", "allowPublicAccessWhenBehindVnet") is True


def test_a_managed_network_is_for_good(desk: Services) -> None:
    """Isolation can be made stricter, and not be given up."""
    for mode in ("AllowInternetOutbound", "AllowOnlyApprovedOutbound"):
        desk.workspace("mlw", managedNetwork={"isolationMode": mode})
    with refused("ValidationError", "cannot be changed to Disabled"):
        desk.workspace("mlw", managedNetwork={"isolationMode": "Disabled"})


def test_an_endpoint_is_counted(desk: Services) -> None:
    """A workspace tells how many private links it has, and none where it has none."""
    assert (0, None) == (
        desk.at("workspaces/mlw", "privateLinkCount"),
        desk.at("workspaces/mlw", "privateEndpointConnections"),
    )
    desk.endpoint("end", "workspaces/mlw", "amlworkspace")
    (connection,) = desk.at("workspaces/mlw", "privateEndpointConnections")
    assert (1, True) == (
        desk.at("workspaces/mlw", "privateLinkCount"),
        desk.at("workspaces/mlw", "notebookInfo/isPrivateLinkEnabled"),
    )
    assert "Approved" == connection["properties"]["privateLinkServiceConnectionState"]["status"]
    assert connection["name"].startswith("mlw.")


# --- its registry ------------------------------------------------------------------------------------------


def test_a_workspace_gets_its_registry_with_the_first_image(desk: Services) -> None:
    """It has none, until an environment is registered; then Azure makes one, of a SKU that nobody asked for."""
    assert registry_of(desk) is None
    path = "workspaces/mlw/environments/scoring/versions/1"
    desk.put(path, {"image": "mcr.microsoft.com/azureml/inference:1"})
    made = desk.get(registry_of(desk))
    assert made is not None
    assert ("Basic", True) == (made["sku"]["name"], made["properties"]["adminUserEnabled"])
    desk.put(path.replace("/1", "/2"), {"image": "mcr.microsoft.com/azureml/inference:2"})
    assert made["id"] == registry_of(desk)


def test_a_deployment_needs_an_image_too(desk: Services) -> None:
    """The first deployment brings the registry as well."""
    desk.online()
    desk.deploy()
    assert desk.get(registry_of(desk)) is not None


def test_a_workspace_keeps_the_registry_that_it_was_given(desk: Services) -> None:
    """Where one is named no other is made."""
    desk.registry("images")
    desk.workspace("mlw", containerRegistry=id_of("registries/images").text)
    desk.online()
    desk.deploy()
    assert id_of("registries/images").text == registry_of(desk)


def test_a_shut_registry_needs_a_compute_that_builds(desk: Services) -> None:
    """Azure's own builder is outside; with a compute that builds images the deployment goes through."""
    desk.registry("images", publicNetworkAccess="Disabled")
    desk.workspace("mlw", containerRegistry=id_of("registries/images").text)
    desk.online()
    with pytest.raises(Refused) as failed:
        desk.deploy()
    assert ("ImageBuildFailure", True) == (code_of(failed.value), failed.value.late)
    desk.put("workspaces/mlw/computes/build", {"computeType": "AmlCompute"}, location=REGION)
    desk.patch("workspaces/mlw", {"properties": {"imageBuildCompute": "build"}})
    assert 201 == desk.deploy().status


# --- its name ----------------------------------------------------------------------------------------------


def test_a_deleted_workspace_keeps_its_name(desk: Services) -> None:
    """It cannot be made again, and comes back with its own id where that is asked."""
    own = desk.at("workspaces/mlw", "workspaceId")
    desk.delete("workspaces/mlw")
    with refused("BadRequest", "Soft-deleted workspace exists"):
        desk.workspace()
    desk.workspace(allowRecoverSoftDeletedWorkspace=True)
    assert own == desk.at("workspaces/mlw", "workspaceId")
    assert desk.at("workspaces/mlw", "allowRecoverSoftDeletedWorkspace") is None


def test_a_purged_workspace_leaves_its_name(desk: Services) -> None:
    """A deletion that purges leaves nothing behind: the next workspace of the name is another."""
    own = desk.at("workspaces/mlw", "workspaceId")
    desk.delete("workspaces/mlw", query={"forcetopurge": "true"})
    desk.workspace()
    assert own != desk.at("workspaces/mlw", "workspaceId")


# --- its computes ------------------------------------------------------------------------------------------


def test_a_cluster_is_attached_where_the_extension_is(desk: Services) -> None:
    """Without the extension there is nothing to talk to."""
    desk.delete(id_of(EXTENSION).text)
    with pytest.raises(Refused) as failed:
        desk.attach("other")
    assert "ExtensionNotInstalled" == code_of(failed.value)


@pytest.mark.parametrize("name", ["a", "1st", "work-1", "x" * 25])
def test_a_compute_has_a_name_of_its_kind(desk: Services, name: str) -> None:
    """Three to 24 characters, a letter first, and no number after a hyphen at the end."""
    with pytest.raises(Refused) as failed:
        desk.attach(name)
    assert "InvalidComputeName" == code_of(failed.value)


def test_detaching_leaves_the_cluster(desk: Services) -> None:
    """Whatever is to become of what lies underneath: Azure did not make the cluster, so it stays."""
    for action in ("Detach", "Delete"):
        desk.attach("other")
        desk.delete("workspaces/mlw/computes/other", query={"underlyingresourceaction": action})
        assert desk.get("managedClusters/aks") is not None


def test_a_cluster_without_local_accounts_must_trust_the_workspace(desk: Services) -> None:
    """Deployments fail until a trusted access binding lets the workspace in."""
    told = desk.get("managedClusters/aks")
    assert told is not None
    desk.put("managedClusters/aks", {**told["properties"], "disableLocalAccounts": True})
    with pytest.raises(Refused) as failed:
        desk.online()
    assert "ClusterUnauthorized" == code_of(failed.value)
    binding = {
        "sourceResourceId": id_of("workspaces/mlw").text,
        "roles": ["Microsoft.MachineLearningServices/workspaces/mlworkload"],
    }
    desk.put("managedClusters/aks/trustedAccessRoleBindings/ml", binding)
    assert 201 == desk.online().status


def test_credentials_of_a_cluster_without_local_accounts_are_not_handed_out(desk: Services) -> None:
    """Administrators get no configuration; people who sign in get theirs."""
    desk.cluster("shut", disableLocalAccounts=True)
    with refused("BadRequest", "disable local accounts"):
        desk.act("managedClusters/shut", "listClusterAdminCredential")
    assert (
        "clusterUser"
        == desk.act("managedClusters/shut", "listClusterUserCredential").body["kubeconfigs"][0]["name"]
    )


def test_a_cluster_trusts_eight_workspaces_of_its_own_subscription(desk: Services) -> None:
    """A ninth binding is refused, and one for a workspace of another subscription."""
    role = {"roles": ["Microsoft.MachineLearningServices/workspaces/mlworkload"]}
    source = id_of("workspaces/mlw").text
    for number in range(8):
        told = {"sourceResourceId": source, **role}
        desk.put(f"managedClusters/aks/trustedAccessRoleBindings/b{number}", told)
    with refused("QuotaExceeded"):
        desk.put("managedClusters/aks/trustedAccessRoleBindings/b8", {"sourceResourceId": source, **role})
    other = source.replace("11111111", "99999999")
    with refused("InvalidParameter"):
        desk.put("managedClusters/aks/trustedAccessRoleBindings/b0", {"sourceResourceId": other, **role})


def test_endpoints_of_a_namespace_share_their_names(desk: Services) -> None:
    """Two workspaces on one namespace of a cluster cannot both have an endpoint `scorer`."""
    desk.workspace("second")
    desk.attach("work", "second")
    desk.online("scorer")
    with pytest.raises(Refused) as failed:
        desk.online("scorer", "second")
    assert "EndpointAlreadyExists" == code_of(failed.value)
    desk.online("scorer-two", "second")


def test_old_computes_take_no_endpoints(desk: Services) -> None:
    """A cluster attached in the old way serves no endpoint of today."""
    told = {"computeType": "AKS", "resourceId": id_of("managedClusters/aks").text}
    desk.put("workspaces/mlw/computes/old", told, location=REGION)
    with pytest.raises(Refused) as failed:
        desk.online(compute="old")
    assert "NotSupported" == code_of(failed.value)


def test_an_endpoint_that_azure_runs_needs_no_cluster(desk: Services) -> None:
    """A managed endpoint goes on while the cluster is stopped."""
    desk.act("managedClusters/aks", "stop")
    desk.put("workspaces/mlw/onlineEndpoints/managed", {"authMode": "Key"}, location=REGION)
    uri = desk.at("workspaces/mlw/onlineEndpoints/managed", "scoringUri")
    assert "https://managed.westeurope.inference.ml.azure.com/score" == uri


# --- pools -------------------------------------------------------------------------------------------------


def test_pools_stand_in_the_list_and_on_their_own(desk: Services) -> None:
    """A pool that is added is found in the cluster's list, and one that the list no longer has is gone."""
    desk.put("managedClusters/aks/agentPools/more", {"vmSize": "Standard_D4s_v5", "mode": "User"})
    told = desk.get("managedClusters/aks")
    assert told is not None
    assert ["system", "more"] == [one["name"] for one in told["properties"]["agentPoolProfiles"]]
    kept = told["properties"]["agentPoolProfiles"][:1]
    desk.put("managedClusters/aks", {**told["properties"], "agentPoolProfiles": kept})
    assert desk.get("managedClusters/aks/agentPools/more") is None


def test_the_last_pool_of_the_system_stays(desk: Services) -> None:
    """A cluster without a system pool could not run itself."""
    with refused("CannotDeleteLastSystemPool"):
        desk.delete("managedClusters/aks/agentPools/system")


def test_pools_of_a_cluster_share_a_network(desk: Services) -> None:
    """A pool in another network is refused."""
    desk.network("far", "10.9.0.0/16", aks="10.9.0.0/24")
    told = desk.get("managedClusters/aks")
    assert told is not None
    (pool,) = told["properties"]["agentPoolProfiles"]
    other = {**pool, "name": "far", "vnetSubnetID": ref("virtualNetworks/far/subnets/aks")["id"]}
    with refused("InvalidParameter", "same virtual network"):
        desk.put("managedClusters/aks", {**told["properties"], "agentPoolProfiles": [pool, other]})


@pytest.mark.parametrize(
    ("version", "plugin", "mode", "pods"),
    [("1.29", "kubenet", None, 110), ("1.33", "azure", "overlay", 250)],
)
def test_the_plugin_that_nobody_chose_depends_on_the_version(
    desk: Services, version: str, plugin: str, mode: Any, pods: int
) -> None:
    """Old versions of Kubernetes get kubenet, newer ones overlay; nodes take as many pods as that allows."""
    desk.cluster("other", kubernetesVersion=version)
    found = desk.at("managedClusters/other", "networkProfile")
    assert (plugin, mode, "10.244.0.0/16") == (
        found["networkPlugin"],
        found.get("networkPluginMode"),
        found["podCidr"],
    )
    assert pods == desk.at("managedClusters/other", "agentPoolProfiles/0/maxPods")


def test_nodes_reach_each_other_past_their_proxy(desk: Services) -> None:
    """Azure adds the network, the pods, the services and the API server to what is asked without the proxy."""
    desk.cluster("behind", httpProxyConfig={"httpsProxy": "http://proxy:3128", "noProxy": ["example.com"]})
    past = desk.at("managedClusters/behind", "httpProxyConfig/effectiveNoProxy")
    host = desk.at("managedClusters/behind", "privateFQDN")
    assert {"example.com", "10.0.0.0/16", "10.244.0.0/16", "168.63.129.16", host} <= set(past)
    desk.put("managedClusters/behind", (desk.get("managedClusters/behind") or {})["properties"])
    assert past == desk.at("managedClusters/behind", "httpProxyConfig/noProxy")


def test_drivers_that_a_request_does_not_name_stay(desk: Services) -> None:
    """A driver for storage that was switched on stays on, and those that nobody named are on."""
    desk.cluster("other", storageProfile={"blobCSIDriver": {"enabled": True}})
    desk.cluster("other", storageProfile={"fileCSIDriver": {"enabled": False}})
    found = desk.at("managedClusters/other", "storageProfile")
    assert {
        "blobCSIDriver": True,
        "fileCSIDriver": False,
        "diskCSIDriver": True,
        "snapshotController": True,
    } == {name: driver["enabled"] for name, driver in found.items()}


@pytest.mark.parametrize(
    ("version", "told"),
    [("2021-05-01", {"upgradeChannel": "stable"}), ("2023-10-01", {"upgradeChannel": "stable"})],
)
def test_a_setting_that_somebody_made_is_told_in_old_versions_too(
    desk: Services, version: str, told: Any
) -> None:
    """Old API versions leave out an empty profile, not one that was set."""
    desk.cluster("plain")
    desk.cluster("other", autoUpgradeProfile=told)
    found = (desk.get("managedClusters/other", version) or {})["properties"]["autoUpgradeProfile"]
    assert "stable" == found["upgradeChannel"]
    plain = (desk.get("managedClusters/plain", version) or {})["properties"]
    assert (version < "2023") == ("autoUpgradeProfile" not in plain)


def test_secrets_of_a_cluster_are_not_told(desk: Services) -> None:
    """Passwords and secrets go in and never come out."""
    secrets: Any = {"windowsProfile": {"adminUsername": "a", "adminPassword": "secret-one"}}
    directory: Any = {
        "aadProfile": {"serverAppID": "app", "serverAppSecret": "secret-two", "clientAppID": "app"}
    }
    desk.cluster("other", **secrets, **directory)
    assert "secret-" not in str(desk.get("managedClusters/other"))
