"""Secure an example environment, restart its cluster, and recover.

The example is a first attempt as many make it: a private cluster and private endpoints, half of which pods never
reach. It stands in an Azure of its own on this machine; nothing is needed but this command, and nothing is left behind.
What is shown is what the commands print.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cloison.cli.check import FOR_PEOPLE, report_arguments, show

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from cloison.cli.recover import Terminal
    from cloison.emulator.server import Server
    from cloison.model.snapshot import Snapshot
    from cloison.plan.document import PlanDocument

EXAMPLE = "examples/first_attempt.json"
PLAN = "plan.json"
CLUSTER = "microsoft.containerservice/managedclusters"

INTRODUCTION = """\
An Azure Machine Learning workspace, its storage, key vault and registry, and an
AKS cluster whose pods are to reach all of them by private addresses only, as
Microsoft's article "Secure an Azure Kubernetes Service inferencing environment"
asks. Somebody has made the private endpoints and the DNS zones. Is it done?

"""
LIVE = """\
It stands in an Azure of its own on this machine, {url},
ready after {ready:.2f} seconds. Cloison reads it as it would read the real one.
"""
CHECKING = "From the cluster's pods, is every service reached privately?"
PLANNING = "What is the smallest change that mends it, and does it hurt on the way?"
APPLYING = "Send exactly these requests, each written down before, and measure again."
RESTARTING = """\
Months later somebody stops the cluster for a night, and starts it again in the
morning. Azure gives it a new private link service: what led to the old one is
dead, and so is what the workspace knows of the cluster. Nothing says so.
"""
LOOKING = "Pods still reach everything. What does not work any more?"
RECOVERING = "Put it right: as a plan, proven and carried out in the same way."
AGAIN = "And is every service reached privately?"
NEXT = """
What next
  cloison check azure:ID    judge an environment of your own, by the id of its
                            subscription, resource group, workspace or cluster
  cloison check FILE        judge an export or an ARM template of your own
  cloison plan azure:ID     what would mend it; sends nothing
  cloison init              a new environment: describe it, plan it, apply it
  cloison explain           every requirement, with its id
  cloison emulator          an Azure of your own on this machine, for az too
"""


def arguments(parser: ArgumentParser) -> None:
    """Say what it takes."""
    parser.usage = "cloison demo [OPTION…]"
    report_arguments(parser)
    parser.epilog = (
        "It ends with 0 when the example is secured in the end. With --format or --output it only checks the example, "
        "and ends as `cloison check` does."
    )


def run(options: Namespace) -> int:
    """Tell the story for people; else check the example live and write the report, with the exit code of the check."""
    if options.format == FOR_PEOPLE and options.output is None:
        return Story(options.color).told()

    import msgspec

    from cloison.check.run import run as check

    with emulated() as azure:
        report = check(azure.read())
    # The emulator is gone by then; what it held is in the file, so that is what `explain` can be asked about.
    show(msgspec.structs.replace(report, inputs=(example(),)), options)
    return report.exit_code


class Story:
    """The commands that somebody would type, one after the other, with words around them."""

    def __init__(self, color: str) -> None:
        self.color = color
        self.acts = 0

    def told(self) -> int:
        """All of it; the exit code of the last command, 0 for an environment that is secured."""
        from cloison.cli import _output

        _output.show(INTRODUCTION)
        with emulated() as azure, azure.at_hand():
            _output.show(LIVE.format(url=azure.url, ready=azure.ready_s))
            self._act(CHECKING, "check", "azure:", "--format", "brief")
            self._act(PLANNING, "plan", "azure:", "--accept-asks", "--brief", "--output", PLAN)
            codes = [self._act(APPLYING, "apply", PLAN, "--yes", "--hash", _digest()[:16])]
            azure.restart_cluster()
            _output.show(f"\n{RESTARTING}")
            self._act(LOOKING, "check", "azure:", "--only", "S07,S22,S23", "--format", "brief")
            codes.append(self._recover())
            codes.append(self._act(AGAIN, "check", "azure:", "--format", "brief"))
        _output.show(NEXT)
        return max(codes)

    def _recover(self) -> int:
        from cloison.cli import recover
        from cloison.cli._parser import parse

        told = ["azure:", "--brief", "--accept-asks"]
        self._says(RECOVERING, "recover", *told)
        options = parse("recover", recover, [*told, "--color", self.color])
        return recover.rounds(options, agreeing(options))

    def _act(self, why: str, *command: str) -> int:
        """Say what comes and why, then run it."""
        from cloison.cli import main

        self._says(why, *command)
        return main([*command, "--color", self.color])

    def _says(self, why: str, *command: str) -> None:
        from cloison.cli import _output
        from cloison.reports.layout import Sheet

        self.acts += 1
        sheet = Sheet(_output.view(self.color))
        sheet.text(f"{self.acts}. {why}", style="bold cyan")
        sheet.verbatim(f"$ cloison {' '.join(command)}", style="bold")
        _output.show(f"\n{sheet.lines()}\n")


def agreeing(options: Namespace) -> Terminal:
    """A terminal at which somebody answers yes, and is seen to."""
    from cloison.cli import _output
    from cloison.cli.recover import Terminal
    from cloison.reports.words import counted

    class Agreeing(Terminal):
        def ask(self, document: PlanDocument) -> None:
            steps = counted(len(document.steps), "step")
            _output.show(f"\ncarry out the {steps} of plan {document.digest[:12]}? [y/N] y\n")

    return Agreeing(options)


def _digest() -> str:
    from pathlib import Path

    from cloison.apply.plans import load

    return load(Path(PLAN)).digest


class Emulated:
    """The example, live on this machine."""

    def __init__(self, server: Server, ready_s: float) -> None:
        self.url = server.url
        self.ready_s = ready_s
        """Seconds from nothing to the first request that it could answer."""
        self._emulator = server.emulator
        self._ca = str(server.authority.file)
        self._folder = os.path.dirname(self._ca)

    def restart_cluster(self) -> None:
        """Stop the cluster and start it again, as its owner would."""
        from cloison.emulator.emulator import ask

        (cluster,) = (id for id in self._emulator.state if id.type == CLUSTER)
        for action in ("stop", "start"):
            answer = ask(self._emulator, "POST", f"{cluster.text}/{action}?api-version=2024-09-01")
            assert answer.status == 202, answer

    def read(self) -> Snapshot:
        """Everything there, read over HTTPS."""
        from cloison.sources import ReadOptions, read

        return read(["azure:"], ReadOptions(endpoint=self.url, ca=self._ca))

    @contextmanager
    def at_hand(self) -> Iterator[None]:
        """Commands speak to it, and stand in its folder, as in a shell after `eval "$(cloison emulator env)"`."""
        told = {"CLOISON_ENDPOINT": self.url, "CLOISON_CA": self._ca}
        before, here = {name: os.environ.get(name) for name in told}, os.getcwd()
        os.environ.update(told)
        os.chdir(self._folder)
        try:
            yield
        finally:
            os.chdir(here)
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


@contextmanager
def emulated() -> Iterator[Emulated]:
    """An emulator with the example in it, for as long as this lasts. It leaves nothing behind."""
    import tempfile
    import time
    from pathlib import Path

    from cloison.emulator import Emulator
    from cloison.emulator.server import in_background
    from cloison.emulator.store import load

    start = time.perf_counter()
    emulator = Emulator()
    load(emulator.world, [example()])
    with (
        tempfile.TemporaryDirectory(prefix="cloison-") as folder,
        in_background(emulator, folder=Path(folder)) as server,
    ):
        yield Emulated(server, time.perf_counter() - start)


def example() -> str:
    """The example's file, as it is called from here where that is shorter."""
    whole = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), *EXAMPLE.split("/"))
    try:
        relative = os.path.relpath(whole)
    except ValueError:
        # On another drive than the one we stand on.
        return whole
    return min(relative, whole, key=len)
