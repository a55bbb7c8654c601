"""Asks Cloison and the oracle the same questions. Cloison is asked through its public door only."""

from __future__ import annotations

import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cloison.check.run import CheckOptions, run
from cloison.sources import read

from .arm import Body, World
from .environments import environment
from .hosts import asks
from .packets import Judgement, judge_in

Key = tuple[str, str, str, str]
"""Pool, resource, sub-resource, host."""

ABSENT = "absent"
"""The verdict of a path that a side does not know."""


@dataclass(frozen=True)
class Mismatch:
    """One path on which the two disagree."""

    seed: int
    key: Key
    oracle: str
    cloison: str
    reasons: tuple[str, ...]

    @property
    def false_private(self) -> bool:
        """Cloison says private and the oracle does not: the worst error."""
        return self.cloison == "private"

    def __str__(self) -> str:
        pool, _, subresource, host = self.key
        first = "; ".join(self.reasons[:4])
        path = f"seed {self.seed}: {pool} -> {host} ({subresource})"
        return f"{path}: cloison {self.cloison}, oracle {self.oracle}: {first}"


@dataclass
class Figures:
    """What came of a number of environments."""

    environments: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    found: list[Mismatch] = field(default_factory=list)

    def add(self, other: Figures) -> None:
        """Count another batch in."""
        self.environments += other.environments
        self.verdicts += other.verdicts
        self.found += other.found

    @property
    def false_private(self) -> int:
        """How often Cloison said private and the oracle did not."""
        return sum(one.false_private for one in self.found)


def by_oracle(resources: list[Body]) -> dict[Key, Judgement]:
    """What the oracle says of every pool and every host."""
    world = World(resources)
    found: dict[Key, Judgement] = {}
    for cluster in world.of_type("Microsoft.ContainerService/managedClusters"):
        pools = world.children(str(cluster["id"]), "agentPools")
        for body in resources:
            for ask in asks(body):
                for pool in pools:
                    key = (str(pool["name"]).lower(), ask.target, ask.subresource, ask.host)
                    found[key] = judge_in(world, str(cluster["id"]), str(pool["name"]), ask)
    return found


def by_cloison(resources: list[Body]) -> dict[Key, str]:
    """What Cloison says of every path that it lists."""
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "export.json"
        export.write_text(json.dumps(resources), encoding="utf-8")
        # Paths are judged whatever is required of them; one requirement keeps the proof quick.
        report = run(read([str(export)]), CheckOptions(only=("S07",)))
    return {
        (path.pool.lower(), path.resource.lower(), path.subresource.lower(), path.host.lower()): path.verdict
        for one in report.environments
        for path in one.paths
    }


def differences(resources: list[Body], seed: int = -1) -> list[Mismatch]:
    """Every path on which the two disagree, or that only the oracle knows."""
    said = by_cloison(resources)
    return [
        Mismatch(seed, key, verdict, said.get(key, ABSENT), tuple(reasons))
        for key, (verdict, reasons) in by_oracle(resources).items()
        if said.get(key, ABSENT) != verdict
    ]


def mismatches(seeds: Iterable[int]) -> Figures:
    """Figures for the environments of these seeds."""
    figures = Figures()
    for seed in seeds:
        resources = environment(random.Random(seed))
        figures.environments += 1
        expected = by_oracle(resources)
        try:
            said = by_cloison(resources)
        except Exception as problem:  # noqa: BLE001  whatever it is, the seed has to come out
            figures.found.append(
                Mismatch(seed, ("", "", "", ""), "a report", f"{type(problem).__name__}", (str(problem),))
            )
            continue
        for key, (verdict, reasons) in expected.items():
            figures.verdicts[verdict] += 1
            if said.get(key, ABSENT) != verdict:
                figures.found.append(Mismatch(seed, key, verdict, said.get(key, ABSENT), tuple(reasons)))
    return figures


def shrink(resources: list[Body], still: Callable[[list[Body]], bool]) -> list[Body]:
    """A smaller environment for which `still` holds: resources go, then the members of every list inside them."""
    kept = _without(resources, still)
    for index in range(len(kept)):
        for path in _lists(kept[index]):
            kept = _shrink_list(kept, index, path, still)
    return kept


def _without(resources: list[Body], still: Callable[[list[Body]], bool]) -> list[Body]:
    """Drop ever smaller runs of resources, as long as anything goes."""
    size = max(1, len(resources) // 2)
    while size:
        start, dropped = 0, False
        while start < len(resources):
            fewer = resources[:start] + resources[start + size :]
            if _holds(fewer, still):
                resources, dropped = fewer, True
            else:
                start += size
        size = size if dropped and size == 1 else size // 2
    return resources


_LISTS = (
    ("subnets",),
    ("virtualNetworkPeerings",),
    ("securityRules",),
    ("routes",),
    ("agentPoolProfiles",),
    ("dhcpOptions", "dnsServers"),
    ("aRecords",),
    ("privateEndpointConnections",),
    ("ipConfigurations",),
)


def _lists(body: Body) -> list[tuple[str, ...]]:
    return [path for path in _LISTS if (body.get("properties") or {}).get(path[0])]


def _shrink_list(
    resources: list[Body], index: int, path: tuple[str, ...], still: Callable[[list[Body]], bool]
) -> list[Body]:
    position = 0
    while True:
        changed: list[Body] = json.loads(json.dumps(resources))
        inside = changed[index]["properties"]
        for part in path:
            inside = inside[part]
        if position >= len(inside):
            return resources
        del inside[position]
        if _holds(changed, still):
            resources = changed
        else:
            position += 1


def _holds(resources: list[Body], still: Callable[[list[Body]], bool]) -> bool:
    try:
        return still(resources)
    except Exception:  # noqa: BLE001  a smaller environment may be none at all
        return False


def shrunk(mismatch: Mismatch) -> list[Body]:
    """The environment of a mismatch, reduced to what the same disagreement on the same path needs."""
    wanted = (mismatch.key, mismatch.oracle, mismatch.cloison)

    def still(resources: list[Body]) -> bool:
        return wanted in {(one.key, one.oracle, one.cloison) for one in differences(resources)}

    return shrink(environment(random.Random(mismatch.seed)), still)
