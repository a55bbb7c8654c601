"""Proving once more: a plan that was proven is proven again on the same, and not where something beside it changed."""

from __future__ import annotations

from typing import Any

import pytest

from cloison.apply.plans import planned
from cloison.apply.proving import prove
from cloison.model.errors import CloisonError
from cloison.model.snapshot import Snapshot
from cloison.plan.document import PlanDocument
from cloison.plan.make import make
from cloison.plan.options import PlanOptions
from tests.apply.tampering import sources
from tests.faults import GONE
from tests.plan.environments import public
from tests.reference import changed, snapshot

SOURCES = [one for one in sources() if make(one, PlanOptions()).steps]


@pytest.mark.parametrize("source", SOURCES, ids=[f"environment {at}" for at in range(len(SOURCES))])
def test_proven_again_on_the_same(source: Snapshot) -> None:
    """On what it was made from, a plan goes through as many states as its proof says."""
    document = make(source, PlanOptions())
    assert document.proof.prefixes == prove(planned(document, "plan"), source)


@pytest.fixture(scope="module")
def secured() -> PlanDocument:
    return make(snapshot(public("same network")), PlanOptions())


def refused(document: PlanDocument, changes: dict[str, Any]) -> CloisonError | None:
    """The error of proving a plan on an environment that changed since."""
    now = snapshot(changed(public("same network"), changes))
    try:
        prove(planned(document, "plan"), now)
    except CloisonError as problem:
        return problem
    return None


def test_what_is_gone_is_told(secured: PlanDocument) -> None:
    """A step that Azure would refuse now is named with Azure's reason."""
    problem = refused(secured, {"vaults/mlvault": GONE})
    assert problem is not None
    assert ("E514", True) == (problem.code, "nothing was sent" in (problem.help or ""))
    assert "Azure would refuse it now" in (problem.because or "")


def test_what_has_nothing_to_do_with_it_changes_nothing(secured: PlanDocument) -> None:
    """Tags, and a resource that no pod reaches, leave the proof as it is."""
    assert refused(secured, {"storageAccounts/mlstore#/tags": {"owner": "team"}}) is None
