"""Locks, roles and identities: what a lock forbids and where, and what a role assignment may say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloison.model.behaviour import Refused, look
from tests.behaviour.desk import GROUP, REGION, SUBSCRIPTION, Desk, id_of, refused

READER = (
    f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
)
OWNER = READER.replace("acdd72a7", "8e3af657")
SOMEBODY = "5fe8acba-4694-403d-8c10-581a22063ff8"
GUID = "aab463b4-d1c7-43d2-ab6f-d208a9ebda4{}"
SCOPES = {
    "subscription": SUBSCRIPTION,
    "group": GROUP,
    "network": id_of("virtualNetworks/net").text,
    "subnet": id_of("virtualNetworks/net/subnets/ends").text,
}
"""From the outermost in."""


@pytest.fixture
def desk() -> Desk:
    """A network with a subnet."""
    desk = Desk()
    desk.network("net", "10.0.0.0/16", ends="10.0.1.0/27")
    return desk


def lock(desk: Desk, scope: str, level: str, name: str = "held") -> str:
    """A lock at a scope."""
    path = f"{SCOPES[scope]}/providers/Microsoft.Authorization/locks/{name}"
    desk.put(path, {"level": level})
    return path


def assign(desk: Desk, at: str = GROUP, number: int = 1, role: str = READER, who: str = SOMEBODY) -> Any:
    """A role assignment."""
    path = f"{at}/providers/Microsoft.Authorization/roleAssignments/{GUID.format(number)}"
    return desk.put(path, {"roleDefinitionId": role, "principalId": who})


# --- locks -------------------------------------------------------------------------------------------------

ORDER = list(SCOPES)


@settings(max_examples=60, deadline=None)
@given(
    held=st.sampled_from(ORDER),
    touched=st.sampled_from(["group", "network", "subnet"]),
    level=st.sampled_from(["CanNotDelete", "ReadOnly"]),
    method=st.sampled_from(["DELETE", "PUT"]),
)
def test_a_lock_holds_at_its_scope_and_below(held: str, touched: str, level: str, method: str) -> None:
    """A lock forbids what its level says at and below its scope, and to delete what its scope lies in."""
    desk = Desk()
    desk.network("net", "10.0.0.0/16", ends="10.0.1.0/27")
    body = dict(desk.azure.show(id_of(SCOPES[touched])) or {})
    lock(desk, held, level)
    inside = ORDER.index(touched) >= ORDER.index(held)
    expected = method == "DELETE" or (inside and level == "ReadOnly")
    try:
        desk.send(method, SCOPES[touched], body if method == "PUT" else None)
        found = ""
    except Refused as because:
        found = because.code
    assert ("ScopeLocked" if expected else "") == found


def test_a_lock_can_be_taken_off(desk: Desk) -> None:
    """A lock does not lock itself: it is deleted, and what it held can go."""
    path = lock(desk, "network", "ReadOnly")
    with refused("ScopeLocked"):
        desk.delete("virtualNetworks/net")
    desk.delete(path)
    desk.delete("virtualNetworks/net")
    assert desk.get("virtualNetworks/net") is None


def test_a_lock_forbids_an_endpoint_where_it_stands(desk: Desk) -> None:
    """A read-only lock on a group keeps endpoints out of it."""
    desk.account("store")
    lock(desk, "group", "ReadOnly")
    with refused("ScopeLocked"):
        desk.endpoint("end", "storageAccounts/store", "blob")


# --- roles -------------------------------------------------------------------------------------------------


def test_a_role_is_given_once(desk: Desk) -> None:
    """The same role to the same principal at the same scope exists already, whatever it is called."""
    assign(desk)
    with refused("RoleAssignmentExists", GUID.format(1)):
        assign(desk, number=2)


def test_a_role_has_its_full_id(desk: Desk) -> None:
    """A built-in role may be named without a subscription, and is answered with it."""
    assign(desk, role=READER.removeprefix(SUBSCRIPTION))
    (one,) = desk.azure.of("Microsoft.Authorization/roleAssignments")
    assert READER.lower() == desk.at(one.text, "roleDefinitionId").lower()


def test_roles_of_other_scopes_and_principals_are_others(desk: Desk) -> None:
    """The same role further in, another role, and another principal are assignments of their own."""
    assign(desk)
    assign(desk, at=SCOPES["network"], number=2)
    assign(desk, number=3, role=OWNER)
    assign(desk, number=4, who=SOMEBODY.replace("5", "6"))


@pytest.mark.parametrize(
    "change", [{"role": OWNER}, {"who": SOMEBODY.replace("5", "6")}], ids=["role", "who"]
)
def test_what_an_assignment_says_is_not_changed(desk: Desk, change: Any) -> None:
    """Who has which role is said once: another is another assignment."""
    assign(desk)
    with refused("RoleAssignmentUpdateNotPermitted"):
        assign(desk, **change)


def test_putting_an_assignment_again_changes_nothing(desk: Desk) -> None:
    """The same request twice is answered alike."""
    first, second = assign(desk), assign(desk)
    assert (201, 201) == (first.status, second.status)
    assert look(first.body, "properties/createdOn") == look(second.body, "properties/createdOn")


def test_a_deleted_assignment_is_told_once_more(desk: Desk) -> None:
    """The answer to its deletion says what it was; deleting it again finds nothing."""
    assign(desk)
    path = f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/{GUID.format(1)}"
    outcome = desk.delete(path)
    assert (200, SOMEBODY) == (outcome.status, look(outcome.body, "properties/principalId"))
    assert 204 == desk.delete(path).status


def test_assignments_go_with_what_they_are_of(desk: Desk) -> None:
    """A resource that is deleted takes the roles that were given at it along."""
    assign(desk, at=SCOPES["network"])
    desk.delete("virtualNetworks/net")
    assert [] == desk.azure.of("Microsoft.Authorization/roleAssignments")


def test_a_role_that_people_define_has_a_name_of_its_own(desk: Desk) -> None:
    """Two definitions cannot share a name."""
    told = {
        "roleName": "reads networks",
        "assignableScopes": [SUBSCRIPTION],
        "permissions": [{"actions": ["*/read"]}],
    }
    path = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{{}}"
    desk.put(path.format(GUID.format(1)), told)
    with refused("RoleDefinitionWithSameNameExists"):
        desk.put(path.format(GUID.format(2)), told)


# --- identities --------------------------------------------------------------------------------------------


def test_an_identity_keeps_its_principal(desk: Desk) -> None:
    """Changing an identity, or what has one, leaves its principal: roles are given to it."""
    desk.put("userAssignedIdentities/me")
    before = desk.at("userAssignedIdentities/me", "principalId")
    desk.put("userAssignedIdentities/me", tags={"a": "b"})
    assert before == desk.at("userAssignedIdentities/me", "principalId")


def test_what_is_made_again_has_another_principal(desk: Desk) -> None:
    """A resource that is deleted and made anew has another identity: its roles have to be given again."""
    sku = {"name": "Premium"}
    identity = {"type": "SystemAssigned"}
    desk.put("registries/images", {}, sku=sku, identity=identity)
    before = (desk.get("registries/images") or {})["identity"]["principalId"]
    desk.patch("registries/images", {"tags": {"a": "b"}})
    assert before == (desk.get("registries/images") or {})["identity"]["principalId"]
    desk.delete("registries/images")
    desk.put("registries/images", {}, sku=sku, identity=identity)
    assert before != (desk.get("registries/images") or {})["identity"]["principalId"]


def test_an_identity_that_there_is_not_cannot_be_used(desk: Desk) -> None:
    """A resource that names an identity of a known group finds that it is missing."""
    named = id_of("userAssignedIdentities/nobody").text
    identity = {"type": "UserAssigned", "userAssignedIdentities": {named: {}}}
    with refused("FailedIdentityOperation", "was not found"):
        desk.put("registries/images", {}, sku={"name": "Premium"}, identity=identity, location=REGION)
