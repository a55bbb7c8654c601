"""Somebody else, who works in the same place between a run and its undoing: what they made or changed must stay."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from cloison.arm.ids import ResourceId
from cloison.kinds import api_of
from cloison.model.behaviour import Json, Refused, Request, Write, laid, look
from cloison.model.snapshot import Snapshot
from cloison.plan.change import writable
from cloison.plan.document import PlanDocument
from cloison.plan.make import make
from cloison.plan.world import World
from tests.undo.runs import carry_out, offences, plain, sent, way_back

OTHERS = "of somebody else"
Kept = Callable[[World], bool]
"""Whether what they did is still so."""


def did_something(azure: World, document: PlanDocument, chance: random.Random) -> tuple[str, Kept] | None:
    """Let somebody do one thing to what a run touched: what it was, and whether it stays; None: they could not."""
    step = chance.choice(document.steps)
    id = ResourceId(step.request.path)
    acts = [_made_again, _tagged, _filled] if step.makes else [_set]
    if azure.get(id) is None or step.request.method == "POST":
        return None
    try:
        return chance.choice(acts)(azure, id, document, chance)
    except Refused:
        return None


def _made_again(
    azure: World, id: ResourceId, document: PlanDocument, chance: random.Random
) -> tuple[str, Kept] | None:
    """The same under the same name, and another one all the same, with what was below it."""
    if look(azure.get(id), "properties/metadata/creator") is not None:
        # A zone group keeps this record, and takes it along, whoever wrote it last.
        return None
    again = [id, *azure.below(id)]
    told = [(one, writable(azure.get(one) or {}, one)) for one in again if "/soa/" not in one]
    sent(azure, Request(method="DELETE", id=id, api_version=api_of(id.type), query=_detached(id)))
    for one, body in told:
        put = Request(method="PUT", id=one, body=body, api_version=api_of(one.type))
        if one == id:
            sent(azure, put, now="2026-02-02T00:00:00.0000000Z")
        else:
            _tried(azure, put)
    return f"made {id.name} again", _as_it_is(azure, id)


def _tried(azure: World, request: Request) -> None:
    """Do it where Azure takes it: what zone groups write comes by itself."""
    try:
        sent(azure, request, now="2026-02-02T00:00:00.0000000Z")
    except Refused:
        return


def _detached(id: ResourceId) -> dict[str, str]:
    return {"underlyingresourceaction": "Detach"} if id.type.endswith("/computes") else {}


def _tagged(
    azure: World, id: ResourceId, document: PlanDocument, chance: random.Random
) -> tuple[str, Kept] | None:
    body = azure.get(id) or {}
    if "location" not in body:
        return None
    tagged = {**writable(body, id), "tags": {"owner": OTHERS}}
    sent(azure, Request(method="PUT", id=id, body=tagged, api_version=api_of(id.type)))
    return f"tagged {id.name}", _as_it_is(azure, id)


def _filled(
    azure: World, id: ResourceId, document: PlanDocument, chance: random.Random
) -> tuple[str, Kept] | None:
    """A record of their own in a zone that the run made."""
    if id.type != "microsoft.network/privatednszones":
        return None
    record = id.child("A", "others")
    body: Json = {"properties": {"ttl": 10, "aRecords": [{"ipv4Address": "10.9.9.9"}]}}
    sent(azure, Request(method="PUT", id=record, body=body, api_version=api_of(record.type)))
    return f"wrote a record into {id.name}", _as_it_is(azure, record)


def _set(
    azure: World, id: ResourceId, document: PlanDocument, chance: random.Random
) -> tuple[str, Kept] | None:
    """A setting that the run set is another."""
    settings = [
        one
        for step in document.steps
        if ResourceId(step.request.path) == id
        for one in step.settings
        if isinstance(one.after, str)
    ]
    if not settings:
        return None
    pointer = chance.choice(settings).pointer.strip("/")
    azure.write(Write(id, laid(azure.get(id) or {}, pointer, OTHERS)))
    return f"set {pointer} of {id.name}", lambda state: look(state.get(id), pointer) == OTHERS


def _as_it_is(azure: World, id: ResourceId) -> Kept:
    told = plain(id, azure.get(id) or {})
    mark = look(azure.get(id), "properties/resourceGuid")

    def kept(state: World) -> bool:
        body = state.get(id)
        return body is not None and plain(id, body) == told and look(body, "properties/resourceGuid") == mark

    return kept


def with_others(read: Callable[[], Snapshot], chance: random.Random) -> Iterator[str]:
    """What is wrong with the way back where others did something after a run; the first item says what they did."""
    document = make(read())
    if not document.steps:
        return
    azure = World(read())
    before = azure.seen()
    journal = carry_out(azure, document, name="01")
    done = [one for _ in range(chance.randint(1, 3)) if (one := did_something(azure, document, chance))]
    done = [one for one in done if one[1](azure)]
    if not done:
        return
    yield " and ".join(name for name, _ in done)
    back = way_back(azure, document, journal)
    if not back.proof.proven:
        yield "not proven"
    yield from offences(azure, before, back)
    carry_out(azure, back, name="02")
    for name, stays in done:
        if not stays(azure):
            yield f"somebody {name}, and it does not stay"
