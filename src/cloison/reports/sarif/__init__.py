"""For code scanning: SARIF 2.1.0, requirements as rules, what does not hold as results at their place in the input.

An unknown is a result of its own weight, marked as such in its text and properties. SARIF has the kind `open` for
it, but that must be of level `none`, which viewers hide; and an unknown must not be dropped.
Source: OASIS, Static Analysis Results Interchange Format 2.1.0, sections 3.14, 3.27 to 3.38, 3.49, checked 2026-01-05.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloison.reports.escape import safe, safe_json
from cloison.reports.sarif.results import Json, notification, result
from cloison.reports.sarif.rules import rules

if TYPE_CHECKING:
    from cloison.check.document import Report
    from cloison.reports import View

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(report: Report, _view: View) -> str:
    """One log with one run."""
    known = rules(report)
    place = {rule["id"]: number for number, rule in enumerate(known)}
    driver: Json = {"name": "Cloison", "version": safe(report.tool), "rules": known}
    invocation: Json = {
        # It ran to its end: a report that says `broken` is a success of the tool.
        "executionSuccessful": True,
        "exitCode": report.exit_code,
        "toolExecutionNotifications": [notification(gap) for gap in report.gaps],
    }
    run: Json = {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "results": [
            result(finding, environment, place[finding.id])
            for environment in report.environments
            for finding in environment.requirements
            if finding.verdict in ("broken", "unknown")
        ],
        "columnKind": "unicodeCodePoints",
        "properties": {"verdict": report.verdict, "notes": [safe(note) for note in report.notes]},
    }
    return safe_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"
