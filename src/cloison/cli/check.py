"""Judge live environments, exports and templates.

Reads every SOURCE into one picture, finds the Azure Machine Learning environments in it, follows each name that pods
ask for, and says for each requirement whether it is met, which setting decides, and what would mend it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cloison.cli._parser import EXIT_CODES
from cloison.cli._sources import color_argument, judged, source_arguments
from cloison.reports import formats

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from cloison.check.document import Report

FOR_PEOPLE = "terminal"
"""The format whose signs may be replaced where a terminal does not know them; others are written as they are."""

EXAMPLES = """\
examples
  cloison check export.json
  cloison check azuredeploy.json --parameters prod.json --set location=westeurope
  cloison check hub.json spoke.json --only S07 --dns 10.0.0.4=vnet-hub
  cloison check export/ --format sarif --output cloison.sarif
"""


def arguments(parser: ArgumentParser) -> None:
    """Say what it takes."""
    parser.usage = "cloison check [OPTION…] SOURCE…"
    parser.add_argument_group("what to read").add_argument(
        "sources",
        metavar="SOURCE",
        nargs="+",
        help="an export of live resources or an ARM template, as a file, a folder of files, or - for standard input; "
        "or azure: and the id of a subscription, a resource group, a workspace or a cluster",
    )
    source_arguments(parser)
    report_arguments(parser)
    parser.epilog = f"{EXAMPLES}\n{EXIT_CODES}"


def report_arguments(parser: ArgumentParser) -> None:
    """The options of the report, for every command that shows one."""
    reporting = parser.add_argument_group("how to report")
    reporting.add_argument(
        "--format",
        choices=formats(),
        default=FOR_PEOPLE,
        help="%(choices)s (default: %(default)s)",
        metavar="FORMAT",
    )
    reporting.add_argument(
        "-o", "--output", metavar="FILE", help="write the report there (default: standard output)"
    )
    color_argument(reporting)


def run(options: Namespace) -> int:
    """Check the sources and show the report; its exit code."""
    report = judged(options.sources, options)
    show(report, options)
    return report.exit_code


def show(report: Report, options: Namespace) -> None:
    """Write a report where and as the options say."""
    from cloison.cli import _output
    from cloison.reports import render

    text = render(options.format, report, _output.view(options.color, to_file=options.output is not None))
    if options.output is None:
        _output.show(text, exact=options.format != FOR_PEOPLE)
    else:
        _output.write(options.output, text)
        print(f"{report.verdict}: {options.format} report written to {options.output}", file=sys.stderr)
