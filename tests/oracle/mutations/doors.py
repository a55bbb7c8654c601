"""Doors of services, and the cluster itself, that are not as they should be."""

from __future__ import annotations

from ipaddress import IPv4Network

from tests.oracle import shapes
from tests.oracle.arm import Body
from tests.oracle.environments import Draft, pod_subnets

from .endpoints import forget
from .filters import owned_address


def _rules_of(service: Body) -> Body:
    own = service["properties"]
    key = "networkRuleSet" if service["type"].startswith("Microsoft.ContainerRegistry") else "networkAcls"
    found: Body = own.setdefault(key, {"defaultAction": "Deny", "ipRules": []})
    return found


def door(draft: Draft) -> None:
    service = draft.rng.choice(draft.services)
    switch = draft.rng.choice(("Disabled", "Enabled", "Enabled", None, "SecuredByPerimeter"))
    service["properties"]["publicNetworkAccess"] = switch
    if switch is None:
        del service["properties"]["publicNetworkAccess"]
    if not service["type"].startswith("Microsoft.MachineLearningServices"):
        rules = _rules_of(service)
        rules["defaultAction"] = draft.rng.choice(("Allow", "Deny"))
        if draft.chance(0.3):
            rules["ipRules"] = [{"value": "20.1.2.3", "action": "Allow"}]


def by_identity(draft: Draft) -> None:
    """Storage and vault have no endpoints and know the subnets of the pods."""
    for service in draft.services[:2]:
        _without_endpoints(draft, service)
        service["properties"]["publicNetworkAccess"] = "Enabled"
        listed = [{"id": subnet["id"], "action": "Allow"} for subnet in pod_subnets(draft)]
        _rules_of(service).update({"defaultAction": "Deny", "virtualNetworkRules": listed})
    for subnet in pod_subnets(draft):
        known = [
            {"service": name, "locations": ["*"]} for name in ("Microsoft.KeyVault", "Microsoft.Storage")
        ]
        subnet["properties"]["serviceEndpoints"] = known


def _without_endpoints(draft: Draft, service: Body) -> None:
    for owner in draft.of("privateEndpoints"):
        links = owner["properties"]["privateLinkServiceConnections"]
        if links and links[0]["properties"]["privateLinkServiceId"] == service["id"]:
            forget(draft, owner)
    service["properties"]["privateEndpointConnections"] = []


def service_endpoint(draft: Draft) -> None:
    """A service is reached from the subnet's identity rather than by endpoints; not every half is always there."""
    service = draft.rng.choice(draft.services[:2])
    if draft.chance(0.7):
        _without_endpoints(draft, service)
    service["properties"]["publicNetworkAccess"] = "Enabled" if draft.chance(0.9) else "Disabled"
    rules = _rules_of(service)
    rules["defaultAction"] = "Deny" if draft.chance(0.8) else "Allow"
    names = ["Microsoft.KeyVault", "Microsoft.Storage" if draft.chance(0.8) else "Microsoft.Storage.Global"]
    for subnet in pod_subnets(draft):
        if draft.chance(0.9):
            subnet["properties"]["serviceEndpoints"] = [
                {"service": name, "locations": ["*"]} for name in names
            ]
        if draft.chance(0.9):
            rules.setdefault("virtualNetworkRules", []).append({"id": subnet["id"], "action": "Allow"})


def outbound(draft: Draft) -> None:
    draft.cluster["properties"]["networkProfile"]["outboundType"] = draft.rng.choice(
        ("none", "block", "userDefinedRouting")
    )


def clash(draft: Draft) -> None:
    """The cluster's own prefixes hide something."""
    profile = draft.cluster["properties"]["networkProfile"]
    length = draft.rng.choice((16, 24, 28, 29))
    where = str(IPv4Network(f"{owned_address(draft)}/{length}", strict=False))
    key = "podCidr" if "podCidr" in profile and draft.chance(0.5) else "serviceCidr"
    profile[key] = where
    if draft.chance(0.3):
        profile[f"{key}s"] = [where]


def managed_network(draft: Draft) -> None:
    """The pools have no subnet of their own: they are in the network that the cluster made, if it was read."""
    for pool in draft.cluster["properties"]["agentPoolProfiles"]:
        pool.pop("vnetSubnetID", None)
        pool.pop("podSubnetID", None)
    if draft.chance(0.8) and not any(
        one["id"].startswith(f"{shapes.SUBSCRIPTION}/resourceGroups/MC_") for one in draft.nets
    ):
        made = shapes.network("MC_ml_aks_westeurope", "aks-vnet", ["10.224.0.0/16"])
        shapes.subnet(made, "aks-subnet", "10.224.0.0/28")
        draft.add(made)
        for zone in draft.of("privateDnsZones"):
            if draft.chance(0.8):
                draft.add(shapes.link(zone, made))
        draft.nets.append(made)
        for other in draft.nets[:-1]:
            if draft.chance(0.6):
                shapes.peering(made, other)
                shapes.peering(other, made)
    if draft.chance(0.15) and not any(one["name"] == "aks-second" for one in draft.bodies):
        second = shapes.network("MC_ml_aks_westeurope", "aks-second", ["10.225.0.0/16"])
        shapes.subnet(second, "aks-subnet", "10.225.0.0/28")
        draft.add(second)


def second_cluster(draft: Draft) -> None:
    """Another cluster in the same subnets, with ranges of its own."""
    if len(draft.of("Microsoft.ContainerService/managedClusters")) > 1:
        return
    first = draft.cluster["properties"]
    kind = "Microsoft.ContainerService/managedClusters"
    profile = {
        **first["networkProfile"],
        "serviceCidr": str(IPv4Network(f"{owned_address(draft)}/24", strict=False)),
    }
    if draft.chance(0.5):
        profile["serviceCidr"] = "172.16.0.0/16"
    pools = [{**one, "name": f"two{one['name']}"} for one in first["agentPoolProfiles"]]
    own = {**first, "nodeResourceGroup": "MC_ml_two", "agentPoolProfiles": pools, "networkProfile": profile}
    made = draft.add(shapes.make("ml", kind, "aks-two", own, identity={"type": "SystemAssigned"}))
    attached = {"computeType": "Kubernetes", "resourceId": made["id"], "properties": {"namespace": "default"}}
    draft.add(shapes.child(draft.services[3], "computes", "k8s-two", attached))


def far_service(draft: Draft) -> None:
    draft.rng.choice(draft.services[:2])["location"] = "northeurope"
