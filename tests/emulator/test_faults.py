"""Faults: each by its name, at the request that was chosen, before or after it has had its effect."""

from __future__ import annotations

import json

import pytest

from cloison.emulator import Emulator
from cloison.emulator.clock import Manual
from cloison.emulator.faults import CATALOGUE, planned
from cloison.emulator.wire import Fate
from cloison.model.errors import CloisonError
from tests.emulator.speaking import ENDPOINT, GROUP, NET, NETWORK, STORE, Client, code, endpoint, furnished

REPLACING = sorted(name for name, fault in CATALOGUE.items() if fault.replaces)
CHANGING = sorted(name for name, fault in CATALOGUE.items() if not fault.replaces)


def struck(*faults: str, clock: Manual | None = None) -> Client:
    """A furnished environment in which faults wait, their numbers counted from now."""
    base = furnished(Client()).emulator.state
    emulator = Emulator(state=base, clock=clock)
    client = Client(emulator, group=False)
    for text in faults:
        one = planned(text)
        one.numbers = frozenset(number + emulator.world.number for number in one.numbers)
        emulator.faults.waiting.append(one)
    return client


@pytest.mark.parametrize("name", REPLACING)
def test_a_fault_before_leaves_no_effect(name: str) -> None:
    """A request that is struck before it has an effect has none, and the next one is answered as ever."""
    client = struck(f"{name}@1")
    answer = client.put(ENDPOINT, endpoint())
    assert answer.status >= 300 or answer.fate is not Fate.ARRIVES or isinstance(answer.body, bytes)
    assert 404 == client.get(ENDPOINT).status


@pytest.mark.parametrize("name", REPLACING)
def test_a_fault_after_hides_the_effect(name: str) -> None:
    """A request that is struck afterwards has had its effect, though its answer is the same."""
    client = struck(f"{name}:after@1")
    answer = client.put(ENDPOINT, endpoint())
    before = struck(f"{name}@1").put(ENDPOINT, endpoint())
    assert (before.fate, before.status if before.fate is Fate.ARRIVES else 0) == (
        answer.fate,
        answer.status if answer.fate is Fate.ARRIVES else 0,
    )
    assert 200 == client.get(ENDPOINT).status


@pytest.mark.parametrize("name", CHANGING)
def test_a_fault_that_changes_answers_keeps_the_effect(name: str) -> None:
    """A fault that only changes what is told leaves what was done."""
    client = struck(f"{name}@1")
    client.put(NET, {**NETWORK, "tags": {"written": "yes"}})
    client.emulator.faults.waiting.clear()
    client.emulator.faults.hidden.clear()
    client.get(NET), client.get(NET), client.get(NET)
    kept = {"operation-failed", "operation-canceled", "operation-stuck"}
    tags = client.get(NET).body.get("tags")
    assert name in kept or {"written": "yes"} == tags


def test_there_are_enough_faults() -> None:
    """Every way in which Resource Manager is known to fail has a name, what it does and where it was seen."""
    assert len(CATALOGUE) >= 45
    assert all(fault.says and fault.source for fault in CATALOGUE.values())


# --- which request -------------------------------------------------------------------------------------------


def test_numbers_choose_requests() -> None:
    """A number is that of a request to Resource Manager; signing in and the cloud's description do not count."""
    client = struck("throttled@2,4")
    assert [200, 429, 200, 429, 200] == [client.get(GROUP).status for _ in range(5)]


def test_paths_choose_requests() -> None:
    """A method and a part of a path choose every request that fits, until the fault has struck often enough."""
    client = struck("forbidden@GET *virtualNetworks*", "server-error@PUT*2")
    assert [403, 200] == [client.get(NET).status, client.get(STORE).status]
    assert [500, 500, 200] == [client.put(NET, NETWORK).status for _ in range(3)]
    assert "Microsoft.Network/virtualNetworks/read" in client.get(NET).body["error"]["message"]


@pytest.mark.parametrize(
    "text", ["nothing@1", "throttled@", "", "throttled:during@1", "throtled", "THROTTLED"]
)
def test_what_plans_no_fault_is_refused(text: str) -> None:
    """A name or a form that is not known is refused with a code, and the near miss is offered."""
    with pytest.raises(CloisonError) as refused:
        planned(text)
    assert "E402" == refused.value.code
    assert text != "throtled" or "throttled" in refused.value.what


def test_struck_requests_are_remembered() -> None:
    """The log tells which request was struck by which fault."""
    client = struck("throttled@1")
    client.get(GROUP)
    client.get(GROUP)
    assert ["throttled", ""] == [one.fault for one in list(client.emulator.log)[-2:]]


# --- operations ----------------------------------------------------------------------------------------------


def test_a_failed_operation_leaves_a_failed_resource() -> None:
    """The operation says why, and the resource stays and says that it failed."""
    clock = Manual()
    client = struck("operation-failed@1", clock=clock)
    first = client.put(ENDPOINT, endpoint())
    clock.advance(30)
    ended = client.ended(first)
    assert ("Failed", "InternalServerError") == (ended.body["status"], code(ended))
    assert "Failed" == client.get(ENDPOINT).body["properties"]["provisioningState"]


def test_a_stuck_operation_never_ends() -> None:
    """However long one waits, it is in progress."""
    clock = Manual()
    client = struck("operation-stuck@1", clock=clock)
    first = client.put(ENDPOINT, endpoint())
    clock.advance(10**9)
    assert "InProgress" == client.ended(first).body["status"]


def test_a_lost_operation_goes_on() -> None:
    """Its address answers 404, and the resource is there in the end all the same."""
    clock = Manual()
    client = struck("operation-lost@1", clock=clock)
    first = client.put(ENDPOINT, endpoint())
    assert 404 == client.ended(first).status
    clock.advance(30)
    assert "Succeeded" == client.get(ENDPOINT).body["properties"]["provisioningState"]


def test_a_canceled_operation_changes_nothing() -> None:
    """The operation says that it was canceled, and there is no resource."""
    clock = Manual()
    client = struck("operation-canceled@1", clock=clock)
    first = client.put(ENDPOINT, endpoint())
    assert "Canceled" == client.ended(first).body["status"]
    assert 404 == client.get(ENDPOINT).status


def test_a_resource_may_lag_behind_its_operation() -> None:
    """The operation has succeeded while the resource still says Updating, three times."""
    clock = Manual()
    client = struck("still-updating@1", clock=clock)
    first = client.put(ENDPOINT, endpoint())
    clock.advance(30)
    assert "Succeeded" == client.ended(first).body["status"]
    states = [client.get(ENDPOINT).body["properties"]["provisioningState"] for _ in range(4)]
    assert ["Updating", "Updating", "Updating", "Succeeded"] == states


def test_a_replica_may_not_have_heard() -> None:
    """What was made is not found three times, and is there the fourth time."""
    client = struck("lagging@1")
    client.put(ENDPOINT, endpoint())
    assert [404, 404, 404, 200] == [client.get(ENDPOINT).status for _ in range(4)]


@pytest.mark.parametrize("name", ["operation-elsewhere", "next-elsewhere", "redirect"])
def test_addresses_may_lead_elsewhere(name: str) -> None:
    """Links that point to another host are told as such, for clients that have to refuse them."""
    client = struck(f"{name}@1")
    answer = client.get(f"{NET}/subnets") if name == "next-elsewhere" else client.put(ENDPOINT, endpoint())
    assert "https://attacker.example/" in json.dumps([answer.body, answer.headers])


def test_the_address_of_an_operation_may_change() -> None:
    """A signature of four kilobytes is in it, and it still leads to the operation."""
    client = struck("operation-signed@1")
    first = client.put(ENDPOINT, endpoint())
    assert len(first.headers["Azure-AsyncOperation"]) > 4000
    assert "Succeeded" == client.ended(first).body["status"]
