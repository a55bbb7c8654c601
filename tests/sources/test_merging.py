"""Several sources become one snapshot: plans stand over what is live, contradictions are said."""

from __future__ import annotations

import gc
import json

import pytest

from cloison.arm.ids import ResourceId
from cloison.model.errors import CloisonError
from cloison.model.facts import Unknown
from cloison.model.snapshot import Resource
from cloison.sources._collector import collector_off
from cloison.sources._merge import merge

ID = ResourceId("/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/mlstore")
OPEN = Unknown("it depends", "--set x=…")


def account(access: str | None, **about: object) -> Resource:
    """The account, saying this of public access."""
    body: dict[str, object] = {"id": ID.text, "etag": object, "properties": {}}
    body["etag"] = json.dumps(about, default=str)
    if access is not None:
        body["properties"] = {"publicNetworkAccess": access}
    return Resource(ID, ID.type, lambda: body, **about)  # type: ignore[arg-type]


LIVE = account("Enabled")
PLANNED = account("Disabled", planned=True)
NAMED = account(None, planned=True, partial=OPEN)
MAYBE = account("Enabled", planned=True, maybe=OPEN)
LISTED = account(None, partial=OPEN)


@pytest.mark.parametrize(
    ("given", "stands"),
    [
        ([LIVE, PLANNED], PLANNED),
        ([PLANNED, LIVE], PLANNED),
        ([LIVE, NAMED], LIVE),
        ([NAMED, LIVE], LIVE),
        ([NAMED, PLANNED], PLANNED),
        ([PLANNED, NAMED], PLANNED),
        ([PLANNED, account("Enabled", planned=True)], "Enabled"),
        ([LIVE, account("Enabled")], LIVE),
        ([LIVE, LISTED], LIVE),
        ([LISTED, LIVE], LIVE),
        ([MAYBE, PLANNED], PLANNED),
        ([PLANNED, MAYBE], MAYBE),
        ([account("Enabled", planned=True), MAYBE], "Enabled"),
    ],
)
def test_of_one_id_one_stands(given: list[Resource], stands: Resource | str) -> None:
    """Plans stand over live resources unless they only name them; whole bodies stand over partial ones."""
    (found,) = merge(given)

    if isinstance(stands, Resource):
        assert found is stands
    else:
        assert found.body.at("properties/publicNetworkAccess").value == stands


def test_a_declaration_that_may_replace_another_leaves_it_open() -> None:
    """Two declarations of one resource that differ, the second under an open condition: not known which holds."""
    (found,) = merge([PLANNED, MAYBE])

    assert found.maybe is OPEN


def test_live_bodies_that_contradict_each_other_are_refused() -> None:
    """Two exports of different days are not mixed."""
    with pytest.raises(CloisonError) as caught:
        merge([LIVE, account("Disabled")])

    assert "E107" == caught.value.code


def test_a_whole_body_that_lacks_what_another_says_contradicts_it() -> None:
    """Left out means the default, so two whole bodies must say the same."""
    with pytest.raises(CloisonError):
        merge([LIVE, account(None)])


def test_the_collector_is_as_it_was() -> None:
    """Reading holds the garbage collector off and gives it back, also after an error."""
    with collector_off():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(KeyError), collector_off():
        raise KeyError
    assert gc.isenabled()
    gc.disable()
    try:
        with collector_off():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
