"""ARM bodies as the service returns them, one function each."""

from __future__ import annotations

from typing import Any

from .arm import Body

SUBSCRIPTION = "/subscriptions/11111111-2222-3333-4444-555555555555"
REGION = "westeurope"


def make(group: str, kind: str, name: str, properties: Body, /, **more: Any) -> Body:
    """One resource. `kind` may have children: then `name` has as many parts."""
    provider, *types = kind.split("/")
    parts = "/".join(f"{one}/{part}" for one, part in zip(types, name.split("/"), strict=True))
    return {
        "id": f"{SUBSCRIPTION}/resourceGroups/{group}/providers/{provider}/{parts}",
        "name": name.rpartition("/")[2],
        "type": kind,
        "location": REGION,
        **more,
        "properties": {"provisioningState": "Succeeded", **properties},
    }


def child(parent: Body, segment: str, name: str, properties: Body) -> Body:
    """A child of a resource."""
    return {
        "id": f"{parent['id']}/{segment}/{name}",
        "name": name,
        "type": f"{parent['type']}/{segment}",
        "properties": {"provisioningState": "Succeeded", **properties},
    }


def network(group: str, name: str, prefixes: list[str]) -> Body:
    """A network without subnets."""
    own = {
        "addressSpace": {"addressPrefixes": prefixes},
        "dhcpOptions": {"dnsServers": []},
        "subnets": [],
        "virtualNetworkPeerings": [],
    }
    return make(group, "Microsoft.Network/virtualNetworks", name, own)


def subnet(parent: Body, name: str, cidr: str, **more: Any) -> Body:
    """A subnet, added to its network."""
    own = {
        "addressPrefix": cidr,
        "privateEndpointNetworkPolicies": "Disabled",
        "privateLinkServiceNetworkPolicies": "Enabled",
        "serviceEndpoints": [],
        "delegations": [],
        **more,
    }
    made = child(parent, "subnets", name, own)
    parent["properties"]["subnets"].append(made)
    return made


def peering(parent: Body, remote: Body, **more: Any) -> Body:
    """One direction of a peering, added to its network."""
    prefixes = list(remote["properties"]["addressSpace"]["addressPrefixes"])
    own = {
        "peeringState": "Connected",
        "peeringSyncLevel": "FullyInSync",
        "remoteVirtualNetwork": {"id": remote["id"]},
        "remoteAddressSpace": {"addressPrefixes": prefixes},
        "remoteVirtualNetworkAddressSpace": {"addressPrefixes": prefixes},
        "allowVirtualNetworkAccess": True,
        "allowForwardedTraffic": True,
        "allowGatewayTransit": False,
        "useRemoteGateways": False,
        "peerCompleteVnets": True,
        **more,
    }
    made = child(parent, "virtualNetworkPeerings", f"to-{remote['name']}", own)
    parent["properties"]["virtualNetworkPeerings"].append(made)
    return made


def endpoint(group: str, name: str, subnet_id: str, target: str, subresource: str) -> Body:
    """An approved private endpoint; its interface is made apart."""
    link = {
        "name": name,
        "properties": {
            "provisioningState": "Succeeded",
            "privateLinkServiceId": target,
            "groupIds": [subresource],
            "privateLinkServiceConnectionState": {
                "status": "Approved",
                "description": "Auto-Approved",
                "actionsRequired": "None",
            },
        },
    }
    own = {
        "subnet": {"id": subnet_id},
        "privateLinkServiceConnections": [link],
        "manualPrivateLinkServiceConnections": [],
        "ipConfigurations": [],
        "networkInterfaces": [],
        "customDnsConfigs": [],
    }
    return make(group, "Microsoft.Network/privateEndpoints", name, own)


def interface(group: str, owner: Body, entries: list[tuple[str, str, list[str]]]) -> Body:
    """The interface of an endpoint: address, member and names of each configuration."""
    subresource = owner["properties"]["privateLinkServiceConnections"][0]["properties"]["groupIds"][0]
    configurations = [
        {
            "name": f"ip{index}",
            "properties": {
                "privateIPAddress": where,
                "privateIPAllocationMethod": "Dynamic",
                "primary": index == 0,
                "subnet": owner["properties"]["subnet"],
                "privateLinkConnectionProperties": {
                    "groupId": subresource,
                    "requiredMemberName": member,
                    "fqdns": fqdns,
                },
            },
        }
        for index, (where, member, fqdns) in enumerate(entries)
    ]
    own = {"ipConfigurations": configurations, "privateEndpoint": {"id": owner["id"]}}
    made = make(group, "Microsoft.Network/networkInterfaces", f"{owner['name']}.nic", own)
    owner["properties"]["networkInterfaces"] = [{"id": made["id"]}]
    return made


def zone(group: str, name: str) -> Body:
    """A private zone without records."""
    return make(group, "Microsoft.Network/privateDnsZones", name, {}, location="global")


def soa(parent: Body) -> Body:
    """The record that every zone has, and that shows that its records were read."""
    own = {"ttl": 3600, "fqdn": f"{parent['name']}.", "soaRecord": {"host": "azureprivatedns.net"}}
    return child(parent, "SOA", "@", own)


def record(parent: Body, name: str, addresses: list[str]) -> Body:
    """An address record."""
    own = {
        "ttl": 10,
        "fqdn": f"{name}.{parent['name']}.",
        "aRecords": [{"ipv4Address": one} for one in addresses],
    }
    return child(parent, "A", name, own)


def record_of(parent: Body, kind: str, name: str, values: Body) -> Body:
    """A record set of another type."""
    return child(parent, kind, name, {"ttl": 10, "fqdn": f"{name}.{parent['name']}.", **values})


def alias(parent: Body, name: str, target: str) -> Body:
    """An alias record."""
    own = {"ttl": 10, "fqdn": f"{name}.{parent['name']}.", "cnameRecord": {"cname": target}}
    return child(parent, "CNAME", name, own)


def link(parent: Body, linked: Body, **more: Any) -> Body:
    """A link of a zone or a ruleset to a network."""
    own = {
        "virtualNetwork": {"id": linked["id"]},
        "registrationEnabled": False,
        "virtualNetworkLinkState": "Completed",
        "resolutionPolicy": "Default",
        **more,
    }
    if parent["type"].endswith("dnsForwardingRulesets"):
        own = {"virtualNetwork": {"id": linked["id"]}}
    return {**child(parent, "virtualNetworkLinks", f"to-{linked['name']}", own), "location": "global"}


def zone_group(owner: Body, written: list[tuple[Body, list[tuple[str, str]]]]) -> Body:
    """The zone group of an endpoint, with the records that it says it wrote."""
    configs = [
        {
            "name": one["name"].replace(".", "-"),
            "properties": {
                "privateDnsZoneId": one["id"],
                "recordSets": [
                    {
                        "recordType": "A",
                        "recordSetName": name,
                        "fqdn": f"{name}.{one['name']}",
                        "ttl": 10,
                        "ipAddresses": [where],
                    }
                    for name, where in records
                ],
            },
        }
        for one, records in written
    ]
    return child(owner, "privateDnsZoneGroups", "default", {"privateDnsZoneConfigs": configs})


def connection(owner: Body, status: str) -> Body:
    """What the service says of an endpoint's connection."""
    return {
        "id": f"{owner['properties']['privateLinkServiceConnections'][0]['properties']['privateLinkServiceId']}"
        f"/privateEndpointConnections/{owner['name']}",
        "name": owner["name"],
        "properties": {
            "provisioningState": "Succeeded",
            "privateEndpoint": {"id": owner["id"]},
            "privateLinkServiceConnectionState": {"status": status, "actionsRequired": "None"},
        },
    }


def security_group(group: str, name: str) -> Body:
    """A security group without rules of its own."""
    return make(group, "Microsoft.Network/networkSecurityGroups", name, {"securityRules": []})


def rule(parent: Body, priority: int, direction: str, access: str, **more: Any) -> Body:
    """A rule for everything, narrowed by `more`, added to its group."""
    own = {
        "priority": priority,
        "direction": direction,
        "access": access,
        "protocol": "*",
        "sourcePortRange": "*",
        "destinationPortRange": "*",
        "sourceAddressPrefix": "*",
        "destinationAddressPrefix": "*",
        **more,
    }
    made = child(parent, "securityRules", f"{direction}{priority}", own)
    parent["properties"]["securityRules"].append(made)
    return made


def route_table(group: str, name: str, **more: Any) -> Body:
    """A route table without routes."""
    return make(
        group,
        "Microsoft.Network/routeTables",
        name,
        {"routes": [], "disableBgpRoutePropagation": False, **more},
    )


def route(parent: Body, cidr: str, kind: str, via: str = "") -> Body:
    """A route, added to its table."""
    own: Body = {"addressPrefix": cidr, "nextHopType": kind}
    if via:
        own["nextHopIpAddress"] = via
    made = child(parent, "routes", f"r{len(parent['properties']['routes'])}", own)
    parent["properties"]["routes"].append(made)
    return made


def firewall(group: str, name: str, subnet_id: str, where: str, policy: Body) -> Body:
    """A firewall under a policy."""
    entry = {"name": "ip", "properties": {"privateIPAddress": where, "subnet": {"id": subnet_id}}}
    own = {"ipConfigurations": [entry], "firewallPolicy": {"id": policy["id"]}}
    return make(group, "Microsoft.Network/azureFirewalls", name, own)


def policy(group: str, name: str, **more: Any) -> Body:
    """A firewall policy without rules."""
    return make(group, "Microsoft.Network/firewallPolicies", name, {"ruleCollectionGroups": [], **more})


def collections(parent: Body, name: str, priority: int, found: list[Body]) -> Body:
    """A group of collections, added to its policy."""
    made = child(parent, "ruleCollectionGroups", name, {"priority": priority, "ruleCollections": found})
    parent["properties"]["ruleCollectionGroups"].append({"id": made["id"]})
    return made


def collection(priority: int, action: str, rules: list[Body]) -> Body:
    """One collection of rules."""
    return {
        "ruleCollectionType": "FirewallPolicyFilterRuleCollection",
        "name": f"c{priority}",
        "priority": priority,
        "action": {"type": action},
        "rules": rules,
    }


def network_rule(sources: list[str], targets: list[str], ports: list[str], protocols: list[str]) -> Body:
    """A network rule of a firewall."""
    return {
        "ruleType": "NetworkRule",
        "name": "n",
        "ipProtocols": protocols,
        "sourceAddresses": sources,
        "sourceIpGroups": [],
        "destinationAddresses": targets,
        "destinationIpGroups": [],
        "destinationFqdns": [],
        "destinationPorts": ports,
    }


def application_rule(sources: list[str], fqdns: list[str], port: int = 443) -> Body:
    """An application rule of a firewall."""
    return {
        "ruleType": "ApplicationRule",
        "name": "a",
        "protocols": [{"protocolType": "Https", "port": port}],
        "sourceAddresses": sources,
        "sourceIpGroups": [],
        "targetFqdns": fqdns,
        "fqdnTags": [],
    }


def resolver(group: str, name: str, home: Body, subnet_id: str, where: str) -> list[Body]:
    """A DNS resolver with one inbound endpoint."""
    made = make(group, "Microsoft.Network/dnsResolvers", name, {"virtualNetwork": {"id": home["id"]}})
    entry = {"privateIpAddress": where, "privateIpAllocationMethod": "Dynamic", "subnet": {"id": subnet_id}}
    return [
        made,
        {**child(made, "inboundEndpoints", "in", {"ipConfigurations": [entry]}), "location": REGION},
    ]


def outbound_endpoint(resolver_body: Body, subnet_id: str) -> Body:
    """Where a resolver asks from."""
    made = child(resolver_body, "outboundEndpoints", "out", {"subnet": {"id": subnet_id}})
    return {**made, "location": REGION}


def forwarding_rule(parent: Body, name: str, domain: str, servers: list[str], state: str = "Enabled") -> Body:
    """A rule of a forwarding ruleset."""
    own = {
        "domainName": domain,
        "targetDnsServers": [{"ipAddress": one, "port": 53} for one in servers],
        "forwardingRuleState": state,
    }
    return child(parent, "forwardingRules", name, own)
