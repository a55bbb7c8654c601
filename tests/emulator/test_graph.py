"""Resource Graph: queries, pages, quotas; and what is beyond the emulator's part of the language, said plainly."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloison.emulator import Emulator
from cloison.emulator.clock import Manual
from cloison.emulator.graph.query import parsed
from cloison.model.behaviour import Refused
from tests.emulator.speaking import (
    BLOB,
    ENDPOINT,
    GROUP,
    NET,
    ROOT,
    STORE,
    ZONE,
    Client,
    code,
    endpoint,
    furnished,
    of,
)

GRAPH = "/providers/Microsoft.ResourceGraph/resources"
NETWORK: Any = {"addressPrefixes": ["10.0.0.0/16"]}
LINK = f"{BLOB}/virtualNetworkLinks/to-net"
TO_NET: Any = {
    "location": "global",
    "properties": {"virtualNetwork": {"id": NET}, "registrationEnabled": False},
}


@pytest.fixture(scope="module")
def client() -> Client:
    """A network with an endpoint, a zone and its link, an account, and tags on some."""
    client = furnished(Client())
    for path, body in ((ENDPOINT, endpoint()), (BLOB, ZONE), (LINK, TO_NET)):
        assert client.put(path, body).status < 300
    client.patch(NET, {"tags": {"use": "scores"}})
    return client


def ask(client: Client, query: str, **options: Any) -> Any:
    named = {name.replace("_", "$"): value for name, value in options.items()}
    answer = client.post(GRAPH, {"query": query, "options": named})
    assert 200 == answer.status, answer.body
    return answer.body


def names(client: Client, query: str) -> list[str]:
    return [row["name"] for row in ask(client, f"{query} | order by name asc")["data"]]


@pytest.mark.parametrize(
    ("test", "wanted"),
    [
        ("type =~ 'Microsoft.Network/VirtualNetworks'", ["net"]),
        ("type == 'Microsoft.Network/virtualNetworks'", []),
        ("name in~ ('NET', 'mlstore')", ["mlstore", "net"]),
        ("name in ('NET', 'mlstore')", ["mlstore"]),
        (
            "name !in~ ('NET', 'mlstore') and name !startswith 'pe-'",
            ["privatelink.blob.core.windows.net", "to-net"],
        ),
        ("name contains 'STOR'", ["mlstore"]),
        (
            "name has 'blob' and not(type endswith 'interfaces')",
            ["pe-blob", "privatelink.blob.core.windows.net"],
        ),
        ("name has 'blo'", []),
        ("tags.use == 'scores'", ["net"]),
        ("tags['use'] =~ 'SCORES' or name == 'to-net'", ["net", "to-net"]),
        ("isnotempty(tags.use)", ["net"]),
        ("properties.addressSpace.addressPrefixes[0] == '10.0.0.0/16'", ["net"]),
        ("array_length(properties.subnets) == 1", ["net"]),
        ("isnull(properties.nothing) and name == 'net'", ["net"]),
        ("(name == 'net' or name == 'mlstore') and location == 'westeurope'", ["mlstore", "net"]),
        ("strlen(name) > 20 and name !contains 'nic'", ["privatelink.blob.core.windows.net"]),
        ("location == 'global' and type has 'virtualnetworklinks'", ["to-net"]),
        ("resourceGroup == 'rg' and kind =~ 'storagev2'", ["mlstore"]),
    ],
)
def test_conditions_choose_rows(client: Client, test: str, wanted: list[str]) -> None:
    """Each comparison means what it means in Azure."""
    assert wanted == names(client, f"resources | where {test}")


def test_columns_are_made(client: Client) -> None:
    """Columns are named, renamed and computed; a property projected without a name gets one with an underscore."""
    query = (
        "resources | where name == 'net' | extend n = toupper(name), both = strcat(name, '/', location) "
        "| project id, properties.addressSpace, n, both, last = split(id, '/')[8], none = properties.none"
    )
    (row,) = ask(client, query)["data"]
    assert {
        "id": NET,
        "properties_addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
        "n": "NET",
        "both": "net/westeurope",
        "last": "net",
        "none": None,
    } == row


def test_lists_become_rows(client: Client) -> None:
    """The usual query for private endpoints and what they lead to."""
    query = """
    resources
    | where type =~ 'microsoft.network/privateendpoints'
    // automatic and manual connections
    | extend manual = properties.manualPrivateLinkServiceConnections
    | mv-expand c = array_concat(properties.privateLinkServiceConnections, manual)
    | project id, subnet = tolower(properties.subnet.id), target = tolower(c.properties.privateLinkServiceId),
        groups = c.properties.groupIds, state = c.properties.privateLinkServiceConnectionState.status
    """
    (row,) = ask(client, query)["data"]
    assert (STORE.lower(), ["blob"], "Approved") == (row["target"], row["groups"], row["state"])


def test_rows_are_summed_up(client: Client) -> None:
    """Rows are counted and gathered by what they have in common."""
    query = "resources | summarize count(), names = make_set(name), n = dcount(location) by location"
    query += " | order by location asc"
    rows = ask(client, query)["data"]
    assert [("global", 2, 1), ("westeurope", 4, 1)] == [
        (row["location"], row["count_"], row["n"]) for row in rows
    ]
    assert [{"Count": 6}] == ask(client, "resources | count")["data"]


def test_tables_are_told_apart(client: Client) -> None:
    """Groups and subscriptions, and roles, have tables of their own; children may be in none."""
    containers = ask(client, "ResourceContainers | project type, name | order by type asc")["data"]
    assert ["microsoft.resources/subscriptions", "microsoft.resources/subscriptions/resourcegroups"] == [
        row["type"] for row in containers
    ]
    assert "Reader" in [
        row["r"]
        for row in ask(client, "authorizationresources | project r = properties.roleName", _top=100)["data"]
    ]
    assert [] == names(client, "resources | where type =~ 'microsoft.network/virtualnetworks/subnets'")


def test_pages_follow_each_other() -> None:
    """A sorted query gives all its rows in pages, each once; a limited one has no pages."""
    client = Client()
    for number in range(25):
        client.put(of(f"Network/routeTables/t{number:02}"), {"location": "westeurope"})
    found: list[str] = []
    options: dict[str, Any] = {"_top": 10}
    while True:
        body = ask(client, "resources | project name | order by name asc", **options)
        assert (25, "true" if "$skipToken" in body else "false") == (
            body["totalRecords"],
            body["resultTruncated"],
        )
        found += [row["name"] for row in body["data"]]
        if "$skipToken" not in body:
            break
        options["_skipToken"] = body["$skipToken"]
    assert [f"t{number:02}" for number in range(25)] == found
    assert "$skipToken" not in ask(client, "resources | limit 20", _top=10)


def test_a_table_is_columns_and_rows(client: Client) -> None:
    """The older form of an answer has its columns beside its rows."""
    data = ask(client, "resources | where name == 'net' | project name, tags", resultFormat="table")["data"]
    assert ["name", "tags"] == [one["name"] for one in data["columns"]]
    assert [["net", {"use": "scores"}]] == data["rows"]


def test_subscriptions_are_chosen(client: Client) -> None:
    """Only the subscriptions that are named are asked; naming none that exists is forbidden."""
    told = {"query": "resources | count", "subscriptions": [ROOT.rpartition("/")[2]]}
    assert [{"Count": 6}] == client.post(GRAPH, told).body["data"]
    answer = client.post(GRAPH, {**told, "subscriptions": ["11111111-2222-4333-8444-555555555555"]})
    assert (403, "Forbidden") == (answer.status, code(answer))


def test_rows_are_of_now() -> None:
    """The same query tells what was changed in between, of resources, of their groups and of the subscription."""
    client = furnished(Client())
    told = {"query": "resources | where name == 'net' | project tags"}
    homes = {"query": "resourcecontainers | where type endswith 'subscriptions' | project tags"}
    before = [client.post(GRAPH, one).body["data"] for one in (told, homes)]
    client.patch(NET, {"tags": {"use": "scores"}})
    tags = {"properties": {"tags": {"owner": "us"}}}
    client.put(f"{ROOT}/providers/Microsoft.Resources/tags/default", tags)
    assert [{"tags": {"use": "scores"}}] == client.post(GRAPH, told).body["data"] != before[0]
    assert [{"tags": {"owner": "us"}}] == client.post(GRAPH, homes).body["data"] != before[1]


def test_rows_of_what_is_under_way_are_of_now() -> None:
    """A resource that is being changed is told so until it is done."""
    clock = Manual()
    client = Client(Emulator(clock=clock))
    told = {"query": "resources | project state = properties.provisioningState"}
    states: list[str] = []
    for space in ("10.0.0.0/16", "10.0.0.0/15"):
        client.put(
            NET, {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": [space]}}}
        )
        states += [row["state"] for row in client.post(GRAPH, told).body["data"]]
        clock.advance(3600)
        states += [row["state"] for row in client.post(GRAPH, told).body["data"]]
    assert ["Succeeded", "Updating", "Succeeded"] == states


def test_pages_are_of_one_result() -> None:
    """Pages together tell each row once."""
    client = furnished(Client())
    for number in range(25):
        client.put(f"{NET}{number}", {"location": "westeurope", "properties": {"addressSpace": NETWORK}})
    names: list[str] = []
    token: dict[str, str] = {}
    while True:
        query = {
            "query": "resources | where name startswith 'net' | project name | order by name asc",
            "options": {"$top": 10, **token},
        }
        body = client.post(GRAPH, query).body
        names += [row["name"] for row in body["data"]]
        if "$skipToken" not in body:
            break
        token = {"$skipToken": body["$skipToken"]}
    assert sorted(["net", *(f"net{number}" for number in range(25))]) == names


def test_the_quota_is_told_and_kept() -> None:
    """Of fifteen queries in five seconds each answer says how many are left; one more is refused where that holds."""
    client = Client(Emulator(throttled=True))
    answers = [client.post(GRAPH, {"query": "resources"}) for _ in range(16)]
    assert ["14", "0"] == [answers[at].headers["x-ms-user-quota-remaining"] for at in (0, 14)]
    assert (429, "RateLimiting") == (answers[15].status, code(answers[15]))


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("resources | join kind=inner (resources) on id", "'join'"),
        ("resources | union resources", "'union'"),
        ("resources | where name matches regex 'a'", "'matches'"),
        ("resources | extend a = bin(1, 2)", "'bin()'"),
        ("resources | summarize percentile(a, 5)", "'percentile()'"),
        ("let a = 1; resources", "'let'"),
    ],
)
def test_what_is_beyond_is_said(client: Client, query: str, what: str) -> None:
    """A query that Azure runs and the emulator does not is refused with a code of its own, never answered wrongly."""
    answer = client.post(GRAPH, {"query": query})
    assert (400, "BadRequest") == (answer.status, code(answer))
    detail = answer.body["error"]["details"][-1]
    assert "NotEmulated" == detail["code"]
    assert what in detail["message"]


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [
        ("resources | where", 1, 17),
        ("resources |\n where (name == 'x'", 2, 19),
        ("resources | limit x", 1, 19),
        ("|", 1, 0),
    ],
)
def test_mistakes_have_a_place(client: Client, query: str, line: int, column: int) -> None:
    """A query that is no query is refused with the place where it stops being one."""
    detail = client.post(GRAPH, {"query": query}).body["error"]["details"][-1]
    assert ("ParserFailure", line, column) == (
        detail["code"],
        detail["line"],
        detail["characterPositionInLine"],
    )


WORDS = st.sampled_from([
    "resources", "|", "where", "project", "extend", "summarize", "by", "count()", "order", "asc", "limit",
    "5", "name", "type", "=~", "==", "!=", "in~", "(", ")", ",", ".", "[", "]", "'x'", '"y"', "and", "or",
    "not", "has", "contains", "tolower(", "properties", "tags", "=", "mv-expand", "top", "distinct", "7",
    "-", "true", "null", "split(", "//", "\n",
])  # fmt: skip


@given(st.lists(WORDS, max_size=25).map(" ".join) | st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """A text is a query, or is refused with a place; a query runs on any row."""
    row = {"name": "x", "type": "y", "tags": None, "properties": {"a": [1, {"b": "c"}]}}
    codes: list[str] = []
    try:
        parsed(text).run([row, {}])
    except Refused as refused:
        codes.append(refused.code)
    assert codes in ([], ["BadRequest"])


def test_the_group_of_a_row_can_be_read(client: Client) -> None:
    """Ids of rows are ids of Resource Manager."""
    for row in ask(client, "resources | project id, name")["data"]:
        assert row["name"] == client.get(row["id"]).body["name"]
        assert row["id"].startswith(GROUP)
