"""For people in a hurry: the article's table, the names that are not private, and a line for each thing that is broken.

What decides each, and what would mend it, stands in the format `terminal`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from cloison.check.document import EnvironmentReport, Report, RequirementReport
from cloison.reports import View
from cloison.reports.escape import safe
from cloison.reports.layout import Sheet
from cloison.reports.names import Names
from cloison.reports.parts import MOST_ENVIRONMENTS, by_pools, legend, line, outcome, table
from cloison.reports.standing import Standing
from cloison.reports.words import STYLE, counted, listed

MOST_MESSAGES = 3
"""Of one requirement; more are counted. A guess at what somebody reads."""
AT = 7
FINE = frozenset({"private", "service-endpoint"})


def render(report: Report, view: View) -> str:
    """The report for a terminal of that width."""
    names, sheet = Names(report), Sheet(view)
    for environment in report.environments[:MOST_ENVIRONMENTS]:
        sheet.heading(
            f"{names.environment(environment)}: {environment.verdict}", f"bold {STYLE[environment.verdict]}"
        )
        sheet.text(safe(environment.scenario.title), indent=2)
        table(sheet, environment, names)
        _names(sheet, environment, names)
        _findings(sheet, environment, names)
    left = len(report.environments) - MOST_ENVIRONMENTS
    if left > 0:
        sheet.heading(f"and {counted(left, 'more environment')}")
    if report.gaps:
        sheet.heading(f"{counted(len(report.gaps), 'thing')} could not be read", "bold yellow")
    legend(sheet, names.legend)
    sheet.blank()
    for note in report.notes:
        sheet.text(f"note: {safe(note)}")
    outcome(sheet, report)
    return sheet.lines()


def _names(sheet: Sheet, environment: EnvironmentReport, names: Names) -> None:
    """How many of the names that pods need fare well, and each that does not."""
    for pools, paths in by_pools(path for path in environment.paths if path.needed):
        told = Counter(path.verdict for path in paths)
        words = listed(f"{number} {word}" for word, number in told.most_common())
        pool = "pool" if len(pools) == 1 else "pools"
        sheet.blank()
        sheet.text(
            f"{counted(len(paths), 'name')} that {pool} {listed(map(safe, pools))} must reach: {words}",
            indent=2,
        )
        for path in paths:
            if path.verdict not in FINE:
                line(sheet, path, names)


def _findings(sheet: Sheet, environment: EnvironmentReport, names: Names) -> None:
    standing = Standing(environment.requirements)
    for word, found in (("Broken", standing.broken), ("Unknown", standing.unknown)):
        if found:
            sheet.heading(word, f"bold {STYLE[word.lower()]}")
        for id, ones in _by_requirement(found).items():
            sheet.entry(id, safe(ones[0].title), indent=2, at=AT, style="bold", label_style="bold")
            messages = list(dict.fromkeys(names.text(one.message) for one in ones))
            for message in messages[:MOST_MESSAGES]:
                sheet.entry("", message, at=AT)
            if len(messages) > MOST_MESSAGES:
                sheet.entry("", f"and {len(messages) - MOST_MESSAGES} more", at=AT)


def _by_requirement(found: Iterable[RequirementReport]) -> dict[str, list[RequirementReport]]:
    groups: dict[str, list[RequirementReport]] = {}
    for one in found:
        groups.setdefault(one.id, []).append(one)
    return groups
