"""Splitting a plan: a part to apply now that goes through, a request for the rest, and both come to all-met."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from cloison.arm.ids import ResourceId
from cloison.emulator import Emulator
from cloison.emulator.emulator import ask
from cloison.emulator.signin import issued
from cloison.emulator.wire import Asked
from cloison.model.behaviour import Write
from cloison.model.snapshot import Snapshot
from cloison.plan.document import StepReport
from cloison.plan.make import make
from cloison.plan.options import PlanOptions
from cloison.plan.preflight.document import Preflight, Section
from cloison.plan.preflight.split import preflight
from tests.plan.environments import offences, promised
from tests.preflight.estate import (
    HUB,
    HUB_GROUP,
    JOINER,
    NETWORK_TEAM,
    NETWORKS,
    OWNER,
    READER,
    SPOKE,
    ZONE,
    asking,
    azure,
    definition,
    role,
    spoke,
    team,
)
from tests.reference import GROUP, REFERENCES, snapshot

OPTIONS = PlanOptions(accept_asks=True)


def read(emulator: Emulator) -> Snapshot:
    """Everything, as what a plan is made from."""
    emulator.world.settle()
    return emulator.state.snapshot()


def ahead(emulator: Emulator) -> Preflight:
    return preflight(read(emulator), OPTIONS, asking(emulator))


def send(emulator: Emulator, steps: Iterable[StepReport], who: str = "cloison") -> list[int]:
    """Statuses of the answers to the requests of some steps, sent by somebody."""
    token = issued(emulator.world, "https://localhost", who)
    found = []
    for step in steps:
        request = step.request
        target = f"{request.path}?api-version={request.api_version}"
        told = {"Authorization": f"Bearer {token}"}
        found.append(emulator.answer(Asked.of(request.method, target, request.body, told)).status)
    return found


def steps_of(section: Section) -> list[StepReport]:
    return [one.step for one in section.steps]


def test_links_in_a_hub_are_for_its_owner() -> None:
    """Who may join the hub's zones but not link them makes all endpoints now; the owner links; then all doors close."""
    emulator = azure(spoke(), team(READER, JOINER))
    first = ahead(emulator)

    assert first.now.proof.proven
    assert [] == offences(read(emulator), first.now)
    assert {"privateendpoints", "privatednszonegroups"} <= {kind(step) for step in first.now.steps}
    assert {"virtualnetworklinks"} == {kind(one.step) for one in first.held}
    assert [("send", HUB_GROUP)] == [(one.way, one.place) for one in first.sections]
    assert {200, 201, 202} >= set(send(emulator, first.now.steps))
    assert {403} == set(send(emulator, steps_of(first.sections[0])))

    assert {200, 201, 202} >= set(send(emulator, steps_of(first.sections[0]), NETWORK_TEAM))
    second = ahead(emulator)
    assert ((), "met") == (second.held, promised(second.now))
    assert {200, 201, 202} >= set(send(emulator, second.now.steps))
    assert () == make(read(emulator), OPTIONS).steps


def kind(step: StepReport) -> str:
    """Last segment of a step's type."""
    return step.request.path.lower().split("/")[-2]


def test_a_hub_that_gives_nothing_takes_three_rounds() -> None:
    """A right to join zones is asked for first; links come after the endpoints, for names would be lost between."""
    emulator = azure(spoke(), team(READER))
    first = ahead(emulator)

    assert ["grant"] == [one.way for one in first.sections]
    assert not {"privateendpoints", "privatednszonegroups"} & {kind(step) for step in first.now.steps}
    assert {"virtualnetworklinks"} == {kind(one.step) for one in first.waiting}
    assert {200, 201, 202} >= set(send(emulator, first.now.steps))

    given = role(JOINER, HUB_GROUP)
    path = f"{given['id']}?api-version=2022-04-01"
    token = issued(emulator.world, "https://localhost", NETWORK_TEAM)
    told = {"Authorization": f"Bearer {token}"}
    assert 201 == ask(emulator, "PUT", path, {"properties": given["properties"]}, told).status
    second = ahead(emulator)
    assert ["send"] == [one.way for one in second.sections]
    assert {200, 201, 202} >= set(send(emulator, second.now.steps))
    assert {200, 201, 202} >= set(send(emulator, steps_of(second.sections[0]), NETWORK_TEAM))

    third = ahead(emulator)
    assert ((), "met") == (third.held, promised(third.now))
    assert {200, 201, 202} >= set(send(emulator, third.now.steps))
    assert () == make(read(emulator), OPTIONS).steps


def test_two_halves_of_a_peering_have_two_owners() -> None:
    """The right to peer is asked for, and the other half: with both, the second plan makes the first half."""
    ours, theirs = (
        f"{group}/providers/Microsoft.Network/virtualNetworks/ml-net" for group in (GROUP, HUB_GROUP)
    )
    whole = json.dumps([one for one in REFERENCES["peered"]() if "virtualNetworkPeerings" not in one["type"]])
    emulator = azure(json.loads(whole.replace(ours, theirs)), team(READER))
    first = ahead(emulator)

    assert ["grant", "send"] == [one.way for one in first.sections]
    assert () == first.waiting
    assert {200, 201, 202} >= set(send(emulator, steps_of(first.sections[1]), NETWORK_TEAM))
    granted = role(NETWORKS, HUB_GROUP)
    emulator.state.write(Write(ResourceId(granted["id"]), granted))
    second = ahead(emulator)
    assert ((), 1) == (second.held, len(second.now.steps))
    assert {200, 201, 202} >= set(send(emulator, second.now.steps))
    assert () == make(read(emulator), OPTIONS).steps


def test_doors_are_closed_when_all_before_is_done() -> None:
    """Who may not change the registry closes no other door either: people may still need the open ones."""
    but_registries = definition(JOINER, "*", excepted=["Microsoft.ContainerRegistry/registries/write"])
    emulator = azure(spoke(), [but_registries, role(JOINER, SPOKE), role(OWNER, HUB_GROUP)])
    found = ahead(emulator)

    assert any("mlreg" in one.step.request.path for one in found.held)
    assert {"privateendpoints", "virtualnetworklinks"} <= {kind(step) for step in found.now.steps}
    assert not any(step.closes for step in found.now.steps)
    assert any(step.closes for step in found.later)


def test_who_may_do_everything_is_asked_for_nothing() -> None:
    """The plan is the plan, to the letter, and nothing stands in its way."""
    emulator = azure(spoke(), [role(OWNER, SPOKE), role(OWNER, f"/subscriptions/{HUB}")])
    found = ahead(emulator)

    assert make(read(emulator), OPTIONS) == found.now
    assert ((), (), (), ()) == (found.held, found.unsure, found.later, found.sections)


def test_what_may_not_even_be_read_is_held_back() -> None:
    """403 on the permissions themselves: not sure, but nobody begins what most likely ends in the middle."""
    emulator = azure(spoke(), [role(OWNER, SPOKE)])
    found = ahead(emulator)

    zones = [one for one in found.held if HUB_GROUP.lower() in str(one).lower()]
    assert zones
    assert not any(obstacle.sure for one in zones for obstacle in one.obstacles)
    assert not any(ZONE.lower() in step.request.path.lower() for step in found.now.steps)


def test_without_azure_rights_are_not_known() -> None:
    """From an export the whole plan is made, and each check says what it cannot know."""
    found = preflight(snapshot(spoke()), OPTIONS, None)

    assert make(snapshot(spoke()), OPTIONS) == found.now
    assert not found.live
    assert "which rights you have" in [one.blind for one in found.checks]
    assert () == found.held


@pytest.mark.parametrize("reference", ["same network", "peered", "hub and spoke"])
def test_every_part_of_a_split_is_safe(reference: str) -> None:
    """Whatever is split off, the part to apply now goes through every state without harm."""
    emulator = azure(spoke(reference), team(READER, JOINER))
    found = ahead(emulator)

    assert found.now.proof.proven
    assert [] == offences(read(emulator), found.now)
    assert {200, 201, 202} >= set(send(emulator, found.now.steps))
