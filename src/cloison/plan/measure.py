"""Measuring a state: what is exposed, what works, which requirements stand how. Two measures can be compared.

Exposure is who may come in by a public address. What works is every name that pods of any cluster reach, of any
service in the snapshot, not only of the environment that is mended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import msgspec

from cloison.arm.ids import ResourceId
from cloison.check.discovery import Discovery
from cloison.check.run import judge
from cloison.model.environment import Environment
from cloison.model.facts import Fact, Known
from cloison.model.network import Door
from cloison.model.verdict import Finding, PathVerdict, Severity, Verdict
from cloison.plan.facets import Facets
from cloison.plan.flows import Flow, Flows
from cloison.plan.world import Mark, World
from cloison.reach.fabric import Fabric
from cloison.requirements import Requirement
from cloison.requirements.case import Case

WORKS = (PathVerdict.PUBLIC, PathVerdict.SERVICE_ENDPOINT, PathVerdict.PRIVATE)
"""Verdicts of paths that carry packets, the most exposed first."""
SEEN_MAX = 50
"""States that are remembered. A guess: a search comes back to those of its start, its end and a few on the way."""
Stand = tuple[str, ResourceId]
"""(requirement, subject)."""


def stand_of(finding: Finding) -> Stand:
    """What a finding speaks of."""
    return finding.requirement, finding.subject


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
    def broken(self) -> frozenset[Stand]:
        """Requirements that are broken and more than advice, by subject."""
        return self._stands(Verdict.BROKEN)

    @property
    def undecided(self) -> frozenset[Stand]:
        """Requirements that are unknown and more than advice."""
        return self._stands(Verdict.UNKNOWN)

    def _stands(self, verdict: Verdict) -> frozenset[Stand]:
        return frozenset(
            stand_of(one)
            for one in self.findings
            if one.verdict is verdict and one.severity is not Severity.NOTE
        )

    def wider(self, start: Measure) -> list[ResourceId]:
        """Services that let somebody in who was kept out at the start."""
        return [
            id
            for id, entrance in self.entrances.items()
            if id in start.entrances and not entrance.within(start.entrances[id])
        ]

    def lost(self, start: Measure) -> list[Flow]:
        """Names that were reached at the start, or may have been, and no longer are, or less privately."""
        return [
            flow
            for flow, before in start.flows.items()
            if _is_worse(self.flows.get(flow, PathVerdict.BLOCKED), before)
        ]

    def worse(self, start: Measure) -> frozenset[Stand]:
        """Requirements that became broken or unknown and were not so at the start."""
        fallen = self.undecided - start.undecided - start.broken
        return (self.broken - start.broken) | fallen


def _is_worse(now: PathVerdict, before: PathVerdict) -> bool:
    if before is PathVerdict.UNKNOWN:
        return now is PathVerdict.BLOCKED
    if before not in WORKS:
        return False
    return now not in WORKS or WORKS.index(now) < WORKS.index(before)


class Judge:
    """Measures states against all requirements, and knows which of them are to be mended.

    wanted: ids of those that are to be met; the others must not get worse. open_doors: doors that let everybody in
    although pods do not need them count as broken.
    """

    def __init__(
        self,
        rules: list[Requirement],
        *,
        wanted: Iterable[str] = (),
        open_doors: bool = True,
        forwarders: Mapping[str, ResourceId] | None = None,
    ) -> None:
        self.rules = rules
        self.wanted = frozenset(wanted) or frozenset(rule.id for rule in rules)
        self.open_doors = open_doors
        self.forwarders = dict(forwarders or {})
        self.chosen: list[tuple[ResourceId | None, ResourceId]] = []
        self.measured = 0
        self._facets = Facets()
        self._flows = Flows()
        self._seen: dict[Mark, Sight] = {}
        """States that were looked at, the last at the end."""
        self._safe: dict[Mark, tuple[World, Measure, list[ResourceId], list[Flow]]] = {}

    def targets(self, measure: Measure, start: Measure | None = None) -> list[Finding]:
        """What of a state is to be mended: findings that weigh, and open doors.

        start: what became broken since then is to be mended too, whatever is wanted.
        """
        return [one for one in measure.findings if self.is_target(one, start)]

    def is_target(self, one: Finding, start: Measure | None = None) -> bool:
        """Whether a finding is to be mended."""
        if one.verdict is not Verdict.BROKEN:
            return False
        if one.severity is Severity.NOTE:
            return self.open_doors and one.requirement in self.wanted and any(fix.closes for fix in one.fixes)
        return one.requirement in self.wanted or (start is not None and stand_of(one) not in start.broken)

    def measure(self, azure: World, *, rules: bool = True) -> Measure:
        """The state, measured. rules: also ask the requirements, which takes about as long again."""
        sight = self.look(azure)
        return sight.measure(sight.findings(self.rules) if rules else ())

    def worse(self, azure: World, start: Measure) -> tuple[list[ResourceId], list[Flow]]:
        """Services that let in more than at the start, and names that are lost; both empty for a state that is safe."""
        self.measured += 1
        mark = azure.mark()
        held = self._safe.get(mark)
        if held is None or held[0] is not azure or held[1] is not start:
            fabric = Fabric(self._facets.of(azure.seen()), self.forwarders)
            entrances = _entrances(fabric)
            wider = [
                id for id, one in start.entrances.items() if id in entrances and not entrances[id].within(one)
            ]
            held = self._safe[mark] = (azure, start, wider, self._lost(fabric, start))
        return held[2], held[3]

    def _lost(self, fabric: Fabric, start: Measure) -> list[Flow]:
        """Names that are lost, of which only those are asked that can be."""
        could = (flow for flow, before in start.flows.items() if before is not PathVerdict.BLOCKED)
        return [flow for flow in could if _is_worse(self._flows.verdict(fabric, flow), start.flows[flow])]

    def look(self, azure: World) -> Sight:
        """The state, to be asked for parts of a measure."""
        self.measured += 1
        mark = azure.mark()
        held = self._seen.pop(mark, None)
        if held is None or held.azure is not azure:
            snapshot = azure.seen()
            fabric = Fabric(self._facets.of(snapshot), self.forwarders)
            found = Discovery(snapshot, fabric).environments
            cases = [Case(one, snapshot, fabric) for one in found if self._is_chosen(one)]
            held = Sight(azure, fabric, cases, self._flows)
        self._seen[mark] = held
        if len(self._seen) > SEEN_MAX:
            del self._seen[next(iter(self._seen))]
        return held

    def _is_chosen(self, environment: Environment) -> bool:
        return not self.chosen or (environment.workspace, environment.cluster) in self.chosen


class Sight:
    """One state, of which each part is measured when it is asked for, and once."""

    def __init__(self, azure: World, fabric: Fabric, cases: list[Case], flows: Flows) -> None:
        self.azure = azure
        self.fabric = fabric
        self.cases = cases
        self._flows = flows
        self._said: dict[tuple[int, str], list[Finding]] = {}

    def findings(self, rules: Sequence[Requirement]) -> tuple[Finding, ...]:
        """What some requirements say of the chosen environments, one after the other."""
        return tuple(finding for at in range(len(self.cases)) for finding in self.said(at, rules))

    def said(self, at: int, rules: Sequence[Requirement]) -> Iterator[Finding]:
        """What some requirements say of one of the chosen environments."""
        for rule in rules:
            found = self._said.get((at, rule.id))
            if found is None:
                found = [finding for _, finding in judge(self.cases[at], [rule])]
                self._said[at, rule.id] = found
            yield from found

    def measure(self, findings: Sequence[Finding] = ()) -> Measure:
        """What is exposed and what works, with what requirements said."""
        return Measure(self._entrances, self._all_flows, tuple(findings))

    @cached_property
    def _entrances(self) -> dict[ResourceId, Entrance]:
        return _entrances(self.fabric)

    @cached_property
    def _all_flows(self) -> dict[Flow, PathVerdict]:
        return self._flows.all(self.fabric)


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
