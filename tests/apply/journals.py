"""Journals as a broken disk or a curious hand leaves them."""

from __future__ import annotations

import random
from collections.abc import Callable

from cloison.apply.journal import check, read
from cloison.model.errors import CloisonError
from tests.apply.azure import SimAzure, Violation
from tests.apply.disk import SimDisk
from tests.apply.plans import SCENES, Scene, scene
from tests.apply.simulate import Session, settle, through


class Stopped(Exception):
    """The process was killed."""


def left(where: Scene, actions: int) -> tuple[SimAzure, bytes]:
    """Azure and the journal after so many actions of a run, and a kill."""
    azure, disk = where.azure(), SimDisk()

    def hook(one: Session) -> None:
        if one.count == actions:
            raise Stopped

    session = Session(where, azure, disk, hook=hook)
    try:
        session.start()
        while session.result is None:
            session.advance()
    except Stopped:
        pass
    return azure, disk.seen


def flipped(raw: bytes, chance: random.Random) -> bytes:
    """One bit is another."""
    at = chance.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :]


def torn(raw: bytes, chance: random.Random) -> bytes:
    """The end is missing, and zeros stand in its place."""
    at = chance.randrange(len(raw))
    return raw[:at] + bytes(len(raw) - at if chance.random() < 0.5 else 0)


def holed(raw: bytes, chance: random.Random) -> bytes:
    """A sector is zeros."""
    at = chance.randrange(len(raw))
    size = min(chance.choice((1, 16, 512)), len(raw) - at)
    return raw[:at] + bytes(size) + raw[at + size :]


def scribbled(raw: bytes, chance: random.Random) -> bytes:
    """Some bytes are anything."""
    at = chance.randrange(len(raw))
    size = chance.randint(1, 64)
    return raw[:at] + chance.randbytes(size) + raw[at + size :]


def without_a_line(raw: bytes, chance: random.Random) -> bytes:
    """A record is missing."""
    lines = raw.splitlines(keepends=True)
    del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def with_a_line_twice(raw: bytes, chance: random.Random) -> bytes:
    """A record stands twice."""
    lines = raw.splitlines(keepends=True)
    at = chance.randrange(len(lines))
    return b"".join([*lines[:at], lines[at], *lines[at:]])


def exchanged(raw: bytes, chance: random.Random) -> bytes:
    """Two records stand in each other's place."""
    lines = raw.splitlines(keepends=True)
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def longer(raw: bytes, chance: random.Random) -> bytes:
    """Something stands behind the end."""
    return raw + chance.choice((bytes(4096), chance.randbytes(40), b"00000010 0000", b"\n\n"))


def anything(raw: bytes, chance: random.Random) -> bytes:
    """It is something else altogether."""
    return chance.randbytes(chance.randint(1, 400))


DAMAGES: list[Callable[[bytes, random.Random], bytes]] = [
    flipped, torn, holed, scribbled, without_a_line, with_a_line_twice, exchanged, longer, anything,
]  # fmt: skip


def damaged(seed: int) -> tuple[str, Scene, SimAzure, bytes]:
    """A run that was killed, and its journal with a damage; what the damage is."""
    chance = random.Random(seed)
    where = scene(chance.choice(list(SCENES)))
    azure, raw = left(where, chance.randint(3, 70))
    if not raw:
        return "nothing was written", where, azure, raw
    damage = chance.choice(DAMAGES)
    return damage.__name__, where, azure, damage(raw, chance)


def survived(seed: int) -> str:
    """What becomes of a damaged journal: `refused` with a code, or how going on ended. Raises Violation."""
    name, where, azure, raw = damaged(seed)
    try:
        check(read(raw, "journal"), where.planned, "journal")
    except CloisonError as refused:
        if refused.code not in ("E501", "E502", "E503", "E504"):
            raise Violation(f"seed {seed}, {name}: refused with {refused.code}") from refused
        return "refused"
    for _ in range(4):
        settle(azure, 30.0)
        session = Session(where, azure, SimDisk(raw))
        try:
            result = through(session, final=False)
        except Violation as problem:
            raise Violation(f"seed {seed}, {where.name}, {name}: {problem}") from None
        raw = session.disk.seen
        if result.outcome.value == "done":
            if azure.state.print != where.final:
                raise Violation(f"seed {seed}, {name}: it ends in another state")
            return "continued"
        if result.line.endswith(": plan again"):
            return "stopped"
    if where.owner is None:
        raise Violation(f"seed {seed}, {name}: {result.line}")
    return "stopped"
