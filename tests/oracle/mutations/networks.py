"""Networks, peerings, gateways and routes that are not as they should be."""

from __future__ import annotations

from ipaddress import IPv4Network

from tests.oracle import shapes
from tests.oracle.arm import Body
from tests.oracle.environments import Draft, add_firewall, address_of, pod_subnets, table_of

from .filters import endpoint_policy, owned_address


def _peering(draft: Draft) -> Body | None:
    found = [one for net in draft.nets for one in net["properties"]["virtualNetworkPeerings"]]
    return draft.rng.choice(found) if found else None


def peering_changes(draft: Draft) -> None:
    found = _peering(draft)
    if not found:
        return
    names = [one["name"] for one in draft.all_subnets()]
    partial = {
        "peerCompleteVnets": False,
        "localSubnetNames": draft.rng.sample(names, max(1, len(names) * 2 // 3)),
        "remoteSubnetNames": draft.rng.sample(names, max(1, len(names) * 2 // 3)),
    }
    change: Body = draft.rng.choice(
        (
            {"peeringState": "Initiated"},
            {"peeringState": "Disconnected"},
            {"allowVirtualNetworkAccess": False},
            {"peeringSyncLevel": "RemoteNotInSync"},
            {"peeringSyncLevel": "LocalNotInSync"},
            {"allowForwardedTraffic": False},
            {"allowForwardedTraffic": False},
            partial,
            partial,
        )
    )
    found["properties"].update(change)


def one_sided(draft: Draft) -> None:
    """One side of a peering is gone; the other shows it."""
    found = _peering(draft)
    if not found:
        return
    for net in draft.nets:
        declared = net["properties"]["virtualNetworkPeerings"]
        if found in declared:
            declared.remove(found)
            remote = found["properties"]["remoteVirtualNetwork"]["id"]
            for other in draft.nets:
                for one in other["properties"]["virtualNetworkPeerings"]:
                    if other["id"] == remote and one["properties"]["remoteVirtualNetwork"]["id"] == net["id"]:
                        one["properties"]["peeringState"] = draft.rng.choice(
                            ("Initiated", "Disconnected", "Connected")
                        )


def network_unread(draft: Draft) -> None:
    """A network other than the cluster's was not read; it may still be peered."""
    if len(draft.nets) > 1 and draft.chance(0.6):
        draft.drop(draft.rng.choice(draft.nets[1:]))


def subnet_unread(draft: Draft) -> None:
    """The list of a network lacks a subnet that others name."""
    found = [
        one for one in draft.all_subnets() if one["name"] in ("endpoints", "other-endpoints", "resolver")
    ]
    if found:
        draft.unread.append(draft.rng.choice(found)["id"])


def network_manager(draft: Draft) -> None:
    """A manager that may connect or filter networks of the subscription, or of another."""
    accesses = draft.rng.choice(
        (["Connectivity"], ["SecurityAdmin"], ["Connectivity", "SecurityAdmin"], ["Routing"])
    )
    own = shapes.SUBSCRIPTION
    scopes: Body = draft.rng.choice(
        (
            {"subscriptions": [own]},
            {"subscriptions": [f"{own[:-1]}9"]},
            {"managementGroups": ["/providers/Microsoft.Management/managementGroups/company"]},
        )
    )
    known = {"networkManagerScopes": scopes, "networkManagerScopeAccesses": accesses}
    if draft.chance(0.4) and not draft.of("networkManagers"):
        draft.add(shapes.make("net", "Microsoft.Network/networkManagers", "company", known))


def overlap(draft: Draft) -> None:
    """The cluster's network has the address space of the endpoints, which are elsewhere."""
    if len(draft.nets) < 2:
        return
    other = draft.rng.choice(draft.nets[1:])
    space = other["properties"]["addressSpace"]["addressPrefixes"]
    if set(space) & set(draft.nets[0]["properties"]["addressSpace"]["addressPrefixes"]):
        return
    draft.nets[0]["properties"]["addressSpace"]["addressPrefixes"] += space
    for net in draft.nets:
        for one in net["properties"]["virtualNetworkPeerings"]:
            if {net["id"], one["properties"]["remoteVirtualNetwork"]["id"]} == {
                draft.nets[0]["id"],
                other["id"],
            }:
                one["properties"]["peeringState"] = "Disconnected"


def gateway(draft: Draft) -> None:
    """A gateway in some network, perhaps used by a neighbour."""
    index = draft.rng.randrange(len(draft.nets))
    home, subnet = draft.nets[index], draft.subnet(index, "GatewaySubnet")
    entry = {"name": "ip", "properties": {"subnet": {"id": subnet["id"]}}}
    own = {"gatewayType": "Vpn", "vpnType": "RouteBased", "ipConfigurations": [entry]}
    if draft.of("virtualNetworkGateways"):
        return
    if draft.chance(0.85):
        draft.add(shapes.make("net", "Microsoft.Network/virtualNetworkGateways", "gw", own))
    for one in home["properties"]["virtualNetworkPeerings"]:
        one["properties"]["allowGatewayTransit"] = draft.chance(0.8)
    for net in draft.nets:
        for one in net["properties"]["virtualNetworkPeerings"]:
            if one["properties"]["remoteVirtualNetwork"]["id"] == home["id"]:
                one["properties"]["useRemoteGateways"] = draft.chance(0.7)
    if draft.chance(0.3):
        table_of(draft, draft.rng.choice(pod_subnets(draft)))["properties"]["disableBgpRoutePropagation"] = (
            True
        )


# Routes


def _hop(draft: Draft) -> tuple[str, str]:
    kind = draft.rng.choice(
        (
            "VirtualAppliance",
            "VirtualAppliance",
            "VirtualAppliance",
            "None",
            "Internet",
            "VnetLocal",
            "VirtualNetworkGateway",
        )
    )
    if kind != "VirtualAppliance":
        return kind, ""
    if draft.chance(0.7):
        return kind, address_of(add_firewall(draft, min(1, len(draft.nets) - 1)))
    return kind, draft.rng.choice(
        ("10.20.3.100", "10.21.3.100", "10.22.3.100", "10.99.0.4", owned_address(draft))
    )


def _destination(draft: Draft) -> str:
    net = draft.rng.choice(draft.nets)
    nic = draft.some("networkInterfaces")
    single = (
        nic["properties"]["ipConfigurations"][0]["properties"]["privateIPAddress"] if nic else "10.20.1.4"
    )
    tags = (
        "Storage",
        "Storage.WestEurope",
        "AzureCloud",
        "AzureKeyVault",
        "AzureContainerRegistry.WestEurope",
    )
    return draft.rng.choice(
        (
            "0.0.0.0/0",
            "0.0.0.0/0",
            net["properties"]["addressSpace"]["addressPrefixes"][0],
            net["properties"]["addressSpace"]["addressPrefixes"][0],
            f"{single}/32",
            f"{single}/32",
            str(IPv4Network(f"{single}/27", strict=False)),
            "10.0.0.0/8",
            "0.0.0.0/1",
            "::/0",
            "20.0.0.0/8",
            draft.rng.choice(tags),
        )
    )


def _route_into(draft: Draft, subnet: Body) -> None:
    table = table_of(draft, subnet)
    where, (kind, via) = _destination(draft), _hop(draft)
    taken = {one["properties"]["addressPrefix"] for one in table["properties"]["routes"]}
    if where not in taken:
        shapes.route(table, where, kind, via)


def some_route(draft: Draft) -> None:
    """A route of a subnet with pods; the endpoints' subnet may let routes count."""
    _route_into(draft, draft.rng.choice(pod_subnets(draft)))
    if draft.chance(0.6):
        endpoint_policy(draft)


def firewall_route(draft: Draft) -> None:
    """A route of the firewall's own subnet."""
    firewall = add_firewall(draft, min(1, len(draft.nets) - 1))
    wanted = firewall["properties"]["ipConfigurations"][0]["properties"]["subnet"]["id"]
    for one in draft.all_subnets():
        if one["id"] == wanted:
            _route_into(draft, one)


def forwarding_refused(draft: Draft) -> None:
    """A firewall passes packets on with their own source, and a peering takes none of those."""
    inspected(draft)
    rules = draft.some("firewallPolicies")
    if not rules:
        return
    passing = shapes.network_rule(["*"], ["*"], ["*"], ["TCP", "UDP"])
    name = draft.fresh("pass")
    draft.add(shapes.collections(rules, name, 101, [shapes.collection(100, "Allow", [passing])]))
    rules["properties"]["snat"] = {"privateRanges": ["0.0.0.0/0"]}
    for net in draft.nets:
        for one in net["properties"]["virtualNetworkPeerings"]:
            one["properties"]["allowForwardedTraffic"] = draft.chance(0.5)


def table_unread(draft: Draft) -> None:
    found = draft.some("routeTables")
    if found and draft.chance(0.5):
        draft.drop(found)


def inspected(draft: Draft) -> None:
    """What the documentation calls inspection: the endpoints' prefix goes through the firewall."""
    firewall = add_firewall(draft, min(1, len(draft.nets) - 1))
    for name in ("endpoints", "other-endpoints"):
        for index, net in enumerate(draft.nets):
            for one in net["properties"]["subnets"]:
                if one["name"] == name:
                    one["properties"]["privateEndpointNetworkPolicies"] = draft.rng.choice(
                        ("RouteTableEnabled", "Enabled")
                    )
                    for subnet in pod_subnets(draft):
                        prefix = draft.nets[index]["properties"]["addressSpace"]["addressPrefixes"][0]
                        table = table_of(draft, subnet)
                        if prefix not in {
                            old["properties"]["addressPrefix"] for old in table["properties"]["routes"]
                        }:
                            shapes.route(table, prefix, "VirtualAppliance", address_of(firewall))
