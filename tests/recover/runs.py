"""One random restart from beginning to end, however often the process is killed, and what must be so afterwards."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from pathlib import Path

import msgspec

from cloison.apply.recovering import Recovered
from cloison.apply.run import Outcome
from cloison.arm.ids import ResourceId
from cloison.model.behaviour import look
from tests.recover.azure import Restarted, Wanted, any_wanted, route_id, rule_id
from tests.recover.process import Killed, Process

KILLS_MAX = 3
ACTIONS = 220
"""Actions among which the process is killed: about as many as a long recovery takes."""
HALTS_MAX = 2
"""Times that a person is asked for on the way."""


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one run."""

    wanted: Wanted
    restart: bool
    kills: int
    rounds: int
    writes: int
    named: tuple[str, ...]
    """Manual steps that were named."""
    wrong: tuple[str, ...]
    """What is not as it must be; empty for a run that holds."""


def run(seed: int, *, kills: bool = True) -> Ran:
    """One restart: of anything that somebody may have built, recovered by as many processes as it takes."""
    chance = random.Random(seed)
    wanted = any_wanted(chance)
    restart = chance.random() < 0.6
    azure = Restarted(wanted)
    if not restart:
        azure.restart()
    with tempfile.TemporaryDirectory(prefix="cloison-") as place:
        return _Run(azure, chance, Path(place), restart=restart).ran(kills=kills)


class _Run:
    def __init__(self, azure: Restarted, chance: random.Random, place: Path, *, restart: bool) -> None:
        self.azure = azure
        self.chance = chance
        self.place = place
        self.restart = restart
        self.killed = 0
        self.rounds: set[str] = set()
        self.sent: list[str] = []
        self.asked = 0
        self.named: list[str] = []

    def ran(self, *, kills: bool) -> Ran:
        ended = self._through(kills=kills)
        again = Process(self.azure, self.place / "second")
        second = again.recover()
        wrong = [*self._wrong(ended), *(f"a second run sent {one}" for one in again.sent)]
        if second.document is not None and second.document.steps:
            wrong.append("a second run plans something")
        return Ran(
            wanted=self.azure.wanted,
            restart=self.restart,
            kills=self.killed,
            rounds=len(self.rounds),
            writes=len(self.sent),
            named=tuple(self.named),
            wrong=tuple(wrong),
        )

    def _through(self, *, kills: bool) -> Recovered:
        """Process after process, until one comes to the end. Whoever is asked for does what is named."""
        halts, resume = 0, False
        while True:
            kill_at = self.chance.randint(1, ACTIONS) if kills and self.killed < KILLS_MAX else 0
            process = Process(self.azure, self.place / "run", kill_at=kill_at)
            try:
                ended = process.recover(restart=self.restart, resume=resume)
            except Killed:
                self.killed += 1
                ended = None
            resume = True
            self._count(process)
            if ended is None:
                continue
            if ended.document is not None or halts == HALTS_MAX:
                self.named += (
                    [one.message for one in ended.document.left] if ended.document is not None else []
                )
                return ended
            halts += 1
            self.named.append(ended.line)
            self.azure.approve()

    def _count(self, process: Process) -> None:
        self.sent += process.sent
        self.asked += len(process.asked)
        self.rounds.update(one.digest for one in process.plans)

    def _wrong(self, ended: Recovered) -> list[str]:
        """What is not as it must be."""
        found = list(self.azure.alive())
        if ended.outcome is not Outcome.DONE and not self.named:
            found.append(f"it ended with {ended.line!r}, and names nothing")
        if ended.document is None:
            found.append(f"it came to no end: {ended.line}")
        found += [f"sent twice: {one}" for one, count in Counter(self.sent).items() if count > 1]
        found += [f"touched what AKS keeps: {one}" for one in self.sent if "kube-apiserver" in one]
        if self.asked > 1 + self.killed:
            found.append(f"{self.asked} plans that nobody had foreseen")
        return [*found, *self._misled()]

    def _misled(self) -> list[str]:
        """Rules that still name the old address, where it was known."""
        if not self.restart or not self.azure.wanted.rules:
            return []
        state, api = self.azure.emulator.state, self.azure.api()
        rule = look(state.get(ResourceId(rule_id())), "properties/destinationAddressPrefix")
        route = look(state.get(ResourceId(route_id())), "properties/addressPrefix")
        wrong = [f"a rule names {rule}, not {api}"] if rule != api else []
        return [*wrong, *([f"a route names {route}, not {api}"] if route != f"{api}/32" else [])]
