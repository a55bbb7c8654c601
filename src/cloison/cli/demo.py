"""Judge an example environment, to see what Cloison does.

The example is a first attempt as many make it: a private cluster and private endpoints, half of which pods never
reach. It comes with Cloison; nothing is needed but this command.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cloison.cli.check import FOR_PEOPLE, report_arguments, show

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

EXAMPLE = "examples/first_attempt.json"

INTRODUCTION = """\
An Azure Machine Learning workspace, its storage, key vault and registry, and an
AKS cluster whose pods are to reach all of them by private addresses only, as
Microsoft's article "Secure an Azure Kubernetes Service inferencing environment"
asks. Somebody has made the private endpoints and the DNS zones. Is it done?

"""
NEXT = """
What next
  cloison check FILE        judge an export or an ARM template of your own
  cloison check --help      what it reads, and how to report for CI
  cloison explain           every requirement, with its id
"""


def arguments(parser: ArgumentParser) -> None:
    """Say what it takes."""
    parser.usage = "cloison demo [OPTION…]"
    report_arguments(parser)
    parser.epilog = "It ends as `cloison check` does: with 1, since something in the example is broken."


def run(options: Namespace) -> int:
    """Check the example and show the report, with words around it where a person reads; the exit code of the check."""
    from cloison.check.run import run as check
    from cloison.cli import _output
    from cloison.sources import read

    report = check(read([example()]))
    told = options.format == FOR_PEOPLE and options.output is None
    if told:
        _output.show(INTRODUCTION)
    show(report, options)
    if told:
        _output.show(NEXT)
    return report.exit_code


def example() -> str:
    """The example's file, as it is called from here where that is shorter."""
    whole = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), *EXAMPLE.split("/"))
    try:
        relative = os.path.relpath(whole)
    except ValueError:
        # On another drive than the one we stand on.
        return whole
    return min(relative, whole, key=len)
