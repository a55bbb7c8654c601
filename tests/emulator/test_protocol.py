"""What every request gets, whatever it asks for: versions, headers, ids as Azure spells them, lists, refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloison.arm.ids import ResourceId
from cloison.emulator import Emulator, ask
from cloison.emulator.clock import AtOnce
from cloison.emulator.odata import filtered
from cloison.emulator.wire import Asked
from cloison.emulator.world import SUBSCRIPTION
from cloison.model.behaviour import Refused
from tests.emulator.speaking import (
    ACCOUNT,
    GROUP,
    NET,
    NETWORK,
    ROOT,
    STORE,
    SUBNET,
    Client,
    code,
    furnished,
    of,
)


@pytest.fixture
def client() -> Client:
    return Client()


# --- versions and headers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", "MissingApiVersionParameter"),
        ("?api-version=", "MissingApiVersionParameter"),
        ("?api-version=latest", "InvalidApiVersionParameter"),
        ("?api-version=2024-5-1", "InvalidApiVersionParameter"),
    ],
)
def test_a_version_is_needed(client: Client, query: str, wanted: str) -> None:
    """A request without an API version, or with a text that is none, is refused."""
    answer = ask(client.emulator, "GET", f"{GROUP}{query}")
    assert (400, wanted) == (answer.status, code(answer))


@pytest.mark.parametrize("version", ["2014-04-01", "2026-03-01", "2024-05-01-preview", "2019-05-01-beta.2"])
def test_any_version_is_taken(client: Client, version: str) -> None:
    """Clients pin versions of their own, and each is taken."""
    assert 200 == client.get(f"{GROUP}?api-version={version}").status


def test_every_answer_has_its_ids(client: Client) -> None:
    """Each answer has a request id of its own, and keeps the correlation id that it was sent."""
    told = "0f0f0f0f-1111-4222-8333-444444444444"
    first, second = client.get(GROUP, x_ms_correlation_request_id=told), client.get(GROUP)
    assert told == first.headers["x-ms-correlation-request-id"]
    assert first.headers["x-ms-request-id"] != second.headers["x-ms-request-id"]
    assert second.headers["x-ms-request-id"] == second.headers["x-ms-correlation-request-id"]


def test_requests_left_are_told(client: Client) -> None:
    """Reads, writes and deletes are counted in buckets of their own."""
    read, write = client.get(GROUP), client.put(NET, NETWORK)
    gone = client.delete(NET)
    assert 249 == int(read.headers["x-ms-ratelimit-remaining-subscription-reads"])
    assert 198 == int(write.headers["x-ms-ratelimit-remaining-subscription-writes"])
    assert 199 == int(gone.headers["x-ms-ratelimit-remaining-subscription-deletes"])


def test_nobody_is_slowed_down_for_nothing() -> None:
    """Where limits are not enforced, no client is told that little is left, however much it asks."""
    client = Client(Emulator())
    answers = [client.get(GROUP) for _ in range(300)]
    assert 125 == min(int(one.headers["x-ms-ratelimit-remaining-subscription-reads"]) for one in answers)


def test_requests_beyond_the_limit_are_refused() -> None:
    """Where limits are enforced, the 251st read within a moment is refused, and says how long to wait."""
    client = Client(Emulator(throttled=True))
    answers = [client.get(GROUP) for _ in range(300)]
    refused = next(answer for answer in answers if answer.status != 200)
    assert (429, "TooManyRequests") == (refused.status, code(refused))
    assert "1" == refused.headers["Retry-After"]


def test_the_same_requests_get_the_same_answers() -> None:
    """Names that Azure chooses are decided by what was asked before, not by chance."""
    both = [furnished(Client(Emulator(clock=AtOnce(1e9)))).get(STORE).body for _ in range(2)]
    assert both[0] == both[1]


# --- paths -----------------------------------------------------------------------------------------------------


def test_ids_are_spelt_as_azure_spells_them(client: Client) -> None:
    """Whatever case a request is written in, the resource has its id in Azure's."""
    path = NET.replace("resourceGroups/rg", "RESOURCEGROUPS/RG").replace(
        "Microsoft.Network", "microsoft.network"
    )
    path = path.replace("virtualNetworks", "VIRTUALNETWORKS")
    assert NET == client.put(path, NETWORK).body["id"]
    assert NET == client.get(path.upper()).body["id"]


def test_two_slashes_are_one(client: Client) -> None:
    """`az resource create` sends two slashes where a parent would stand."""
    doubled = STORE.replace("Microsoft.Storage/", "Microsoft.Storage//")
    client.ended(client.put(doubled, ACCOUNT))
    assert STORE == client.get(STORE).body["id"]


@pytest.mark.parametrize(
    ("path", "status", "wanted"),
    [
        ("/subscriptions/nonsense/resourceGroups/rg", 400, "InvalidSubscriptionId"),
        (f"/subscriptions/{SUBSCRIPTION[:-1]}9/resourceGroups/rg", 404, "SubscriptionNotFound"),
        (f"{ROOT}/resourceGroups/none", 404, "ResourceGroupNotFound"),
        (
            f"{ROOT}/resourceGroups/none/providers/Microsoft.Network/virtualNetworks/x",
            404,
            "ResourceGroupNotFound",
        ),
        (f"{ROOT}/resourceGroups/none/resources", 404, "ResourceGroupNotFound"),
        (of("Network/virtualNetworks/none"), 404, "ResourceNotFound"),
        (of("Network/virtualNetworks/none/subnets"), 404, "ResourceNotFound"),
        (of("Nowhere/things/x"), 404, "InvalidResourceNamespace"),
        (of("Network"), 400, "InvalidResourceId"),
        ("/nowhere/at/all", 404, "MissingSubscription"),
    ],
)
def test_what_is_not_there_is_named(client: Client, path: str, status: int, wanted: str) -> None:
    """The refusal says which part of a path does not exist."""
    answer = client.get(path)
    assert (status, wanted) == (answer.status, code(answer))


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "BREW"])
def test_other_methods_are_refused(client: Client, method: str) -> None:
    """A method that Resource Manager does not know is refused, and nothing happens."""
    assert 405 == client.send(method, NET, NETWORK).status


def test_existence_is_told_without_a_body(client: Client) -> None:
    """HEAD answers 204 for what exists and 404 for what does not."""
    assert [204, 404] == [client.send("HEAD", path).status for path in (GROUP, f"{GROUP}x")]


def test_a_region_has_to_exist(client: Client) -> None:
    """A location that is no region is refused with the list of those that are."""
    answer = client.put(NET, {**NETWORK, "location": "atlantis"})
    assert "LocationNotAvailableForResourceType" == code(answer)
    assert "westeurope" in answer.body["error"]["message"]


def test_a_large_body_is_refused(client: Client) -> None:
    """A request of more than four megabytes is refused."""
    assert 413 == client.put(NET, {**NETWORK, "tags": {"a": "x" * (4 << 20)}}).status


# --- providers -----------------------------------------------------------------------------------------------


def test_providers_tell_types_and_versions(client: Client) -> None:
    """A client that looks for the version of a type finds it, newest stable first."""
    told = client.get(f"{ROOT}/providers/microsoft.network").body
    versions = {one["resourceType"]: one["apiVersions"] for one in told["resourceTypes"]}
    assert "Microsoft.Network" == told["namespace"]
    assert "Registered" == told["registrationState"]
    assert versions["privateEndpoints"][0] > "2024"


def test_an_unregistered_provider_refuses_writes(client: Client) -> None:
    """Until a provider is registered again, writes to it are refused and reads are not."""
    assert 200 == client.post(f"{ROOT}/providers/Microsoft.Network/unregister").status
    assert "MissingSubscriptionRegistration" == code(client.put(NET, NETWORK))
    assert 404 == client.get(NET).status
    client.post(f"{ROOT}/providers/Microsoft.Network/register")
    assert 201 == client.put(NET, NETWORK).status


@pytest.mark.parametrize(("name", "free"), [("mlstore", False), ("MLSTORE", False), ("other", True)])
def test_a_name_can_be_asked_for(client: Client, name: str, free: bool) -> None:
    """The name of a storage account is taken in the whole world, in whatever case."""
    furnished(client)
    body = {"name": name, "type": "Microsoft.Storage/storageAccounts"}
    answer = client.post(f"{ROOT}/providers/Microsoft.Storage/checkNameAvailability", body)
    assert free is answer.body["nameAvailable"]


def test_what_endpoints_can_lead_to_is_listed(client: Client) -> None:
    """A service lists its sub-resources with the zones that their names need."""
    found = {
        one["name"]: one["properties"] for one in furnished(client).pages(f"{STORE}/privateLinkResources")
    }
    assert ["privatelink.blob.core.windows.net"] == found["blob"]["requiredZoneNames"]


# --- lists ---------------------------------------------------------------------------------------------------------


def test_lists_know_their_scope(client: Client) -> None:
    """A type is listed by group, by subscription, and below its parent."""
    furnished(client)
    other = f"{ROOT}/resourceGroups/other"
    client.put(other, {"location": "westeurope"})
    client.put(of("Network/virtualNetworks/second", other), NETWORK)

    def names(path: str) -> list[str]:
        return sorted(one["name"] for one in client.pages(path))

    assert ["net"] == names(of("Network/virtualNetworks"))
    assert ["net", "second"] == names(f"{ROOT}/providers/Microsoft.Network/virtualNetworks")
    assert ["pe"] == names(f"{NET}/subnets")
    assert ["other", "rg"] == names(f"{ROOT}/resourcegroups")


def test_resources_are_listed_with_what_resource_manager_knows(client: Client) -> None:
    """The list of all resources has no properties, no children without a region, and dates when asked."""
    furnished(client)
    rows = client.pages(f"{GROUP}/resources?$expand=createdTime,changedTime,provisioningState")
    assert ["mlstore", "net"] == sorted(one["name"] for one in rows)
    assert all("properties" not in one and one["createdTime"] <= one["changedTime"] for one in rows)
    assert {"Succeeded"} == {one["provisioningState"] for one in rows}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("resourceType eq 'microsoft.network/VIRTUALNETWORKS'", ["net"]),
        ("resourceType ne 'Microsoft.Network/virtualNetworks'", ["mlstore"]),
        ("name eq 'net' or name eq 'mlstore'", ["mlstore", "net"]),
        ("substringof('stor', name) and not location eq 'eastus'", ["mlstore"]),
        ("tagName eq 'use' and tagValue eq 'scores'", ["net"]),
        ("startswith(name, 'n')", ["net"]),
        ("(name eq 'net')", ["net"]),
    ],
)
def test_resources_are_filtered(client: Client, text: str, wanted: list[str]) -> None:
    """A filter compares names without regard to case, one tag at a time."""
    furnished(client)
    client.patch(NET, {"tags": {"use": "scores", "other": "x"}})
    rows = client.pages(f"{GROUP}/resources?$filter={text}")
    assert wanted == sorted(one["name"] for one in rows)


@given(st.text(max_size=60))
def test_any_filter_is_read_or_refused(text: str) -> None:
    """A text is a filter, or is refused with ARM's code for it."""
    codes: list[str] = []
    try:
        filtered(text)({"name": "x"})
    except Refused as refused:
        codes.append(refused.code)
    assert codes in ([], ["InvalidFilterInQueryString"])


def test_pages_are_whole_whatever_happens_between_them(client: Client) -> None:
    """What exists all the time is listed once, whatever is made or deleted while somebody pages."""
    for number in range(30):
        client.put(of(f"Network/routeTables/t{number:02}"), {"location": "westeurope"})
    first = client.get(of("Network/routeTables") + "?$top=10").body
    for gone in ("t03", "t09", "t17"):
        client.delete(of(f"Network/routeTables/{gone}"))
    client.put(of("Network/routeTables/t001"), {"location": "westeurope"})
    second = client.follow(first["nextLink"]).body
    third = client.follow(second["nextLink"]).body
    names = [one["name"] for page in (first, second, third) for one in page["value"]]
    stayed = [f"t{number:02}" for number in range(30) if number not in (3, 9, 17)]
    assert len(names) == len(set(names))
    assert set(stayed) <= set(names)
    assert "nextLink" not in third


# --- groups and tags ---------------------------------------------------------------------------------------------


def test_a_group_goes_with_everything_in_it(client: Client) -> None:
    """Deleting a group deletes what it holds, in an order in which nothing is in the way."""
    furnished(client)
    assert 202 == client.delete(GROUP).status
    assert 404 == client.get(GROUP).status
    assert 0 == len(client.emulator.state)


@pytest.mark.parametrize("name", ["ends.", "a b", "x" * 91, "slash%2Fed", "é!"])
def test_a_group_needs_a_proper_name(client: Client, name: str) -> None:
    """A name that no group can have is refused."""
    assert "InvalidResourceGroup" == code(
        client.put(f"{ROOT}/resourceGroups/{name}", {"location": "westeurope"})
    )


@pytest.mark.parametrize(
    ("operation", "wanted"),
    [
        ("Merge", {"a": "1", "b": "3", "c": "4"}),
        ("Replace", {"b": "3", "c": "4"}),
        ("Delete", {"a": "1"}),
    ],
)
def test_tags_are_changed_alone(client: Client, operation: str, wanted: dict[str, str]) -> None:
    """Tags are merged, replaced or deleted at any scope, and nothing else is touched."""
    furnished(client)
    for path in (ROOT, GROUP, NET):
        before = client.get(path).body
        at = f"{path}/providers/Microsoft.Resources/tags/default"
        client.put(at, {"properties": {"tags": {"a": "1", "b": "2"}}})
        client.patch(at, {"operation": operation, "properties": {"tags": {"B": "3", "c": "4"}}})
        told = {name.lower(): value for name, value in client.get(at).body["properties"]["tags"].items()}
        assert wanted == told
        ours = {"tags", "etag"}
        after = client.get(path).body
        assert {k: v for k, v in before.items() if k not in ours} == {
            k: v for k, v in after.items() if k not in ours
        }


def test_tag_names_are_counted(client: Client) -> None:
    """A subscription lists its tags with how often each value is used."""
    furnished(client)
    for path in (NET, STORE):
        client.patch(path, {"tags": {"use": "scores"}})
    found = client.get(f"{ROOT}/tagNames").body["value"]
    assert [("use", 2)] == [(one["tagName"], one["count"]["value"]) for one in found]


# --- reading paths ---------------------------------------------------------------------------------------------


@given(st.text(alphabet="/aAé .%-_{}\x00?#", max_size=80), st.sampled_from(["GET", "PUT", "POST", "DELETE"]))
def test_any_path_is_answered(path: str, method: str) -> None:
    """No path breaks the emulator; at worst it is refused."""
    asked = Asked(method=method, path=f"/{path}", query={"api-version": "2024-05-01"})
    assert Emulator().answer(asked).status < 500


def test_ids_of_answers_are_ids(client: Client) -> None:
    """The id in every body is the id under which the resource is found."""
    furnished(client)
    for path in (NET, SUBNET, STORE):
        assert ResourceId(path) == ResourceId(client.get(path).body["id"])


def test_services_of_an_account_are_there_with_it(client: Client) -> None:
    """The services of a storage account are there without being made, and go with the account."""
    furnished(client)
    services = f"{STORE}/blobServices/default"
    assert "ParentResourceNotFound" == code(client.get(f"{STORE}x/blobServices/default"))
    told = client.get(services)
    assert (200, "default") == (told.status, told.body["name"])
    container = f"{services}/containers/models"
    assert 201 == client.put(container, {"properties": {}}).status
    assert 404 == client.put(f"{STORE}/blobServices/other/containers/models", {"properties": {}}).status
    assert 404 == client.put(f"{STORE}/odd/default/containers/models", {"properties": {}}).status
    retention = {"deleteRetentionPolicy": {"enabled": True, "days": 7}}
    assert 200 == client.put(services, {"properties": retention}).status
    assert retention.items() <= client.get(services).body["properties"].items()
    client.ended(client.delete(STORE))
    assert 404 == client.get(container).status
