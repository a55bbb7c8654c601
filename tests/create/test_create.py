"""Environments from nothing, or beside a cluster that is there: planned from a file, made, and met."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from cloison.apply.plans import planned as steps_of
from cloison.arm.ids import ResourceId
from cloison.controlplane import Azure, Seeded, run
from cloison.model.snapshot import Snapshot
from cloison.plan.create.make import create
from cloison.plan.document import PlanDocument
from cloison.plan.puts import request_of
from tests.apply.live import azure as live
from tests.apply.live import cloison
from tests.create.live import made_live
from tests.create.making import (
    AKS,
    HOME,
    HUB,
    NETWORK,
    SUBSCRIPTION,
    TENANT,
    Values,
    carry_out,
    empty,
    given,
    made,
    put,
    seen,
    strangers,
    with_cluster,
    with_hub,
)

PRIVATE: Values = {"cluster.private": True}
FROM_NOTHING: dict[str, Values] = {
    "as usual": {},
    "private cluster, peered, jump box": {
        **PRIVATE,
        "network.layout": "peered",
        "way-in.jump-box-key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE nobody",
    },
    "spoke of a hub with firewall": {**PRIVATE, "network.layout": "hub", "network.firewall": True},
    "service endpoints": {"services.access": "service-endpoints"},
    "vpn, zones of a hub": {
        "network.layout": "hub",
        "way-in.kind": "vpn",
        "dns.zones": "hub",
        "dns.zones-group": "rg-zones",
    },
    "addresses let in, HBI, further storage": {
        "way-in.kind": "addresses",
        "way-in.addresses": ["203.0.113.0/24"],
        "workspace.high-business-impact": True,
        "services.extra-storage": ["mldatalake"],
    },
}
MADE_UP = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|aks-|privateendpointconnections")
BESIDE = {**PRIVATE, "network.layout": "hub", "dns.servers": ["10.9.8.4"]}


def planned(values: Values, azure: Azure | None = None) -> PlanDocument:
    """The first plan."""
    return create(given(values), seen(azure) if azure is not None else Snapshot([]))


@pytest.mark.parametrize("name", FROM_NOTHING)
def test_from_nothing(name: str) -> None:
    """It is made in two rounds, with data of high business impact in three; then all is met and nothing is left."""
    result = made(given(FROM_NOTHING[name]))
    rounds = 3 if "HBI" in name else 2

    assert [] == result.left
    assert ("met", 1) == (result.report.verdict, len(result.report.environments))
    assert ((), ()) == (result.plans[-1].steps, result.plans[-1].left)
    assert rounds == len(result.plans) - 1


@pytest.mark.parametrize(
    ("private", "own_network", "values"),
    [
        (False, True, {}),
        (True, True, {"way-in.kind": "vpn"}),
        (False, False, {"network.layout": "peered"}),
        (True, True, {"services.access": "service-endpoints", "network.layout": "hub", "network.hub": HUB}),
    ],
)
def test_beside_a_cluster(private: bool, own_network: bool, values: Values) -> None:
    """The cluster exists and the workspace does not: it is made in the cluster's network or one peered with it."""
    azure = with_hub(with_cluster(private=private, own_network=own_network))
    result = made(given({"cluster.existing": AKS, **values}), azure)

    assert [] == result.left
    assert [(AKS.lower(), "met")] == [
        (one.cluster.lower(), one.verdict) for one in result.report.environments
    ]
    assert () == result.plans[-1].steps


def test_nothing_is_taken_from_a_cluster() -> None:
    """Of what was there only the private cluster's public name goes, which S04 forbids, and a subnet is added."""
    azure = with_cluster(private=True)
    plan = planned({"cluster.existing": AKS}, azure)
    there = {id for id in azure if not id.startswith(f"{AKS.lower()}/agentpools")}

    assert {"PUT"} == {step.request.method for step in plan.steps}
    touched = [step for step in plan.steps if ResourceId(step.request.path) in there]
    assert [AKS] == [step.request.path for step in touched]
    assert ["S04"] == [name.partition("-")[0] for step in touched for name in step.because]
    added = [step.request.path for step in plan.steps if step.request.path.startswith(f"{NETWORK}/")]
    assert {"snet-endpoints", "snet-build", "AzureBastionSubnet"} == {one.rpartition("/")[2] for one in added}


@pytest.mark.parametrize("name", FROM_NOTHING)
def test_closed_from_birth(name: str) -> None:
    """After each step nobody comes into a service by its public address but whom the file names."""
    values = FROM_NOTHING[name]
    azure = empty()
    for step in planned(values).steps:
        run(azure, request_of(step), Seeded(f"{step.number}"))
        assert [] == list(strangers(azure, values))


@pytest.mark.parametrize("name", FROM_NOTHING)
def test_the_file_says_all(name: str) -> None:
    """What the planner of repairs would add to the pieces of the file is nothing: each step comes from the file."""
    steps = planned(FROM_NOTHING[name]).steps

    assert [] == [
        step.summary for step in steps if not all(one.startswith(("[", "res")) for one in step.because)
    ]
    assert {True} == {step.makes for step in steps}


@pytest.mark.parametrize("seed", range(3))
def test_an_interrupted_making_goes_on(seed: int) -> None:
    """Wherever it stops, the next plan makes what lacks, and it comes to the same."""
    whole = made(given(BESIDE))
    azure = empty()
    first = planned(BESIDE)
    stop = random.Random(seed).randrange(1, len(first.steps))
    for step in first.steps[:stop]:
        run(azure, request_of(step), Seeded(f"{seed} {step.number}"))

    result = made(given(BESIDE), azure, rounds=4)

    assert "met" == result.report.verdict
    assert _named(whole.azure) == _named(result.azure)


def _named(azure: Azure) -> set[ResourceId]:
    """What is there, without those to which Azure gave a name."""
    return {id for id in azure if not MADE_UP.search(id)}


def test_a_setting_that_differs_is_set_again() -> None:
    """Where the file has a say, what somebody changed is set back, and nothing else is touched."""
    result = made(given({}))
    file = given({"network.range": "10.0.0.0/15"})
    wider = create(file, seen(result.azure))

    assert ["vnet-ml"] == [step.request.path.rpartition("/")[2] for step in wider.steps]
    assert ["asks"] == [step.safety for step in wider.steps]
    carry_out(result.azure, wider)
    assert () == create(file, seen(result.azure)).steps


def test_what_cannot_be_changed_is_told() -> None:
    """The region of what is there stays: the plan says so, and leaves it."""
    result = made(given({}))
    plan = create(given({"region": "northeurope"}), seen(result.azure))

    told = [one.why for one in plan.left if one.subject.endswith("/mlw-ml")]
    assert ["location is westeurope, the file says northeurope; it cannot be changed in place"] == told


def test_identities_come_first() -> None:
    """A private cluster whose nodes ask for names in the hub is made in the second round: its identity needs roles."""
    first, second, _ = made(given(BESIDE)).plans
    later = [one.message for one in first.left]

    assert "Create private cluster aks-ml, 3 nodes in vnet-ml" in later
    assert {"later"} == {one.kind for one in first.left}
    assert "not-applicable" == first.environments[0].promised
    roles = [step.number for step in second.steps if "Give id-aks-ml" in step.summary]
    cluster = next(
        step.number for step in second.steps if step.summary in later and "cluster" in step.summary
    )
    assert 2 == len(roles)
    assert cluster > max(roles)


def test_a_hub_of_another_region() -> None:
    """What stands in a network is made in the region of that network, wherever the rest is."""
    values: Values = {"region": "northeurope", "network.layout": "hub", "network.hub": HUB}
    azure = with_hub(empty())
    steps = planned(values, azure).steps
    in_hub = [one for one in steps if HUB in str(one.request.body) and "location" in (one.request.body or {})]
    places = {one.summary: (one.request.body or {})["location"] for one in in_hub}

    assert "westeurope" == places["Create Bastion host bastion-ml in hub"]
    assert {"westeurope", "global"} == set(places.values())
    assert "met" == made(given(values), azure).report.verdict


def test_what_resource_graph_tells_more() -> None:
    """Settings that only a newer version knows are not sent with the one that plans are written with."""
    plan = create(given({"cluster.existing": AKS}), seen(with_cluster(private=True), newest=True))
    change = next(step for step in plan.steps if step.request.path == AKS)

    assert change.request.body is not None
    assert "kind" not in change.request.body
    assert len(plan.steps) == len(steps_of(plan, "plan.json").steps)


def test_names_in_one_group() -> None:
    """All stands in the group that the file names, which is made first."""
    plan = planned({"resource-group": "rg-scoring"})

    assert f"{HOME}/rg-scoring" == plan.steps[0].request.path
    assert {f"{HOME}/rg-scoring"} == {"/".join(step.request.path.split("/")[:5]) for step in plan.steps}


def test_over_https(tmp_path: Path) -> None:
    """With the commands themselves: init, plan, apply, plan again for the roles, apply, and then nothing."""
    assert "met" == made_live(tmp_path, "--service-endpoints", "--way-in", "none").verdict


def test_something_else_is_there(tmp_path: Path) -> None:
    """A plan from nothing for a place where something else has that name: nothing is sent, and it says what to do."""
    file = tmp_path / "environment.toml"
    azure = empty()
    put(azure, f"{HOME}/rg-ml", {"location": "northeurope", "tags": {"owner": "somebody"}})
    with live(tmp_path, source=azure.snapshot()) as site:
        cloison("init", str(file), "--subscription", SUBSCRIPTION, "--tenant", TENANT)
        assert 1 == cloison("plan", str(file), "-o", str(site.plan_file)).code
        ended = site.apply()

        assert 1 == ended.code, ended.all
        assert [] == site.emulator.writes
        assert "rg-ml is there already, and is not what the plan makes: plan again" in ended.err
