"""What a request costs does not grow with what else there is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cloison.arm.ids import ResourceId
from cloison.controlplane import Azure, Seeded, run
from cloison.model.behaviour import Json, Refused, Request, Write

HOME = "/subscriptions/s/resourceGroups"
STORES = "Microsoft.Storage/storageAccounts"
VAULTS = "Microsoft.KeyVault/vaults"
REGISTRIES = "Microsoft.ContainerRegistry/registries"
BODIES: dict[str, Json] = {
    STORES: {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}},
    VAULTS: {
        "location": "westeurope",
        "properties": {
            "tenantId": "t",
            "sku": {"family": "A", "name": "standard"},
            "enableRbacAuthorization": True,
        },
    },
    REGISTRIES: {"location": "westeurope", "sku": {"name": "Premium"}},
}


class Watched(Azure):
    """A state that counts the ids that it gives in lists."""

    given = 0

    def of(self, type: str) -> Sequence[ResourceId]:
        return self._counted(super().of(type))

    def named(self, type: str, name: str) -> Sequence[ResourceId]:
        return self._counted(super().named(type, name))

    def children(self, id: ResourceId, segment: str = "") -> Sequence[ResourceId]:
        return self._counted(super().children(id, segment))

    def referrers(self, id: ResourceId) -> Sequence[ResourceId]:
        return self._counted(super().referrers(id))

    def _counted(self, ids: Sequence[ResourceId]) -> Sequence[ResourceId]:
        self.given += len(ids)
        return ids


def estate(count: int) -> Watched:
    """Groups with one service of each kind."""
    state = Watched()
    for number in range(count):
        group = ResourceId(f"{HOME}/g{number}")
        state.write(Write(group, {"id": group.text, "location": "westeurope"}))
        for type in BODIES:
            one = group.child("providers", type, f"there{number}")
            state.write(Write(one, {"id": one.text, "name": one.name, "type": type}))
    return state


def put(state: Azure, type: str, name: str) -> None:
    id = ResourceId(f"{HOME}/g0").child("providers", type, name)
    request = Request(method="PUT", id=id, body=BODIES[type], api_version="2023-07-01")
    run(state, request, Seeded("scale"))


@pytest.mark.parametrize("type", BODIES)
def test_a_write_looks_at_no_more_in_a_larger_estate(type: str) -> None:
    """To make a service whose name is the whole world's, as many others are looked at among 1,000 as among 10."""
    looked: list[int] = []
    for count in (10, 1_000):
        state = estate(count)
        state.given = 0
        put(state, type, "fresh1")
        looked.append(state.given)
    assert looked[0] == looked[1]


@pytest.mark.parametrize("type", BODIES)
def test_names_are_taken_and_free_again(type: str) -> None:
    """A name is refused while somebody has it, in whatever group and case, and is free when that one is gone."""
    state = estate(20)
    other = ResourceId(f"{HOME}/g7").child("providers", type, "there7")
    with pytest.raises(Refused):
        put(state, type, "there7" if type == STORES else "THERE7")
    undo = state.write(Write(other, None))
    assert () == tuple(state.named(type, "there7"))
    state.take_back([undo])
    assert [other] == list(state.named(type.upper(), "There7"))
    state.write(Write(other, None))
    put(state, type, "there7")
    assert 1 == len(state.named(type, "there7"))
