"""For people: the article's table filled in, the verdict of every name, what is broken and what would mend it.

Readable in 80 columns and without colours. What is met takes one line; what repeats itself is said once.
"""

from __future__ import annotations

from cloison.check.document import EnvironmentReport, GapReport, Report
from cloison.reports import View
from cloison.reports.escape import safe
from cloison.reports.layout import Sheet, columns
from cloison.reports.names import Names
from cloison.reports.terminal.findings import Standing, findings
from cloison.reports.terminal.paths import paths
from cloison.reports.words import STYLE, access_style, counted

# More are counted, not told; `--format json` has all. Guesses at what somebody reads.
MOST_INPUTS = 4
MOST_GAPS = 12
MOST_ENVIRONMENTS = 5


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
    legend(sheet, names)
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


def table(sheet: Sheet, environment: EnvironmentReport, names: Names) -> None:
    """The article's table, filled in."""
    rows = [(row.what, names.resource(row.resource), safe(row.access)) for row in environment.scenario.rows]
    at = 22 + min(max((columns(name) for _, name, _ in rows), default=0), 36) + 2
    sheet.blank()
    sheet.entry(f"{'who':20}resource", "reached by", indent=2, at=at, label_style="dim", style="dim")
    for what, name, access in rows:
        sheet.entry(f"{what:20}{name}", access, indent=2, at=at, style=access_style(access))


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


def legend(sheet: Sheet, names: Names) -> None:
    """What was shortened, and the whole of it."""
    if not names.legend:
        return
    sheet.heading("Short for")
    at = 4 + max(columns(short) for short, _ in names.legend)
    for short, whole in names.legend:
        sheet.entry(short, whole, indent=2, at=at, style="dim")


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


def outcome(sheet: Sheet, report: Report) -> Standing:
    """The verdict over everything, and how many requirements stand how; these are given back."""
    standing = Standing(one for environment in report.environments for one in environment.requirements)
    if report.environments:
        style = f"bold {STYLE[report.verdict]}"
        sheet.entry(report.verdict, standing.counts, at=len(report.verdict) + 2, label_style=style)
    else:
        why = "; what was not read may hold one" if report.verdict == "unknown" else ""
        sheet.text(f"Nothing was judged{why}.", style="bold yellow")
    return standing
