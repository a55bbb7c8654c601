"""Trace: one finding in full, hop by hop, with whole ids, settings, places and the requests that would mend it.

Ids, pointers, bodies and what to supply stand on lines of their own, however long, so that they can be copied.
"""

from __future__ import annotations

from cloison.check.document import EnvironmentReport, Evidence, FixReport, Hop, Report, RequirementReport
from cloison.reports import View
from cloison.reports.escape import safe, safe_json
from cloison.reports.layout import Sheet
from cloison.reports.names import Names
from cloison.reports.words import SAFETY, STYLE

AT = 20
ORIGINS = {
    "stated": "",
    "default": "left out, so Azure's default applies",
    "null": "null, which Azure takes as left out",
    "derived": "follows from other settings",
}


def trace(report: Report, environment: EnvironmentReport, finding: RequirementReport, view: View) -> str:
    """The page of one finding."""
    sheet = Sheet(view)
    names = Names(report)
    style = STYLE[finding.verdict]
    weight = f", {finding.severity}" if finding.verdict in ("broken", "unknown") else ""
    sheet.text(f"{safe(finding.finding)}: {finding.verdict}{weight}", style=f"bold {style}")
    sheet.text(f"{safe(finding.id)} asks: {safe(finding.title)}.")
    sheet.blank()
    sheet.text(safe(finding.message), style="bold")
    sheet.blank()
    sheet.verbatim(f"subject      {safe(finding.subject)}")
    sheet.verbatim(f"environment  {names.environment(environment)}")
    if finding.evidence:
        sheet.heading("Hop by hop" if len(finding.evidence) > 1 else "What decided")
        for number, hop in enumerate(finding.evidence, 1):
            _hop(sheet, number, hop)
    if finding.fixes:
        sheet.heading("What would mend it")
        for number, fix in enumerate(finding.fixes, 1):
            _fix(sheet, number, fix)
    if finding.ask:
        sheet.heading("What to supply to decide it")
        sheet.verbatim(safe(finding.ask), indent=2)
    return sheet.lines()


def _hop(sheet: Sheet, number: int, hop: Hop) -> None:
    label = f"{number:2} {hop.hop:7}{hop.outcome}"
    sheet.entry(label, safe(hop.text), indent=1, at=AT, label_style=STYLE[hop.outcome])
    for evidence in hop.evidence:
        _cited(sheet, evidence)
    if hop.ask:
        sheet.entry("", f"supply: {safe(hop.ask)}", indent=1, at=AT, style="yellow")


def _cited(sheet: Sheet, evidence: Evidence) -> None:
    sheet.verbatim(safe(evidence.resource), indent=AT, style="cyan")
    how = ": ".join(filter(None, (ORIGINS[evidence.origin], safe(evidence.source))))
    pointer = f"#{safe(evidence.pointer)}" if evidence.pointer else "the resource as a whole"
    sheet.verbatim(f"  {pointer}", indent=AT, style="cyan")
    if how:
        sheet.text(how, indent=AT + 2, style="dim")
    if evidence.file is not None:
        where = ":".join(map(str, filter(None, (safe(evidence.file), evidence.line, evidence.column))))
        sheet.verbatim(f"  {where}", indent=AT, style="dim")


def _fix(sheet: Sheet, number: int, fix: FixReport) -> None:
    sheet.entry(f"{number:2}", safe(fix.summary), indent=1, at=4, style="bold")
    sheet.entry(
        fix.safety, f"{safe(fix.why)} ({SAFETY[fix.safety]})", indent=4, at=12, label_style=STYLE[fix.safety]
    )
    pointer = f"#{safe(fix.pointer)}" if fix.pointer else ""
    sheet.verbatim(f"{fix.action:8}{safe(fix.target)}{pointer}", indent=4, style="cyan")
    if fix.body:
        sheet.verbatim(safe_json(fix.body), indent=12, style="dim")
