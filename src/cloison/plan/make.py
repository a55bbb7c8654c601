"""Making a plan: from a snapshot and a person's wishes to a document that says what to send, and proves it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from cloison import __version__
from cloison.arm.ids import ResourceId
from cloison.check import asked
from cloison.check.discovery import Discovery
from cloison.check.write import name_of
from cloison.kinds import all_facets, behaviour_of
from cloison.model.behaviour import Json, look, merged
from cloison.model.environment import Environment
from cloison.model.errors import CloisonError
from cloison.model.network import Door
from cloison.model.snapshot import Snapshot
from cloison.model.verdict import Finding, Fix, PathVerdict, Safety, Severity, Verdict
from cloison.plan.base import HEAD, base_of
from cloison.plan.change import Change, Key, whole
from cloison.plan.document import (
    SETTINGS_MAX,
    EnvironmentPlan,
    LeftReport,
    OffenceReport,
    OptionReport,
    OptionsReport,
    PlanDocument,
    Proof,
    ReachReport,
    RequestReport,
    SettingReport,
    StandReport,
    StepReport,
    VerdictWord,
    WaveProof,
    sealed,
    sha256,
)
from cloison.plan.gather import Gathered, gather
from cloison.plan.measure import Judge, Measure, Stand, stand_of
from cloison.plan.options import PlanOptions, wishes
from cloison.plan.order import Unsafe, Wave
from cloison.plan.settle import Settled, settle
from cloison.plan.smallest import Tried
from cloison.plan.world import World
from cloison.reach.fabric import Fabric
from cloison.requirements import requirements

TARGET = "properties/privateLinkServiceConnections/0/properties/privateLinkServiceId"
WORST_FIRST = (Verdict.BROKEN, Verdict.UNKNOWN, Verdict.MET, Verdict.NOT_APPLICABLE)


def make(snapshot: Snapshot, options: PlanOptions | None = None) -> PlanDocument:
    """The plan for every environment of a snapshot that the options choose.

    Raises CloisonError for a snapshot that cannot be changed, and for options that mean nothing.
    """
    options = options or PlanOptions()
    azure = World(snapshot)
    judge, chosen = judge_of(azure, options)
    gathered = gather(azure, judge, wishes(options, azure))
    start = gathered.start
    settled = settle(azure, in_turn(gathered, azure, chosen), judge)
    return document(azure, judge, settled, start, chosen, inputs=snapshot.inputs, options=options)


def document(
    azure: World,
    judge: Judge,
    settled: Settled,
    start: Measure,
    chosen: Sequence[Environment],
    *,
    inputs: tuple[str, ...],
    options: PlanOptions,
    left: Sequence[LeftReport] = (),
) -> PlanDocument:
    """What was settled, as a document. left: what is left for other reasons than those of requirements."""
    steps = tuple(steps_of(azure, settled.ordered.waves, _because(settled, start, judge)))
    return sealed(
        PlanDocument(
            tool=__version__,
            inputs=inputs,
            options=_told(options),
            environments=tuple(environments_of(azure, judge, settled.ordered.changes, chosen)),
            steps=steps,
            left=(*left, *_left(settled), *_unknown(settled.end, judge)),
            proof=_proof(settled, start, judge),
            seconds=seconds_of(steps),
        )
    )


def judge_of(azure: World, options: PlanOptions) -> tuple[Judge, list[Environment]]:
    """What measures states of a plan with such options, and the environments that it is for."""
    asked.rules(options.only)
    snapshot = azure.seen()
    fabric = Fabric(all_facets(snapshot))
    fabric.forwarders = asked.forwarders(options.dns, fabric)
    found = Discovery(snapshot, fabric).environments
    chosen = asked.environments(found, options.workspace, options.cluster)
    if not chosen:
        raise CloisonError(
            "E203",
            "no Azure Machine Learning environment here",
            because="the input holds no workspace with a Kubernetes cluster",
            help="add the workspace, its computes and the cluster",
        )
    judge = Judge(
        requirements(),
        wanted=(name.upper() for name in options.only),
        open_doors=not options.keep_public,
        forwarders=fabric.forwarders,
    )
    judge.chosen = [(one.workspace, one.cluster) for one in chosen]
    return judge, chosen


# --- the order in which things are tried ---------------------------------------------------------------


def in_turn(gathered: Gathered, azure: World, chosen: Sequence[Environment]) -> Gathered:
    """The changes as they are best tried: a workspace's endpoint after those of its services, doors at the end.

    Sources: Microsoft Learn, Secure an Azure Kubernetes Service inferencing environment (the workspace's own endpoint
    is the last step); of doors the workspace's is the last, as people look there for what went wrong.
    """
    workspaces = {one.workspace for one in chosen}
    names = {id: sum(len(door.hosts) for door in _doors(azure, id)) for id in azure}
    own = {one.id for one in gathered.changes if look(one.body, TARGET) in workspaces}

    def turn(change: Change) -> tuple[bool, bool, int, str]:
        if change.closes:
            return True, change.id in workspaces, names.get(change.id, 0), str(change.id)
        return False, change.id in own or change.id.parent in own, 0, ""

    changes = tuple(sorted(gathered.changes, key=turn))
    return msgspec.structs.replace(gathered, changes=tuple(_after_restart(changes)))


def _after_restart(changes: Sequence[Change]) -> Iterator[Change]:
    """A stopped cluster starts before anything that leads to it is made again, and its computes come last.

    Source: Microsoft Learn, Secure an Azure Kubernetes Service inferencing environment, note on restarts: the endpoint
    first, then the computes; checked 2026-11-25.
    """
    starts = tuple(one.key for one in changes if one.method == "POST" and one.action == "start")
    ends = tuple(one.key for one in changes if _asking(one) == {"S22"})
    for change in changes:
        asking = _asking(change)
        before = starts if asking & {"S22", "S23"} and change.key not in starts else ()
        if "S23" in asking and change.key not in starts:
            before += ends
        yield msgspec.structs.replace(change, after=(*change.after, *before))


def _asking(change: Change) -> set[str]:
    """Requirements that ask for it."""
    return {name.partition("-")[0] for name in change.because}


def _doors(azure: World, id: ResourceId) -> list[Door]:
    return [one for one in azure.facets(id) if isinstance(one, Door)]


# --- steps ---------------------------------------------------------------------------------------------


def steps_of(
    azure: World, waves: Sequence[Wave], because: Mapping[Key, tuple[str, ...]]
) -> Iterator[StepReport]:
    """The steps as they will be sent; the state is as it was afterwards."""
    with Tried(azure) as tried:
        number = 0
        for place, wave in enumerate(waves, start=1):
            # Right before its wave: which of them is done first is not known.
            bases = {change.key: _base(change, azure) for change in wave.changes}
            for change in wave.changes:
                number += 1
                before, taken = azure.get(change.id), tuple(_taken(change, azure))
                outcome = tried.outcome(change)
                yield StepReport(
                    number=number,
                    wave=place,
                    summary=change.summary,
                    request=request_report(change),
                    makes=change.method == "PUT" and before is None,
                    because=because[change.key],
                    settings=taken or _settings(change, before, azure),
                    safety="safe" if change.safety is Safety.SAFE else "asks",
                    why=change.why,
                    closes=change.closes,
                    seconds=float(outcome.pace.seconds),
                    base=bases[change.key],
                )


def _base(change: Change, azure: World) -> dict[str, str] | None:
    body = azure.show(change.id, change.api_version)
    return None if body is None else dict(base_of(change.id, body, change.method))


def request_report(change: Change) -> RequestReport:
    """The request of a change, as a document tells it."""
    return RequestReport(
        method=change.method,
        path=f"{change.id.text}/{change.action}" if change.action else change.id.text,
        api_version=change.api_version,
        query=dict(change.query),
        body=change.body,
    )


def _settings(change: Change, before: Json | None, azure: World) -> tuple[SettingReport, ...]:
    """What the request asks for that is not so yet, or what an action makes of its resource."""
    if before is None:
        return ()
    mine, asked = before, azure.get(change.id) or {}
    if change.method != "POST":
        if change.body is None:
            return ()
        mine = whole(before, change.id, azure)
        asked = merged(mine, change.body) if change.method == "PATCH" else {**mine, **change.body}
    return tuple(_differences(mine, asked, ""))[:SETTINGS_MAX]


def _taken(change: Change, azure: World) -> Iterator[SettingReport]:
    """What a deletion takes away, so that it can be made again: the resource, and what is below it by its place."""
    body = azure.get(change.id)
    if change.method != "DELETE" or body is None:
        return
    for name, value in whole(body, change.id, azure).items():
        if name not in HEAD:
            yield SettingReport(pointer=f"/{name}", before=value)
    inside = behaviour_of(change.id.type).embeds.values()
    for child in azure.children(change.id):
        segment = child.text.split("/")[-2]
        if segment not in inside:
            told = whole(azure.get(child) or {}, child, azure)
            own = {name: value for name, value in told.items() if name not in HEAD}
            yield SettingReport(pointer=f"/{segment}/{child.name}", before=own)


def _differences(before: Any, after: Any, pointer: str) -> Iterator[SettingReport]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            if name not in ("provisioningState", "etag") and not name.startswith("_"):
                escaped = name.replace("~", "~0").replace("/", "~1")
                yield from _differences(before.get(name), after.get(name), f"{pointer}/{escaped}")
    elif before != after:
        yield SettingReport(pointer=pointer, before=before, after=after)


def _because(settled: Settled, start: Measure, judge: Judge) -> dict[Key, tuple[str, ...]]:
    """Findings of the start that are broken without a change; where that shows none, those that asked for it."""
    broken = [(stand_of(one), name_of(one)) for one in judge.targets(start)]
    found: dict[Key, tuple[str, ...]] = {}
    for change in settled.ordered.changes:
        stands = settled.missing.get(change.key, frozenset())
        names = tuple(name for stand, name in broken if stand in stands)
        found[change.key] = names or change.because
    return found


def seconds_of(steps: Sequence[StepReport]) -> float:
    """The longest step of each wave, added up."""
    longest: dict[int, float] = {}
    for step in steps:
        longest[step.wave] = max(longest.get(step.wave, 0.0), step.seconds)
    return sum(longest.values(), 0.0)


# --- verdicts ------------------------------------------------------------------------------------------


def environments_of(
    azure: World, judge: Judge, changes: Iterable[Change], chosen: Sequence[Environment]
) -> Iterator[EnvironmentPlan]:
    """How requirements stand now and after these changes. The state is as it was afterwards."""
    before = _stands(azure, judge)
    with Tried(azure) as tried:
        for change in changes:
            tried.carry_out(change)
        after = _stands(azure, judge)
    for one in chosen:
        key = (one.workspace, one.cluster)
        start, promised = before.get(key, {}), after.get(key, {})
        stands = dict.fromkeys((*start, *promised))
        told = [
            StandReport(
                requirement=stand[0],
                subject=stand[1].text,
                start=_word(start.get(stand)),
                promised=_word(promised.get(stand)),
            )
            for stand in stands
        ]
        yield EnvironmentPlan(
            workspace=one.workspace.text if one.workspace is not None else None,
            cluster=one.cluster.text,
            start=_overall(start) if key in before else "not-applicable",
            promised=_overall(promised) if key in after else "not-applicable",
            stands=tuple(
                stand for stand in told if {stand.start, stand.promised} - {"met", "not-applicable"}
            ),
        )


Stands = dict[Stand, Finding]
Pair = tuple[ResourceId | None, ResourceId]


def _stands(azure: World, judge: Judge) -> dict[Pair, Stands]:
    """The worst finding for each requirement and subject, by environment."""
    found: dict[Pair, Stands] = {}
    sight = judge.look(azure)
    for at, case in enumerate(sight.cases):
        worst: Stands = {}
        for finding in sight.said(at, judge.rules):
            held = worst.setdefault(stand_of(finding), finding)
            if _rank(finding) < _rank(held):
                worst[stand_of(finding)] = finding
        found[case.environment.workspace, case.environment.cluster] = worst
    return found


def _rank(finding: Finding) -> tuple[bool, int]:
    """Notes weigh nothing, so they come after everything else."""
    return finding.severity is Severity.NOTE, WORST_FIRST.index(finding.verdict)


def _word(finding: Finding | None) -> VerdictWord:
    """Its verdict, where it weighs; advice breaks nothing."""
    if finding is None:
        return "not-applicable"
    advice = finding.severity is Severity.NOTE and finding.verdict in (Verdict.BROKEN, Verdict.UNKNOWN)
    return "met" if advice else finding.verdict.value


def _overall(stands: Stands) -> VerdictWord:
    weighty = {one.verdict for one in stands.values() if one.severity is not Severity.NOTE}
    if Verdict.BROKEN in weighty:
        return "broken"
    return "unknown" if Verdict.UNKNOWN in weighty else "met"


# --- what is left, and the proof -----------------------------------------------------------------------


def _left(settled: Settled) -> Iterator[LeftReport]:
    for one in settled.left:
        yield LeftReport(
            finding=name_of(one.finding),
            requirement=one.finding.requirement,
            subject=one.finding.subject.text,
            message=one.finding.message,
            kind=one.kind,
            why=one.why,
            options=tuple(_option(fix) for fix in one.options),
        )


def _option(fix: Fix) -> OptionReport:
    return OptionReport(summary=fix.summary, why=fix.why, target=fix.target)


def _unknown(end: Measure, judge: Judge) -> Iterator[LeftReport]:
    """What is not known, so that nobody can say whether it has to be mended."""
    for one in end.findings:
        weighs = one.verdict is Verdict.UNKNOWN and one.severity is not Severity.NOTE
        if weighs and one.requirement in judge.wanted:
            yield LeftReport(
                finding=name_of(one),
                requirement=one.requirement,
                subject=one.subject.text,
                message=one.message,
                kind="unknown",
                why=one.ask,
            )


def _proof(settled: Settled, start: Measure, judge: Judge) -> Proof:
    waves = settled.ordered.waves
    measures = [start, *(wave.after for wave in waves)]
    worse = settled.end.worse(start)
    return Proof(
        proven=not worse and not settled.ordered.stuck,
        states=judge.measured,
        prefixes=1 + sum(2 ** len(wave.changes) - 1 for wave in waves),
        smallest=settled.exhausted,
        waves=tuple(
            WaveProof(wave=place, exposure=exposure(one), working=working(one))
            for place, one in enumerate(measures)
        ),
        reached=tuple(reached(start)),
        offending=tuple(_offence(one) for one in settled.dropped),
    )


def _offence(one: Unsafe) -> OffenceReport:
    return OffenceReport(summary=one.change.summary, request=request_report(one.change), why=str(one))


def exposure(measure: Measure) -> str:
    """SHA-256 of who may come in to which service by its public address."""
    return sha256(
        [
            [str(id), one.public, one.anybody, _listed(one.addresses), _listed(one.subnets)]
            for id, one in sorted(measure.entrances.items())
        ]
    )


def reached(measure: Measure) -> Iterator[ReachReport]:
    """What pods reach, by pool."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for (cluster, pool, _, host), verdict in measure.flows.items():
        if verdict is not PathVerdict.BLOCKED:
            found.setdefault((cluster.text, pool), {})[host] = verdict.value
    for (name, pool), names in sorted(found.items()):
        yield ReachReport(cluster=name, pool=pool, names=dict(sorted(names.items())))


def working(measure: Measure) -> str:
    """SHA-256 of how pods of every cluster reach every name."""
    return sha256([[*map(str, flow), verdict.value] for flow, verdict in sorted(measure.flows.items())])


def _listed(some: frozenset[str] | None) -> list[str] | None:
    return sorted(some) if some is not None else None


def _told(options: PlanOptions) -> OptionsReport:
    return OptionsReport(
        only=tuple(name.upper() for name in options.only),
        accept_asks=options.accept_asks,
        keep_public=options.keep_public,
        private_endpoint_subnet=options.private_endpoint_subnet,
        dns_zones_in=options.dns_zones_in,
        naming=options.naming,
    )
