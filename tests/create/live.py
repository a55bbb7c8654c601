"""The same over HTTPS, with the commands as people use them."""

from __future__ import annotations

from pathlib import Path

import msgspec

from cloison.check.document import Report
from cloison.controlplane import Azure
from cloison.plan.document import PlanDocument
from tests.apply.live import Site, azure, check, cloison
from tests.create.making import ROUNDS_MAX, SUBSCRIPTION, TENANT, empty


def made_live(folder: Path, *options: str, there: Azure | None = None) -> Report:
    """What `cloison check` says in the end. options: of `cloison init`. there: what is there before."""
    with azure(folder, source=(there or empty()).snapshot()) as site:
        file = folder / "environment.toml"
        told = cloison("init", str(file), "--subscription", SUBSCRIPTION, "--tenant", TENANT, *options)
        assert 0 == told.code, told.all
        for _ in range(ROUNDS_MAX + 1):
            sources = [str(file), *(["azure:"] if there is not None or site.emulator.writes else [])]
            plan = _planned(site, sources)
            if not plan.steps:
                break
            _applied(site, plan)
        ended = cloison("check", f"azure:{SUBSCRIPTION}", "--format", "json", *site.where)
        return msgspec.json.decode(ended.out, type=Report)


def _planned(site: Site, sources: list[str]) -> PlanDocument:
    ended = cloison("plan", *sources, "-o", str(site.plan_file), "--accept-asks", *site.where)
    assert ended.code in (0, 1), ended.all
    return site.document


def _applied(site: Site, plan: PlanDocument) -> None:
    """Carry it out; nothing leaves that is not in it."""
    site.journal.unlink(missing_ok=True)
    before = len(site.emulator.asked)
    ended = cloison("apply", *site.agreed, *site.where)
    assert "done: all" in ended.err, ended.all
    check(site.emulator.asked[before:], plan)
