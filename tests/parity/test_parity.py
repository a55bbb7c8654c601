"""The emulator answers as Azure did, as far as public recordings tell; and the measure would notice if it did not."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import parity
import pytest

from cloison.arm.ids import ResourceId
from tests.behaviour.recordings import Exchange, Recording, needed
from tests.parity import gaps
from tests.parity.measure import Measured, measured
from tests.parity.references import References
from tests.parity.replay import Session, plant
from tests.parity.score import Difference, Score, compared

GROUP = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg"
ZONE = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/corp.example"
HOSTS = f"{GROUP}/providers/Microsoft.Network/applicationSecurityGroups/hosts"
AZURE = "0f8fad5b-d9cb-469f-a165-70867728950e"
"""A GUID that Azure chose."""


@functools.cache
def everything() -> Measured:
    """One run for all tests."""
    return measured()


@needed
def test_every_gap_has_a_reason_and_none_has_grown() -> None:
    """What differs has a line in docs/parity-gaps.txt, as often as the line says at most, and the aims are reached."""
    assert [] == parity.faults(everything(), gaps.known())


@needed
def test_the_page_and_the_list_of_gaps_are_those_of_this_code() -> None:
    """`make parity` would change nothing."""
    text = gaps.FILE.read_text(encoding="utf-8")
    assert parity.shrunk(text, everything(), gaps.known()) == text
    assert parity.page(everything()) == parity.PAGE.read_text(encoding="utf-8")


@needed
def test_the_measure_is_taken_on_enough() -> None:
    """At least 400 exchanges of at least 40 operations are compared."""
    operations = everything().operations
    assert 40 <= len(operations)
    assert 400 <= sum(score.exchanges for score in operations.values())


def exchange(method: str, path: str, status: int, *, asked: Any = None, answer: Any = None) -> Exchange:
    """An exchange of a session that nobody recorded."""
    return Exchange(method, path, {"api-version": "2020-06-01"}, asked, {}, status, answer, {})


def read(**changes: Any) -> Exchange:
    """An application security group, as Azure answers a GET."""
    body = {
        "id": HOSTS,
        "name": "hosts",
        "type": "Microsoft.Network/applicationSecurityGroups",
        "etag": AZURE,
        "location": "westeurope",
        "properties": {"provisioningState": "Succeeded", "resourceGuid": AZURE},
    }
    return exchange("GET", HOSTS, 200, answer={**body, **changes})


def again(one: Exchange) -> Difference:
    """The difference when a session reads twice: the first plants what the second is compared with."""
    session = Session(Recording("made", "nobody", {}, (read(), one)))
    (pair,) = session.pairs()
    return compared(pair, session.references, headed=False)


def test_two_answers_alike_differ_in_nothing() -> None:
    """A resource that is read twice is the same twice."""
    found = again(read())
    assert ((), (), True) == (found.missing, found.extra, found.same_status)
    assert found.shared == found.equal > 0


@pytest.mark.parametrize(
    ("change", "gap"),
    [
        (lambda one: replace(one, status=204, answer=None), "status 204, here 200"),
        (lambda one: replace(one, answer={**one.answer, "tags": {"a": "b"}}), "- tags/a"),
        (lambda one: replace(one, answer={"id": HOSTS}), "+ location"),
    ],
)
def test_what_differs_is_a_gap(change: Callable[[Exchange], Exchange], gap: str) -> None:
    """Another status, a path that we lack, a path that only we have: each is told."""
    found = again(change(read()))
    assert gap in list(found.gaps)
    score = Score()
    score.add(found)
    assert 1 == score.gaps[gap]


def test_a_value_that_differs_is_counted() -> None:
    """A path that both have with another value is shared and not equal."""
    found = again(read(location="local"))
    assert found.shared - 1 == found.equal


def test_a_header_that_clients_act_on_is_compared() -> None:
    """The network provider says an etag as a header too; an exchange without it has a gap."""
    session = Session(Recording("made", "nobody", {}, (read(), read())))
    (pair,) = session.pairs()
    assert ["+ header etag"] == list(compared(pair, session.references).gaps)


def test_an_operation_ends_when_azure_says_so() -> None:
    """While the recorded session is told to wait, so is ours; a later answer shows the operation ended."""
    address = f"{GROUP}/providers/Microsoft.Network/privateDnsOperationStatuses/azure"
    headers = {"azure-asyncoperation": f"https://management.azure.com{address}?api-version=2020-06-01"}
    made = replace(exchange("PUT", ZONE, 202, asked={"location": "global"}, answer={}), headers=headers)
    waits = exchange("GET", address, 202, answer={"status": "InProgress"})
    done = exchange("GET", address, 200, answer={"status": "Succeeded"})
    session = Session(Recording("made", "nobody", {}, (made, waits, waits, done)))
    told = [
        (pair.status, pair.body.get("status")) for pair in session.pairs() if "operations" in pair.operation
    ]
    assert [(202, "InProgress"), (202, "InProgress"), (200, "Succeeded")] == told


def test_names_that_azure_chose_are_ours_in_later_requests() -> None:
    """A GUID of Azure's that stood where ours stands is the same thing; a third is not."""
    references = References()
    references.learn({"name": f"account.{AZURE}"}, {"name": "account.7c9e6679-7425-40de-944b-e07fc1f90ae7"})
    assert "x.7c9e6679-7425-40de-944b-e07fc1f90ae7" == references.ours(f"x.{AZURE}")
    assert references.same(AZURE, "7c9e6679-7425-40de-944b-e07fc1f90ae7")
    assert not references.same(AZURE, "6fa459ea-ee8a-3ca4-894e-db77e160355e")


def test_times_and_etags_are_no_values() -> None:
    """Two times are the same, whenever they are, and so are two etags; a time and a word are not."""
    references = References()
    assert references.same("2020-06-16T02:40:57.7302113Z", "2026-01-05T10:00:00.0000000Z")
    assert references.same('W/"a"', 'W/"b"', "etag")
    assert not references.same("2020-06-16T02:40:57.7302113Z", "yesterday")


def test_a_gap_that_no_line_speaks_of_is_new() -> None:
    """Lines cover by operation and text, stars standing for anything; the rest is told as unknown."""
    score = Score()
    score.gaps.update({"- properties/a": 2, "- tags": 1})
    lines = (gaps.Gap("GET a/*", "- properties/*", 2, "because"),)
    covered, unknown = gaps.counted({"GET a/b": score}, lines)
    assert {lines[0]: 2} == covered
    assert {("GET a/b", "- tags"): 1} == unknown


def test_a_list_of_gaps_only_shrinks() -> None:
    """A number that is smaller now is written, a line that nothing needs goes, and no number is ever raised."""
    one, other, third = (
        gaps.Gap(f"GET {name}", "- x", number, "because")
        for name, number in zip("abc", (5, 1, 1), strict=True)
    )
    text = "# head\n" + "".join(f"{line.line()}\n" for line in (one, other, third))
    found = Measured()
    for name, number in (("GET a", 2), ("GET c", 7)):
        found.recorded[name] = Score()
        found.recorded[name].gaps["- x"] = number
    expected = "# head\nGET a | - x | 2 | because\nGET c | - x | 1 | because\n"
    assert expected == parity.shrunk(text, found, (one, other, third))


def test_children_in_an_answer_are_planted_as_resources_of_their_own() -> None:
    """A network's subnets can be asked for once the network has been told."""
    session = Session(Recording("made", "nobody", {}, (read(),)))
    id = ResourceId(f"{GROUP}/providers/Microsoft.Network/virtualNetworks/v")
    plant(session.emulator, id, {"properties": {"subnets": [{"name": "s", "properties": {}}]}})
    assert id.child("subnets", "s") in session.emulator.state
