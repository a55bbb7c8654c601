"""Random restarts: everything works again, or a manual step is named; nothing is sent twice, and then nothing more.

`make prove ARGS=recover` runs hundreds.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cloison.apply.recovering import Recovery
from cloison.apply.run import Outcome
from cloison.arm.ids import ResourceId
from cloison.model.behaviour import look
from cloison.model.errors import CloisonError
from cloison.plan.document import PlanDocument
from cloison.plan.recover.make import RecoverOptions, is_foreseen, mending, stopping
from tests.recover.azure import Restarted, Wanted, compute_id, endpoint_id, rule_id
from tests.recover.process import Killed, Process
from tests.recover.runs import run

SEEDS = range(1000, 1008)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_restart_is_recovered(seed: int) -> None:
    """Whatever was built, however it was restarted, and however often the process was killed."""
    assert () == run(seed).wrong


def recovered(azure: Restarted, folder: Path, *, restart: bool = False) -> Process:
    """A process that recovered without being killed."""
    process = Process(azure, folder)
    process.recover(restart=restart)
    return process


def methods(document: PlanDocument) -> list[tuple[str, str]]:
    """Method and name of each step."""
    return [(one.request.method, one.request.path.rpartition("/")[2]) for one in document.steps]


def test_a_restart_is_stopped_then_mended_then_finished(tmp_path: Path) -> None:
    """The stop; the start with endpoints and computes; then roles and rules, which only a new reading can tell."""
    process = recovered(Restarted(Wanted()), tmp_path / "run", restart=True)

    stop, mend, rest = process.plans
    assert [("POST", "stop")] == methods(stop)
    assert [
        ("POST", "start"),
        ("DELETE", "pe-api-0"),
        ("PUT", "pe-api-0"),
        ("DELETE", "aks-compute"),
        ("PUT", "aks-compute"),
    ] == methods(mend)
    assert {"PUT"} == {method for method, _ in methods(rest)}
    assert [1, 2, 3] == [one.recover.round for one in process.plans if one.recover is not None]


def test_whoever_agrees_to_the_first_round_agrees_to_all(tmp_path: Path) -> None:
    """The first plan says each request that those after it may send, so nobody is asked again."""
    process = recovered(Restarted(Wanted(workspaces=2, endpoints=2)), tmp_path / "run", restart=True)

    first, *others = process.plans
    assert first.recover is not None
    assert [first] == process.asked
    assert all(is_foreseen(one, first.recover.foresees) for one in others)


def test_a_compute_comes_back_as_it_was_with_its_roles(tmp_path: Path) -> None:
    """Name, namespace, description and type of identity are the same; the new principal has what the old one had."""
    azure = Restarted(Wanted(roles=2))
    id = ResourceId(compute_id(0))
    before = azure.emulator.state.get(id)
    recovered(azure, tmp_path / "run", restart=True)

    after = azure.emulator.state.get(id)
    for pointer in ("properties/description", "properties/properties/namespace", "identity/type"):
        assert look(before, pointer) == look(after, pointer)
    assert look(before, "identity/principalId") != look(after, "identity/principalId")
    assert [] == azure.alive()


def test_an_endpoint_keeps_its_address(tmp_path: Path) -> None:
    """So records and rules that name it are right as they are, and are not touched."""
    azure = Restarted(Wanted(rules=0))
    before = azure.address(0)
    process = recovered(azure, tmp_path / "run", restart=True)

    assert before == azure.address(0)
    assert not any("privateDnsZones" in one for one in process.sent)


def test_rules_name_the_new_address_of_the_api_server(tmp_path: Path) -> None:
    """AKS chose another one at the start; what named the old one is corrected, or named for a person."""
    azure = Restarted(Wanted(rules=2))
    old = azure.api()
    ended = Process(azure, tmp_path / "run").recover(restart=True)

    assert old != azure.api()
    rule = azure.emulator.state.get(ResourceId(rule_id()))
    assert azure.api() == look(rule, "properties/destinationAddressPrefix")
    assert ended.document is not None
    assert {f"edge names {old}, which the API server of aks had; it has {azure.api()} now"} == {
        one.message for one in ended.document.left
    }


def test_an_approval_without_the_right_is_named(tmp_path: Path) -> None:
    """Whoever recovers may not approve: the run says so and stops; once somebody has approved, it goes on."""
    azure = Restarted(Wanted(manual=True, forbidden=True))
    first = Process(azure, tmp_path / "run").recover(restart=True)
    azure.approve()
    then = Process(azure, tmp_path / "run").recover(restart=True, resume=True)

    assert (Outcome.HUMAN, True) == (first.outcome, "Approve the connection of pe-api-0" in first.line)
    assert Outcome.DONE == then.outcome
    assert [] == azure.alive()


def test_nothing_of_aks_is_touched(tmp_path: Path) -> None:
    """The endpoint kube-apiserver is made again by AKS, and no request ever names it."""
    process = recovered(Restarted(Wanted(pool_moves=True)), tmp_path / "run", restart=True)

    assert not any("kube-apiserver" in one for one in process.sent)


def test_a_second_run_sends_nothing(tmp_path: Path) -> None:
    """The activity log tells that the computes were attached after the last start."""
    azure = Restarted(Wanted(workspaces=2))
    azure.restart()
    recovered(azure, tmp_path / "run")

    assert [] == recovered(azure, tmp_path / "second").sent


def test_without_the_log_somebody_has_to_say_when(tmp_path: Path) -> None:
    """Nothing is planned for a compute of which nobody knows; with the time of the start it is attached again."""
    azure = Restarted(Wanted(endpoints=0))
    azure.restart()
    read = azure.emulator.state.snapshot()
    events = read.of("Microsoft.ContainerService/managedClusters/events/ticks")
    started = max(str(one.body.at("eventTimestamp").value) for one in events)
    for one in events:
        del read.resources[one.id]
    read = type(read)(read.resources.values())
    from cloison.plan.recover.make import moment

    unsaid, said = mending(read, RecoverOptions()), mending(read, RecoverOptions(since=moment(started)))

    assert [] == methods(unsaid)
    assert [("DELETE", "aks-compute"), ("PUT", "aks-compute")] == methods(said)


def test_a_run_that_was_begun_is_not_begun_anew(tmp_path: Path) -> None:
    """Killed in a round, it asks for --resume, and says where it stands."""
    azure = Restarted(Wanted())
    with pytest.raises(Killed):
        Process(azure, tmp_path / "run", kill_at=30).recover(restart=True)

    with pytest.raises(CloisonError) as problem:
        Process(azure, tmp_path / "run").recover(restart=True)

    assert "E522" == problem.value.code


def test_one_cluster_at_a_time_is_restarted() -> None:
    """A stopped one is no longer to be stopped."""
    azure = Restarted(Wanted())
    azure.power("stop")

    with pytest.raises(CloisonError) as problem:
        stopping(azure.emulator.state.snapshot(), RecoverOptions())

    assert "E521" == problem.value.code


def test_what_a_stop_breaks_is_told_with_what_mends_it() -> None:
    """The plan of the stop names each thing that dies, and what the next round does about it."""
    plan = stopping(Restarted(Wanted()).emulator.state.snapshot(), RecoverOptions())

    told = {one.subject.rpartition("/")[2]: one.why for one in plan.left}
    assert plan.proof.proven
    assert {"pe-api-0", "aks-compute", "aks"} == set(told)
    assert "Make pe-api-0 again" in told["pe-api-0"]
    assert "Attach aks-compute of mlw again" in told["aks-compute"]
    assert "Start aks" in told["aks"]
    assert endpoint_id(0) in {one.subject for one in plan.left}


def test_a_recovery_ends(tmp_path: Path) -> None:
    """What cannot be mended is not tried for ever."""
    assert Recovery(tmp_path, RecoverOptions(), Process(Restarted(Wanted()), tmp_path)).run().rounds == 0
