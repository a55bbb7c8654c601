"""A base names every setting that became different, and nothing that changes by itself."""

from __future__ import annotations

from typing import Any

import pytest

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import laid
from cloison.plan.base import base_of, drift, of_method
from tests.reference import REFERENCES, id_of

STORE = ResourceId(id_of("storageAccounts/mlstore"))
ENDPOINT = ResourceId(id_of("privateEndpoints/pe-blob"))


def body(id: ResourceId) -> dict[str, Any]:
    return next(one for one in REFERENCES["peered"]() if one["id"].lower() == id)


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("properties/publicNetworkAccess", "Enabled"),
        ("properties/networkAcls/ipRules", [{"value": "203.0.113.7"}]),
        ("properties/networkAcls/bypass", None),
        ("kind", "BlobStorage"),
        ("properties/provisioningState", "Failed"),
    ],
)
def test_a_setting_that_changed_is_named(pointer: str, value: Any) -> None:
    """A setting that has another value, that came or that went is drift, and is named."""
    before, after = body(STORE), laid(body(STORE), pointer, value)
    found = drift(base_of(STORE, before, "PATCH"), base_of(STORE, after, "PATCH"))
    assert [True] == [one.startswith(pointer.lower()) for one in found]


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("etag", 'W/"other"'),
        ("tags", {"owner": "somebody"}),
        ("properties/provisioningState", "Updating"),
        ("properties/privateEndpointConnections", []),
        ("id", STORE.text.upper()),
    ],
)
def test_what_changes_by_itself_is_no_drift(pointer: str, value: Any) -> None:
    """Etags, states on the way, children and, for a PATCH, tags do not count."""
    before, after = body(STORE), laid(body(STORE), pointer, value)
    assert [] == drift(base_of(STORE, before, "PATCH"), base_of(STORE, after, "PATCH"))


def test_an_endpoint_made_again_is_another_one() -> None:
    """A DELETE is held against everything: what was made again under the same name is not what was to be deleted."""
    before = body(ENDPOINT)
    after = laid(before, "properties/networkInterfaces", [{"id": f"{ENDPOINT.text}.another"}])
    assert drift(base_of(ENDPOINT, before, "DELETE"), base_of(ENDPOINT, after, "DELETE"))
    assert [] == drift(base_of(ENDPOINT, before, "PUT"), base_of(ENDPOINT, after, "PUT"))


def test_coming_and_going_is_drift() -> None:
    """A resource that is gone, or that is there though it was to be made, is drift without a pointer."""
    found = base_of(STORE, body(STORE), "PUT")
    assert ([""], [""], []) == (drift(found, None), drift(None, found), drift(None, None))


def test_a_base_holds_no_values() -> None:
    """No setting's value stands in a base."""
    assert not any(
        "Standard_LRS" in one or "mlstore" in one for one in base_of(STORE, body(STORE), "PUT").values()
    )


@pytest.mark.parametrize("method", ["PUT", "PATCH", "POST", "DELETE"])
def test_the_base_of_a_deletion_holds_all_others(method: str) -> None:
    """From what was written down for a DELETE, the base for every other method follows."""
    for id in (STORE, ENDPOINT):
        told = {**body(id), "tags": {"owner": "somebody"}}
        assert base_of(id, told, method) == of_method(id, base_of(id, told, "DELETE"), method)
