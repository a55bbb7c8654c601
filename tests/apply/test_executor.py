"""What the executor does in plain cases, one by one; the simulation does the rest."""

from __future__ import annotations

import errno

import pytest

from cloison.apply.executor import Result
from cloison.apply.journal import Done, read
from cloison.apply.run import Limits, Outcome
from cloison.arm.ids import ResourceId
from cloison.emulator.faults import planned
from cloison.model.behaviour import Write, laid, look
from tests.apply.azure import SimAzure
from tests.apply.disk import SimDisk
from tests.apply.plans import KEYS, STORE, scene
from tests.apply.simulate import Session, finished, settle, through
from tests.reference import id_of


def ran(
    name: str, *faults: str, disk: SimDisk | None = None, limits: Limits | None = None
) -> tuple[Session, Result]:
    """A process from the beginning of a plan."""
    where = scene(name)
    session = Session(where, where.azure([planned(one) for one in faults]), disk or SimDisk(), limits=limits)
    return session, through(session, final=False)


def asked(session: Session, method: str) -> list[str]:
    """Names of what was asked for with that method."""
    return [one.path.rpartition("/")[2] for one in session.azure.emulator.log if one.method == method]


def test_a_plan_comes_to_what_it_says() -> None:
    """Every step is sent once, in its wave, and reads as it should before it counts as done."""
    session, result = ran("closing")
    assert (Outcome.DONE, "all 5 steps are done") == (result.outcome, result.line)
    assert [1, 2, 3, 4, 5] == [step for step, _ in session.sends]
    assert session.azure.state.print == session.scene.final
    done = [one for one in read(session.disk.durable, "j").records if isinstance(one, Done)]
    assert [True] * 5 == [one.sent for one in done]


def test_carrying_out_twice_sends_nothing() -> None:
    """The same plan with the same journal looks at everything once and writes nothing."""
    first, _ = ran("closing")
    again = Session(first.scene, first.azure, SimDisk(first.disk.seen))
    assert Outcome.DONE is through(again).outcome
    assert [] == again.sends


def test_the_same_plan_with_a_new_journal_finds_everything_so_already() -> None:
    """Without the journal, what is there already is not made again, and nothing of it is called ours."""
    first, _ = ran("lake")
    again = Session(first.scene, first.azure, SimDisk())
    assert Outcome.DONE is through(again).outcome
    assert [] == again.sends
    done = [one for one in read(again.disk.durable, "j").records if isinstance(one, Done)]
    assert [False] * 6 == [one.sent for one in done]


def changed(azure: SimAzure, path: str, pointer: str, value: object) -> None:
    """Somebody changes a setting."""
    id = ResourceId(id_of(path))
    azure.state.write(Write(id, laid(azure.state.get(id) or {}, pointer, value)))


def test_drift_stops_the_run_and_is_named() -> None:
    """Where a target was changed since the plan was made, nothing is sent to it, and the setting is named."""
    where = scene("closing")
    azure = where.azure()
    changed(azure, STORE, "properties/minimumTlsVersion", "TLS1_0")
    session = Session(where, azure, SimDisk())
    result = through(session, final=False)
    assert Outcome.HUMAN is result.outcome
    assert (
        "mlstore was changed since the plan was made, at properties/minimumtlsversion: plan again"
        == result.line
    )
    assert 5 not in [step for step, _ in session.sends]


def test_tags_are_no_drift_for_a_patch() -> None:
    """A PATCH leaves tags alone, so somebody's new tag is no reason to stop."""
    where = scene("closing")
    azure = where.azure()
    changed(azure, KEYS, "tags", {"owner": "somebody"})
    azure.others.add(ResourceId(id_of(KEYS)))
    assert Outcome.DONE is through(Session(where, azure, SimDisk())).outcome
    assert "somebody" == look(azure.state.get(ResourceId(id_of(KEYS))), "tags/owner")


def test_what_somebody_undid_since_stops_the_next_wave() -> None:
    """Before each wave, what the run made is looked at again: doors are not closed behind an endpoint that is gone."""
    where = scene("closing")
    azure = where.azure()
    session = Session(where, azure, SimDisk(), checks=False)
    session.start()
    while session.result is None and len(session.sends) < 4:
        session.advance()
    azure.state.write(Write(ResourceId(id_of("privateEndpoints/pe-blob")), None))
    while session.result is None:
        session.advance()
    assert "pe-blob is no longer as step 1 left it: plan again" == session.result.line
    assert 5 not in [step for step, _ in session.sends]


def test_an_interrupt_waits_for_what_is_under_way_and_sends_nothing_new() -> None:
    """Ctrl-C while the endpoint is made: it is waited for and written down, and the next wave does not begin."""
    where = scene("closing")
    session = Session(where, where.azure(), SimDisk())
    session.interrupt_at(5.0)
    result = through(session)
    assert Outcome.STOPPED is result.outcome
    assert {1, 2} == {step for step, _ in session.sends}
    assert read(session.disk.durable, "j").past(1).done is not None
    finished(where, session.azure, session.disk.seen)


def test_a_second_interrupt_leaves_at_once() -> None:
    """Ctrl-C twice: the process ends right then, and the journal knows the operation that goes on."""
    where = scene("closing")
    session = Session(where, where.azure(), SimDisk())
    session.interrupt_at(5.0)
    session.interrupt_at(6.0)
    result = through(session)
    assert (Outcome.STOPPED, 6) == (result.outcome, round(session.now))
    assert read(session.disk.durable, "j").past(1).waiting is not None
    finished(where, session.azure, session.disk.seen)


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_full_disk_stops_before_anything_is_sent(at: int) -> None:
    """What cannot be written down is not sent, and the line says what to do."""
    session, result = ran("closing", disk=SimDisk(fails_at=at, error=errno.ENOSPC))
    assert [] == session.sends
    assert (
        "the journal cannot be written: no space left on device; make room, then go on with --resume"
        == result.line
    )


@pytest.mark.parametrize("at", range(4, 27, 3))
def test_a_disk_that_fills_up_meanwhile_loses_nothing(at: int) -> None:
    """Wherever the journal cannot be written any more, the run stops, and goes on to the same end."""
    where = scene("made again")
    session, result = ran("made again", disk=SimDisk(fails_at=at, error=errno.ENOSPC))
    assert Outcome.STOPPED is result.outcome
    finished(where, session.azure, session.disk.seen)


def test_what_waits_for_approval_is_said() -> None:
    """An endpoint that its target's owner has to approve stops the run before its doors are closed."""
    session, result = ran("approval")
    assert Outcome.HUMAN is result.outcome
    assert "its connection waits for approval by whoever owns the service" in result.line
    assert [1] == [step for step, _ in session.sends]
    finished(session.scene, session.azure, session.disk.seen)


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        ("forbidden@3", "ask for that right"),
        ("policy@3", "ask whoever owns the policy for an exemption"),
        ("locked@3", "have the lock removed"),
        ("quota@3", "have the quota raised"),
        ("unregistered@3", "register the provider"),
    ],
)
def test_what_azure_refuses_for_good_names_what_to_do(fault: str, advice: str) -> None:
    """A refusal that stays ends the run at once, in one line with what a person can do."""
    session, result = ran("closing", fault)
    assert Outcome.HUMAN is result.outcome
    assert advice in result.line
    assert session.now < 60


def test_an_operation_that_never_ends_ends_the_run() -> None:
    """At the deadline the run stops and says that the operation goes on; nothing is sent again."""
    session, result = ran("closing", "operation-stuck@3", limits=Limits(deadline_s=600.0))
    assert (Outcome.STOPPED, True) == (result.outcome, session.now <= 600)
    assert "is under way in Azure, and the time is over: go on with --resume" in result.line
    assert {1, 2} == {step for step, _ in session.sends}
    settle(session.azure, 0.0)
    finished(session.scene, session.azure, session.disk.seen)


def test_an_operation_that_fails_unseen_is_sent_again() -> None:
    """Where nobody can be asked how an operation ended and its target stays as it was, it is not waited for again."""
    lost = ("operation-elsewhere:after@DELETE*2", "operation-failed:after@DELETE*2")
    session, result = ran("made again", *lost)
    assert (Outcome.DONE, 3) == (result.outcome, [step for step, _ in session.sends].count(1))
    assert session.azure.state.print == session.scene.final


def test_hostile_waits_are_bounded() -> None:
    """Whatever an answer asks for, one wait is ten minutes at most."""
    session, result = ran("closing", "wait-years@3", "wait-for-ever@5", "wait-nan@6")
    assert Outcome.DONE is result.outcome
    assert session.now < 1_500


def test_a_long_operation_is_looked_at_when_it_usually_ends() -> None:
    """A cluster that takes five minutes to start is asked about a few times, not every ten seconds."""
    session, _ = ran("restart")
    start = next(at for at, one in enumerate(session.azure.emulator.log) if one.method == "POST")
    looks = [one for one in list(session.azure.emulator.log)[start:] if "/operations/" in one.path.lower()]
    assert 0 < len([one for one in looks if "containerservice" in one.path.lower()]) <= 3
    assert session.now < 302 * 1.6


def test_a_compute_is_detached_and_never_deleted() -> None:
    """The request that detaches a compute carries the parameter that leaves the cluster alone."""
    step = next(one for one in scene("restart").planned.steps if one.request.query)
    assert {"underlyingResourceAction": "Detach"} == dict(step.request.query)
    session, result = ran("restart")
    assert Outcome.DONE is result.outcome
    assert ResourceId(id_of("managedClusters/aks")) in session.azure.state
    assert "aks-compute" in asked(session, "DELETE")
