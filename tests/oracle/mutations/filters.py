"""Security groups and firewalls that are not as they should be."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

from tests.oracle import shapes
from tests.oracle.arm import Body
from tests.oracle.environments import Draft, add_firewall, address_of, group_of, pod_subnets, table_of

_TAGS = (
    "VirtualNetwork",
    "VirtualNetwork",
    "Internet",
    "AzureLoadBalancer",
    "Storage",
    "Storage.WestEurope",
    "Storage.NorthEurope",
    "AzureCloud",
    "AzureKeyVault",
    "AzureMachineLearning",
    "AzureContainerRegistry",
    "Sql",
    "20.0.0.0/8",
    "::/0",
    "AzurePlatformDNS",
)


def _cut(draft: Draft, subnet: Body) -> str:
    """A subnet, or a part of it."""
    whole = IPv4Network(subnet["properties"]["addressPrefix"])
    parts = [whole, *whole.subnets(prefixlen_diff=1), *whole.subnets(prefixlen_diff=2)]
    return str(draft.rng.choice(parts))


def owned_address(draft: Draft) -> str:
    """An address of some endpoint."""
    nic = draft.some("networkInterfaces")
    return (
        str(nic["properties"]["ipConfigurations"][0]["properties"]["privateIPAddress"])
        if nic
        else "10.20.1.4"
    )


def _endpoint_subnets(draft: Draft) -> list[Body]:
    return [one for one in draft.all_subnets() if one["name"] in ("endpoints", "other-endpoints")]


def _some_prefix(draft: Draft, side: str) -> str:
    """A prefix that cuts through, covers or misses what packets have on that side."""
    kind = draft.rng.choice(("all", "near", "near", "near", "tag", "any"))
    if kind == "all":
        return draft.rng.choice(("*", "0.0.0.0/0", "10.0.0.0/8"))
    if kind == "tag":
        return draft.rng.choice(_TAGS)
    if kind == "any":
        return _cut(draft, draft.rng.choice(draft.all_subnets()))
    if side == "source":
        return _cut(draft, draft.rng.choice(pod_subnets(draft)))
    return draft.rng.choice((owned_address(draft), _cut(draft, draft.rng.choice(_endpoint_subnets(draft)))))


def _several_prefixes(draft: Draft, side: str) -> Body:
    if draft.chance(0.75):
        return {f"{side}AddressPrefix": _some_prefix(draft, side)}
    return {
        f"{side}AddressPrefixes": [_some_prefix(draft, side), _some_prefix(draft, side)],
        f"{side}AddressPrefix": None,
    }


def put_rule(group: Body, priority: int, direction: str, access: str, **own: Any) -> None:
    """A rule, unless its priority is taken."""
    listed = group["properties"]["securityRules"]
    taken = {(one["properties"]["priority"], one["properties"]["direction"]) for one in listed}
    if (priority, direction) not in taken:
        made = shapes.rule(group, priority, direction, access, **own)
        made["properties"] = {key: value for key, value in made["properties"].items() if value is not None}


def _rule(draft: Draft, group: Body, usual: str) -> None:
    priority = draft.rng.randint(100, 4000)
    direction = usual if draft.chance(0.85) else draft.rng.choice(("Outbound", "Inbound"))
    ports = draft.rng.choice(
        (
            {"destinationPortRange": "443"},
            {"destinationPortRange": "400-450"},
            {},
            {},
            {"destinationPortRange": None, "destinationPortRanges": ["53", "445", "1-100"]},
        )
    )
    own: Body = {"protocol": draft.rng.choice(("*", "Tcp", "Udp", "*")), **ports}
    own |= {**_several_prefixes(draft, "source"), **_several_prefixes(draft, "destination")}
    groups = draft.of("applicationSecurityGroups")
    if groups and draft.chance(0.5):
        side = draft.rng.choice(("source", "destination"))
        own[f"{side}AddressPrefix"] = None
        own[f"{side}AddressPrefixes"] = []
        own[f"{side}ApplicationSecurityGroups"] = [{"id": draft.rng.choice(groups)["id"]}]
    if draft.chance(0.15):
        own["sourcePortRange"] = draft.rng.choice(("1024-65535", "0-65535", "40000"))
    put_rule(group, priority, direction, draft.rng.choice(("Allow", "Deny", "Deny")), **own)


def source_rules(draft: Draft) -> None:
    group = group_of(draft, draft.rng.choice(pod_subnets(draft)))
    for _ in range(draft.rng.randint(1, 3)):
        _rule(draft, group, "Outbound")


def rival_rules(draft: Draft) -> None:
    """Two rules that both take in the packets to some endpoint, and say the opposite."""
    pods = draft.rng.choice(pod_subnets(draft))
    where, direction = pods, "Outbound"
    if draft.chance(0.4):
        where, direction = draft.rng.choice(_endpoint_subnets(draft)), "Inbound"
        where["properties"]["privateEndpointNetworkPolicies"] = "Enabled"
    group = group_of(draft, where)
    for access in ("Allow", "Deny"):
        put_rule(
            group,
            draft.rng.randint(100, 4000),
            direction if draft.chance(0.8) else draft.rng.choice(("Outbound", "Inbound")),
            access,
            sourceAddressPrefix=draft.rng.choice(("*", "VirtualNetwork", _cut(draft, pods))),
            destinationAddressPrefix=draft.rng.choice(
                ("*", "10.0.0.0/8", owned_address(draft), "VirtualNetwork")
            ),
            destinationPortRange=draft.rng.choice(("*", "443", "445", "440-450", "53")),
            protocol=draft.rng.choice(("*", "Tcp", "Udp")),
        )


def endpoint_rules(draft: Draft) -> None:
    own = [one for one in draft.all_subnets() if one["name"] in ("endpoints", "other-endpoints")]
    subnet = draft.rng.choice(own)
    subnet["properties"]["privateEndpointNetworkPolicies"] = draft.rng.choice(
        ("NetworkSecurityGroupEnabled", "Enabled")
    )
    for _ in range(draft.rng.randint(1, 3)):
        _rule(draft, group_of(draft, subnet), "Inbound")


def resolver_rules(draft: Draft) -> None:
    """Rules and routes at the subnets of a resolver."""
    for subnet in draft.all_subnets():
        if subnet["name"] == "resolver":
            _rule(draft, group_of(draft, subnet), "Inbound")
        if subnet["name"] == "resolver-out" and draft.chance(0.5):
            _rule(draft, group_of(draft, subnet), "Outbound")
        elif subnet["name"] == "resolver-out" and not table_of(draft, subnet)["properties"]["routes"]:
            firewall = add_firewall(draft, min(1, len(draft.nets) - 1))
            shapes.route(table_of(draft, subnet), "10.0.0.0/8", "VirtualAppliance", address_of(firewall))


def endpoint_policy(draft: Draft) -> None:
    own = _endpoint_subnets(draft)
    values = ("Disabled", "NetworkSecurityGroupEnabled", "RouteTableEnabled", "Enabled")
    draft.rng.choice(own)["properties"]["privateEndpointNetworkPolicies"] = draft.rng.choice(values)


def group_unread(draft: Draft) -> None:
    found = draft.some("networkSecurityGroups")
    if found and draft.chance(0.5):
        draft.drop(found)


def application_groups(draft: Draft) -> None:
    """Application security groups of nodes and endpoints, with rules that name them."""
    if not draft.of("applicationSecurityGroups"):
        for name in ("asg-a", "asg-b"):
            draft.add(shapes.make("net", "Microsoft.Network/applicationSecurityGroups", name, {}))
    first, second = draft.of("applicationSecurityGroups")
    for pool in draft.cluster["properties"]["agentPoolProfiles"]:
        if draft.chance(0.7):
            pool["networkProfile"] = {"applicationSecurityGroups": [first["id"]]}
    for owner in draft.of("privateEndpoints"):
        if draft.chance(0.6):
            owner["properties"]["applicationSecurityGroups"] = [
                {"id": draft.rng.choice((first, second))["id"]}
            ]
    source_rules(draft)
    if draft.chance(0.5):
        endpoint_rules(draft)
    if draft.chance(0.6):
        _pool_beside(draft)
        for pool in draft.cluster["properties"]["agentPoolProfiles"]:
            pool.pop("podSubnetID", None)
        draft.cluster["properties"]["networkProfile"].update(
            networkPlugin="azure", networkPluginMode="overlay"
        )


def _pool_beside(draft: Draft) -> None:
    """A second pool in the subnet of the first, in other groups or in none."""
    pools = draft.cluster["properties"]["agentPoolProfiles"]
    made = {key: value for key, value in pools[0].items() if key != "networkProfile"}
    if draft.chance(0.5):
        groups = draft.of("applicationSecurityGroups")
        made["networkProfile"] = {"applicationSecurityGroups": [draft.rng.choice(groups)["id"]]}
    if "beside" not in {one["name"] for one in pools}:
        pools.append({**made, "name": "beside"})


# Firewalls


def firewall_rules(draft: Draft) -> None:
    """Random rules in the policy of the firewall."""
    add_firewall(draft, min(1, len(draft.nets) - 1))
    rules = draft.some("firewallPolicies")
    if not rules:
        return
    ask = draft.rng.choice(draft.asks())
    fqdns = draft.rng.choice(
        ([ask.host], [f"*.{ask.host.partition('.')[2]}"], ["*"], ["example.com"], ["*azurecr.io"])
    )
    application = shapes.application_rule([_plain(draft, "source")], fqdns, draft.rng.choice((443, 443, 445)))
    if draft.chance(0.15):
        application["protocols"] = [{"protocolType": "Http", "port": draft.rng.choice((80, 443))}]
    if draft.chance(0.1):
        application["targetFqdns"], application["fqdnTags"] = [], [draft.rng.choice(_FQDN_TAGS)]
    passing = shapes.network_rule(
        [_plain(draft, "source")],
        [_plain(draft, "destination")],
        draft.rng.choice((["443"], ["*"], ["53", "445"])),
        ["TCP"],
    )
    if draft.chance(0.2):
        passing["ipProtocols"] = ["Any"]
    if draft.chance(0.2):
        passing["destinationFqdns"], passing["destinationAddresses"] = [ask.host], []
    if draft.chance(0.3):
        own = draft.add(
            shapes.make(
                "net",
                "Microsoft.Network/ipGroups",
                draft.fresh("ips"),
                {"ipAddresses": [_plain(draft, "source")]},
            )
        )
        passing["sourceIpGroups"], passing["sourceAddresses"] = [own["id"]], []
        if draft.chance(0.3):
            draft.drop(own)
    name = draft.fresh("more")
    action = draft.rng.choice(("Allow", "Deny"))
    chosen = draft.rng.choice(([application], [passing]))
    made = shapes.collections(
        rules, name, draft.rng.randint(101, 900), [shapes.collection(150, action, chosen)]
    )
    draft.add(made)


_FQDN_TAGS = ("AzureKubernetesService", "WindowsUpdate", "AzureBackup")


def _plain(draft: Draft, side: str) -> str:
    """A prefix as firewalls know them: no tags of networks."""
    found = _some_prefix(draft, side)
    ours = ("VirtualNetwork", "Internet", "AzureLoadBalancer", "AzurePlatformDNS", "::/0")
    return found if found not in ours else "*"


def firewall_sources(draft: Draft) -> None:
    """The only rule of the firewall takes in a part of the pods."""
    add_firewall(draft, min(1, len(draft.nets) - 1))
    found = draft.some("firewallPolicies")
    if not found:
        return
    for one in list(draft.of("firewallPolicies/ruleCollectionGroups")):
        draft.drop(one)
    found["properties"]["ruleCollectionGroups"] = []
    sources = [_cut(draft, draft.rng.choice(pod_subnets(draft)))]
    rule = draft.rng.choice(
        (
            shapes.application_rule(sources, ["*"]),
            shapes.network_rule(sources, ["*"], ["*"], ["TCP", "UDP"]),
        )
    )
    name = draft.fresh("only")
    draft.add(shapes.collections(found, name, 300, [shapes.collection(150, "Allow", [rule])]))


def firewall_unread(draft: Draft) -> None:
    found = draft.some(draft.rng.choice(("firewallPolicies/ruleCollectionGroups", "firewallPolicies")))
    if found and draft.chance(0.5):
        draft.drop(found)


def firewall_snat(draft: Draft) -> None:
    rules = draft.some("firewallPolicies")
    if rules:
        ranges = draft.rng.choice(
            (["255.255.255.255/32"], ["0.0.0.0/0"], ["10.21.0.0/16", "IANAPrivateRanges"])
        )
        rules["properties"]["snat"] = {"privateRanges": ranges}
