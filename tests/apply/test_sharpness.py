"""The simulation is sharp: bugs planted in the executor are noticed. `make prove ARGS=apply` plants all of them."""

from __future__ import annotations

import pytest

from tests.apply.mutants import MUTANTS, Mutant, noticed, planted

QUICK = {
    "a request is sent before it is written down",
    "what is written down is not synced",
    "a resumed journal begins a new chain",
    "what an earlier process sent is taken for somebody else's",
    "a connection that waits for approval is good enough",
    "all steps begin at once",
}


@pytest.mark.parametrize("mutant", [one for one in MUTANTS if one.name in QUICK], ids=lambda one: one.name)
def test_a_planted_bug_is_noticed(mutant: Mutant) -> None:
    """With the bug, some way breaks an invariant."""
    assert noticed(mutant, seeds=5)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.name)
def test_every_bug_can_be_planted(mutant: Mutant) -> None:
    """The text that each bug replaces stands in the executor, once."""
    with planted(mutant):
        pass


def test_there_are_enough() -> None:
    """At least twenty-five bugs."""
    assert len(MUTANTS) >= 25
