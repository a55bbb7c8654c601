"""Order: names before endpoints, doors last, side by side only what does not touch."""

from __future__ import annotations

from cloison.plan.document import PlanDocument
from cloison.plan.make import make
from cloison.plan.options import PlanOptions
from tests.fault_catalogue import FAULTS
from tests.faults import NET
from tests.plan.environments import end, faulty, offences, public, verdict
from tests.reference import changed, id_of, snapshot

BLOB = "privatelink.blob.core.windows.net"


def places(plan: PlanDocument, *words: str) -> list[int]:
    """Numbers of the steps whose summary has all words."""
    return [step.number for step in plan.steps if all(word in step.summary for word in words)]


def wave(plan: PlanDocument, number: int) -> int:
    return plan.steps[number - 1].wave


def test_where_a_zone_answers_already_the_record_comes_first() -> None:
    """A record with a chosen address, then the endpoint that asks for it, then its zone group: no name is ever lost."""
    plan = make(snapshot(public("same network", zones=True)))
    (record,) = places(plan, "Write mlstore into", BLOB)
    (endpoint,) = places(plan, "Create private endpoint pe-mlstore-blob")
    (group,) = places(plan, "Integrate pe-mlstore-blob")

    assert wave(plan, record) < wave(plan, endpoint) < wave(plan, group)
    written = plan.steps[record - 1].request.body["properties"]["aRecords"]  # type: ignore[index]
    (asked,) = plan.steps[endpoint - 1].request.body["properties"]["ipConfigurations"]  # type: ignore[index]
    assert [{"ipv4Address": asked["properties"]["privateIPAddress"]}] == written
    assert "blob" == asked["properties"]["memberName"]


def test_addresses_are_chosen_once() -> None:
    """No two endpoints ask for one address, and none for one that somebody has."""
    plan = make(snapshot(public("same network", zones=True)))
    asked = [
        one["properties"]["privateIPAddress"]
        for step in plan.steps
        for one in (step.request.body or {}).get("properties", {}).get("ipConfigurations", ())
    ]

    assert len(asked) == len(set(asked)) > 4


def test_where_members_are_not_known_the_link_falls_back_for_a_while() -> None:
    """Around a workspace's endpoint its zones fall back to public DNS, and no longer once the records are there."""
    plan = make(snapshot(public("same network", zones=True)))
    first, then = places(plan, "privatelink.api.azureml.ms", "fall back to public DNS")
    (endpoint,) = places(plan, "Create private endpoint pe-mlw-amlworkspace")
    (group,) = places(plan, "Integrate pe-mlw-amlworkspace")

    assert wave(plan, first) < wave(plan, endpoint) < wave(plan, group) < wave(plan, then)
    assert "Default" == plan.steps[then - 1].request.body["properties"]["resolutionPolicy"]  # type: ignore[index]


def test_where_no_zone_answers_yet_the_link_comes_last() -> None:
    """A new zone is linked when the records are in it, and endpoints take the addresses that Azure gives."""
    plan = make(snapshot(public("same network")))
    (zone,) = places(plan, "Create private zone", BLOB)
    (endpoint,) = places(plan, "Create private endpoint pe-mlstore-blob")
    (group,) = places(plan, "Integrate pe-mlstore-blob")
    (link,) = places(plan, "Link", BLOB)

    assert max(wave(plan, zone), wave(plan, endpoint)) < wave(plan, group) < wave(plan, link)
    assert "ipConfigurations" not in plan.steps[endpoint - 1].request.body["properties"]  # type: ignore[index]


def test_doors_are_closed_last_and_one_by_one() -> None:
    """The vault first, where the fewest come in; the workspace last, where people look for what went wrong."""
    plan = make(snapshot(public("same network")))
    doors = [step for step in plan.steps if step.closes]

    assert ["mlvault", "mlreg", "mlstore", "mlw"] == [step.request.path.rpartition("/")[2] for step in doors]
    assert list(plan.steps[-4:]) == doors
    assert 4 == len({step.wave for step in doors})


def test_doors_stay_open_where_that_is_wished() -> None:
    """With --keep-public nothing is closed, and everything else is done."""
    plan = make(snapshot(public("same network")), PlanOptions(keep_public=True))

    assert not [step for step in plan.steps if step.closes]
    assert plan.proof.proven
    assert ("met", ()) == (plan.environments[0].promised, plan.left)


def test_the_workspace_stays_open_while_people_have_no_way_in() -> None:
    """Its door is left, with what would have to be made first."""
    plan = make(snapshot(public("peered", way_in=False)))

    assert ["mlvault", "mlreg", "mlstore"] == [
        step.request.path.rpartition("/")[2] for step in plan.steps if step.closes
    ]
    (left,) = plan.left
    assert ("S25", "manual") == (left.requirement, left.kind)
    assert "Bastion" in left.options[0].summary


def test_a_door_that_another_cluster_needs_stays_open() -> None:
    """Pods of a cluster elsewhere reach the vault by its public address: that closing is left."""
    stranger = {
        f"{NET}/far": {
            "properties": {
                "addressSpace": {"addressPrefixes": ["10.200.0.0/16"]},
                "dhcpOptions": {"dnsServers": []},
                "subnets": [{"name": "aks", "properties": {"addressPrefix": "10.200.0.0/24"}}],
                "virtualNetworkPeerings": [],
            }
        },
        "managedClusters/stranger": {
            "properties": {
                "fqdn": "stranger.hcp.westeurope.azmk8s.io",
                "powerState": {"code": "Running"},
                "nodeResourceGroup": "MC_stranger",
                "apiServerAccessProfile": {"enablePrivateCluster": False},
                "agentPoolProfiles": [
                    {"name": "system", "mode": "System", "vnetSubnetID": id_of(f"{NET}/far/subnets/aks")}
                ],
                "networkProfile": {
                    "networkPlugin": "azure",
                    "networkPluginMode": "overlay",
                    "podCidr": "10.244.0.0/16",
                    "serviceCidr": "172.20.0.0/16",
                    "outboundType": "loadBalancer",
                },
            }
        },
    }
    read = snapshot(changed(public("same network"), stranger))
    plan = make(read)

    assert not [step for step in plan.steps if step.closes and "mlvault" in step.request.path]
    assert "mlvault" in {one.subject.rpartition("/")[2] for one in plan.left}
    assert any("stop working for pods" in one.why for one in plan.left)
    assert [] == offences(snapshot(changed(public("same network"), stranger)), plan)


def test_side_by_side_only_what_does_not_touch() -> None:
    """No two steps of a wave write into one zone, one network or one service."""
    plan = make(snapshot(public("same network", zones=True)))
    for number in {step.wave for step in plan.steps}:
        own = [step.request.path.lower() for step in plan.steps if step.wave == number]
        roots = ["/".join(path.split("/")[:9]) for path in own]
        assert len(roots) == len(set(roots))


def test_a_peering_is_made_again_as_it_was() -> None:
    """Both halves go before either comes back, with the settings that they had."""
    fault = next(one for one in FAULTS if one.name == "the peering is disconnected on one side")
    plan = make(faulty("peered", fault.changes))

    methods = [step.request.method for step in plan.steps]
    assert ["DELETE", "DELETE", "PUT", "PUT"] == sorted(methods)
    assert max(at for at, one in enumerate(methods) if one == "DELETE") < methods.index("PUT") + 1
    made = [step.request.body["properties"] for step in plan.steps if step.request.method == "PUT"]  # type: ignore[index]
    assert all(one["allowForwardedTraffic"] for one in made)
    assert "met" == verdict(end(faulty("peered", fault.changes), plan)).verdict


def test_a_compute_is_detached_never_deleted_with_its_cluster() -> None:
    """The deletion says so, and comes with the attachment: neither is planned alone."""
    fault = next(one for one in FAULTS if one.name == "the compute says it failed")
    detach, attach = make(faulty("peered", fault.changes)).steps

    assert ("DELETE", {"underlyingResourceAction": "Detach"}) == (detach.request.method, detach.request.query)
    assert ("PUT", detach.request.path) == (attach.request.method, attach.request.path)


def test_what_is_taken_away_to_be_made_again_comes_back_or_stays() -> None:
    """Attached again a compute has no role that anybody read: so it is not detached either, and that is left."""
    faults = (
        "the compute says Succeeded, with an error",
        "a workspace of high business impact, and a group with the role on data",
    )
    changes = [next(one.changes for one in FAULTS if one.name == name) for name in faults]
    plan = make(faulty("hub and spoke", *changes))

    assert () == plan.steps
    assert "unsafe" in {one.kind for one in plan.left if one.requirement == "S23"}


def test_a_stopped_cluster_starts_before_its_computes_are_touched() -> None:
    """Nothing on a stopped cluster can be changed, and what was attached before its start is attached again after."""
    (stopped,) = (one for one in FAULTS if one.name == "the cluster is stopped")
    plan = make(faulty("same network", stopped.changes))
    (start,), (detach, attach) = places(plan, "Start aks"), places(plan, "tach aks-compute")

    assert wave(plan, start) < wave(plan, detach) < wave(plan, attach)
