"""Verdicts measured after a run, beside those that the plan promised."""

from __future__ import annotations

import msgspec

from cloison.check.document import EnvironmentReport, Report, RequirementReport
from cloison.plan.document import EnvironmentPlan, PlanDocument, VerdictWord

ORDER: tuple[VerdictWord, ...] = ("broken", "unknown", "met", "not-applicable")
"""The worst first."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One requirement for one subject."""

    requirement: str
    subject: str
    start: VerdictWord
    promised: VerdictWord
    measured: VerdictWord
    message: str = ""
    """What `check` says of it now, where it is worse than promised."""

    @property
    def kept(self) -> bool:
        """It is at least as good as promised."""
        return ORDER.index(self.measured) >= min(ORDER.index(self.promised), ORDER.index("met"))


def measured(document: PlanDocument, report: Report) -> tuple[Row, ...]:
    """Rows for all that the plan speaks of, and all that is worse than met now. report: of everything read again."""
    found: list[Row] = []
    for plan in document.environments:
        for now in report.environments:
            if _id(now.workspace) == _id(plan.workspace) and _id(now.cluster) == _id(plan.cluster):
                found += _rows(plan, now)
    return tuple(found)


def _rows(plan: EnvironmentPlan, now: EnvironmentReport) -> list[Row]:
    worst: dict[tuple[str, str], RequirementReport] = {}
    for one in now.requirements:
        key = (one.id, _id(one.subject))
        if key not in worst or ORDER.index(_word(one)) < ORDER.index(_word(worst[key])):
            worst[key] = one
    rows = []
    for stand in plan.stands:
        found = worst.pop((stand.requirement, _id(stand.subject)), None)
        rows.append(_row(stand.requirement, stand.subject, stand.start, stand.promised, found))
    for one in worst.values():
        if _word(one) in ("broken", "unknown"):
            rows.append(_row(one.id, one.subject, "met", "met", one))
    return rows


def _row(
    requirement: str, subject: str, start: VerdictWord, promised: VerdictWord, now: RequirementReport | None
) -> Row:
    word: VerdictWord = "not-applicable" if now is None else _word(now)
    row = Row(requirement=requirement, subject=subject, start=start, promised=promised, measured=word)
    return row if row.kept or now is None else msgspec.structs.replace(row, message=now.message)


def _word(one: RequirementReport) -> VerdictWord:
    """Its verdict, where it weighs; advice breaks nothing."""
    if one.severity == "note" and one.verdict in ("broken", "unknown"):
        return "met"
    return one.verdict


def _id(id: str | None) -> str:
    return (id or "").lower()
