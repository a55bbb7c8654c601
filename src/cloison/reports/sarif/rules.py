"""Rules: one for each requirement that the report speaks of, with its page as help."""

from __future__ import annotations

import re

from cloison.check.document import Report
from cloison.check.pages import page
from cloison.reports.escape import safe
from cloison.reports.sarif.results import LEVEL, Json, doubled, message

_MARKUP = re.compile(r"^#+ |[`*]", re.MULTILINE)
_HEAVIEST_FIRST = ("error", "warning", "note")


def rules(report: Report) -> list[Json]:
    """In the order in which the requirements stand in the report, each once."""
    titles: dict[str, str] = {}
    weights: dict[str, set[str]] = {}
    for environment in report.environments:
        for finding in environment.requirements:
            titles.setdefault(finding.id, finding.title)
            if finding.verdict in ("broken", "unknown"):
                weights.setdefault(finding.id, set()).add(finding.severity)
    return [_rule(id, title, weights.get(id, set())) for id, title in titles.items()]


def _rule(id: str, title: str, weights: set[str]) -> Json:
    # A report of another version of Cloison may hold a requirement that this one does not have.
    text = page(id) or title
    heaviest = next((word for word in _HEAVIEST_FIRST if word in weights), "error")
    return {
        "id": safe(id),
        "shortDescription": message(title),
        "help": {"text": doubled(_MARKUP.sub("", text)).replace("](", "] ("), "markdown": doubled(text)},
        "defaultConfiguration": {"level": LEVEL[heaviest]},
    }
