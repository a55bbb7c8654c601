"""Put right what a stop and start of a cluster leaves behind.

Finds private endpoints that lead nowhere since, records and rules that name an old address, and computes that have to
be attached again, in every workspace on the cluster; mends them by plans that are proven and carried out as `cloison
apply` does it. It takes rounds: which identity Azure gives a compute, and which address the API server, is only known
afterwards. With --restart the cluster is stopped and started first.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from cloison.cli import _preflight
from cloison.cli._sending import sending_arguments
from cloison.cli._sources import (
    choosing_arguments,
    color_argument,
    dns_argument,
    live_arguments,
    pairs,
    snapshot_of,
)
from cloison.model.errors import CloisonError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from datetime import datetime
    from pathlib import Path

    from cloison.apply.executor import Result
    from cloison.apply.recovering import Recovered, Round
    from cloison.model.snapshot import Snapshot
    from cloison.plan.document import PlanDocument
    from cloison.plan.recover.make import RecoverOptions

DONE, NEEDS_A_PERSON, STOPPED = 0, 1, 3
PAUSE_MINUTES = 15.0
"""Between a stop and a start. Source: Microsoft Learn, Stop and start an AKS cluster: wait 15 to 30 minutes after the
cluster has stopped; checked 2026-11-25."""
NAP_S = 1.0
FOLDERS = "recover-"
EXAMPLES = """\
examples
  cloison recover azure:ID                     the cluster was stopped and started: shows the plan, asks, mends it
  cloison recover azure:ID --restart           stops it, starts it, and mends what that breaks
  cloison recover azure:ID --since 2026-11-24T06:30Z
                                               where the activity log cannot be read
  cloison recover azure:ID --resume            goes on after a stop, a kill or an error
  cloison recover azure:ID --yes --hash 3f9a1c02b7d4
                                               for CI: the plan that was reviewed, and what it foresees

exit codes
  0  nothing is left to put right
  1  a person is needed: the last lines say for what
  2  it could not run; nothing was sent
  3  it stopped at a safe point: go on with --resume
"""


def arguments(parser: ArgumentParser) -> None:
    """Say what it takes."""
    parser.usage = "cloison recover [OPTION…] SOURCE…"
    reading = parser.add_argument_group("what to read")
    reading.add_argument(
        "sources",
        metavar="SOURCE",
        nargs="+",
        help="azure: and the id of a subscription, a resource group, a workspace or a cluster; an export of it shows "
        "the plan as well, and what is sent goes to Azure",
    )
    choosing_arguments(reading)
    reading.add_argument(
        "--since",
        metavar="TIME",
        help="when the cluster was last started, such as 2026-11-24T06:30Z (default: as its activity log says)",
    )
    dns_argument(reading)
    doing = parser.add_argument_group("what to do")
    doing.add_argument("--restart", action="store_true", help="stop the cluster and start it first")
    doing.add_argument(
        "--pause",
        metavar="MINUTES",
        type=float,
        default=None,
        help=f"between the stop and the start (default: {PAUSE_MINUTES:g}, as Azure asks; 0 on this machine)",
    )
    running = sending_arguments(parser, ends="stop a round")
    running.add_argument(
        "--folder",
        metavar="FOLDER",
        help="where the plans and their journals stand (default: recover-CLUSTER)",
    )
    live_arguments(parser)
    reporting = parser.add_argument_group("how to report")
    reporting.add_argument("--brief", action="store_true", help="show a line for each step")
    color_argument(reporting)
    parser.epilog = EXAMPLES


def run(options: Namespace) -> int:
    """Rounds of planning, asking, carrying out and reading again; the exit code."""
    return rounds(options, Terminal(options))


def rounds(options: Namespace, terminal: Terminal) -> int:
    """The same, asking of that terminal."""
    from cloison.apply.recovering import Recovery

    wanted = _wanted(options)
    recovery = Recovery(_folder(options, terminal), wanted, terminal)
    ended = recovery.run(restart=options.restart, resume=options.resume)
    return terminal.told(ended)


def _wanted(options: Namespace) -> RecoverOptions:
    from cloison.plan.recover.make import RecoverOptions

    return RecoverOptions(
        workspace=options.workspace,
        cluster=options.cluster,
        dns=pairs("--dns", options.dns),
        accept_asks=options.accept_asks,
        since=_time(options.since),
    )


def _time(text: str | None) -> datetime | None:
    """Raises CloisonError E302 for a text that is no time, or one that is still to come."""
    from datetime import UTC, datetime

    from cloison.plan.recover.make import moment

    if text is None:
        return None
    found = moment(text)
    if found is None:
        raise CloisonError(
            "E302", f"--since {text} is no time", help="write it in UTC, such as 2026-11-24T06:30Z"
        )
    if found > datetime.now(UTC):
        raise CloisonError("E302", f"--since {text} is still to come", help="write it in UTC, as it was")
    return found


def _folder(options: Namespace, terminal: Terminal) -> Path:
    """Where the rounds stand: as asked for, else where they were begun, else called after the cluster."""
    from pathlib import Path

    if options.folder is not None:
        return Path(options.folder)
    from cloison.apply.recovering import begun_in
    from cloison.plan.recover.make import clusters_of

    begun = begun_in(sorted(Path().glob(f"{FOLDERS}*"))) if options.resume else []
    if len(begun) > 1:
        raise CloisonError(
            "E523",
            f"{len(begun)} recoveries could be meant",
            because=", ".join(map(str, begun)),
            help="name one with --folder",
        )
    if begun:
        return begun[0]
    names = sorted(clusters_of(terminal.first(), _wanted(options)))
    return Path(f"{FOLDERS}{'-'.join(names)[:100]}")


class Terminal:
    """What a recovery asks of whoever sits at a terminal, or of the options in their place."""

    def __init__(self, options: Namespace) -> None:
        from cloison.cli import _output

        self.options = options
        self.view = _output.view(options.color)
        self._sources: list[str] = list(options.sources)
        self._first: Snapshot | None = None
        self._last: Snapshot | None = None

    def first(self) -> Snapshot:
        """What is there before anything was done."""
        if self._first is None:
            self._first = snapshot_of(self._sources, self.options)
        return self._first

    def read(self) -> Snapshot:
        """Everything, as it is now: what was just read the first time, live afterwards."""
        found, self._first = self.first(), None
        self._last = found
        return found

    def write(self, path: Path, document: PlanDocument) -> None:
        """Put a plan into the folder. Raises CloisonError E303."""
        from cloison.cli import _output
        from cloison.cli.plan import as_json

        os.makedirs(path.parent, exist_ok=True)
        _output.write(str(path), as_json(document))

    def agree(self, document: PlanDocument, *, foreseen: bool) -> None:
        """Show the plan, and ask unless it was foreseen. Raises CloisonError E511 to E515."""
        from cloison.apply.plans import agreed
        from cloison.cli import _output
        from cloison.reports.plan import brief, render

        assert document.recover is not None
        number = document.recover.round
        short = self.options.brief or self.options.yes or foreseen
        _output.show(f"\nRound {number}\n{(brief if short else render)(document, self.view)}")
        if foreseen:
            agreed(document, hash=None, accept_asks=True)
            print(f"round {number} sends only what was agreed to before", file=sys.stderr)
            return
        agreed(document, hash=self.options.hash, accept_asks=self.options.accept_asks)
        self.ask(document)

    def ask(self, document: PlanDocument) -> None:
        """Ask whether to carry it out. Raises CloisonError E515 unless somebody agrees."""
        from cloison.cli.apply import ask

        ask(document, self.options)

    def carry_out(self, round: Round, document: PlanDocument) -> Result:
        """Prove a plan once more and carry it out, or on where its journal was begun. Raises CloisonError."""
        from cloison.apply.plans import planned
        from cloison.apply.proving import prove
        from cloison.apply.work import Work
        from cloison.cli._progress import Progress
        from cloison.cli.apply import sources_of, where_of
        from cloison.reports.escape import safe

        self._sources = sources_of(document)
        resume = round.journal.exists() and round.journal.stat().st_size > 0
        with Work(planned(document, str(round.plan)), round.journal, resume=resume) as work:
            if work.begun:
                count = len(work.planned.steps)
                print(
                    f"going on with {work.path}: {len(work.done)} of {count} steps are done", file=sys.stderr
                )
            else:
                snapshot = self._last if self._last is not None else self.first()
                states = prove(work.planned, snapshot)
                _preflight.refuse(_without_approvals(document), snapshot, self._sources, self.options)
                print(f"proven once more, in {states:,} states", file=sys.stderr)
            progress = Progress(work.planned, work.done)
            try:
                result = work.carry_out(where_of(self.options), progress)
            finally:
                progress.end()
            print(f"{result.outcome.value}: {safe(result.line)}", file=sys.stderr)
            print(f"journal {work.path}, head {result.head}", file=sys.stderr)
        return result

    def measured(self, document: PlanDocument, snapshot: Snapshot) -> None:
        """Show the verdicts beside those that the round promised."""
        from cloison.apply.verdicts import measured
        from cloison.check.run import CheckOptions
        from cloison.check.run import run as check
        from cloison.cli import _output
        from cloison.cli.apply import verdicts

        report = check(snapshot, CheckOptions(dns=pairs("--dns", self.options.dns)))
        _output.show(f"\n{verdicts(measured(document, report), self.view)}")

    def wait(self, since: float) -> bool:
        """Until the cluster may be started; False where somebody interrupts."""
        minutes = self.options.pause if self.options.pause is not None else self._pause()
        until = since + minutes * 60
        if time.time() < until:
            left = (until - time.time()) / 60
            print(
                f"the cluster is stopped; Azure asks to wait before a start: {left:.0f} minutes left "
                "(Ctrl-C stops here, and --resume goes on)",
                file=sys.stderr,
            )
        try:
            while (left_s := until - time.time()) > 0:
                time.sleep(min(left_s, NAP_S))
        except KeyboardInterrupt:
            return False
        return True

    def _pause(self) -> float:
        from cloison.arm.hosts import Host
        from cloison.cli.apply import where_of

        return 0.0 if Host(where_of(self.options).endpoint).is_loopback else PAUSE_MINUTES

    # --- the end -----------------------------------------------------------------------------------------

    def told(self, ended: Recovered) -> int:
        """Say how it ended; the exit code."""
        from cloison.apply.run import Outcome
        from cloison.cli import _output
        from cloison.reports.escape import safe
        from cloison.reports.plan import brief

        if ended.document is not None:
            if ended.document.left:
                _output.show(f"\n{brief(ended.document, self.view)}")
            self._doubts()
        counted = f" after {ended.rounds} round{'s' if ended.rounds > 1 else ''}" if ended.rounds else ""
        print(f"{safe(ended.line)}{counted}", file=sys.stderr)
        if ended.outcome is Outcome.STOPPED:
            return STOPPED
        return NEEDS_A_PERSON if ended.outcome is Outcome.HUMAN else DONE

    def _doubts(self) -> None:
        """Say of which computes nobody knows whether they were attached after the last start."""
        from cloison.check.run import CheckOptions
        from cloison.check.run import run as check
        from cloison.reports.escape import safe

        assert self._last is not None
        report = check(self._last, CheckOptions(only=("S23",)))
        for one in (each for environment in report.environments for each in environment.requirements):
            if one.verdict == "unknown" and one.severity == "note" and self.options.since is None:
                print(
                    f"not known: {safe(one.message)}\n  {safe(one.ask)}\n  or say it with --since",
                    file=sys.stderr,
                )


def _without_approvals(document: PlanDocument) -> PlanDocument:
    """What somebody else has to approve keeps nothing else from being done."""
    import msgspec

    steps = tuple(
        one for one in document.steps if "/privateendpointconnections/" not in one.request.path.lower()
    )
    return msgspec.structs.replace(document, steps=steps)
