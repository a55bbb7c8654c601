"""The oracle is sharp: a rule of docs/reach.md that Cloison lost would be noticed."""

from __future__ import annotations

import pytest

from .planted import FAULTS, Fault, shows


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_found(fault: Fault) -> None:
    """An environment tells Cloison with the fault from the oracle; without the fault the two agree (test_agreement)."""
    assert shows(fault, fault.seed), (
        "environments changed: take another seed from `make prove ARGS=sharpness`"
    )
