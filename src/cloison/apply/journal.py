"""The journal of a run: what was going to be sent, what was taken, what is done, each written down before it counts.

One file of lines. Each record has its length, a checksum, and a chain of hashes over all before it, so that a record
that is damaged, missing, out of place or from another run is found. The file is as large as it will ever get from the
start: a disk that fills up cannot stop a run half-way. What is behind the last whole record was being written when the
process died; it counts for nothing, and nothing rests on it.

Bytes in, records out: knows no file.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from cloison.apply.marks import Marks
from cloison.apply.step import Planned
from cloison.arm.operations import Waiting
from cloison.model.errors import CloisonError
from cloison.plan.base import Base

FORMAT = 1
NAME = b"cloison journal "
MAGIC = NAME + b"%d\n" % FORMAT
HEADS = 8 + 1 + 8 + 1 + 32 + 1
"""Bytes in front of each record's text: length, checksum, chain, each in hexadecimal."""
RECORD_MAX = 1 << 20
LINK_MAX = 16_384
"""Characters of an operation's address that are kept. Signed ones have 4,500; without one the resource tells."""
STEP_RESERVE = 64 << 10
"""Bytes that one step may take: two prints of a large resource and eight tries."""


class Began(msgspec.Struct, frozen=True, kw_only=True, tag="begin"):
    """The first record."""

    plan: str
    """Hash of the plan."""
    steps: int
    run: str
    """Tells this run from all others."""
    tool: str
    when: float
    """Seconds since 1970, here and below; for people."""


class Resumed(msgspec.Struct, frozen=True, kw_only=True, tag="resume"):
    """The run goes on in another process."""

    tool: str
    when: float


class Intent(msgspec.Struct, frozen=True, kw_only=True, tag="intent"):
    """A request is about to be sent. Whatever exists because of us has one of these."""

    step: int
    digest: str
    """SHA-256 of the request."""
    when: float


class Accepted(msgspec.Struct, frozen=True, kw_only=True, tag="accepted"):
    """ARM took the request; it may be under way."""

    step: int
    status: int
    ended: bool
    """It was done when it was answered."""
    correlation: str
    """ARM's id for it, also in Azure's activity log."""
    operation: str = ""
    location: str = ""
    asked_s: float | None = None
    when: float


class Refusal(msgspec.Struct, frozen=True, kw_only=True, tag="refused"):
    """ARM said no, at once or at the end of the operation."""

    step: int
    status: int
    code: str
    when: float


class Done(msgspec.Struct, frozen=True, kw_only=True, tag="done"):
    """The target reads as the step wants it."""

    step: int
    sent: bool
    """False: it was so already, and nothing of it is ours."""
    seen: Base | None
    """What it was then; None: it is gone."""
    marks: Marks = {}
    """What tells it from another of the same name; a Cloison that does not know them loses nothing."""
    when: float


class Observed(msgspec.Struct, frozen=True, kw_only=True, tag="observed"):
    """What everything measured afterwards."""

    verdict: str
    met: int
    promised: int
    when: float


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag="end"):
    """The process ended by itself."""

    outcome: str
    line: str
    when: float


Record: TypeAlias = Began | Resumed | Intent | Accepted | Refusal | Done | Observed | Ended

_HEAD = re.compile(rb"[0-9a-f]{8} [0-9a-f]{8} [0-9a-f]{32} ")
_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(Record, strict=True)


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """What a journal tells of one step."""

    intent: bool = False
    """A request was, or may have been, sent."""
    waiting: Accepted | None = None
    """It was taken, and its end was not seen."""
    refused: bool = False
    """The last one sent came back with an error."""
    done: Done | None = None


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """A journal that was read."""

    records: tuple[Record, ...] = ()
    length: int = 0
    """Bytes that count; what is behind them was torn."""
    chain: str = ""
    torn: bool = False

    @property
    def began(self) -> Began | None:
        """The first record; None for a journal in which nothing stands yet."""
        first = self.records[0] if self.records else None
        return first if isinstance(first, Began) else None

    def past(self, step: int) -> Past:
        """What it tells of a step."""
        intent, refused = False, False
        waiting: Accepted | None = None
        done: Done | None = None
        for one in self.records:
            if not isinstance(one, Intent | Accepted | Refusal | Done) or one.step != step:
                continue
            if isinstance(one, Intent):
                intent, refused, waiting, done = True, False, None, None
            elif isinstance(one, Accepted):
                waiting = one
            elif isinstance(one, Refusal):
                refused, waiting = True, None
            else:
                waiting, done = None, one
        return Past(intent=intent, waiting=waiting, refused=refused, done=done)


class Writer:
    """Turns records into bytes, each bound to all before it."""

    def __init__(self, chain: str, *, empty: bool) -> None:
        self.chain = chain
        self._empty = empty

    def write(self, record: Record) -> bytes:
        """The bytes that go behind what stands already."""
        text = _ENCODER.encode(record)
        self.chain = chained(self.chain, text)
        line = _line(text, self.chain)
        if self._empty:
            self._empty = False
            return MAGIC + line
        return line


def _line(text: bytes, chain: str) -> bytes:
    return b"%08x %08x %s %s\n" % (len(text), zlib.crc32(text), chain.encode(), text)


def chained(before: str, text: bytes) -> str:
    """The chain's next link."""
    return hashlib.sha256(before.encode() + text).hexdigest()[:32]


class Pending(msgspec.Struct, frozen=True):
    """A request that was taken, and what is left of it."""

    waiting: Waiting
    ended: bool
    """It was done when it was answered: only the target is looked at."""


def pending(planned: Planned, accepted: Accepted) -> Pending:
    """What a record leaves to wait for."""
    waiting = Waiting(
        request=planned.step(accepted.step).request,
        operation=accepted.operation,
        location=accepted.location,
        asked_s=accepted.asked_s,
    )
    return Pending(waiting, accepted.ended)


def reserve(planned: Planned) -> int:
    """Bytes that a run's journal takes at most, unless it is resumed very often."""
    return STEP_RESERVE * (len(planned.steps) + 1)


# --- reading ---------------------------------------------------------------------------------------------


def read(raw: bytes, name: str) -> Journal:
    """The journal in a file's bytes. Raises CloisonError E501 to E503 for what must not be continued."""
    filled = raw.rstrip(b"\0")
    if MAGIC.startswith(filled):
        return Journal(torn=bool(filled))
    if not raw.startswith(MAGIC):
        _refuse_stranger(raw, name)
    records: list[Record] = []
    at, chain = len(MAGIC), ""
    while at < len(filled):
        found = _record(raw, at)
        if found is None:
            _refuse_damage(raw, at, name)
            return Journal(records=tuple(records), length=at if records else 0, chain=chain, torn=True)
        told, link, text, end = found
        chain = chained(chain, text)
        if link != chain:
            raise _damaged(name, at, "a record does not follow from those before it")
        records.append(told)
        at = end
    _check_order(records, name)
    return Journal(records=tuple(records), length=at if records else 0, chain=chain)


def _record(raw: bytes, at: int) -> tuple[Record, str, bytes, int] | None:
    """The record that begins there, its link, its text, and where it ends; None where there is no whole one."""
    head = raw[at : at + HEADS]
    try:
        size, check, link = int(head[:8], 16), int(head[9:17], 16), head[18:50].decode("ascii")
    except ValueError:
        return None
    end = at + HEADS + size + 1
    text = raw[at + HEADS : end - 1]
    # Written anew, not only read: what means the same and is written otherwise was not written by us.
    if size > RECORD_MAX or zlib.crc32(text) != check or raw[at:end] != _line(text, link):
        return None
    try:
        return _DECODER.decode(text), link, text, end
    except (msgspec.DecodeError, RecursionError):
        return None


def _refuse_damage(raw: bytes, at: int, name: str) -> None:
    """Raises CloisonError where a whole record stands behind one that is none: that is no interrupted write."""
    # Wherever it begins: the end of the line before may be what is damaged.
    for head in _HEAD.finditer(raw, at + 1):
        if _record(raw, head.start()) is not None:
            raise _damaged(name, at, "whole records stand behind one that is damaged")


def _check_order(records: Sequence[Record], name: str) -> None:
    """Raises CloisonError for an order in which no run writes."""
    begun = records[0] if records else None
    if records and not isinstance(begun, Began):
        raise _damaged(name, len(MAGIC), "its first record does not say what it is of")
    open_steps: set[int] = set()
    for one in records[1:]:
        if isinstance(one, Began):
            raise _damaged(name, 0, "it begins twice")
        if isinstance(one, Intent):
            open_steps.add(one.step)
        elif isinstance(one, Accepted | Refusal) and one.step not in open_steps:
            raise _damaged(name, 0, f"step {one.step} has an answer and no request")
        if isinstance(one, Intent | Accepted | Refusal | Done) and isinstance(begun, Began):
            if not 0 < one.step <= begun.steps:
                raise _damaged(name, 0, f"there is no step {one.step}")


def _refuse_stranger(raw: bytes, name: str) -> None:
    """Raises CloisonError for a file that is something else, or of a version that is not known."""
    if raw.startswith(NAME):
        version = raw[len(NAME) : len(NAME) + 20].split(b"\n")[0].decode("ascii", "replace")
        raise CloisonError(
            "E502",
            f"{name} is a journal of version {version}",
            because=f"this Cloison writes version {FORMAT}, and a journal that it half understands is not continued",
            help="continue with the Cloison that began it, or plan again",
            file=name,
        )
    raise CloisonError(
        "E501",
        f"{name} is no journal",
        because="it does not begin as one",
        help="name another file with --journal; nothing was written to this one",
        file=name,
    )


def _damaged(name: str, at: int, why: str) -> CloisonError:
    return CloisonError(
        "E503",
        f"{name} is damaged",
        because=why + (f", at byte {at:,}" if at else ""),
        help="keep it, and make a new plan: it starts from what is there now",
        file=name,
    )


def check(journal: Journal, planned: Planned, name: str) -> None:
    """Raises CloisonError E504 for a journal of another plan."""
    begun = journal.began
    if begun is None:
        return
    if begun.plan != planned.hash or begun.steps != len(planned.steps):
        raise CloisonError(
            "E504",
            f"{name} is the journal of another plan",
            because=f"it was begun with plan {begun.plan[:12]}, and this one is {planned.hash[:12]}",
            help="name the plan that it was begun with, or another file with --journal",
            file=name,
        )
    for one in journal.records:
        if isinstance(one, Intent) and one.digest != planned.step(one.step).request.digest:
            raise _damaged(name, 0, f"it sent another request as step {one.step}")
