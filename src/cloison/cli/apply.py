"""Carry out a plan.

Sends exactly the requests of a plan that `cloison plan` wrote and proved, wave by wave, and writes each down before it
is sent. It can be stopped or killed at any time, and goes on with --resume. Before each request its target is read;
where somebody changed it since, nothing is sent. At the end everything is read again, and the verdicts
are shown beside those that were promised.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from cloison.cli import _preflight
from cloison.cli._sending import sending_arguments
from cloison.cli._sources import color_argument, live_arguments
from cloison.model.errors import CloisonError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from cloison.apply.executor import Result
    from cloison.apply.verdicts import Row
    from cloison.apply.work import Where, Work
    from cloison.model.snapshot import Snapshot
    from cloison.plan.document import PlanDocument
    from cloison.reports import View

NEEDS_A_PERSON, STOPPED = 1, 3
EXAMPLES = """\
examples
  cloison apply plan.json                                  shows the plan, asks, carries it out
  cloison apply plan.json --yes --hash 3f9a1c02b7d4        for CI: exactly the plan that was reviewed
  cloison apply plan.json --resume                         goes on after a stop, a kill or an error

exit codes
  0  all steps are done, and the verdicts are as promised
  1  a person is needed: the last line says for what
  2  it could not run; nothing was sent
  3  it stopped at a safe point: go on with --resume
"""


def arguments(parser: ArgumentParser) -> None:
    """Say what it takes."""
    parser.usage = "cloison apply [OPTION…] PLAN"
    parser.add_argument_group("what to carry out").add_argument(
        "plan", metavar="PLAN", help="a file that `cloison plan -o` wrote"
    )
    running = sending_arguments(parser)
    running.add_argument(
        "--journal", metavar="FILE", help="where the run is written down (default: PLAN.journal)"
    )
    live_arguments(parser)
    color_argument(parser.add_argument_group("how to report"))
    parser.epilog = EXAMPLES


def run(options: Namespace) -> int:
    """Show, ask, carry out, read again; the exit code."""
    from pathlib import Path

    from cloison.apply.plans import agreed, load, planned
    from cloison.apply.work import Work
    from cloison.cli import _output

    document = load(Path(options.plan))
    steps = planned(document, options.plan)
    view = _output.view(options.color)
    if not (options.yes or options.resume):
        _show(document, view)
    agreed(document, hash=options.hash, accept_asks=options.accept_asks)
    if not document.steps:
        print("nothing to do", file=sys.stderr)
        return 0
    journal = Path(options.journal or f"{options.plan}.journal")
    if not options.resume:
        ask(document, options)
    with Work(steps, journal, resume=options.resume) as work:
        if options.resume and not work.begun:
            # It was killed before anything was written down: nobody knows whether somebody agreed.
            ask(document, options)
        return carried_out(work, document, options, view)


def carried_out(work: Work, document: PlanDocument, options: Namespace, view: View) -> int:
    """Carry a plan out whose journal is open, and measure what came of it; the exit code."""
    from cloison.apply.proving import prove
    from cloison.cli._progress import Progress

    where = where_of(options)
    if work.begun:
        count = len(work.planned.steps)
        print(f"going on with {work.path}: {len(work.done)} of {count} steps are done", file=sys.stderr)
    else:
        snapshot = read_again(document, options)
        states = prove(work.planned, snapshot, document.back)
        _preflight.refuse(document, snapshot, sources_of(document), options)
        print(f"proven once more on what is there now, in {states:,} states", file=sys.stderr)
    progress = Progress(work.planned, work.done)
    try:
        result = work.carry_out(where, progress)
    finally:
        progress.end()
    return _told(result, work, document, options, view)


def _told(result: Result, work: Work, document: PlanDocument, options: Namespace, view: View) -> int:
    """Say how it ended, and measure; the exit code."""
    from cloison.apply.run import Outcome
    from cloison.apply.verdicts import measured
    from cloison.check.run import run as check
    from cloison.cli import _output
    from cloison.reports.escape import safe

    print(f"{result.outcome.value}: {safe(result.line)}", file=sys.stderr)
    print(f"journal {work.path}, head {result.head}", file=sys.stderr)
    if result.outcome is Outcome.STOPPED:
        return STOPPED
    if result.outcome is Outcome.HUMAN:
        return NEEDS_A_PERSON
    rows = measured(document, check(read_again(document, options)))
    _output.show(verdicts(rows, view))
    if any(one.kind == "later" for one in document.left):
        print("what was left for the next plan can be planned now", file=sys.stderr)
    return 0 if all(row.kept for row in rows) else NEEDS_A_PERSON


# --- before ----------------------------------------------------------------------------------------------


def _show(document: PlanDocument, view: View) -> None:
    from cloison.cli import _output
    from cloison.reports.plan import render

    _output.show(render(document, view))


def ask(document: PlanDocument, options: Namespace) -> None:
    """Raises CloisonError E515 unless somebody agrees to this very plan."""
    if options.yes or not sys.stdin.isatty():
        if options.hash is None:
            raise CloisonError(
                "E515",
                "nobody agreed to this plan",
                because="without a person at a terminal, its hash says that somebody reviewed it",
                help=f"review it, then add --yes --hash {document.digest[:16]}",
            )
        return
    from cloison.reports.words import counted

    steps = counted(len(document.steps), "step")
    told = input(f"\ncarry out the {steps} of plan {document.digest[:12]}? [y/N] ")
    if told.strip().lower() not in ("y", "yes"):
        raise CloisonError("E515", "nobody agreed to this plan", help="nothing was sent")


def where_of(options: Namespace) -> Where:
    """Where requests go, as options and the environment say."""
    from pathlib import Path

    from cloison.apply.work import Where
    from cloison.arm.client import PUBLIC_ARM

    ca: str | None = options.ca or os.environ.get("CLOISON_CA")
    return Where(
        endpoint=options.endpoint or os.environ.get("CLOISON_ENDPOINT") or PUBLIC_ARM,
        ca=Path(ca) if ca else None,
        deadline_s=vars(options).get("deadline", 120.0) * 60,
    )


def read_again(document: PlanDocument, options: Namespace) -> Snapshot:
    """Everything near the plan's environments, read live."""
    from cloison.cli._sources import snapshot_of

    return snapshot_of(sources_of(document), options)


def sources_of(document: PlanDocument) -> list[str]:
    """What the plan was made from where that was live, else its environments, live."""
    live = [one for one in document.inputs if one.startswith("azure:")]
    files = [one for one in document.inputs if one.lower().endswith(".toml")]
    if live and len(live) + len(files) == len(document.inputs):
        return live
    if files:
        # What is to be made is read by the groups that it is made in.
        groups = ("/".join(step.request.path.split("/")[:5]) for step in document.steps)
        clusters = (one.cluster for one in document.environments)
        return [f"azure:{','.join(dict.fromkeys((*groups, *clusters)))}"]
    return list(dict.fromkeys(f"azure:{one.workspace or one.cluster}" for one in document.environments))


# --- afterwards ------------------------------------------------------------------------------------------


def verdicts(rows: tuple[Row, ...], view: View) -> str:
    """The verdicts as measured, beside those promised."""
    from cloison.reports.escape import safe
    from cloison.reports.layout import Sheet
    from cloison.reports.words import STYLE

    sheet = Sheet(view)
    broken = sum(not row.kept for row in rows)
    sheet.heading(
        f"Measured afterwards: {broken} of {len(rows)} not as promised"
        if broken
        else "Measured afterwards: as promised",
        f"bold {STYLE['broken' if broken else 'met']}",
    )
    for row in rows:
        told = f"{row.start} → {row.measured}" + ("" if row.kept else f", promised {row.promised}")
        subject = safe(row.subject.rpartition("/providers/")[2].partition("/")[2] or row.subject)
        sheet.entry(
            row.requirement,
            f"{told}  {subject}",
            indent=2,
            at=8,
            label_style="bold",
            style=STYLE[row.measured],
        )
        if row.message:
            sheet.entry("", safe(row.message), at=8)
    return sheet.lines()
