"""Roles and locks: definitions that clients look up by name, assignments at a scope and around it."""

from __future__ import annotations

import pytest

from tests.emulator.speaking import GROUP, NET, ROOT, STORE, Client, code, furnished

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
BLOB = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
FIRST, SECOND = "11111111-2222-4333-8444-000000000001", "11111111-2222-4333-8444-000000000002"


def role(guid: str, principal: str) -> dict[str, object]:
    definition = f"{ROOT}/providers/Microsoft.Authorization/roleDefinitions/{guid}"
    told = {"roleDefinitionId": definition, "principalId": principal, "principalType": "ServicePrincipal"}
    return {"properties": told}


@pytest.fixture
def client() -> Client:
    """Assignments on the subscription, on the group and on the account."""
    client = furnished(Client())
    for number, (scope, guid, principal) in enumerate(
        ((ROOT, READER, FIRST), (GROUP, READER, SECOND), (STORE, BLOB, FIRST))
    ):
        name = f"00000000-0000-4000-8000-00000000000{number}"
        answer = client.put(
            f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}", role(guid, principal)
        )
        assert 201 == answer.status, answer.body
    return client


def listed(client: Client, scope: str, text: str = "") -> list[str]:
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments" + (f"?$filter={text}" if text else "")
    return sorted(one["name"][-1] for one in client.pages(path))


@pytest.mark.parametrize(
    ("scope", "text", "wanted"),
    [
        (ROOT, "", ["0", "1", "2"]),
        (ROOT, "atScope()", ["0"]),
        (GROUP, "", ["0", "1", "2"]),
        (GROUP, "atScope()", ["0", "1"]),
        (STORE, "", ["0", "1", "2"]),
        (NET, "", ["0", "1"]),
        (ROOT, f"principalId eq '{FIRST}'", ["0", "2"]),
        (STORE, f"assignedTo('{SECOND}')", ["1"]),
        (GROUP, f"atScope() and assignedTo('{FIRST}')", ["0"]),
    ],
)
def test_assignments_hold_below_their_scope(client: Client, scope: str, text: str, wanted: list[str]) -> None:
    """A scope lists what holds there: its own, those above, and those below unless they are left out."""
    assert wanted == listed(client, scope, text)


def test_an_assignment_exists_once(client: Client) -> None:
    """The same role for the same principal at the same scope is refused under another name."""
    name = "00000000-0000-4000-8000-0000000000ff"
    answer = client.put(
        f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/{name}", role(READER, SECOND)
    )
    assert (409, "RoleAssignmentExists") == (answer.status, code(answer))


def test_roles_are_found_by_name(client: Client) -> None:
    """A client that knows a role's name finds its id, in the form of the scope that it asked at."""
    path = f"{GROUP}/providers/Microsoft.Authorization/roleDefinitions"
    (found,) = client.pages(f"{path}?$filter=roleName eq 'Storage Blob Data Contributor'")
    assert f"{ROOT}/providers/Microsoft.Authorization/roleDefinitions/{BLOB}" == found["id"]
    assert "BuiltInRole" == found["properties"]["type"]


def test_roles_can_be_made(client: Client) -> None:
    """A role of one's own is kept beside those that are built in, which cannot be changed."""
    at = f"{ROOT}/providers/Microsoft.Authorization/roleDefinitions"
    own = f"{at}/99999999-0000-4000-8000-000000000000"
    told = {"roleName": "Looker", "permissions": [{"actions": ["*/read"]}], "assignableScopes": [ROOT]}
    assert 201 == client.put(own, {"properties": told}).status
    assert "CustomRole" == client.get(own).body["properties"]["type"]
    assert ["Looker"] == [
        one["properties"]["roleName"] for one in client.pages(f"{at}?$filter=roleName eq 'looker'")
    ]
    assert 400 == client.put(f"{at}/{READER}", {"properties": told}).status


def test_everybody_may_do_everything(client: Client) -> None:
    """The permissions at any scope are all of them."""
    (found,) = client.get(f"{STORE}/providers/Microsoft.Authorization/permissions").body["value"]
    assert ["*"] == found["actions"]


def test_a_lock_keeps_what_is_below(client: Client) -> None:
    """A lock on a group keeps its resources from being deleted, and is listed there."""
    lock = f"{GROUP}/providers/Microsoft.Authorization/locks/keep"
    assert client.put(lock, {"properties": {"level": "CanNotDelete"}}).status in (200, 201)
    for path in (NET, GROUP):
        assert (409, "ScopeLocked") == (client.delete(path).status, code(client.delete(path)))
    assert ["keep"] == [
        one["name"] for one in client.pages(f"{GROUP}/providers/Microsoft.Authorization/locks")
    ]
    assert ["keep"] == [
        one["name"] for one in client.pages(f"{ROOT}/providers/Microsoft.Authorization/locks")
    ]
    client.delete(lock)
    assert 202 == client.delete(GROUP).status
