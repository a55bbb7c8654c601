"""`cloison apply` from end to end, on an emulator over HTTPS."""

from __future__ import annotations

from pathlib import Path

from tests.apply.live import azure


def test_carried_out(tmp_path: Path) -> None:
    """All steps are done, each request was sent once, the verdicts are as promised, and a further resume sends none."""
    with azure(tmp_path) as site:
        document = site.plan()
        ended = site.apply()
        assert 0 == ended.code, ended.all
        assert len(document.steps) == len(site.emulator.writes)
        assert {1} == set(site.taken().values())
        assert "Measured afterwards: as promised" in ended.out
        again = site.apply("--resume")
        assert 0 == again.code, again.all
        assert len(document.steps) == len(site.emulator.writes)
        assert () == site.plan().steps
