"""Runs of plans on a state, with the journals that they leave; and what is true of a way back however it was found.

Whether a state is too exposed, has lost a name or is as it was is computed here from whole snapshots, not with the code
that plans the way back.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from cloison.apply.journal import Accepted, Began, Done, Intent, Journal, Record
from cloison.apply.marks import marks_of
from cloison.apply.plans import planned
from cloison.apply.undo.done import run_of
from cloison.apply.undo.making import undo
from cloison.arm.ids import ResourceId
from cloison.controlplane import Azure, Seeded, run
from cloison.kinds import behaviour_of
from cloison.model.behaviour import Json, Request, Write, look
from cloison.model.snapshot import Snapshot
from cloison.plan.base import base_of
from cloison.plan.document import PlanDocument, StepReport
from cloison.plan.make import make
from cloison.plan.world import World
from tests.plan.environments import RANK, is_wider, let_in, reached, request_of, states
from tests.reference import SUBSCRIPTION, snapshot

MADE_UP = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24,32}|(?<=\.nic)\.[\w-]+", re.IGNORECASE
)
"""What Azure chooses: another each time."""
AZURES = (
    "/privateendpointconnections/",
    "/networkinterfaces/",
    "/soa/",
    "/agentpools/",
    "/deletedvaults/",
)
"""Parts of ids of what Azure makes beside what is asked for."""
CONNECTION = (
    "properties",
    "privatelinkserviceconnections",
    "*",
    "properties",
    "privatelinkserviceconnectionstate",
)
Bodies = dict[ResourceId, Json]


def bodies(azure: Azure) -> Bodies:
    """Everything as it stands."""
    return {id: azure.get(id) or {} for id in azure}


def read_again(azure: World) -> Snapshot:
    """What a reading gives of a state: lists of children stand in what they are children of."""
    return snapshot([_read(azure, id) for id in azure if not _is_shown_inside(azure, id)])


def _read(azure: World, id: ResourceId) -> Json:
    """A body with its lists of children, also those that Azure leaves out because they are empty."""
    body, told = azure.show(id) or {}, azure.resource(id).body.value
    assert isinstance(told, dict)
    empty = {name: one for name, one in (told.get("properties") or {}).items() if one == []}
    return {**body, "properties": {**empty, **body["properties"]}} if "properties" in body else body


def _is_shown_inside(azure: World, id: ResourceId) -> bool:
    segment = id.type.rpartition("/")[2]
    shown = {one.lower() for one in behaviour_of(id.parent.type).embeds.values()}
    return id.parent in azure and segment in shown


def carry_out(
    azure: Azure, document: PlanDocument, steps: Collection[int] | None = None, *, name: str = "00"
) -> Journal:
    """Do steps of a plan, all where none are named, and write them down as the executor does."""
    records: list[Record] = [
        Began(plan=document.digest, steps=len(document.steps), run=name, tool="test", when=0.0)
    ]
    for step in planned(document, "plan.json").steps:
        if steps is not None and step.number not in steps:
            continue
        told = document.steps[step.number - 1]
        request, seed = request_of(told)
        outcome = run(azure, request, Seeded(seed, now=f"2026-01-05T10:00:{name}.0000000Z"))
        body = azure.show(request.id, request.api_version)
        seen = None if body is None else base_of(request.id, body, "DELETE")
        marks = {} if body is None else marks_of(body)
        records += [
            Intent(step=step.number, digest=step.request.digest, when=0.0),
            Accepted(step=step.number, status=outcome.status, ended=True, correlation="", when=0.0),
            Done(step=step.number, sent=True, seen=seen, marks=marks, when=0.0),
        ]
    return Journal(records=tuple(records))


def begun(document: PlanDocument, chance: random.Random) -> set[int]:
    """Steps that a run may have done when it ended: some waves, and some steps of the next."""
    wave = chance.randint(1, document.steps[-1].wave + 1)
    return {
        step.number
        for step in document.steps
        if step.wave < wave or (step.wave == wave and chance.random() < 0.5)
    }


def way_back(azure: World, document: PlanDocument, journal: Journal) -> PlanDocument:
    """The plan that takes a run back; written and read, as files are."""
    told = run_of(document, journal, "plan.json", "plan.json.journal")
    now = {one.id: azure.show(one.id, one.step.request.api_version) for one in told.did}
    made = undo(told, read_again(azure), now)
    raw = msgspec.json.encode(made)
    assert msgspec.json.decode(raw, type=PlanDocument) == made
    planned(made, "undo.json")
    return made


# --- what must hold --------------------------------------------------------------------------------------


def offences(azure: World, before: Snapshot, back: PlanDocument) -> list[str]:
    """What in any state on the way back is worse than both now and before the run."""
    names, doors = reached(before), let_in(before)
    now_names, now_doors = reached(azure.seen()), let_in(azure.seen())
    found: list[str] = []
    for name, state in states(World(read_again(azure)), back):
        has, lets = reached(state), let_in(state)
        for flow, verdict in names.items():
            least = min(RANK[verdict], RANK[now_names.get(flow, "blocked")])
            if RANK[has.get(flow, "blocked")] < least:
                found.append(f"{name}: {flow[2]} is {has.get(flow)}")
        for id, told in lets.items():
            both = [one[id] for one in (doors, now_doors) if id in one]
            if both and all(is_wider(told, one) for one in both):
                found.append(f"{name}: {id} lets in more than before and now")
    return found


def differences(
    before: Bodies, after: Bodies, anew: Collection[ResourceId] = (), left: Collection[str] = ()
) -> Iterator[str]:
    """What is not as it was. anew: what was deleted and made again, of which Azure's part is another. left: ids of what
    is said to stay.
    """
    gone = {_masked(id): id for id in before}
    there = {_masked(id): id for id in after}
    for name in sorted({*gone, *there}):
        id = gone.get(name) or there[name]
        if id in left or any(id.startswith(f"{one}/") for one in left):
            continue
        if any(part in name for part in AZURES) or (
            anew and _is_written_by_azure(before.get(id) or after.get(id))
        ):
            continue
        if name not in there:
            yield f"{id} is gone"
        elif name not in gone:
            yield f"{id} is new"
        else:
            yield from _otherwise(
                plain(gone[name], before[gone[name]]), plain(there[name], after[there[name]]), name
            )


def _masked(id: str) -> str:
    return MADE_UP.sub("*", id.lower())


def _is_written_by_azure(body: Json | None) -> bool:
    """Zone groups write records, and sign them."""
    return look(body, "properties/metadata/creator") is not None


def plain(id: ResourceId, body: Json) -> Json:
    """A body without what only Azure writes."""
    left = [tuple(one.lower().split("/")) for one in behaviour_of(id.type).schema.read_only]
    # Zone groups write the records that they find in their own way; a connection is Azure's.
    written = _is_written_by_azure(body)
    beside: list[tuple[str, ...]] = [("location",), ("properties", "metadata")] if written else [CONNECTION]
    if id.type.count("/") > 1:
        beside.append(("location",))

    def kept(value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(value, dict):
            return {
                name.lower(): kept(inner, (*path, name.lower()))
                for name, inner in value.items()
                if (*path, name.lower()) not in (*left, *beside)
                and name.lower() not in ("etag", "systemdata", "provisioningstate", "principalid", "tenantid")
                and not name.startswith("_")
            }
        if isinstance(value, list):
            return [kept(one, (*path, "*")) for one in value]
        return MADE_UP.sub("*", value.lower()) if isinstance(value, str) else value

    told: Json = kept(body, ())
    return told


def _otherwise(before: Any, after: Any, place: str) -> Iterator[str]:
    """Where a value of before is another. That Azure tells more since somebody wrote to it is no difference."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name, value in before.items():
            if value is None or (name == "identity" and "/extensions/" in place):
                # Azure fills in what nobody says; that it is not what the run set is looked at apart. Of an extension
                # it tells the identity in another place, once somebody has written to it.
                continue
            yield from _otherwise(value, after.get(name), f"{place}/{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for at, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _otherwise(one, other, f"{place}/{at}")
    elif before != after and (before or after) and not (before == {} and after is None):
        yield f"{place} was {before!r} and is {after!r}"


def still_set(document: PlanDocument, journal: Journal, after: Bodies) -> Iterator[str]:
    """Settings that were not there before the run, and still are as it set them."""
    done = {one.step for one in journal.records if isinstance(one, Done)}
    for step in document.steps:
        if step.number in done and step.request.method in ("PATCH", "PUT") and not step.makes:
            for one in step.settings:
                held = look(after.get(ResourceId(step.request.path)), one.pointer.strip("/"))
                if one.before is None and one.after and held == one.after:
                    yield f"{step.request.path}{one.pointer} is still {held!r}"


def anew(document: PlanDocument) -> set[ResourceId]:
    """What a plan deletes."""
    return {ResourceId(step.request.path) for step in document.steps if step.request.method == "DELETE"}


def deleted(document: PlanDocument) -> list[StepReport]:
    """Steps that delete something."""
    return [step for step in document.steps if step.request.method == "DELETE"]


# --- there and back --------------------------------------------------------------------------------------


class Figures(msgspec.Struct):
    """What was tried."""

    runs: int = 0
    steps: int = 0
    states: int = 0
    exact: int = 0
    again: int = 0
    stays: int = 0


def there_and_back(read: Callable[[], Snapshot], chance: random.Random, figures: Figures) -> list[str]:
    """What is wrong with the way back of a run of a plan for an environment, whole or begun."""
    document = make(read())
    if not document.steps:
        return []
    azure = World(read())
    before, first = bodies(azure), azure.seen()
    journal = carry_out(azure, document, begun(document, chance), name="01")
    done = {one.step for one in journal.records if isinstance(one, Done)}
    if not done:
        return []
    applied = bodies(azure)
    back = way_back(azure, document, journal)
    figures.runs += 1
    figures.steps += len(back.steps)
    figures.states += back.proof.prefixes
    figures.stays += len(back.left)
    figures.exact += back.back is not None and back.back.exact
    taken = anew(document)
    wrong = [] if back.proof.proven else ["not proven"]
    wrong += offences(azure, first, back)
    wrong += [
        f"deletes {one.request.path}"
        for one in deleted(back)
        if ResourceId(one.request.path) in {*before} - taken
    ]
    wrong += _doors(azure, back)
    second = carry_out(azure, back, name="02")
    reached_back = bodies(azure)
    left = [one.subject.lower() for one in back.left]
    wrong += differences(before, reached_back, taken, [*left, *_around(document, done)])
    wrong += still_set(document, journal, reached_back)
    again = way_back(azure, document, journal)
    wrong += [f"a second undo would: {one.summary}" for one in again.steps]
    if back.steps:
        wrong += _forth(azure, back, second, applied, taken, figures)
    return wrong


def _around(document: PlanDocument, done: Collection[int]) -> list[str]:
    """What Azure makes where a cluster is started: nobody takes that back."""
    acted = [
        one.request.path for one in document.steps if one.number in done and one.request.method == "POST"
    ]
    return [f"/subscriptions/{SUBSCRIPTION}/resourcegroups/mc_rg-ml_aks_westeurope"] if acted else []


def _doors(azure: World, back: PlanDocument) -> list[str]:
    """Every door that will be open again is told, and no other."""
    end = World(read_again(azure))
    now = let_in(end.seen())
    carry_out(end, back, name="09")
    then = let_in(end.seen())
    opens = {id for id in then if id in now and is_wider(then[id], now[id])}
    assert back.back is not None
    told = {id.lower() for id in back.back.opens}
    return [] if opens == told else [f"opens {opens} and tells {told}"]


def _forth(
    azure: World,
    back: PlanDocument,
    journal: Journal,
    applied: Bodies,
    taken: Collection[ResourceId],
    figures: Figures,
) -> list[str]:
    """Undoing the undo comes to what was applied, as far as it says."""
    forth = way_back(azure, back, journal)
    carry_out(azure, forth, name="03")
    wrong = [] if forth.proof.proven else ["undo of undo: not proven"]
    if not forth.left:
        figures.again += 1
        wrong += [
            f"undo of undo: {one}" for one in differences(applied, bodies(azure), {*taken, *anew(back)})
        ]
    return wrong


def sent(
    azure: World, *requests: Request, now: str = "2026-01-06T00:00:00.0000000Z"
) -> list[Sequence[Write]]:
    """Requests of somebody else."""
    return [
        run(azure, one, Seeded(f"somebody else {one.method} {one.id}", now=now)).changes for one in requests
    ]


def as_they_are(azure: World, ids: Collection[ResourceId]) -> Mapping[ResourceId, Json | None]:
    """Bodies, to be compared later."""
    return {id: azure.get(id) for id in ids}
