"""Minimality: nothing can be spared, nothing smaller does as much, and what is equal asks fewest people."""

from __future__ import annotations

import pytest

from cloison.plan.change import Change, Wishes
from cloison.plan.gather import gather
from cloison.plan.make import make
from cloison.plan.measure import Judge
from cloison.plan.order import order
from cloison.plan.smallest import Goal, smallest
from cloison.plan.world import World
from cloison.requirements import requirements
from tests.fault_catalogue import FAULTS
from tests.faults import Fault
from tests.plan.environments import combined, faulty
from tests.plan.exhaustive import found, optimum

SMALL = [
    (fault, reference)
    for fault in FAULTS[::9]
    for reference in fault.on[:1]
    if optimum(faulty(reference, fault.changes)) is not None
]
TOGETHER = [
    (reference, faults)
    for reference, faults in combined(10, seed=7, most=2)
    if optimum(faulty(reference, *(fault.changes for fault in faults))) is not None
]


@pytest.mark.parametrize(("fault", "reference"), SMALL, ids=lambda value: str(getattr(value, "name", value)))
def test_no_smaller_set_mends_a_fault(fault: Fault, reference: str) -> None:
    """The set that is found has as many changes as the smallest of all sets."""
    assert optimum(faulty(reference, fault.changes)) == found(faulty(reference, fault.changes))


@pytest.mark.parametrize(("reference", "faults"), TOGETHER, ids=str)
def test_no_smaller_set_mends_two(reference: str, faults: tuple[Fault, ...]) -> None:
    """Nor of faults that come together."""
    changes = [fault.changes for fault in faults]

    assert optimum(faulty(reference, *changes)) == found(faulty(reference, *changes))


def named(name: str) -> Fault:
    return next(fault for fault in FAULTS if fault.name == name)


def test_one_change_is_better_than_eight() -> None:
    """Where every zone could be linked to the spoke, or Azure DNS no longer asked there, the one change is made."""
    fault = named("Azure DNS and the firewall are asked in turn")
    (step,) = make(faulty("hub and spoke", fault.changes)).steps

    assert ("Let aks-net ask 10.9.0.4 only", ["10.9.0.4"]) == (step.summary, step.settings[0].after)


def test_of_equals_the_one_that_asks_nobody_is_taken() -> None:
    """A fallback and an endpoint would both do; both ask somebody, and the fallback touches less."""
    fault = named("another account has its endpoint elsewhere and no record in the linked zone")
    (step,) = make(faulty("peered", fault.changes)).steps

    assert "PATCH" == step.request.method
    assert {"properties": {"resolutionPolicy": "NxDomainRedirect"}} == step.request.body


@pytest.mark.parametrize(
    "name", ["no peering was made at all", "the cluster is stopped, and an endpoint leads to it"]
)
def test_trying_leaves_no_trace(name: str) -> None:
    """After gathering, thinning and ordering the state is as it was, to the last byte and in the same order."""
    azure, judge = World(faulty("peered", named(name).changes)), Judge(requirements())
    before = [(id, azure.get(id)) for id in azure]

    gathered = gather(azure, judge, Wishes())
    changes: tuple[Change, ...] = smallest(
        azure, gathered.changes, judge, Goal.of(gathered.start, gathered, judge)
    ).changes
    order(azure, changes, judge, gathered.start)

    assert changes
    assert before == [(id, azure.get(id)) for id in azure]
    assert all(azure.get(id) is body for id, body in before)
