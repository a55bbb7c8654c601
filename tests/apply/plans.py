"""Plans to carry out: environments with faults, requests in waves, and what must hold on the way."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from cloison.apply.step import Planned, Step
from cloison.arm.gate import Sent
from cloison.arm.ids import ResourceId
from cloison.check import asked
from cloison.controlplane import run
from cloison.kinds import behaviour_of, live_of
from cloison.model.behaviour import Json, Request, laid, look
from cloison.model.verdict import PathVerdict
from cloison.plan.base import base_of
from cloison.plan.measure import Judge
from cloison.plan.world import World
from tests.apply.azure import Known, Marked, SimAzure, Violation
from tests.fault_catalogue import FAULTS
from tests.fault_catalogue.restarts import record
from tests.faults import GONE
from tests.reference import REFERENCES, changed, id_of, snapshot


class Wish(msgspec.Struct, frozen=True):
    """One request of a plan, in short."""

    method: str
    path: str
    body: Json | None = None
    action: str = ""
    query: dict[str, str] = {}
    after: dict[str, Any] = {}


class Scene:
    """One environment and one plan for it, with everything that is known of the way."""

    def __init__(
        self,
        name: str,
        reference: str,
        faults: Sequence[str | dict[str, Any]],
        waves: Sequence[Sequence[Wish]],
        owner: Callable[[SimAzure], None] | None = None,
    ) -> None:
        self.owner = owner
        bodies = REFERENCES[reference]()
        for fault in faults:
            named = (one.changes for one in FAULTS if one.name == fault)
            bodies = changed(bodies, fault if isinstance(fault, dict) else next(named))
        self.name = name
        self.start = Marked(snapshot(bodies))
        self.judge = Judge(asked.rules(()))
        self.begin = self.judge.measure(self.start, rules=False)
        self.broken = len(self.judge.measure(self.start).broken)
        self.ids = frozenset(self.start)
        self.goes: set[ResourceId] = set()
        self.comes: set[ResourceId] = set()
        self.planned = self._planned(waves)
        self.known: dict[int, str] = {}
        self.at_rest: set[object] = set()
        """What was left where going on once more sent nothing."""
        self.final = self._final()

    def azure(self, faults: Sequence[Any] = ()) -> SimAzure:
        """The environment as it stands at the start."""
        made = SimAzure(self.start.copied(), faults)
        if self.owner is not None:
            made.owner = self.owner
        return made

    def _planned(self, waves: Sequence[Sequence[Wish]]) -> Planned:
        """The steps, each with the base that its target has right before its wave."""
        state = self.start.copied()
        steps: list[Step] = []
        for number, wave in enumerate(waves, 1):
            made = [self._step(state, wish, len(steps) + at, number) for at, wish in enumerate(wave, 1)]
            for step in made:
                steps.append(self._carried_out(state, step))
        return Planned(hash="0" * 64, steps=tuple(steps))

    def _step(self, state: World, wish: Wish, number: int, wave: int) -> Step:
        id = ResourceId(id_of(wish.path) if not wish.path.startswith("/") else wish.path)
        live = live_of(id.type) or live_of(id.parent.type)
        assert live is not None, id
        body = state.show(id, live.api)
        method = wish.method
        told = wish.body
        if method == "PUT" and told is None:
            # The whole of it, with what changes.
            told = _writable(body or {}, id)
            for pointer, value in wish.after.items():
                told = laid(told, pointer, value)
        request = Sent(
            method=method, id=id, action=wish.action, api_version=live.api, body=told, query=wish.query
        )
        base = None if body is None else base_of(id, body, method)
        summary = f"{method} {id.name}"
        return Step(number=number, wave=wave, request=request, summary=summary, base=base, after=wish.after)

    def _carried_out(self, state: Marked, step: Step) -> Step:
        told = step.request
        outcome = run(state, step.asked, Known(f"sim/{told.method} {told.path.lower()}"))
        self.goes |= {one.id for one in outcome.changes if one.body is None}
        self.comes |= {one.id for one in outcome.changes if one.body is not None}
        return msgspec.structs.replace(step, expected_s=outcome.pace.seconds)

    def _final(self) -> int:
        from tests.apply.disk import SimDisk
        from tests.apply.simulate import Session, settle, through

        azure, content = self.azure(), b""
        for _ in range(2 if self.owner is not None else 1):
            session = Session(self, azure, SimDisk(content), checks=False)
            result = through(session, final=False)
            content = session.disk.seen
            settle(azure, 30.0)
        assert "done" == result.outcome.value, result
        self.last = azure.state
        self.comes |= set(azure.state)
        return azure.state.print

    def check(self, azure: SimAzure) -> None:
        """Raises Violation where a state is not as it may be."""
        mark = azure.state.print
        if azure.others:
            # Such a state is nobody else's.
            if wrong := self._wrong(azure):
                raise Violation(wrong)
            return
        if mark not in self.known:
            self.known[mark] = self._wrong(azure)
        if self.known[mark]:
            raise Violation(self.known[mark])

    def _wrong(self, azure: SimAzure) -> str:
        state = azure.state
        measure, begin = self.judge.measure(state, rules=False), azure.begin or self.begin
        if wider := measure.wider(begin):
            return f"I1: {[id.name for id in wider]} let in more than before"
        lost = measure.lost(begin)
        if any(look(state.get(id), "properties/provisioningState") == "Failed" for id in state):
            # What an operation left failed is half there: what it does to names is unknown, until it is repaired.
            lost = [flow for flow in lost if measure.flows.get(flow) is not PathVerdict.UNKNOWN]
        if lost:
            return f"I2: {[host for *_, host in lost]} lost"
        now = set(state)
        if gone := self.ids - now - self.goes - azure.others:
            return f"I3: {[id.name for id in gone]} gone"
        if new := now - self.ids - self.comes - azure.others:
            return f"I3: {[id.name for id in new]} made"
        return _twice(state)


def _twice(state: World) -> str:
    """I4: endpoints that lead to one sub-resource from one subnet, more than there were."""
    seen: dict[tuple[str, ...], str] = {}
    for id in state.of("Microsoft.Network/privateEndpoints"):
        body = state.get(id)
        connection = look(body, "properties/privateLinkServiceConnections/0/properties") or {}
        key = (
            str(look(body, "properties/subnet/id")).lower(),
            str(connection.get("privateLinkServiceId")).lower(),
            *connection.get("groupIds", ()),
        )
        if key in seen:
            return f"I4: {id.name} and {seen[key]} are for the same"
        seen[key] = id.name
    return ""


def _writable(body: Json, id: ResourceId) -> Json:
    """The body without what only Azure writes."""
    for pointer in (*behaviour_of(id.type).schema.read_only, "etag", "systemData"):
        if "*" not in pointer and look(body, pointer) is not None:
            body = laid(body, pointer, None)
    return body


def endpoint(name: str, target: str, group: str, network: str = "ml-net", subnet: str = "endpoints") -> Json:
    """What makes a private endpoint."""
    return {
        "location": "westeurope",
        "properties": {
            "subnet": {"id": id_of(f"virtualNetworks/{network}/subnets/{subnet}")},
            "privateLinkServiceConnections": [
                {"name": name, "properties": {"privateLinkServiceId": id_of(target), "groupIds": [group]}}
            ],
        },
    }


def group(*zones: str) -> Json:
    """What makes a zone group."""
    return {
        "properties": {
            "privateDnsZoneConfigs": [
                {
                    "name": zone.replace(".", "-"),
                    "properties": {"privateDnsZoneId": id_of(f"privateDnsZones/{zone}")},
                }
                for zone in zones
            ]
        }
    }


# --- the plans -------------------------------------------------------------------------------------------

BLOB = "privatelink.blob.core.windows.net"
VAULT = "privatelink.vaultcore.azure.net"
STORE, KEYS = "storageAccounts/mlstore", "vaults/mlvault"
COMPUTE = "workspaces/mlw/computes/aks-compute"
API_ZONE = "guid.privatelink.westeurope.azmk8s.io"
OPEN = {
    f"{STORE}#/properties/publicNetworkAccess": "Enabled",
    f"{STORE}#/properties/networkAcls/defaultAction": "Allow",
    f"{STORE}#/properties/privateEndpointConnections/0": GONE,
    "privateEndpoints/pe-blob": GONE,
    "networkInterfaces/pe-blob.nic": GONE,
    f"privateDnsZones/{BLOB}/A/mlstore": GONE,
    f"privateDnsZones/{BLOB}/virtualNetworkLinks/aks-net": GONE,
    f"{KEYS}#/properties/publicNetworkAccess": "Enabled",
    f"{KEYS}#/properties/networkAcls/defaultAction": "Allow",
    f"{KEYS}#/properties/sku": {"family": "A", "name": "standard"},
}
"""Storage and vault are open to everybody; pods reach the blobs by the public address."""


def _closing() -> Scene:
    """Endpoint, names, link, and only then the doors are closed: every order but this one locks somebody out."""
    link = {
        "location": "global",
        "properties": {
            "virtualNetwork": {"id": id_of("virtualNetworks/aks-net")},
            "registrationEnabled": False,
        },
    }
    shut = {"properties": {"publicNetworkAccess": "Disabled"}}
    return Scene(
        "closing",
        "peered",
        [OPEN],
        [
            [
                Wish("PUT", "privateEndpoints/pe-blob", endpoint("pe-blob", STORE, "blob")),
                Wish("PATCH", KEYS, shut),
            ],
            [Wish("PUT", "privateEndpoints/pe-blob/privateDnsZoneGroups/default", group(BLOB))],
            [Wish("PUT", f"privateDnsZones/{BLOB}/virtualNetworkLinks/aks-net", link)],
            [Wish("PATCH", STORE, shut)],
        ],
    )


def _made_again() -> Scene:
    """A dead endpoint is deleted and made again, while storage learns whom to trust."""
    trust = {"properties": {"networkAcls": {"bypass": "AzureServices", "defaultAction": "Deny"}}}
    return Scene(
        "made again",
        "peered",
        ["the blob endpoint is disconnected", {f"{STORE}#/properties/networkAcls/bypass": "None"}],
        [
            [Wish("DELETE", "privateEndpoints/pe-blob"), Wish("PATCH", STORE, trust)],
            [Wish("PUT", "privateEndpoints/pe-blob", endpoint("pe-blob", STORE, "blob"))],
            [Wish("PUT", "privateEndpoints/pe-blob/privateDnsZoneGroups/default", group(BLOB))],
        ],
    )


def _restart() -> Scene:
    """A cluster is started, its endpoint made again, its compute attached again, its record corrected."""
    dead = "an endpoint to the cluster is disconnected since it was restarted"
    attach = {
        "location": "westeurope",
        "properties": {
            "computeType": "Kubernetes",
            "resourceId": id_of("managedClusters/aks"),
            "properties": {"namespace": "default"},
        },
    }
    stopped = {
        "managedClusters/aks#/properties/powerState/code": "Stopped",
        "managedClusters/aks#/properties/agentPoolProfiles/0/powerState": {"code": "Stopped"},
    }
    new = {"properties": {"ttl": 10, "aRecords": [{"ipv4Address": "10.1.1.12"}]}}
    return Scene(
        "restart",
        "peered",
        [dead, stopped, record("10.1.1.9")],
        [
            [
                Wish(
                    "POST",
                    "managedClusters/aks",
                    None,
                    "start",
                    after={"properties/powerState/code": "Running"},
                )
            ],
            [
                Wish("DELETE", "privateEndpoints/pe-api"),
                Wish("DELETE", COMPUTE, query={"underlyingResourceAction": "Detach"}),
            ],
            [
                Wish(
                    "PUT", "privateEndpoints/pe-api", endpoint("pe-api", "managedClusters/aks", "management")
                ),
                Wish("PUT", COMPUTE, attach),
            ],
            [Wish("PUT", f"privateDnsZones/{API_ZONE}/A/aks-1", new)],
        ],
    )


def _identities() -> Scene:
    """A compute gets an identity, the identity its roles, the cluster loses its public name."""
    roles = f"{id_of(STORE)}/providers/Microsoft.Authorization"
    who = "00000000-0000-0000-0000-00000000ab03"

    def role(definition: str) -> Json:
        return {
            "properties": {
                "roleDefinitionId": f"{roles}/roleDefinitions/{definition}",
                "principalId": who,
                "principalType": "ServicePrincipal",
            }
        }

    reader, writer = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
    return Scene(
        "identities",
        "peered",
        [
            "a workspace of high business impact, and its compute without an identity",
            "a private cluster keeps its public name",
        ],
        [
            [
                Wish("PATCH", COMPUTE, {"identity": {"type": "SystemAssigned"}}),
                Wish("PATCH", "registries/mlreg", {"properties": {"adminUserEnabled": False}}),
            ],
            [
                Wish("PUT", f"{roles}/roleAssignments/11111111-0000-0000-0000-000000000001", role(reader)),
                Wish("PUT", f"{roles}/roleAssignments/11111111-0000-0000-0000-000000000002", role(writer)),
            ],
            [
                Wish(
                    "PUT",
                    "managedClusters/aks",
                    None,
                    after={"properties/apiServerAccessProfile/enablePrivateClusterPublicFQDN": False},
                )
            ],
        ],
    )


def _lake() -> Scene:
    """Another account gets its endpoints, and the zone that one of them needs."""
    dfs = "privatelink.dfs.core.windows.net"
    link = {
        "location": "global",
        "properties": {
            "virtualNetwork": {"id": id_of("virtualNetworks/aks-net")},
            "registrationEnabled": False,
        },
    }
    lake = "storageAccounts/lakestore"
    return Scene(
        "lake",
        "peered",
        ["a datastore's account has no endpoint"],
        [
            [
                Wish("PUT", "privateEndpoints/pe-lake", endpoint("pe-lake", lake, "blob")),
                Wish("PUT", f"privateDnsZones/{dfs}", {"location": "global"}),
            ],
            [
                Wish("PUT", "privateEndpoints/pe-lake/privateDnsZoneGroups/default", group(BLOB)),
                Wish("PUT", "privateEndpoints/pe-dfs", endpoint("pe-dfs", lake, "dfs")),
            ],
            [Wish("PUT", "privateEndpoints/pe-dfs/privateDnsZoneGroups/default", group(dfs))],
            [Wish("PUT", f"privateDnsZones/{dfs}/virtualNetworkLinks/aks-net", link)],
        ],
    )


def _approval() -> Scene:
    """An endpoint that the owner of the storage has to approve before its doors are closed."""
    link = {
        "location": "global",
        "properties": {
            "virtualNetwork": {"id": id_of("virtualNetworks/aks-net")},
            "registrationEnabled": False,
        },
    }
    body = endpoint("pe-blob", STORE, "blob")
    listed = body["properties"].pop("privateLinkServiceConnections")
    body["properties"]["manualPrivateLinkServiceConnections"] = listed

    def approve(azure: SimAzure) -> None:
        for id in azure.state.children(ResourceId(id_of(STORE)), "privateEndpointConnections"):
            told = azure.state.get(id)
            pointer = "properties/privateLinkServiceConnectionState"
            if look(told, f"{pointer}/status") == "Pending":
                decided = {"properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}}
                run(azure.state, Request(method="PUT", id=id, body=decided), Known("owner"))

    return Scene(
        "approval",
        "peered",
        [OPEN],
        [
            [Wish("PUT", "privateEndpoints/pe-blob", body)],
            [Wish("PUT", "privateEndpoints/pe-blob/privateDnsZoneGroups/default", group(BLOB))],
            [Wish("PUT", f"privateDnsZones/{BLOB}/virtualNetworkLinks/aks-net", link)],
            [Wish("PATCH", STORE, {"properties": {"publicNetworkAccess": "Disabled"}})],
        ],
        approve,
    )


SCENES: dict[str, Callable[[], Scene]] = {
    "closing": _closing,
    "made again": _made_again,
    "restart": _restart,
    "identities": _identities,
    "lake": _lake,
    "approval": _approval,
}


@functools.cache
def scene(name: str) -> Scene:
    """One of them, made once."""
    return SCENES[name]()
