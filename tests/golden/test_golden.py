"""The golden list: environments whose result is known beforehand, each through the whole check.

Findings are written as in the fault catalogue: `S07 mlstore` is a broken error, `S15~ pe-blob` a warning,
`S15- pe-blob` a note, `S07? mlstore` unknown, `S07?- mlstore` unknown as a note, `S16+ mlw` met.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cloison import sources
from cloison.check.document import EnvironmentReport, Report, RequirementReport
from cloison.check.run import run
from tests import reference
from tests.faults import ACR, BLOB, GONE, NET, OTHER, SECOND_ZONE, filtered, link_to, routed, rule
from tests.golden import estates, templates
from tests.reference import NODES, REFERENCES, Body, changed, id_of, snapshot

MARK = {
    ("met", "note"): "+",
    ("broken", "error"): "",
    ("broken", "warning"): "~",
    ("broken", "note"): "-",
    ("unknown", "error"): "?",
    ("unknown", "warning"): "?",
    ("unknown", "note"): "?-",
}
SERVICES = ("mlw", "mlstore", "mlvault", "mlreg")
NEEDED = ("amlworkspace", "blob", "file", "vault", "registry")


class Golden(msgspec.Struct, frozen=True, kw_only=True):
    """One environment with its stated result."""

    name: str
    bodies: Callable[[], list[Body]]
    planned: bool = False
    says: tuple[str, ...] = ()
    """Findings that must be there."""
    silent: tuple[str, ...] = ()
    """Findings that must not be there, or beginnings of such."""
    paths: dict[str, str] = {}
    """Sub-resource -> the verdict of each of its names that pods always need."""


def after(name: str, changes: dict[str, Any]) -> Callable[[], list[Body]]:
    """A reference environment with changes."""
    return lambda: changed(REFERENCES[name](), changes)


def each(requirement: str, *subjects: str) -> tuple[str, ...]:
    """One finding for each subject."""
    return tuple(f"{requirement} {one}" for one in subjects)


def every(verdict: str) -> dict[str, str]:
    """One verdict for everything that pods need."""
    return dict.fromkeys(NEEDED, verdict)


# --- changes that need more than a line --------------------------------------------------------------

FIREWALL_INSIDE = {
    f"{NET}/aks-net#/properties/subnets/-": {
        "name": "AzureFirewallSubnet",
        "id": id_of(f"{NET}/aks-net/subnets/AzureFirewallSubnet"),
        "properties": {"provisioningState": "Succeeded", "addressPrefix": "10.0.3.0/26"},
    },
    f"{NET}/aks-net#/properties/subnets/1/properties/privateEndpointNetworkPolicies": "RouteTableEnabled",
}


def through_a_firewall_that_keeps_the_source() -> list[Body]:
    """One network; a route for its whole space leads to a firewall whose network rule translates nothing."""
    allowed = estates.network_rule("10.0.0.0/24", "10.0.1.0/27", "443", "445")
    inside = id_of(f"{NET}/aks-net/subnets/AzureFirewallSubnet")
    bodies = [*reference.same_network(), *estates.firewall("10.0.3.4", inside, allowed)]
    changes = {**routed("aks-net", 0, "10.0.0.0/16", "VirtualAppliance", "10.0.3.4"), **FIREWALL_INSIDE}
    return changed(bodies, changes)


SECOND_BLOB_ZONE = {
    SECOND_ZONE: {"location": "global", "properties": {"numberOfRecordSets": 1}},
    f"{SECOND_ZONE}/virtualNetworkLinks/aks-net-2": link_to("aks-net"),
    f"privateDnsZones/{BLOB}/virtualNetworkLinks/aks-net": GONE,
}

ENDPOINT_OF_A_PEER = {
    f"{NET}/aks-net#/properties/subnets/0/properties/serviceEndpoints": [],
    f"{NET}/peer": {
        "properties": {
            "provisioningState": "Succeeded",
            "addressSpace": {"addressPrefixes": ["10.3.0.0/16"]},
            "subnets": [
                {
                    "name": "work",
                    "id": id_of(f"{NET}/peer/subnets/work"),
                    "properties": {
                        "provisioningState": "Succeeded",
                        "addressPrefix": "10.3.0.0/24",
                        "serviceEndpoints": [
                            {"service": "Microsoft.Storage", "provisioningState": "Succeeded"},
                            {"service": "Microsoft.KeyVault", "provisioningState": "Succeeded"},
                        ],
                    },
                }
            ],
        }
    },
    f"{NET}/aks-net/virtualNetworkPeerings/to-peer": reference.peering("aks-net", "peer"),
    f"{NET}/peer/virtualNetworkPeerings/to-aks-net": reference.peering("peer", "aks-net"),
    "storageAccounts/mlstore#/properties/networkAcls/virtualNetworkRules": [
        {"id": id_of(f"{NET}/peer/subnets/work"), "action": "Allow"}
    ],
    "vaults/mlvault#/properties/networkAcls/virtualNetworkRules": [{"id": id_of(f"{NET}/peer/subnets/work")}],
}


def restarted_with_another_first_pool() -> list[Body]:
    """A stopped private cluster whose first pool is another one than when it was started last."""
    newer = id_of(f"{NET}/aks-net/subnets/newer")
    older = id_of(f"{NET}/aks-net/subnets/aks")
    to_the_cluster = {
        "privateLinkServiceId": id_of("managedClusters/aks"),
        "groupIds": ["management"],
        "privateLinkServiceConnectionState": {"status": "Approved"},
    }
    connection = {"name": "api", "properties": to_the_cluster}
    return changed(
        reference.peered(),
        {
            "managedClusters/aks#/properties/powerState/code": "Stopped",
            "managedClusters/aks#/properties/agentPoolProfiles": [
                {"name": "newer", "mode": "System", "vnetSubnetID": newer},
                {"name": "system", "mode": "User", "vnetSubnetID": older},
            ],
            f"{NET}/aks-net#/properties/subnets/-": {
                "name": "newer",
                "id": newer,
                "properties": {"provisioningState": "Succeeded", "addressPrefix": "10.0.5.0/24"},
            },
            f"{NODES}/providers/Microsoft.Network/privateEndpoints/kube-apiserver": {
                "properties": {
                    "provisioningState": "Succeeded",
                    "subnet": {"id": older},
                    "privateLinkServiceConnections": [connection],
                }
            },
            f"{OTHER}/providers/Microsoft.Network/privateEndpoints/pe-admins": {
                "properties": {
                    "provisioningState": "Succeeded",
                    "subnet": {"id": f"{OTHER}/providers/Microsoft.Network/virtualNetworks/admins/subnets/s"},
                    "privateLinkServiceConnections": [connection],
                }
            },
        },
    )


# --- the list ------------------------------------------------------------------------------------------

GOLDEN = [
    Golden(
        name="the quickstart machine-learning-end-to-end-secure",
        bodies=templates.end_to_end_secure,
        planned=True,
        says=(
            "S04 aks",
            "S24 aks-compute",
            "D03 pe-vault",
            "S07 mlvault",
            "S25- mlinsights",
            "S11- mlstore",
            "S16+ mlw",
            "S18+ mlreg",
            "S19+ mlreg",
            "S21+ mlstore",
            "D04+ pe-amlworkspace",
        ),
        silent=("S01 ", "S02 ", "S13 ", "S11 "),
        paths={**every("private"), "vault": "blocked"},
    ),
    Golden(
        name="the Terraform quickstart moderately-secure, with a cluster where it belongs",
        bodies=templates.moderately_secure_with_a_cluster,
        planned=True,
        says=("S25~ aks", "S18+ mlreg", "S21+ mlstore", "D04+ pe-amlworkspace", "D03+ pe-vault"),
        silent=("D01 ", "D02 ", "D03 ", "D04 ", "S07 ", "S07? ", "S02 ", "S04 "),
        paths=every("private"),
    ),
    Golden(
        name="two spokes and a hub whose firewall translates the source",
        bodies=lambda: estates.two_spokes(snat=["255.255.255.255/32"]),
        says=(
            *each("S02~", *SERVICES),
            "S13~ mlw",
            "S08+ aks",
            *each("S15-", "pe-blob", "pe-vault", "pe-registry", "pe-amlworkspace"),
            "S16+ mlw",
            "S18+ mlreg",
            "D04+ pe-amlworkspace",
            "S25~ azureml",
            "S25- mlstore",
        ),
        silent=("S07 ", "S07? ", "S04 ", "S08 ", "D01 "),
        paths=every("private"),
    ),
    Golden(
        name="the same two spokes, with a firewall that keeps the source",
        bodies=lambda: estates.two_spokes(snat=None),
        says=(*each("S02", *SERVICES), *each("S07?", *SERVICES)),
        paths=every("unknown"),
    ),
    Golden(
        name="a default cluster in a network of Azure's own, and a private workspace",
        bodies=estates.network_of_azures_own,
        says=(*each("S02", *SERVICES), "S13 mlw", "S08+ aks", "S09+ aks", "S10+ aks"),
    ),
    Golden(
        name="the same, and the network of Azure's own was not read",
        bodies=lambda: estates.network_of_azures_own(read=False),
        says=(*each("S02?", *SERVICES), "S09? aks", "S10? aks"),
        paths=every("unknown"),
    ),
    Golden(
        name="the same, peered with the endpoints' network and linked to the zones",
        bodies=lambda: estates.network_of_azures_own(peered=True),
        says=(*each("S02+", *SERVICES), "S10- aks", *each("S07+", "mlw", "mlreg", "mlvault")),
        silent=("S02 ", "S07 ", "S07? ", "D01 "),
        paths=every("private"),
    ),
    Golden(
        name="zones linked to the hub only, while the spoke asks Azure DNS",
        bodies=after("hub and spoke", {f"{NET}/aks-net#/properties/dhcpOptions/dnsServers": []}),
        says=(f"D01 {BLOB}", f"D01 {ACR}", *each("S07", *SERVICES)),
    ),
    Golden(
        name="the same zones, while the spoke asks the hub's firewall, which proxies DNS",
        bodies=reference.hub_and_spoke,
        says=(*each("S07+", "mlw", "mlvault", "mlreg"), f"D01+ {BLOB}"),
        silent=("D01 ", "D07 ", "D07? ", "S07 ", "S07? "),
        paths=every("private"),
    ),
    Golden(
        name="a Basic registry under a private workspace",
        bodies=after("peered", {"registries/mlreg#/sku": {"name": "Basic", "tier": "Basic"}}),
        says=("S18 mlreg",),
    ),
    Golden(
        name="a registry with an endpoint and no record of its data endpoint",
        bodies=after("same network", {f"privateDnsZones/{ACR}/A/mlreg.westeurope.data": GONE}),
        says=("D05 mlreg", "S07 mlreg"),
        paths={**every("private"), "registry": "private, blocked"},
    ),
    Golden(
        name="a peering that only one side made",
        bodies=after(
            "peered",
            {
                f"{NET}/ml-net/virtualNetworkPeerings/to-aks-net": GONE,
                f"{NET}/aks-net/virtualNetworkPeerings/to-ml-net#/properties/peeringState": "Initiated",
            },
        ),
        says=each("S02", *SERVICES),
    ),
    Golden(
        name="two zones of one name, one linked to the hub, one to the spoke",
        bodies=after("peered", SECOND_BLOB_ZONE),
        says=(f"D02 {BLOB}", "S07 mlstore"),
    ),
    Golden(
        name="a private cluster without a private zone, which leaves it its public name",
        bodies=after(
            "peered",
            {
                "managedClusters/aks#/properties/apiServerAccessProfile": {
                    "enablePrivateCluster": True,
                    "privateDNSZone": "none",
                },
                "managedClusters/aks#/properties/fqdn": "aks-1.hcp.westeurope.azmk8s.io",
                "managedClusters/aks#/properties/privateFQDN": GONE,
            },
        ),
        says=("S04 aks",),
    ),
    Golden(
        name="a route to a firewall in the same network that keeps the source",
        bodies=through_a_firewall_that_keeps_the_source,
        says=each("S07?", *SERVICES),
        paths=every("unknown"),
    ),
    Golden(
        name="a security group that denies VirtualNetwork outbound",
        bodies=after(
            "same network",
            filtered(
                "aks-net",
                0,
                rule("no-network", 100, "Outbound", "Deny", destinationAddressPrefix="VirtualNetwork"),
                rule("storage", 90, "Outbound", "Allow", destinationAddressPrefix="Storage.westeurope"),
            ),
        ),
        says=each("S07", *SERVICES),
        paths=every("blocked"),
    ),
    Golden(
        name="service endpoints on the subnet of a peered network only",
        bodies=after("service endpoints", ENDPOINT_OF_A_PEER),
        says=("S02 mlstore", "S02 mlvault"),
        paths={"blob": "blocked", "vault": "blocked", "registry": "private", "amlworkspace": "private"},
    ),
    Golden(
        name="a workspace with a user-assigned identity only",
        bodies=after(
            "peered",
            {
                "workspaces/mlw#/identity": {
                    "type": "UserAssigned",
                    "userAssignedIdentities": {id_of("userAssignedIdentities/mine"): {}},
                }
            },
        ),
        says=("S16 mlw",),
    ),
    Golden(
        name="a workspace without a registry yet",
        bodies=after("peered", {"workspaces/mlw#/properties/containerRegistry": None}),
        says=("S05? mlw", "S18?- mlw"),
    ),
    Golden(
        name="storage that trusts logging and metrics only",
        bodies=after(
            "peered",
            {
                "storageAccounts/mlstore#/properties/networkAcls/bypass": "Logging, Metrics",
                "storageAccounts/mlstore#/properties/networkAcls/resourceAccessRules": [],
            },
        ),
        says=("S21 mlstore",),
    ),
    Golden(
        name="a stopped cluster whose first pool is another one now",
        bodies=restarted_with_another_first_pool,
        says=("S22~ kube-apiserver", "S22 pe-admins", "S23~ aks-compute", "S24 aks"),
        silent=("S22 kube-apiserver",),
    ),
]


def said(report: EnvironmentReport) -> list[str]:
    """Every finding that says something, in the catalogue's words."""
    return [
        f"{one.id}{MARK[one.verdict, one.severity]} {one.subject.rpartition('/')[2]}"
        for one in report.requirements
        if (one.verdict, one.severity) in MARK
    ]


def found(report: EnvironmentReport, id: str, subject: str) -> RequirementReport:
    """The one finding of a requirement on a subject."""
    return next(
        one for one in report.requirements if one.id == id and one.subject.rpartition("/")[2] == subject
    )


def verdicts(report: EnvironmentReport) -> dict[str, str]:
    """Verdicts of the names that pods always need, by sub-resource; `a, b` where they differ."""
    by: dict[str, dict[str, None]] = {}
    for path in report.paths:
        if path.needed:
            by.setdefault(path.subresource, {})[path.verdict] = None
    return {name: ", ".join(words) for name, words in by.items()}


def checked(golden: Golden) -> EnvironmentReport:
    """The report on the one environment of a golden fixture."""
    (only,) = run(snapshot(golden.bodies(), planned=golden.planned)).environments
    return only


def named(name: str) -> Golden:
    """The golden fixture of this name."""
    return next(one for one in GOLDEN if one.name == name)


@pytest.mark.parametrize("golden", GOLDEN, ids=[one.name for one in GOLDEN])
def test_golden(golden: Golden) -> None:
    """Each environment of the golden list gives its stated result."""
    report = checked(golden)
    all_said = said(report)

    assert [] == [one for one in golden.says if one not in all_said]
    assert [] == [one for one in all_said if one.startswith(golden.silent or "-")]
    assert golden.paths == {name: verdicts(report).get(name) for name in golden.paths}


def test_a_broken_letter_and_a_working_network_are_both_told() -> None:
    """Endpoints two peerings away break the article's rule and are reached all the same."""
    report = checked(named("two spokes and a hub whose firewall translates the source"))

    said_of_it = found(report, "S02", "mlstore").message

    assert "the article's letter" in said_of_it
    assert "in fact" in said_of_it


def test_a_kept_source_is_what_makes_a_path_undecided() -> None:
    """Through a firewall that does not translate, the way back of an endpoint's packets is not documented."""
    report = checked(named("a route to a firewall in the same network that keeps the source"))
    doubts = {hop.text for path in report.paths for hop in path.hops if hop.outcome == "unknown"}

    assert doubts
    assert all("source" in text for text in doubts)


def test_a_public_name_without_a_private_zone_cannot_be_mended_in_place() -> None:
    """With privateDNSZone none, nodes use the public name, so no change to the cluster takes it away."""
    report = checked(named("a private cluster without a private zone, which leaves it its public name"))
    fixes = found(report, "S04", "aks").fixes

    assert "manual" in {fix.safety for fix in fixes}
    assert [] == [fix for fix in fixes if "apiServerAccessProfile" in fix.pointer]


def test_nobody_deletes_the_endpoint_that_aks_keeps() -> None:
    """After a restart, endpoints of one's own are to be made again, and the one of AKS is left alone."""
    report = checked(named("a stopped cluster whose first pool is another one now"))

    assert {"update"} == {fix.action for fix in found(report, "S22", "kube-apiserver").fixes}
    assert {"delete"} == {fix.action for fix in found(report, "S22", "pe-admins").fixes}


def test_without_a_cluster_there_is_no_environment() -> None:
    """The moderately secure quickstart alone has a workspace and no cluster, and that is said."""
    report = run(snapshot(templates.moderately_secure(), planned=True))

    assert () == report.environments
    assert ["workspace mlw has no Kubernetes cluster in the input"] == [
        note for note in report.notes if "mlw" in note
    ]


# --- the published template itself ------------------------------------------------------------------

CORPORA = Path(os.environ.get("CLOISON_CORPORA", Path(__file__).parents[3] / "shared" / "corpora"))
QUICKSTART = (
    CORPORA
    / "templates/Azure__azure-quickstart-templates/quickstarts/microsoft.machinelearningservices"
    / "machine-learning-end-to-end-secure/azuredeploy.json"
)


def published() -> Report:
    """The check of the template as published, with its parameters left open."""
    return run(sources.read([str(QUICKSTART)]))


@pytest.mark.skipif(not QUICKSTART.exists(), reason=f"{QUICKSTART} is not here; set CLOISON_CORPORA")
def test_the_published_quickstart_says_what_its_copy_by_hand_says() -> None:
    """Public name, older compute, misnamed zone of the vault, and nothing private about the vault."""
    (report,) = published().environments
    errors = sorted(
        one.id for one in report.requirements if (one.verdict, one.severity) == ("broken", "error")
    )
    notes = {one.id for one in report.requirements if (one.verdict, one.severity) == ("broken", "note")}

    assert ["D03", "S04", "S07", "S24"] == errors
    assert {"S11", "S25"} <= notes
    assert {**every("private"), "vault": "blocked"} == {
        name: verdict for name, verdict in verdicts(report).items() if name in NEEDED
    }
