"""Deployed environments of the golden list that no reference environment resembles."""

from __future__ import annotations

from typing import Any

from tests import reference
from tests.reference import NODES, Body, changed, id_of, peering, resource, subnet

EXTENSION = "managedClusters/aks/providers/Microsoft.KubernetesConfiguration/extensions/azureml"
MANAGED = "virtualNetworks/aks-vnet-31415926"


def firewall(address: str, subnet_id: str, *rules: Body, snat: list[str] | None = None) -> list[Body]:
    """A firewall with network rules that allow. snat: ranges towards which the source is kept; None: private ones."""
    collection = {
        "name": "allowed",
        "priority": 100,
        "ruleCollectionType": "FirewallPolicyFilterRuleCollection",
        "action": {"type": "Allow"},
        "rules": list(rules),
    }
    ranges = {} if snat is None else {"snat": {"privateRanges": snat}}
    return [
        resource(
            "azureFirewalls/fw",
            {
                "ipConfigurations": [
                    {
                        "name": "one",
                        "properties": {"privateIPAddress": address, "subnet": {"id": subnet_id}},
                    }
                ],
                "firewallPolicy": {"id": id_of("firewallPolicies/fw-policy")},
            },
        ),
        resource("firewallPolicies/fw-policy", {"dnsSettings": {"enableProxy": True}, **ranges}),
        resource(
            "firewallPolicies/fw-policy/ruleCollectionGroups/paths",
            {"priority": 200, "ruleCollections": [collection]},
        ),
    ]


def network_rule(source: str, destination: str, *ports: str) -> Body:
    """A network rule for TCP."""
    return {
        "name": "paths",
        "ruleType": "NetworkRule",
        "ipProtocols": ["TCP"],
        "sourceAddresses": [source],
        "destinationAddresses": [destination],
        "destinationPorts": list(ports),
    }


def two_spokes(*, snat: list[str] | None) -> list[Body]:
    """A cluster in one spoke, every endpoint in another, a firewall in the hub between them.

    Shape: a public Terraform repository with a hub, a cluster's spoke and a workspace's spoke, read 2026-11-24.
    """
    bodies = reference.hub_and_spoke()
    kept = [one for one in bodies if "firewall" not in one["id"].lower().rpartition("/providers/")[2]]
    kept = [one for one in kept if "/privateEndpoints/" not in one["id"] and "/A/" not in one["id"]]
    kept = [one for one in kept if "/networkInterfaces/" not in one["id"]]
    first = {"blob": 4, "file": 5, "queue": 6, "table": 7, "vault": 8, "registry": 10, "amlworkspace": 16}
    spoke = reference.network("ml-net", "10.7.0.0/16", [subnet("endpoints", "10.7.1.0/27")])
    rule = network_rule("10.0.0.0/24", "10.7.1.0/27", "443", "445")
    made = [
        *kept,
        spoke,
        peering("hub", "ml-net"),
        peering("ml-net", "hub"),
        *firewall("10.9.0.4", id_of("virtualNetworks/hub/subnets/AzureFirewallSubnet"), rule, snat=snat),
        *(
            one
            for group, last in first.items()
            for one in reference.endpoint(group, "ml-net", "endpoints", f"10.7.1.{last}")
        ),
    ]
    return changed(made, _as_that_repository_has_it())


def _as_that_repository_has_it() -> dict[str, Any]:
    settings = f"{EXTENSION}#/properties/configurationSettings"
    return {
        "managedClusters/aks#/properties/apiServerAccessProfile": {"enablePrivateCluster": False},
        "managedClusters/aks#/properties/privateFQDN": "(gone)",
        "managedClusters/aks#/properties/fqdn": "aks-1.hcp.westeurope.azmk8s.io",
        f"{settings}/allowInsecureConnections": "true",
        f"{settings}/inferenceRouterServiceType": "ClusterIP",
        f"{settings}/internalLoadBalancerProvider": "(gone)",
        "storageAccounts/mlstore#/properties/publicNetworkAccess": "(gone)",
        "storageAccounts/mlstore#/properties/networkAcls": "(gone)",
    }


def network_of_azures_own(*, read: bool = True, peered: bool = False) -> list[Body]:
    """A default cluster without a subnet of the user's, and a workspace that is shut behind endpoints elsewhere."""
    group = id_of(MANAGED, NODES)
    changes: dict[str, Any] = {
        "managedClusters/aks#/properties/agentPoolProfiles/0/vnetSubnetID": "(gone)",
        "managedClusters/aks#/properties/apiServerAccessProfile": {"enablePrivateCluster": False},
        "virtualNetworks/aks-net/virtualNetworkPeerings/to-ml-net": "(gone)",
        "virtualNetworks/ml-net/virtualNetworkPeerings/to-aks-net": "(gone)",
        "virtualNetworks/aks-net": "(gone)",
        "workspaces/mlw/computes/build#/properties/properties/subnet/id": id_of(
            "virtualNetworks/ml-net/subnets/endpoints"
        ),
    }
    made = reference.peered()
    if read:
        made.append(
            reference.network(
                MANAGED.partition("/")[2],
                "10.224.0.0/12",
                [subnet("aks-subnet", "10.224.0.0/16")],
                group=NODES,
            )
        )
    if peered:
        made += [
            _peering(group, id_of("virtualNetworks/ml-net")),
            _peering(id_of("virtualNetworks/ml-net"), group),
        ]
        for zone in {zone for zones in reference.ZONES.values() for zone in zones}:
            changes[f"privateDnsZones/{zone}/virtualNetworkLinks/aks-net#/properties/virtualNetwork/id"] = (
                group
            )
    return changed(made, changes)


def _peering(here: str, there: str) -> Body:
    body = peering("here", "there")
    name = f"to-{there.rpartition('/')[2]}"
    body["properties"]["remoteVirtualNetwork"] = {"id": there}
    return {**body, "id": f"{here}/virtualNetworkPeerings/{name}", "name": name}
