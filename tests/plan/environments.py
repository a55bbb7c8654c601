"""Environments that plans are made for, and what is true of a plan however it was found.

What a plan promises is computed here once more, from the whole snapshot and with the code that `check` uses, not with
the planner's own.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from cloison.arm.ids import ResourceId
from cloison.check.document import Report
from cloison.check.run import CheckOptions
from cloison.check.run import run as check
from cloison.controlplane import Azure, Seeded, run
from cloison.kinds import all_facets
from cloison.model.behaviour import Request, Write
from cloison.model.facts import Known
from cloison.model.network import Door
from cloison.model.snapshot import Snapshot
from cloison.plan.document import PlanDocument, StepReport
from cloison.plan.world import World
from cloison.reach import walk
from cloison.reach.fabric import Fabric
from tests.fault_catalogue import FAULTS
from tests.faults import GONE, Fault
from tests.reference import REFERENCES, Body, changed, snapshot

RANK = {"blocked": 0, "unknown": 0, "public": 1, "service-endpoint": 2, "private": 3}
SERVICES = ("mlstore", "mlvault", "mlreg", "mlw")


def request_of(step: StepReport) -> tuple[Request, str]:
    """The request of a step, and the seed that decides what Azure chooses."""
    asked = step.request
    path, action = asked.path, ""
    if asked.method == "POST":
        path, _, action = path.rpartition("/")
    id = ResourceId(path)
    query = {name.lower(): value for name, value in asked.query.items()}
    request = Request(
        method=asked.method, id=id, action=action, body=asked.body, api_version=asked.api_version, query=query
    )
    return request, f"{asked.method} {id}/{action}"


def carry_out(azure: Azure, step: StepReport) -> list[Write]:
    """Do one step; what takes it back. Raises Refused."""
    request, seed = request_of(step)
    return list(run(azure, request, Seeded(seed)).undo)


def states(azure: World, document: PlanDocument) -> Iterator[tuple[str, Snapshot]]:
    """Every state that the order can come to, by name: each choice of steps within each wave."""
    undo: list[list[Write]] = []
    yield "start", azure.seen()
    waves: dict[int, list[StepReport]] = {}
    for step in document.steps:
        waves.setdefault(step.wave, []).append(step)
    for wave in waves.values():
        for size in range(1, len(wave) + 1):
            for some in combinations(wave, size):
                tried = [carry_out(azure, step) for step in some]
                yield f"after {[step.number for step in some]} of wave {wave[0].wave}", azure.seen()
                for one in reversed(tried):
                    azure.take_back(one)
        undo += [carry_out(azure, step) for step in wave]
    for one in reversed(undo):
        azure.take_back(one)


def reached(read: Snapshot) -> dict[tuple[str, str, str], str]:
    """How pods of every cluster reach every name of every service."""
    fabric = Fabric(all_facets(read))
    services = list(dict.fromkeys(door.id for door in fabric.all(Door) if door.service != "cluster"))
    return {
        (cluster.id, path.pool, path.host): path.verdict.value
        for cluster in fabric.clusters.values()
        for path in walk.paths(fabric, cluster, services)
    }


def let_in(read: Snapshot) -> dict[str, tuple[Any, ...]]:
    """Whom each service lets in by its public address: anybody, addresses, subnets."""
    found: dict[str, tuple[Any, ...]] = {}
    for door in Fabric(all_facets(read)).all(Door):
        told = door.admission
        facts = (told.public, told.open_to_all, told.addresses, told.subnets)
        found[door.id] = tuple(one.value if isinstance(one, Known) else None for one in facts)
    return found


def is_wider(now: tuple[Any, ...], before: tuple[Any, ...]) -> bool:
    """Somebody comes in who did not."""
    if now[0] is False or now == before:
        return False
    if before[0] is False:
        return True
    if before[1]:
        return False
    return (
        bool(now[1])
        or not set(now[2] or ()) <= set(before[2] or ())
        or not set(now[3] or ()) <= set(before[3] or ())
    )


def offences(read: Snapshot, document: PlanDocument) -> list[str]:
    """What is worse than at the start in any state that the plan can come to; empty for a plan that is safe."""
    azure = World(read)
    found: list[str] = []
    start_names: dict[tuple[str, str, str], str] = {}
    start_doors: dict[str, tuple[Any, ...]] = {}
    for name, state in states(azure, document):
        names, doors = reached(state), let_in(state)
        if name == "start":
            start_names, start_doors = names, doors
            continue
        for flow, before in start_names.items():
            if RANK[names.get(flow, "blocked")] < RANK[before]:
                found.append(f"{name}: {flow[2]} was {before} and is {names.get(flow)}")
        found += [
            f"{name}: {id} lets in more"
            for id, told in doors.items()
            if id in start_doors and is_wider(told, start_doors[id])
        ]
    return found


def end(read: Snapshot, document: PlanDocument) -> Snapshot:
    """The state that the plan promises."""
    azure = World(read)
    for step in document.steps:
        carry_out(azure, step)
    return azure.seen()


def promised(document: PlanDocument) -> str:
    """The worst verdict that is promised."""
    return max(
        (one.promised for one in document.environments),
        key=["not-applicable", "met", "unknown", "broken"].index,
    )


def verdict(read: Snapshot, only: Sequence[str] = ()) -> Report:
    """What `check` says."""
    return check(read, CheckOptions(only=tuple(only)))


def weighty(report: Report) -> set[tuple[str, str, str]]:
    """(requirement, subject, verdict) of what is broken or unknown and more than advice."""
    return {
        (one.id, one.subject.lower(), one.verdict)
        for environment in report.environments
        for one in environment.requirements
        if one.verdict in ("broken", "unknown") and one.severity != "note"
    }


def combined(count: int, seed: int, most: int = 4) -> list[tuple[str, tuple[Fault, ...]]]:
    """Faults of the catalogue that come together on one reference, none in another's way. The same for each seed."""
    chance = random.Random(seed)
    found: list[tuple[str, tuple[Fault, ...]]] = []
    while len(found) < count:
        reference = chance.choice(list(REFERENCES))
        fitting = [fault for fault in FAULTS if reference in fault.on]
        faults = tuple(chance.sample(fitting, chance.randint(2, most)))
        if _apart(faults):
            found.append((reference, faults))
    return found


def _apart(faults: Sequence[Fault]) -> bool:
    keys = [key.partition("#")[0] for fault in faults for key in fault.changes]
    gone = tuple(
        f"{key}/"
        for fault in faults
        for key, told in fault.changes.items()
        if told == GONE and "#" not in key
    )
    return len(keys) == len(set(keys)) and not any(key.startswith(gone) for key in keys)


def public(reference: str, *, zones: bool = False, way_in: bool = True) -> list[Body]:
    """A reference before anything was secured: services open to everybody, a Basic registry, no private endpoint.

    zones: the private zones are there and linked, as in a landing zone; way_in: people have one into the network.
    """
    found: list[Body] = []
    for body in REFERENCES[reference]():
        type = body["type"]
        if (
            type.startswith("Microsoft.Network/privateEndpoints")
            or type == "Microsoft.Network/networkInterfaces"
        ):
            continue
        if type.startswith("Microsoft.Network/privateDnsZones") and (not zones or type.endswith("/A")):
            continue
        if type == "Microsoft.Network/bastionHosts" and not way_in:
            continue
        found.append(_opened(copy.deepcopy(body)) if body["name"] in SERVICES else body)
    return found


def _opened(body: Body) -> Body:
    properties = body["properties"]
    properties["publicNetworkAccess"] = "Enabled"
    properties["privateEndpointConnections"] = []
    if "networkAcls" in properties:
        properties["networkAcls"] = {"defaultAction": "Allow", "bypass": "None"}
    if "networkRuleSet" in properties:
        properties["networkRuleSet"] = {"defaultAction": "Allow"}
        properties["networkRuleBypassOptions"] = "None"
        body["sku"] = {"name": "Basic", "tier": "Basic"}
    return body


def faulty(reference: str, *changes: dict[str, Any]) -> Snapshot:
    """A reference with changes."""
    bodies = REFERENCES[reference]()
    for change in changes:
        bodies = changed(bodies, change)
    return snapshot(bodies)


LEFT = {
    "a link is still under way": "Azure is at it",
    "the service range holds the DNS server": "which server is a choice, and ranges cannot be changed",
    "a private cluster without a private zone": "a zone cannot be given to a cluster that has none",
    "a private cluster wants neither a private zone nor a public name": "as above",
    "a private cluster has a Basic load balancer": "the way to the API server is laid when a cluster is created",
    "the workspace is in another region": "a location cannot be changed",
    "the compute is of the legacy kind": "services on it have to be deployed anew",
    "a second pool stands in another network": "a pool's subnet cannot be changed",
    "an online deployment failed because the cluster cannot be reached": "it has to be deployed again",
    "a deployment failed behind an endpoint that did not": "it has to be deployed again",
    "a compute stands in no network, before services that are shut": "a compute's subnet cannot be changed",
    "a compute stands in a subnet that service endpoints do not speak for": "a compute's subnet cannot be changed",
    "the workspace has both kinds of identity, and works as the user-assigned one": "the way back is not documented",
    "an endpoint to the cluster waits for approval": "the cluster's connections were not read",
    "the endpoint that AKS keeps is disconnected": "it is AKS's business",
    "scoring goes over HTTP": "it takes a certificate",
}
"""Faults of the catalogue that no request mends in place, and why; those that only are not known left out."""
LATER = {
    "a workspace of high business impact, and its compute without an identity": "who has which role was not read",
    "a workspace of high business impact, and its compute with a user-assigned identity": (
        "roles are for an identity that Azure makes first"
    ),
}
"""Faults of which a first plan mends a part."""
UNKNOWN = {
    fault.name for fault in FAULTS if fault.expects and all("?" in one.split()[0] for one in fault.expects)
}
"""Faults that leave something unknown, and nothing broken: there is nothing to plan."""
LEFT |= dict.fromkeys(sorted(UNKNOWN), "what decides was not read")
