"""Measuring a state: what is exposed, what works, which requirements stand how. Two measures can be compared.

Exposure is who may come in by a public address. What works is every name that pods of any cluster reach, of any
service in the snapshot, not only of the environment that is mended.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from cloison.arm.ids import ResourceId
from cloison.check.discovery import Discovery
from cloison.check.run import judge
from cloison.model.environment import Environment
from cloison.model.facts import Fact, Known
from cloison.model.network import Door
from cloison.model.snapshot import Gap, Snapshot
from cloison.model.verdict import Finding, PathVerdict, Severity, Verdict
from cloison.plan.facets import Facets
from cloison.plan.world import World
from cloison.reach import walk
from cloison.reach.fabric import Fabric
from cloison.requirements import Requirement
from cloison.requirements.case import Case

WORKS = (PathVerdict.PRIVATE, PathVerdict.SERVICE_ENDPOINT, PathVerdict.PUBLIC)
Flow = tuple[ResourceId, str, str]
"""(cluster, pool, host)."""
Stand = tuple[str, ResourceId]
"""(requirement, subject)."""


class Entrance(msgspec.Struct, frozen=True):
    """Who comes in to one service by its public address. None: not known, which counts as anybody."""

    public: bool | None
    anybody: bool | None
    addresses: frozenset[str] | None
    subnets: frozenset[str] | None

    def within(self, other: Entrance) -> bool:
        """Nobody comes in here who does not come in there. What is not known here is within what is not known there."""
        if self.public is False or self == other:
            return True
        if self.public is not None and other.public is False:
            return False
        if self.public is None and other.public is not None and other.public is False:
            return False
        if other.anybody:
            return True
        if self.anybody != other.anybody and self.anybody is not False:
            return False
        return _within(self.addresses, other.addresses) and _within(self.subnets, other.subnets)


def _within(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    if one is None or other is None:
        return one is None and other is None
    return one <= other


class Measure(msgspec.Struct, frozen=True):
    """One state, measured."""

    entrances: Mapping[ResourceId, Entrance]
    flows: Mapping[Flow, PathVerdict]
    findings: tuple[Finding, ...]

    @property
    def broken(self) -> dict[Stand, Finding]:
        """Requirements that are broken and more than advice, by subject."""
        return {
            (one.requirement, one.subject): one
            for one in self.findings
            if one.verdict is Verdict.BROKEN and one.severity is not Severity.NOTE
        }

    @property
    def undecided(self) -> set[Stand]:
        """Requirements that are unknown and more than advice."""
        return {
            (one.requirement, one.subject)
            for one in self.findings
            if one.verdict is Verdict.UNKNOWN and one.severity is not Severity.NOTE
        }

    def wider(self, start: Measure) -> list[ResourceId]:
        """Services that let somebody in who was kept out at the start."""
        return [
            id
            for id, entrance in self.entrances.items()
            if id in start.entrances and not entrance.within(start.entrances[id])
        ]

    def lost(self, start: Measure) -> list[Flow]:
        """Names that were reached at the start and no longer are."""
        return [
            flow
            for flow, verdict in start.flows.items()
            if verdict in WORKS and self.flows.get(flow, PathVerdict.BLOCKED) not in WORKS
        ]


class Judge:
    """Measures states against some requirements, for the environments that were found at the start."""

    def __init__(
        self, rules: list[Requirement], gaps: tuple[Gap, ...], forwarders: Mapping[str, ResourceId]
    ) -> None:
        self.rules = rules
        self.gaps = gaps
        self.forwarders = dict(forwarders)
        self.chosen: list[tuple[ResourceId | None, ResourceId]] = []
        self.measured = 0
        self._facets = Facets()

    def measure(self, azure: World, *, rules: bool = True) -> Measure:
        """The state, measured. rules: also ask the requirements, which takes about as long again."""
        self.measured += 1
        snapshot = azure.seen()
        fabric = Fabric(self._facets.of(snapshot), self.forwarders)
        findings: list[Finding] = []
        if rules:
            for case in self.cases(snapshot, fabric):
                findings.extend(finding for _, finding in judge(case, self.rules))
        return Measure(_entrances(fabric), _flows(fabric), tuple(findings))

    def cases(self, snapshot: Snapshot, fabric: Fabric) -> list[Case]:
        """The chosen environments of a state."""
        found = Discovery(snapshot, fabric).environments
        return [Case(one, snapshot, fabric) for one in found if self._is_chosen(one)]

    def _is_chosen(self, environment: Environment) -> bool:
        return not self.chosen or (environment.workspace, environment.cluster) in self.chosen


def _entrances(fabric: Fabric) -> dict[ResourceId, Entrance]:
    found: dict[ResourceId, Entrance] = {}
    for door in fabric.all(Door):
        if door.id not in found:
            told = door.admission
            found[door.id] = Entrance(
                _value(told.public), _value(told.open_to_all), _set(told.addresses), _set(told.subnets)
            )
    return found


def _value(fact: Fact[bool]) -> bool | None:
    return fact.value if isinstance(fact, Known) else None


def _set(fact: Fact[tuple[str, ...]]) -> frozenset[str] | None:
    return frozenset(fact.value) if isinstance(fact, Known) else None


def _flows(fabric: Fabric) -> dict[Flow, PathVerdict]:
    found: dict[Flow, PathVerdict] = {}
    services = list(dict.fromkeys(door.id for door in fabric.all(Door) if door.service != "cluster"))
    for cluster in fabric.clusters.values():
        for path in walk.paths(fabric, cluster, services):
            found[cluster.id, path.pool, path.host] = path.verdict
    return found
