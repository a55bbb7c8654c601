"""What a plan predicts of environments as they are read: names as Azure tells them, parts that nobody read."""

from __future__ import annotations

import pytest

from cloison.arm.ids import ResourceId
from cloison.controlplane import Seeded, run
from cloison.kinds import behaviour_of
from cloison.model.behaviour import Json, Request, look
from cloison.plan.world import World, world
from tests.reference import REFERENCES, WORKSPACE_GUID, id_of, snapshot


@pytest.fixture
def azure() -> World:
    """The environment whose endpoints stand in a peered network."""
    return world(snapshot(REFERENCES["peered"]()))


def send(azure: World, method: str, path: str, body: Json) -> None:
    """Carry out a request."""
    run(azure, Request(method=method, id=ResourceId(id_of(path)), body=body), Seeded(path))  # type: ignore[arg-type]


def test_a_zone_group_keeps_the_wildcard(azure: World) -> None:
    """A zone group that is written again keeps the record of a name that Azure tells by its alias without the mark."""
    group = "privateEndpoints/pe-amlworkspace/privateDnsZoneGroups/default"
    record = f"privateDnsZones/privatelink.api.azureml.ms/A/*.{WORKSPACE_GUID}.inference.westeurope"
    before = look(azure.get(ResourceId(id_of(record))), "properties/aRecords")

    send(azure, "PUT", group, dict(azure.get(ResourceId(id_of(group))) or {}))

    assert before == look(azure.get(ResourceId(id_of(record))), "properties/aRecords")


def test_what_a_workspace_named_before_need_not_have_been_read(azure: World) -> None:
    """A setting of a workspace can be changed although its Application Insights is not in the input."""
    send(azure, "PATCH", "workspaces/mlw", {"properties": {"v1LegacyMode": True}})

    assert look(azure.get(ResourceId(id_of("workspaces/mlw"))), "properties/v1LegacyMode") is True


@pytest.mark.parametrize(
    "type",
    [
        "virtualNetworks/subnets",
        "virtualNetworks/virtualNetworkPeerings",
        "networkSecurityGroups/securityRules",
        "routeTables/routes",
        "privateEndpoints/privateDnsZoneGroups",
        "firewallPolicies/ruleCollectionGroups",
    ],
)
def test_children_of_networks_are_put_whole(type: str) -> None:
    """ARM has no PATCH for these, so a plan sends them whole (REST reference of Microsoft.Network, 2024-05-01)."""
    assert not behaviour_of(f"Microsoft.Network/{type}").patchable
