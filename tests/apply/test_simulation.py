"""A sample of what `make prove ARGS=apply` does in full: kills, faults, broken disks, others at work."""

from __future__ import annotations

import pytest

from tests.apply import chaos, others
from tests.apply.explore import Explorer
from tests.apply.plans import SCENES, scene


@pytest.mark.parametrize("name", SCENES)
def test_killed_after_every_action(name: str) -> None:
    """Wherever the process dies, and whatever the disk kept, going on ends in the same state and then sends nothing."""
    explorer = Explorer(scene(name))
    explorer.plain()
    assert [] == explorer.figures.violations
    assert explorer.figures.scenarios > 60


SOME = [
    ("throttled", False), ("in-progress", False), ("gateway-timeout", True), ("reset", True), ("page", True),
    ("missing", False), ("stale", True), ("lagging", True), ("still-updating", True), ("operation-failed", True),
    ("operation-lost", True), ("operation-elsewhere", True), ("claims", False), ("forbidden", True),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "after"), SOME)
def test_a_fault_at_each_of_the_first_requests(fault: str, after: bool) -> None:
    """Whatever Azure does at a request, before or after its effect, the run ends right or goes on right."""
    explorer = Explorer(scene("closing"))
    for number in range(1, 6):
        explorer.fault_at(fault, number, after=after, kills=False)
    assert [] == explorer.figures.violations


@pytest.mark.parametrize(("fault", "number"), [("reset", 3), ("operation-failed", 3), ("gateway-timeout", 4)])
def test_a_fault_and_a_kill(fault: str, number: int) -> None:
    """A fault at a request, and a kill after any action before or behind it."""
    explorer = Explorer(scene("made again"))
    explorer.fault_at(fault, number, after=True)
    assert [] == explorer.figures.violations


@pytest.mark.parametrize("first", range(0, 60, 10))
def test_two_to_four_troubles(first: int) -> None:
    """Troubles of Azure, the disk, the process and the clock together: safe at every instant, and the same end."""
    for seed in range(first, first + 10):
        chaos.Way(seed).go()


@pytest.mark.parametrize("seed", [1_005_405, 1_007_131, 1_010_003, 1_019_614, 1_023_061, 1_057_707])
def test_ways_that_once_went_wrong(seed: int) -> None:
    """Among them: reads that find nothing for a minute while the list is refused prove no absence."""
    chaos.Way(seed).go()


def test_two_processes_without_a_lock() -> None:
    """Two processes with one plan, interleaved at every action: one comes to the end, and nothing is there twice."""
    for seed in (*range(12), 1_004_650):
        others.two(seed)


def test_somebody_meddles() -> None:
    """What somebody changes meanwhile is noticed before it is overwritten, and stays."""
    for seed in range(8):
        others.meddled(seed)


@pytest.mark.parametrize("seed", [1_000_468, 1_000_834])
def test_who_deletes_what_was_looked_at_is_to_blame(seed: int) -> None:
    """Between the last look and the request a window stays: what is lost in it is lost to whoever deleted."""
    others.meddled(seed)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_remembered_is_what_is_worked_out(seed: int) -> None:
    """With and without a memory of what requests came to, a way goes the same way, request by request."""
    gone = []
    for remembers in (True, False):
        way = chaos.Way(seed)
        start = way.scene.start
        memory, start.memory = start.memory, start.memory if remembers else None
        way.scene.at_rest.clear()
        try:
            way.go()
        finally:
            start.memory = memory
        assert way.azure is not None
        gone.append(([*way.azure.emulator.log], way.azure.state.exact))
    assert gone[0] == gone[1]
