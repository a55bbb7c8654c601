"""How a cluster behaves: what Azure fills in, what it takes while stopped, and what stop and start do.

What Azure makes around it — node resource group, network, endpoint, zone — is in surroundings.py.
Sources: REST reference of Microsoft.ContainerService 2024-09-01; exchanges recorded by azure-cli (2020-2022);
Microsoft Learn, Stop and start an AKS cluster (07/21/2026); checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator

from cloison.arm.clouds import cloud_of_region
from cloison.arm.ids import ResourceId
from cloison.kinds import _connections, _identities
from cloison.kinds.kubernetes_cluster import surroundings
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Pace,
    Refused,
    Request,
    Schema,
    Signal,
    State,
    Style,
    Write,
    laid,
    look,
)

TYPE = "Microsoft.ContainerService/managedClusters"
STARTS = "_starts"
"""How often it was started. ARM does not show it: members that begin with an underscore are never answered."""
VERSION = "1.33"
"""Where a request names none. A guess: the newest version that was generally available when this was written."""

SCHEMA = Schema(
    required=("location", "properties/agentPoolProfiles", "properties/agentPoolProfiles/*/name"),
    enums={
        "properties/networkProfile/networkPlugin": ("azure", "kubenet", "none"),
        "properties/networkProfile/networkPluginMode": ("overlay",),
        "properties/networkProfile/outboundType": (
            "loadBalancer",
            "userDefinedRouting",
            "managedNATGateway",
            "userAssignedNATGateway",
            "none",
            "block",
        ),
        "properties/networkProfile/loadBalancerSku": ("standard", "basic"),
        "properties/agentPoolProfiles/*/mode": ("System", "User", "Gateway"),
        "properties/agentPoolProfiles/*/osType": ("Linux", "Windows"),
    },
    defaults={
        "sku/name": "Base",
        "sku/tier": "Free",
        "properties/kubernetesVersion": VERSION,
        "properties/enableRBAC": True,
        "properties/maxAgentPools": 100,
        "properties/disableLocalAccounts": False,
        "properties/supportPlan": "KubernetesOfficial",
        "properties/networkProfile/networkPlugin": "azure",
        "properties/networkProfile/loadBalancerSku": "standard",
        "properties/networkProfile/outboundType": "loadBalancer",
        "properties/networkProfile/serviceCidr": "10.0.0.0/16",
        "properties/networkProfile/dnsServiceIP": "10.0.0.10",
        "properties/agentPoolProfiles/*/osType": "Linux",
        "properties/agentPoolProfiles/*/type": "VirtualMachineScaleSets",
        "properties/agentPoolProfiles/*/mode": "System",
        "properties/agentPoolProfiles/*/maxPods": 110,
        "properties/agentPoolProfiles/*/osDiskSizeGB": 128,
        "properties/agentPoolProfiles/*/enableNodePublicIP": False,
    },
    read_only=(
        "properties/provisioningState",
        "properties/powerState",
        "properties/fqdn",
        "properties/privateFQDN",
        "properties/azurePortalFQDN",
        "properties/currentKubernetesVersion",
        "properties/resourceUID",
        "properties/privateEndpointConnections",
        "properties/privateLinkResources",
        STARTS,
    ),
    immutable=(
        "properties/dnsPrefix",
        "properties/fqdnSubdomain",
        "properties/nodeResourceGroup",
        "properties/apiServerAccessProfile/enablePrivateCluster",
        "properties/apiServerAccessProfile/privateDNSZone",
        "properties/networkProfile/serviceCidr",
        "properties/networkProfile/dnsServiceIP",
    ),
    secret=("properties/servicePrincipalProfile/secret", "properties/windowsProfile/adminPassword"),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The cluster with what Azure fills in; a new one with its surroundings."""
    old = state.get(request.id)
    if old is not None:
        _refuse_stopped(request, old)
    _check_subnets(state, body)
    starts = int(old.get(STARTS, 0)) if old is not None else 0
    body = _filled(request.id, {**body, STARTS: starts}, chance)
    body = _identities.identified(state, request.id, body, old, chance)
    then = surroundings.made(state, request.id, body, chance) if old is None else ()
    return Effects(writes=(Write(request.id, body),), then=(*_pools(state, request.id, body), *then))


def _pools(state: State, id: ResourceId, body: Json) -> Iterator[Request]:
    """The entries of the list as resources of their own; those that the list no longer has go."""
    listed = {
        id.child("agentPools", str(pool["name"])): pool for pool in body["properties"]["agentPoolProfiles"]
    }
    for own in state.children(id, "agentPools"):
        if own not in listed:
            yield Request(method="DELETE", id=own, by_azure=True)
    for own, pool in listed.items():
        properties = {name: value for name, value in pool.items() if name != "name"}
        yield Request(method="PUT", id=own, body={"properties": properties}, by_azure=True)


def _refuse_stopped(request: Request, old: Json) -> None:
    """While it is stopped, only starting and deleting work. The code is unconfirmed."""
    if str(look(old, "properties/powerState/code")).lower() == "stopped" and not request.by_azure:
        raise Refused(
            409,
            "OperationNotAllowed",
            f"Operation is not allowed: managed cluster {request.id.name} is stopped. Start it first.",
        )


def _check_subnets(state: State, body: Json) -> None:
    for pool in look(body, "properties/agentPoolProfiles") or ():
        for name in ("vnetSubnetID", "podSubnetID"):
            told = pool.get(name)
            if isinstance(told, str) and state.get(ResourceId(told)) is None:
                raise Refused(
                    400,
                    "InvalidParameter",
                    f"The subnet {told} of agent pool {pool.get('name')} does not exist.",
                    target=f"agentPoolProfile.{name}",
                )


def _filled(id: ResourceId, body: Json, chance: Chance) -> Json:
    """Names, groups and states that Azure decides."""
    properties = dict(body["properties"])
    region = str(body["location"])
    prefix = properties.setdefault("dnsPrefix", f"{id.name}-{id.resource_group}"[:54])
    properties.setdefault("nodeResourceGroup", f"MC_{id.text.split('/')[4]}_{id.name}_{region}")
    properties.setdefault("powerState", {"code": "Running"})
    properties.setdefault("currentKubernetesVersion", properties["kubernetesVersion"])
    properties.setdefault("resourceUID", chance.guid("uid", str(id)))
    properties["agentPoolProfiles"] = [_pool(pool, properties) for pool in properties["agentPoolProfiles"]]
    properties["networkProfile"] = _network(dict(properties["networkProfile"]))
    properties.update(_names(id, properties, str(prefix), region, chance))
    if properties.get("servicePrincipalProfile") is None and body.get("identity"):
        properties["servicePrincipalProfile"] = {"clientId": "msi"}
    return {**body, "properties": properties}


def _pool(pool: Json, properties: Json) -> Json:
    version = pool.get("orchestratorVersion", properties["kubernetesVersion"])
    return {
        **pool,
        "count": pool.get("count", 1),
        "provisioningState": "Succeeded",
        "powerState": pool.get("powerState", {"code": "Running"}),
        "orchestratorVersion": version,
        "currentOrchestratorVersion": pool.get("currentOrchestratorVersion", version),
    }


def _network(profile: Json) -> Json:
    """Prefixes of pods where they do not take addresses of a subnet."""
    if profile["networkPlugin"] == "kubenet" or profile.get("networkPluginMode") == "overlay":
        profile.setdefault("podCidr", "10.244.0.0/16")
    return profile


def _names(id: ResourceId, properties: Json, prefix: str, region: str, chance: Chance) -> Json:
    """Host names of the API server. A private cluster has a public one too unless that is switched off."""
    profile = dict(properties.get("apiServerAccessProfile") or {})
    suffix = cloud_of_region(region).aks
    short = chance.guid("name", str(id))[:8]
    label = str(properties.get("fqdnSubdomain") or f"{prefix}-{short}")
    if not profile.get("enablePrivateCluster"):
        return {"fqdn": properties.get("fqdn") or f"{label}.hcp.{region}.{suffix}"}
    profile.setdefault("privateDNSZone", "system")
    profile.setdefault("enablePrivateClusterPublicFQDN", True)
    zone = surroundings.zone_name(id, profile, region, chance)
    names: Json = {"apiServerAccessProfile": profile}
    if zone:
        names["privateFQDN"] = properties.get("privateFQDN") or f"{label}.{zone}"
    public = f"{prefix}-{chance.guid('public', str(id))[:8]}.hcp.{region}.{suffix}"
    names["fqdn"] = (properties.get("fqdn") or public) if profile["enablePrivateClusterPublicFQDN"] else None
    own = f"{id.text}/privateLinkResources/{surroundings.GROUP}"
    names["privateLinkResources"] = [
        {
            "id": own,
            "name": surroundings.GROUP,
            "type": f"{TYPE}/privateLinkResources",
            "groupId": surroundings.GROUP,
            "requiredMembers": [surroundings.GROUP],
        }
    ]
    return names


def _stop(state: State, request: Request, chance: Chance) -> Effects:
    """The cluster stops, and its private link service goes: endpoints of others are left disconnected."""
    body = _power(state.get(request.id) or {}, "Stopped")
    return Effects(writes=(Write(request.id, body),), then=surroundings.taken_down(state, request.id, body))


def _start(state: State, request: Request, chance: Chance) -> Effects:
    """The cluster runs again, behind a new private link service and, often, at a new address."""
    old = state.get(request.id) or {}
    body = {**_power(old, "Running"), STARTS: int(old.get(STARTS, 0)) + 1}
    again = surroundings.put_up_again(state, request.id, body, chance)
    told = tuple(
        Signal(to=id, name="restarted", data={"cluster": request.id.text})
        for id in state.referrers(request.id)
    )
    return Effects(writes=(Write(request.id, body),), then=(*again, *told))


def _power(body: Json, code: str) -> Json:
    properties = dict(body["properties"])
    properties["powerState"] = {"code": code}
    properties["agentPoolProfiles"] = [
        {**pool, "powerState": {"code": code}} for pool in properties["agentPoolProfiles"]
    ]
    return {**body, "properties": properties}


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """The cluster gone, and its node resource group with everything in it."""
    group = look(state.get(request.id), "properties/nodeResourceGroup")
    home = ResourceId(f"/subscriptions/{request.id.subscription}/resourceGroups/{group}")
    return Effects(
        writes=(Write(request.id, None),), then=(Request(method="DELETE", id=home, by_azure=True),)
    )


def show(state: State, id: ResourceId, body: Json) -> Json:
    """The body without what ARM never answers."""
    found = {name: value for name, value in body.items() if not name.startswith("_")}
    return found if look(found, "properties/fqdn") is not None else laid(found, "properties/fqdn", None)


FORM = _connections.Form(type=f"{TYPE}/privateEndpointConnections", name=_connections.as_asked, groups=True)

BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    remove=remove,
    show=show,
    actions={"stop": _stop, "start": _start},
    hears=_connections.hears(FORM),
    below={"privateEndpointConnections": _connections.connections(FORM)},
    patchable=False,
    # Medians of recorded operations: create 575 s, stop 120 s, start 302 s.
    put=Pace(style=Style.ASYNC, seconds=575, waiting="Creating"),
    delete=Pace(style=Style.BOTH, seconds=300, waiting="Deleting"),
    acts={
        "stop": Pace(style=Style.BOTH, seconds=120, status=202, waiting="Stopping"),
        "start": Pace(style=Style.BOTH, seconds=302, status=202, waiting="Starting"),
    },
)
