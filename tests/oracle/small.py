"""One small environment to judge by hand: a network, a pool, an account with an endpoint whose name is in a zone.

What it `says` is what the oracle says, and Cloison has to say the same.
"""

from __future__ import annotations

from typing import Any

from . import shapes
from .arm import Body
from .compare import by_cloison
from .packets import judge

HOST = "acct.blob.core.windows.net"
ZONE = "privatelink.blob.core.windows.net"
ENDPOINT = "10.1.1.4"


class Small:
    """One network, one pool, one account with a blob endpoint whose name is in a linked zone: private."""

    def __init__(self, *, apart: bool = False) -> None:
        self.net = shapes.network("g", "aks", ["10.1.0.0/16"] if not apart else ["10.2.0.0/16"])
        self.home = shapes.network("g", "hub", ["10.1.0.0/16"]) if apart else self.net
        self.nodes = shapes.subnet(self.net, "nodes", "10.2.0.0/28" if apart else "10.1.0.0/28")
        self.subnet = shapes.subnet(self.home, "endpoints", "10.1.1.0/28")
        self.out = shapes.peering(self.net, self.home) if apart else {}
        self.back = shapes.peering(self.home, self.net) if apart else {}
        rules = {"defaultAction": "Deny", "ipRules": [], "virtualNetworkRules": []}
        own = {"publicNetworkAccess": "Disabled", "networkAcls": rules, "privateEndpointConnections": []}
        self.account = shapes.make("g", "Microsoft.Storage/storageAccounts", "acct", own)
        self.endpoint = shapes.endpoint("g", "pe", self.subnet["id"], self.account["id"], "blob")
        self.nic = shapes.interface("g", self.endpoint, [(ENDPOINT, "blob", [HOST])])
        self.account["properties"]["privateEndpointConnections"] = [
            shapes.connection(self.endpoint, "Approved")
        ]
        self.zone = shapes.zone("g", ZONE)
        self.soa = shapes.soa(self.zone)
        self.record = shapes.record(self.zone, "acct", [ENDPOINT])
        self.link = shapes.link(self.zone, self.net)
        self.group = shapes.zone_group(self.endpoint, [(self.zone, [("acct", ENDPOINT)])])
        self.pool: Body = {"name": "pool", "vnetSubnetID": self.nodes["id"]}
        self.profile: Body = {
            "networkPlugin": "azure",
            "networkPluginMode": "overlay",
            "podCidr": "10.244.0.0/16",
            "serviceCidr": "172.20.0.0/16",
            "outboundType": "loadBalancer",
        }
        cluster = {
            "agentPoolProfiles": [self.pool],
            "networkProfile": self.profile,
            "nodeResourceGroup": "MC_g",
        }
        self.cluster = shapes.make("g", "Microsoft.ContainerService/managedClusters", "aks", cluster)
        self.more: list[Body] = []
        self.gone: list[Body] = []

    def add(self, *made: Body) -> Body:
        self.more += made
        return made[0]

    def without(self, *bodies: Body) -> Small:
        self.gone += bodies
        return self

    def doors(self, **own: Any) -> None:
        """A public door instead of an endpoint."""
        self.without(self.endpoint, self.nic, self.record, self.group)
        self.account["properties"].update(own, privateEndpointConnections=[])

    def rules(self, subnet: Body) -> Body:
        """A new security group on a subnet."""
        made = self.add(shapes.security_group("g", f"nsg-{subnet['name']}"))
        subnet["properties"]["networkSecurityGroup"] = {"id": made["id"]}
        return made

    def routes(self, subnet: Body) -> Body:
        """A new route table on a subnet."""
        made = self.add(shapes.route_table("g", f"rt-{subnet['name']}"))
        subnet["properties"]["routeTable"] = {"id": made["id"]}
        return made

    def firewall(self, *found: Body, **more: Any) -> str:
        """A firewall beside the endpoints, with these rules; its address."""
        subnet = shapes.subnet(self.home, "AzureFirewallSubnet", "10.1.2.0/26")
        rules = self.add(shapes.policy("g", "rules", **more))
        self.add(shapes.collections(rules, "all", 200, [shapes.collection(200, "Allow", list(found))]))
        self.add(shapes.firewall("g", "fw", subnet["id"], "10.1.2.4", rules))
        return "10.1.2.4"

    def resources(self) -> list[Body]:
        listed = [
            self.net,
            *([self.home] if self.home is not self.net else []),
            self.account,
            self.endpoint,
            self.nic,
        ]
        listed += [self.zone, self.soa, self.record, self.link, self.group, self.cluster, *self.more]
        gone = {id(one) for one in self.gone}
        kept = [one for one in listed if id(one) not in gone]
        return [*kept, *_workspace(kept)]

    def says(self, host: str = HOST, target: Body | None = None, subresource: str = "blob") -> str:
        """What the oracle says, and Cloison with it."""
        resources, asked = self.resources(), target or self.account
        verdict, reasons = judge(resources, self.cluster["id"], "pool", asked["id"], subresource, host)
        key = ("pool", asked["id"].lower(), subresource, host)
        assert verdict == by_cloison(resources)[key], f"Cloison does not say {verdict}: {reasons}"
        return verdict


def _workspace(resources: list[Body]) -> list[Body]:
    """A workspace that names what is there as its own, attached to the cluster: Cloison judges whole environments."""
    own: Body = {"workspaceId": "guid", "notebookInfo": {"fqdn": "ws.notebooks.azure.net"}}
    names = {
        "Microsoft.Storage/storageAccounts": "storageAccount",
        "Microsoft.ContainerRegistry/registries": "containerRegistry",
    }
    own |= {names[one["type"]]: one["id"] for one in resources if one["type"] in names}
    made = shapes.make("g", "Microsoft.MachineLearningServices/workspaces", "ws", own)
    clusters = [one for one in resources if one["type"].endswith("/managedClusters")]
    return [
        made,
        *(
            shapes.child(
                made, "computes", one["name"], {"computeType": "Kubernetes", "resourceId": one["id"]}
            )
            for one in clusters
        ),
    ]
