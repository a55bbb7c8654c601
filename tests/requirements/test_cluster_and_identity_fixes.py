"""What the fixes of S01, S04, S08, S16 and S17 would send: done, the finding is gone, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from cloison.check.document import FixReport, RequirementReport
from cloison.check.run import CheckOptions, run
from tests.fault_catalogue.clusters import named
from tests.fault_catalogue.identities import COMPUTE, HBI, READER, USER, role
from tests.faults import GONE, cluster, workspace
from tests.reference import (
    COMPUTE_PRINCIPAL,
    GROUP,
    REFERENCES,
    changed,
    id_of,
    snapshot,
)


def findings(id: str, changes: dict[str, Any], *, planned: bool = False) -> list[RequirementReport]:
    """What one requirement says of `peered` with changes."""
    read = snapshot(changed(REFERENCES["peered"](), changes), planned=planned)
    (environment,) = run(read, CheckOptions(only=(id,))).environments
    return list(environment.requirements)


def fixes(id: str, changes: dict[str, Any], *, planned: bool = False) -> list[FixReport]:
    """The fixes of everything that is broken."""
    return [
        fix for one in findings(id, changes, planned=planned) if one.verdict == "broken" for fix in one.fixes
    ]


def sent(fix: FixReport) -> dict[str, Any]:
    """A fix as a change to the reference: its body merged into what stands there."""
    return {fix.target: dict(fix.body)}


NOT_PRIVATE_ENOUGH = {
    "a stated public name": ("S04", named(True)),
    "a public name by default": ("S04", named(GONE)),
    "user-assigned identities only": (
        "S16",
        workspace("identity", {"type": "UserAssigned", "userAssignedIdentities": {USER: {}}}),
    ),
    "no identity": ("S16", workspace("identity", {"type": "None"})),
    "a compute without roles": ("S17", {**HBI, **role("reader", READER, COMPUTE_PRINCIPAL, GROUP)}),
}


@pytest.mark.parametrize(("id", "changes"), NOT_PRIVATE_ENOUGH.values(), ids=NOT_PRIVATE_ENOUGH)
def test_done_it_is_mended(id: str, changes: dict[str, Any]) -> None:
    """With every fix sent, the requirement is met."""
    offered = fixes(id, changes)
    # Azure takes the name from its answer once it is not wanted any more.
    after = {"managedClusters/aks#/properties/fqdn": GONE} if id == "S04" else {}
    for fix in offered:
        after.update(sent(fix))

    said = findings(id, {**changes, **after})

    assert offered
    assert {"met"} == {one.verdict for one in said}


def test_the_zone_of_ones_own_stays() -> None:
    """AKS takes its settings as a whole, so the fix sends the zone along."""
    zone = id_of("privateDnsZones/privatelink.westeurope.azmk8s.io")

    (fix,) = fixes("S04", {**named(True), **cluster("apiServerAccessProfile/privateDNSZone", zone)})

    assert "asks" == fix.safety
    assert {
        "enablePrivateCluster": True,
        "enablePrivateClusterPublicFQDN": False,
        "privateDNSZone": zone.lower(),
    } == fix.body["properties"]["apiServerAccessProfile"]  # type: ignore[index]


def test_a_name_that_nodes_need_is_not_taken_away() -> None:
    """Without a private zone, no fix sets the flag: Azure would refuse, and the nodes would be lost."""
    offered = fixes("S04", {**named(True), **cluster("apiServerAccessProfile/privateDNSZone", "none")})

    assert ["manual", "asks"] == [fix.safety for fix in offered]
    assert not [fix for fix in offered if "enablePrivateClusterPublicFQDN" in str(fix.body)]


def test_trusted_access_is_offered_where_there_is_some() -> None:
    """Azure Machine Learning uses it in the public cloud only."""
    none = cluster("apiServerAccessProfile/privateDNSZone", "none")
    china = {"managedClusters/aks#/location": "chinaeast2"}

    offered = fixes("S04", {**named(True), **none, **china})

    assert ["manual"] == [fix.safety for fix in offered]


def test_user_assigned_identities_stay() -> None:
    """Those left out of the request would be removed, so it names them."""
    changes = workspace("identity", {"type": "UserAssigned", "userAssignedIdentities": {USER: {}}})

    (fix,) = fixes("S16", changes)

    assert {"type": "SystemAssigned,UserAssigned", "userAssignedIdentities": {USER.lower(): {}}} == fix.body[
        "identity"
    ]


def test_only_the_missing_role_is_given() -> None:
    """A role that is there is not given again; Azure would answer that it exists."""
    data = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"

    (fix,) = fixes("S17", {**HBI, **role("data", data, COMPUTE_PRINCIPAL)})

    assert ("create", "safe") == (fix.action, fix.safety)
    assert fix.target.startswith(
        f"{id_of('storageAccounts/mlstore')}/providers/Microsoft.Authorization/roleAssignments/"
    )
    properties: Any = fix.body["properties"]
    assert COMPUTE_PRINCIPAL == properties["principalId"]
    assert properties["roleDefinitionId"].endswith("17d1049b-9a84-46fb-8f53-869881c3d3ab")


def test_the_same_role_has_the_same_name() -> None:
    """A second try finds the first one, instead of adding another."""
    changes = {**HBI, **role("reader", READER, COMPUTE_PRINCIPAL, GROUP)}

    assert [fix.target for fix in fixes("S17", changes)] == [fix.target for fix in fixes("S17", changes)]
    assert 2 == len({fix.target for fix in fixes("S17", changes)})


def test_a_planned_identity_gets_its_roles_by_name() -> None:
    """Who it will be is not made up."""
    changes = {**HBI, f"{COMPUTE}#/identity": {"type": "SystemAssigned"}}

    offered = fixes("S17", changes, planned=True)

    principals = {fix.body["properties"]["principalId"] for fix in offered}  # type: ignore[index]
    assert {"{principal of aks-compute}"} == principals


def test_a_compute_gets_its_identity_and_stays_attached() -> None:
    """A request without the cluster's id would be refused."""
    (fix,) = fixes("S17", {**HBI, f"{COMPUTE}#/identity": GONE})

    assert "asks" == fix.safety
    assert {"type": "SystemAssigned"} == fix.body["identity"]
    assert id_of("managedClusters/aks") == fix.body["properties"]["resourceId"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("id", "changes"),
    [
        ("S08", cluster("networkProfile/loadBalancerSku", "basic")),
        ("S08", cluster("apiServerAccessProfile/authorizedIPRanges", ["203.0.113.0/24"])),
        ("S01", {"workspaces/mlw/computes/build#/properties/properties/subnet": GONE}),
    ],
)
def test_what_cannot_be_changed_in_place_says_so(id: str, changes: dict[str, Any]) -> None:
    """It is left to people, with the reason."""
    offered = fixes(id, changes)

    assert {"manual"} == {fix.safety for fix in offered}
    assert all(fix.why for fix in offered)
