"""What a stop and start of the cluster leaves behind: dead endpoints, forgotten records, computes, endpoints."""

from __future__ import annotations

from typing import Any

from tests.faults import NET, Fault, cluster
from tests.reference import REGION, id_of

HOST = f"aks-1.guid.privatelink.{REGION}.azmk8s.io"
ZONE = f"guid.privatelink.{REGION}.azmk8s.io"
COMPUTE = "workspaces/mlw/computes/aks-compute"
SCORE = "workspaces/mlw/onlineEndpoints/score"
OWN = "@nodes/privateEndpoints/kube-apiserver"


def endpoint(status: str, network: str = "ml-net", subnet: str = "endpoints") -> dict[str, Any]:
    """A private endpoint to the API server."""
    return {
        "properties": {
            "provisioningState": "Succeeded",
            "subnet": {"id": id_of(f"{NET}/{network}/subnets/{subnet}")},
            "networkInterfaces": [],
            "customDnsConfigs": [{"fqdn": HOST, "ipAddresses": ["10.1.1.25"]}],
            "privateLinkServiceConnections": [
                {
                    "name": "api",
                    "properties": {
                        "privateLinkServiceId": id_of("managedClusters/aks"),
                        "groupIds": ["management"],
                        "privateLinkServiceConnectionState": {"status": status},
                    },
                }
            ],
        }
    }


def listed(*endpoints: str) -> dict[str, Any]:
    """Connections that the cluster lists as approved."""
    return {
        f"managedClusters/aks/privateEndpointConnections/c{index}": {
            "properties": {
                "privateEndpoint": {"id": one},
                "privateLinkServiceConnectionState": {"status": "Approved"},
            }
        }
        for index, one in enumerate(endpoints)
    }


def record(address: str) -> dict[str, Any]:
    """A zone of one's own that says where the API server is, linked to the endpoints' network."""
    link = {
        "provisioningState": "Succeeded",
        "virtualNetwork": {"id": id_of(f"{NET}/ml-net")},
        "registrationEnabled": False,
        "virtualNetworkLinkState": "Completed",
    }
    values = {"ttl": 300, "aRecords": [{"ipv4Address": address}]}
    return {
        f"privateDnsZones/{ZONE}": {"location": "global", "properties": {"numberOfRecordSets": 2}},
        f"privateDnsZones/{ZONE}/virtualNetworkLinks/ml-net": {"location": "global", "properties": link},
        f"privateDnsZones/{ZONE}/A/aks-1": {"location": "global", "properties": values},
    }


def online(state: str) -> dict[str, Any]:
    """An online endpoint on the cluster."""
    return {"properties": {"compute": id_of(COMPUTE), "authMode": "Key", "provisioningState": state}}


NEWER = id_of(f"{NET}/aks-net/subnets/newer")
FIRST_POOL_MOVED = {
    **cluster(
        "agentPoolProfiles",
        [
            {"name": "newer", "mode": "System", "vnetSubnetID": NEWER},
            {"name": "system", "mode": "User", "vnetSubnetID": id_of(f"{NET}/aks-net/subnets/aks")},
        ],
    ),
    f"{NET}/aks-net#/properties/subnets/-": {
        "name": "newer",
        "id": NEWER,
        "properties": {"provisioningState": "Succeeded", "addressPrefix": "10.0.5.0/24"},
    },
}

FAULTS = [
    Fault(
        name="an endpoint says approved, and the cluster does not know it since it was restarted",
        on=("peered",),
        changes={"privateEndpoints/pe-api": endpoint("Approved"), **listed(OWN)},
        expects=("S22 pe-api", "S23? aks-compute"),
    ),
    Fault(
        name="an endpoint says approved, and what the cluster lists was not read",
        on=("peered",),
        changes={"privateEndpoints/pe-api": endpoint("Approved")},
        expects=("S22? pe-api",),
    ),
    Fault(
        name="an endpoint to the cluster waits for approval",
        on=("peered",),
        changes={"privateEndpoints/pe-api": endpoint("Pending")},
        expects=("S22~ pe-api",),
    ),
    Fault(
        name="the cluster is stopped, and an endpoint leads to it",
        on=("peered",),
        changes={
            **cluster("powerState/code", "Stopped"),
            "privateEndpoints/pe-api": endpoint("Approved"),
            **listed(OWN, "@privateEndpoints/pe-api"),
        },
        expects=("S22 pe-api", "S23~ aks-compute", "S24 aks"),
        hides=("S22 kube-apiserver",),
    ),
    Fault(
        name="an endpoint was made again, and its record by hand was forgotten",
        on=("peered",),
        changes={
            "privateEndpoints/pe-api": endpoint("Approved"),
            **listed(OWN, "@privateEndpoints/pe-api"),
            **record("10.1.1.9"),
        },
        expects=("S22 pe-api",),
    ),
    Fault(
        name="the endpoint that AKS keeps is disconnected",
        on=("peered",),
        changes={OWN: endpoint("Disconnected", "aks-net", "aks")},
        expects=("S22 kube-apiserver",),
    ),
    Fault(
        name="the cluster is stopped, and its first pool is another one than before",
        on=("peered",),
        changes={
            **FIRST_POOL_MOVED,
            **cluster("powerState/code", "Stopped"),
            OWN: endpoint("Approved", "aks-net", "aks"),
        },
        expects=("S22~ kube-apiserver", "S23~ aks-compute", "S24 aks"),
    ),
    Fault(
        name="the compute says Succeeded, with an error",
        on=("peered", "hub and spoke"),
        changes={f"{COMPUTE}#/properties/provisioningErrors": [{"error": {"code": "ClusterNotReachable"}}]},
        expects=("S23 aks-compute",),
    ),
    Fault(
        name="attaching the compute was canceled",
        on=("same network",),
        changes={f"{COMPUTE}#/properties/provisioningState": "Canceled"},
        expects=("S23 aks-compute",),
    ),
    Fault(
        name="the cluster is still starting",
        on=("peered", "same network"),
        changes=cluster("provisioningState", "Starting"),
        expects=("S24? aks",),
    ),
    Fault(
        name="the last operation on the cluster failed",
        on=("peered",),
        changes=cluster("provisioningState", "Failed"),
        expects=("S24~ aks",),
    ),
    Fault(
        name="a deployment failed behind an endpoint that did not",
        on=("peered", "same network"),
        changes={
            SCORE: online("Succeeded"),
            f"{SCORE}/deployments/blue": {
                "properties": {"endpointComputeType": "Kubernetes", "provisioningState": "Failed"}
            },
        },
        expects=("S24 blue",),
    ),
    Fault(
        name="an online endpoint is still being changed",
        on=("hub and spoke",),
        changes={SCORE: online("Updating")},
        expects=("S24? score",),
    ),
]
