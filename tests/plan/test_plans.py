"""What every plan promises, on environments with faults: a sample here, all of them in `tools/prove_plan.py`."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cloison.plan.make import make
from tests.fault_catalogue import FAULTS
from tests.faults import Fault
from tests.plan.environments import (
    LATER,
    LEFT,
    combined,
    end,
    faulty,
    offences,
    promised,
    public,
    verdict,
    weighty,
)
from tests.reference import REFERENCES, Body, snapshot

SINGLE = [(fault, reference) for fault in FAULTS for reference in fault.on]
SAMPLE = SINGLE[::7]
"""Every seventh: all parts of the catalogue have some."""
TOGETHER = combined(8, seed=20260105)
OPEN = {
    "nothing private yet": public("same network"),
    "zones linked already": public("same network", zones=True),
    "zones linked to the hub": public("hub and spoke", zones=True),
    "no way in for people": public("peered", way_in=False),
}


def names(cases: Sequence[tuple[Fault, str]]) -> list[str]:
    return [f"{fault.name} ({reference})" for fault, reference in cases]


@pytest.mark.parametrize(("fault", "reference"), SAMPLE, ids=names(SAMPLE))
def test_a_single_fault_is_mended(fault: Fault, reference: str) -> None:
    """What can be mended is; no state on the way is worse, the promise comes true, and a second plan is empty."""
    plan = make(faulty(reference, fault.changes))
    after = end(faulty(reference, fault.changes), plan)

    assert plan.proof.proven
    assert [] == offences(faulty(reference, fault.changes), plan)
    assert verdict(after).verdict == promised(plan)
    if fault.name not in LATER:
        assert () == make(after).steps
    if fault.name not in (*LEFT, *LATER):
        assert set() == weighty(verdict(after))


@pytest.mark.parametrize(
    ("reference", "faults"),
    TOGETHER,
    ids=lambda value: value if isinstance(value, str) else " + ".join(fault.name for fault in value),
)
def test_faults_are_mended_together(reference: str, faults: tuple[Fault, ...]) -> None:
    """Of several faults each that can be mended is, as safely as one."""
    changes = [fault.changes for fault in faults]
    plan = make(faulty(reference, *changes))
    after = end(faulty(reference, *changes), plan)

    assert plan.proof.proven
    assert [] == offences(faulty(reference, *changes), plan)
    assert verdict(after).verdict == promised(plan)
    if not {fault.name for fault in faults} & {*LEFT, *LATER}:
        assert set() == weighty(verdict(after))


@pytest.mark.parametrize("bodies", OPEN.values(), ids=OPEN)
def test_what_was_never_secured_is(bodies: list[Body]) -> None:
    """An environment that is open to everybody becomes private and shut, and no name is lost on the way."""
    plan = make(snapshot(bodies))
    after = end(snapshot(bodies), plan)

    assert plan.proof.proven
    assert [] == offences(snapshot(bodies), plan)
    assert set() == weighty(verdict(after))
    assert () == make(after).steps


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_healthy_environment_needs_nothing(reference: str) -> None:
    """The plan for it has no step, leaves nothing, and ends well."""
    plan = make(faulty(reference))

    assert ((), (), 0) == (plan.steps, plan.left, plan.exit_code)


@pytest.mark.parametrize("name", LEFT)
def test_what_cannot_be_mended_in_place_is_left(name: str) -> None:
    """With its reason; no plan claims to mend it, and none fails for it."""
    fault = next(one for one in FAULTS if one.name == name)
    for reference in fault.on:
        plan = make(faulty(reference, fault.changes))
        assert plan.left
        assert all(one.why for one in plan.left)
        assert 1 == plan.exit_code
