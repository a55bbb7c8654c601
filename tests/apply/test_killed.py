"""A few of the kills that `make prove ARGS=kill` does at every request."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.apply.killed import Undisturbed, When, killed, undisturbed


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return undisturbed(tmp_path_factory.mktemp("killed") / "undisturbed")


@pytest.mark.parametrize(
    ("part", "when"), [(0.05, "after"), (0.4, "before"), (0.5, "after"), (0.75, "after")]
)
def test_killed_by_the_system(part: float, when: When, known: Undisturbed, tmp_path: Path) -> None:
    """Killed while it reads, before a write has its effect, or after: going on ends in the same state, with each write
    once, and then sends nothing.
    """
    assert "gone on" == killed(known, tmp_path / "run", max(1, int(known.requests * part)), when)
