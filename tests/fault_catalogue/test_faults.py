"""Each single fault gives just its findings; combined faults lose none; healthy environments have none of weight."""

from __future__ import annotations

import random

import pytest

from cloison.check.run import run
from tests.fault_catalogue import FAULTS
from tests.faults import GONE, Fault
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
        if _apart(faults):
            found.append((reference, faults))
    return found


def _apart(faults: tuple[Fault, ...]) -> bool:
    """True when no two faults touch one resource, and none touches what lies below a resource that another removes."""
    keys = [key.partition("#")[0] for fault in faults for key in fault.changes]
    gone = [
        f"{key}/"
        for fault in faults
        for key, value in fault.changes.items()
        if value == GONE and "#" not in key
    ]
    return len(keys) == len(set(keys)) and not any(key.startswith(tuple(gone)) for key in keys)


@pytest.mark.parametrize(
    ("reference", "faults"),
    _combinations(60),
    ids=lambda value: value if isinstance(value, str) else " + ".join(fault.name for fault in value),
)
def test_combined(reference: str, faults: tuple[Fault, ...]) -> None:
    """Faults that touch different resources lose no finding when they come together but those that one hides."""
    together = {_bare(one) for one in weighty(reference, *faults)}
    hidden = {one for fault in faults for one in fault.hides}
    for fault in faults:
        lost = {one for one in map(_bare, fault.expects) if one not in together}
        lost = {one for one in lost if not {one, *one.split(" ", 1)} & hidden}
        assert set() == lost, f"{fault.name} lost {lost}"


def _bare(finding: str) -> str:
    return finding.replace("~", "").replace("?", "")


def test_the_catalogue_is_large() -> None:
    """At least eighty single faults are applied."""
    assert len(SINGLE) >= 80
