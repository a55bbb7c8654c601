"""A cluster is stopped and started: what breaks, what says so and what does not, and what mends it.

Source of the order: Microsoft Learn, Stop and start an AKS cluster; Secure an AKS inferencing environment, its note on
restarts; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from cloison.controlplane import Outcome
from cloison.model.behaviour import Refused
from tests.behaviour.desk import REGION, refused
from tests.behaviour.services import EXTENSION, Services, code_of

NODES = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/MC_rg_aks_westeurope"
OWN = f"{NODES}/providers/Microsoft.Network/privateEndpoints/kube-apiserver"
STATE = "privateLinkServiceConnections/0/properties/privateLinkServiceConnectionState/status"


@pytest.fixture
def desk() -> Services:
    """A workspace that scores on a private cluster, which people reach from a hub by an endpoint of their own."""
    desk = Services()
    desk.network("net", "10.0.0.0/16", aks="10.0.0.0/24", ends="10.0.1.0/27")
    desk.network("hub", "10.9.0.0/16", ends="10.9.1.0/27")
    desk.cluster()
    desk.extension()
    desk.workspace()
    desk.attach()
    desk.online()
    desk.deploy()
    desk.endpoint("from-hub", "managedClusters/aks", "management", "hub/ends")
    return desk


def stop(desk: Services) -> Outcome:
    return desk.act("managedClusters/aks", "stop")


def start(desk: Services) -> Outcome:
    return desk.act("managedClusters/aks", "start")


def power(desk: Services) -> Any:
    return desk.at("managedClusters/aks", "powerState/code")


def api_record(desk: Services) -> list[str]:
    """The addresses that the cluster's own zone gives for its API server."""
    name, _, zone = str(desk.at("managedClusters/aks", "privateFQDN")).partition(".")
    at = f"{NODES}/providers/Microsoft.Network/privateDnsZones/{zone}/A/{name}"
    return [one["ipv4Address"] for one in desk.at(at, "aRecords")]


def own_address(desk: Services) -> Any:
    card = desk.at(OWN, "networkInterfaces/0/id")
    return desk.at(card, "ipConfigurations/0/properties/privateIPAddress")


def test_the_story_of_a_restart(desk: Services) -> None:
    """What a person sees who stops a cluster for the night, and what they have to do in the morning."""
    # In the evening all is well: the cluster is reached, and scoring can be changed.
    before = own_address(desk)
    assert [before] == api_record(desk)
    assert "Approved" == desk.at("privateEndpoints/from-hub", STATE)
    assert 200 == desk.deploy().status

    # It is stopped. Its own endpoint goes, and whoever had an endpoint to it is left disconnected.
    stop(desk)
    assert ("Stopped", None) == (power(desk), desk.get(OWN))
    assert "Disconnected" == desk.at("privateEndpoints/from-hub", STATE)
    # Scoring cannot be changed: the operation fails, not the request.
    with pytest.raises(Refused) as failed:
        desk.deploy("green")
    assert ("ClusterNotReachable", True) == (code_of(failed.value), failed.value.late)

    # In the morning it is started. Azure puts its own endpoint up again, at another address, and mends its record.
    start(desk)
    after = own_address(desk)
    assert "Running" == power(desk)
    assert before != after
    assert [after] == api_record(desk)

    # Nobody mends the endpoint from the hub: it has to be made again.
    assert "Disconnected" == desk.at("privateEndpoints/from-hub", STATE)
    desk.delete("privateEndpoints/from-hub")
    desk.endpoint("from-hub", "managedClusters/aks", "management", "hub/ends")
    assert "Approved" == desk.at("privateEndpoints/from-hub", STATE)

    # The compute says that it is well, and nothing on it works.
    assert "Succeeded" == desk.at("workspaces/mlw/computes/work", "provisioningState")
    changes: list[Callable[[], object]] = [
        lambda: desk.deploy("green"),
        lambda: desk.online("second"),
        desk.online,
    ]
    for change in changes:
        with pytest.raises(Refused) as failed:
            change()
        assert "GenericComputeError" == code_of(failed.value)

    # Attached again under its old name, it takes changes.
    desk.detach()
    desk.attach()
    assert 201 == desk.deploy("green").status


@pytest.mark.parametrize(
    "change",
    [
        lambda desk: desk.put("managedClusters/aks", desk.get("managedClusters/aks")["properties"]),
        lambda desk: desk.put("managedClusters/aks/agentPools/more", {"vmSize": "Standard_D4s_v5"}),
        lambda desk: desk.delete("managedClusters/aks/agentPools/system"),
        stop,
    ],
    ids=["update", "another pool", "a pool less", "stop"],
)
def test_a_stopped_cluster_takes_nothing_but_a_start(
    desk: Services, change: Callable[[Services], Any]
) -> None:
    """While it is stopped a cluster refuses changes of itself and of its pools."""
    stop(desk)
    with refused("OperationNotAllowed"):
        change(desk)
    start(desk)
    assert "Running" == power(desk)


def test_a_running_cluster_cannot_be_started(desk: Services) -> None:
    """Starting what runs is refused, with the state that it is in."""
    with refused("OperationNotAllowed", "Power State(Running), starting cannot be performed"):
        start(desk)


def test_nothing_is_installed_on_a_stopped_cluster(desk: Services) -> None:
    """An extension needs a cluster that answers."""
    stop(desk)
    with refused("ClusterNotReachable"):
        desk.put(EXTENSION.replace("azureml", "flux"), {"extensionType": "microsoft.flux"})


def test_a_stopped_cluster_cannot_be_attached(desk: Services) -> None:
    """Another workspace is told that the cluster is not reached."""
    stop(desk)
    with pytest.raises(Refused) as failed:
        desk.attach("another")
    assert "ClusterNotReachable" == code_of(failed.value)


def test_a_stopped_cluster_can_be_deleted(desk: Services) -> None:
    """It goes, and its node resource group with it; the hub's endpoint stays, and leads nowhere."""
    stop(desk)
    desk.delete("managedClusters/aks")
    assert (None, None) == (desk.get("managedClusters/aks"), desk.get(NODES))
    assert "Disconnected" == desk.at("privateEndpoints/from-hub", STATE)


def test_an_endpoint_of_a_deleted_cluster_has_no_compute(desk: Services) -> None:
    """The compute stays behind and says nothing; what is asked of it finds no cluster."""
    desk.delete("managedClusters/aks")
    with pytest.raises(Refused) as failed:
        desk.deploy("green")
    assert "ComputeNotFound" == code_of(failed.value)


def test_the_pool_that_comes_first_says_where_the_endpoint_stands(desk: Services) -> None:
    """A cluster whose first pool stands in another subnet has its endpoint there after a restart."""
    desk.put("virtualNetworks/net/subnets/more", {"addressPrefix": "10.0.8.0/24"})
    told = desk.get("managedClusters/aks")
    assert told is not None
    subnet = desk.get("virtualNetworks/net/subnets/more")
    assert subnet is not None
    pool = {**told["properties"]["agentPoolProfiles"][0], "name": "first", "vnetSubnetID": subnet["id"]}
    pools = [pool, *told["properties"]["agentPoolProfiles"]]
    desk.put("managedClusters/aks", {**told["properties"], "agentPoolProfiles": pools})
    stop(desk)
    start(desk)
    assert own_address(desk).startswith("10.0.8.")


def test_a_cluster_with_an_integrated_api_server_has_no_endpoint_to_lose() -> None:
    """An API server that stands in the network itself has no private link service: a restart moves nothing."""
    desk = Services()
    desk.network("net", "10.0.0.0/16", aks="10.0.0.0/24")
    desk.cluster(apiServerAccessProfile={"enablePrivateCluster": True, "enableVnetIntegration": True})
    assert desk.get(OWN) is None
    stop(desk)
    start(desk)
    assert desk.get(OWN) is None


def test_taking_a_restart_back_leaves_everything_as_it_was(desk: Services) -> None:
    """A planner that tries a restart and takes it back has the same environment as before."""
    before = {id: desk.azure.get(id) for id in desk.azure}
    first, second = stop(desk), start(desk)
    for outcome in (second, first):
        desk.azure.take_back(outcome.undo)
    assert before == {id: desk.azure.get(id) for id in desk.azure}


class Nights(RuleBasedStateMachine):
    """Restarts, attachments and deployments in any order, beside the few words that tell how they must end."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Services()
        self.desk.network("net", "10.0.0.0/16", aks="10.0.0.0/24", ends="10.0.1.0/27")
        self.desk.cluster()
        self.desk.extension()
        self.desk.workspace()
        self.running = True
        self.fresh: dict[str, bool] = {}
        """Computes that are attached: whether since the last start."""

    def ended(self, change: Callable[[], Any]) -> str:
        """`done`, or the code of the refusal."""
        try:
            change()
        except Refused as because:
            return code_of(because)
        return "done"

    @rule()
    def stop(self) -> None:
        expected = "done" if self.running else "OperationNotAllowed"
        assert expected == self.ended(lambda: stop(self.desk))
        self.running = False

    @rule()
    def start(self) -> None:
        expected = "OperationNotAllowed" if self.running else "done"
        assert expected == self.ended(lambda: start(self.desk))
        if not self.running:
            self.fresh = dict.fromkeys(self.fresh, False)
        self.running = True

    @rule(name=st.sampled_from(["one", "two"]))
    def attach(self, name: str) -> None:
        expected = "done" if self.running else "ClusterNotReachable"
        assert expected == self.ended(lambda: self.desk.attach(name))
        if self.running:
            # Attaching over what is attached changes nothing of how it stands.
            self.fresh.setdefault(name, True)

    @precondition(lambda self: self.fresh)
    @rule(name=st.sampled_from(["one", "two"]))
    def detach(self, name: str) -> None:
        self.desk.delete(f"workspaces/mlw/computes/{name}")
        self.fresh.pop(name, None)

    @rule(name=st.sampled_from(["one", "two"]))
    def score(self, name: str) -> None:
        if name not in self.fresh:
            expected = "ComputeNotFound"
        elif not self.running:
            expected = "ClusterNotReachable"
        else:
            expected = "done" if self.fresh[name] else "GenericComputeError"
        told = {"authMode": "Key", "compute": name}
        path = f"workspaces/mlw/onlineEndpoints/{name}"
        assert expected == self.ended(lambda: self.desk.put(path, told, location=REGION))

    @rule()
    def look(self) -> None:
        assert ("Running" if self.running else "Stopped") == power(self.desk)
        assert self.running == (self.desk.get(OWN) is not None)
        for name in self.fresh:
            assert "Succeeded" == self.desk.at(f"workspaces/mlw/computes/{name}", "provisioningState")


TestNights = Nights.TestCase
TestNights.settings = settings(
    max_examples=15, stateful_step_count=20, suppress_health_check=[HealthCheck.too_slow]
)
