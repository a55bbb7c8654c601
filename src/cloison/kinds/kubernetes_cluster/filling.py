"""What Azure fills into a cluster's body: names, groups, states, and the settings that nobody made.

Sources: REST reference of Microsoft.ContainerService 2020-03-01 to 2024-09-01; exchanges recorded by azure-cli
(2020-2022) and azure-service-operator (2023-2024), from which the API versions in `SINCE` come; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cloison.arm.clouds import cloud_of_region
from cloison.arm.ids import ResourceId
from cloison.kinds import _agent_pools
from cloison.kinds.kubernetes_cluster import surroundings
from cloison.kinds.kubernetes_cluster.network import OVERLAY_SINCE
from cloison.model.behaviour import Chance, Json, laid, look, merged

TYPE = "Microsoft.ContainerService/managedClusters"
VERSION = "1.33"
"""Where a request names none. A guess: the newest version that was generally available when this was written."""
POOLS = "properties/agentPoolProfiles"
NET = "properties/networkProfile"
SINCE: Mapping[str, str] = {
    **_agent_pools.below(f"{POOLS}/*"),
    "eTag": "2024-04-02-preview",
    "kind": "2024-04-02-preview",
    "properties/aadProfile/adminUsers": "2020-11-01",
    "properties/apiServerAccessProfile/enablePrivateClusterPublicFQDN": "2021-05-01",
    "properties/apiServerAccessProfile/privateDNSZone": "2020-11-01",
    "properties/autoUpgradeProfile/nodeOSUpgradeChannel": "2023-06-01",
    "properties/azurePortalFQDN": "2020-11-01",
    "properties/bootstrapProfile": "2024-04-02-preview",
    "properties/currentKubernetesVersion": "2022-01-01",
    "properties/metricsProfile": "2023-11-02-preview",
    f"{NET}/ipFamilies": "2021-10-01",
    f"{NET}/loadBalancerProfile/backendPoolType": "2022-08-02-preview",
    f"{NET}/networkDataplane": "2023-02-02-preview",
    f"{NET}/networkPluginMode": "2022-09-02-preview",
    f"{NET}/networkPolicy": "2023-11-02-preview",
    f"{NET}/podCidrs": "2021-10-01",
    f"{NET}/serviceCidrs": "2021-10-01",
    "properties/nodeProvisioningProfile": "2023-11-02-preview",
    "properties/oidcIssuerProfile": "2022-06-01",
    "properties/powerState": "2020-11-01",
    "properties/resourceUID": "2023-10-01",
    "properties/securityProfile": "2022-01-01",
    "properties/storageProfile": "2022-01-01",
    "properties/supportPlan": "2023-08-01",
    "properties/workloadAutoScalerProfile": "2022-05-01",
}
UNTIL: Mapping[str, str] = {f"{NET}/dockerBridgeCidr": "2023-02-02-preview"}
STABLE: Mapping[str, str] = {
    **_agent_pools.stable(f"{POOLS}/*"),
    "properties/oidcIssuerProfile": "2022-09-01",
    "properties/storageProfile/diskCSIDriver/version": "",
    "properties/workloadAutoScalerProfile": "2023-01-01",
    # Not in 2024-09-01, but in 2026-05-01; the versions between were not looked at.
    **dict.fromkeys(
        ("kind", "properties/bootstrapProfile", "properties/nodeProvisioningProfile"), "2025-01-01"
    ),
}
HOLLOW: Mapping[str, str] = {"properties/autoUpgradeProfile": "2023-01-01"}
_KEPT = (
    "dnsPrefix",
    "nodeResourceGroup",
    "kubernetesVersion",
    "servicePrincipalProfile",
    "windowsProfile",
    "oidcIssuerProfile",
)
"""What stays where a later request leaves it out."""
_EMPTY_MEANS_NONE = ("authorizedIPRanges",)


GIVEN_LATER = (
    "eTag",
    f"{POOLS}/*/eTag",
    "properties/identityProfile",
    f"{NET}/loadBalancerProfile/effectiveOutboundIPs",
    f"{NET}/natGatewayProfile/effectiveOutboundIPs",
    "properties/privateLinkResources/*/id",
)
"""What a new cluster's first answer does not tell yet."""
WINDOWS_API = "2022-01-01"
"""Before it, clusters told no settings for Windows that nobody made."""
OLD_API = "2020-09-01"
"""Before it, pools told their labels even where they have none."""


def filled(
    id: ResourceId, body: Json, old: Json | None, tenant: str, chance: Chance, api_version: str = ""
) -> Json:
    """The body with what it does not say."""
    body = {name: value for name, value in pruned(body).items() if name.lower() != "etag"}
    old_api = "" < api_version < OLD_API
    before = (old or {}).get("properties") or {}
    told = body["properties"]
    properties = {**{name: before[name] for name in _KEPT if name in before}, **told}
    region = str(body["location"])
    _named(id, properties, region, chance)
    network = _network(
        dict(properties.get("networkProfile") or {}), before, str(properties["kubernetesVersion"])
    )
    properties["networkProfile"] = network
    version, etag = str(properties["kubernetesVersion"]), chance.guid("etag", str(id))
    properties["agentPoolProfiles"] = [
        {**_agent_pools.filled(pool, network, version, "System", old_api=old_api), "eTag": etag}
        for pool in properties["agentPoolProfiles"]
    ]
    if isinstance(before.get("storageProfile"), dict):
        properties["storageProfile"] = merged(
            before["storageProfile"], properties.get("storageProfile") or {}
        )
    _settings(properties, network, tenant, api_version)
    properties |= _hosts(id, properties, region, chance)
    if body.get("identity"):
        properties.setdefault("servicePrincipalProfile", {"clientId": "msi"})
        properties.setdefault("identityProfile", {"kubeletidentity": kubelet(id, properties, chance)})
    issuer = properties["oidcIssuerProfile"]
    if issuer.get("enabled"):
        own = f"https://{region}.oic.prod-aks.azure.com/{tenant}/{chance.guid('issuer', str(id))}/"
        properties["oidcIssuerProfile"] = {"issuerURL": own, **issuer}
    return {"kind": "Base", **body, "properties": properties, "eTag": etag}


def pruned(body: Json) -> Json:
    """The body without empty lists, and without maps that are answered only where they hold something."""
    told = {name: _listed(value) for name, value in body["properties"].items()}
    properties = {name: value for name, value in told.items() if name != "addonProfiles" or value}
    return {
        name: value for name, value in {**body, "properties": properties}.items() if name != "tags" or value
    }


def _listed(value: Any) -> Any:
    """A value without empty lists."""
    if isinstance(value, dict):
        return {name: _listed(inner) for name, inner in value.items() if inner != []}
    return [_listed(inner) for inner in value] if isinstance(value, list) else value


def _named(id: ResourceId, properties: Json, region: str, chance: Chance) -> None:
    """Version, names and numbers that Azure gives."""
    properties["kubernetesVersion"] = version = properties.get("kubernetesVersion") or VERSION
    patch = version if version.count(".") == 2 else f"{version}.5"
    properties.setdefault("dnsPrefix", f"{id.name}-{id.resource_group}"[:54])
    properties.setdefault("nodeResourceGroup", f"MC_{id.text.split('/')[4]}_{id.name}_{region}")
    properties.setdefault("powerState", {"code": "Running"})
    if not str(properties.get("currentKubernetesVersion", "")).startswith(version):
        properties["currentKubernetesVersion"] = patch
    properties.setdefault("resourceUID", chance.guid("uid", str(id)).replace("-", "")[:24])


def _settings(properties: Json, network: Json, tenant: str, api_version: str) -> None:
    """Settings of the cluster that nobody made."""
    on: Json = {"enabled": True}
    storage = {"diskCSIDriver": {**on, "version": "v1"}, "fileCSIDriver": on, "snapshotController": on}
    properties["storageProfile"] = merged(storage, properties.get("storageProfile") or {})
    upgrade = {"nodeOSUpgradeChannel": "NodeImage", **(properties.get("autoUpgradeProfile") or {})}
    properties["autoUpgradeProfile"] = upgrade
    properties.setdefault("securityProfile", {})
    properties.setdefault("workloadAutoScalerProfile", {})
    properties.setdefault("metricsProfile", {"costAnalysis": {"enabled": False}})
    properties.setdefault("nodeProvisioningProfile", {"mode": "Manual"})
    properties.setdefault("bootstrapProfile", {"artifactSource": "Direct"})
    properties["oidcIssuerProfile"] = {"enabled": False, **(properties.get("oidcIssuerProfile") or {})}
    if network["networkPlugin"] != "kubenet" and not "" < api_version < WINDOWS_API:
        # Nodes with Windows can be added to such a cluster.
        windows = {"adminUsername": "azureuser", "enableCSIProxy": True}
        properties["windowsProfile"] = {**windows, **(properties.get("windowsProfile") or {})}
    directory = properties.get("aadProfile")
    if isinstance(directory, dict) and directory:
        none = {"adminUsers": None, "tenantID": tenant}
        of_old = {} if directory.get("managed") else {"adminGroupObjectIDs": None}
        properties["aadProfile"] = {**none, **of_old, **directory}
    for pointer, empty in NAMELESS.items():
        if look(properties, f"{pointer.rpartition('/')[0]}/enabled"):
            told = look(properties, pointer)
            properties |= laid(properties, pointer, empty if told is None else told)
    for addon in (properties.get("addonProfiles") or {}).values():
        if isinstance(addon, dict):
            addon.setdefault("config", None)


NAMELESS = {
    "ingressProfile/webAppRouting/dnsZoneResourceId": "",
    "windowsProfile/gmsaProfile/dnsServer": "",
    "windowsProfile/gmsaProfile/rootDomainName": "",
}
"""What is answered where what it belongs to is switched on, and nobody names it."""
ALWAYS_PAST = ("localhost", "127.0.0.1", "168.63.129.16", "169.254.169.254", "konnectivity")
"""What nodes ask without the proxy. Source: Microsoft Learn, HTTP proxy support in AKS; recorded by azure-cli."""


def past_proxy(body: Json, spaces: Iterable[str]) -> Json:
    """The body with everything that nodes ask without their proxy: they have to reach each other and the API server.

    spaces: prefixes of the network that the nodes stand in.
    """
    properties = body["properties"]
    proxy = properties.get("httpProxyConfig")
    if not isinstance(proxy, dict) or not (proxy.get("httpProxy") or proxy.get("httpsProxy")):
        return body
    network = properties["networkProfile"]
    hosts = (properties.get("privateFQDN"), properties.get("fqdn"))
    prefixes = (network.get("podCidr"), network.get("serviceCidr"))
    every = [*proxy.get("noProxy", ()), *spaces, *ALWAYS_PAST, *hosts, *prefixes]
    past = list(dict.fromkeys(one for one in every if one))
    return {
        **body,
        "properties": {
            **properties,
            "httpProxyConfig": {**proxy, "noProxy": past, "effectiveNoProxy": past},
        },
    }


SECOND = {"podCidrs": "fd12:3456:789a::/64", "serviceCidrs": "fd12:3456:789b::/108"}
"""Prefixes of the second family. A guess: Azure draws them."""


def _network(profile: Json, before: Json, version: str) -> Json:
    """The network profile: prefixes of pods where they do not take addresses of a subnet, and the way out."""
    if not profile.get("networkPlugin"):
        held = look(before, "networkProfile/networkPlugin")
        overlay = held is None and _number(version) >= OVERLAY_SINCE
        profile["networkPlugin"] = held or ("azure" if overlay else "kubenet")
        mode = "overlay" if overlay else look(before, "networkProfile/networkPluginMode")
        if mode:
            profile.setdefault("networkPluginMode", mode)
    if profile["networkPlugin"] == "kubenet" or profile.get("networkPluginMode") == "overlay":
        profile.setdefault("podCidr", (profile.get("podCidrs") or ["10.244.0.0/16"])[0])
        profile.setdefault("podCidrs", [profile["podCidr"]])
    profile.setdefault("serviceCidr", (profile.get("serviceCidrs") or ["10.0.0.0/16"])[0])
    profile.setdefault("serviceCidrs", [profile["serviceCidr"]])
    if "IPv6" in profile.get("ipFamilies", ()):
        for name, second in SECOND.items():
            if len(profile.get(name, ())) == 1:
                profile[name] = [*profile[name], second]
    profile.setdefault("networkPolicy", "none")
    return profile


def _number(version: str) -> tuple[int, int]:
    """`1.30.4` -> (1, 30)."""
    parts = [int(part) if part.isdigit() else 0 for part in version.split(".")]
    return (parts[0], parts[1]) if len(parts) > 1 else (parts[0], 0)


def way_out(id: ResourceId, body: Json, chance: Chance) -> Json:
    """The body with the addresses that its packets leave with, those it had before where it had some."""
    properties = dict(body["properties"])
    network = dict(properties["networkProfile"])
    outbound = network.get("outboundType")
    if str(network.get("loadBalancerSku")).lower() == "standard":
        balancer = {"backendPoolType": "nodeIPConfiguration", **(network.get("loadBalancerProfile") or {})}
        if outbound == "loadBalancer":
            _balanced(id, properties, balancer, chance)
            managed = dict(balancer.get("managedOutboundIPs") or {})
            if "IPv6" in network.get("ipFamilies", ()):
                managed.setdefault("countIPv6", 1)
            elif not managed.get("countIPv6"):
                managed.pop("countIPv6", None)
            if managed:
                balancer["managedOutboundIPs"] = managed
        network["loadBalancerProfile"] = balancer
    if outbound == "managedNATGateway":
        managed = {"managedOutboundIPProfile": {"count": 1}, "idleTimeoutInMinutes": 4}
        gateway = {**managed, **(network.get("natGatewayProfile") or {})}
        count = int(look(gateway, "managedOutboundIPProfile/count") or 1)
        gateway["effectiveOutboundIPs"] = _addresses(id, properties, gateway, count, chance)
        network["natGatewayProfile"] = gateway
    properties["networkProfile"] = network
    return {**body, "properties": properties}


def _balanced(id: ResourceId, properties: Json, balancer: Json, chance: Chance) -> None:
    """The load balancer's own addresses, or those that it was given."""
    given = look(balancer, "outboundIPs/publicIPs")
    if given or look(balancer, "outboundIPPrefixes/publicIPPrefixes"):
        balancer.pop("managedOutboundIPs", None)
        balancer["effectiveOutboundIPs"] = [{"id": one["id"]} for one in given or ()]
        return
    managed = balancer.setdefault("managedOutboundIPs", {"count": 1})
    count = int(managed.get("count") or 1)
    balancer["effectiveOutboundIPs"] = _addresses(id, properties, balancer, count, chance)


def _addresses(id: ResourceId, properties: Json, profile: Json, count: int, chance: Chance) -> list[Json]:
    """Public addresses of the cluster's own, those it has had first."""
    group = surroundings.node_group(id, {"properties": properties})
    held = [one for one in profile.get("effectiveOutboundIPs") or () if surroundings.is_within(one, group)]
    fresh = ({"id": surroundings.outbound_address(group, at, chance)} for at in range(len(held), count))
    return [*held[:count], *fresh]


def kubelet(id: ResourceId, properties: Json, chance: Chance) -> Json:
    """The identity that nodes pull images with, unless the cluster was given one."""
    own = surroundings.kubelet_identity(id, {"properties": properties})
    return {
        "resourceId": own.text,
        "clientId": chance.guid("client", str(own)),
        "objectId": chance.guid("principal", str(own)),
    }


def _hosts(id: ResourceId, properties: Json, region: str, chance: Chance) -> Json:
    """Host names of the API server. A private cluster has a public one too unless that is switched off."""
    profile = {
        name: value
        for name, value in (properties.get("apiServerAccessProfile") or {}).items()
        if value or name not in _EMPTY_MEANS_NONE
    }
    suffix = cloud_of_region(region).aks
    prefix = properties["dnsPrefix"]
    label = str(properties.get("fqdnSubdomain") or f"{prefix}-{chance.guid('name', str(id))[:8]}")
    if profile.get("enableVnetIntegration"):
        profile.setdefault("subnetId", "")
    found: Json = {"apiServerAccessProfile": profile or None}
    if not profile.get("enablePrivateCluster"):
        host = properties.get("fqdn") or f"{label}.hcp.{region}.{suffix}"
        return {**found, "fqdn": host, "azurePortalFQDN": host.replace(".hcp.", ".portal.hcp.", 1)}
    profile.setdefault("privateDNSZone", "system")
    profile.setdefault("enablePrivateClusterPublicFQDN", True)
    zone = surroundings.zone_name(id, profile, region, chance)
    if zone:
        found["privateFQDN"] = properties.get("privateFQDN") or f"{label}.{zone}"
    public = f"{prefix}-{chance.guid('public', str(id))[:8]}.hcp.{region}.{suffix}"
    found["fqdn"] = (properties.get("fqdn") or public) if profile["enablePrivateClusterPublicFQDN"] else None
    if not zone and found["fqdn"]:
        # Nothing but the public zone holds the private address.
        found["privateFQDN"] = found["fqdn"]
    portal = f"{chance.guid('portal', str(id)).replace('-', '')}-priv.portal.hcp.{region}.{suffix}"
    found["azurePortalFQDN"] = properties.get("azurePortalFQDN") or portal
    if not profile.get("enableVnetIntegration"):
        found["privateLinkResources"] = [_link(id)]
    return found


def _link(id: ResourceId) -> Json:
    group = surroundings.GROUP
    return {
        "id": f"{id.text}/privateLinkResources/{group}",
        "name": group,
        "type": f"{TYPE}/privateLinkResources",
        "groupId": group,
        "requiredMembers": [group],
    }
