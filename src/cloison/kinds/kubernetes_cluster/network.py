"""A cluster's network profile: which plugin, which prefixes, which way out.

Sources: REST reference 2021-05-01, ContainerServiceNetworkProfile: podCidr, serviceCidr, dnsServiceIP,
loadBalancerSku; azure-rest-api-specs pull request 30845 (2024-10): the plugin's default depends on the
Kubernetes version; Microsoft Learn, AKS CNI networking overview; checked 2026-11-24.
"""

from __future__ import annotations

import re

import msgspec

from cloison.kinds._pools import AgentPool
from cloison.kinds._read import either, lower, mapped
from cloison.model.body import Body
from cloison.model.facts import Default, Fact, Known, Origin, Unknown
from cloison.model.network import SourceMode

PROFILE = "REST reference 2021-05-01, ContainerServiceNetworkProfile; checked 2026-11-24"
POD_CIDR = Default("10.244.0.0/16", PROFILE)
SERVICE_CIDR = Default("10.0.0.0/16", PROFILE)
DNS_SERVICE = Default("10.0.0.10", PROFILE)
OUTBOUND = Default(
    "loadBalancer", "Microsoft Learn, Customize cluster egress with outbound types; checked 2026-11-24"
)
STANDARD = Default("standard", PROFILE)
NO_MODE = Default(
    "", "REST reference 2023-05-01, networkPluginMode: only overlay is named; checked 2026-11-24"
)
PLUGIN_BY_VERSION = (
    "azure-rest-api-specs pull request 30845: kubenet before 1.30, then overlay; checked 2026-11-24"
)
OVERLAY_SINCE = (1, 30)
AZURE_DATAPLANE = Default("azure", "REST reference 2024-09-01, networkDataplane: azure; checked 2026-11-24")
EITHER_WAY = (
    "kubenet and overlay, the two defaults of networkPlugin, both leave with the node's address; "
    "Microsoft Learn, AKS CNI networking overview; checked 2026-11-24"
)


class ClusterNetwork(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a cluster's network profile."""

    plugin: Fact[str]
    """`azure`, `kubenet` or `none`."""
    mode: Fact[str]
    """`overlay`, or '' for none."""
    dataplane: Fact[str]
    """`azure` or `cilium`."""
    policy: Fact[str]
    """`calico`, `azure`, `cilium`, or '' for none."""
    outbound: Fact[str]
    """`loadbalancer`, `managednatgateway`, `userassignednatgateway`, `userdefinedrouting`, `none` or `block`."""
    load_balancer: Fact[str]
    """`standard` or `basic`."""
    pod_prefixes: Fact[tuple[str, ...]]
    """CIDR blocks of pods; () when pods take addresses of a subnet."""
    service_prefixes: Fact[tuple[str, ...]]
    dns_service: Fact[str]
    """Address of the cluster's own DNS service."""


def cluster_network(body: Body) -> ClusterNetwork:
    """The profile of one cluster's body."""
    net = body.at("properties/networkProfile")
    plugin, mode = _plugin(body, net), _mode(body, net)
    return ClusterNetwork(
        plugin=plugin,
        mode=mode,
        dataplane=lower(net.at("networkDataplane").text(AZURE_DATAPLANE)),
        policy=mapped(
            lower(net.at("networkPolicy").text(Default("", PROFILE))),
            lambda text: "" if text == "none" else text,
        ),
        outbound=lower(net.at("outboundType").text(OUTBOUND)),
        load_balancer=lower(net.at("loadBalancerSku").text(STANDARD)),
        pod_prefixes=_pod_prefixes(net),
        service_prefixes=_prefixes(net, "serviceCidr", "serviceCidrs", SERVICE_CIDR),
        dns_service=net.at("dnsServiceIP").text(DNS_SERVICE),
    )


def source_mode(body: Body, pool: AgentPool) -> Fact[SourceMode]:
    """Which address a packet from the pool's pods carries.

    Known also where the plugin is left out, as both of its defaults mean the node's.
    """
    own = pool.pod_subnet
    if isinstance(own, Known) and own.value is not None:
        return Known(SourceMode.POD_IN_POD_SUBNET, own.cite)
    net = body.at("properties/networkProfile")
    mode = _stated_mode(net)
    if isinstance(mode, Known) and mode.value is SourceMode.POD_IN_NODE_SUBNET and isinstance(own, Unknown):
        return own
    return mode


def _stated_mode(net: Body) -> Fact[SourceMode]:
    place = net.at("networkPlugin")
    if place.is_absent and place.partial is None:
        return Known(SourceMode.NODE, place.cite(Origin.DEFAULT, EITHER_WAY))
    plugin, mode = lower(place.text()), lower(net.at("networkPluginMode").text(NO_MODE))
    if isinstance(plugin, Unknown):
        return plugin
    if plugin.value == "kubenet":
        return Known(SourceMode.NODE, plugin.cite)
    if plugin.value != "azure":
        text = (
            f"networkPlugin of {place.resource.name} is {plugin.value}, so its pods' addresses are not told"
        )
        return Unknown(text, "say which network plugin the cluster runs", plugin.cite)
    if isinstance(mode, Unknown):
        return mode
    if mode.value == "overlay":
        return Known(SourceMode.NODE, mode.cite)
    return Known(SourceMode.POD_IN_NODE_SUBNET, plugin.cite)


def _plugin(body: Body, net: Body) -> Fact[str]:
    place = net.at("networkPlugin")
    if not place.is_absent or place.partial is not None:
        return lower(place.text())
    overlay = _overlay_by_version(body)
    return mapped(overlay, lambda yes: "azure" if yes else "kubenet")


def _mode(body: Body, net: Body) -> Fact[str]:
    place = net.at("networkPluginMode")
    if not (place.is_absent and net.at("networkPlugin").is_absent) or place.partial is not None:
        return lower(place.text(NO_MODE))
    return mapped(_overlay_by_version(body), lambda yes: "overlay" if yes else "")


def _overlay_by_version(body: Body) -> Fact[bool]:
    """Whether a cluster without a stated plugin gets overlay. Not known of a deployed one: versions move on."""
    place = body.at("properties/kubernetesVersion")
    stated = place.text(Default("", PLUGIN_BY_VERSION))
    if isinstance(stated, Unknown):
        return stated
    numbers = tuple(int(part) for part in re.findall(r"\d+", stated.value)[:2])
    if not body.planned:
        text = f"networkPlugin of {body.resource.name} is not in the input, and its default has changed"
        return Unknown(text, f"add networkProfile of {body.resource.text}", place.cite())
    newest = not numbers
    return Known(newest or numbers >= OVERLAY_SINCE, place.cite(Origin.DEFAULT, PLUGIN_BY_VERSION))


def _pod_prefixes(net: Body) -> Fact[tuple[str, ...]]:
    mode = _stated_mode(net)
    if isinstance(mode, Unknown):
        return mode
    if mode.value is SourceMode.POD_IN_NODE_SUBNET:
        return Known((), mode.cite)
    return _prefixes(net, "podCidr", "podCidrs", POD_CIDR)


def _prefixes(net: Body, one: str, many: str, default: Default[str]) -> Fact[tuple[str, ...]]:
    found = either(net, one, many, PROFILE)
    if isinstance(found, Unknown) or found.value:
        return found
    return mapped(net.at(one).text(default), lambda text: (text,))
