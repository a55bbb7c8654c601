"""Random teams: what a split plan promises them holds. `tools/prove_preflight.py` tries many more."""

from __future__ import annotations

import pytest

from tests.preflight.rounds import broken_promises


@pytest.mark.parametrize("seed", range(8))
def test_a_random_team_gets_what_it_was_promised(seed: int) -> None:
    """The part to apply now is taken step by step and harms nobody; what is surely refused is; nobody is stuck."""
    assert [] == broken_promises(seed)
