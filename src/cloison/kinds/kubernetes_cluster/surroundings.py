"""What Azure makes around a cluster, by itself: the node resource group with its network, load balancer, identity,
and for a private cluster the endpoint, zone, link and record of its API server.

Sources: Microsoft Learn, Create a private AKS cluster; Stop and start an AKS cluster; the contents of node resource
groups in public exports (2021-2026); Azure/AKS 2745, 5866; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cloison.arm.clouds import cloud_of_region
from cloison.arm.ids import ResourceId
from cloison.kinds import _addresses
from cloison.model.behaviour import Chance, Json, Request, State, each, look

GROUP = "management"
ENDPOINT = "kube-apiserver"
GATEWAY = "aks-outbound"
"""Name of a gateway that Azure keeps for the nodes. A guess: Azure adds digits."""
NETWORK_PREFIX = "10.224.0.0/12"
NODES_PREFIX = "10.224.0.0/16"
TTL = 300
"""Seconds that the API server's record holds. Source: Azure/AKS 2745, exports of such zones."""

Then = tuple[Request, ...]


def node_group(id: ResourceId, body: Json) -> ResourceId:
    """The group that Azure keeps for the nodes."""
    name = look(body, "properties/nodeResourceGroup")
    return ResourceId(f"/subscriptions/{id.subscription}/resourceGroups/{name}")


def kubelet_identity(id: ResourceId, body: Json) -> ResourceId:
    """The identity that Azure makes for the nodes."""
    home = f"{node_group(id, body).text}/providers/Microsoft.ManagedIdentity"
    return ResourceId(f"{home}/userAssignedIdentities/{id.name}-agentpool")


def outbound_address(group: ResourceId, number: int, chance: Chance) -> str:
    """Id of a public address that the load balancer of the nodes goes out by."""
    name = chance.guid("outbound", str(group), *([str(number)] if number else []))
    return f"{group.text}/providers/Microsoft.Network/publicIPAddresses/{name}"


def is_within(reference: Json, group: ResourceId) -> bool:
    """What is referred to lies in the group."""
    return str(reference.get("id", "")).lower().startswith(f"{group}/")


def zone_name(id: ResourceId, profile: Json, region: str, chance: Chance) -> str:
    """Name of the zone that holds the API server's record; '' where there is none."""
    told = str(profile.get("privateDNSZone", "system"))
    if told.lower() == "none":
        return ""
    if told.startswith("/"):
        return told.rpartition("/")[2]
    return f"{chance.guid('zone', str(id))}.{cloud_of_region(region).kubernetes_zone(region)}"


def made(state: State, id: ResourceId, body: Json, chance: Chance) -> Then:
    """Requests that make the surroundings of a new cluster."""
    group = node_group(id, body)
    region = body["location"]
    requests = [_put(group, _group(id, body))]
    digits = str(int(chance.guid("digits", str(id))[:8], 16))[:8]
    subnet = first_subnet(body)
    requests += _outbound(group, body, region)
    if subnet is None:
        network = f"{group.text}/providers/Microsoft.Network/virtualNetworks/aks-vnet-{digits}"
        subnet = ResourceId(f"{network}/subnets/aks-subnet")
        gateway = look(body, "properties/networkProfile/outboundType") == "managedNATGateway"
        requests += _network(group, network, region, digits, gateway=gateway)
    requests.append(_put(kubelet_identity(id, body), {"location": region}))
    return (*requests, *put_up(state, id, body, subnet, 0))


def first_subnet(body: Json) -> ResourceId | None:
    """The subnet of the first pool, where the API server's endpoint stands; None where Azure makes one."""
    for pool in each(body, "properties/agentPoolProfiles"):
        told = pool.get("vnetSubnetID") if isinstance(pool, dict) else None
        return ResourceId(told) if isinstance(told, str) else None
    return None


def put_up(
    state: State, id: ResourceId, body: Json, subnet: ResourceId | None, starts: int
) -> Iterator[Request]:
    """Requests that make the endpoint of the API server, and write its address down."""
    profile = look(body, "properties/apiServerAccessProfile") or {}
    if not profile.get("enablePrivateCluster") or profile.get("enableVnetIntegration") or subnet is None:
        return
    address = _address(state, subnet, starts)
    group, region = node_group(id, body), body["location"]
    asked = {
        "name": GROUP,
        "properties": {"groupId": GROUP, "memberName": GROUP, "privateIPAddress": address},
    }
    connection = {"privateLinkServiceId": id.text, "groupIds": [GROUP]}
    yield _put(
        f"{group.text}/providers/Microsoft.Network/privateEndpoints/{ENDPOINT}",
        {
            "location": region,
            "properties": {
                "subnet": {"id": subnet.text},
                "ipConfigurations": [asked] if address else [],
                "privateLinkServiceConnections": [{"name": ENDPOINT, "properties": connection}],
            },
        },
    )
    yield from _names(state, id, body, subnet, address)


def _address(state: State, subnet: ResourceId, starts: int) -> str:
    """The address it gets: the lowest that is free, one further each time it was started.

    What Azure does is not documented beyond "may change"; this makes sure that whoever relies on it is found out.
    """
    if state.get(subnet) is None:
        return "10.224.0.4"
    return _addresses.free(state, subnet, 1 + starts)[-1]


def _names(state: State, id: ResourceId, body: Json, subnet: ResourceId, address: str) -> Iterator[Request]:
    """The zone, its link to the nodes' network, and the record."""
    name = look(body, "properties/privateFQDN")
    told = str(look(body, "properties/apiServerAccessProfile/privateDNSZone"))
    if not isinstance(name, str) or told.lower() == "none":
        return
    label, _, zone_of = name.partition(".")
    own = node_group(id, body)
    zone = ResourceId(
        told if told.startswith("/") else f"{own.text}/providers/Microsoft.Network/privateDnsZones/{zone_of}"
    )
    if state.get(zone) is None:
        yield _put(zone, {"location": "global"})
    network = subnet.parent
    linked = any(
        str(look(state.get(link), "properties/virtualNetwork/id")).lower() == network
        for link in state.children(zone, "virtualNetworkLinks")
    )
    if not linked:
        link = {"virtualNetwork": {"id": network.text}, "registrationEnabled": False}
        yield _put(zone.child("virtualNetworkLinks", label), {"location": "global", "properties": link})
    record = {"ttl": TTL, "aRecords": [{"ipv4Address": address}]}
    yield _put(zone.child("A", label), {"properties": record})


def taken_down(state: State, id: ResourceId, body: Json) -> Then:
    """Requests of a stop: the cluster lets go of every connection, and its own endpoint goes."""
    own = ResourceId(f"{node_group(id, body).text}/providers/Microsoft.Network/privateEndpoints/{ENDPOINT}")
    dropped = [_delete(one) for one in state.children(id, "privateEndpointConnections")]
    return (_delete(own), *dropped) if state.get(own) is not None else tuple(dropped)


def put_up_again(state: State, id: ResourceId, body: Json, chance: Chance) -> Then:
    """Requests of a start: the endpoint in the subnet that is the first pool's by now.

    What was exported of a cluster may lack the group, which is always there.
    """
    subnet, group = first_subnet(body) or _own_subnet(state, id, body), node_group(id, body)
    missing = [_put(group, _group(id, body))] if state.get(group) is None else []
    return (*missing, *put_up(state, id, body, subnet, int(body.get("_starts", 0))))


def _group(id: ResourceId, body: Json) -> Json:
    tags = {"aks-managed-cluster-name": id.name, "aks-managed-cluster-rg": id.text.split("/")[4]}
    return {"location": body["location"], "managedBy": id.text, "tags": tags}


def _own_subnet(state: State, id: ResourceId, body: Json) -> ResourceId | None:
    group = node_group(id, body)
    for network in state.children(group, "providers/Microsoft.Network/virtualNetworks"):
        return next(iter(state.children(network, "subnets")), None)
    return None


def _network(group: ResourceId, network: str, region: Any, digits: str, *, gateway: bool) -> list[Request]:
    """The network of a cluster that was given none. gateway: its subnet goes out by the nodes' gateway."""
    filter = f"{group.text}/providers/Microsoft.Network/networkSecurityGroups/aks-agentpool-{digits}-nsg"
    subnet: Json = {"addressPrefix": NODES_PREFIX, "networkSecurityGroup": {"id": filter}}
    if gateway:
        subnet["natGateway"] = {"id": f"{group.text}/providers/Microsoft.Network/natGateways/{GATEWAY}"}
    return [
        _put(filter, {"location": region}),
        _put(
            network,
            {
                "location": region,
                "properties": {
                    "addressSpace": {"addressPrefixes": [NETWORK_PREFIX]},
                    "subnets": [{"name": "aks-subnet", "properties": subnet}],
                },
            },
        ),
    ]


def _outbound(group: ResourceId, body: Json, region: Any) -> list[Request]:
    """The load balancer or the gateway that nodes go out by, where the cluster has one, and its own addresses."""
    way = look(body, "properties/networkProfile/outboundType")
    profile = {"loadBalancer": "loadBalancerProfile", "managedNATGateway": "natGatewayProfile"}.get(str(way))
    if profile is None:
        return []
    listed = each(body, f"properties/networkProfile/{profile}/effectiveOutboundIPs")
    addresses = [str(one["id"]) for one in listed]
    sku = {"name": "Standard"}
    fixed = {"location": region, "sku": sku, "properties": {"publicIPAllocationMethod": "Static"}}
    made = [_put(one, fixed) for one in addresses if is_within({"id": one}, group)]
    base = f"{group.text}/providers/Microsoft.Network"
    head = {"location": region, "sku": sku}
    if way == "managedNATGateway":
        held = {"publicIpAddresses": [{"id": one} for one in addresses]}
        return [*made, _put(f"{base}/natGateways/{GATEWAY}", {**head, "properties": held})]
    fronts = [
        {"name": one.rpartition("/")[2], "properties": {"publicIPAddress": {"id": one}}} for one in addresses
    ]
    balancer = {**head, "properties": {"frontendIPConfigurations": fronts}}
    return [*made, _put(f"{base}/loadBalancers/kubernetes", balancer)]


def _put(id: str | ResourceId, body: Json) -> Request:
    return Request(
        method="PUT", id=id if isinstance(id, ResourceId) else ResourceId(id), body=body, by_azure=True
    )


def _delete(id: ResourceId) -> Request:
    return Request(method="DELETE", id=id, by_azure=True)
