"""What is remembered while a plan is found: it must say what would be found anew, in whatever order states come."""

from __future__ import annotations

import random

import pytest

from cloison.arm.ids import ResourceId
from cloison.controlplane import Seeded, run
from cloison.kinds import all_facets
from cloison.model.behaviour import Json, Refused, State, Write
from cloison.plan.change import Change, Wishes
from cloison.plan.gather import gather
from cloison.plan.measure import Judge
from cloison.plan.rehearse import rehearse, seed
from cloison.plan.world import World
from cloison.reach.fabric import Fabric
from cloison.requirements import requirements
from tests.fault_catalogue import FAULTS
from tests.plan.environments import faulty, public, reached
from tests.reference import Body, snapshot

FAULTY = [
    "no peering was made at all",
    "the cluster is stopped, and an endpoint leads to it",
    "a link is still under way",
]
STATES = 25
CASES: dict[str, list[Body]] = {
    "nothing private yet": public("same network"),
    "zones linked already": public("same network", zones=True),
    "zones linked to the hub": public("hub and spoke", zones=True),
}


def changes_of(world: World) -> tuple[Change, ...]:
    return gather(world, Judge(requirements()), Wishes()).changes


def contents(world: World) -> list[tuple[ResourceId, Json | None]]:
    """Everything, in order."""
    return [(id, world.get(id)) for id in world]


def chosen(chance: random.Random, changes: tuple[Change, ...]) -> list[Change]:
    """Some changes in the order in which they were found, now and then with two of them exchanged."""
    some = [one for one in changes if chance.random() < 0.7]
    if len(some) > 1 and chance.random() < 0.5:
        at = chance.randrange(len(some) - 1)
        some[at], some[at + 1] = some[at + 1], some[at]
    return some


@pytest.mark.parametrize("bodies", CASES.values(), ids=CASES)
def test_a_change_that_is_remembered_does_what_it_would_do(bodies: list[Body]) -> None:
    """Any changes, carried out as remembered and carried out in full, leave the same, and are refused the same."""
    quick, full = World(snapshot(bodies)), World(snapshot(bodies))
    changes, chance = changes_of(quick), random.Random(20260105)
    before = contents(quick)
    for _ in range(STATES):
        undo: list[tuple[World, list[Write]]] = []
        for change in chosen(chance, changes):
            answers = []
            for world, do in ((quick, rehearse), (full, in_full)):
                try:
                    undo.append((world, list(do(world, change))))
                    answers.append("")
                except Refused as refused:
                    answers.append(str(refused))
            assert answers[0] == answers[1]
            assert contents(full) == contents(quick)
        for world, one in reversed(undo):
            world.take_back(one)
        assert before == contents(quick)


def in_full(world: World, change: Change) -> tuple[Write, ...]:
    return run(world, change.request, Seeded(seed(change))).undo


@pytest.mark.parametrize("bodies", CASES.values(), ids=CASES)
def test_a_state_that_is_remembered_is_judged_as_it_would_be(bodies: list[Body]) -> None:
    """How pods reach names, what is exposed and what requirements say are those of a judge who never saw the state."""
    world, judge = World(snapshot(bodies)), Judge(requirements())
    changes, chance = changes_of(world), random.Random(7)
    for _ in range(STATES):
        done = []
        for change in chosen(chance, changes):
            try:
                done.append(rehearse(world, change))
            except Refused:
                continue
        seen, anew = judge.measure(world), Judge(requirements()).measure(world)
        assert anew == seen
        names = {
            (cluster, pool, host): verdict.value for (cluster, pool, _, host), verdict in seen.flows.items()
        }
        assert reached(world.seen()) == names
        for undo in reversed(done):
            world.take_back(undo)


@pytest.mark.parametrize("name", FAULTY)
def test_states_of_one_mark_are_alike(name: str) -> None:
    """Where two states have one mark, they hold the same, in the same order; the start's comes back at the end."""
    fault = next(one for one in FAULTS if one.name == name)
    world = World(faulty(fault.on[0], fault.changes))
    changes, chance = changes_of(world), random.Random(3)
    first, known = world.mark(), {}
    for _ in range(STATES):
        done = []
        for change in chosen(chance, changes):
            try:
                done.append(rehearse(world, change))
            except Refused:
                continue
            held = contents(world)
            assert held == known.setdefault(world.mark(), held)
        for undo in reversed(done):
            world.take_back(undo)
    assert first == world.mark()


def test_nothing_is_asked_that_is_not_noted() -> None:
    """Whatever a behaviour may ask of a state is noted: a new question needs its note."""
    questions = {name for name, one in vars(State).items() if callable(one) and not name.startswith("_")}

    assert questions <= set(vars(World))
    for name in questions - {"get", "facets"}:
        assert "_noted" in vars(World)[name].__code__.co_names, name


def test_a_body_that_only_looks_alike_is_another() -> None:
    """One is not true, and neither stands for the other."""
    world = World(snapshot(public("same network")))
    id = next(one for one in world if one.type == "microsoft.storage/storageaccounts")
    body = dict(world.get(id) or {})

    world.write(Write(id, {**body, "tags": {"one": 1}}))
    world.write(Write(id, {**body, "tags": {"one": True}}))

    assert (world.get(id) or {})["tags"]["one"] is True


def test_a_walk_is_not_taken_for_that_of_another_fabric() -> None:
    """A record that is gone is missed, although all else was looked up before."""
    judge = Judge(requirements())
    world = World(faulty("same network"))
    before = judge.measure(world, rules=False).flows
    record = next(one for one in world if one.type.endswith("/a") and "vaultcore" in one)

    undo = world.write(Write(record, None))
    after = judge.measure(world, rules=False).flows
    world.take_back([undo])

    assert reached(world.seen()) == {(c, p, h): v.value for (c, p, _, h), v in before.items()}
    assert before != after
    assert before == judge.measure(world, rules=False).flows
    assert Fabric(all_facets(world.seen())).records
