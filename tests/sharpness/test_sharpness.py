"""The oracle is sharp: a rule of docs/reach.md that Cloison lost would be noticed."""

from __future__ import annotations

import pytest

from .planted import FAULTS, Fault, shows

QUICK = [fault for fault in FAULTS if fault.seed is not None]


@pytest.mark.parametrize("fault", QUICK, ids=lambda fault: fault.name)
def test_a_planted_fault_is_found(fault: Fault) -> None:
    """An environment tells Cloison with the fault from the oracle; without the fault the two agree (test_agreement)."""
    assert fault.seed is not None
    assert shows(fault, fault.seed), (
        "environments changed: take another seed from `make prove ARGS=sharpness`"
    )


def test_most_faults_are_found_quickly() -> None:
    """Four of five lie within the environments that were searched when this was written."""
    assert len(QUICK) >= 0.8 * len(FAULTS)
