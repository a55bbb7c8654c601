"""Making the plan of one round: the stop of a cluster that is to be restarted, or what mends a restart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from cloison.arm.ids import ResourceId
from cloison.check.write import name_of
from cloison.controlplane import Seeded, run
from cloison.kinds import all_facets, api_of, behaviour_of
from cloison.model.environment import Environment
from cloison.model.errors import CloisonError
from cloison.model.network import Cluster
from cloison.model.snapshot import Snapshot
from cloison.model.verdict import Finding, Safety
from cloison.plan.change import Change
from cloison.plan.document import LeftReport, PlanDocument, RecoverReport, StepReport, sealed
from cloison.plan.gather import gather
from cloison.plan.make import document, in_turn, judge_of
from cloison.plan.measure import Measure
from cloison.plan.options import PlanOptions, wishes
from cloison.plan.order import order
from cloison.plan.recover.rules import MENDED, Noted, rules
from cloison.plan.rehearse import seed
from cloison.plan.settle import Settled, settle
from cloison.plan.world import World
from cloison.requirements import after_restart, restart

ROUNDS_MAX = 8
"""Rounds of one run. Three are usual: the stop, what mends it, and what was not known before."""
STOPPED = "stopped"


class RecoverOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to put right, and how."""

    workspace: str | None = None
    cluster: str | None = None
    dns: dict[str, str] = {}
    accept_asks: bool = False
    since: datetime | None = None
    """When the cluster was last started, for whoever knows; it counts beside what the activity log says."""

    @property
    def planning(self) -> PlanOptions:
        """The same for the planner."""
        return PlanOptions(
            workspace=self.workspace,
            cluster=self.cluster,
            dns=self.dns,
            only=MENDED,
            accept_asks=self.accept_asks,
            keep_public=True,
        )


class _Round:
    """One environment, or several on one cluster, as they were read."""

    def __init__(self, snapshot: Snapshot, options: RecoverOptions, earlier: RecoverReport | None) -> None:
        self.snapshot = snapshot
        self.options = options.planning
        self.azure = World(snapshot)
        self.judge, self.chosen = judge_of(self.azure, self.options)
        self.earlier = earlier
        self.cases = self.judge.look(self.azure).cases
        self.before = earlier.before if earlier is not None else tuple(map(after_restart.noted, self.cases))
        read = frozenset(one for case in self.cases for one in after_restart.addresses(case))
        restarted = earlier is not None and earlier.restarts is not None
        self.judge.rules = rules(Noted(before=self.before, restarted=restarted, read=read))

    def mended(self) -> PlanDocument:
        """The plan of what can be put right now."""
        azure, judge = self.azure, self.judge
        gathered = gather(azure, judge, wishes(self.options, azure))
        settled = settle(azure, in_turn(gathered, azure, self.chosen), judge)
        restarts = self.earlier.restarts if self.earlier is not None else None
        return self.told(settled, gathered.start, restarts=restarts)

    def told(
        self,
        settled: Settled,
        start: Measure,
        *,
        restarts: str | None,
        left: Sequence[LeftReport] = (),
        further: Iterable[str] = (),
    ) -> PlanDocument:
        """The document. further: what plans after it may send beside what can be told of this one."""
        made = document(
            self.azure,
            self.judge,
            settled,
            start,
            self.chosen,
            inputs=self.snapshot.inputs,
            options=self.options,
            left=left,
        )
        earlier = self.earlier
        foreseen = {*(earlier.foresees if earlier is not None else ()), *further, *sent(made.steps)}
        if earlier is None:
            foreseen.update(self._foreseen())
        report = RecoverReport(
            round=earlier.round + 1 if earlier is not None else 1,
            restarts=restarts,
            before=self.before,
            foresees=tuple(sorted(foreseen)),
        )
        return sealed(msgspec.structs.replace(made, recover=report))

    def _foreseen(self) -> Iterator[str]:
        """What only a later round can tell in full: roles of identities that are made anew, a new address in rules."""
        for before in self.before:
            for former in before.computes:
                for given in former.roles:
                    yield f"PUT {after_restart.role_target(ResourceId(former.compute), given)}"
        for case in self.cases:
            for address in after_restart.addresses(case):
                yield from (f"PATCH {id.text}" for id in after_restart.records_naming(case, address))
                for id, _ in after_restart.naming(case, address):
                    if id.type in after_restart.CORRECTED:
                        yield f"{'PATCH' if behaviour_of(id.type).patchable else 'PUT'} {id.text}"


def mending(
    snapshot: Snapshot, options: RecoverOptions, earlier: RecoverReport | None = None
) -> PlanDocument:
    """The plan that puts right what a restart left; without steps where nothing is to be done.

    earlier: what the round before has noted. Raises CloisonError as `plan.make` does.
    """
    return _Round(_with_start(snapshot, options), options, earlier).mended()


def stopping(snapshot: Snapshot, options: RecoverOptions) -> PlanDocument:
    """The plan that stops a cluster, which the next round starts again; what that breaks is told with what mends it.

    Raises CloisonError E520 unless there is one cluster that is meant, and E521 for one that does not run.
    """
    round = _Round(_with_start(snapshot, options), options, None)
    cluster = _one(round.chosen)
    stop = _stop(cluster, round.azure)
    start = round.judge.measure(round.azure)
    ordered = order(round.azure, [stop], round.judge, start)
    then = _predicted(round, stop, options, cluster)
    # What a stop breaks is no harm of this plan: the plans after it are there to mend it, and are foreseen here.
    settled = Settled(ordered, start, (), True, {}, ordered.stuck)
    return round.told(settled, start, restarts=cluster.text, left=tuple(_later(then)), further=then.foresees)


class _Then(msgspec.Struct, frozen=True, kw_only=True):
    """What the round after a stop will be, as far as can be told."""

    steps: tuple[StepReport, ...]
    findings: tuple[Finding, ...]
    left: tuple[LeftReport, ...]
    foresees: tuple[str, ...]


def _predicted(round: _Round, stop: Change, options: RecoverOptions, cluster: ResourceId) -> _Then:
    undo = run(round.azure, stop.request, Seeded(seed(stop))).undo
    try:
        after = round.azure.seen()
        found = round.judge.look(round.azure).findings(round.judge.rules)
    finally:
        round.azure.take_back(undo)
    earlier = RecoverReport(round=1, restarts=cluster.text, before=round.before, foresees=())
    plan = mending(after, msgspec.structs.replace(options, since=None), earlier)
    broken = tuple(one for one in found if round.judge.is_target(one))
    assert plan.recover is not None
    return _Then(
        steps=plan.steps,
        findings=broken,
        left=plan.left,
        foresees=(*plan.recover.foresees, *sent(plan.steps)),
    )


def _later(then: _Then) -> Iterator[LeftReport]:
    """What the stop breaks, with what the next round does about it."""
    by_hand = {(one.requirement, one.subject.lower()): one for one in then.left}
    for finding in then.findings:
        name = name_of(finding)
        steps = [one.summary for one in then.steps if name in one.because]
        held = by_hand.get((finding.requirement, str(finding.subject)))
        if not steps and held is not None:
            yield held
            continue
        yield LeftReport(
            finding=name,
            requirement=finding.requirement,
            subject=finding.subject.text,
            message=finding.message,
            kind="later",
            why=f"the next round: {', '.join(steps)}" if steps else "the next round mends it",
        )


def sent(steps: Iterable[StepReport]) -> Iterator[str]:
    """`METHOD path` of each step."""
    return (f"{one.request.method} {one.request.path}" for one in steps)


def is_foreseen(document: PlanDocument, foresees: Iterable[str]) -> bool:
    """Whoever agreed to that agreed to this: every request is one of those that were foreseen."""
    known = {one.lower() for one in foresees}
    return all(one.lower() in known for one in sent(document.steps))


# --- the cluster that is restarted -----------------------------------------------------------------------


def _one(chosen: Sequence[Environment]) -> ResourceId:
    clusters = dict.fromkeys(one.cluster for one in chosen)
    if len(clusters) != 1:
        raise CloisonError(
            "E520",
            f"{len(clusters)} clusters are in the input, and one at a time is restarted",
            because=", ".join(one.name for one in clusters),
            help="name one with --cluster",
        )
    return next(iter(clusters))


def _stop(cluster: ResourceId, azure: World) -> Change:
    body = azure.get(cluster) or {}
    properties = body.get("properties") or {}
    code = (properties.get("powerState") or {}).get("code")
    if str(code).lower() == STOPPED:
        raise CloisonError(
            "E521",
            f"{cluster.name} is stopped already",
            because="so what mends it begins with its start",
            help="leave --restart out",
        )
    return Change(
        method="POST",
        id=cluster,
        action="stop",
        api_version=api_of(cluster.type),
        summary=f"Stop {cluster.name}",
        safety=Safety.ASKS,
        why="everything that runs on it stops until it is started again, in the next round",
    )


# --- a start that somebody tells of ----------------------------------------------------------------------


def _with_start(snapshot: Snapshot, options: RecoverOptions) -> Snapshot:
    """The snapshot with an entry of the activity log for a start that somebody knows of."""
    if options.since is None:
        return snapshot
    clusters = {one.id for one in all_facets(snapshot) if isinstance(one, Cluster)}
    wanted = (options.cluster or "").lower()
    told = [
        restart.entry(id, options.since)
        for id in sorted(clusters)
        if not wanted or wanted in (id.name.lower(), str(id))
    ]
    return Snapshot([*snapshot.resources.values(), *told], snapshot.gaps, snapshot.inputs)


def moment(text: str) -> datetime | None:
    """A time as people write it, in UTC where they name no zone; None for a text that is none."""
    return restart.time(text)


def clusters_of(snapshot: Snapshot, options: RecoverOptions) -> set[str]:
    """Names of the clusters that are meant. Raises CloisonError as `mending` does."""
    _, chosen = judge_of(World(snapshot), options.planning)
    return {one.cluster.name for one in chosen}
