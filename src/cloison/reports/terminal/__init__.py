"""For people: the article's table filled in, the verdict of every name, what is broken and what would mend it.

Readable in 80 columns and without colours. What is met takes one line; what repeats itself is said once.
"""

from __future__ import annotations

from cloison.check.document import EnvironmentReport, GapReport, Report
from cloison.reports import View
from cloison.reports.escape import safe
from cloison.reports.layout import Sheet
from cloison.reports.names import Names
from cloison.reports.parts import MOST_ENVIRONMENTS, legend, outcome, table
from cloison.reports.terminal.findings import findings
from cloison.reports.terminal.paths import paths
from cloison.reports.words import STYLE, counted

# More are counted, not told; `--format json` has all. Guesses at what somebody reads.
MOST_INPUTS = 4
MOST_GAPS = 12


def render(report: Report, view: View) -> str:
    """The report for a terminal of that width."""
    names = Names(report)
    sheet = Sheet(view)
    _opening(sheet, report, names)
    shown = report.environments
    if len(shown) > 1:
        _overview(sheet, report, names)
        shown = tuple(one for one in shown if one.verdict != "met")
    for environment in shown[:MOST_ENVIRONMENTS]:
        _environment(sheet, environment, names)
    left = len(shown) - MOST_ENVIRONMENTS
    if left > 0:
        sheet.heading(
            f"{counted(left, 'more environment')} in the list above that {'is' if left == 1 else 'are'} not met"
        )
        sheet.text("--workspace and --cluster choose what is told, --format json holds all of them", indent=2)
    _gaps(sheet, report)
    legend(sheet, names.legend)
    _closing(sheet, report, names)
    return sheet.lines()


def _opening(sheet: Sheet, report: Report, names: Names) -> None:
    inputs = [names.file(one) for one in report.inputs]
    more = [f"{len(inputs) - MOST_INPUTS:,} more"] if len(inputs) > MOST_INPUTS else []
    sheet.text(f"Cloison {safe(report.tool)} read {', '.join([*inputs[:MOST_INPUTS], *more]) or 'nothing'}")


def _overview(sheet: Sheet, report: Report, names: Names) -> None:
    sheet.heading(counted(len(report.environments), "environment"))
    for one in report.environments:
        sheet.entry(one.verdict, names.environment(one), indent=2, at=18, label_style=STYLE[one.verdict])


def _environment(sheet: Sheet, environment: EnvironmentReport, names: Names) -> None:
    sheet.heading(
        f"{names.environment(environment)}: {environment.verdict}", f"bold {STYLE[environment.verdict]}"
    )
    if environment.link == "intended":
        sheet.text("No compute attaches this cluster yet; judged as if one did.", indent=2)
    sheet.text(safe(environment.scenario.title), indent=2)
    table(sheet, environment, names)
    paths(sheet, environment, names)
    findings(sheet, environment, names)


def _gaps(sheet: Sheet, report: Report) -> None:
    if not report.gaps:
        return
    sheet.heading("Not read", "bold yellow")
    asked: dict[tuple[str, str], list[GapReport]] = {}
    for gap in report.gaps:
        asked.setdefault((gap.why, gap.ask), []).append(gap)
    for same in list(asked.values())[:MOST_GAPS]:
        first, *others = same
        also = f" and {counted(len(others), 'other')}" if others else ""
        sheet.text(f"{safe(first.what)}{also}: {safe(first.why)}", indent=2)
        if first.ask:
            sheet.entry("supply", safe(first.ask), indent=4, at=12, label_style="yellow")
    left = len(asked) - MOST_GAPS
    if left > 0:
        sheet.text(f"and {counted(left, 'other')}, all of them in --format json", indent=2)


def _closing(sheet: Sheet, report: Report, names: Names) -> None:
    sheet.blank()
    for note in report.notes:
        sheet.text(f"note: {safe(note)}")
    standing = outcome(sheet, report)
    example = standing.example
    if example is not None:
        # With several inputs, some are parameter files, and options were given that the report does not hold.
        source = names.quoted(report.inputs[0]) if len(report.inputs) == 1 else "SOURCE…"
        sheet.blank()
        sheet.verbatim(f"cloison explain {safe(example)} {source}")
        sheet.text("shows that finding hop by hop, with whole ids", indent=4, style="dim")
        sheet.verbatim(f"cloison explain {safe(example.partition('-')[0])}")
        sheet.text("says what that requirement asks, and why", indent=4, style="dim")
