"""Making environments in memory: what a file says, what is there before, and rounds of planning and applying.

The state that plans are carried out on is not the planner's: it is as strict as Azure about groups, and gives
identities that no plan can have known.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

import msgspec

from cloison.apply.plans import planned
from cloison.arm.ids import ResourceId
from cloison.check.document import Report
from cloison.check.run import CheckOptions
from cloison.check.run import run as check
from cloison.controlplane import Azure, Seeded, run
from cloison.kinds import all_facets, api_of, expand_nested
from cloison.model.behaviour import Json, Request, Write
from cloison.model.errors import CloisonError
from cloison.model.network import Door
from cloison.model.snapshot import Resource, Snapshot
from cloison.plan.create.file import Given, read
from cloison.plan.create.make import create
from cloison.plan.create.template import render
from cloison.plan.create.told import check_head, check_together
from cloison.plan.document import PlanDocument
from cloison.plan.puts import request_of

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
TENANT = "00000000-0000-0000-0000-0000000000aa"
HOME = f"/subscriptions/{SUBSCRIPTION}/resourceGroups"
ROUNDS_MAX = 3
"""Plans until nothing is left: one that makes, one for roles of what was made, one for roles of what those made."""

Values = dict[str, object]
AKS = f"{HOME}/rg-aks/providers/Microsoft.ContainerService/managedClusters/aks"
HUB = f"{HOME}/rg-hub/providers/Microsoft.Network/virtualNetworks/hub"
NETWORK = f"{HOME}/rg-aks/providers/Microsoft.Network/virtualNetworks/vnet-aks"


def given(values: Values) -> Given:
    """The file that `cloison init` writes for these values."""
    return read(render({"subscription": SUBSCRIPTION, "tenant": TENANT, **values}), "environment.toml")


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a file."""

    plans: tuple[PlanDocument, ...]
    """One for each round; the last one has no steps."""
    azure: Azure
    report: Report

    @property
    def left(self) -> list[str]:
        """What is not met and weighs."""
        return [
            f"{one.id} {one.verdict} {one.message}"
            for environment in self.report.environments
            for one in environment.requirements
            if one.verdict in ("broken", "unknown") and one.severity != "note"
        ]


def made(file: Given, azure: Azure | None = None, rounds: int = ROUNDS_MAX) -> Made:
    """Plan and apply until nothing is to be done. Raises Refused where Azure would refuse a step."""
    azure = azure if azure is not None else empty()
    plans: list[PlanDocument] = []
    for _ in range(rounds + 1):
        plan = create(file, seen(azure, newest=True) if plans or len(azure) > 1 else Snapshot([]))
        plans.append(plan)
        if not plan.steps:
            break
        carry_out(azure, plan)
    dns = dict(zip(file.file.dns.servers, [_asked_from(file)] * len(file.file.dns.servers), strict=True))
    report = check(seen(azure), CheckOptions(dns=dns))
    return Made(plans=tuple(plans), azure=azure, report=report)


def seen(azure: Azure, *, newest: bool = False) -> Snapshot:
    """Everything as ARM answers it, with children inside where they are shown so.

    newest: as Resource Graph tells it, with settings that the version does not know that plans are written with.
    """
    return Snapshot(expand_nested([_resource(azure, id, newest) for id in azure]))


def _resource(azure: Azure, id: ResourceId, newest: bool) -> Resource:
    body = azure.show(id, "" if newest else api_of(id.type))
    return Resource(id, id.type, lambda: body)


def carry_out(azure: Azure, plan: PlanDocument) -> None:
    """All steps, each one that `apply` takes. Azure chooses other names than any prediction."""
    assert len(plan.steps) == len(planned(plan, "plan.json").steps)
    assert plan.proof.proven, plan.proof.offending
    for step in plan.steps:
        run(azure, request_of(step), Seeded(f"azure {plan.digest} {step.number}"))


def strangers(azure: Azure, values: Values) -> Iterator[str]:
    """Who comes into a service by its public address although the file does not name him."""
    for door in all_facets(azure.snapshot()):
        if not isinstance(door, Door) or door.service == "cluster" or not door.admission.public.value:
            continue
        told = door.admission
        if told.open_to_all.value:
            yield f"everybody comes into {door.id.name}"
        if not set(told.addresses.value) <= set(values.get("way-in.addresses", ())):  # type: ignore[call-overload]
            yield f"{told.addresses.value} come into {door.id.name}"
        if told.subnets.value and "services.access" not in values:
            yield f"subnets come into {door.id.name}"


def empty() -> Azure:
    """A subscription with nothing in it."""
    azure = Azure()
    id = ResourceId(f"/subscriptions/{SUBSCRIPTION}")
    told = {
        "id": id.text,
        "name": SUBSCRIPTION,
        "type": "Microsoft.Resources/subscriptions",
        "tenantId": TENANT,
    }
    azure.write(Write(id, told))
    return azure


def _asked_from(file: Given) -> str:
    told = file.file
    if told.dns.servers_ask_from:
        return told.dns.servers_ask_from
    hub = (
        told.network.hub
        or f"{HOME}/rg-{told.name}/providers/Microsoft.Network/virtualNetworks/vnet-{told.name}-hub"
    )
    if told.network.layout == "hub":
        return hub
    return f"{HOME}/rg-{told.name}/providers/Microsoft.Network/virtualNetworks/vnet-{told.name}"


# --- what is there before ------------------------------------------------------------------------------


def put(azure: Azure, id: str, body: Json) -> None:
    """Make something, as somebody did before."""
    run(azure, Request(method="PUT", id=ResourceId(id), body=body, api_version="2024-09-01"), Seeded(id))


def with_cluster(*, private: bool = False, own_network: bool = True) -> Azure:
    """A subscription with a cluster; a private one also has a public name, which the article warns of."""
    azure = empty()
    put(azure, f"{HOME}/rg-aks", {"location": "westeurope"})
    if own_network:
        subnets = [{"name": "nodes", "properties": {"addressPrefix": "10.20.0.0/24"}}]
        space = {"addressPrefixes": ["10.20.0.0/22"]}
        put(
            azure,
            NETWORK,
            {"location": "westeurope", "properties": {"addressSpace": space, "subnets": subnets}},
        )
    pool: Json = {"name": "system", "mode": "System", "count": 3, "vmSize": "Standard_D4s_v5"}
    if own_network:
        pool["vnetSubnetID"] = f"{NETWORK}/subnets/nodes"
    net = {
        "networkPlugin": "azure",
        "networkPluginMode": "overlay",
        "podCidr": "10.244.0.0/16",
        "serviceCidr": "172.20.0.0/16",
        "dnsServiceIP": "172.20.0.10",
    }
    properties = {
        "dnsPrefix": "aks",
        "agentPoolProfiles": [pool],
        "networkProfile": net,
        "apiServerAccessProfile": {"enablePrivateCluster": private},
    }
    identity = {"type": "SystemAssigned"}
    put(azure, AKS, {"location": "westeurope", "identity": identity, "properties": properties})
    return azure


def with_hub(azure: Azure) -> Azure:
    """The same with a hub, and a zone in it that is linked there."""
    put(azure, f"{HOME}/rg-hub", {"location": "westeurope"})
    space = {"addressPrefixes": ["10.90.0.0/16"]}
    put(azure, HUB, {"location": "westeurope", "properties": {"addressSpace": space, "subnets": []}})
    zone = f"{HOME}/rg-hub/providers/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net"
    put(azure, zone, {"location": "global"})
    link = {"virtualNetwork": {"id": HUB}, "registrationEnabled": False}
    put(azure, f"{zone}/virtualNetworkLinks/hub", {"location": "global", "properties": link})
    return azure


# --- combinations --------------------------------------------------------------------------------------

FACTORS: Mapping[str, Sequence[tuple[str, Values]]] = {
    "cluster": (
        ("default cluster", {}),
        ("private cluster", {"cluster.private": True}),
        ("cluster there", {"cluster.existing": AKS}),
        ("private cluster there", {"cluster.existing": AKS}),
        ("cluster there in its own network", {"cluster.existing": AKS, "network.layout": "peered"}),
    ),
    "layout": (
        ("one network", {}),
        ("peered", {"network.layout": "peered"}),
        ("hub", {"network.layout": "hub"}),
        ("hub there", {"network.layout": "hub", "network.hub": HUB}),
        ("hub with firewall", {"network.layout": "hub", "network.firewall": True}),
    ),
    "access": (("private endpoints", {}), ("service endpoints", {"services.access": "service-endpoints"})),
    "way in": (
        ("bastion", {}),
        ("jump box", {"way-in.jump-box-key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE nobody"}),
        ("vpn", {"way-in.kind": "vpn"}),
        ("addresses", {"way-in.kind": "addresses", "way-in.addresses": ["203.0.113.0/24"]}),
        ("no way in", {"way-in.kind": "none"}),
    ),
    "names": (
        ("own zones", {}),
        ("zones of the hub", {"dns.zones": "hub", "dns.zones-group": "rg-hub"}),
        ("own servers", {"dns.servers": ["10.0.8.4"]}),
    ),
    "storage": (
        ("one account", {}),
        ("three accounts", {"services.extra-storage": ["mldatalake", "mlarchive"]}),
    ),
    "data": (("plain", {}), ("hbi", {"workspace.high-business-impact": True})),
    "builds": (("builds inside", {}), ("builds elsewhere", {"workspace.build-cluster": False})),
    "range": (("wide", {}), ("narrow", {"network.range": "10.3.0.0/23", "cluster.nodes": 5})),
    "region": (("westeurope", {}), ("northeurope", {"region": "North Europe"})),
}
"""Options by what they are about; each with the keys that it sets."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One choice for each factor."""

    choices: tuple[str, ...]

    @property
    def name(self) -> str:
        """What is unlike the first choices."""
        firsts = {options[0][0] for options in FACTORS.values()}
        return ", ".join(one for one in self.choices if one not in firsts) or "everything as usual"

    @property
    def values(self) -> Values:
        """Keys of the file."""
        found: Values = {}
        for one, options in zip(self.choices, FACTORS.values(), strict=True):
            for key, value in dict(options)[one].items():
                if found.setdefault(key, value) != value:
                    raise CloisonError("E555", f"{key} is said twice")
        if "dns.servers" in found:
            hub = "10.90.8.4" if "hub there" in self.choices else "10.9.8.4"
            home = "10.3.1.252" if "narrow" in self.choices else "10.0.8.4"
            found["dns.servers"] = [hub if found.get("network.layout") == "hub" else home]
        return found

    def azure(self) -> Azure:
        """What is there before."""
        azure = empty()
        if "there" in self.choices[0]:
            azure = with_cluster(
                private="private" in self.choices[0], own_network="own network" not in self.choices[0]
            )
        if "hub there" in self.choices or "zones of the hub" in self.choices:
            with_hub(azure)
        return azure

    def is_possible(self) -> bool:
        """The file does not contradict itself."""
        return _is_possible(self)


@functools.cache
def _is_possible(case: Case) -> bool:
    try:
        file = given(case.values)
        check_head(file)
        check_together(file)
    except CloisonError:
        return False
    cluster, chosen = case.choices[0], set(case.choices)
    if "own network" in cluster and {"service endpoints", "one network", "hub", "hub there"} & chosen:
        return False
    # The cluster that is there has its region and its addresses.
    return not ("there" in cluster and {"northeurope", "narrow"} & chosen)


def cases(seed: int) -> Iterator[Case]:
    """Possible cases in which every two choices that go together do so at least once."""
    rng = random.Random(seed)
    options = [[name for name, _ in some] for some in FACTORS.values()]
    first = Case(choices=tuple(some[0] for some in options))
    wanted = _possible_pairs(options, first)
    yield first
    for pair in _pairs(first.choices):
        wanted.pop(pair, None)
    while wanted:
        pair = min(wanted)
        case = max((_drawn(rng, options, wanted, pair) for _ in range(4)), key=lambda one: _new(one, wanted))
        yield case
        for one in _pairs(case.choices):
            wanted.pop(one, None)


Pair = tuple[tuple[int, str], tuple[int, str]]
LAYOUT = list(FACTORS).index("layout")


def _drawn(
    rng: random.Random, options: Sequence[Sequence[str]], wanted: Mapping[Pair, Case], pair: Pair
) -> Case:
    """A possible case with that pair, and with others that are wanted as far as they go together with it."""
    case = wanted[pair]
    held = {at for at, _ in pair}
    for at in rng.sample(range(len(options)), len(options)):
        for one in options[at] if at not in held else ():
            other = Case(choices=(*case.choices[:at], one, *case.choices[at + 1 :]))
            if _new(other, wanted) > _new(case, wanted) and other.is_possible():
                case = other
    return case


def _pairs(choices: Sequence[str]) -> Iterator[Pair]:
    yield from combinations(enumerate(choices), 2)


def _new(case: Case, wanted: Mapping[Pair, Case]) -> int:
    return sum(one in wanted for one in _pairs(case.choices))


def _possible_pairs(options: Sequence[Sequence[str]], first: Case) -> dict[Pair, Case]:
    """Pairs that go together in some layout, with everything else as usual; each with such a case."""
    found: dict[Pair, Case] = {}
    for (at, some), (place, others) in combinations(enumerate(options), 2):
        for one, other, layout in product(some, others, options[LAYOUT]):
            drawn = list(first.choices)
            drawn[LAYOUT], drawn[at], drawn[place] = layout, one, other
            case = Case(choices=tuple(drawn))
            if case.is_possible():
                found.setdefault(((at, one), (place, other)), case)
    return found
