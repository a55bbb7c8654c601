"""The way back of a run: to where it began, by no state that is worse than both ends, and past whatever others did."""

from __future__ import annotations

import functools
import random
from functools import partial

import msgspec
import pytest

from cloison.apply.journal import Accepted, Began, Done, Intent, Journal, Record, Refusal
from cloison.apply.plans import planned
from cloison.apply.proving import prove
from cloison.apply.undo.done import run_of
from cloison.apply.undo.making import undo
from cloison.arm.ids import ResourceId
from cloison.kinds import all_facets
from cloison.model.behaviour import Write, look
from cloison.model.errors import CloisonError
from cloison.model.network import Cluster, Door
from cloison.model.snapshot import Snapshot
from cloison.plan.create.make import create
from cloison.plan.document import PlanDocument, sealed
from cloison.plan.make import make
from cloison.plan.world import World
from cloison.reports import View
from cloison.reports.plan import render
from tests.create.making import empty, given, seen
from tests.fault_catalogue import FAULTS
from tests.faults import Fault
from tests.plan.environments import faulty, public
from tests.reference import Body, changed, id_of, snapshot
from tests.undo.others import with_others
from tests.undo.runs import Figures, carry_out, read_again, there_and_back, way_back

SINGLE = [(fault, reference) for fault in FAULTS for reference in fault.on]
SAMPLE = SINGLE[::12]
"""Every twelfth: all parts of the catalogue have some. All of them in `tools/prove_undo.py`."""
NAMES = [f"{fault.name} ({reference})" for fault, reference in SAMPLE]
ALONE = "the blob endpoint is disconnected"


def plan(fault: str, reference: str = "peered") -> tuple[World, PlanDocument]:
    """An environment with a fault, and the plan that mends it."""
    changes = next(one.changes for one in FAULTS if one.name == fault)
    return World(faulty(reference, changes)), make(faulty(reference, changes))


@functools.cache
def secured() -> PlanDocument:
    """The plan for an environment that was never secured."""
    return make(snapshot(bodies()))


def bodies() -> list[Body]:
    """One that was never secured, but for the registry, which Azure lets nobody make cheaper again."""
    changes = {
        "registries/mlreg#/sku": {"name": "Premium", "tier": "Premium"},
        "registries/mlreg#/properties/publicNetworkAccess": "Enabled",
    }
    return changed(public("same network"), changes)


def open_plan() -> tuple[World, PlanDocument]:
    """An environment that was never secured, and the plan that does it."""
    return World(snapshot(bodies())), secured()


def without(journal: Journal, *kinds: type[Record], step: int) -> Journal:
    """The journal of a process that died earlier."""
    kept = [
        one for one in journal.records if not (isinstance(one, kinds) and getattr(one, "step", 0) == step)
    ]
    return Journal(records=tuple(kept))


def code(document: PlanDocument, journal: Journal) -> str:
    """The code of the error that a run cannot be taken back with."""
    with pytest.raises(CloisonError) as refused:
        run_of(document, journal, "plan.json", "plan.json.journal")
    return refused.value.code


# --- there and back --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fault", "reference"), SAMPLE, ids=NAMES)
def test_a_run_is_taken_back(fault: Fault, reference: str) -> None:
    """Whole or begun, all is as before or said to stay; a second undo is empty, and undoing it comes forth again."""
    chance = random.Random(f"{fault.name} {reference}")

    assert [] == there_and_back(partial(faulty, reference, fault.changes), chance, Figures())


@pytest.mark.parametrize("reference", ["same network", "hub and spoke"])
def test_a_whole_repair_is_taken_back(reference: str) -> None:
    """All that made an open environment private goes again, in the reverse order, and it is open as before."""
    chance = random.Random(reference)

    assert [] == there_and_back(lambda: snapshot(public(reference)), chance, Figures())


@pytest.mark.parametrize(("fault", "reference"), SAMPLE[::2], ids=NAMES[::2])
def test_what_others_did_stays(fault: Fault, reference: str) -> None:
    """Who made something again under the same name, changed it or filled it, finds it afterwards."""
    told = list(with_others(partial(faulty, reference, fault.changes), random.Random(fault.name)))

    assert [] == told[1:]


@pytest.mark.parametrize("seed", range(2))
def test_what_others_did_in_a_large_repair_stays(seed: int) -> None:
    """The same where a run made endpoints, zone groups, zones and links."""
    told = list(with_others(lambda: snapshot(public("same network")), random.Random(seed)))

    assert [] == told[1:]


# --- what shows that it was ours -------------------------------------------------------------------------


def test_a_request_whose_answer_never_came_shows_nothing() -> None:
    """What it asked for is there, and may be somebody else's: it is not deleted, and that is told."""
    azure, document = open_plan()
    journal = carry_out(azure, document)
    step = next(one for one in document.steps if one.makes)
    back = way_back(azure, document, without(journal, Accepted, step=step.number))

    assert step.request.path not in [one.request.path for one in back.steps if one.request.method == "DELETE"]
    assert "unknown" in [one.kind for one in back.left if one.subject == step.request.path]


def test_who_was_answered_that_it_was_there_made_nothing() -> None:
    """A 200 where a 201 is due: somebody was quicker, and it stays."""
    azure, document = open_plan()
    journal = carry_out(azure, document)
    step = next(one for one in document.steps if one.makes and "privateEndpoints" in one.request.path)
    records = [
        msgspec.structs.replace(one, status=200)
        if isinstance(one, Accepted) and one.step == step.number
        else one
        for one in journal.records
    ]
    back = way_back(azure, document, Journal(records=tuple(records)))

    assert step.request.path not in [one.request.path for one in back.steps]
    assert step.request.path in [one.subject for one in back.left]


def test_what_was_so_already_is_not_taken_back() -> None:
    """A step that sent nothing has nothing of its own."""
    azure, document = plan("storage has a rule for another workspace only")
    journal = carry_out(azure, document)
    records = [
        msgspec.structs.replace(one, sent=False) if isinstance(one, Done) else one for one in journal.records
    ]

    assert () == way_back(azure, document, Journal(records=tuple(records))).steps


def test_an_old_journal_says_too_little_to_delete_anything() -> None:
    """Without marks nothing tells a resource from another of its name."""
    azure, document = open_plan()
    journal = carry_out(azure, document)
    records = [
        msgspec.structs.replace(one, marks={}) if isinstance(one, Done) else one for one in journal.records
    ]
    back = way_back(azure, document, Journal(records=tuple(records)))

    assert [] == [one for one in back.steps if one.request.method == "DELETE"]


def test_an_export_without_etags_does_not_let_zone_groups_be_deleted() -> None:
    """Read from a file that does not tell what a resource is known by, it stays."""
    azure, document = open_plan()
    journal = carry_out(azure, document)
    for id in azure:
        azure.write(Write(id, {name: one for name, one in (azure.get(id) or {}).items() if name != "etag"}))
    back = undo(run_of(document, journal, "plan.json", "journal"), read_again(azure), {})
    deleted = [ResourceId(one.request.path).type for one in back.steps if one.request.method == "DELETE"]

    assert "microsoft.network/privateendpoints/privatednszonegroups" not in deleted


def test_a_service_that_was_made_is_not_deleted() -> None:
    """It may hold what people have put into it since, which nobody sees from here; that is told."""
    azure = empty()
    document = create(given({}), Snapshot([]))
    told = run_of(document, carry_out(azure, document), "environment.json", "journal")
    back = undo(
        told, seen(azure), {one.id: azure.show(one.id, one.step.request.api_version) for one in told.did}
    )
    deleted = [ResourceId(one.request.path) for one in back.steps if one.request.method == "DELETE"]
    services = {door.id for door in all_facets(azure.snapshot()) if isinstance(door, Door | Cluster)}

    assert 4 < len(services)
    assert set() == services.intersection(deleted)
    assert services <= {one.subject.lower() for one in back.left}
    assert back.proof.proven


# --- what is refused -------------------------------------------------------------------------------------


def test_a_step_under_way_is_refused() -> None:
    """What becomes of it is not known: E532, and resuming comes first."""
    azure, document = plan(ALONE)
    journal = carry_out(azure, document, {1, 2})

    assert "E532" == code(document, without(journal, Done, step=2))
    assert "E532" == code(document, without(journal, Done, Accepted, step=2))


def test_a_step_that_was_refused_is_nothing_to_take_back() -> None:
    """Only what was done before it is taken back."""
    azure, document = plan(ALONE)
    journal = carry_out(azure, document, {1})
    digest = planned(document, "plan.json").steps[1].request.digest
    records = (
        *journal.records,
        Intent(step=2, digest=digest, when=0.0),
        Refusal(step=2, status=403, code="AuthorizationFailed", when=0.0),
    )
    back = way_back(azure, document, Journal(records=records))

    assert [document.steps[0].request.path] == [one.request.path for one in back.steps][:1]
    assert (1,) == (back.back.steps if back.back is not None else ())


def test_what_failed_half_way_is_told() -> None:
    """ARM took it, and it failed: what stands there is left, with what to do."""
    azure, document = plan(ALONE)
    journal = carry_out(azure, document, {1, 2})
    failed = Refusal(step=2, status=200, code="InternalServerError", when=0.0)
    records = (*without(journal, Done, step=2).records, failed)
    back = way_back(azure, document, Journal(records=records))

    assert any("half there" in one.message for one in back.left)


def test_the_journal_of_another_plan_is_refused() -> None:
    """E504, as where a plan is carried out."""
    _, document = plan(ALONE)
    other = Began(plan="0" * 64, steps=len(document.steps), run="run", tool="test", when=0.0)

    assert "E504" == code(document, Journal(records=(other,)))


def test_a_journal_with_nothing_in_it_is_refused() -> None:
    """E530: nothing was begun."""
    _, document = plan(ALONE)

    assert "E530" == code(document, Journal())


def test_another_environment_is_refused() -> None:
    """E534: what is read holds nothing of the plan."""
    azure, document = plan(ALONE)
    journal = carry_out(azure, document)
    elsewhere = [one for one in azure.seen().resources.values() if "dnszones" in one.type.lower()]
    with pytest.raises(CloisonError) as refused:
        undo(run_of(document, journal, "p", "j"), type(azure.seen())(elsewhere), {})

    assert "E534" == refused.value.code


# --- what people see, and what is tried once more --------------------------------------------------------


def test_doors_that_open_again_are_told_first() -> None:
    """Whoever undoes reads which services are public again before the first step."""
    azure, document = open_plan()
    back = way_back(azure, document, carry_out(azure, document))
    text = render(back, View(100))

    assert back.back is not None
    assert {"mlstore", "mlvault", "mlreg", "mlw"} == {one.rpartition("/")[2] for one in back.back.opens}
    assert text.index("PUBLIC AGAIN") < text.index("Wave 1")
    assert all(
        "public address again" in one.why for one in back.steps if "publicNetworkAccess" in one.summary
    )
    assert back.back.exact


def test_a_way_back_is_proven_once_more_before_it_is_carried_out() -> None:
    """It may open the doors that it tells, and no other."""
    azure, document = open_plan()
    back = way_back(azure, document, carry_out(azure, document))
    assert back.back is not None
    silent = sealed(msgspec.structs.replace(back, back=msgspec.structs.replace(back.back, opens=())))
    steps = planned(back, "undo.json")

    assert prove(steps, read_again(azure), back.back) > len(back.steps)
    for told in (silent.back, None):
        with pytest.raises(CloisonError) as refused:
            prove(steps, read_again(azure), told)
        assert "E514" == refused.value.code


def test_a_hand_written_record_that_a_zone_group_took_over_is_not_lost() -> None:
    """Deleting the zone group would take along the record that pods lived by before the run: it stays."""
    azure, document = plan("the vault's record was written by hand", "same network")
    back = way_back(azure, document, carry_out(azure, document))
    carry_out(azure, back, name="02")
    record = ResourceId(id_of("privateDnsZones/privatelink.vaultcore.azure.net/A/mlvault"))

    assert azure.get(record) is not None
    assert "unsafe" in [one.kind for one in back.left]


def test_an_action_is_not_taken_back() -> None:
    """A cluster that the run started is left running, and that is told."""
    azure, document = plan("the cluster is stopped")
    back = way_back(azure, document, carry_out(azure, document))

    assert any("an action is not taken back" in one.why for one in back.left)
    assert "Running" == look(
        azure.get(ResourceId(id_of("managedClusters/aks"))), "properties/powerState/code"
    )
