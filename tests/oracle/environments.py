"""Random environments around one workspace, one cluster, one storage account, one vault and one registry.

`environment` first builds something that mostly works, then `mutations` break it in a few places.
"""

from __future__ import annotations

import copy
import random
from ipaddress import IPv4Network
from typing import Any

from hypothesis import strategies as st

from . import shapes
from .arm import Body
from .hosts import Ask, asks

GUID = "aaaabbbb-cccc-dddd-eeee-ffff00001111"
_POLICIES = ("Disabled", "NetworkSecurityGroupEnabled", "RouteTableEnabled", "Enabled")
_DOORS = (
    ("Disabled", "Deny"),
    ("Disabled", "Allow"),
    ("Enabled", "Deny"),
    ("Enabled", "Allow"),
    ("Enabled", "Allow"),
)
_MODES = (
    {"networkPlugin": "kubenet", "podCidr": "10.244.0.0/16"},
    {"networkPlugin": "azure", "networkPluginMode": "overlay", "podCidr": "10.244.0.0/16"},
    {"networkPlugin": "azure"},
)


class Draft:
    """An environment while it is made. Children of networks, groups and tables are still inside their parents."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.bodies: list[Body] = []
        self.nets: list[Body] = []
        self.services: list[Body] = []
        self.taken: dict[str, int] = {}
        self.made = 0
        self.unread: list[str] = []
        """Ids of resources, and of subnets inside their networks, that are left out in the end."""

    def add(self, *made: Body) -> Body:
        """Keep resources; the first is returned."""
        self.bodies += made
        return made[0]

    def fresh(self, word: str) -> str:
        """A name that nothing has, even after things were dropped."""
        self.made += 1
        return f"{word}-{self.made}"

    def of(self, kind: str) -> list[Body]:
        """All resources of a type, `Microsoft.Network/` left out."""
        return [one for one in self.bodies if one["type"] in (kind, f"Microsoft.Network/{kind}")]

    def some(self, kind: str) -> Body | None:
        """Any resource of a type, if there is one."""
        found = self.of(kind)
        return self.rng.choice(found) if found else None

    def chance(self, share: float) -> bool:
        """True in that share of cases."""
        return self.rng.random() < share

    def drop(self, body: Body) -> None:
        """Remove a resource with everything under it."""
        start = body["id"].lower()
        self.bodies = [
            one
            for one in self.bodies
            if one["id"].lower() != start and not one["id"].lower().startswith(f"{start}/")
        ]

    def subnet(self, net: int, name: str) -> Body:
        """A subnet of a network; made when it is not there yet."""
        parent = self.nets[net]
        for one in parent["properties"]["subnets"]:
            if one["name"] == name:
                found: Body = one
                return found
        return shapes.subnet(parent, name, f"10.{20 + net}.{_PLACES[name]}")

    def all_subnets(self) -> list[Body]:
        """Every subnet of every network."""
        return [one for net in self.nets for one in net["properties"]["subnets"]]

    def next_address(self, subnet: Body) -> str:
        """An address of a subnet that nothing has yet."""
        used = self.taken.get(subnet["id"], 3) + 1
        self.taken[subnet["id"]] = used
        return str(IPv4Network(subnet["properties"]["addressPrefix"])[used])

    @property
    def cluster(self) -> Body:
        """The cluster."""
        return self.of("Microsoft.ContainerService/managedClusters")[0]

    def asks(self) -> list[Ask]:
        """Every name that pods may ask for."""
        return [ask for service in self.services for ask in asks(service)]


_PLACES = {
    "nodes": "0.0/28",
    "more-nodes": "0.64/28",
    "pods": "0.128/27",
    "endpoints": "1.0/27",
    "other-endpoints": "1.32/28",
    "AzureFirewallSubnet": "2.0/26",
    "GatewaySubnet": "3.0/27",
    "resolver": "3.64/28",
    "servers": "3.96/28",
    "resolver-out": "3.112/28",
}


# Networks


def _networks(draft: Draft) -> int:
    """One to four networks; the index of the one with the endpoints."""
    rng = draft.rng
    count = rng.choice((1, 2, 2, 3, 3, 4))
    for index in range(count):
        start = f"10.{20 + index}"
        prefixes = rng.choice(
            ([f"{start}.0.0/16"], [f"{start}.0.0/22"], [f"{start}.0.0/23", f"{start}.2.0/23"])
        )
        name = ("aks", "hub", "data", "other")[index]
        draft.nets.append(draft.add(shapes.network("net", f"{name}-net", prefixes)))
    for left, right in ((0, 1), (1, 2), (0, 2), (1, 3)):
        skip = (left, right) == (0, 2) and draft.chance(0.6)
        if right < count and not skip:
            shapes.peering(draft.nets[left], draft.nets[right])
            shapes.peering(draft.nets[right], draft.nets[left])
    near = [0, *([1] if count > 1 else [])]
    if count > 2:
        # Behind the hub when not peered: packets get there through its firewall only.
        near.append(2)
    return rng.choice(range(count)) if draft.chance(0.1) else rng.choice(near)


def _is_peered(draft: Draft, left: int, right: int) -> bool:
    remote = draft.nets[right]["id"]
    declared = draft.nets[left]["properties"]["virtualNetworkPeerings"]
    return any(one["properties"]["remoteVirtualNetwork"]["id"] == remote for one in declared)


# Services


def _doors(draft: Draft) -> tuple[str, str]:
    """The public switch and the default action."""
    return draft.rng.choice(_DOORS)


def _services(draft: Draft) -> None:
    switch, default = _doors(draft)
    rules = {"defaultAction": default, "bypass": "AzureServices", "ipRules": [], "virtualNetworkRules": []}
    storage = shapes.make(
        "ml",
        "Microsoft.Storage/storageAccounts",
        "mlstore",
        {"publicNetworkAccess": switch, "networkAcls": rules, "privateEndpointConnections": []},
        sku={"name": "Standard_LRS", "tier": "Standard"},
        kind="StorageV2",
    )
    switch, default = _doors(draft)
    vault_own: Body = {
        "publicNetworkAccess": switch,
        "privateEndpointConnections": [],
        "sku": {"name": "standard"},
    }
    if draft.chance(0.8):
        vault_own["networkAcls"] = {**copy.deepcopy(rules), "defaultAction": default}
    vault = shapes.make("ml", "Microsoft.KeyVault/vaults", "mlvault", vault_own)
    switch, default = _doors(draft)
    registry = shapes.make(
        "ml",
        "Microsoft.ContainerRegistry/registries",
        "mlregistry",
        {
            "loginServer": "mlregistry.azurecr.io",
            "publicNetworkAccess": switch,
            "networkRuleSet": {"defaultAction": default, "ipRules": []},
            "networkRuleBypassOptions": "AzureServices",
            "dataEndpointEnabled": False,
            "privateEndpointConnections": [],
        },
        sku={"name": "Premium", "tier": "Premium"},
    )
    draft.services = [storage, vault, registry]
    draft.services.append(_workspace(draft, storage, vault, registry))
    draft.add(*draft.services)


def _workspace(draft: Draft, storage: Body, vault: Body, registry: Body) -> Body:
    own = {
        "workspaceId": GUID,
        "storageAccount": storage["id"],
        "keyVault": vault["id"],
        "containerRegistry": registry["id"],
        "publicNetworkAccess": _doors(draft)[0],
        "notebookInfo": {
            "fqdn": f"ml-ws-westeurope-{GUID}.westeurope.notebooks.azure.net",
            "resourceId": "0",
        },
        "privateEndpointConnections": [],
    }
    kind = "Microsoft.MachineLearningServices/workspaces"
    identity = {"type": "SystemAssigned"}
    return shapes.make(
        "ml", kind, "ml-ws", own, identity=identity, sku={"name": "Basic", "tier": "Basic"}, kind="Default"
    )


# The cluster


def _cluster(draft: Draft) -> None:
    subnets = ["nodes"] + (["more-nodes"] if draft.chance(0.25) else [])
    for name in subnets:
        draft.subnet(0, name)
    if draft.chance(0.1) and draft.nets[0]["properties"]["addressSpace"]["addressPrefixes"] == [
        "10.20.0.0/16"
    ]:
        draft.subnet(0, "nodes")["properties"]["addressPrefix"] = "10.20.64.0/18"
    elif draft.chance(0.2):
        draft.subnet(0, "nodes")["properties"]["addressPrefix"] = draft.rng.choice(
            ("10.20.0.0/27", "10.20.0.0/26")
        )
    mode: Body = dict(draft.rng.choice(_MODES))
    pools = [_pool(name, draft.subnet(0, name)["id"]) for name in subnets]
    if mode == {"networkPlugin": "azure"} and draft.chance(0.5):
        for pool in pools:
            pool["podSubnetID"] = draft.subnet(0, "pods")["id"]
    profile = {
        **mode,
        "outboundType": "loadBalancer",
        "loadBalancerSku": "standard",
        "serviceCidr": "172.20.0.0/16",
        "dnsServiceIP": "172.20.0.10",
    }
    own = {
        "nodeResourceGroup": "MC_ml_aks_westeurope",
        "privateFQDN": "aks-1.privatelink.westeurope.azmk8s.io",
        "apiServerAccessProfile": {
            "enablePrivateCluster": True,
            "privateDNSZone": "system",
            "enablePrivateClusterPublicFQDN": False,
        },
        "agentPoolProfiles": pools,
        "networkProfile": profile,
        "powerState": {"code": "Running"},
    }
    made = shapes.make(
        "ml", "Microsoft.ContainerService/managedClusters", "aks", own, identity={"type": "SystemAssigned"}
    )
    draft.add(made)
    attached = {"computeType": "Kubernetes", "resourceId": made["id"], "properties": {"namespace": "default"}}
    draft.add(shapes.child(draft.services[3], "computes", "k8s", attached))


def _pool(name: str, subnet_id: str) -> Body:
    return {
        "name": name.replace("-", ""),
        "mode": "System",
        "type": "VirtualMachineScaleSets",
        "vnetSubnetID": subnet_id,
        "powerState": {"code": "Running"},
        "provisioningState": "Succeeded",
    }


# Endpoints and zones


def members(ask: Ask) -> str:
    """The member that an interface names for a host."""
    return ask.member or {"vault": "default", "amlworkspace": "default"}.get(ask.subresource, ask.subresource)


def connect(draft: Draft, subnet: Body, found: list[Ask], name: str) -> Body:
    """An endpoint with its interface, known to its service; `found` are the hosts of one sub-resource."""
    made = shapes.endpoint("net", name, subnet["id"], found[0].target, found[0].subresource)
    service = next(one for one in draft.services if one["id"].lower() == found[0].target)
    made["properties"]["privateLinkServiceConnections"][0]["properties"]["privateLinkServiceId"] = service[
        "id"
    ]
    entries: list[tuple[str, str, list[str]]] = []
    for ask in found:
        shared = ask.host.startswith(f"{GUID}.") and entries
        where = entries[0][0] if shared else draft.next_address(subnet)
        if shared:
            entries[0][2].append(ask.host)
        else:
            entries.append((where, members(ask), [ask.host]))
    draft.add(made, shapes.interface("net", made, entries))
    listed = service["properties"].get("privateEndpointConnections")
    if listed is not None:
        listed.append(shapes.connection(made, "Approved"))
    return made


def where_is(draft: Draft, owner: Body, ask: Ask) -> str:
    """The address that an endpoint has for a host."""
    for nic in draft.of("networkInterfaces"):
        if nic["properties"]["privateEndpoint"]["id"] != owner["id"]:
            continue
        for entry in nic["properties"]["ipConfigurations"]:
            if ask.host in entry["properties"]["privateLinkConnectionProperties"]["fqdns"]:
                return str(entry["properties"]["privateIPAddress"])
    return "10.20.1.4"


def write_records(draft: Draft, owner: Body, found: list[Ask]) -> None:
    """The zone group of an endpoint and the records that it writes."""
    written: dict[str, list[tuple[str, str]]] = {}
    for ask in found:
        name = ask.alias.removesuffix(f".{ask.zone}")
        written.setdefault(ask.zone, []).append((name, where_is(draft, owner, ask)))
    zones = {one["name"]: one for one in draft.of("privateDnsZones")}
    for zone_name, records in written.items():
        for name, where in records:
            draft.add(shapes.record(zones[zone_name], name, [where]))
    draft.add(shapes.zone_group(owner, [(zones[name], records) for name, records in written.items()]))


def by_subresource(draft: Draft) -> list[list[Ask]]:
    """The hosts of each sub-resource together."""
    found: dict[str, list[Ask]] = {}
    for ask in draft.asks():
        found.setdefault(ask.subresource, []).append(ask)
    return list(found.values())


def _endpoints(draft: Draft, home: int) -> None:
    for name in sorted({ask.zone for ask in draft.asks()}):
        made = draft.add(shapes.zone("net", name))
        draft.add(shapes.soa(made))
        for net in draft.nets:
            if draft.chance(0.95):
                draft.add(shapes.link(made, net))
    subnet = draft.subnet(home, "endpoints")
    for found in by_subresource(draft):
        if draft.chance(0.88):
            owner = connect(draft, subnet, found, f"pe-{found[0].subresource}")
            write_records(draft, owner, found)


# What stands between


def add_firewall(draft: Draft, net: int) -> Body:
    """A firewall with its policy in a network; the one there is, when there is one."""
    found = draft.of("azureFirewalls")
    if found:
        return found[0]
    subnet = draft.subnet(net, "AzureFirewallSubnet")
    rules = draft.add(
        shapes.policy("net", "fw-policy", dnsSettings={"enableProxy": draft.chance(0.5), "servers": []})
    )
    if draft.chance(0.5):
        ranges = draft.rng.choice(
            (["255.255.255.255/32"], ["0.0.0.0/0"], ["IANAPrivateRanges"], ["10.20.0.0/16"])
        )
        rules["properties"]["snat"] = {"privateRanges": ranges, "autoLearnPrivateRanges": "Disabled"}
    application = [shapes.collection(200, "Allow", [shapes.application_rule(["*"], ["*"])])]
    if draft.chance(0.6):
        draft.add(shapes.collections(rules, "app", 300, application))
    if draft.chance(0.6):
        ports = draft.rng.choice((["443", "445"], ["*"], ["53"]))
        passing = shapes.network_rule(["10.0.0.0/8"], ["*"], ports, ["TCP", "UDP"])
        draft.add(shapes.collections(rules, "net", 200, [shapes.collection(200, "Allow", [passing])]))
    return draft.add(shapes.firewall("net", "fw", subnet["id"], draft.next_address(subnet), rules))


def address_of(firewall: Body) -> str:
    """The private address of a firewall."""
    return str(firewall["properties"]["ipConfigurations"][0]["properties"]["privateIPAddress"])


def _place(subnet: Body) -> str:
    """Network and subnet in one word."""
    parts = subnet["id"].split("/")
    return f"{parts[-3]}-{parts[-1]}"


def table_of(draft: Draft, subnet: Body) -> Body:
    """The route table of a subnet, made when it has none."""
    wanted = (subnet["properties"].get("routeTable") or {}).get("id")
    for one in draft.of("routeTables"):
        if one["id"] == wanted:
            return one
    made = draft.add(shapes.route_table("net", f"rt-{_place(subnet)}"))
    subnet["properties"]["routeTable"] = {"id": made["id"]}
    return made


def group_of(draft: Draft, subnet: Body) -> Body:
    """The security group of a subnet, made when it has none."""
    wanted = (subnet["properties"].get("networkSecurityGroup") or {}).get("id")
    for one in draft.of("networkSecurityGroups"):
        if one["id"] == wanted:
            return one
    made = draft.add(shapes.security_group("net", f"nsg-{_place(subnet)}"))
    subnet["properties"]["networkSecurityGroup"] = {"id": made["id"]}
    return made


def pod_subnets(draft: Draft) -> list[Body]:
    """The subnets that pods or nodes have addresses of."""
    return [
        one
        for one in draft.nets[0]["properties"]["subnets"]
        if one["name"] in ("nodes", "more-nodes", "pods")
    ]


def _between(draft: Draft, home: int) -> None:
    hub = min(1, len(draft.nets) - 1)
    behind = home == 2 and not _is_peered(draft, 0, 2)
    for subnet in pod_subnets(draft):
        if draft.chance(0.5):
            group_of(draft, subnet)
        if draft.chance(0.8 if behind else 0.3):
            firewall = add_firewall(draft, hub)
            prefix = draft.rng.choice(("0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/1", "10.0.0.0/8"))
            shapes.route(table_of(draft, subnet), prefix, "VirtualAppliance", address_of(firewall))
    own = draft.subnet(home, "endpoints")
    own["properties"]["privateEndpointNetworkPolicies"] = draft.rng.choice(
        (*_POLICIES, "Disabled", "Disabled")
    )
    if draft.chance(0.5):
        group_of(draft, own)


# Finish


def _take_out(draft: Draft) -> None:
    """Show some children as resources of their own, as an inventory does."""
    draft.bodies = [one for one in draft.bodies if one["id"] not in draft.unread]
    for net in draft.nets:
        own = net["properties"]
        own["subnets"] = [one for one in own["subnets"] if one["id"] not in draft.unread]
    for number, one in enumerate(draft.all_subnets()):
        if draft.chance(0.15):
            whole = IPv4Network(one["properties"].pop("addressPrefix"))
            halves = [str(half) for half in whole.subnets()]
            one["properties"]["addressPrefixes"] = draft.rng.choice(
                ([str(whole)], halves, [str(whole), f"fd00:0:0:{number}::/64"])
            )
    for net in draft.of("virtualNetworks"):
        for key in ("subnets", "virtualNetworkPeerings"):
            if draft.chance(0.15):
                draft.bodies += net["properties"].get(key) or []
                net["properties"][key] = []
    for group in draft.of("networkSecurityGroups"):
        if draft.chance(0.1):
            draft.bodies += group["properties"]["securityRules"]
            group["properties"]["securityRules"] = []


def _count_records(draft: Draft) -> None:
    """Zones say how many record sets and links they have."""
    for one in draft.of("privateDnsZones"):
        under = [body for body in draft.bodies if body["id"].startswith(f"{one['id']}/")]
        links = [body for body in under if "/virtualNetworkLinks/" in body["id"]]
        one["properties"]["numberOfVirtualNetworkLinks"] = len(links)
        one["properties"]["numberOfRecordSets"] = (len(under) - len(links)) or 3


def _shout(draft: Draft) -> None:
    """Some ids come back in another case, those of the resources and those that they name."""
    if draft.chance(0.3):
        draft.bodies = [_other_case(draft, one) for one in draft.bodies]
    for one in draft.of("virtualNetworkPeerings") + draft.services:
        if draft.chance(0.1) and "location" in one:
            one["location"] = "West Europe" if one["location"] == "westeurope" else one["location"]


def _other_case(draft: Draft, value: Any) -> Any:
    """The same JSON with some of its ids in capitals, or with `resourcegroups` in lower case."""
    if isinstance(value, dict):
        return {key: _other_case(draft, one) for key, one in value.items()}
    if isinstance(value, list):
        return [_other_case(draft, one) for one in value]
    if isinstance(value, str) and value.startswith("/subscriptions/") and draft.chance(0.15):
        return draft.rng.choice((value.upper(), value.replace("resourceGroups", "resourcegroups")))
    return value


def healthy(rng: random.Random) -> Draft:
    """An environment that mostly works."""
    draft = Draft(rng)
    home = _networks(draft)
    _services(draft)
    _cluster(draft)
    _endpoints(draft, home)
    _between(draft, home)
    return draft


def environment(rng: random.Random) -> list[Body]:
    """A random environment, as a list of ARM resources."""
    from .mutations import THEMES
    from .mutations.doors import by_identity
    from .mutations.endpoints import never_connected

    draft = healthy(rng)
    if draft.chance(0.16):
        by_identity(draft)
    if draft.chance(0.12):
        never_connected(draft)
    themes = rng.sample(THEMES, 2)
    for _ in range(rng.choice((0, 1, 2, 2, 3, 3, 4, 5, 6))):
        theme = themes[0] if draft.chance(0.7) else themes[1]
        rng.choice(theme)(draft)
    _take_out(draft)
    _count_records(draft)
    _shout(draft)
    made: list[Body] = copy.deepcopy(draft.bodies)
    return made


def environments() -> st.SearchStrategy[list[Body]]:
    """The same as a strategy for properties; a failing seed is shrunk by dropping resources, not here."""

    def build(seed: int) -> list[Any]:
        return environment(random.Random(seed))

    return st.integers(min_value=0, max_value=2**32 - 1).map(build)
