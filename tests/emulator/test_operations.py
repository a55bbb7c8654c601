"""Operations that take time: taken, shown as under way, ended or failed, one at a time where Azure wants that."""

from __future__ import annotations

from typing import Any

import pytest

from cloison.arm.ids import ResourceId
from cloison.emulator import Emulator
from cloison.emulator.clock import Manual
from cloison.model.behaviour import Write
from tests.emulator.speaking import (
    ACCOUNT,
    BLOB,
    ENDPOINT,
    GROUP,
    NET,
    NETWORK,
    STORE,
    SUBNET,
    ZONE,
    Client,
    code,
    endpoint,
    furnished,
    of,
)

LINK = f"{BLOB}/virtualNetworkLinks/to-net"
TO_NET: Any = {
    "location": "global",
    "properties": {"virtualNetwork": {"id": NET}, "registrationEnabled": False},
}


@pytest.fixture
def clock() -> Manual:
    return Manual()


@pytest.fixture
def client(clock: Manual) -> Client:
    """A furnished environment in which time stands still."""
    client = Client(Emulator(clock=clock))
    for path, body in (
        (NET, NETWORK),
        (SUBNET, {"properties": {"addressPrefix": "10.0.1.0/24"}}),
        (STORE, ACCOUNT),
    ):
        assert client.put(path, body).status < 300
        clock.advance(1000)
    return client


def state(client: Client, path: str) -> str:
    return str(client.get(path).body["properties"]["provisioningState"])


# --- from the first answer to the end ------------------------------------------------------------------------------


def test_a_put_is_under_way_until_it_is_done(client: Client, clock: Manual) -> None:
    """A new resource is answered with 201 and shown as under way; the operation and the resource then succeed."""
    first = client.put(ENDPOINT, endpoint())
    assert 201 == first.status
    assert "Updating" == first.body["properties"]["provisioningState"] == state(client, ENDPOINT)
    assert {"status": "InProgress"} == client.ended(first).body
    clock.advance(22)
    assert {"status": "Succeeded"} == client.ended(first).body
    assert "Succeeded" == state(client, ENDPOINT)


def test_consequences_come_at_the_end(client: Client, clock: Manual) -> None:
    """Until an endpoint is made its target knows of no connection and its subnet of no address."""
    client.put(ENDPOINT, endpoint())
    connections = f"{STORE}/privateEndpointConnections"
    assert [] == client.pages(connections)
    clock.advance(22)
    assert 1 == len(client.pages(connections))


def test_a_delete_is_under_way_until_it_is_gone(client: Client, clock: Manual) -> None:
    """What is being deleted says so; then it is not there, and deleting it again is nothing."""
    client.put(ENDPOINT, endpoint())
    clock.advance(22)
    first = client.delete(ENDPOINT)
    assert 202 == first.status
    assert "Deleting" == state(client, ENDPOINT)
    assert 202 == client.follow(first.headers["Location"]).status
    clock.advance(22)
    assert 204 == client.follow(first.headers["Location"]).status
    assert 404 == client.get(ENDPOINT).status
    assert 204 == client.delete(ENDPOINT).status


def test_a_storage_account_is_accepted_without_a_body(client: Client, clock: Manual) -> None:
    """Creating one answers 202 and the address where the account will be; writing it again answers at once."""
    other = of("Storage/storageAccounts/second")
    first = client.put(other, ACCOUNT)
    assert (202, None) == (first.status, first.body)
    assert "monitor=true" in first.headers["Location"]
    assert 202 == client.follow(first.headers["Location"]).status
    clock.advance(18)
    assert "second" == client.follow(first.headers["Location"]).body["name"]
    assert 200 == client.put(other, ACCOUNT).status


def test_a_zone_speaks_private_dns(client: Client, clock: Manual) -> None:
    """Private DNS accepts with an empty object, answers its operation with 202, and then with 200."""
    first = client.put(BLOB, ZONE)
    assert (202, {}) == (first.status, first.body)
    assert "/privateDnsOperationStatuses/" in first.headers["Azure-AsyncOperation"]
    running = client.ended(first)
    assert (202, {"status": "InProgress"}) == (running.status, running.body)
    clock.advance(100)
    ended = client.ended(first)
    assert (200, {"status": "Succeeded"}) == (ended.status, ended.body)


@pytest.mark.parametrize("headers", [{"if_none_match": "*"}, {"if_match": 'W/"stale"'}])
def test_a_failed_precondition_of_private_dns_comes_late(
    client: Client, clock: Manual, headers: dict[str, str]
) -> None:
    """The request is accepted, and the operation answers 200 with `Failed`; the zone stays as it was."""
    client.put(BLOB, ZONE)
    clock.advance(100)
    before = client.get(BLOB).body
    first = client.put(BLOB, ZONE, **headers)
    assert (202, {}) == (first.status, first.body)
    clock.advance(100)
    ended = client.ended(first)
    assert (200, "Failed", "PreconditionFailed") == (ended.status, ended.body["status"], code(ended))
    assert before == client.get(BLOB).body


def test_a_failed_precondition_of_a_network_comes_at_once(client: Client) -> None:
    """Where the etag stands in the body, a mismatch is answered with 412."""
    body = client.get(NET).body
    assert 412 == client.put(NET, NETWORK, if_match='W/"stale"').status
    assert 200 == client.put(NET, NETWORK, if_match=body["etag"]).status


def test_an_operation_runs_on_the_state_of_its_end(client: Client, clock: Manual) -> None:
    """What a request needs may be gone when it ends: it fails then, and its resource stays as Failed."""
    client.put(BLOB, ZONE)
    clock.advance(100)
    first = client.put(LINK, TO_NET)
    # By the back door, as no client could while the link is written.
    client.emulator.state.write(Write(ResourceId(SUBNET), None))
    client.emulator.state.write(Write(ResourceId(NET), None))
    clock.advance(100)
    ended = client.ended(first)
    assert "Failed" == ended.body["status"]
    assert "Failed" == state(client, LINK)


def test_a_poll_can_take_time_itself() -> None:
    """A clock whose looks take time ends an operation after as many looks as fit into it."""
    client = Client(Emulator(clock=Manual(poll_s=10)))
    first = client.put(ENDPOINT.replace("privateEndpoints/pe-blob", "virtualNetworks/v"), NETWORK)
    looks = 0
    while client.ended(first).body["status"] == "InProgress":
        looks += 1
    assert 1 == looks


def test_an_unknown_operation_is_not_found(client: Client) -> None:
    """The address of no operation answers 404."""
    path = (
        client.put(NET, NETWORK)
        .headers["Azure-AsyncOperation"]
        .replace("https://localhost", "")
        .partition("?")[0]
    )
    assert 404 == client.get(path[:-4] + "0000").status


# --- one at a time -----------------------------------------------------------------------------------------------


def test_writes_to_one_network_are_serial(client: Client, clock: Manual) -> None:
    """While a subnet is written, the network and its other subnets are refused; an account beside it is not."""
    other = f"{NET}/subnets/other"
    client.put(other, {"properties": {"addressPrefix": "10.0.2.0/24"}})
    for path, body in ((NET, NETWORK), (SUBNET, {"properties": {"addressPrefix": "10.0.1.0/24"}})):
        assert (409, "AnotherOperationInProgress") == (
            client.put(path, body).status,
            code(client.put(path, body)),
        )
    assert 200 == client.put(STORE, ACCOUNT).status
    clock.advance(1000)
    assert 200 == client.put(NET, NETWORK).status


def test_a_subnet_waits_for_the_endpoint_in_it(client: Client, clock: Manual) -> None:
    """A second endpoint into a subnet that is Updating is refused with a 429 that is no throttling."""
    client.put(ENDPOINT, endpoint())
    second = client.put(of("Network/privateEndpoints/second"), endpoint(group="file"))
    assert (429, "RetryableError") == (second.status, code(second))
    assert "ReferencedResourceNotProvisioned" == second.body["error"]["details"][0]["code"]
    clock.advance(22)
    assert 201 == client.put(of("Network/privateEndpoints/second"), endpoint(group="file")).status


def test_endpoints_into_other_subnets_do_not_wait(client: Client, clock: Manual) -> None:
    """Two endpoints in two subnets of one network are written at the same time."""
    client.put(f"{NET}/subnets/other", {"properties": {"addressPrefix": "10.0.2.0/24"}})
    clock.advance(1000)
    client.put(ENDPOINT, endpoint())
    second = client.put(of("Network/privateEndpoints/second"), endpoint(f"{NET}/subnets/other", group="file"))
    assert 201 == second.status


def test_what_is_being_made_cannot_be_used_yet(client: Client, clock: Manual) -> None:
    """A resource that refers to one that is being made is told to wait."""
    client.put(BLOB, ZONE)
    answer = client.put(ENDPOINT.replace("pe-blob", "x"), endpoint(f"{NET}/subnets/pe"))
    assert 201 == answer.status
    second = of("Network/virtualNetworks/second")
    client.put(second, NETWORK)
    linked = client.put(
        f"{NET}/virtualNetworkPeerings/to-second",
        {"properties": {"remoteVirtualNetwork": {"id": second}, "allowVirtualNetworkAccess": True}},
    )
    assert linked.status in (409, 429)


def test_writes_to_one_zone_are_serial(client: Client, clock: Manual) -> None:
    """While a link is written, a second one in the same zone is a conflict."""
    client.put(BLOB, ZONE)
    clock.advance(100)
    assert 202 == client.put(LINK, TO_NET).status
    second = client.put(f"{BLOB}/virtualNetworkLinks/second", TO_NET)
    assert (409, "Conflict") == (second.status, code(second))


def test_group_deletion_shows_and_ends(client: Client, clock: Manual) -> None:
    """A group says that it is being deleted, until it is gone with all it holds."""
    first = client.delete(GROUP)
    assert "Deleting" == state(client, GROUP)
    assert 202 == client.follow(first.headers["Location"]).status
    clock.advance(1000)
    assert 200 == client.follow(first.headers["Location"]).status
    assert 404 == client.get(GROUP).status


def test_work_in_a_shell_does_not_wait() -> None:
    """By default an operation has ended when the next request comes, and the library is told to look at once."""
    client = furnished(Client())
    first = client.put(ENDPOINT, endpoint())
    assert "Updating" == first.body["properties"]["provisioningState"]
    assert "Retry-After" not in first.headers
    assert "10" == first.headers["x-ms-retry-after-ms"]
    assert "Succeeded" == state(client, ENDPOINT)
