"""Explain a requirement, or one finding hop by hop.

S07 prints what the requirement asks, why, and what can be done. S07-3f9a1c02, the name of a finding in a report, prints
its whole trace: every hop, the setting that decided it by resource id, pointer and place in the file, and the requests
that would mend it. A finding needs the SOURCE that it was found in, with the options it was found with; a JSON report
is a SOURCE too. Without anything, all requirements are listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloison.cli._sources import color_argument, judged, source_arguments
from cloison.model.errors import CloisonError, near

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from cloison.check.document import Report
    from cloison.reports import View

EXAMPLES = """\
examples
  cloison explain S07
  cloison explain S07-3f9a1c02 export.json
  cloison explain S07-3f9a1c02 report.json      from cloison check … --format json
"""


def arguments(parser: ArgumentParser) -> None:
    """Say what it takes."""
    parser.usage = "cloison explain [OPTION…] [ID [SOURCE…]]"
    asked = parser.add_argument_group("what to explain")
    asked.add_argument("what", metavar="ID", nargs="?", help="a requirement, or a finding of a report")
    asked.add_argument(
        "sources", metavar="SOURCE", nargs="*", help="what the finding was found in, or a JSON report"
    )
    source_arguments(parser)
    color_argument(parser.add_argument_group("how to show it"))
    parser.epilog = EXAMPLES


def run(options: Namespace) -> int:
    """Print what was asked for; 0."""
    from cloison.cli import _output

    view = _output.view(options.color)
    if options.what is None:
        text = _listed(view)
    elif "-" in options.what:
        text = _finding(options.what, options, view)
    else:
        text = _requirement(options.what, view)
    _output.show(text)
    return 0


def _listed(view: View) -> str:
    """Every requirement with its title."""
    from cloison.reports.layout import Sheet
    from cloison.requirements import requirements

    sheet = Sheet(view)
    for one in requirements():
        sheet.entry(one.id, one.title, indent=2, at=7, label_style="bold")
    sheet.blank()
    sheet.text("cloison explain ID says what one of them asks, and why")
    return sheet.lines()


def _requirement(name: str, view: View) -> str:
    from cloison.check.asked import rules
    from cloison.check.pages import page
    from cloison.cli._page import rendered

    (rule,) = rules([name])
    return rendered(page(rule.id) or f"# {rule.id}: {rule.title}\n", view)


def _finding(name: str, options: Namespace, view: View) -> str:
    from cloison.reports.trace import trace

    if not options.sources:
        raise CloisonError(
            "E304",
            f"{name} is a finding, and no SOURCE says where",
            help=f"name what it was found in: cloison explain {name} SOURCE…",
        )
    report = _told(options)
    known = {
        one.finding: (environment, one)
        for environment in report.environments
        for one in environment.requirements
    }
    found = next((one for id, one in known.items() if id.lower() == name.lower()), None)
    if found is None:
        raise CloisonError(
            "E305",
            f"no finding '{name}' in {', '.join(options.sources)}{near(name, known)}",
            because="a finding keeps its name only while its subject and its message stay the same",
            help="check again, with the same options, for the names of today",
        )
    return trace(report, *found, view)


def _told(options: Namespace) -> Report:
    """The report that the sources are, or that a check of them gives."""
    from cloison.cli._reports import read_report

    if len(options.sources) == 1:
        report = read_report(options.sources[0])
        if report is not None:
            return report
    return judged(options.sources, options)
