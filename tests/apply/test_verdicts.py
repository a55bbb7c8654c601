"""Verdicts as measured beside those promised: what was kept, what was not, and what came besides."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from cloison.apply.verdicts import Row, measured
from cloison.check.document import Report
from cloison.check.run import run
from cloison.plan.document import PlanDocument, VerdictWord
from cloison.plan.make import make
from cloison.plan.options import PlanOptions
from cloison.sources import read
from tests.cli.shell import EXAMPLE

WORDS: tuple[VerdictWord, ...] = ("broken", "unknown", "met", "not-applicable")


@pytest.fixture(scope="module")
def document() -> PlanDocument:
    return make(read([str(EXAMPLE)]), PlanOptions())


@pytest.fixture(scope="module")
def before() -> Report:
    return run(read([str(EXAMPLE)]))


def row(promised: VerdictWord, now: VerdictWord) -> Row:
    return Row(requirement="S07", subject="/x", start="broken", promised=promised, measured=now)


@pytest.mark.parametrize(("promised", "now"), list(itertools.product(WORDS, WORDS)))
def test_a_promise_is_kept_by_what_is_as_good(promised: VerdictWord, now: VerdictWord) -> None:
    """Met and not applicable are as good as each other; unknown is worse, and broken the worst."""
    rank = {"broken": 0, "unknown": 1, "met": 2, "not-applicable": 2}
    assert (rank[now] >= rank[promised]) == row(promised, now).kept


def test_nothing_was_done(document: PlanDocument, before: Report) -> None:
    """Measured on the same environment, no promise of mending is kept, and each says why."""
    rows = measured(document, before)
    mending = [one for one in rows if one.start != one.promised]
    assert len(mending) > 5
    assert not any(one.kept for one in mending)
    assert all(one.message for one in mending)


def test_what_the_plan_does_not_speak_of(document: PlanDocument, before: Report) -> None:
    """Something that was met and is broken now has a row, though the plan says nothing of it."""
    silent = msgspec.structs.replace(
        document,
        environments=tuple(msgspec.structs.replace(one, stands=()) for one in document.environments),
    )
    rows = measured(silent, before)
    assert rows
    assert {"met"} == {one.promised for one in rows}
    assert not any(one.kept for one in rows)


def test_another_environment_counts_for_nothing(document: PlanDocument, before: Report) -> None:
    """A report of other environments measures nothing of this plan."""
    other = msgspec.structs.replace(
        before,
        environments=tuple(msgspec.structs.replace(one, workspace="/x") for one in before.environments),
    )
    assert () == measured(document, other)
