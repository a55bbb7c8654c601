"""A desk with the services of a workspace on it: storage, vault, registry, cluster, workspace, computes, endpoints."""

from __future__ import annotations

from typing import Any

from cloison.controlplane import Outcome
from cloison.model.behaviour import Json, Refused
from tests.behaviour.desk import REGION, Desk, id_of

TENANT = "54826b22-38d6-4fb2-bad9-b7b93a3e9c5a"
EXTENSION = "managedClusters/aks/providers/Microsoft.KubernetesConfiguration/extensions/azureml"
SPACE = "scoring"


class Services(Desk):
    """Short ways to make each service, named by what it is."""

    def vault(self, name: str, **properties: Any) -> Outcome:
        """A key vault."""
        told = {"sku": {"family": "A", "name": "standard"}, "tenantId": TENANT, **properties}
        return self.put(f"vaults/{name}", told)

    def registry(self, name: str, sku: str = "Premium", **properties: Any) -> Outcome:
        """A container registry."""
        return self.put(f"registries/{name}", properties, sku={"name": sku})

    def workspace(self, name: str = "mlw", **properties: Any) -> Outcome:
        """A workspace over the account `store` and the vault `safe`, which it makes where they are missing."""
        if self.get("storageAccounts/store") is None:
            self.account("store")
        if self.get("vaults/safe") is None:
            self.vault("safe")
        named = {"storageAccount": id_of("storageAccounts/store").text, "keyVault": id_of("vaults/safe").text}
        return self.put(f"workspaces/{name}", {**named, **properties})

    def cluster(self, name: str = "aks", subnet: str = "net/aks", **properties: Any) -> Outcome:
        """A private cluster with one pool."""
        network, _, inside = subnet.partition("/")
        stands = {"vnetSubnetID": id_of(f"virtualNetworks/{network}/subnets/{inside}").text} if subnet else {}
        pool = {"name": "system", "mode": "System", "count": 3, "vmSize": "Standard_D4s_v5", **stands}
        told = {
            "dnsPrefix": name,
            "agentPoolProfiles": [pool],
            "apiServerAccessProfile": {"enablePrivateCluster": True, "enablePrivateClusterPublicFQDN": False},
            **properties,
        }
        return self.put(f"managedClusters/{name}", told, identity={"type": "SystemAssigned"})

    def extension(self) -> Outcome:
        """The extension that lets a workspace use the cluster `aks`."""
        told = {
            "extensionType": "Microsoft.AzureML.Kubernetes",
            "configurationSettings": {"enableInference": "True"},
        }
        return self.put(id_of(EXTENSION).text, told)

    def attach(self, name: str = "work", workspace: str = "mlw", cluster: str = "aks") -> Outcome:
        """The cluster as a compute of the workspace."""
        told = {
            "computeType": "Kubernetes",
            "resourceId": id_of(f"managedClusters/{cluster}").text,
            "properties": {"namespace": SPACE},
        }
        path = f"workspaces/{workspace}/computes/{name}"
        return self.put(path, told, location=REGION, identity={"type": "SystemAssigned"})

    def detach(self, name: str = "work") -> Outcome:
        """The compute gone, the cluster kept."""
        return self.delete(f"workspaces/mlw/computes/{name}", query={"underlyingresourceaction": "Detach"})

    def online(self, name: str = "scorer", workspace: str = "mlw", compute: str = "work") -> Outcome:
        """An online endpoint on a compute."""
        told = {"authMode": "Key", "compute": id_of(f"workspaces/{workspace}/computes/{compute}").text}
        return self.put(f"workspaces/{workspace}/onlineEndpoints/{name}", told, location=REGION)

    def deploy(self, name: str = "blue", endpoint: str = "scorer") -> Outcome:
        """A deployment of an online endpoint."""
        path = f"workspaces/mlw/onlineEndpoints/{endpoint}/deployments/{name}"
        return self.put(path, {"endpointComputeType": "Kubernetes"}, location=REGION)

    def act(self, path: str, action: str, body: Json | None = None, **more: Any) -> Outcome:
        """A POST."""
        return self.send("POST", path, body, action=action.lower(), **more)


def code_of(refused: Refused) -> str:
    """The code that a service gives inside its user errors, or the refusal's own."""
    details = refused.details or [{}]
    return str(details[0].get("code") or refused.code)
