"""An Azure in this process whose cluster is restarted, with all that people build around a private cluster."""

from __future__ import annotations

import copy
import random
from typing import Any

import msgspec

from cloison.arm.ids import ResourceId
from cloison.emulator import Emulator
from cloison.emulator.clock import Manual
from cloison.emulator.emulator import ask
from cloison.emulator.store import plant
from cloison.emulator.wire import Answer
from cloison.kinds import api_of
from cloison.model.behaviour import Write, look
from tests.reference import (
    GROUP,
    NODES,
    REFERENCES,
    REGION,
    SUBSCRIPTION,
    TENANT,
    Body,
    changed,
    id_of,
    snapshot,
)

START = 1_769_000_000.0
CLUSTER = id_of("managedClusters/aks")
ZONE = f"guid.privatelink.{REGION}.azmk8s.io"
LABEL = "aks-1"
NET = "virtualNetworks"
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
DEFINITIONS = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What stands around the cluster, and what happens to it."""

    workspaces: int = 1
    endpoints: int = 1
    """Of people's own, each in a network of its own but the first, which stands where those of the services do."""
    by_hand: bool = True
    """Zones of one's own, with records written by hand."""
    manual: bool = False
    """The first endpoint has to be approved."""
    forbidden: bool = False
    """And whoever recovers may not."""
    rules: int = 1
    """Of rules that name the API server: 0 none, 1 a security rule and a route, 2 also something without a plan."""
    roles: int = 1
    """Roles of each compute."""
    pool_moves: bool = False
    """Between stop and start another pool becomes the first one."""
    follows_aks: bool = False
    """A zone by hand, where no endpoint of one's own stands, that leads to the endpoint of AKS."""
    group_lost: bool = False
    """The zone group of an endpoint is lost, and its record with it."""


class Restarted:
    """One Azure."""

    def __init__(self, wanted: Wanted, start: float = START) -> None:
        """start: seconds since 1970."""
        self.wanted = wanted
        self.clock = Manual(start)
        self.emulator = Emulator(subscriptions=(SUBSCRIPTION,), clock=self.clock)
        plant(self.emulator.world, snapshot(_bodies(wanted)))
        for id in (NODES, *(f"{GROUP}-{number}" for number in range(1, wanted.endpoints))):
            self._group(id)
        self.writes: list[str] = []
        # AKS makes its own endpoint, zone and record at a start; what people build comes after that.
        self.power("stop")
        self.power("start")
        self._attach()
        for number in range(wanted.endpoints):
            self._endpoint(number)
        self._rules()
        if wanted.follows_aks:
            self._following()
        self.writes.clear()

    # --- what people do ----------------------------------------------------------------------------------

    def restart(self) -> None:
        """The cluster is stopped and started, with what happens meanwhile."""
        self.power("stop")
        self.between()
        self.power("start")
        self.afterwards()

    def between(self) -> None:
        """What happens while it is stopped."""
        if self.wanted.pool_moves:
            state = self.emulator.state
            body = copy.deepcopy(state.get(ResourceId(CLUSTER)))
            assert body is not None
            body["properties"]["agentPoolProfiles"].reverse()
            state.write(Write(ResourceId(CLUSTER), body))

    def afterwards(self) -> None:
        """What is lost besides."""
        if self.wanted.group_lost and self.wanted.by_hand:
            for id in list(self.emulator.state.of("Microsoft.Network/privateDnsZones/A")):
                if id.parent.name == ZONE and id.resource_group == "rg-ml":
                    self.ask("DELETE", id.text)

    def power(self, action: str) -> None:
        """Stop or start the cluster."""
        self.ask("POST", f"{CLUSTER}/{action}")
        self.let_pass(900)

    def let_pass(self, seconds: float) -> None:
        """Time passes, and what is due ends."""
        self.clock.advance(seconds)
        self.emulator.world.settle()

    def ask(self, method: str, path: str, body: Any = None, query: str = "") -> Answer:
        """A request that Azure takes, and its end."""
        id = ResourceId(path.rpartition("/")[0] if method == "POST" else path)
        answer = ask(self.emulator, method, f"{path}?api-version={api_of(id.type)}{query}", body)
        assert answer.status < 300, (method, path, answer.body)
        self.let_pass(300)
        return answer

    # --- what there is -----------------------------------------------------------------------------------

    def alive(self) -> list[str]:
        """What does not work although it should: told from what only Azure knows."""
        state = self.emulator.state
        found = [
            f"{id.name} of {id.parent.name} is not attached"
            for id in state.of("Microsoft.MachineLearningServices/workspaces/computes")
            if (state.get(id) or {}).get("_stale")
        ]
        listed = {
            str(look(state.get(id), "properties/privateEndpoint/id")).lower(): look(
                state.get(id), "properties/privateLinkServiceConnectionState/status"
            )
            for id in state.children(ResourceId(CLUSTER), "privateEndpointConnections")
        }
        for number in range(self.wanted.endpoints):
            if listed.get(endpoint_id(number).lower()) != "Approved":
                found.append(f"{endpoint_id(number)} is not approved")
            found += self._stale(number)
        if self.wanted.follows_aks:
            record = state.get(ResourceId(f"{following_id()}/A/{LABEL}"))
            said = [one["ipv4Address"] for one in look(record, "properties/aRecords") or ()]
            found += [] if said == [self.api()] else [f"the record that follows AKS says {said}"]
        return [*found, *self._lacking()]

    def _stale(self, number: int) -> list[str]:
        if not self.wanted.by_hand:
            return []
        record = self.emulator.state.get(ResourceId(f"{zone_id(number)}/A/{LABEL}"))
        said = [one["ipv4Address"] for one in look(record, "properties/aRecords") or ()]
        return [] if said == [self.address(number)] else [f"record {number} says {said}"]

    def _lacking(self) -> list[str]:
        state, found = self.emulator.state, []
        for number in range(self.wanted.workspaces):
            body = state.get(ResourceId(compute_id(number))) or {}
            who = look(body, "identity/principalId")
            held = [
                look(state.get(id), "properties/roleDefinitionId")
                for id in state.of("Microsoft.Authorization/roleAssignments")
                if look(state.get(id), "properties/principalId") == who
            ]
            if len(held) < self.wanted.roles:
                found.append(f"{compute_id(number)} has {len(held)} roles")
        return found

    def address(self, number: int) -> str:
        """The address of an endpoint of one's own."""
        return self._address(ResourceId(endpoint_id(number)))

    def api(self) -> str:
        """The address of the API server, as AKS's own endpoint has it."""
        return self._address(
            ResourceId(f"{NODES}/providers/Microsoft.Network/privateEndpoints/kube-apiserver")
        )

    def _address(self, id: ResourceId) -> str:
        state = self.emulator.state
        card = look(state.get(id), "properties/networkInterfaces/0/id")
        return str(
            look(
                state.get(ResourceId(str(card))), "properties/ipConfigurations/0/properties/privateIPAddress"
            )
        )

    # --- making it ---------------------------------------------------------------------------------------

    def _group(self, id: str) -> None:
        name = id.rpartition("/")[2]
        body = {"id": id, "name": name, "type": "Microsoft.Resources/resourceGroups", "location": REGION}
        self.emulator.state.write(
            Write(ResourceId(id), {**body, "properties": {"provisioningState": "Succeeded"}})
        )

    def _attach(self) -> None:
        """Every compute as it was attached after the last start, with its roles."""
        for number in range(self.wanted.workspaces):
            id = compute_id(number)
            self.ask("DELETE", id, query="&underlyingResourceAction=Detach")
            answer = self.ask("PUT", id, compute_body(number))
            assert answer.status < 300
            body = self.emulator.state.get(ResourceId(id)) or {}
            for at, role in enumerate((ACR_PULL, READER)[: self.wanted.roles]):
                name = f"00000000-0000-0000-0000-0000{number:04}{at:04}"
                scope = id_of("registries/mlreg")
                told = {
                    "roleDefinitionId": f"{DEFINITIONS}/{role}",
                    "principalId": look(body, "identity/principalId"),
                    "principalType": "ServicePrincipal",
                }
                path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"
                self.ask("PUT", path, {"properties": told})

    def _endpoint(self, number: int) -> None:
        """An endpoint of one's own, with a zone of its network."""
        name = endpoint_id(number).rpartition("/")[2]
        asked = {"privateLinkServiceId": CLUSTER, "groupIds": ["management"]}
        how = "manualPrivateLinkServiceConnections" if self.wanted.manual and not number else ""
        body = {
            "location": REGION,
            "properties": {
                "subnet": {"id": id_of(f"{NET}/{network_name(number)}/subnets/endpoints")},
                how or "privateLinkServiceConnections": [{"name": name, "properties": asked}],
            },
        }
        self.ask("PUT", endpoint_id(number), body)
        if how:
            self.approve()
        if self.wanted.by_hand:
            zone, location = zone_id(number), {"location": "global"}
            self.ask("PUT", zone, location)
            link = {
                "virtualNetwork": {"id": id_of(f"{NET}/{network_name(number)}")},
                "registrationEnabled": False,
            }
            self.ask("PUT", f"{zone}/virtualNetworkLinks/own", {**location, "properties": link})
            record = {"ttl": 300, "aRecords": [{"ipv4Address": self.address(number)}]}
            self.ask("PUT", f"{zone}/A/{LABEL}", {"properties": record})

    def _following(self) -> None:
        zone, location = following_id(), {"location": "global"}
        self._group(f"{GROUP}-follows")
        self.ask("PUT", zone, location)
        link = {"virtualNetwork": {"id": id_of(f"{NET}/far-net")}, "registrationEnabled": False}
        self.ask("PUT", f"{zone}/virtualNetworkLinks/own", {**location, "properties": link})
        record = {"ttl": 300, "aRecords": [{"ipv4Address": self.api()}]}
        self.ask("PUT", f"{zone}/A/{LABEL}", {"properties": record})

    def approve(self) -> None:
        """Whoever may approves what waits."""
        state = self.emulator.state
        for id in state.children(ResourceId(CLUSTER), "privateEndpointConnections"):
            body = state.get(id)
            if look(body, "properties/privateLinkServiceConnectionState/status") == "Pending":
                told = {
                    **look(body, "properties"),
                    "privateLinkServiceConnectionState": {"status": "Approved"},
                }
                told.pop("provisioningState", None)
                self.ask("PUT", id.text, {"properties": told})

    def _rules(self) -> None:
        address = self.api()
        if self.wanted.rules:
            rule = {
                "priority": 200,
                "direction": "Outbound",
                "access": "Allow",
                "protocol": "Tcp",
                "sourceAddressPrefix": "*",
                "sourcePortRange": "*",
                "destinationAddressPrefix": address,
                "destinationPortRange": "443",
            }
            self.ask("PUT", id_of("networkSecurityGroups/nsg-build"), {"location": REGION, "properties": {}})
            self.ask("PUT", rule_id(), {"properties": rule})
            self.ask("PUT", id_of("routeTables/rt-build"), {"location": REGION, "properties": {}})
            hop = {
                "addressPrefix": f"{address}/32",
                "nextHopType": "VirtualAppliance",
                "nextHopIpAddress": "10.1.9.9",
            }
            self.ask("PUT", route_id(), {"properties": hop})
        if self.wanted.rules > 1:
            id = ResourceId(f"{GROUP}/providers/Contoso.Network/proxies/edge")
            body = {"id": id.text, "name": "edge", "type": "Contoso.Network/proxies", "location": REGION}
            self.emulator.state.write(Write(id, {**body, "properties": {"allow": [address]}}))


def rule_id() -> str:
    """A security rule that names the API server."""
    return id_of("networkSecurityGroups/nsg-build/securityRules/api")


def route_id() -> str:
    """A route that names it."""
    return id_of("routeTables/rt-build/routes/api")


def endpoint_id(number: int) -> str:
    """An endpoint of one's own."""
    return id_of(f"privateEndpoints/pe-api-{number}")


def network_name(number: int) -> str:
    """The network in which it stands."""
    return "ml-net" if not number else f"net-{number}"


def zone_id(number: int) -> str:
    """The zone of that network, in a group of its own: one name cannot stand twice in a group."""
    group = GROUP if not number else f"{GROUP}-{number}"
    return f"{group}/providers/Microsoft.Network/privateDnsZones/{ZONE}"


def following_id() -> str:
    """The zone that leads to the endpoint of AKS."""
    return f"{GROUP}-follows/providers/Microsoft.Network/privateDnsZones/{ZONE}"


def compute_id(number: int) -> str:
    """The compute of a workspace."""
    return id_of(f"workspaces/{workspace_name(number)}/computes/aks-compute")


def workspace_name(number: int) -> str:
    """A workspace on the cluster."""
    return "mlw" if not number else f"mlw{number}"


def compute_body(number: int) -> Body:
    """The compute as people attach it."""
    return {
        "location": REGION,
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "computeType": "Kubernetes",
            "resourceId": CLUSTER,
            "description": f"scoring {number}",
            "properties": {"namespace": f"azureml-{number}"},
        },
    }


def _bodies(wanted: Wanted) -> list[Body]:
    bodies = REFERENCES["peered"]()
    changes: dict[str, Any] = {}
    own = id_of(f"{NET}/aks-net/subnets/aks")
    newer = id_of(f"{NET}/aks-net/subnets/newer")
    changes[f"{NET}/aks-net#/properties/subnets/-"] = {
        "name": "newer",
        "id": newer,
        "properties": {"provisioningState": "Succeeded", "addressPrefix": "10.0.5.0/24"},
    }
    power = {"powerState": {"code": "Running"}, "count": 1, "provisioningState": "Succeeded"}
    pools = [
        {"name": "system", "mode": "System", "vnetSubnetID": own, **power},
        {"name": "newer", "mode": "System", "vnetSubnetID": newer, **power},
    ]
    changes["managedClusters/aks#/properties/agentPoolProfiles"] = pools
    for number in range(1, wanted.endpoints):
        name = network_name(number)
        changes[f"{NET}/{name}"] = {
            "properties": {
                "provisioningState": "Succeeded",
                "addressSpace": {"addressPrefixes": [f"10.{20 + number}.0.0/16"]},
                "subnets": [
                    {
                        "name": "endpoints",
                        "id": id_of(f"{NET}/{name}/subnets/endpoints"),
                        "properties": {
                            "provisioningState": "Succeeded",
                            "addressPrefix": f"10.{20 + number}.1.0/27",
                            "privateEndpointNetworkPolicies": "Disabled",
                        },
                    }
                ],
            }
        }
    changes[f"{NET}/far-net"] = {
        "properties": {
            "provisioningState": "Succeeded",
            "addressSpace": {"addressPrefixes": ["10.30.0.0/16"]},
            "subnets": [],
        }
    }
    bodies = changed(bodies, changes)
    for number in range(1, wanted.workspaces):
        bodies += _workspace(bodies, number)
    return bodies


def _workspace(bodies: list[Body], number: int) -> list[Body]:
    """Another workspace on the cluster, open to the public: only its compute matters here."""
    first = next(one for one in bodies if one["id"] == id_of("workspaces/mlw"))
    name = workspace_name(number)
    own = copy.deepcopy(first)
    own["id"], own["name"] = id_of(f"workspaces/{name}"), name
    own["properties"] |= {
        "workspaceId": f"00000000-0000-0000-0000-0000000{number:05}",
        "privateEndpointConnections": [],
        "notebookInfo": {"fqdn": f"ml-{name}-{REGION}.{REGION}.notebooks.azure.net"},
    }
    own["identity"] = {
        "type": "SystemAssigned",
        "principalId": f"00000000-0000-0000-0000-00000001{number:04}",
        "tenantId": TENANT,
    }
    compute = copy.deepcopy(compute_body(number))
    compute |= {
        "id": compute_id(number),
        "name": "aks-compute",
        "type": "Microsoft.MachineLearningServices/workspaces/computes",
    }
    compute["properties"] |= {
        "provisioningState": "Succeeded",
        "createdOn": "2026-01-02T00:00:00Z",
        "isAttachedCompute": True,
    }
    compute["identity"] |= {"principalId": f"00000000-0000-0000-0000-00000002{number:04}", "tenantId": TENANT}
    return [own, compute]


def any_wanted(chance: random.Random) -> Wanted:
    """Something that somebody may have built, and how a restart may go."""
    manual = chance.random() < 0.3
    return Wanted(
        workspaces=chance.choice((1, 1, 2, 3)),
        endpoints=chance.choice((0, 1, 1, 2, 3)),
        by_hand=chance.random() < 0.7,
        manual=manual,
        forbidden=manual and chance.random() < 0.4,
        rules=chance.choice((0, 1, 1, 2)),
        roles=chance.choice((0, 1, 2)),
        pool_moves=chance.random() < 0.3,
        follows_aks=chance.random() < 0.3,
        group_lost=chance.random() < 0.2,
    )
