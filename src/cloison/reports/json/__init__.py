"""For programs: the report document itself, as `docs/report.schema.json` describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloison.reports.escape import safe_json

if TYPE_CHECKING:
    from cloison.check.document import Report
    from cloison.reports import View


def render(report: Report, _view: View) -> str:
    """JSON in the order of the document's fields. Characters that do not print are escaped; the values are the same."""
    return safe_json(report) + "\n"
