"""From evidence to document: model objects in, plain report data out."""

from __future__ import annotations

from zlib import crc32

from cloison.check.document import Evidence, FixReport, GapReport, Hop, PathReport, RequirementReport
from cloison.model.facts import Cite
from cloison.model.snapshot import Gap, Snapshot
from cloison.model.verdict import Finding, Fix, Path, Step


class Writer:
    """Writes the evidence of one snapshot; places in files are looked up once each."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._evidence: dict[Cite, Evidence] = {}
        self._hops: dict[Step, Hop] = {}

    def path(self, path: Path) -> PathReport:
        """One path with its hops."""
        return PathReport(
            pool=path.pool,
            resource=path.resource.text,
            service=path.service,
            subresource=path.subresource,
            host=path.host,
            ports=path.ports,
            needed=path.needed,
            verdict=path.verdict.value,
            address=path.address,
            endpoint=path.endpoint.text if path.endpoint is not None else None,
            hops=tuple(self.hop(step) for step in path.steps),
        )

    def finding(self, finding: Finding, title: str) -> RequirementReport:
        """One finding under its requirement's title."""
        return RequirementReport(
            id=finding.requirement,
            title=title,
            verdict=finding.verdict.value,
            severity=finding.severity.value,
            subject=finding.subject.text,
            message=finding.message,
            evidence=tuple(self.hop(step) for step in finding.evidence),
            fixes=tuple(_fix(fix) for fix in finding.fixes),
            ask=finding.ask,
            finding=name_of(finding),
        )

    def hop(self, step: Step) -> Hop:
        """One step with the settings that decided it."""
        found = self._hops.get(step)
        if found is None:
            evidence = tuple(self._cited(cite) for cite in step.cites)
            found = Hop(
                hop=step.hop.value,
                outcome=step.outcome.value,
                text=step.text,
                evidence=evidence,
                ask=step.ask,
            )
            self._hops[step] = found
        return found

    def _cited(self, cite: Cite) -> Evidence:
        found = self._evidence.get(cite)
        if found is None:
            resource = self._snapshot.get(cite.resource)
            place = resource.place(cite.pointer) if resource is not None else None
            found = Evidence(
                resource=cite.resource.text,
                pointer=cite.pointer,
                origin=cite.origin.value,
                source=cite.source,
                file=place.file if place is not None else None,
                line=place.line or None if place is not None else None,
                column=place.column or None if place is not None else None,
            )
            self._evidence[cite] = found
        return found


def name_of(finding: Finding) -> str:
    """Short name of a finding that stays the same from run to run: `S04-3f9a1c02`."""
    return f"{finding.requirement}-{crc32(f'{finding.subject}|{finding.message}'.encode()):08x}"


def gap(one: Gap) -> GapReport:
    """A gap as plain data."""
    return GapReport(what=one.what, why=one.why, ask=one.ask, scope=one.scope)


def _fix(fix: Fix) -> FixReport:
    return FixReport(
        action=fix.action,
        target=fix.target,
        summary=fix.summary,
        safety=fix.safety.value,
        why=fix.why,
        pointer=fix.pointer,
        body=fix.body,
    )
