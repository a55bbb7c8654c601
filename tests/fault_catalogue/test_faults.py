"""Each single fault gives just its findings; combined faults lose none; healthy environments have none of weight."""

from __future__ import annotations

import random

import pytest

from cloison.check.run import run
from tests.fault_catalogue import FAULTS
from tests.faults import Fault
from tests.reference import REFERENCES, changed, snapshot

SINGLE = [(fault, reference) for fault in FAULTS for reference in fault.on]
MARK = {
    ("broken", "error"): "",
    ("broken", "warning"): "~",
    ("unknown", "error"): "?",
    ("unknown", "warning"): "?",
}


def weighty(reference: str, *faults: Fault) -> set[str]:
    """Findings of weight in an environment with faults, in the catalogue's words."""
    bodies = REFERENCES[reference]()
    for fault in faults:
        bodies = changed(bodies, fault.changes)
    found = set()
    for environment in run(snapshot(bodies)).environments:
        for one in environment.requirements:
            mark = MARK.get((one.verdict, one.severity))
            if mark is not None:
                found.add(f"{one.id}{mark} {one.subject.rpartition('/')[2]}")
    return found


@pytest.mark.parametrize("reference", REFERENCES)
def test_healthy(reference: str) -> None:
    """A healthy environment gives no error, no warning, and nothing unknown."""
    assert set() == weighty(reference)


@pytest.mark.parametrize(
    ("fault", "reference"), SINGLE, ids=[f"{fault.name} ({name})" for fault, name in SINGLE]
)
def test_single(fault: Fault, reference: str) -> None:
    """A single fault gives just the findings that it should."""
    assert set(fault.expects) == weighty(reference, fault)


def _combinations(count: int) -> list[tuple[str, tuple[Fault, ...]]]:
    # A fixed seed: which faults are combined is arbitrary, that they stay the same makes a failure repeatable.
    chance = random.Random(20260105)
    found = []
    while len(found) < count:
        reference = chance.choice(list(REFERENCES))
        fitting = [fault for fault in FAULTS if reference in fault.on]
        faults = tuple(chance.sample(fitting, chance.randint(2, min(4, len(fitting)))))
        keys = [key.partition("#")[0] for fault in faults for key in fault.changes]
        if len(keys) == len(set(keys)):
            found.append((reference, faults))
    return found


@pytest.mark.parametrize(
    ("reference", "faults"),
    _combinations(60),
    ids=lambda value: value if isinstance(value, str) else " + ".join(fault.name for fault in value),
)
def test_combined(reference: str, faults: tuple[Fault, ...]) -> None:
    """Faults that touch different resources lose no finding when they come together, weaker ones included."""
    together = weighty(reference, *faults)
    subjects = {one.replace("~", "").replace("?", "") for one in together}
    for fault in faults:
        lost = {one for one in fault.expects if one.replace("~", "").replace("?", "") not in subjects}
        assert set() == lost, f"{fault.name} lost {lost}"


def test_the_catalogue_is_large() -> None:
    """At least eighty single faults are applied."""
    assert len(SINGLE) >= 80
