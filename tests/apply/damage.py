"""Journals of real runs, damaged in every way that a disk, a copy or a hand can, and what going on makes of them.

A run on an emulator over HTTPS is left at once, so that its journal holds steps that are done, steps under way and
steps that nobody began. Whatever becomes of the file: going on is refused with a code before anything is sent, or it
comes to the state that it always comes to, and no write has its effect twice.
"""

from __future__ import annotations

import random
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import msgspec

from cloison.apply.journal import MAGIC, Journal, chained, read
from cloison.emulator import signin
from cloison.emulator.wire import Asked
from cloison.model.behaviour import Write
from tests.apply.journals import DAMAGES
from tests.apply.live import Ended, Recorded, Site, Violation, azure

CODES = ("E501", "E502", "E503", "E504", "E505", "E507")
Damage = Callable[[bytes, random.Random], bytes]


class Left(msgspec.Struct, frozen=True):
    """A run that was left, as often as one likes."""

    plan: Path
    journal: bytes
    """What counts of it, without the zeros behind."""
    writes: list[Asked]
    """What it sent."""
    mark: int
    """The state that going on comes to."""
    steps: int


def left(folder: Path, at: int) -> Left:
    """A run that was ended by a kill when its n-th write had its effect; and what going on with it comes to."""
    folder.mkdir()
    with azure(folder) as site:
        site.plan()
        site.emulator.prepare()
        child = site.child()

        def hook(number: int, asked: Asked, place: str) -> None:
            if place == "after" and len(site.emulator.writes) >= at and child.poll() is None:
                child.kill()
                child.wait()

        site.emulator.hook = hook
        child.communicate(timeout=100)
        site.emulator.hook = None
        raw = site.journal.read_bytes().rstrip(b"\0")
        writes = list(site.emulator.writes)
        steps = len(site.document.steps)
        ended = site.apply("--resume")
        if ended.code != 0:
            raise Violation(f"the undamaged journal: {ended.err}")
        plan = folder / "kept.json"
        shutil.copy(site.plan_file, plan)
        return Left(plan, raw, writes, site.emulator.mark, steps)


# --- damages beside those of the simulation ------------------------------------------------------------------


def of_another_plan(raw: bytes, chance: random.Random) -> bytes:
    """It was begun with another plan, and is whole."""
    return _first(raw, lambda text: text.replace(b'"plan":"', b'"plan":"f00d', 1)[: len(text) + 4])


def of_fewer_steps(raw: bytes, chance: random.Random) -> bytes:
    """It speaks of fewer steps than the plan has."""
    return _first(raw, lambda text: text.replace(b'"steps":11', b'"steps":10'))


def of_another_version(raw: bytes, chance: random.Random) -> bytes:
    """A later Cloison wrote it."""
    return raw.replace(MAGIC, b"cloison journal 2\n", 1)


def _first(raw: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """All records written anew, the first of them changed."""
    texts = [line[51:] for line in raw.removeprefix(MAGIC).split(b"\n")[:-1]]
    texts[0] = change(texts[0])
    return _written(texts)


def _written(texts: list[bytes]) -> bytes:
    made, chain = MAGIC, ""
    for text in texts:
        chain = chained(chain, text)
        made += b"%08x %08x %s %s\n" % (len(text), zlib.crc32(text), chain.encode(), text)
    return made


def with_another_host(raw: bytes, chance: random.Random) -> bytes:
    """Addresses of operations lead to another host, and every checksum fits."""
    texts = [line[51:] for line in raw.removeprefix(MAGIC).split(b"\n")[:-1]]
    return _written([text.replace(b"https://127.0.0.1", b"https://attacker.example") for text in texts])


def empty(raw: bytes, chance: random.Random) -> bytes:
    """Nothing, or zeros."""
    return bytes(chance.choice((0, 1, 4096)))


def with_nul_bytes(raw: bytes, chance: random.Random) -> bytes:
    """NUL bytes between."""
    at = chance.randrange(len(raw))
    return raw[:at] + bytes(chance.choice((1, 7, 512))) + raw[at:]


def ending_twice(raw: bytes, chance: random.Random) -> bytes:
    """The whole of it stands twice."""
    return raw + (raw if chance.random() < 0.5 else raw.removeprefix(MAGIC))


MORE: list[Damage] = [
    of_another_plan, of_fewer_steps, of_another_version, with_another_host, empty, with_nul_bytes, ending_twice,
]  # fmt: skip


def tears(raw: bytes) -> tuple[int, list[int]]:
    """Tears the journal at every byte: how many tears there are, and the places after whole records.

    What is read of a torn journal is what is read of one that ends with its last whole record. Raises Violation
    where that is not so, and CloisonError where it is refused.
    """
    ends: list[int] = []
    known: Journal | None = None
    count = 0
    for at in range(len(raw) + 1):
        # Half a record behind the head of the file; within the head there are only zeros.
        for behind in (b"", bytes(3), b"0000")[: 3 if at >= len(MAGIC) else 2]:
            count += 1
            found = read(raw[:at] + behind, "torn")
            if not found.torn and not behind:
                known = found
                ends.append(at)
            if known is not None and (found.records, found.length, found.chain) != (
                known.records,
                known.length,
                known.chain,
            ):
                raise Violation(f"torn at {at}: {len(found.records)} records, not {len(known.records)}")
    return count, ends


def damaged(raw: bytes, seed: int) -> tuple[str, bytes]:
    """A damage by number, and its name."""
    chance = random.Random(seed)
    damage = [*DAMAGES, *MORE][seed % (len(DAMAGES) + len(MORE))]
    return damage.__name__, damage(raw, chance)


# --- going on ------------------------------------------------------------------------------------------------


class Place:
    """One emulator, put back to where the run was left before each try."""

    def __init__(self, site: Site, known: Left) -> None:
        self.site = site
        self.known = known
        shutil.copy(known.plan, site.plan_file)
        emulator = site.emulator
        self._start = {id: emulator.state.get(id) for id in emulator.state}

    def again(self, about: str, raw: bytes) -> str:
        """What becomes of a journal with these bytes: `refused E503`, `continued`, `begun again`. Raises Violation."""
        self._put_back()
        site = self.site
        site.journal.write_bytes(raw)
        count = len(site.emulator.writes)
        ended = site.apply("--resume")
        if ended.code == 2:
            return self._refused(about, ended, len(site.emulator.writes) - count)
        if ended.code != 0:
            return self._stopped(about, ended)
        if site.emulator.mark != self.known.mark:
            raise Violation(f"{about}: it ends in another state")
        if twice := [name for name, times in site.taken().items() if times > 1]:
            raise Violation(f"{about}: {twice} were sent twice")
        return "begun again" if "proven once more" in ended.err else "continued"

    def _refused(self, about: str, ended: Ended, sent: int) -> str:
        code = ended.err.partition("error[")[2][:4]
        # A record was lost, and what is there is not what the plan began with: it is proven no more.
        if (code not in CODES and code != "E514") or sent:
            raise Violation(f"{about}: {ended.err}, and {sent} requests were sent")
        return f"refused {code}"

    def _stopped(self, about: str, ended: Ended) -> str:
        """A person is asked where the journal has lost what was done: what is there is not what the plan found."""
        if ended.code != 1 or "plan again" not in ended.err:
            raise Violation(f"{about}: {ended.code}, {ended.err}")
        return "a person is asked"

    def _put_back(self) -> None:
        emulator = self.site.emulator
        for id in [one for one in emulator.state if one not in self._start]:
            emulator.state.write(Write(id, None))
        for id, body in self._start.items():
            if emulator.state.get(id) != body:
                emulator.state.write(Write(id, body))
        emulator.log.clear()
        emulator.prepare()
        for asked in self.known.writes:
            emulator.answer(_here(emulator, asked, self.site.server.url))
        emulator.world.settle()


def _here(emulator: Recorded, asked: Asked, base: str) -> Asked:
    """The same request at this emulator."""
    token = signin.issued(emulator.world, base, "cloison")
    told = {**asked.headers, "authorization": f"Bearer {token}"}
    return msgspec.structs.replace(asked, base=base, headers=told)
