"""The simulation is sharp: bugs planted in the executor are noticed. `make prove ARGS=apply` looks further."""

from __future__ import annotations

import pytest

from tests.apply.mutants import MUTANTS, Mutant, go, noticed


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.name)
def test_a_planted_bug_is_noticed(mutant: Mutant) -> None:
    """With the bug, the way that is known to show it breaks an invariant."""
    way, shown = noticed(mutant, seeds=0)
    assert (mutant.shown, True) == (way, bool(shown))


@pytest.mark.parametrize("way", sorted({one.shown for one in MUTANTS}))
def test_without_a_bug_nothing_is_noticed(way: str) -> None:
    """The ways that show bugs break nothing where there is none."""
    go(way)


def test_there_are_enough() -> None:
    """At least twenty-five bugs, each with a name and a way of its own that shows it."""
    assert len({one.name for one in MUTANTS if one.shown}) >= 25
