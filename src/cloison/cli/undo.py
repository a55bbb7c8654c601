"""Plan the way back of a run.

Reads a plan and the journal of its run, and what is there now, and plans what takes the run back: deletes only what the
run made, sets back only what nobody has set otherwise since, and makes again what it deleted. Doors that stood open
before the run are open again at the end; the plan says which. Nothing is sent: `cloison apply` carries it out like any
plan.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cloison.cli._sources import color_argument, dns_argument, live_arguments, pairs, snapshot_of

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

EXAMPLES = """\
examples
  cloison undo plan.json                                   shows the way back of the run of this plan
  cloison undo plan.json -o undo.json                      and writes it, for `cloison apply undo.json`

exit codes
  0  all of it can be taken back, and that is proven
  1  something stays, and the end of the plan says why
  2  it could not run
"""


def arguments(parser: ArgumentParser) -> None:
    """Say what it takes."""
    parser.usage = "cloison undo [OPTION…] PLAN [SOURCE…]"
    reading = parser.add_argument_group("what to take back")
    reading.add_argument("plan", metavar="PLAN", help="the plan that was carried out")
    reading.add_argument(
        "sources",
        metavar="SOURCE",
        nargs="*",
        help="an export of what is there now (default: it is read live, as `cloison apply` does)",
    )
    reading.add_argument("--journal", metavar="FILE", help="the journal of the run (default: PLAN.journal)")
    dns_argument(reading)
    reading.add_argument(
        "--accept-asks",
        action="store_true",
        help="record that those who may notice have agreed",
    )
    live_arguments(parser)
    writing = parser.add_argument_group("where to write")
    writing.add_argument(
        "-o", "--output", metavar="FILE", help="write the plan there, as JSON; - for standard output"
    )
    color_argument(writing)
    parser.epilog = EXAMPLES


def run(options: Namespace) -> int:
    """Plan the way back, show and write it; the exit code."""
    from pathlib import Path

    from cloison.apply.plans import load
    from cloison.apply.undo.done import journal_of, run_of
    from cloison.apply.undo.live import bodies
    from cloison.apply.undo.making import undo
    from cloison.cli import _output
    from cloison.cli.apply import sources_of, where_of
    from cloison.cli.plan import as_json
    from cloison.reports.plan import render

    document = load(Path(options.plan))
    name = options.journal or f"{options.plan}.journal"
    done = run_of(document, journal_of(Path(name)), options.plan, name)
    snapshot = snapshot_of(options.sources or sources_of(document), options)
    now = {} if options.sources else bodies(done, where_of(options))
    made = undo(done, snapshot, now, dns=pairs("--dns", options.dns), accept_asks=options.accept_asks)
    if options.output == "-":
        _output.show(as_json(made), exact=True)
        return made.exit_code
    _output.show(render(made, _output.view(options.color)))
    if options.output is not None:
        _output.write(options.output, as_json(made))
        print(f"plan written to {options.output}", file=sys.stderr)
    return made.exit_code
