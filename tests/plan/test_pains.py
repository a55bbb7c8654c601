"""Troubles that people report of such environments: each ends in a plan that is proven, or in a step for a person.

These are none of the fault catalogue's. What is in the way here is seldom the setting that is wrong: a lock, a subnet
that is full, zones that somebody else keeps, another cluster that must not notice.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from cloison.model.snapshot import Snapshot
from cloison.plan.document import PlanDocument
from cloison.plan.make import make
from cloison.plan.options import PlanOptions
from tests.fault_catalogue import FAULTS
from tests.faults import BLOB, GONE, NET, NOTEBOOKS, VAULT, filtered, rule, storage
from tests.plan.environments import end, offences, promised, public, verdict
from tests.reference import GROUP, REFERENCES, WORKSPACE_GUID, Body, changed, id_of, snapshot

Changes = dict[str, Any]
FAULT: dict[str, Changes] = {fault.name: fault.changes for fault in FAULTS}
ELSEWHERE = "/subscriptions/00000000-0000-0000-0000-000000000009/resourceGroups/rg-dns"


class Case:
    """An environment with its plan, which is proven to be safe however it turns out."""

    def __init__(self, bodies: list[Body], *changes: Changes, options: PlanOptions | None = None) -> None:
        for change in changes:
            bodies = changed(bodies, change)
        self._text = json.dumps(bodies)
        self._options = options
        self.plan = make(self.read(), options)
        self.end = end(self.read(), self.plan)

    def read(self) -> Snapshot:
        return snapshot(json.loads(self._text))

    @property
    def said(self) -> list[str]:
        """What the steps say, in order."""
        return [step.summary for step in self.plan.steps]

    def stands(self, told: str) -> None:
        """The plan is safe, keeps its promise, is done when it is done, and the worst verdict is then this."""
        assert self.plan.proof.proven
        assert [] == offences(self.read(), self.plan)
        assert (told, told) == (promised(self.plan), verdict(self.end).verdict)
        assert () == make(self.end, self._options).steps


def case(reference: str, *changes: Changes) -> Case:
    return Case(REFERENCES[reference](), *changes)


def written(plan: PlanDocument, segment: str) -> list[str]:
    """Paths of what is written below a segment."""
    return [step.request.path for step in plan.steps if f"/{segment}/" in step.request.path]


def lock(where: str, level: str) -> Changes:
    return {f"{where}/providers/Microsoft.Authorization/locks/keep": {"properties": {"level": level}}}


def second_cluster(network: str, subnet: str) -> Changes:
    """A cluster of somebody else's."""
    pool = {"name": "system", "mode": "System", "vnetSubnetID": id_of(f"{NET}/{network}/subnets/{subnet}")}
    profile = {
        "networkPlugin": "azure",
        "networkPluginMode": "overlay",
        "podCidr": "10.244.0.0/16",
        "serviceCidr": "172.20.0.0/16",
        "outboundType": "loadBalancer",
    }
    properties = {
        "fqdn": "stranger.hcp.westeurope.azmk8s.io",
        "powerState": {"code": "Running"},
        "nodeResourceGroup": "MC_stranger",
        "apiServerAccessProfile": {"enablePrivateCluster": False},
        "agentPoolProfiles": [pool],
        "networkProfile": profile,
    }
    return {"managedClusters/stranger": {"properties": properties}}


def zones_moved(bodies: list[Body]) -> list[Body]:
    """The same with all private zones in another subscription, as those who run the network keep them."""
    zones = "/providers/Microsoft.Network/privateDnsZones"
    moved: list[Body] = json.loads(json.dumps(bodies).replace(f"{GROUP}{zones}", f"{ELSEWHERE}{zones}"))
    return moved


# --- names ---------------------------------------------------------------------------------------------


def test_zones_that_others_keep_are_used_where_they_are() -> None:
    """Zones of another subscription take the records; none is made a second time."""
    found = Case(zones_moved(public("same network", zones=True)))

    found.stands("met")
    zones = written(found.plan, "privateDnsZones")
    assert zones
    assert all(path.startswith(f"{ELSEWHERE}/") for path in zones)
    assert not [path for path in zones if path.split("/")[-2] == "privateDnsZones"]


def test_zones_that_others_keep_are_linked_where_names_are_asked() -> None:
    """A landing zone linked its zones to the network of the endpoints only: links are what is missing."""
    faults = [FAULT[f"the {one} zone is linked to the endpoints' network only"] for one in ("blob", "vault")]
    bodies = REFERENCES["peered"]()
    for fault in faults:
        bodies = changed(bodies, fault)
    found = Case(zones_moved(bodies))

    found.stands("met")
    assert [f"Link {BLOB} to aks-net", f"Link {VAULT} to aks-net"] == sorted(found.said)
    assert all(path.startswith(f"{ELSEWHERE}/") for path in written(found.plan, "virtualNetworkLinks"))


def test_an_initiative_that_registers_one_zone_of_two_is_completed() -> None:
    """The zone group keeps the zone that the initiative wrote, and gets the second."""
    bodies = changed(REFERENCES["peered"](), FAULT["the workspace's endpoint writes into the API zone only"])
    found = Case(zones_moved(bodies), options=PlanOptions(dns_zones_in="rg-dns"))

    found.stands("met")
    (group,) = [step for step in found.plan.steps if "/privateDnsZoneGroups/" in step.request.path]
    configs = (group.request.body or {})["properties"]["privateDnsZoneConfigs"]
    named = [one["properties"]["privateDnsZoneId"].rpartition("/")[2] for one in configs]
    assert ["privatelink.api.azureml.ms", NOTEBOOKS] == sorted(named)


def test_the_record_of_two_endpoints_is_nobodys_to_take_away() -> None:
    """An old endpoint that is disconnected wrote into the zone too: deleting it would take the new one's record."""
    old = next(one for one in REFERENCES["same network"]() if one["name"] == "pe-vault")["properties"]
    connection = {
        "privateLinkServiceId": id_of("vaults/mlvault"),
        "groupIds": ["vault"],
        "privateLinkServiceConnectionState": {"status": "Disconnected"},
    }
    into = {"name": "vault", "properties": {"privateDnsZoneId": id_of(f"privateDnsZones/{VAULT}")}}
    found = case(
        "same network",
        {
            "privateEndpoints/pe-old": {
                "properties": {
                    "subnet": old["subnet"],
                    "customDnsConfigs": [],
                    "privateLinkServiceConnections": [{"name": "pe-old", "properties": connection}],
                }
            },
            "privateEndpoints/pe-old/privateDnsZoneGroups/default": {
                "properties": {"privateDnsZoneConfigs": [into]}
            },
        },
    )

    found.stands("broken")
    assert () == found.plan.steps
    (left,) = [one for one in found.plan.left if one.kind == "manual"]
    assert ("D10", "pe-vault") == (left.requirement, left.subject.rpartition("/")[2])
    assert left.options


# --- networks ------------------------------------------------------------------------------------------


def test_another_cluster_keeps_the_endpoint_that_it_reaches() -> None:
    """Where networks are not peered, they are: a second endpoint would take the record of the first one."""
    found = case("peered", FAULT["no peering was made at all"], second_cluster("ml-net", "endpoints"))

    found.stands("met")
    assert ["Peer aks-net with ml-net", "Peer ml-net with aks-net"] == found.said


def test_networks_that_overlap_cannot_be_peered() -> None:
    """Azure would refuse it; the plan says so, in Azure's words, and does nothing by half."""
    overlap = {f"{NET}/aks-net#/properties/addressSpace/addressPrefixes": ["10.0.0.0/16", "10.1.0.0/16"]}
    found = case("peered", FAULT["no peering was made at all"], overlap)

    found.stands("broken")
    assert () == found.plan.steps
    refused = [one for one in found.plan.left if one.kind == "refused"]
    assert any("VnetAddressSpacesOverlap" in one.why for one in refused)
    assert all("make endpoints in the network of the pods" in one.options[-1].summary for one in refused)


def test_a_subnet_that_is_full_gets_no_endpoint() -> None:
    """The next subnet that takes endpoints does, away from the nodes where there is one."""
    bodies = changed(REFERENCES["same network"](), FAULT["the vault has no endpoint"])
    spare = {"name": "spare", "id": id_of(f"{NET}/aks-net/subnets/spare")}
    more = {f"{NET}/aks-net#/properties/subnets/-": {**spare, "properties": {"addressPrefix": "10.0.5.0/28"}}}
    found = Case(changed(bodies, dict(_fillers(bodies))), more)

    found.stands("met")
    (endpoint,) = [step for step in found.plan.steps if "Create private endpoint pe-mlvault" in step.summary]
    assert spare["id"] == (endpoint.request.body or {})["properties"]["subnet"]["id"]


def test_without_room_for_endpoints_a_person_makes_a_subnet() -> None:
    """Where every subnet is full Azure would refuse the endpoint, and the plan tells what would help."""
    bodies = changed(REFERENCES["same network"](), FAULT["the vault has no endpoint"])
    full = changed(bodies, dict(_fillers(bodies)))
    found = Case(full, options=PlanOptions(private_endpoint_subnet="aks-net/endpoints"))

    found.stands("broken")
    assert () == found.plan.steps
    assert {"refused"} == {one.kind for one in found.plan.left}
    assert all("--private-endpoint-subnet" in one.options[-1].summary for one in found.plan.left)


def _fillers(bodies: list[Body]) -> Iterator[tuple[str, Any]]:
    """Machines that have every address of the endpoints' subnet that is left."""
    place = {"id": id_of(f"{NET}/aks-net/subnets/endpoints")}
    taken = {
        one["properties"]["privateIPAddress"]
        for body in bodies
        for one in body["properties"].get("ipConfigurations", ())
        if "privateIPAddress" in one["properties"]
    }
    for last in range(4, 31):
        address = f"10.0.1.{last}"
        if address not in taken:
            one = {"name": "one", "properties": {"privateIPAddress": address, "subnet": place}}
            yield f"networkInterfaces/machine-{last}", {"properties": {"ipConfigurations": [one]}}


def test_without_a_subnet_that_takes_endpoints_a_person_makes_one() -> None:
    """One that is delegated takes none; the plan says what to do."""
    web = {"name": "web", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}
    delegated = {f"{NET}/ml-net#/properties/subnets/0/properties/delegations": [web]}
    found = case("peered", FAULT["the vault has no endpoint"], delegated)

    found.stands("broken")
    assert () == found.plan.steps
    assert {("manual", True)} == {
        (one.kind, "no subnet of ml-net takes private endpoints" in one.why) for one in found.plan.left
    }


def test_a_rule_that_leaves_no_room_above_it_is_moved() -> None:
    """A denial of everything at priority 100, the first there is, makes room for the rules that let pods out."""
    found = case("peered", filtered("aks-net", 0, rule("all", 100, "Outbound", "Deny")))

    found.stands("met")
    assert "Move rule all of guard from priority 100 to 102" == found.said[0]


def test_every_pool_is_served() -> None:
    """Pools in two subnets of the network: what is mended is mended for both."""
    place = id_of(f"{NET}/aks-net/subnets/gpu")
    found = case(
        "peered",
        FAULT["the blob zone is linked to the endpoints' network only"],
        {
            f"{NET}/aks-net#/properties/subnets/-": {
                "name": "gpu",
                "id": place,
                "properties": {"addressPrefix": "10.0.3.0/24"},
            },
            "managedClusters/aks#/properties/agentPoolProfiles/-": {
                "name": "gpu",
                "mode": "User",
                "vnetSubnetID": place,
            },
        },
    )

    found.stands("met")
    assert {"system", "gpu"} == {one.pool for each in verdict(found.end).environments for one in each.paths}


# --- what others forbid --------------------------------------------------------------------------------


def test_what_is_locked_is_left_and_the_rest_is_mended() -> None:
    """A read-only lock on the account keeps its firewall as it is, whatever else is broken."""
    found = case(
        "peered",
        FAULT["storage trusts nobody"],
        FAULT["the vault record is missing"],
        lock(id_of("storageAccounts/mlstore"), "ReadOnly"),
    )

    found.stands("broken")
    assert [f"Write mlvault into {VAULT}: 10.1.1.8"] == found.said
    (left,) = found.plan.left
    assert ("S21", "refused", True) == (left.requirement, left.kind, "ScopeLocked" in left.why)
    assert "Take the lock that holds mlstore away" in left.options[-1].summary


def test_nothing_is_deleted_where_a_lock_forbids_it() -> None:
    """An endpoint that would be made again stays as it is, disconnected, and the plan says why."""
    found = case("peered", FAULT["the blob endpoint is disconnected"], lock(GROUP, "CanNotDelete"))

    found.stands("broken")
    assert () == found.plan.steps
    assert any("ScopeLocked" in one.why for one in found.plan.left)


def test_an_endpoint_that_nobody_read_is_not_made_a_second_time() -> None:
    """The vault lists an approved connection of an endpoint that is not in the input: it is asked for."""
    found = case("peered", {"privateEndpoints/pe-vault": GONE, "networkInterfaces/pe-vault.nic": GONE})

    found.stands("unknown")
    assert () == found.plan.steps
    assert {"unknown"} == {one.kind for one in found.plan.left}
    assert all("privateendpoints/pe-vault" in one.why for one in found.plan.left)


# --- services ------------------------------------------------------------------------------------------


def test_a_data_lake_gets_its_endpoint_too() -> None:
    """An account with a hierarchical namespace answers to one name more."""
    found = case("peered", storage("isHnsEnabled", True))

    found.stands("met")
    assert "Create private endpoint pe-mlstore-dfs for dfs of mlstore in ml-net" in found.said
    assert "Link privatelink.dfs.core.windows.net to aks-net" == found.said[-1]


def test_a_registry_of_another_subscription_is_reached() -> None:
    """Its endpoint stands in the environment's own network all the same."""
    there = id_of("registries/mlreg").replace("000000000001/", "000000000007/")
    found = Case(json.loads(json.dumps(public("same network")).replace(id_of("registries/mlreg"), there)))

    found.stands("met")
    (endpoint,) = [step for step in found.plan.steps if "Create private endpoint pe-mlreg" in step.summary]
    assert endpoint.request.path.startswith(f"{GROUP}/")


def test_two_workspaces_on_one_cluster_are_both_secured() -> None:
    """The second has services of its own that nobody secured; the first loses nothing meanwhile."""
    found = Case([*REFERENCES["same network"](), *_second_workspace()])

    found.stands("met")
    assert 2 == len(found.plan.environments)
    closed = [step.request.path.rpartition("/")[2] for step in found.plan.steps if step.closes]
    assert ["twovault", "twostore", "two"] == closed


def _second_workspace() -> Iterator[Body]:
    names = {
        "mlstore": "twostore",
        "mlvault": "twovault",
        "workspaces/mlw": "workspaces/two",
        '"mlw"': '"two"',
        "ml-mlw": "ml-two",
        WORKSPACE_GUID: "00000000-0000-0000-0000-00000000ac01",
    }
    for body in REFERENCES["same network"]():
        attached = "/workspaces/mlw/computes/aks-compute" in body["id"]
        if body["name"] not in ("mlw", "mlstore", "mlvault") and not attached:
            continue
        text = json.dumps(copy.deepcopy(body))
        for old, new in names.items():
            text = text.replace(old, new)
        second = json.loads(text)
        if not attached:
            second["properties"]["publicNetworkAccess"] = "Enabled"
            second["properties"]["privateEndpointConnections"] = []
            second["properties"].pop("imageBuildCompute", None)
        if "networkAcls" in second["properties"]:
            second["properties"]["networkAcls"] = {"defaultAction": "Allow", "bypass": "AzureServices"}
        yield second


@pytest.mark.parametrize("spelt", [str.upper, str.lower, str.title])
def test_how_azure_spells_a_group_does_not_matter(spelt: Any) -> None:
    """Ids come back in any case; the plan is as long, and as final."""
    bodies = public("same network", zones=True)
    text = json.dumps(bodies).replace(
        "/resourceGroups/rg-ml/", f"/{spelt('resourceGroups')}/{spelt('rg-ml')}/"
    )
    found = Case(json.loads(text))

    found.stands("met")
    assert len(make(snapshot(bodies)).steps) == len(found.plan.steps)
