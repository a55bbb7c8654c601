"""What was worked out before is not worked out again: marks of bodies, and what requests came to.

The control plane decides nothing by chance that is not in its seed, so one request on one state always comes to the
same; a hundred thousand ways through six plans meet few states. `test_simulation` holds this against working it out.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from cloison.arm.client import Answer
from cloison.arm.ids import ResourceId
from cloison.controlplane import Azure, Outcome
from cloison.controlplane import run as worked_out
from cloison.emulator import operations
from cloison.model.behaviour import Chance, Json, Request

if TYPE_CHECKING:
    from tests.apply.azure import Marked

ENCODER = msgspec.json.Encoder(order="deterministic")
VOLATILE = ("etag",)
COUNTS = ("numberof", "maxnumberof", "createdby")
KEPT_MAX = 100_000
"""What is kept of each kind."""


class Mark(NamedTuple):
    """What one resource adds to the marks of a state."""

    body: Json
    id: ResourceId
    same: int
    """Without what says nothing about a state: etags, counts, who made it."""
    exact: int


_MARKS: dict[int, Mark] = {}


def mark(where: ResourceId, body: Json | None) -> tuple[int, int]:
    """(without what says nothing, exact) of a resource; zeros for one that is not there."""
    if body is None:
        return 0, 0
    held = _MARKS.get(id(body))
    if held is None or held.body is not body or held.id != where:
        if len(_MARKS) > KEPT_MAX:
            _MARKS.clear()
        # The body is kept as well: one that is gone may lend its number to another.
        held = _MARKS[id(body)] = Mark(body, where, _same(where, body), _hash(where, body))
    return held.same, held.exact


def _same(where: ResourceId, body: Json) -> int:
    # A zone whose making failed keeps what was counted in it, and gets no record of its own: nobody's names rest on it.
    if where.endswith("/soa/@"):
        return 0
    told = {name: value for name, value in body.items() if name not in VOLATILE}
    if isinstance(inner := body.get("properties"), dict):
        told["properties"] = {
            name: value for name, value in inner.items() if not name.lower().startswith(COUNTS)
        }
    return _hash(where, told)


def _hash(where: ResourceId, body: Json) -> int:
    return int.from_bytes(hashlib.blake2b(where.encode() + ENCODER.encode(body), digest_size=12).digest())


class Memory:
    """What requests came to and what reads told, by the state in which they were sent."""

    def __init__(self) -> None:
        self.held: dict[object, tuple[Outcome, int]] = {}
        self.answers: dict[tuple[int, str], Answer] = {}
        """To reads, by the state and the address."""

    def keep(self, exact: int, target: str, answer: Answer) -> None:
        """Remember the answer to a read."""
        if len(self.answers) > KEPT_MAX:
            self.answers.clear()
        self.answers[exact, target] = answer

    def run(self, state: Marked, request: Request, chance: Chance) -> Outcome:
        """As `controlplane.run`. Raises Refused."""
        key = (
            state.exact, request.method, request.id, request.id.text, request.action, request.api_version,
            request.if_match, request.if_none_match, request.by_azure, ENCODER.encode(request.body),
            tuple(sorted(request.query.items())), chance,
        )  # fmt: skip
        held = self.held.get(key)
        if held is None:
            if len(self.held) > KEPT_MAX:
                self.held.clear()
            outcome = worked_out(state, request, chance)
            changes = tuple(state.one_of(change) for change in outcome.changes)
            self.held[key] = msgspec.structs.replace(outcome, changes=changes, undo=()), state.exact
            return outcome
        outcome, after = held
        undo = tuple(state.put(change) for change in outcome.changes)
        assert state.exact == after, request
        return msgspec.structs.replace(outcome, undo=undo)


def _run(state: Azure, request: Request, chance: Chance) -> Outcome:
    memory: Memory | None = getattr(state, "memory", None)
    return worked_out(state, request, chance) if memory is None else memory.run(state, request, chance)  # type: ignore[arg-type]  # only Marked has one


operations.run = _run  # type: ignore[attr-defined]  # the emulator's own name for it
