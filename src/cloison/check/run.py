"""Running the requirements: the only place where `NotKnown` is caught."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cloison import __version__
from cloison.arm.ids import ResourceId
from cloison.check import asked
from cloison.check.discovery import Discovery
from cloison.check.document import EnvironmentReport, Report, RequirementReport, VerdictWord
from cloison.check.scenario import classify
from cloison.check.sound import refuse_unsound
from cloison.check.write import Writer, gap
from cloison.kinds import all_facets
from cloison.model.facts import NotKnown, Unknown
from cloison.model.snapshot import Snapshot
from cloison.model.verdict import Finding, HopKind, Severity, Verdict, unknown_step
from cloison.reach.fabric import Fabric
from cloison.requirements import Requirement
from cloison.requirements.case import Case


class CheckOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to judge of a snapshot."""

    cluster: str | None = None
    """Name or id of one cluster; None: every one."""
    workspace: str | None = None
    """Name or id of one workspace; None: every one."""
    dns: dict[str, str] = {}
    """DNS server address -> name or id of the network whose private zones it answers from."""
    only: tuple[str, ...] = ()
    """Requirement ids; empty: all."""


def run(snapshot: Snapshot, options: CheckOptions | None = None) -> Report:
    """The report on every environment of a snapshot. Raises CloisonError where the options name nothing."""
    options = options or CheckOptions()
    rules = asked.rules(options.only)
    fabric = Fabric(all_facets(snapshot))
    refuse_unsound(snapshot, fabric)
    fabric.forwarders = asked.forwarders(options.dns, fabric)
    discovery = Discovery(snapshot, fabric)
    chosen = asked.environments(discovery.environments, options.workspace, options.cluster)
    writer = Writer(snapshot)
    environments = tuple(_environment(Case(one, snapshot, fabric), rules, writer) for one in chosen)
    gaps = (*snapshot.gaps, *discovery.gaps)
    notes = (
        tuple(discovery.notes)
        if environments
        else ("no Azure Machine Learning environment here", *discovery.notes)
    )
    return Report(
        tool=__version__,
        inputs=snapshot.inputs,
        verdict=_overall([one.verdict for one in environments], hidden=bool(gaps)),
        environments=environments,
        gaps=tuple(gap(one) for one in dict.fromkeys(gaps)),
        notes=notes,
    )


def judge(case: Case, rules: Iterable[Requirement]) -> list[tuple[Requirement, Finding]]:
    """Every finding of the requirements on one environment: one or more for each subject."""
    return [(rule, finding) for rule in rules for finding in _findings(case, rule)]


def _environment(case: Case, rules: list[Requirement], writer: Writer) -> EnvironmentReport:
    findings = tuple(writer.finding(finding, rule.title) for rule, finding in judge(case, rules))
    workspace = case.environment.workspace
    return EnvironmentReport(
        workspace=workspace.text if workspace is not None else None,
        cluster=case.environment.cluster.text,
        link=case.environment.link.value,
        verdict=_verdict(findings),
        scenario=classify(case),
        paths=tuple(writer.path(path) for path in case.paths),
        requirements=findings,
    )


def _findings(case: Case, rule: Requirement) -> list[Finding]:
    whole = case.environment.workspace or case.environment.cluster
    try:
        subjects = list(rule.subjects(case))
    except NotKnown as missing:
        return [_unknown(rule, whole, missing.unknown)]
    if not subjects:
        text = "nothing in this environment that it speaks of"
        return [_plain(rule, Verdict.NOT_APPLICABLE, whole, text)]
    return [finding for subject in subjects for finding in _on_subject(case, rule, subject)]


def _on_subject(case: Case, rule: Requirement, subject: ResourceId) -> list[Finding]:
    found: list[Finding] = []
    try:
        # One by one: what was found before something is not known still counts.
        for finding in rule.decide(case, subject):
            found.append(finding)  # noqa: PERF402  # a comprehension would lose the findings before the exception
    except NotKnown as missing:
        found.append(_unknown(rule, subject, missing.unknown))
    return found or [_plain(rule, Verdict.MET, subject, rule.title)]


def _plain(rule: Requirement, verdict: Verdict, subject: ResourceId, message: str) -> Finding:
    return Finding(
        requirement=rule.id, verdict=verdict, subject=subject, message=message, severity=Severity.NOTE
    )


def _unknown(rule: Requirement, subject: ResourceId, unknown: Unknown) -> Finding:
    return Finding(
        requirement=rule.id,
        verdict=Verdict.UNKNOWN,
        subject=subject,
        message=unknown.why,
        severity=Severity.WARNING,
        evidence=(unknown_step(HopKind.DOOR, unknown),),
        ask=unknown.ask,
    )


def _verdict(findings: Iterable[RequirementReport]) -> VerdictWord:
    """The worst of the findings; notes advise and break nothing."""
    weighty = {finding.verdict for finding in findings if finding.severity != "note"}
    if "broken" in weighty:
        return "broken"
    return "unknown" if "unknown" in weighty else "met"


def _overall(verdicts: list[VerdictWord], *, hidden: bool) -> VerdictWord:
    if "broken" in verdicts:
        return "broken"
    if "unknown" in verdicts or (hidden and not verdicts):
        return "unknown"
    return "met" if verdicts else "not-applicable"
