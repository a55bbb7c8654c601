"""Faults of routes, filters and firewalls."""

from __future__ import annotations

from tests.fault_catalogue.endpoints import EVERY_PATH, EVERY_PLACE
from tests.faults import NET, Fault, cluster, filtered, routed, rule
from tests.reference import id_of

EVERY_DOUBT = ("S07? mlreg", "S07? mlstore", "S07? mlvault", "S07? mlw")
ENDPOINTS = {"peered": ("ml-net", 0), "same network": ("aks-net", 1), "hub and spoke": ("hub", 1)}

FAULTS = [
    Fault(
        name="a rule denies everything towards virtual networks",
        on=("peered", "same network", "hub and spoke"),
        changes=filtered(
            "aks-net",
            0,
            rule("no-networks", 100, "Outbound", "Deny", destinationAddressPrefix="VirtualNetwork"),
        ),
        expects=EVERY_PATH,
    ),
    Fault(
        name="a rule denies everything outbound",
        on=("peered", "same network"),
        changes=filtered("aks-net", 0, rule("deny-all", 4000, "Outbound", "Deny")),
        expects=EVERY_PATH,
    ),
    Fault(
        name="storage is allowed by its service tag, and the network denied",
        on=("same network", "peered"),
        changes=filtered(
            "aks-net",
            0,
            rule("storage", 100, "Outbound", "Allow", destinationAddressPrefix="Storage.westeurope"),
            rule("no-networks", 200, "Outbound", "Deny", destinationAddressPrefix="VirtualNetwork"),
        ),
        expects=EVERY_PATH,
    ),
    Fault(
        name="a rule denies port 443 only",
        on=("same network", "peered"),
        changes=filtered("aks-net", 0, rule("no-https", 100, "Outbound", "Deny", destinationPortRange="443")),
        expects=EVERY_PATH,
    ),
    Fault(
        name="a rule denies half of the node subnet",
        on=("same network", "peered"),
        changes=filtered(
            "aks-net", 0, rule("half", 100, "Outbound", "Deny", sourceAddressPrefix="10.0.0.128/25")
        ),
        expects=EVERY_PATH,
    ),
    Fault(
        name="a rule denies the file share's port 445",
        on=("same network", "peered"),
        changes=filtered("aks-net", 0, rule("no-smb", 100, "Outbound", "Deny", destinationPortRange="445")),
        expects=("S07 mlstore",),
    ),
    Fault(
        name="the endpoints' subnet denies the cluster, and its policy applies filters",
        on=("same network",),
        changes=filtered(
            "aks-net",
            1,
            rule("no-cluster", 100, "Inbound", "Deny", sourceAddressPrefix="10.0.0.0/24"),
            policies="NetworkSecurityGroupEnabled",
        ),
        expects=EVERY_PATH,
    ),
    Fault(
        name="the endpoints' subnet in the peered network denies the cluster",
        on=("peered",),
        changes=filtered(
            "ml-net",
            0,
            rule("no-cluster", 100, "Inbound", "Deny", sourceAddressPrefix="10.0.0.0/16"),
            policies="Enabled",
        ),
        expects=EVERY_PATH,
    ),
    Fault(
        name="a route takes the endpoints' network to nowhere, and the policy lets it",
        on=("same network",),
        changes={
            **routed("aks-net", 0, "10.0.0.0/16", "None"),
            f"{NET}/aks-net#/properties/subnets/1/properties/privateEndpointNetworkPolicies": "RouteTableEnabled",
        },
        expects=EVERY_PATH,
    ),
    Fault(
        name="a route takes the endpoints' network to an appliance that nobody described",
        on=("same network",),
        changes={
            **routed("aks-net", 0, "10.0.0.0/16", "VirtualAppliance", "10.0.2.4"),
            f"{NET}/aks-net#/properties/subnets/1/properties/privateEndpointNetworkPolicies": "RouteTableEnabled",
        },
        expects=EVERY_DOUBT,
    ),
    Fault(
        name="a route takes the peered network to nowhere, and the policy lets it",
        on=("peered",),
        changes={
            **routed("aks-net", 0, "10.1.0.0/16", "None"),
            f"{NET}/ml-net#/properties/subnets/0/properties/privateEndpointNetworkPolicies": "Enabled",
        },
        expects=EVERY_PATH,
    ),
    Fault(
        name="a route names an appliance that no route reaches",
        on=("peered",),
        changes={
            **routed("aks-net", 0, "10.1.0.0/16", "VirtualAppliance", "10.44.0.4"),
            f"{NET}/ml-net#/properties/subnets/0/properties/privateEndpointNetworkPolicies": "RouteTableEnabled",
        },
        expects=EVERY_PATH,
    ),
    Fault(
        name="the service range holds the endpoints' addresses",
        on=("same network",),
        changes=cluster("networkProfile/serviceCidr", "10.0.1.0/24"),
        expects=EVERY_PATH,
    ),
    Fault(
        name="the service range holds the peered network",
        on=("peered",),
        changes=cluster("networkProfile/serviceCidr", "10.1.0.0/16"),
        expects=EVERY_PATH,
    ),
    Fault(
        name="the pod range holds the peered network",
        on=("peered",),
        changes=cluster("networkProfile/podCidr", "10.1.0.0/16"),
        expects=EVERY_PATH,
    ),
    Fault(
        name="the service range holds the DNS server",
        on=("hub and spoke",),
        changes=cluster("networkProfile/serviceCidr", "10.9.0.0/24"),
        expects=EVERY_PATH,
    ),
    Fault(
        name="the hub's peering is missing, so neither names nor packets pass",
        on=("hub and spoke",),
        changes={
            f"{NET}/aks-net/virtualNetworkPeerings/to-hub#/properties/peeringState": "Disconnected",
            f"{NET}/hub/virtualNetworkPeerings/to-aks-net#/properties/peeringState": "Disconnected",
        },
        expects=(*EVERY_PATH, *EVERY_PLACE),
    ),
    Fault(
        name="a hub route sends the endpoints' packets through a firewall without a rule for them",
        on=("hub and spoke",),
        changes={
            "routeTables/spoke-routes#/properties/routes/-": {
                "name": "hub",
                "id": f"{id_of('routeTables/spoke-routes')}/routes/hub",
                "properties": {
                    "addressPrefix": "10.9.0.0/16",
                    "nextHopType": "VirtualAppliance",
                    "nextHopIpAddress": "10.9.0.4",
                },
            },
            f"{NET}/hub#/properties/subnets/1/properties/privateEndpointNetworkPolicies": "RouteTableEnabled",
        },
        expects=EVERY_PATH,
    ),
    Fault(
        name="the pods' network overlaps another subnet's rule by application security group nobody knows",
        on=("same network",),
        changes={
            **filtered(
                "aks-net",
                0,
                {
                    "name": "by-group",
                    "properties": {
                        "priority": 100,
                        "direction": "Outbound",
                        "access": "Deny",
                        "protocol": "*",
                        "sourcePortRange": "*",
                        "destinationPortRange": "*",
                        "destinationAddressPrefix": "*",
                        "sourceApplicationSecurityGroups": [{"id": id_of("applicationSecurityGroups/nodes")}],
                    },
                },
            ),
            "managedClusters/aks#/properties/agentPoolProfiles/0/networkProfile": {
                "applicationSecurityGroups": [id_of("applicationSecurityGroups/nodes")]
            },
        },
        expects=EVERY_PATH,
    ),
]
