"""What the fixes of names and places would send: done as Azure does it, the finding is gone."""

from __future__ import annotations

from typing import Any

import pytest

from cloison.check.document import FixReport, RequirementReport
from cloison.check.run import CheckOptions, run
from tests.faults import ACR, API, BLOB, GONE, NET, NOTEBOOKS, SECOND_ZONE, VAULT, link_to, record
from tests.reference import REFERENCES, changed, id_of, snapshot

DONE = {"provisioningState": "Succeeded", "virtualNetworkLinkState": "Completed", "peeringState": "Connected"}
"""What Azure adds to the body of a link or a peering once it is made."""
LINK = f"privateDnsZones/{VAULT}/virtualNetworkLinks/aks-net"
GROUP_OF_WORKSPACE = "privateEndpoints/pe-amlworkspace/privateDnsZoneGroups/default"

NETS = ("aks-net", "ml-net")


def found(id: str, *changes: dict[str, Any]) -> list[RequirementReport]:
    """What one requirement says of `peered` after changes, one after the other."""
    bodies = REFERENCES["peered"]()
    for change in changes:
        bodies = changed(bodies, change)
    (environment,) = run(snapshot(bodies), CheckOptions(only=(id,))).environments
    return list(environment.requirements)


def fixes(id: str, *changes: dict[str, Any]) -> list[FixReport]:
    """The fixes of everything that is broken."""
    return [fix for one in found(id, *changes) if one.verdict == "broken" for fix in one.fixes]


def sent(fix: FixReport) -> dict[str, Any]:
    """A fix as a change to the environment."""
    body: dict[str, Any] = {**fix.body}
    if fix.action == "delete":
        return {fix.target: GONE}
    if "/virtualNetworkLinks/" in fix.target or "/virtualNetworkPeerings/" in fix.target:
        body["properties"] = {**body["properties"], **DONE, "peeringSyncLevel": "FullyInSync"}
    return {fix.target: body}


MENDED = {
    "D01": {f"privateDnsZones/{ACR}/virtualNetworkLinks/aks-net": GONE},
    "D06": record(BLOB, "mlstore", "10.1.1.30"),
    "D09": {f"{LINK}#/properties/registrationEnabled": True},
    "D11": {f"{LINK}#/properties/provisioningState": "Failed"},
    "D13": {f"privateDnsZones/{VAULT}/A/mlvault#/properties/ttl": 3600},
    "D14": {
        SECOND_ZONE: {"location": "global", "properties": {}},
        f"{SECOND_ZONE}/virtualNetworkLinks/two": link_to("aks-net"),
    },
    "S02": {f"{NET}/ml-net/virtualNetworkPeerings/to-aks-net#/properties/allowVirtualNetworkAccess": False},
}


@pytest.mark.parametrize("id", MENDED)
def test_done_the_finding_is_gone(id: str) -> None:
    """After its fixes were done, the requirement finds nothing broken."""
    change = MENDED[id]
    mends = {fix.target: fix for fix in fixes(id, change)}

    assert mends
    after = found(id, change, *(sent(fix) for fix in mends.values()))
    assert [] == [one.message for one in after if one.verdict != "met"]


def test_a_missing_half_of_a_peering_is_made() -> None:
    """Of a peering with one half, the other half is made, and the half that is there is left alone."""
    change = {
        f"{NET}/ml-net/virtualNetworkPeerings/to-aks-net": GONE,
        f"{NET}/aks-net/virtualNetworkPeerings/to-ml-net#/properties/peeringState": "Initiated",
    }

    made = {(fix.action, fix.target) for fix in fixes("S13", change)}
    assert {("create", id_of(f"{NET}/ml-net/virtualNetworkPeerings/to-aks-net"))} == made


def test_a_disconnected_peering_is_deleted_first() -> None:
    """A half that is disconnected cannot be connected again, nor its other half: both are made again as they were."""
    halves = [f"{NET}/{here}/virtualNetworkPeerings/to-{there}" for here, there in (NETS, NETS[::-1])]
    mends = fixes("S13", {f"{halves[0]}#/properties/peeringState": "Disconnected"})

    assert [("delete", id_of(half)) for half in halves] == [(fix.action, fix.target) for fix in mends]


def test_a_link_that_failed_is_made_under_its_own_name() -> None:
    """A second link beside the failed one would be refused, so the fix names the link that is there."""
    renamed = {LINK: GONE, f"privateDnsZones/{VAULT}/virtualNetworkLinks/by-policy": link_to("aks-net")}
    failed = {
        f"privateDnsZones/{VAULT}/virtualNetworkLinks/by-policy#/properties/provisioningState": "Failed"
    }

    (fix,) = fixes("D11", renamed, failed)
    assert id_of(f"privateDnsZones/{VAULT}/virtualNetworkLinks/by-policy") == fix.target


@pytest.mark.parametrize("id", ["S13", "D04"])
def test_a_zone_group_is_sent_whole(id: str) -> None:
    """A zone group replaces the one that is there, so the fix names both zones, not only the missing one."""
    (fix,) = fixes(id, {f"{GROUP_OF_WORKSPACE}#/properties/privateDnsZoneConfigs/1": GONE})

    configs = fix.body["properties"]["privateDnsZoneConfigs"]  # type: ignore[index]
    named = [one["properties"]["privateDnsZoneId"] for one in configs]
    assert [id_of(f"privateDnsZones/{zone}") for zone in (API, NOTEBOOKS)] == named


def test_a_zone_group_goes_to_the_zone_that_is_asked() -> None:
    """Of two zones of one name, the fix writes into the one that is linked where the pods' names are answered."""
    astray = {
        f"privateDnsZones/{BLOB}/virtualNetworkLinks/aks-net": GONE,
        SECOND_ZONE: {"location": "global", "properties": {"numberOfRecordSets": 1}},
        f"{SECOND_ZONE}/virtualNetworkLinks/two": link_to("aks-net"),
    }
    (fix,) = fixes("D02", astray)

    (config,) = fix.body["properties"]["privateDnsZoneConfigs"]  # type: ignore[index]
    assert config["properties"]["privateDnsZoneId"] == SECOND_ZONE


def test_the_link_that_nobody_writes_for_is_removed() -> None:
    """Of two links, that of a zone without records of the endpoints goes, whichever was read first."""
    (fix,) = fixes("D14", MENDED["D14"])
    assert f"{SECOND_ZONE}/virtualNetworkLinks/two" == fix.target


def test_a_pending_endpoint_is_approved_and_a_rejected_one_made_again() -> None:
    """Only a pending connection can be approved; a rejected one is deleted and created again."""
    state = "properties/privateLinkServiceConnections/0/properties/privateLinkServiceConnectionState/status"
    (pending,) = fixes("S11", {f"privateEndpoints/pe-vault#/{state}": "Pending"})
    (rejected,) = fixes("S11", {f"privateEndpoints/pe-vault#/{state}": "Rejected"})

    assert ("update", True) == (pending.action, pending.target.startswith(id_of("vaults/mlvault")))
    assert ("delete", id_of("privateEndpoints/pe-vault")) == (rejected.action, rejected.target)
