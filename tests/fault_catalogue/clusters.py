"""Faults of the way to the API server: public names of private clusters, ranges, load balancers."""

from __future__ import annotations

from typing import Any

from tests.faults import GONE, Fault, cluster
from tests.reference import REGION, id_of

ACCESS = "apiServerAccessProfile"
PUBLIC_NAME = cluster("fqdn", f"aks-1.hcp.{REGION}.azmk8s.io")


def binding(workspace: str, state: str = "Succeeded") -> dict[str, Any]:
    """Trusted access to the cluster for a workspace of that name."""
    properties = {
        "provisioningState": state,
        "sourceResourceId": id_of(f"workspaces/{workspace}"),
        "roles": ["Microsoft.MachineLearningServices/workspaces/mlworkload"],
    }
    return {"managedClusters/aks/trustedAccessRoleBindings/binding": {"properties": properties}}


def named(value: Any) -> dict[str, Any]:
    """A private cluster that shows a public name, and what it says of that."""
    return {**cluster(f"{ACCESS}/enablePrivateClusterPublicFQDN", value), **PUBLIC_NAME}


FAULTS = [
    Fault(
        name="a private cluster says null of its public name",
        on=("peered", "hub and spoke"),
        changes=named(None),
        expects=("S04 aks",),
    ),
    Fault(
        name="a private cluster keeps its public name for a workspace with trusted access",
        on=("peered", "hub and spoke"),
        changes={**named(True), **binding("mlw")},
        expects=("S04~ aks",),
    ),
    Fault(
        name="a private cluster keeps its public name, and trusts another workspace",
        on=("peered",),
        changes={**named(True), **binding("stranger")},
        expects=("S04 aks",),
    ),
    Fault(
        name="a private cluster keeps its public name, and trusted access came to nothing",
        on=("hub and spoke",),
        changes={**named(True), **binding("mlw", "Failed")},
        expects=("S04 aks",),
    ),
    Fault(
        name="a private cluster wants no public name, and shows one",
        on=("peered", "hub and spoke"),
        changes=PUBLIC_NAME,
        expects=("S04? aks",),
    ),
    Fault(
        name="a private cluster was exported without what it says of its public name",
        on=("peered", "hub and spoke"),
        changes=cluster(f"{ACCESS}/enablePrivateClusterPublicFQDN", GONE),
        expects=("S04? aks",),
    ),
    Fault(
        name="a private cluster wants neither a private zone nor a public name",
        on=("peered",),
        changes=cluster(f"{ACCESS}/privateDNSZone", "none"),
        expects=("S04 aks",),
    ),
    Fault(
        name="a private cluster has a Basic load balancer",
        on=("peered", "hub and spoke"),
        changes=cluster("networkProfile/loadBalancerSku", "Basic"),
        expects=("S08 aks",),
    ),
    Fault(
        name="a default cluster lets in two offices",
        on=("same network", "service endpoints"),
        changes=cluster(f"{ACCESS}/authorizedIPRanges", ["203.0.113.0/24", "198.51.100.0/24"]),
        expects=("S08? aks",),
    ),
]
