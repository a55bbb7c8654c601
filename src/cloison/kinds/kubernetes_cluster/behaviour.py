"""How a cluster behaves: what it takes, what it takes while stopped, and what stop and start do.

What Azure fills in is in filling.py; what it makes around a cluster — node resource group, network, endpoint, zone — is
in surroundings.py.
Sources: REST reference of Microsoft.ContainerService 2024-09-01; exchanges recorded by azure-cli (2020-2022) and
azure-service-operator (2023-2024); Microsoft Learn, Stop and start an AKS cluster (07/21/2026), Manage local accounts;
checked 2026-11-24.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence

from cloison.arm.ids import ResourceId
from cloison.kinds import _agent_pools, _connections, _identities, _keys
from cloison.kinds.kubernetes_cluster import filling, surroundings
from cloison.kinds.kubernetes_cluster.log import noted
from cloison.model.behaviour import (
    Act,
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

TYPE = filling.TYPE
STARTS = "_starts"
"""How often it was started. ARM does not show it: members that begin with an underscore are never answered."""

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
        **_agent_pools.enums("properties/agentPoolProfiles/*"),
    },
    defaults={
        "sku/name": "Base",
        "sku/tier": "Free",
        "properties/enableRBAC": True,
        "properties/maxAgentPools": 100,
        "properties/supportPlan": "KubernetesOfficial",
        "properties/networkProfile/dockerBridgeCidr": "172.17.0.1/16",
        "properties/networkProfile/ipFamilies": ["IPv4"],
        "properties/networkProfile/networkDataplane": "azure",
        "properties/networkProfile/loadBalancerSku": "standard",
        "properties/networkProfile/outboundType": "loadBalancer",
        "properties/networkProfile/dnsServiceIP": "10.0.0.10",
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
    secret=(
        "properties/aadProfile/serverAppSecret",
        "properties/servicePrincipalProfile/secret",
        "properties/windowsProfile/adminPassword",
    ),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The cluster with what Azure fills in; a new one with its surroundings."""
    old = state.get(request.id)
    if old is not None:
        _refuse_stopped(request, old)
    _check_subnets(state, body)
    starts = int(old.get(STARTS, 0)) if old is not None else 0
    tenant = _identities.tenant(state, request.id)
    body = filling.filled(request.id, {**body, STARTS: starts}, old, tenant, chance, request.api_version)
    body = filling.past_proxy(filling.way_out(request.id, body, chance), _spaces(state, body))
    body = _identities.identified(state, request.id, body, old, chance)
    then = surroundings.made(state, request.id, body, chance) if old is None else ()
    return Effects(writes=(Write(request.id, body),), then=(*_pools(state, request.id, body), *then))


def _spaces(state: State, body: Json) -> Sequence[str]:
    """Prefixes of the network that the nodes stand in."""
    subnet = surroundings.first_subnet(body)
    if subnet is None:
        return (surroundings.NETWORK_PREFIX,)
    return look(state.get(subnet.parent), "properties/addressSpace/addressPrefixes") or ()


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
    if _power_of(old) == "stopped" and not request.by_azure:
        raise _not_now(old, "updating")


def _power_of(body: Json) -> str:
    return str(look(body, "properties/powerState/code")).lower()


def _not_now(body: Json, what: str) -> Refused:
    """Source of the text: users' reports of stopping a stopped cluster."""
    state, power = look(body, "properties/provisioningState"), look(body, "properties/powerState/code")
    return Refused(
        409,
        "OperationNotAllowed",
        f"managed cluster is in Provisioning State({state}) and Power State({power}), {what} cannot be performed",
    )


def _check_subnets(state: State, body: Json) -> None:
    """Subnets must be there, all in one network. Source: Microsoft Learn, Multiple node pools; codes unconfirmed."""
    networks: set[ResourceId] = set()
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
            if isinstance(told, str):
                networks.add(ResourceId(told).parent)
    if len(networks) > 1:
        text = "All agent pools of a cluster must be in subnets of the same virtual network."
        raise Refused(400, "InvalidParameter", text, target="agentPoolProfile.vnetSubnetID")


def _stop(state: State, request: Request, chance: Chance) -> Effects:
    """The cluster stops, and its private link service goes: endpoints of others are left disconnected."""
    old = state.get(request.id) or {}
    if _power_of(old) == "stopped":
        raise _not_now(old, "stopping")
    body = _power(old, "Stopped")
    pools = _pools(state, request.id, body)
    return Effects(
        writes=(Write(request.id, body), noted(request.id, "stop", chance)),
        then=(*pools, *surroundings.taken_down(state, request.id, body)),
    )


def _start(state: State, request: Request, chance: Chance) -> Effects:
    """The cluster runs again, behind a new private link service and, often, at a new address."""
    old = state.get(request.id) or {}
    if _power_of(old) != "stopped":
        raise _not_now(old, "starting")
    body = {**_power(old, "Running"), STARTS: int(old.get(STARTS, 0)) + 1}
    again = surroundings.put_up_again(state, request.id, body, chance)
    told = tuple(
        Signal(to=id, name="restarted", data={"cluster": request.id.text})
        for id in state.referrers(request.id)
    )
    pools = _pools(state, request.id, body)
    return Effects(
        writes=(Write(request.id, body), noted(request.id, "start", chance)), then=(*pools, *again, *told)
    )


def _power(body: Json, code: str) -> Json:
    properties = dict(body["properties"])
    properties["powerState"] = {"code": code}
    properties["agentPoolProfiles"] = [
        {**pool, "powerState": {"code": code}} for pool in properties.get("agentPoolProfiles") or ()
    ]
    return {**body, "properties": properties}


def _credential(name: str) -> Act:
    """An action that hands out a configuration for `kubectl` whose token opens nothing."""

    def act(state: State, request: Request, chance: Chance) -> Effects:
        body = state.get(request.id)
        if name != "clusterUser" and look(body, "properties/disableLocalAccounts") is True:
            text = "Getting static credential is not allowed because this cluster is set to disable local accounts."
            raise Refused(400, "BadRequest", text)
        public = request.query.get("server-fqdn") == "public"
        host = look(body, "properties/fqdn" if public else "properties/privateFQDN")
        host = host or look(body, "properties/fqdn")
        token = _keys.made(request.id, name)
        text = KUBECONFIG.format(name=request.id.name, user=name, host=host, token=token)
        held = base64.b64encode(text.encode()).decode()
        return Effects(answer={"kubeconfigs": [{"name": name, "value": held}]})

    return act


KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters:
- name: {name}
  cluster: {{server: "https://{host}:443"}}
contexts:
- name: {name}
  context: {{cluster: {name}, user: {user}_{name}}}
current-context: {name}
users:
- name: {user}_{name}
  user: {{token: "{token}"}}
"""


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """The cluster gone, and its node resource group with everything in it."""
    group = look(state.get(request.id), "properties/nodeResourceGroup")
    home = ResourceId(f"/subscriptions/{request.id.subscription}/resourceGroups/{group}")
    return Effects(
        writes=(Write(request.id, None),), then=(Request(method="DELETE", id=home, by_azure=True),)
    )


def show(state: State, id: ResourceId, body: Json) -> Json:
    """The body without names that the cluster lacks."""
    for name in ("fqdn", "apiServerAccessProfile"):
        if look(body, f"properties/{name}") is None:
            body = laid(body, f"properties/{name}", None)
    return body


FORM = _connections.Form(
    type=f"{TYPE}/privateEndpointConnections",
    name=_connections.as_asked,
    automatic="",
    waiting="",
    actions="",
)

BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    remove=remove,
    show=show,
    signed=True,
    actions={
        "stop": _stop,
        "start": _start,
        "listclusterusercredential": _credential("clusterUser"),
        "listclusteradmincredential": _credential("clusterAdmin"),
    },
    reads=frozenset({"listclusterusercredential", "listclusteradmincredential"}),
    hears=_connections.hears(FORM),
    below={"privateEndpointConnections": _connections.connections(FORM)},
    patchable=False,
    since={**filling.SINCE, "systemData": "2024-09-01"},
    until=filling.UNTIL,
    stable=filling.STABLE,
    hollow=filling.HOLLOW,
    # Medians of recorded operations: create 575 s, stop 120 s, start 302 s.
    put=Pace(style=Style.ASYNC, seconds=575, waiting="Creating", absent=filling.GIVEN_LATER),
    update=Pace(style=Style.ASYNC, seconds=91),
    delete=Pace(style=Style.BOTH, seconds=300, waiting="Deleting"),
    acts={
        "stop": Pace(style=Style.BOTH, seconds=120, status=202, waiting="Stopping"),
        "start": Pace(style=Style.BOTH, seconds=302, status=202, waiting="Starting"),
    },
)
